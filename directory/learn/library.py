"""All pages that explain, read from `seed/learn` once in each language: every one checked, every link followed."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from directory.learn.articles import GROUPS, Article, FrontMatter, Group, Source
from directory.learn.markdown import NotAllowed, render
from directory.lib import languages
from directory.terminology.explained import PAGE_OF_CONDITION, PAGE_OF_TREATMENT
from directory.wording.say import _

FOLDER = Path(__file__).resolve().parents[2] / "seed" / "learn"
FENCE = "+++\n"
OF_EACH_LANGUAGE = {
    *("title", "summary", "keywords"),
    *("written_on", "reviewed_by", "reviewed_on", "next_review_on"),
}
"""What a page and its translation say each for itself; all else in their heads is the same."""


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


def library(language: str = "") -> Library:
    """This process's pages in `language`, else in the reader's; English where they are not in it. Raises BadPage."""
    return _read_once(languages.known(language or languages.current()))


def libraries() -> list[Library]:
    """The pages of every language, English first. Raises BadPage."""
    return [library(language) for language in languages.LANGUAGES]


@cache
def _read_once(language: str) -> Library:
    found = load(FOLDER, language)
    if language != languages.ENGLISH:
        compare(library(languages.ENGLISH), found)
    return found


def compare(english: Library, translated: Library) -> None:
    """Raises BadPage unless both hold the same pages, whose heads differ only in what each says for itself."""
    if lonely := english.by_slug.keys() ^ translated.by_slug.keys():
        raise BadPage(f"pages that stand in one language alone: {', '.join(sorted(lonely))}")
    for slug, article in translated.by_slug.items():
        of_both, of_english = (
            each.about.model_dump(exclude=OF_EACH_LANGUAGE) for each in (article, english.by_slug[slug])
        )
        if differing := [name for name, value in of_both.items() if value != of_english[name]]:
            raise BadPage(f"{slug}: not what the English page says: {', '.join(differing)}")


def load(folder: Path, language: str = languages.ENGLISH) -> Library:
    """Every page below `folder/language`, with the sources of `folder/sources.toml`. Raises BadPage."""
    sources = _sources(folder / "sources.toml")
    with languages.speaking(language):
        articles = [
            read(path.stem, path.read_text(encoding="utf-8"), sources, language) for path in _files(folder / language)
        ]
    articles.sort(key=lambda article: (list(Group).index(article.about.group), article.about.order, article.slug))
    found = Library({article.slug: article for article in articles})
    named = {*PAGE_OF_TREATMENT.values(), *PAGE_OF_CONDITION.values()}
    linked = {href.removeprefix("/learn/").partition("#")[0] for href in _links(articles)}
    if missing := (named | linked) - found.by_slug.keys():
        raise BadPage(f"pages that are named and are not there: {', '.join(sorted(missing))}")
    return found


def read(slug: str, text: str, sources: Mapping[str, Source], language: str = languages.ENGLISH) -> Article:
    """One page: front matter in TOML between lines of `+++`, then Markdown. Raises BadPage naming `slug`."""
    opening, head, body = (*text.split(FENCE, 2), "", "", "")[:3]
    if opening or not body:
        raise BadPage(f"{slug}: begins with front matter between two lines of +++")
    try:
        about = FrontMatter.model_validate(tomllib.loads(head))
        rendered = render(body, label=_("Source {number}"))
    except (tomllib.TOMLDecodeError, ValidationError, NotAllowed) as problem:
        raise BadPage(f"{slug}: {problem}") from problem
    if set(rendered.notes) != set(about.sources):
        differing = ", ".join(sorted(set(rendered.notes) ^ set(about.sources)))
        raise BadPage(f"{slug}: named in the head or in the text and not in both: {differing}")
    if unknown := set(rendered.notes) - sources.keys():
        raise BadPage(f"{slug}: sources nobody wrote down: {', '.join(sorted(unknown))}")
    for key in rendered.notes:
        ends_on = sources[key].ends_on
        if ends_on is not None and about.next_review_on > ends_on:
            raise BadPage(f"{slug}: {key} ends on {ends_on}, before the page is looked at again")
    return Article(
        slug=slug,
        language=language,
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
