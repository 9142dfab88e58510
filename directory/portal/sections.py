"""The pages of the clinic's rooms: which questions each asks, in which groups, and what a whole page said.

A group that repeats (a treatment, a person, a licence) has an empty one at its end, under the name `new`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from directory.lib import ids
from directory.listings.field_list import FIELDS, field_of, line_label
from directory.listings.fields import Facts, Field, Kind, Section
from directory.portal import answers
from directory.portal.places import read_place
from directory.terminology.treatments import LISTABLE
from directory.wording.say import _

NEW = "new"
Sent = Mapping[str, list[str]]
"""What came in, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One field of a page."""

    name: str
    field: Field
    value: Any

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """What can be chosen."""
        return self.field.options


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions under one heading. `folded`: behind the heading until it is opened."""

    title: str
    questions: tuple[Question, ...]
    hint: str = ""
    folded: bool = False
    open: bool = True
    inside: tuple["Group", ...] = ()


@dataclass(slots=True, kw_only=True)
class Typed:
    """A page as it came in: `values` for its fields again, the facts it says, and what is wrong by field."""

    values: dict[str, Any]
    facts: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


TITLES: Mapping[Section, tuple[str, str]] = {
    Section.ABOUT: (_("About the clinic"), _("Its name, and who you are in your own words.")),
    Section.TREATMENTS: (_("Treatments"), _("What is given here, for whom, and the rules for going home.")),
    Section.SUPERVISION: (
        _("Supervision"),
        _("How people are watched over. Say what is true on every day of treatment."),
    ),
    Section.PEOPLE: (_("People and licenses"), _("Who prescribes, gives the treatment and watches over it.")),
    Section.HOURS: (_("New patients, hours and closures"), _("All of this is live as soon as you save.")),
    Section.CONTACT: (_("Contact and routes"), _("How people and requests reach you, and where you are.")),
    Section.PRICES: (_("Prices and payers"), _("What people pay themselves, and the insurance you take.")),
    Section.ACCESS: (_("Accessibility and languages"), _("Who can come, and in which language.")),
}
"""Section → its title, and what it is about."""


def title_of(section: Section) -> str:
    """What a section's page is called."""
    return TITLES[section][0]


def groups_of(section: Section, facts: Facts, values: Mapping[str, Any]) -> list[Group]:
    """The questions of a page with what is in them."""
    own = [name for name in FIELDS if "*" not in name and _is_asked(name, section)]
    if section is Section.TREATMENTS:
        return [*_lines(section, facts, values, every=True), *_plain(own, values)]
    if section is Section.PRICES:
        return [*_lines(section, facts, values, every=False), *_plain(own, values)]
    if section is Section.PEOPLE:
        return [*_people(facts, values), *_plain(own, values)]
    return _plain(own, values)


def values_of(section: Section, facts: Facts) -> dict[str, Any]:
    """What the fields of a page hold when nobody has typed anything yet."""
    found = {name: answers.shown(field_of(name), facts.get(name)) for name in names_of(section, facts)}
    if section is Section.TREATMENTS:
        found |= {name: value or "18" for name, value in found.items() if name.endswith(".minimum_age")}
    if section is Section.PEOPLE:
        found |= {name: "ACTIVE" for name in found if name.endswith(f".{NEW}.status")}
    if section is Section.HOURS:
        found["closures"] = [*(facts.get("closures") or []), ["", "", ""]]
    if section is Section.CONTACT:
        point = facts.get("point") or ["", ""]
        found["point"] = {"by": "pin", "latitude": str(point[0]), "longitude": str(point[1])}
        if facts.get("position_source") == "ZIP_CENTRE":
            found["point"]["by"] = "zip"
    return found


def names_of(section: Section, facts: Facts) -> list[str]:
    """The facts that a page asks for, of the treatments and people there are, and of one new each."""
    found = []
    for name in FIELDS:
        if _is_asked(name, section):
            found += [name] if "*" not in name else list(_repeated(name, facts))
    return found


