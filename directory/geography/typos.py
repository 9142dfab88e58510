"""Names one letter away from a name: a letter too many, missing, wrong, or two changed over."""

from collections.abc import Iterator
from typing import Final

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
SHORTEST: Final = 4
"""Below this length almost everything is one letter from something."""
LONGEST: Final = 40


def one_letter_off(name: str) -> Iterator[str]:
    """All strings one edit from `name`, some more than once and `name` itself among them; none for names under 4 or
    over 40 letters. About 55 for each letter."""
    if not SHORTEST <= len(name) <= LONGEST:
        return
    for at in range(len(name) + 1):
        head, tail = name[:at], name[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
