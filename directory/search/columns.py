"""The columns of the search index: arrays by location and by treatment line, built from entries and merged by position.

Locations stand in bands of latitude and, within a band, by longitude, so that the surroundings of a point are a few
slices. Lines stand grouped by location. Facet values are bits of 64-bit words, one word array a level.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from directory.search import facets
from directory.search.counting import Words
from directory.search.distance import Floats, to_ecef
from directory.search.entries import Entry

BAND_DEGREES: Final = 0.25
BAND_STRIDE: Final = 1000.0  # more than 360, so that a band and a longitude make one sortable number
NO_DAY: Final = np.iinfo(np.int32).max
"""Stands in day columns for "not known": it sorts last."""
NEVER: Final = dt.date(1970, 1, 1)
"""Stands for the day of a confirmation there never was: the newest come first."""

Rows = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]


Layout = dict[str, tuple[list[str], list[int]]]
"""Per group its codes and the place of each code's count."""


class Vocabulary:
    """Which bit each facet value has, per level; values get their bit when they are first seen and keep it."""

    def __init__(self) -> None:
        self.bits: dict[facets.Level, dict[tuple[str, str], int]] = {"line": {}, "location": {}}

    def bit_of(self, level: facets.Level, value: tuple[str, str]) -> int:
        """The bit of a (group, code) pair, a new one if need be."""
        return self.bits[level].setdefault(value, len(self.bits[level]))

    def width(self, level: facets.Level) -> int:
        """Words needed for all values of a level."""
        return max(1, -(-len(self.bits[level]) // 64))

    def masks(self, group: str, codes: Iterable[str]) -> list[tuple[int, np.uint64]]:
        """(word, mask) pairs that select rows with any of `codes`; empty when no entry has ever had one."""
        known = self.bits[facets.BY_NAME[group].level]
        words: dict[int, int] = {}
        for code in codes:
            bit = known.get((group, code))
            if bit is not None:
                words[bit >> 6] = words.get(bit >> 6, 0) | 1 << (bit & 63)
        return [(word, np.uint64(mask)) for word, mask in sorted(words.items())]

    def layout(self) -> "Layout":
        """Where each group's counts stand when those of the line words are followed by those of the location words."""
        found: Layout = {group.name: ([], []) for group in facets.GROUPS}
        start = {"line": 0, "location": 64 * self.width("line")}
        for level, bits in self.bits.items():
            for (group, code), bit in bits.items():
                found[group][0].append(code)
                found[group][1].append(start[level] + bit)
        return found


@dataclass(frozen=True, slots=True)
class Columns:
    """One state of all columns; n locations, m lines. Never changed in place: readers hold on to what they have."""

    place: Floats
    """Band and longitude as one number, ascending, (n)."""
    xyz: Floats
    """ECEF metres, (3, n)."""
    latitudes: Floats
    longitudes: Floats
    location_words: Words
    """Facet bits of the location, (w, n)."""
    any_line_words: Words
    """Facet bits that any line of the location has, (w, n)."""
    states: npt.NDArray[np.uint16]
    """The two letters of the state as one number, (n)."""
    confirmed: Days
    """Day of the last confirmation, days since 1970, (n)."""
    wait_days: Days
    """Usual wait for intake in days or NO_DAY, (n)."""
    record: Rows
    """Number of the location's record in the index, (n)."""
    line_start: Rows
    """Where the lines of each location begin, (n + 1)."""
    line_words: Words
    """Facet bits of each line, (w, m)."""
    line_intake: Days
    """Next intake of each line, days since 1970 or NO_DAY, (m)."""

    @property
    def size(self) -> int:
        """Locations."""
        return int(self.record.size)

    def lines_of(self, rows: Rows) -> tuple[Rows, Rows]:
        """The lines of these locations, one run a location, and where each run begins."""
        first = self.line_start[rows]
        counts = self.line_start[rows + 1] - first
        ends = np.cumsum(counts)
        begins = ends - counts
        lines = np.repeat(first - begins, counts)
        lines += np.arange(lines.size)
        return lines, begins

    def merged(self, keep: Rows, added: "Columns") -> "Columns":
        """These columns reduced to the rows `keep`, together with all rows of `added`, in order of position."""
        both = _joined(self._picked(keep), added)
        return both._picked(np.argsort(both.place, kind="stable"))

    def _picked(self, rows: Rows) -> "Columns":
        lines, begins = self.lines_of(rows)
        return Columns(
            place=self.place[rows],
            xyz=np.ascontiguousarray(self.xyz[:, rows]),
            latitudes=self.latitudes[rows],
            longitudes=self.longitudes[rows],
            location_words=np.ascontiguousarray(self.location_words[:, rows]),
            any_line_words=np.ascontiguousarray(self.any_line_words[:, rows]),
            states=self.states[rows],
            confirmed=self.confirmed[rows],
            wait_days=self.wait_days[rows],
            record=self.record[rows],
            line_start=np.append(begins, lines.size),
            line_words=np.ascontiguousarray(self.line_words[:, lines]),
            line_intake=self.line_intake[lines],
        )


def state_number(state: str) -> int:
    """A two-letter state as a number for the `states` column."""
    return ord(state[0]) << 8 | ord(state[1]) if len(state) == 2 else 0


def build(entries: Sequence[Entry], records: Sequence[int], vocabulary: Vocabulary) -> Columns:
    """Columns of `entries`, whose records have the numbers `records`; every entry has at least one line."""
    latitudes = np.array([e.latitude for e in entries], dtype=np.float64)
    longitudes = np.array([e.longitude for e in entries], dtype=np.float64)
    lines = [line for entry in entries for line in entry.lines]
    counts = np.array([len(e.lines) for e in entries], dtype=np.int64)
    if counts.size and counts.min() == 0:
        raise ValueError("a location without a treatment line is not searched")
    line_bits = _bits("line", (facets.of_line(line) for line in lines), vocabulary)
    location_bits = _bits("location", (facets.of_location(e) for e in entries), vocabulary)
    line_start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    line_words = _words(line_bits, vocabulary.width("line"))
    unsorted = Columns(
        place=place_number(latitudes, longitudes),
        xyz=to_ecef(latitudes, longitudes),
        latitudes=latitudes,
        longitudes=longitudes,
        location_words=_words(location_bits, vocabulary.width("location")),
        any_line_words=np.bitwise_or.reduceat(line_words, line_start[:-1], axis=1) if lines else line_words,
        states=np.array([state_number(e.state) for e in entries], dtype=np.uint16),
        confirmed=np.array([_day(e.confirmed_at or NEVER) for e in entries], dtype=np.int32),
        wait_days=np.array([NO_DAY if e.wait_days is None else e.wait_days for e in entries], dtype=np.int32),
        record=np.array(records, dtype=np.int64),
        line_start=line_start,
        line_words=line_words,
        line_intake=np.array([_day(line.next_intake_on) for line in lines], dtype=np.int32),
    )
    return unsorted._picked(np.argsort(unsorted.place, kind="stable"))


def place_number(latitudes: Any, longitudes: Any) -> Any:
    """Band of latitude and longitude in one number; numbers of one band stand together in order of longitude."""
    return np.floor((latitudes + 90.0) / BAND_DEGREES) * BAND_STRIDE + (longitudes + 180.0)


def _bits(level: facets.Level, rows: Iterable[Iterable[tuple[str, str]]], vocabulary: Vocabulary) -> list[int]:
    # A million values at a start: a dictionary of ready masks is asked, and the vocabulary only for what is new.
    masks = {value: 1 << bit for value, bit in vocabulary.bits[level].items()}
    found: list[int] = []
    for values in rows:
        bits = 0
        for value in values:
            mask = masks.get(value)
            if mask is None:
                mask = masks[value] = 1 << vocabulary.bit_of(level, value)
            bits |= mask
        found.append(bits)
    return found


def _words(bits: list[int], width: int) -> Words:
    mask = (1 << 64) - 1
    return np.array([[b >> 64 * w & mask for b in bits] for w in range(width)], dtype=np.uint64).reshape(width, -1)


def _day(day: Any) -> int:
    return NO_DAY if day is None else day.toordinal() - 719_163


def _joined(one: Columns, two: Columns) -> Columns:
    def words(first: Words, second: Words) -> Words:
        width = max(len(first), len(second))
        return np.concatenate([np.pad(part, ((0, width - len(part)), (0, 0))) for part in (first, second)], axis=1)

    def flat(name: str) -> Any:
        return np.concatenate([getattr(one, name), getattr(two, name)])

    return Columns(
        place=flat("place"),
        xyz=np.concatenate([one.xyz, two.xyz], axis=1),
        latitudes=flat("latitudes"),
        longitudes=flat("longitudes"),
        location_words=words(one.location_words, two.location_words),
        any_line_words=words(one.any_line_words, two.any_line_words),
        states=flat("states"),
        confirmed=flat("confirmed"),
        wait_days=flat("wait_days"),
        record=flat("record"),
        line_start=np.concatenate([one.line_start, two.line_start[1:] + one.line_start[-1]]),
        line_words=words(one.line_words, two.line_words),
        line_intake=flat("line_intake"),
    )
