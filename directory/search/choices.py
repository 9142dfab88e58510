"""What a person may choose on the search page, group by group: codes, their words, and how choices combine."""

from dataclasses import dataclass
from typing import Final

from directory.search import facets
from directory.terminology.accepting import ACCEPTING
from directory.terminology.accessibility import ACCESSIBILITY
from directory.terminology.conditions import CONDITIONS
from directory.terminology.languages import LANGUAGES
from directory.terminology.payers import PAYERS
from directory.terminology.treatments import LISTABLE, PSYCHOTHERAPY_PAIRED_LABEL
from directory.wording.say import _


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a group. `label` stands at the box; `sentence` names it where the group's name is not beside it."""

    code: str
    label: str
    sentence: str = ""

    @property
    def chip(self) -> str:
        """What stands for the choice away from its group: "Wait: within a week"."""
        return self.sentence.format(label=self.label.lower()) if self.sentence else str(self.label)


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """A fieldset of the filter form. `noun` completes "… is not a …" when somebody asks for what is not there."""

    name: str
    label: str
    noun: str
    choices: tuple[Choice, ...]

    def find(self, code: str) -> Choice | None:
        """The choice with a code, or None."""
        return next((choice for choice in self.choices if choice.code == code), None)


_WAITS = {
    "0_7": _("Within a week"),
    "8_30": _("8 to 30 days"),
    "31_90": _("1 to 3 months"),
    "over_90": _("More than 3 months"),
    "unknown": _("Wait not known"),
}
_PRICES = {
    "under_400": _("Under $400"),
    "400_599": _("$400 to $599"),
    "600_799": _("$600 to $799"),
    "800_up": _("$800 and more"),
    "unstated": _("Price not given"),
}


def _same(rows: dict[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, label) for code, label in rows.items())


def _banded(rows: dict[str, str], sentence: str) -> tuple[Choice, ...]:
    return tuple(Choice(code, label, sentence) for code, label in rows.items())


_REFERRAL = {"not_needed": _("No referral needed"), "needed": _("Referral needed")}

GROUPS: Final = (
    ChoiceGroup("treatment", _("Treatment"), _("treatment"), _same({row.code: row.label for row in LISTABLE})),
    ChoiceGroup("condition", _("Condition"), _("condition"), _same({row.code: row.label for row in CONDITIONS})),
    ChoiceGroup("payer", _("Insurance and payment"), _("payer"), _same({row.code: row.plain for row in PAYERS})),
    ChoiceGroup("accepting", _("New patients"), _("answer"), _same({row.code: row.plain for row in ACCEPTING})),
    ChoiceGroup("wait", _("Wait for a first visit"), _("wait"), _banded(_WAITS, _("Wait: {label}"))),
    ChoiceGroup("referral", _("Referral"), _("answer"), _same(_REFERRAL)),
    ChoiceGroup("psychotherapy", _("Psychotherapy"), _("answer"), _same({"1": PSYCHOTHERAPY_PAIRED_LABEL})),
    ChoiceGroup("price", _("Price if you pay yourself"), _("price band"), _banded(_PRICES, _("Price: {label}"))),
    ChoiceGroup("language", _("Language"), _("language"), _same({row.code: row.label for row in LANGUAGES})),
    ChoiceGroup("accessibility", _("Accessibility"), _("need"), _same({row.code: row.label for row in ACCESSIBILITY})),
)  # fmt: skip
BY_NAME: Final = {group.name: group for group in GROUPS}

if set(BY_NAME) != set(facets.BY_NAME):
    raise AssertionError("the filter form and the index know different groups")
