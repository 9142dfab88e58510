"""All pages that explain, read from `seed/learn` once: every one checked, every link between them followed."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from directory.learn.articles import GROUPS, Article, FrontMatter, Group, Source
from directory.learn.markdown import NotAllowed, render
from directory.terminology.explained import PAGE_OF_CONDITION, PAGE_OF_TREATMENT

FOLDER = Path(__file__).resolve().parents[2] / "seed" / "learn"
FENCE = "+++\n"


class BadPage(ValueError):
    """A page that cannot be shown; the text names the file and what is wrong. The service does not start with one."""


@dataclass(frozen=True, slots=True)
class Library:
    """The pages by slug, in the order of the index."""

    by_slug: Mapping[str, Article]

    def find(self, slug: str) -> Article | None:
        """The page of that slug, or None."""
        return self.by_slug.get(slug)

    def grouped(self) -> list[tuple[Group, str, list[Article]]]:
        """The index: each group with its title and its pages."""
        return [(group, title, self.of(group)) for group, title in GROUPS.items() if self.of(group)]

    def of(self, group: Group) -> list[Article]:
        """The pages of one group, in their order."""
        return [article for article in self.by_slug.values() if article.about.group is group]

    def overdue(self, today: dt.date) -> list[Article]:
        """Pages that somebody should have looked at again by now."""
        return [article for article in self.by_slug.values() if article.is_overdue(today)]


@cache
def library() -> Library:
    """This process's pages in English, read from disk once."""
    return load(FOLDER)


def load(folder: Path, language: str = "en") -> Library:
    """Every page below `folder/language`, with the sources of `folder/sources.toml`. Raises BadPage."""
    sources = _sources(folder / "sources.toml")
    articles = [read(path.stem, path.read_text(encoding="utf-8"), sources) for path in _files(folder / language)]
    articles.sort(key=lambda article: (list(Group).index(article.about.group), article.about.order, article.slug))
    found = Library({article.slug: article for article in articles})
    named = {*PAGE_OF_TREATMENT.values(), *PAGE_OF_CONDITION.values()}
    linked = {href.removeprefix("/learn/").partition("#")[0] for href in _links(articles)}
    if missing := (named | linked) - found.by_slug.keys():
        raise BadPage(f"pages that are named and are not there: {', '.join(sorted(missing))}")
    return found


def read(slug: str, text: str, sources: Mapping[str, Source]) -> Article:
    """One page: front matter in TOML between lines of `+++`, then Markdown. Raises BadPage naming `slug`."""
    opening, head, body = (*text.split(FENCE, 2), "", "", "")[:3]
    if opening or not body:
        raise BadPage(f"{slug}: begins with front matter between two lines of +++")
    try:
        about = FrontMatter.model_validate(tomllib.loads(head))
        rendered = render(body)
    except (tomllib.TOMLDecodeError, ValidationError, NotAllowed) as problem:
        raise BadPage(f"{slug}: {problem}") from problem
    if set(rendered.notes) != set(about.sources):
        differing = ", ".join(sorted(set(rendered.notes) ^ set(about.sources)))
        raise BadPage(f"{slug}: named in the head or in the text and not in both: {differing}")
    if unknown := set(rendered.notes) - sources.keys():
        raise BadPage(f"{slug}: sources nobody wrote down: {', '.join(sorted(unknown))}")
    return Article(
        slug=slug,
        about=about,
        html=rendered.html,
        headings=rendered.headings,
        blocks=rendered.blocks,
        sources=tuple(sources[key] for key in rendered.notes),
        links=rendered.links,
    )


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.md"))


def _sources(path: Path) -> dict[str, Source]:
    try:
        return TypeAdapter(dict[str, Source]).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as problem:
        raise BadPage(f"{path.name}: {problem}") from problem


def _links(articles: list[Article]) -> list[str]:
    return [href for article in articles for href in article.links if href.startswith("/learn/")]