def read(section: Section, facts: Facts, sent: Sent) -> Typed:
    """What came in, checked. Groups that were left empty are as if they were not there."""
    names = names_of(section, facts)
    typed = Typed(values={name: _sent(name, sent) for name in names})
    for name in names:
        if field_of(name).kind not in (Kind.CLOSURES, Kind.POINT) and not _is_left_out(name, typed.values):
            _read_one(name, typed)
    if section is Section.HOURS:
        _read_closures(typed, sent)
    if section is Section.CONTACT:
        read_place(typed.values, typed.facts, typed.errors, facts, sent)
    if section is Section.PRICES:
        _read_prices(typed)
    if section is Section.TREATMENTS:
        _read_ages(typed)
    if section is Section.PEOPLE:
        typed.facts = _named(typed.facts)
    return typed


def _read_one(name: str, typed: Typed) -> None:
    try:
        typed.facts[name] = answers.read(field_of(name), typed.values[name])
    except ValueError as problem:
        typed.errors[name] = str(problem)


def _is_asked(name: str, section: Section) -> bool:
    return FIELDS[name].section is section and FIELDS[name].kind is not Kind.HIDDEN


def _repeated(name: str, facts: Facts) -> Iterator[str]:
    if name.startswith("lines."):
        every = FIELDS[name].section is Section.TREATMENTS
        for code in LISTABLE.codes:
            if every or facts.get(f"lines.{code}.active"):
                yield name.replace("*", code)
        return
    for person in [*people_of(facts), NEW]:
        if ".licences." not in name:
            yield name.replace("*", person)
        else:
            for licence in [*licences_of(facts, person), NEW]:
                yield f"people.{person}.licences.{licence}.{name.rsplit('.', 1)[1]}"


def people_of(facts: Facts) -> list[str]:
    """The ids of those on the team."""
    return sorted({name.split(".")[1] for name, value in facts.items() if name.endswith(".roles") and value})


def licences_of(facts: Facts, person: str) -> list[str]:
    """The ids of what somebody holds."""
    own = f"people.{person}.licences."
    return sorted(
        {name.split(".")[3] for name in facts if name.startswith(own) and facts.get(f"{name.rsplit('.', 1)[0]}.title")}
    )


def _sent(name: str, sent: Sent) -> Any:
    texts = sent.get(name, [])
    if field_of(name).kind in (Kind.CODES, Kind.WEEKDAYS):
        return [text for text in texts if text.strip()]
    return texts[-1] if texts else ""


def _is_left_out(name: str, values: Mapping[str, Any]) -> bool:
    """Whether a repeated group was left empty or is given up, so that the rest of it says nothing."""
    parts = name.split(".")
    if parts[0] == "lines" and len(parts) == 3 and f"lines.{parts[1]}.active" in values:
        return parts[2] != "active" and values[f"lines.{parts[1]}.active"] != "yes"
    if parts[0] != "people":
        return False
    own = f"people.{parts[1]}"
    if parts[1] == NEW and not any(values[f"{own}.{each}"] for each in ("given_name", "family_name", "roles")):
        return True
    if ".licences." not in name:
        return False
    held = f"{own}.licences.{parts[3]}"
    return parts[3] == NEW and not any(values[f"{held}.{each}"] for each in ("title", "number"))


