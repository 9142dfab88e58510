"""What a change of a listing needs, what differs field by field, and whether two people changed the same. Pure."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any

from directory.geography.point import Point, metres_to_miles
from directory.listings.field_list import ADDRESS, FIELDS, PLACE, field_of
from directory.listings.fields import Facts, Handling, Section, owner_of, same

COOLING_OFF = dt.timedelta(hours=72)
NEAR_ITS_ZIP_MILES = 10
"""A pin this near the centre of its ZIP code is moved at once; farther off, a person looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact that differs."""

    name: str
    before: Any
    after: Any

    @property
    def shown(self) -> bool:
        """Whether people are told of it."""
        return field_of(self.name).kind != "hidden"


def changes(before: Facts, after: Facts, names: Iterable[str] | None = None) -> list[Change]:
    """What differs, in the order of the dictionary; `names` limits it to some facts."""
    wanted = set(before) | set(after) if names is None else set(names)
    found = [Change(name=n, before=before.get(n), after=after.get(n)) for n in wanted]
    return sorted((c for c in found if not same(c.before, c.after)), key=lambda c: _place_of(c.name))


def handling_of(change: Change, all_changes: Mapping[str, Change], *, moved_far: bool = False) -> Handling:
    """What a change needs before the public sees it.

    A "no" on the supervision card, a person who leaves, and a certificate that is given up are believed at once:
    whoever says less than before has no reason to be doubted.
    """
    field = field_of(change.name)
    if change.name in PLACE:
        return Handling.CHECKED if moved_far or any(name in all_changes for name in ADDRESS) else Handling.AT_ONCE
    if field.section is Section.SUPERVISION and change.after is False:
        return Handling.AT_ONCE
    if change.name == "rems_setting" and change.after in ("NOT_CERTIFIED", "UNKNOWN"):
        return Handling.AT_ONCE
    if change.name == "lines.SPRAVATO.active" and change.after:
        return Handling.CHECKED
    if change.name.startswith("people."):
        return _handling_of_person(change, all_changes)
    return field.handling


def _handling_of_person(change: Change, all_changes: Mapping[str, Change]) -> Handling:
    person = ".".join(change.name.split(".")[:2])
    roles = all_changes.get(f"{person}.roles")
    leaves = roles is not None and set(roles.after or []) < set(roles.before or [])
    if change is roles:
        return Handling.AT_ONCE if leaves else Handling.CHECKED
    if roles is not None and not roles.before:  # somebody new comes in one piece
        return Handling.CHECKED
    return field_of(change.name).handling


def split(found: Iterable[Change], *, moved_far: bool = False) -> dict[Handling, list[Change]]:
    """The changes of one save by what they need."""
    by_name = {change.name: change for change in found}
    parts: dict[Handling, list[Change]] = {}
    for change in by_name.values():
        parts.setdefault(_with_its_line(change, by_name, moved_far=moved_far), []).append(change)
    return parts


def _with_its_line(change: Change, by_name: Mapping[str, Change], *, moved_far: bool) -> Handling:
    # What is said of Spravato waits together with the line itself.
    line = by_name.get(f"{owner_of(change.name)}.active")
    if line is not None and line is not change and line.after:
        return handling_of(line, by_name)
    return handling_of(change, by_name, moved_far=moved_far)


def because(found: Iterable[Change]) -> list[str]:
    """Why these are sent for checking: each reason once."""
    return list(dict.fromkeys(words for change in found if (words := _reason(change))))


def _reason(change: Change) -> str:
    if change.name.startswith("lines.SPRAVATO."):
        return field_of("rems_setting").because
    return field_of("address1" if change.name in PLACE else change.name).because


def is_far(point: Point, centre: Point | None) -> bool:
    """Whether a pin lies too far from its ZIP code to be believed at once; always, where that is not known."""
    return centre is None or metres_to_miles(_metres(point, centre)) > NEAR_ITS_ZIP_MILES


def _metres(one: Point, other: Point) -> float:
    # Flat earth at one latitude: good to a few metres over ten miles, and this only asks for about ten.
    east = radians(other.longitude - one.longitude) * cos(radians(one.latitude))
    return 6_371_000 * hypot(radians(other.latitude - one.latitude), east)


def overlaid(live: Facts, waiting: Iterable[Facts]) -> dict[str, Any]:
    """The facts as they would be once all that waits were live, oldest first."""
    found = dict(live)
    for after in waiting:
        found |= after
    return found


def seen(facts: Facts) -> str:
    """A short mark of what a form showed; another mark means that somebody has changed it since."""
    told = {name: value for name, value in facts.items() if not same(value, None) and field_of(name).kind != "hidden"}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _place_of(name: str) -> tuple[int, str]:
    return _ORDER[field_of(name).name], name


_ORDER = {name: index for index, name in enumerate(FIELDS)}


def needs_a_person(before: Facts, after: Facts) -> bool:
    """Whether putting `after` back to `before` is a change that a person looks at first."""
    return set(split(changes(after, before))) - {Handling.AT_ONCE} != set()
