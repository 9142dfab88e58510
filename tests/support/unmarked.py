"""English that stands outside the brackets of the made-up language: nobody marked it, or it froze before its reader."""

import re
from html.parser import HTMLParser
from typing import Any

from directory.lib.languages import CLOSE, OPEN
from directory.terminology import icd10
from scripts import messages

_SHOWN = ("aria-label", "alt", "title", "placeholder", "content")
_NEVER_SHOWN = {"script", "style"}
_LETTERS = re.compile(r"[A-Za-z]{2,}")
_BREAK = "\ue000"
NOT_FOR_READERS = ("/api/", "/dev/", "/patterns", "/learn")
"""Pages for machines' makers and for ourselves, in English; pages to learn from stand in files of each language."""
DATA = {"Authenticator app": "the name of a key, which its owner may change", "None": "no reason, in the audit"}
_ICD_10 = tuple(row.label for row in icd10.offered())
"""The code system's own names are English, as record systems show them."""
LONG = 16
"""Letters from which on a sentence of the catalogue is looked for inside of what stands outside brackets."""


class _Texts(HTMLParser):
    """What a reader sees or hears of a page that stands in no brackets; these may open and close in other elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.outside = ""
        self._depth = 0
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NEVER_SHOWN:
            self._inside.append(tag)
        for name, value in attrs:
            if value and (name in _SHOWN or name.startswith("data-")):
                self._take(_BREAK + value + _BREAK)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()
        self.outside += _BREAK

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self._take(data)

    def _take(self, text: str) -> None:
        for letter in text:
            if letter == OPEN:
                self._depth += 1
                self.outside += _BREAK
            elif letter == CLOSE:
                self._depth -= 1
            elif not self._depth:
                self.outside += letter


def outside(html: str) -> set[str]:
    """Every text of a page with letters that stands outside of brackets."""
    parts = (" ".join(part.split()) for part in _Texts(html).outside.split(_BREAK))
    return {part for part in parts if _LETTERS.search(part)}


def gather(told: dict[str, set[str]], answer: Any) -> None:
    """Adds what stands outside brackets on one answer of the application, with the paths it stands at."""
    if answer.headers.get("content-type", "").startswith("text/html"):
        answer.read()
        for text in outside(answer.text):
            told.setdefault(text, set()).add(answer.request.url.path)


def in_english(told: dict[str, set[str]]) -> dict[str, list[str]]:
    """Those of the texts that are a sentence of the catalogue, or hold a long one: each froze before its reader."""
    keys = {messages.english_of(message) for message in messages.sentences() if message.id}
    said = {key for key in keys if "{" not in key and (" " in key or key[:1].isupper())} - set(DATA)
    long = [sentence for sentence in said if len(sentence) >= LONG]
    return {
        text: sorted(paths)
        for text, paths in told.items()
        if not all(path.startswith(NOT_FOR_READERS) for path in paths)
        and not any(label in text for label in _ICD_10)
        and (text in said or any(sentence in text for sentence in long))
    }
