"""The shape every value set has: rows in their order of display, found by code."""

from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar


class Coded(Protocol):
    """A row of a value set: at least a code and what people call it."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str: ...


Row = TypeVar("Row", bound=Coded)


class CodeList(Generic[Row]):
    """Rows of one value set. Iterates rows in order; `in` and `[]` take a code.

    `list[code]` raises KeyError naming the set for an unknown code; `find` returns None instead.
    """

    def __init__(self, name: str, rows: Iterable[Row]) -> None:
        self.name = name
        self._rows = tuple(rows)
        self._by_code = {row.code: row for row in self._rows}
        if len(self._by_code) != len(self._rows):
            raise ValueError(f"{name} holds a code twice")

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Row:
        try:
            return self._by_code[code]
        except KeyError:
            raise KeyError(f"{code!r} is not a code of {self.name}") from None

    def find(self, code: str) -> Row | None:
        """The row, or None."""
        return self._by_code.get(code)

    def label(self, code: str) -> str:
        """What people call it; KeyError for an unknown code."""
        return self[code].label

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes in order of display."""
        return tuple(self._by_code)

    def unknown(self, codes: Iterable[str]) -> list[str]:
        """Those of `codes` that are not in this set, in the order given."""
        return [code for code in codes if code not in self._by_code]

    def in_order(self, codes: Iterable[str]) -> list[Row]:
        """The rows of `codes` in order of display; unknown codes raise KeyError."""
        wanted = set(codes)
        for code in wanted:
            self[code]
        return [row for row in self._rows if row.code in wanted]
