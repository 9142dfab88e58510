"""Facts and changes of a listing in words: what a fact is called, what it says, and a change field by field. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from directory.listings.field_list import field_of, line_label
from directory.listings.fields import Facts, Field, Kind, same
from directory.listings.revising import Change
from directory.wording import say
from directory.wording.say import _, joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One change in words."""

    name: str
    label: str
    before: str
    after: str


def tell(changes: Iterable[Change], facts: Facts) -> list[Told]:
    """Changes as people read them; what is kept only to be put back is left out. `facts` knows whose each is."""
    return [
        Told(
            name=change.name,
            label=label_of(change.name, facts),
            before=value_of(field_of(change.name), change.before),
            after=value_of(field_of(change.name), change.after),
        )
        for change in changes
        if change.shown
    ]


def label_of(name: str, facts: Facts) -> str:
    """What a fact is called, with the treatment or the person it is about."""
    label = field_of(name).label
    parts = name.split(".")
    if name.startswith("lines."):
        return f"{line_label(parts[1])}: {label}"
    if name.startswith("people."):
        whose = (
            f"{facts.get(f'people.{parts[1]}.given_name') or ''} {facts.get(f'people.{parts[1]}.family_name') or ''}"
        )
        what = _("license") + ", " if ".licences." in name else ""
        return f"{whose.strip() or _('New on the team')}: {what}{label}"
    return label


def value_of(field: Field, value: Any) -> str:
    """What a fact says."""
    if field.kind in (Kind.SAID, Kind.YES_NO):
        return {True: _("Yes"), False: _("No"), None: _("Not stated")}[value]
    if same(value, None):
        return _("Nothing")
    if field.kind in _SAY:
        return str(_SAY[field.kind](field, value))
    return str(value)


def stretches(value: Iterable[Iterable[str]]) -> str:
    """A day's hours as they are typed and read: "9 am – 5 pm, 6 pm – 8 pm", or "all day"."""
    said = []
    for opens, closes in value:
        if not opens:
            return _("all day")
        said.append(say.hours(dt.time.fromisoformat(opens), dt.time.fromisoformat(closes)))
    return joined(", ", said)


def _day(value: str) -> str:
    return say.day(dt.date.fromisoformat(value))


def _closures(value: Iterable[tuple[str, str, str]]) -> str:
    return "; ".join(
        (_day(first) if first == last else _("{first} to {last}").format(first=_day(first), last=_day(last)))
        + (f" ({reason})" if reason else "")
        for first, last, reason in value
    )


def _labels(field: Field, value: Iterable[str]) -> str:
    labels = dict(field.options)
    return joined(", ", (labels.get(code, code) for code in value))


_SAY: dict[Kind, Any] = {
    Kind.PHONE: lambda _field, value: say.phone(value),
    Kind.CODE: lambda field, value: _labels(field, [value]),
    Kind.CODES: _labels,
    Kind.WEEKDAYS: _labels,
    Kind.NUMBER: lambda _field, value: say.number(value),
    Kind.DAY: lambda _field, value: _day(value),
    Kind.STRETCHES: lambda _field, value: stretches(value),
    Kind.CLOSURES: lambda _field, value: _closures(value),
    Kind.NAMES: lambda _field, value: ", ".join(value),
    Kind.POINT: lambda _field, value: f"{value[0]:.4f}, {value[1]:.4f}",
}
