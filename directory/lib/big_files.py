"""Files too big to hold: their lines with the byte each ends at, and a digest by which a file is known again."""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_BEGINNING = 1 << 20


class Unreadable(Exception):
    """A file that cannot be used; the message says why, in words for whoever brought it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record: the line it begins on, its cells, and the byte after it."""

    number: int
    cells: list[str]
    end: int


def digest(file: Path) -> str:
    """Of a file's size and first megabyte: enough to know it again. Raises Unreadable."""
    try:
        with file.open("rb") as stream:
            return hashlib.sha256(str(file.stat().st_size).encode() + b"|" + stream.read(_BEGINNING)).hexdigest()
    except OSError as problem:
        raise Unreadable(f"{file} cannot be read: {problem.strerror}.") from None


def records(file: Path, *, start: int = 0, number: int = 0) -> Iterator[Line]:
    """The records of a CSV file, header included, from byte `start`, before which there were `number` lines.

    Memory holds one record. Each line is UTF-8, or else Windows-1252, as registries mix them. Raises Unreadable.
    """
    try:
        with file.open("rb") as stream:
            stream.seek(start)
            lines = _Lines(stream, start, number)
            begins = number
            for cells in csv.reader(lines, strict=True):
                yield Line(begins + 1, cells, lines.end)
                begins = lines.number
    except OSError as problem:
        raise Unreadable(f"{file} cannot be read: {problem.strerror}.") from None
    except csv.Error as problem:
        raise Unreadable(f"{file} cannot be read as CSV near line {lines.number}: {problem}.") from None


def count(file: Path, words: Iterable[bytes] = ()) -> tuple[int, dict[str, int]]:
    """How many lines there are, and how often each of some ASCII words stands in it, at the speed of the disk.

    Raises Unreadable.
    """
    wanted = list(words)
    lines, found, kept = 0, dict.fromkeys(wanted, 0), b""
    longest, last = max(map(len, wanted), default=1), b"\n"
    try:
        with file.open("rb") as stream:
            while block := stream.read(_BEGINNING):
                lines += block.count(b"\n")
                for word in wanted:  # in the block, and across the seam to the one before
                    seam = kept[max(0, len(kept) - len(word) + 1) :] + block[: len(word) - 1]
                    found[word] += block.count(word) + seam.count(word)
                kept, last = block[-longest:], block[-1:]
    except OSError as problem:
        raise Unreadable(f"{file} cannot be read: {problem.strerror}.") from None
    return lines + (last != b"\n"), {word.decode("ascii"): number for word, number in found.items()}


class _Lines:
    """Decodes lines one at a time and counts what it gave out: a CSV reader never takes a line too many."""

    def __init__(self, stream: Iterator[bytes], end: int, number: int) -> None:
        self._stream = stream
        self.end = end
        self.number = number

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        raw = next(self._stream)
        if self.end == 0:
            self.end = len(raw)
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        else:
            self.end += len(raw)
        self.number += 1
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("cp1252", errors="replace")
