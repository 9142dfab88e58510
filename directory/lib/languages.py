"""Which language the reader of this moment speaks, and the catalogues that hold our sentences in it.

The language stands in a context variable: the address (`/es/…`) sets it for a request, the recipient's choice for a
mail. English needs no catalogue: it is what the sentences are written in.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parents[2] / "locale"
ENGLISH = "en"
SPANISH = "es"
LANGUAGES = (ENGLISH, SPANISH)
"""BCP 47 tags of the languages the service speaks, the one it is written in first."""
PSEUDO = "qps"
"""English with every sentence marked and 40 % longer, for tests of layout and of sentences nobody marked. Never
offered: an application has it only when it is made with it."""
OPEN, CLOSE = "⟦", "⟧"

REVIEWED_BY: dict[str, str] = {}
"""Language → the qualified person who has read the whole catalogue. Until one is named here, each page in that language
says that its words await review."""

_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def current() -> str:
    """The tag of the reader's language; English where nobody reads."""
    return _spoken.get() or ENGLISH


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything inside is said in `language`. Raises ValueError for a language we do not speak."""
    if language not in (*LANGUAGES, PSEUDO):
        raise ValueError(f"not a language of ours: {language!r}")
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def known(language: str) -> str:
    """`language` where we speak it, else English: for what was stored or came from outside."""
    return language if language in LANGUAGES else ENGLISH


def translate(message: str) -> str:
    """The sentence in the reader's language. Before there is a reader it waits for one (`Phrase`)."""
    language = _spoken.get()
    if language == ENGLISH:
        return str.__str__(message)
    return Phrase(message) if language is None else catalogue(language).gettext(str.__str__(message))


def translate_plural(singular: str, plural: str, n: int) -> str:
    """The singular or plural sentence for `n`, in the reader's language."""
    return catalogue(current()).ngettext(singular, plural, n)


@cache
def catalogue(language: str) -> NullTranslations:
    """The sentences of `language`, read once. A sentence it lacks is said in English."""
    if language == ENGLISH:
        return NullTranslations()
    if language == PSEUDO:
        return _Pseudo()
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        read = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return GNUTranslations(compiled)


class _Pseudo(NullTranslations):
    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{'·' * (len(message) * 2 // 5)}{CLOSE}" if message else ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def _said(name: str) -> Callable[..., Any]:
    def method(self: "Phrase", *args: Any, **more: Any) -> Any:
        return getattr(str(self), name)(*args, **more)

    method.__name__ = name
    return method


class Phrase(str):
    """An English sentence made before anybody reads it (a constant); it is said in the reader's language when shown.

    It equals, hashes and sorts as its English, and a database or JSON keeps its English. Whatever shows it or makes
    new text of it (`str`, an f-string, a template, `.format`, `+`) uses the reader's language. `", ".join` cannot:
    join with `wording.say.listing`, or make each a `str` first.
    """

    __slots__ = ()

    def __str__(self) -> str:
        """The sentence in the reader's language."""
        english = str.__str__(self)
        language = current()
        return english if language == ENGLISH else catalogue(language).gettext(english)

    __format__ = _said("__format__")
    __add__ = _said("__add__")
    __mod__ = _said("__mod__")
    __getitem__ = _said("__getitem__")
    replace = _said("replace")
    split = _said("split")
    strip = _said("strip")
    lower = _said("lower")
    upper = _said("upper")
    capitalize = _said("capitalize")
    encode = _said("encode")
    removesuffix = _said("removesuffix")

    def format(self, *args: Any, **more: Any) -> str:
        """The sentence with its places filled; before there is a reader, one that waits as well."""
        if _spoken.get() is None:
            return Filled(str.__str__(self), args, more)
        return str(self).format(*args, **more)

    def __radd__(self, before: str) -> str:
        """`before` and the sentence as one text."""
        return before + str(self)

    def __html__(self) -> str:
        """What a template shows: the sentence, escaped."""
        return escape(str(self))


class Filled(Phrase):
    """A phrase whose places were filled before anybody reads it: sentence and fillings are both said when shown."""

    __slots__ = ("_args", "_more", "_sentence")

    def __new__(cls, sentence: str, args: tuple[Any, ...], more: dict[str, Any]) -> "Filled":
        """`sentence` is the English, with places as `str.format` knows them."""
        return super().__new__(cls, sentence.format(*args, **more))

    def __init__(self, sentence: str, args: tuple[Any, ...], more: dict[str, Any]) -> None:
        self._sentence, self._args, self._more = sentence, args, more

    def __str__(self) -> str:
        """The sentence in the reader's language, filled."""
        return str(catalogue(current()).gettext(self._sentence)).format(*self._args, **self._more)
