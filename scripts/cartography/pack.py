"""Pack lines and names into the small text that the browser unpacks: steps between points, five bits a letter."""

from collections.abc import Iterable

import numpy as np


def packed(lines: Iterable[np.ndarray], step: int, *, closed: bool = False) -> str:
    """Lines in map units → text; each is its point count, then the steps from point to point in units of `step`.

    A line starts where the one before ended. Points that fall together are dropped, as are lines with too few left.
    """
    out: list[int] = []
    x = y = 0
    for line in lines:
        grid = np.rint(np.asarray(line) / step).astype(int)
        keep = np.r_[True, np.any(np.diff(grid, axis=0) != 0, axis=1)]
        grid = grid[keep][: -1 if closed and len(grid[keep]) > 1 else None]
        if len(grid) < (3 if closed else 2):
            continue
        out.append(len(grid))
        for px, py in grid.tolist():
            out += [_zigzag(px - x), _zigzag(py - y)]
            x, y = px, py
    return "".join(map(_letters, out))


def _zigzag(number: int) -> int:
    return number * 2 if number >= 0 else -number * 2 - 1


def _letters(number: int) -> str:
    """Least significant five bits first; the sixth bit says that more follow (the letters are those of base64url)."""
    text = ""
    while True:
        number, low = number >> 5, number & 31
        text += _ALPHABET[low | 32 if number else low]
        if not number:
            return text


_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