def _named(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Everybody and everything new under an id of its own."""
    person, found = str(ids.new_id()), {}
    licences: dict[str, str] = {}
    for name, value in facts.items():
        parts = name.split(".")
        if parts[0] == "people" and len(parts) > 3 and parts[3] == NEW:
            parts[3] = licences.setdefault(parts[1], str(ids.new_id()))
        if parts[0] == "people" and parts[1] == NEW:
            parts[1] = person
        found[".".join(parts)] = value
    return found


def _read_closures(typed: Typed, sent: Sent) -> None:
    rows: list[list[str]] = []
    kept: list[list[str]] = []
    for number in range(1, answers.MOST_CLOSURES + 1):
        row = [_last(sent, f"closures.{number}.{part}") for part in ("starts", "ends", "reason")]
        if not any(row):
            continue
        rows.append(row)
        try:
            kept.append(answers.read_closure(row))
        except ValueError as problem:
            typed.errors[f"closures.{len(rows)}.starts"] = str(problem)
    typed.values["closures"] = [*rows, ["", "", ""]]
    typed.facts["closures"] = sorted(kept)


def _last(sent: Sent, name: str) -> str:
    return sent[name][-1][:200].strip() if sent.get(name) else ""


def _read_prices(typed: Typed) -> None:
    for name in [name for name in typed.facts if name.endswith(".price_min")]:
        own = name.removesuffix(".price_min")
        lowest, highest = typed.facts[name], typed.facts.get(f"{own}.price_max")
        if highest is not None and (lowest is None or highest < lowest):
            typed.errors[f"{own}.price_max"] = _("The highest price is not below the lowest")
        if lowest is None:
            typed.facts[f"{own}.price_as_of"] = None
        elif not typed.facts.get(f"{own}.price_as_of") and f"{own}.price_as_of" not in typed.errors:
            typed.errors[f"{own}.price_as_of"] = _("Say on which day the price held")


def _read_ages(typed: Typed) -> None:
    for name, youngest in list(typed.facts.items()):
        if name.endswith(".minimum_age"):
            oldest = typed.facts.get(name.replace("minimum", "maximum"))
            if youngest is not None and youngest < 18:
                typed.errors[name] = _("The minimum age is 18 or more")
            elif oldest is not None and youngest is not None and oldest < youngest:
                typed.errors[name.replace("minimum", "maximum")] = _("The maximum age is not below the minimum")


def _questions(names: list[str], values: Mapping[str, Any]) -> tuple[Question, ...]:
    return tuple(Question(name=name, field=field_of(name), value=values[name]) for name in names if name in values)


def _plain(names: list[str], values: Mapping[str, Any]) -> list[Group]:
    """Questions without a heading of their own, apart from a week's hours and a place."""
    rest = [name for name in names if not name.startswith("hours.") and name != "closures"]
    groups = [Group(title="", questions=_questions(rest, values))] if rest else []
    days = [name for name in names if name.startswith("hours.")]
    if days:
        hint = _("Such as 9 am – 5 pm, or 9-12, 1-5 for two stretches; all day; leave empty when closed")
        groups.append(Group(title=_("Opening hours"), hint=hint, questions=_questions(days, values)))
        groups.append(Group(title=_("Days closed"), questions=_questions(["closures"], values)))
    return groups


def _lines(section: Section, facts: Facts, values: Mapping[str, Any], *, every: bool) -> list[Group]:
    found = []
    general = [name for name in FIELDS if name.startswith("lines.") and _is_asked(name, section)]
    for code in LISTABLE.codes:
        active = bool(facts.get(f"lines.{code}.active"))
        if every or active:
            names = [name.replace("*", code) for name in general]
            is_open = active or values.get(f"lines.{code}.active") == "yes"
            found.append(Group(title=line_label(code), questions=_questions(names, values), folded=every, open=is_open))
    return found


def _people(facts: Facts, values: Mapping[str, Any]) -> list[Group]:
    def asked(beginning: str) -> list[str]:
        plain = [name for name in values if name.startswith(beginning)]
        return [name for name in plain if "." not in name.removeprefix(beginning)]

    found = []
    for person in [*people_of(facts), NEW]:
        own = f"people.{person}"
        who = " ".join(str(facts.get(f"{own}.{part}") or "") for part in ("given_name", "family_name")).strip()
        held = [
            Group(
                title=str(facts.get(f"{own}.licences.{licence}.title") or _("Add a license or certificate")),
                questions=_questions(asked(f"{own}.licences.{licence}."), values),
                folded=True,
                open=licence != NEW or bool(values.get(f"{own}.licences.{NEW}.title")),
            )
            for licence in [*licences_of(facts, person), NEW]
        ]
        is_open = person == NEW and bool(values.get(f"{own}.given_name"))
        found.append(
            Group(
                title=who or _("Add somebody to the team"),
                hint=_("To take somebody off the team, untick everything that they do here.") if who else "",
                questions=_questions(asked(f"{own}."), values),
                folded=True,
                open=is_open,
                inside=tuple(held),
            )
        )
    return found


SHARED = frozenset({Section.TREATMENTS, Section.HOURS, Section.PRICES, Section.ACCESS, Section.ABOUT})
"""Sections of which something can be the same at several sites."""


def for_every_site(facts: Facts) -> dict[str, Any]:
    """Those facts that can be applied to other sites as well."""
    return {name: value for name, value in facts.items() if not field_of(name).one_site}
