"""Search by the definition, in plain Python and with geopy: what the index must agree with. Slow and plain."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geopy.distance import geodesic

from directory.geography.point import Point
from directory.search import facets
from directory.search.entries import Entry, Line

Filters = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Seen:
    """One location from the searched point; `key` sorts it within the chosen order, without the final slug."""

    entry: Entry
    distance_m: float


def distance_m(point: Point, entry: Entry) -> float:
    """The geodesic on WGS-84, by geopy."""
    return float(geodesic((point.latitude, point.longitude), (entry.latitude, entry.longitude)).meters)


def carries(group: str, code: str, entry: Entry, line: Line) -> bool:
    """Whether this line, at this location, has a facet value."""
    return any(pair == (group, code) for pairs in (facets.of_line(line), facets.of_location(entry)) for pair in pairs)


def line_matches(filters: Filters, entry: Entry, line: Line) -> bool:
    """Within a group any code will do, between groups all must hold: on this one line."""
    return all(any(carries(group, code, entry, line) for code in codes) for group, codes in filters.items())


def matches(filters: Filters, entry: Entry) -> bool:
    """Whether any one line of the location matches."""
    return any(line_matches(filters, entry, line) for line in entry.lines)


def inside(entries: Iterable[Entry], point: Point, radius_m: float | None, state: str) -> list[Seen]:
    """The locations in reach, whatever their facets."""
    seen = [Seen(entry, distance_m(point, entry)) for entry in entries]
    if radius_m is None:
        return [each for each in seen if each.entry.state == state]
    return [each for each in seen if each.distance_m <= radius_m]


def facet_counts(near: Sequence[Seen], filters: Filters) -> dict[str, dict[str, int]]:
    """Per group and code: locations with a line that has the code and matches all *other* groups. Zeros left out."""
    counts: dict[str, dict[str, int]] = {}
    for group in facets.GROUPS:
        others = {name: codes for name, codes in filters.items() if name != group.name}
        for each in near:
            lines = [line for line in each.entry.lines if line_matches(others, each.entry, line)]
            pairs = {pair for line in lines for pair in (*facets.of_line(line), *facets.of_location(each.entry))}
            for name, code in pairs:
                if name == group.name:
                    counts.setdefault(name, {}).setdefault(code, 0)
                    counts[name][code] += 1
    return counts


def intake_days(entry: Entry, filters: Filters, today: dt.date) -> tuple[int | None, bool]:
    """Days until the earliest stated intake of a matching line, from today on, else the usual wait; and which it is."""
    stated = [
        (line.next_intake_on - today).days
        for line in entry.lines
        if line_matches(filters, entry, line) and line.next_intake_on is not None and line.next_intake_on >= today
    ]
    return (min(stated), True) if stated else (entry.wait_days, False)


def before_distance(order: str, entry: Entry, filters: Filters, today: dt.date) -> float:
    """What stands before the distance in an order."""
    if order == "confirmed":
        return -entry.confirmed_at.toordinal() if entry.confirmed_at else 0
    if order == "intake":
        days, _ = intake_days(entry, filters, today)
        return float("inf") if days is None else days
    return 0
