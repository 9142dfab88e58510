"""Markdown into safe HTML: a short list of what may stand in it, and notes that lead to numbered sources. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup, escape


class NotAllowed(ValueError):
    """Something in a page that may not stand there; the text says what, for whoever writes the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A page's HTML, its headings of level two as (id, words), its text block by block, and its notes in order."""

    html: Markup
    headings: tuple[tuple[str, str], ...]
    blocks: tuple[str, ...]
    notes: tuple[str, ...]
    links: tuple[str, ...]


@dataclass(slots=True)
class _Notes:
    numbers: dict[str, int] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)
    label: str = ""


_ALLOWED: Final = frozenset(
    f"{name}{end}"
    for name in (
        *("paragraph", "heading", "bullet_list", "ordered_list", "list_item", "em", "strong", "link", "blockquote"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    )
    for end in ("_open", "_close")
) | {"inline", "text", "text_special", "softbreak", "source_note"}
_NOTE: Final = re.compile(r"\[\^([a-z0-9-]+)\]")
_RAW: Final = re.compile(r"<[a-z/!?]", re.IGNORECASE)
_NOT_LINKED: Final = re.compile(r"\]\s*\(|\]\s*\[|!\[")
_OURS: Final = re.compile(r"/(?!/)[\w/?=&%.#-]*|#[a-z0-9-]+")


def render(text: str, label: str = "Source {number}") -> Rendered:
    """The page of a Markdown text. Raises NotAllowed for raw HTML, images, code, titles, and links that leave us.

    `label` names a note to whoever cannot see it, in the language of the page.
    """
    parser, notes = _parser(), _Notes(label=label)
    tokens = parser.parse(text, {"notes": notes})
    headings = tuple(_name_headings(tokens))
    links = tuple(_check(tokens))
    html = Markup(parser.renderer.render(tokens, parser.options, {"notes": notes}))  # noqa: S704 - escaped, checked
    blocks = tuple(words for token in tokens if token.type == "inline" and (words := _words(token)))
    return Rendered(html=html, headings=headings, blocks=blocks, notes=tuple(notes.numbers), links=links)


def _parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "typographer": True})
    made.enable(["table", "replacements", "smartquotes"])
    made.inline.ruler.before("link", "source_note", _read_note)
    made.add_render_rule("source_note", _show_note)
    made.add_render_rule("table_open", _open_table)
    made.add_render_rule("table_close", _close_table)
    return made


def _read_note(state: StateInline, silent: bool) -> bool:
    match = _NOTE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("source_note", "", 0).meta = {"key": match[1]}
    state.pos = match.end()
    return True


def _show_note(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    notes, key = env["notes"], tokens[index].meta["key"]
    number = notes.numbers.setdefault(key, len(notes.numbers) + 1)
    notes.uses[key] = use = notes.uses.get(key, 0) + 1
    name = f"note-{number}" if use == 1 else f"note-{number}-{use}"
    beside = " note--beside" if index and tokens[index - 1].type == "source_note" else ""
    label = escape(notes.label.format(number=number))
    link = f'<a href="#source-{number}" aria-label="{label}">{number}</a>'
    return f'<sup class="note{beside}" id="{name}">{link}</sup>'


def _open_table(_self: RendererHTML, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    # A table that is wider than a phone scrolls inside itself; the keyboard reaches it, so it needs a name.
    return (
        f'<div class="table-scroll" role="region" aria-label="{escape(tokens[index].meta["name"])}" tabindex="0">'
        '<table class="table">\n'
    )


def _close_table(_self: RendererHTML, _tokens: Sequence[Token], _index: int, _options: Any, _env: Any) -> str:
    return "</table></div>\n"


def _name_headings(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    taken: set[str] = set()
    last = ""
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "table_open":
            token.meta["name"] = last
        if token.type != "heading_open" or following is None:
            continue
        if token.tag not in {"h2", "h3"}:
            raise NotAllowed(f"a heading {token.tag}: the title is the page's h1, below it stand h2 and h3")
        last = _words(following)
        plain = unicodedata.normalize("NFKD", last).encode("ascii", "ignore").decode()
        name = re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")
        if name in taken or name in {"main", "sources", "near"}:
            raise NotAllowed(f"two places called #{name}")
        taken.add(name)
        token.attrSet("id", name)
        if token.tag == "h2":
            yield name, last


def _check(tokens: Sequence[Token]) -> Iterator[str]:
    for token in _flat(tokens):
        if token.type not in _ALLOWED:
            raise NotAllowed(f"{token.type.removesuffix('_open')}: {token.content[:60]}")
        if token.type == "text" and (_RAW.search(token.content) or _NOT_LINKED.search(token.content)):
            raise NotAllowed(f"HTML, an image or a link that is none: {token.content[:60]}")
        if token.type == "link_open":
            address = str(token.attrGet("href"))
            if not _OURS.fullmatch(address) or token.attrGet("title"):
                raise NotAllowed(f"a link to {address}: pages link to pages of ours, all else is a source")
            yield address


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def _words(token: Token) -> str:
    said = ("".join(" " if each.type == "softbreak" else each.content for each in token.children or ())).strip()
    return " ".join(said.split())
