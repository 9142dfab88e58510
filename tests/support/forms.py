"""Going through our forms as a browser without scripts does: read the page, keep its hidden fields, post, follow."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

Client = TestClient[Litestar]


@dataclass
class FormOnPage:
    """One form: where it goes, its hidden fields, and the names of those that people see."""

    action: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[FormOnPage] = []
        self.words: list[str] = []
        self.links: list[str] = []
        self.title = ""
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "get").lower() == "post":
            self.forms.append(FormOnPage(given.get("action", "")))
        elif tag in {"input", "select", "textarea"} and self.forms and given.get("name"):
            if given.get("type") == "hidden":
                self.forms[-1].hidden[given["name"]] = given.get("value", "")
            else:
                self.forms[-1].names.add(given["name"])
        elif tag == "a":
            self.links.append(given.get("href", ""))
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        self.words += data.split()


def words_of(html: str) -> str:
    """All words of a page, single spaces between them."""
    return " ".join(_Reader(html).words)


def title_of(html: str) -> str:
    """The title of a page."""
    return _Reader(html).title.strip()


def links_of(html: str) -> list[str]:
    """Where the links of a page lead."""
    return _Reader(html).links


def form_of(html: str, *, with_field: str = "", action: str = "") -> FormOnPage:
    """The form that has this field or this action, or the first one."""
    for found in _Reader(html).forms:
        if (not with_field or with_field in found.names | set(found.hidden)) and (not action or found.action == action):
            return found
    raise AssertionError(f"no form with {with_field or action or 'anything'} on the page")


def submit(client: Client, path: str, *, action: str = "", **typed: Any) -> Any:
    """Load `path`, fill its first form (or the one with this action) with `typed`, and post it; the answer."""
    page = client.get(path)
    assert page.status_code == 200, f"{path}: {page.status_code} {words_of(page.text)[:300]}"
    found = form_of(page.text, action=action)
    return client.post(found.action or path, data={**found.hidden, **typed})


def leads_to(answer: Any) -> str:
    """Where an answer redirects; fails with the page's words when it does not."""
    assert answer.status_code == 303, f"{answer.status_code}: {words_of(answer.text)[:600]}"
    return str(answer.headers["location"])
