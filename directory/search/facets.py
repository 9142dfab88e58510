"""The facet groups: what can be filtered, which codes each holds, and which of them an entry carries."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from directory.search.entries import Entry, Line

Level = Literal["line", "location"]


@dataclass(frozen=True, slots=True)
class Group:
    """One filter. `name` is also the name of its query parameter; a `line` group must hold on one treatment line."""

    name: str
    level: Level


GROUPS: Final = (
    Group("treatment", "line"),
    Group("condition", "line"),
    Group("payer", "line"),
    Group("accepting", "location"),
    Group("language", "location"),
    Group("accessibility", "location"),
    Group("psychotherapy", "line"),
    Group("wait", "location"),
    Group("price", "line"),
    Group("referral", "line"),
)
BY_NAME: Final = {group.name: group for group in GROUPS}
LINE_GROUPS: Final = frozenset(group.name for group in GROUPS if group.level == "line")

# Upper ends of the bands, in days (DOMAIN 11) and in US dollars a session.
WAIT_BANDS: Final = ((7, "0_7"), (30, "8_30"), (90, "31_90"))
WAIT_CODES: Final = ("0_7", "8_30", "31_90", "over_90", "unknown")
PRICE_BANDS: Final = ((399, "under_400"), (599, "400_599"), (799, "600_799"))
PRICE_CODES: Final = ("under_400", "400_599", "600_799", "800_up", "unstated")


def wait_band(wait_days: int | None) -> str:
    """The band of a usual wait for intake in days."""
    if wait_days is None:
        return "unknown"
    return next((code for most, code in WAIT_BANDS if wait_days <= most), "over_90")


def price_band(price_min: int | None) -> str:
    """The band of a self-pay price a session, by where it starts."""
    if price_min is None:
        return "unstated"
    return next((code for most, code in PRICE_BANDS if price_min <= most), "800_up")


def of_line(line: Line) -> Iterator[tuple[str, str]]:
    """(group, code) pairs that this treatment line carries."""
    yield "treatment", line.treatment
    for condition in line.conditions:
        yield "condition", condition
    for payer in line.payers:
        yield "payer", payer
    if line.psychotherapy_paired:
        yield "psychotherapy", "1"
    yield "price", price_band(line.price_min)
    yield "referral", "needed" if line.referral_required else "not_needed"


def of_location(entry: Entry) -> Iterator[tuple[str, str]]:
    """(group, code) pairs that the location carries for all its lines."""
    if entry.accepting_patients:
        yield "accepting", entry.accepting_patients
    for language in entry.languages:
        yield "language", language
    for need in entry.accessibility:
        yield "accessibility", need
    yield "wait", wait_band(entry.wait_days)
