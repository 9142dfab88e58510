"""Which of some locations match a set of filters, and how many carry each facet value, counted by location.

Within a group any code will do, between groups all must hold; groups of treatment lines must hold on one line. Each
facet group is counted with the other groups applied.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt

from directory.search.columns import NO_DAY, Columns, Days, Layout, Rows, Vocabulary
from directory.search.counting import Words, count_bits
from directory.search.facets import LINE_GROUPS

Filters = Mapping[str, Sequence[str]]
Counted = dict[str, dict[str, int]]
Marks = npt.NDArray[np.bool_]


class Matching:
    """The locations `rows` (row numbers of `columns`) under `filters` (group name to codes)."""

    def __init__(self, columns: Columns, vocabulary: Vocabulary, rows: Rows, filters: Filters) -> None:
        self._columns = columns
        self._rows = rows
        self._location_words = columns.location_words.take(rows, axis=1)
        self._any_words: Words | None = None
        self._lines: tuple[Rows, Rows] | None = None
        self._location_marks: dict[str, Marks] = {}
        self._line_marks: dict[str, Marks] = {}
        if any(group in LINE_GROUPS for group in filters):
            self._line_words = columns.line_words.take(self._line_runs()[0], axis=1)
        for group, codes in filters.items():
            masks = vocabulary.masks(group, codes)
            if group in LINE_GROUPS:
                self._line_marks[group] = _having(self._line_words, masks)
            else:
                self._location_marks[group] = _having(self._location_words, masks)
        self._matched_words = self._line_part()
        self.hits: Rows = self._positions(self._matched_words)
        """Positions in `rows` of the locations that match all filters."""

    def facets(self, layout: Layout) -> Counted:
        """Per group and code, the locations that would match if that code were the group's only filter."""
        usual = self._counts(self._matched_words, self.hits)
        found: Counted = {}
        for group, (codes, places) in layout.items():
            counts = usual
            if group in self._line_marks:
                words = self._line_part(but=group)
                counts = self._counts(words, self._positions(words))
            elif group in self._location_marks:
                counts = self._counts(self._matched_words, self._positions(self._matched_words, but=group))
            found[group] = {code: counts[place] for code, place in zip(codes, places, strict=True)}
        return found

    def _counts(self, line_part: Words, positions: Rows) -> list[int]:
        both = np.concatenate([line_part, self._location_words])
        counts: list[int] = count_bits(both.take(positions, axis=1)).tolist()
        return counts

    def intake_days(self, positions: Rows, today: int) -> tuple[Days, Marks]:
        """Days until intake at these positions (NO_DAY: not known), and whether the clinic named the day itself.

        The earliest stated intake of a matching line, from `today` (days since 1970) on; without one the usual wait.
        """
        lines, begins = self._line_runs()
        stated = self._columns.line_intake[lines]
        usable = stated >= today
        for marks in self._line_marks.values():
            usable &= marks
        day = np.where(usable, stated, NO_DAY)
        first = np.minimum.reduceat(day, begins)[positions] if begins.size else day
        named = first < NO_DAY
        wait = self._columns.wait_days[self._rows[positions]]
        return np.where(named, first - today, wait).astype(np.int32), named

    def _line_runs(self) -> tuple[Rows, Rows]:
        if self._lines is None:
            self._lines = self._columns.lines_of(self._rows)
        return self._lines

    def _line_part(self, but: str | None = None) -> Words:
        """Per location the facet bits of its lines that match all line groups (but one); no bit when none does."""
        marks = [marks for group, marks in self._line_marks.items() if group != but]
        if not marks:
            if self._any_words is None:
                self._any_words = self._columns.any_line_words.take(self._rows, axis=1)
            return self._any_words
        kept = np.where(_all(marks), self._line_words, np.uint64(0))
        begins = self._line_runs()[1]
        return np.bitwise_or.reduceat(kept, begins, axis=1) if begins.size else kept

    def _positions(self, line_part: Words, but: str | None = None) -> Rows:
        marks = [marks for group, marks in self._location_marks.items() if group != but]
        some: Marks = np.bitwise_or.reduce(line_part, axis=0) != 0
        marks.append(some)
        return np.flatnonzero(_all(marks))


def _having(words: Words, masks: Iterable[tuple[int, np.uint64]]) -> Marks:
    """Which columns of `words` have any of the masked bits."""
    marks = [(words[word] & mask) != 0 for word, mask in masks if word < len(words)]
    return reduce(np.bitwise_or, marks) if marks else np.zeros(words.shape[1], dtype=np.bool_)


def _all(marks: Sequence[Marks]) -> Marks:
    return reduce(np.bitwise_and, marks)
