"""Every sentence of ours that the public may read: of templates, code, scripts and catalogues, and of Learn's pages."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from babel.messages.pofile import read_po

from directory import settings
from directory.learn.library import libraries
from directory.lib.languages import ENGLISH, FOLDER, LANGUAGES
from directory.web.templates import environment
from tests.house import markup, source

_SCRIPTS = markup.FOLDER / "assets" / "js"
_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
NOT_TOLD = {"directory/wording/claims.py"}
"""Modules whose sentences nobody is told: the lint itself holds what it looks for."""


def of_templates() -> Iterator[tuple[str, str]]:
    """Where and what: each string that a template gives to gettext."""
    strict = environment(settings.load({}))
    for template in markup.templates():
        for line, _function, said in strict.extract_translations(template.text):  # type: ignore[attr-defined]
            for words in said if isinstance(said, tuple) else (said,):
                if words:
                    yield f"{template.name}:{line}", words


def of_the_code() -> Iterator[tuple[str, str]]:
    """Where and what: each string in the code that is no docstring, strings beside one another joined."""
    for module in source.modules("directory"):
        if module.path in NOT_TOLD:
            continue
        docs = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                yield f"{module.path}:{node.lineno}", node.value


def of_scripts() -> Iterator[tuple[str, str]]:
    """Where and what: each literal of our own scripts."""
    for path in sorted(_SCRIPTS.rglob("*.js")):
        for match in _LITERAL.finditer(path.read_text()):
            yield f"js/{path.name}", match[1] or match[2] or ""


def of_learn() -> Iterator[tuple[str, str]]:
    """Where and what: each block, title, summary and source of the pages that explain, in every language."""
    for article in (article for each in libraries() for article in each.by_slug.values()):
        said = (article.about.title, article.about.summary, *article.blocks)
        for words in (*said, *(s.name for s in article.sources), *(s.digest_es for s in article.sources)):
            yield f"learn/{article.language}/{article.slug}", words


def of_catalogues() -> Iterator[tuple[str, str]]:
    """Where and what: each sentence of the code and the templates as it is said in another language."""
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
            for message in read_po(file, locale=language):
                for words in message.string if isinstance(message.string, tuple | list) else (message.string,):
                    if message.id and words:
                        yield f"locale/{language}", words


@cache
def all_of_ours() -> tuple[tuple[str, str], ...]:
    """All of them."""
    return (*of_templates(), *of_the_code(), *of_scripts(), *of_catalogues(), *of_learn())
