"""How a place's name is compared: one key for "St. Louis", "Saint Louis", "st louis" and "ST.LOUIS"."""

import re
import unicodedata
from typing import Final

_APOSTROPHES: Final = str.maketrans(dict.fromkeys("'’‘ʻʼ`´", ""))
_JOINED_ABBREVIATION: Final = re.compile(r"(?<=[a-z]{2})\.(?=[a-z])")
_WORD: Final = re.compile(r"[a-z0-9]+")

ABBREVIATIONS: Final[dict[str, str]] = {
    "afb": "airforcebase",
    "bch": "beach",
    "centre": "center",
    "ctr": "center",
    "ft": "fort",
    "hts": "heights",
    "jct": "junction",
    "mt": "mount",
    "mtn": "mountain",
    "natl": "national",
    "pt": "point",
    "spg": "spring",
    "spgs": "springs",
    "st": "saint",
    "ste": "sainte",
    "twp": "township",
    "vlg": "village",
}
"""Words that postmen and people shorten (USPS Publication 28, appendix C, where it has them)."""

DIRECTIONS: Final[dict[str, str]] = {"n": "north", "s": "south", "e": "east", "w": "west"}
"""Shortened only in front: "N Las Vegas"."""


def plain_words(text: str) -> list[str]:
    """The words of a name in lower-case ASCII, without accents, apostrophes and full stops; nothing spelled out yet."""
    lowered = text.casefold().translate(_APOSTROPHES)
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    if "." in lowered:
        lowered = _JOINED_ABBREVIATION.sub(" ", lowered).replace(".", "")
    return _WORD.findall(lowered.replace("&", " and "))


def spelled_out(words: list[str]) -> list[str]:
    """The same words with what is usually shortened written in full."""
    full = [ABBREVIATIONS.get(word, word) for word in words]
    if len(full) > 1:
        full[0] = DIRECTIONS.get(full[0], full[0])
    return full


def key(text: str) -> str:
    """What two spellings of one name share. Spaces are gone from it: "La Cygne" and "Lacygne" are one post office."""
    return "".join(spelled_out(plain_words(text)))
