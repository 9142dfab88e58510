"""Which course somebody asks about at a clinic: place, treatment, plan, visits and drive, read from an address. Pure.

The address holds a place in words, as a search does; nothing of it is kept. What is not understood is said by field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from directory.geography import places
from directory.geography.place import Ambiguous, Place, Unknown
from directory.search.course import MOST_MINUTES, MOST_VISITS, OWN_PLAN
from directory.terminology.course_plans import plans_for
from directory.wording.say import _

NAMES: Final = ("near", "treatment", "plan", "visits", "minutes")
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseQuery:
    """What was asked. `values` is the form as typed; `problems` by field; `candidates` when the place is several.

    `asked` is False for the bare page, where nobody has typed anything yet.
    """

    treatment: str
    plan: str = ""
    visits: int | None = None
    way_minutes: int | None = None
    place: Place | None = None
    asked: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[Place, ...] = ()

    def url(self, path: str, **changes: str) -> str:
        """The address of the same question with something changed."""
        values = {name: value for name, value in ({**self.values} | changes).items() if value}
        return f"{path}?{urlencode(values)}" if values else path


def asked_from(place: Place, filters: Mapping[str, Sequence[str]]) -> str:
    """What a result asks the page of its course: the place searched from (no state), and the treatment if it is one."""
    treatments = filters.get("treatment", ())
    asked = {"near": "" if place.kind == "state" else place.near, "treatment": ""}
    if len(treatments) == 1:
        asked["treatment"] = treatments[0]
    return urlencode({name: value for name, value in asked.items() if value})


def parse(parameters: Mapping[str, str], treatments: Sequence[str]) -> CourseQuery:
    """The question of these query parameters to a clinic that gives `treatments` (codes, at least one).

    Parameters that are none of ours say nothing. Without a treatment it is Spravato, or else the clinic's first.
    """
    values = {name: " ".join(parameters.get(name, "").split())[:_LONGEST] for name in NAMES}
    problems: dict[str, str] = {}
    place, candidates = _place(values["near"], problems)
    usual = "SPRAVATO" if "SPRAVATO" in treatments else treatments[0]
    treatment = values["treatment"] or usual
    if treatment not in treatments:
        problems["treatment"] = _("This clinic does not list that treatment. Choose one of those below.")
        treatment = usual
    codes = [plan.code for plan in plans_for(treatment)]
    plan = values["plan"] or (codes[0] if codes else OWN_PLAN)
    if plan not in (*codes, OWN_PLAN):
        plan = codes[0] if codes else OWN_PLAN  # another treatment's: the reader has changed over
    visits = None
    if plan == OWN_PLAN:
        visits = _number(
            "visits",
            values["visits"],
            MOST_VISITS,
            _("The number of visits is a whole number from 1 to {most}, such as 6.").format(most=MOST_VISITS),
            problems,
        )
        if not values["visits"] and codes:
            problems["visits"] = _("Type how many visits the clinic told you.")
    minutes = _number(
        "minutes",
        values["minutes"],
        MOST_MINUTES,
        _("The drive is a whole number of minutes from 1 to {most}, such as 45.").format(most=MOST_MINUTES),
        problems,
    )
    return CourseQuery(
        treatment=treatment,
        plan=plan,
        visits=visits,
        way_minutes=minutes,
        place=place,
        asked=any(values[name] for name in NAMES if name != "treatment"),
        values=values | {"treatment": treatment, "plan": plan},
        problems=problems,
        candidates=candidates,
    )


def _place(typed: str, problems: dict[str, str]) -> tuple[Place | None, tuple[Place, ...]]:
    if not typed:
        return None, ()
    found = places.find(typed)
    if isinstance(found, Ambiguous):
        problems["near"] = _("There are several places of this name. Choose yours.")
        return None, found.candidates
    if isinstance(found, Unknown):
        problems["near"] = found.reason_sentence
        return None, found.suggestions
    if found.place.kind == "state":
        problems["near"] = _("A state is too large to tell how far you would go. Type a ZIP code or a town.")
        return None, ()
    return found.place, ()


def _number(name: str, typed: str, most: int, sentence: str, problems: dict[str, str]) -> int | None:
    if not typed:
        return None
    if typed.isascii() and typed.isdigit() and len(typed) < 5 and 1 <= int(typed) <= most:
        return int(typed)
    problems[name] = sentence
    return None
