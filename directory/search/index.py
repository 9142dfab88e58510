"""The search index: every public location in memory, asked without SQL and without a network.

An Index is one unchanging state. `changed` makes the next one from changed entries; whoever is searching keeps the one
they began with. Only one thread at a time may call `changed` on a line of states.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import msgspec
import numpy as np

from directory.geography.point import Point
from directory.search import entries
from directory.search.columns import (
    BAND_DEGREES,
    BAND_STRIDE,
    NO_DAY,
    Columns,
    Rows,
    Vocabulary,
    build,
    state_number,
)
from directory.search.distance import Floats, Origin
from directory.search.entries import Entry
from directory.search.matching import Counted, Filters, Matching
from directory.search.ranking import Order

NEAREST_BEYOND: Final = 3
_SMALLEST_RADIUS_M: Final = 6_335_000.0  # of curvature anywhere on the ellipsoid: makes every window a little too wide
_EARTH_M: Final = 20_100_000.0  # farther than any two points are apart
_SPARE_RECORDS: Final = 2_000


class Change(NamedTuple):
    """One row of the search table: `payload` is None when the location was removed."""

    location_id: str
    version: int
    payload: str | None


class Record(msgspec.Struct, frozen=True, gc=False):
    """What the index holds of a location besides its columns."""

    location_id: str
    slug: str
    version: int
    confirmed_at: dt.date | None
    payload: bytes

    def entry(self) -> Entry:
        """The entry, decoded now: kept as text it takes a tenth of the memory."""
        return entries.from_text(self.payload)


class Hit(NamedTuple):
    """One location found. `intake_days` only in the order by intake: days from today, None when nothing is known."""

    record: Record
    distance_m: float
    intake_days: int | None = None
    intake_stated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the index. With `radius_m` None the whole of `state` is searched, seen from `point`."""

    point: Point
    radius_m: float | None
    state: str = ""
    filters: Filters
    order: Order = Order.DISTANCE
    offset: int = 0
    limit: int = 20


class Answer(NamedTuple):
    """`total` and `facets` count locations; `beyond` holds the nearest matches outside when there are none inside."""

    total: int
    hits: list[Hit]
    facets: Counted
    beyond: list[Hit]


class _Near(NamedTuple):
    """Candidate rows with their squared chords from the origin."""

    rows: Rows
    squared: Floats

    def at(self, positions: Rows) -> "_Near":
        return _Near(self.rows[positions], self.squared[positions])


