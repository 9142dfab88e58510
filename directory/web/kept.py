"""Moulds: a real template rendered once, cut where it changes, and filled by joining bytes ever after.

The template stays the only place where the page is written. A mould is rendered with marks for the values that change;
what is filled in must already be escaped (`text`) or be HTML that another template made.
"""

import re
import secrets
from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import Final

from markupsafe import Markup

# Drawn anew by each process: whoever writes a text of a listing cannot write a mark into it.
_DRAWN: Final = str(secrets.randbits(64))
_OPEN: Final = f"\ue000{_DRAWN}:"
_CLOSE: Final = f":{_DRAWN}\ue001"
_SPACE: Final = re.compile(r"\s*\n\s*")
_MARK: Final = re.compile(f"{_OPEN}([a-z_]+){_CLOSE}")


class Mark(Markup):
    """Stands in a template for a value that changes; survives escaping and number formats."""

    def __new__(cls, name: str) -> "Mark":
        """The mark of the slot `name` (lower-case letters and underscores)."""
        return super().__new__(cls, f"{_OPEN}{name}{_CLOSE}")

    def __format__(self, spec: str) -> str:
        """The mark itself, however a filter would have formatted the value."""
        return str(self)


class Mould:
    """HTML with slots. `fill` gives the bytes with a value in each; a slot may stand in several places.

    Line ends with the spaces round them become one line end: a fifth of a page is indentation. Not for <pre>.
    """

    __slots__ = ("_parts", "_slots", "size")

    def __init__(self, rendered: str) -> None:
        pieces = _MARK.split(_SPACE.sub("\n", rendered))
        if _OPEN in "".join(pieces[::2]) or _CLOSE in "".join(pieces[::2]):
            raise ValueError("a mark was cut by a filter of the template")
        # Tuples of bytes, and one tuple of slots for all moulds alike: garbage collection need not walk them.
        self._parts: tuple[bytes, ...] = tuple(piece.encode() for piece in pieces)
        self._slots = _same(tuple((place, pieces[place]) for place in range(1, len(pieces), 2)))
        self.size = sum(len(part) for part in self._parts)

    def halves(self) -> tuple[bytes, bytes]:
        """What stands before and after the only slot, for filling the smallest moulds many times a page."""
        before, _, after = self._parts
        return before, after

    @property
    def slots(self) -> set[str]:
        """The names that `fill` asks for."""
        return {name for _, name in self._slots}

    def fill(self, **values: bytes) -> bytes:
        """The text with these values; every slot needs one (KeyError)."""
        return b"".join(self.pieces(**values))

    def pieces(self, **values: bytes) -> list[bytes]:
        """The same unjoined: a page of many moulds is joined once, at its end."""
        parts = [*self._parts]
        for place, name in self._slots:
            parts[place] = values[name]
        return parts

    def around(self, **values: bytes | list[bytes]) -> list[bytes]:
        """Pieces where what fills a slot may be pieces itself."""
        parts: list[bytes] = []
        at = 0
        for place, name in self._slots:
            parts += self._parts[at:place]
            value = values[name]
            if isinstance(value, list):
                parts += value
            else:
                parts.append(value)
            at = place + 1
        parts += self._parts[at:]
        return parts


@lru_cache(maxsize=1_000)
def _same(slots: tuple[tuple[int, str], ...]) -> tuple[tuple[int, str], ...]:
    return slots


def text(value: str) -> bytes:
    """A value as it may stand in HTML, in text and in quoted attributes."""
    return escape(str(value)).encode()


class Kept:
    """Moulds by key and version, made when first asked for; the oldest go when they grow beyond `most` bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._moulds: dict[str, tuple[int, Mould]] = {}

    def get(self, key: str, version: int, make: Callable[[], Mould]) -> Mould:
        """The mould of `key` at `version`."""
        found = self._moulds.get(key)
        if found is not None and found[0] == version:
            return found[1]
        if found is not None:
            self._drop(key)
        mould = make()
        self._moulds[key] = (version, mould)
        self._size += mould.size
        while self._size > self._most and len(self._moulds) > 1:
            self._drop(next(iter(self._moulds)))
        return mould

    def _drop(self, key: str) -> None:
        self._size -= self._moulds.pop(key)[1].size
