"""Pages that explain: their index with one box for pages, clinics and places, and each page with its sources."""

from directory.geography import places
from directory.geography.place import Ambiguous, Found
from directory.learn import finding
from directory.learn.articles import Article
from directory.learn.library import library
from directory.learn.linked_data import linked_data
from directory.learn.queries import find_clinics
from directory.lib import clock
from directory.lib.errors import NotFound
from directory.search.query import SearchQuery
from directory.web.routes import AnyRequest, Db, FromPath, Page, anyone, quick, reads
from directory.web.shell import page, see_other
from directory.wording.say import _

_HEADERS = {"Cache-Control": "private, no-cache"}


@reads("/learn", guard=anyone)
def index(request: AnyRequest, db: Db) -> Page:
    """200 with all pages, or with those that `q` finds; 303 to the search where `q` is a place and nothing else."""
    words = " ".join(request.query_params.get("q", "").replace("\0", " ").split())[: finding.LONGEST]
    if not words:
        return page(request, "learn/index.html", public=True, groups=library().grouped(), section="learn", words="")
    return _found(request, db, words)


def _found(request: AnyRequest, db: Db, words: str) -> Page:
    articles = finding.find(library().by_slug.values(), words)
    clinics = find_clinics(db, words)
    near = SearchQuery(near=words).url() if isinstance(places.find(words), Found | Ambiguous) else ""
    if near and not articles and not clinics:
        return see_other(near)
    return page(
        request,
        "learn/found.html",
        public=True,
        headers=_HEADERS,
        articles=articles,
        clinics=clinics,
        near=near,
        section="learn",
        words=words,
    )


@quick("/learn/{slug:str}", guard=anyone)
def show(request: AnyRequest, slug: FromPath[str]) -> Page:
    """One page; 404 when there is none of that name."""
    article = library().find(slug)
    if article is None:
        raise NotFound(_("There is no such page. All pages that explain are listed under Learn."))
    return page(
        request,
        "learn/article.html",
        public=True,
        article=article,
        filters=_filters(article),
        linked_data=linked_data(article, base_url=request.app.state.settings.base_url),
        overdue=article.is_overdue(clock.today()),
        others=[other for other in library().of(article.about.group) if other is not article],
        section="learn",
    )


def _filters(article: Article) -> list[tuple[str, str]]:
    # Values of one group are OR, groups are AND on one treatment line: a page sets one of the two.
    about = article.about
    return [("treatment", code) for code in about.treatments] or [("condition", code) for code in about.conditions]


ROUTES = [index, show]
