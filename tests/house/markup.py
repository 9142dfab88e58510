"""Rules about templates: each takes a template and returns its complaints."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from html.parser import HTMLParser
from pathlib import Path

import jinja2
from jinja2 import nodes

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "templates"
LONGEST = 150

LINKED_HOSTS = {
    "988lifeline.org",
    "findtreatment.gov",
    "www.fda.gov",
    "www.accessdata.fda.gov",
    "www.samhsa.gov",
    "www.hhs.gov",
    "www.spravatorems.com",
    "www.openstreetmap.org",
}
"""Other people's sites that a person may choose to go to. Nothing is ever loaded from them."""

LOADING = {"src", "srcset", "poster", "data", "background", "formaction", "action", "ping", "manifest"}
SPOKEN_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription", "label"}
SILENT = {"code", "kbd", "samp", "svg", "script", "style"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
WORD = re.compile(r"[^\W\d_]{2,}")
SAID = "\ue000"
_environment = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


@dataclass(frozen=True)
class Template:
    """One template: its name as code asks for it, and its text."""

    name: str
    text: str

    @property
    def is_markup(self) -> bool:
        """Whether it is HTML and not a text part of a letter."""
        return self.name.endswith(".html")

    @cached_property
    def tree(self) -> nodes.Template:
        """As Jinja reads it."""
        return _environment.parse(self.text)

    @cached_property
    def bare(self) -> str:
        """The text outside Jinja: every expression, statement, comment and translated block became one mark."""
        text = re.sub(r"\{#.*?#\}", " ", self.text, flags=re.DOTALL)
        text = re.sub(r"\{%[-+]?\s*trans\b.*?\{%[-+]?\s*endtrans\s*[-+]?%\}", SAID, text, flags=re.DOTALL)
        # A statement may stand between attributes (`<td{% if n %} class=…`), an expression in a name (`<h{{ n }}>`).
        return re.sub(r"\{%.*?%\}", f" {SAID} ", re.sub(r"\{\{.*?\}\}", SAID, text, flags=re.DOTALL), flags=re.DOTALL)

    @cached_property
    def elements(self) -> "list[Element]":
        """Every start tag and every text of the bare markup."""
        reader = _Reader()
        reader.feed(self.bare)
        reader.close()
        return reader.found


@dataclass(frozen=True)
class Element:
    """A start tag with its attributes, or a text (then `tag` is empty), and the tags it stands in."""

    tag: str
    attributes: dict[str, str]
    text: str
    line: int
    inside: tuple[str, ...]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Element] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.found.append(Element(tag, named, "", self.getpos()[0], tuple(self._open)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.found.append(Element(tag, named, "", self.getpos()[0], tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(Element("", {}, data, self.getpos()[0], tuple(self._open)))


Rule = Callable[[Template], list[str]]


@cache
def templates() -> list[Template]:
    """Every template of the project."""
    paths = [path for ending in ("*.html", "*.txt") for path in sorted(FOLDER.rglob(ending))]
    return [
        Template(path.relative_to(FOLDER).as_posix(), path.read_text())
        for path in paths
        if not path.is_relative_to(FOLDER / "assets")
    ]


def templates_are_short(template: Template) -> list[str]:
    """A template has at most 150 lines."""
    lines = template.text.count("\n")
    return [f"{lines} lines"] if lines > LONGEST else []


def nothing_is_inline(template: Template) -> list[str]:
    """No inline script, style or handler: the content security policy would refuse them."""
    complaints = []
    for element in template.elements if template.is_markup else []:
        if element.tag == "style" or (element.tag == "script" and not _is_file_or_data(element)):
            complaints.append(f"line {element.line}: <{element.tag}> in the page")
        for name, value in element.attributes.items():
            if name == "style" or name.startswith(("on", "hx-on")) or value.strip().lower().startswith("javascript:"):
                complaints.append(f"line {element.line}: {name} on <{element.tag}>")
    if _is_letter(template):  # mail programs know no style sheets
        return [told for told in complaints if not told.endswith(">") or " style on" not in told]
    return complaints


def _is_file_or_data(script: Element) -> bool:
    # A data block is never run, so the policy has nothing to refuse (HTML, "prepare the script element").
    return "src" in script.attributes or script.attributes.get("type") == "application/ld+json"


def _is_letter(template: Template) -> bool:
    return template.name.startswith("messages/")


def nothing_is_loaded_from_elsewhere(template: Template) -> list[str]:
    """No page loads anything from another host; a person may click a link to a few known ones."""
    complaints = []
    for element in template.elements if template.is_markup else []:
        for name, value in element.attributes.items():
            host = re.match(r"\s*(?:https?:)?//([^/\s:?#]+)", value)
            if not host or (name not in LOADING | {"href", "content", "xlink:href"} and not name.startswith("hx-")):
                continue
            if not (name == "href" and element.tag == "a" and host[1] in LINKED_HOSTS):
                complaints.append(f"line {element.line}: {name} of <{element.tag}> names {host[1]}")
    return complaints


def every_sentence_can_be_translated(template: Template) -> list[str]:
    """No word of a page, also none in an attribute people hear, stands outside gettext."""
    if not template.is_markup:
        return [f"bare words: {word}" for word in WORD.findall(re.sub(r"https?://\S+", "", template.bare))]
    complaints = []
    for element in template.elements:
        if not SILENT.isdisjoint(element.inside):
            continue
        spoken = [element.text] if not element.tag else [element.attributes.get(a, "") for a in SPOKEN_ATTRIBUTES]
        for words in spoken:
            if WORD.search(words.replace(SAID, " ")):
                complaints.append(f"line {element.line}: {' '.join(words.replace(SAID, '…').split())[:60]}")
    return complaints


def gettext_is_given_words(template: Template) -> list[str]:
    """`_()` takes the sentence itself, so that a catalogue can be drawn from the templates."""
    return [
        f"line {call.lineno}: gettext of something that is not written here"
        for call in template.tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and call.node.name in {"_", "gettext", "ngettext"}
        and not (call.args and isinstance(call.args[0], nodes.Const))
    ]


def links_that_leave_say_so_to_nobody(template: Template) -> list[str]:
    """A link that opens a new window or leaves us tells the other site nothing."""
    return [
        f"line {element.line}: target without rel=noreferrer"
        for element in (template.elements if template.is_markup else [])
        if element.tag == "a"
        and "target" in element.attributes
        and "noreferrer" not in element.attributes.get("rel", "")
    ]


EVERYWHERE: tuple[Rule, ...] = (
    templates_are_short,
    nothing_is_inline,
    nothing_is_loaded_from_elsewhere,
    every_sentence_can_be_translated,
    gettext_is_given_words,
    links_that_leave_say_so_to_nobody,
)


def named_by_templates(found: list[Template]) -> Iterator[str]:
    """The templates that other templates extend, include or import."""
    for template in found:
        for node in template.tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            named = getattr(node, "template", None)
            if isinstance(named, nodes.Const):
                yield str(named.value)


def macros_called(template: Template) -> set[str]:
    """The names of everything a template calls."""
    return {call.node.name for call in template.tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}
