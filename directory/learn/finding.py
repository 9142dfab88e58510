"""Finding a page that explains by a few words: all must stand in it, and where they stand decides the order. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from directory.learn.articles import Article
from directory.lib.languages import ENGLISH, SPANISH

LONGEST: Final = 200
_WORD: Final = re.compile(r"[a-z0-9]+")
_SMALL: Final = {
    ENGLISH: frozenset(
        """
        a an and are at be can do does for from how i in is it me my of on or should the to what when who will with
        """.split()  # noqa: SIM905 - a list of words reads as words
    ),
    SPANISH: frozenset(
        """
        a al como con cual cuando de debo del donde e el en es esta la las le lo los me mi mis o para por puedo que
        quien se ser si son su sus tiene tienen u un una y yo
        """.split()  # noqa: SIM905 - a list of words reads as words
    ),
}
"""Words that tell pages apart nowhere, without their accents."""
_PLURAL: Final = {ENGLISH: re.compile(r"s$"), SPANISH: re.compile(r"(?<=[bcdfghjklmnpqrtvwxyz])es$|s$")}
_TITLE, _KEYWORD, _SUMMARY, _HEADING, _BODY = 12, 10, 5, 4, 1


def find(articles: Iterable[Article], words: str, limit: int = 10) -> list[Article]:
    """The pages in which every word of `words` stands (or a longer one that begins so), best first.

    A page is asked in its own language; accents make no difference.
    """
    asked = _split(words[:LONGEST])
    scored = [(sum(scores), article) for article in articles if (scores := _scores(article, asked)) and all(scores)]
    return [article for _score_, article in sorted(scored, key=lambda pair: -pair[0])][:limit]


def _scores(article: Article, asked: list[str]) -> list[int]:
    return [_score(article, word) for word in asked if word not in _SMALL[article.language]]


def _score(article: Article, wanted: str) -> int:
    about = article.about
    parts = (
        (_TITLE, about.title),
        (_KEYWORD, " ".join(about.keywords)),
        (_SUMMARY, about.summary),
        (_HEADING, " ".join(words for _id, words in article.headings)),
        (_BODY, " ".join(article.blocks)),
    )
    begins = _PLURAL[article.language].sub("", wanted)
    return sum(weight for weight, text in parts if any(_is_meant(wanted, begins, word) for word in _split(text)))


def _is_meant(wanted: str, begins: str, word: str) -> bool:
    # "depress" finds "depression"; short words are taken whole, or "pa" would find half the pages.
    return word == wanted or (len(wanted) >= 4 and word.startswith(begins))


def _split(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return _WORD.findall(plain)
