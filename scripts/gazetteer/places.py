"""Populated places: GeoNames' cities, cleaned, and the post offices that GeoNames' cities do not know."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from directory.geography.names import key, plain_words
from scripts.gazetteer.counties import Counties, distance_km

SAME_PLACE_KM = 25.0
"""Two entries of one name this close are one place written twice (a town and its centre)."""
SAME_BY_ALIAS_KM = 15.0

UNTRUE_POPULATIONS = {("South Boston", "MA"), ("Meads", "KY"), ("Enchanted Hills", "NM")}
"""Quarters for which GeoNames repeats the number of the city around them, besides those `_borrowed` finds."""

WRITTEN_TWICE = {("Lexington-Fayette", "KY")}
"""A city under a second entry with another name."""

LABELS = {("New York City", "NY"): "New York"}
"""Where the post office's name is the one people look for."""


@dataclass(kw_only=True)
class Town:
    """A populated place while it is being put together; population 0 means not known."""

    name: str
    state: str
    point: tuple[float, float]
    population: int = 0
    time_zone: str = ""
    county: str = ""
    other_names: set[str] = field(default_factory=set)
    post_names: set[str] = field(default_factory=set)
    has_area: bool = True

    @property
    def key(self) -> tuple[str, str]:
        """What makes two entries bear one name."""
        return key(self.name), self.state


def from_cities(rows: Iterable[dict[str, Any]]) -> list[Town]:
    """GeoNames' places with clean names, each place once."""
    towns: dict[tuple[str, str], list[Town]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (-row["population"], row["geonameid"])):
        town = _town(row)
        if town is None:
            continue
        twin = next((t for t in towns[town.key] if distance_km(t.point, town.point) < SAME_PLACE_KM), None)
        if twin is None:
            towns[town.key].append(town)
        else:
            twin.other_names |= town.other_names
    found = [town for same in towns.values() for town in same]
    _forget_borrowed_populations(found)
    return found


def _town(row: dict[str, Any]) -> Town | None:
    """One place, or None for what is no longer one."""
    name, state = row["name"], row["admin1code"] if row["countrycode"] == "US" else row["countrycode"]
    if "(historical)" in name or (name, state) in WRITTEN_TWICE:
        return None
    other_names = {other for other in row["alternatenames"] if other.strip()} | set(re.findall(r"\((\D+?)\)", name))
    other_names -= {"balance", "village"}
    name = re.sub(r"\s*\(.*?\)|,.*", "", name)
    name = name.removeprefix("City of ")
    if state in {"GU", "MP"}:
        name = re.sub(r" [Vv]illage$", "", name)
    if "/" in name:
        other_names |= {part.strip() for part in name.split("/")}
    if (name, state) in LABELS:
        other_names.add(name)
        name = LABELS[name, state]
    population = 0 if (name, state) in UNTRUE_POPULATIONS else row["population"]
    point = (row["latitude"], row["longitude"])
    return Town(
        name=name, state=state, point=point, population=population, time_zone=row["timezone"], other_names=other_names
    )


def _forget_borrowed_populations(towns: list[Town]) -> None:
    """GeoNames gives "New South Memphis" all of Memphis. A big place without any other name, close to one of about the
    same size whose name shares a word, has its number from there; 0 ranks it last instead of first."""
    by_state = defaultdict(list)
    for town in towns:
        by_state[town.state].append(town)
    for town in towns:
        if town.population < 20_000 or any(key(other) != town.key[0] for other in town.other_names):
            continue
        words = set(plain_words(town.name))
        if any(
            other is not town
            and 0.85 <= other.population / town.population <= 1.7
            and words & set(plain_words(other.name))
            and distance_km(other.point, town.point) < 10
            for other in by_state[town.state]
        ):
            town.population = 0


class TownFinder:
    """Which town a post office's name means, by name and nearness."""

    def __init__(self, towns: Iterable[Town]) -> None:
        self._official: dict[tuple[str, str], list[Town]] = defaultdict(list)
        self._other: dict[tuple[str, str], list[Town]] = defaultdict(list)
        for town in towns:
            self.add(town)

    def add(self, town: Town) -> None:
        """Make it known by all its names."""
        self._official[town.key].append(town)
        for other in town.other_names:
            if other.isascii():
                self._other[key(other), town.state].append(town)

    def find(self, name: str, state: str, points: list[tuple[float, float]]) -> Town | None:
        """The town of that name near any of the points."""
        return self._nearest(self._official.get((key(name), state), []), points, SAME_PLACE_KM)

    def find_by_other_name(self, name: str, state: str, points: list[tuple[float, float]]) -> Town | None:
        """The town of which GeoNames knows that as another name: Barrow is Utqiagvik's post office."""
        return self._nearest(self._other.get((key(name), state), []), points, SAME_BY_ALIAS_KM)

    @staticmethod
    def _nearest(towns: list[Town], points: list[tuple[float, float]], limit_km: float) -> Town | None:
        ranked = [
            (distance_km(town.point, point), -town.population, n) for n, town in enumerate(towns) for point in points
        ]
        return towns[min(ranked)[2]] if ranked and min(ranked)[0] < limit_km else None

    def in_county(self, name: str, state: str, county: str, of: Counties) -> Town | None:
        """The town whose own name that is, in that county: the points of remote ZIPs can be off by more than 25 km."""
        return next((t for t in self._official.get((key(name), state), ()) if of.holds(county, t.point)), None)


GENERIC_WORDS = frozenset(
    plain_words(
        "north south east west new old upper lower city town township village borough county district fort lake saint "
        "mount port park hill hills heights spring springs beach creek center station mill mills falls river valley "
        "the of la las los el san santa and at on de"
    )
)
"""Words that two names may share without meaning one place."""


def vocabulary(towns: Iterable[Town], post_names: Iterable[str]) -> set[str]:
    """Every word of an official American place name: what tells a second name from a transliteration."""
    words = {word for town in towns for word in plain_words(town.name)}
    return words | {word for name in post_names for word in plain_words(name)}


def second_names(town: Town, words: set[str]) -> list[str]:
    """Of GeoNames' alternate names those that may stand for the town without asking: made of American words and close
    to its own name ("Marlboro", "Salt Lake"). What a place was called before 1850 or in Finnish is left out."""
    own = {town.key[0], *(key(name) for name in town.post_names)}
    telling = set(plain_words(town.name)) - GENERIC_WORDS
    kept: dict[str, str] = {}
    for other in sorted(town.other_names):
        parts = plain_words(other)
        plain = other.isascii() and other[:1].isupper() and re.fullmatch(r"[A-Za-z' ./-]{4,40}", other)
        if not plain or (other.isupper() and len(other) <= 4) or " i " in other or not set(parts) <= words:
            continue
        alike = SequenceMatcher(None, key(other), town.key[0]).ratio() > 0.8
        if key(other) not in own and (alike or telling & set(parts)):
            kept.setdefault(key(other), other)
    return sorted(kept.values())
