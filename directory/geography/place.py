"""What a place is, and the three answers to a person's words for one: found, which one, or why not."""

from dataclasses import dataclass
from typing import Literal

from directory.geography.point import Point

Kind = Literal["zip", "city", "state"]
Problem = Literal[
    "empty", "too_long", "military", "not_covered", "not_a_zip", "unknown_zip", "zip_without_area", "street", "unknown"
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A ZIP code, a city or a state.

    `near` is what stands in a URL and finds exactly this place again ("10001", "Springfield, MO", "VT"). `population`
    ranks: of a ZIP it is its town's, of a state the sum over its places; 0 means not known. `county_fips` has five
    digits; a state has none. A state's point is the centre of where its people live.
    """

    kind: Kind
    label: str
    near: str
    point: Point
    state: str
    population: int
    time_zone: str
    zip5: str | None = None
    county_fips: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class County:
    """A county or what stands for one; `fips` has five digits."""

    fips: str
    name: str
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Exactly one place is meant. `others` are small towns that bear a state's name, for a line below the heading."""

    place: Place
    others: tuple[Place, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ambiguous:
    """Several places bear the name: to be asked, biggest first."""

    candidates: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """No place is meant that can be searched from. `reason_sentence` is for the reader, `problem` for machines;
    `suggestions` are offered, never assumed."""

    problem: Problem
    reason_sentence: str
    suggestions: tuple[Place, ...] = ()


Answer = Found | Ambiguous | Unknown
