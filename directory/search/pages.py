"""The way to care: the home page, the results, and what is said when a place or a filter is not clear."""

from urllib.parse import parse_qsl

from litestar import post
from litestar.datastructures import FormMultiDict
from litestar.exceptions import ClientException
from litestar.response import Response
from markupsafe import Markup

from directory.accounts.network import network_of
from directory.geography import places
from directory.geography.place import Ambiguous, Unknown
from directory.geography.point import Point
from directory.lib import clock
from directory.lib.errors import NotFound, Refused
from directory.search.asking import Asked, ask
from directory.search.query import BadQuery, SearchQuery, parse
from directory.search.results import hidden_fields
from directory.search.unmet import county_without_care, is_robot
from directory.web.routes import AnyRequest, Page, anyone, guarded, quick
from directory.web.shell import HTML, page, see_other
from directory.wording.say import _

_HEADERS = {"Cache-Control": "private, no-cache"}


@quick("/", guard=anyone)
def home(request: AnyRequest) -> Page:
    """The place box, and what this is."""
    return page(request, "search/home.html", public=True)


@quick("/search", guard=anyone)
def results(request: AnyRequest) -> Page:
    """200 with the list; 422 where place or filter is not clear, with what may be meant; 404 past the last page."""
    try:
        query = parse(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
    except BadQuery as refusal:
        return _not_understood(request, refusal)
    today = clock.today()
    asked = ask(request.app.state.search, query, today=today)
    if not isinstance(asked, Asked):
        return _which_place(request, query, asked)
    if asked.is_beyond_the_last_page:
        raise NotFound(_("This list has no page {page}.").format(page=query.page))
    _notice_need(request, asked)
    body: bytes = request.app.state.results.page(asked, today)
    return Response(body, media_type=HTML, headers=_HEADERS)


@post(
    "/search/here",
    **guarded(anyone),
    include_in_schema=False,
    status_code=303,
)
async def here(request: AnyRequest) -> Page:
    """To the results round the nearest ZIP. The position came in the body, to two decimals, and is kept nowhere."""
    point = _position(await request.form())
    nearest = places.nearest_zip(point)
    if nearest is None:
        raise Refused(_("We know no ZIP code near you. Type a ZIP code, a town or a state."))
    return see_other(SearchQuery(near=nearest.near).url())


def _notice_need(request: AnyRequest, asked: Asked) -> None:
    """Added up in memory where nobody is within reach; who asked is not noted."""
    county = county_without_care(asked)
    if county is not None and not is_robot(request.headers.get("user-agent", "")):
        request.app.state.tally.notice(county, network=network_of(request))


def _kept(query: SearchQuery) -> Markup:
    return Markup(hidden_fields(query.pairs()).decode())  # noqa: S704 - made of escaped values


def _position(form: FormMultiDict) -> Point:
    try:
        latitude, longitude = (float(str(form.get(name, ""))) for name in ("latitude", "longitude"))
        return Point(latitude=latitude, longitude=longitude).rounded()
    except ValueError:
        raise ClientException(status_code=422, detail=_("Your position was not understood.")) from None


def _which_place(request: AnyRequest, query: SearchQuery, answer: Ambiguous | Unknown) -> Page:
    if isinstance(answer, Ambiguous):
        offered, sentence = answer.candidates, _("There are several places of this name. The largest stands first.")
        heading, problems = _("Which “{near}” do you mean?").format(near=query.near), dict[str, str]()
    else:
        offered, sentence = answer.suggestions, _("Did you mean one of these?")
        heading, problems = _("Where are you looking?"), {"near": answer.reason_sentence}
    candidates = [{"label": place.label, "href": query.from_place(place.near).url()} for place in offered]
    return page(
        request,
        "search/place.html",
        status=422,
        heading=heading,
        lead=sentence,
        candidates=candidates,
        near=query.near,
        kept=_kept(query),
        problems=problems,
        errors=problems,
        instead="",
    )


def _not_understood(request: AnyRequest, refusal: BadQuery) -> Page:
    query = refusal.understood
    problems = {"form": " ".join(problem.sentence for problem in refusal.problems)}
    return page(
        request,
        "search/place.html",
        status=422,
        heading=_("We did not understand this search"),
        lead="",
        candidates=[],
        near=query.near,
        kept=_kept(query),
        problems=problems,
        errors={},
        instead=query.url() if query.near else "",
    )


ROUTES = [home, results, here]
