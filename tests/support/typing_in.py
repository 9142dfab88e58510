"""What a form on a page would send as it stands: every field with what is in it, as a browser counts it."""

from html.parser import HTMLParser
from typing import Any


class _Form(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.values: dict[str, Any] = {}
        self._area = ""
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "textarea":
            self._area = name
            self.values[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in self.values:
                self.values[self._select] = given.get("value") or ""
        elif tag == "input" and name:
            self._input(name, given)

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        kind = given.get("type") or "text"
        if kind in {"checkbox", "radio"}:
            if "checked" in given:
                value = given.get("value") or ""
                known = self.values.get(name)
                self.values[name] = value if kind == "radio" or known is None else [*_many(known), value]
            return
        self.values[name] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""


def _many(known: Any) -> list[str]:
    return known if isinstance(known, list) else [known]


def filled(html: str) -> dict[str, Any]:
    """Name → value (a list for several) of all fields on the page. Buttons send nothing."""
    return _Form(html).values