class Index:
    """One state of the index, at `version`."""

    def __init__(
        self,
        version: int,
        columns: Columns,
        vocabulary: Vocabulary,
        records: list[Record],
        by_location: dict[str, int],
    ) -> None:
        self.version = version
        self._columns = columns
        self._vocabulary = vocabulary
        self._records = records
        self._by_location = by_location
        self._numbers = np.arange(columns.size, dtype=np.int64)
        self._by_state: dict[str, Rows] = {}
        self._layout = vocabulary.layout()

    @classmethod
    def of(cls, changes: Iterable[Change] = (), version: int = 0) -> "Index":
        """A new index of these rows."""
        vocabulary = Vocabulary()
        return cls(version, build([], [], vocabulary), vocabulary, [], {}).changed(changes)

    @property
    def size(self) -> int:
        """Locations."""
        return self._columns.size

    def changed(self, changes: Iterable[Change]) -> "Index":
        """The index with these rows applied, in the order of their versions; a later row of a location wins."""
        latest = {change.location_id: change for change in sorted(changes, key=lambda change: change.version)}
        if not latest:
            return self
        decoded = {i: entries.from_text(change.payload) for i, change in latest.items() if change.payload is not None}
        version = max(self.version, *(change.version for change in latest.values()))
        records, by_location = self._records, self._by_location
        outdated = [number for i in latest if (number := by_location.pop(i, None)) is not None]
        keep = np.flatnonzero(~np.isin(self._columns.record, outdated)) if outdated else self._numbers
        added: list[Entry] = []
        numbers: list[int] = []
        for change in latest.values():
            if change.payload is None:
                continue
            entry = decoded[change.location_id]
            by_location[change.location_id] = len(records)
            numbers.append(len(records))
            records.append(
                Record(change.location_id, entry.slug, change.version, entry.confirmed_at, change.payload.encode())
            )
            added.append(entry)
        columns = self._columns.merged(keep, build(added, numbers, self._vocabulary))
        if len(records) > 2 * columns.size + _SPARE_RECORDS:
            records = [records[number] for number in columns.record.tolist()]
            columns = replace(columns, record=np.arange(len(records), dtype=np.int64))
            by_location = {record.location_id: number for number, record in enumerate(records)}
        return Index(version, columns, self._vocabulary, records, by_location)

    def ask(self, question: Question, today: dt.date) -> Answer:
        """The answer; the same question to the same state always gets the same one."""
        origin = Origin.at(question.point)
        near = self._candidates(origin, question)
        matching = Matching(self._columns, self._vocabulary, near.rows, question.filters)
        total = int(matching.hits.size)
        if not total:
            return Answer(0, [], matching.facets(self._layout), self._nearest(origin, question))
        found = self._ordered(origin, question, near, matching, today.toordinal() - 719_163)
        return Answer(total, found, matching.facets(self._layout), [])

    def count(self, question: Question) -> int:
        """How many locations match; `order`, `offset` and `limit` are of no account."""
        near = self._candidates(Origin.at(question.point), question)
        return int(Matching(self._columns, self._vocabulary, near.rows, question.filters).hits.size)

    def _candidates(self, origin: Origin, question: Question) -> _Near:
        """The locations of the searched circle or state, before any filter."""
        if question.radius_m is None:
            rows = self._in_state(question.state)
            return _Near(rows, origin.squared_chords(self._columns.xyz[:, rows]))
        return self._around(origin, question.radius_m, origin.squared_chord_of(question.radius_m))

    def _ordered(self, origin: Origin, question: Question, near: _Near, matching: Matching, today: int) -> list[Hit]:
        hits = near.at(matching.hits)
        keys = [hits.squared if question.radius_m is not None else self._distances(origin, hits)]
        if question.order is Order.CONFIRMED:
            keys.insert(0, -self._columns.confirmed[hits.rows].astype(np.float64))
        days, stated = None, None
        if question.order is Order.INTAKE:
            days, stated = matching.intake_days(matching.hits, today)
            keys.insert(0, days.astype(np.float64))
        first = self._first(keys, hits.rows, question.offset + question.limit)[question.offset :]
        shown = hits.at(first)
        records, metres = self._records_of(shown.rows), self._distances(origin, shown).tolist()
        if days is None or stated is None:
            return [Hit(record, distance) for record, distance in zip(records, metres, strict=True)]
        waits = [None if day == NO_DAY else day for day in days[first].tolist()]
        return [Hit(*each) for each in zip(records, metres, waits, stated[first].tolist(), strict=True)]

    def _first(self, keys: Sequence[Floats], rows: Rows, need: int) -> Rows:
        """Positions of the first `need` by the keys in turn, equal ones by slug."""
        primary = keys[0]
        if primary.size > need:
            last = np.partition(primary, need - 1)[need - 1]
            among = np.flatnonzero(primary <= last)
        else:
            among = np.arange(primary.size)
        sorted_keys = [key[among] for key in keys]
        order = np.lexsort(sorted_keys[::-1]) if len(keys) > 1 else np.argsort(primary[among], kind="stable")
        among = among[order]
        same = np.ones(max(among.size - 1, 0), dtype=np.bool_)
        for key in sorted_keys:
            same &= np.diff(key[order]) == 0
        if same.any():
            self._sort_equals_by_slug(among, same.tolist(), rows)
        return among[:need]

    def _sort_equals_by_slug(self, among: Rows, same_as_next: list[bool], rows: Rows) -> None:
        begin = 0
        for end in range(1, len(among) + 1):
            if end < len(among) and same_as_next[end - 1]:
                continue
            if end - begin > 1:
                run = among[begin:end]
                slugs = [record.slug for record in self._records_of(rows[run])]
                among[begin:end] = run[sorted(range(len(slugs)), key=slugs.__getitem__)]
            begin = end

    def _records_of(self, rows: Rows) -> list[Record]:
        return [self._records[number] for number in self._columns.record[rows].tolist()]

    def _distances(self, origin: Origin, near: _Near) -> Floats:
        columns = self._columns
        return origin.distances(near.squared, columns.latitudes[near.rows], columns.longitudes[near.rows])

    def _nearest(self, origin: Origin, question: Question) -> list[Hit]:
        """The nearest matches however far, looked for in widening rings."""
        radius_m = 4 * (question.radius_m or 100_000.0)
        while True:
            whole = radius_m > _EARTH_M / 4
            if whole:
                near = _Near(self._numbers, origin.squared_chords(self._columns.xyz))
            else:
                # The chord of a far ring is only roughly known: the ring is taken wider and trusted up to its radius.
                limit = (2 * origin.radius_m * math.sin(1.01 * radius_m / (2 * origin.radius_m))) ** 2
                near = self._around(origin, 1.01 * radius_m, limit)
            near = near.at(Matching(self._columns, self._vocabulary, near.rows, question.filters).hits)
            apart = self._distances(origin, near)
            first = self._first([apart], near.rows, NEAREST_BEYOND)
            if whole or (first.size == NEAREST_BEYOND and apart[first[-1]] <= radius_m):
                return [
                    Hit(*each) for each in zip(self._records_of(near.rows[first]), apart[first].tolist(), strict=True)
                ]
            radius_m *= 4

    def _in_state(self, state: str) -> Rows:
        rows = self._by_state.get(state)
        if rows is None:
            rows = self._by_state[state] = np.flatnonzero(self._columns.states == state_number(state))
        return rows

    def _around(self, origin: Origin, radius_m: float, squared_limit: float) -> _Near:
        """Rows within a squared chord, and their squared chords; looks only at a window of `radius_m` all round."""
        lower, upper = _windows(origin.point, radius_m)
        begins = np.searchsorted(self._columns.place, lower, "left").tolist()
        ends = np.searchsorted(self._columns.place, upper, "right").tolist()
        slices = [slice(a, b) for a, b in zip(begins, ends, strict=True) if a < b]
        if not slices:
            return _Near(self._numbers[:0], np.empty(0))
        if len(slices) == 1:
            rows, xyz = self._numbers[slices[0]], self._columns.xyz[:, slices[0]]
        else:
            rows = np.concatenate([self._numbers[part] for part in slices])
            xyz = np.concatenate([self._columns.xyz[:, part] for part in slices], axis=1)
        squared = origin.squared_chords(xyz)
        return _Near(rows, squared).at(np.flatnonzero(squared <= squared_limit))


def _windows(point: Point, radius_m: float) -> tuple[list[float], list[float]]:
    """Lower and upper ends, in place numbers, of the runs of rows that can lie within `radius_m` of a point."""
    angle = 1.01 * radius_m / _SMALLEST_RADIUS_M
    south, north = point.latitude - math.degrees(angle), point.latitude + math.degrees(angle)
    spread = math.sin(min(angle, math.pi / 2)) / max(math.cos(math.radians(point.latitude)), 1e-12)
    if south <= -90 or north >= 90 or spread >= 1:
        ranges = [(-180.0, 180.0)]
    else:
        half = math.degrees(math.asin(spread))
        west, east = point.longitude - half, point.longitude + half
        ranges = [(max(west, -180.0), min(east, 180.0))]
        if west < -180:
            ranges.append((west + 360, 180.0))
        if east > 180:
            ranges.append((-180.0, east - 360))
    first = max(0, math.floor((south + 90) / BAND_DEGREES))
    last = min(math.floor(180 / BAND_DEGREES), math.floor((north + 90) / BAND_DEGREES))
    starts = [band * BAND_STRIDE + 180.0 for band in range(first, last + 1)]
    return [s + west for s in starts for west, _ in ranges], [s + east for s in starts for _, east in ranges]
