"""The JSON API, version 1: search, places, one clinic; its OpenAPI document and the page to read it on."""

import datetime as dt
import hashlib
import time
from typing import Any
from urllib.parse import parse_qsl

from litestar.response import Response

from directory.accounts.network import network_of
from directory.geography import places
from directory.geography.place import Ambiguous, Unknown
from directory.interop import answers, clinics, document, explanations
from directory.lib import clock
from directory.lib.languages import ENGLISH
from directory.search.asking import Asked, ask
from directory.search.query import BadQuery, parse
from directory.verification import queries as verification
from directory.web import errors
from directory.web.routes import AnyRequest, Db, FromPath, Page, anyone, quick, reads
from directory.web.shell import page
from directory.wording.say import _

JSON = "application/json"
LONGEST_QUERY_STRING = 8_000
"""Bytes; a search with every filter needs under 3,000."""
_ANYWHERE = {"Access-Control-Allow-Origin": "*"}
"""Anybody may read an answer from a page of theirs: it is public, and no cookie has a say in it."""


async def _read(request: AnyRequest) -> Page | None:
    """Before each answer: 429 when this network asked too often."""
    return _too_often(request, "read")


async def _typed(request: AnyRequest) -> Page | None:
    # Counted apart: whoever reads the whole list takes no suggestion from people who share the network.
    return _too_often(request, "typed")


def _too_often(request: AnyRequest, what: str) -> Page | None:
    seconds = request.app.state.api_limits.wait_s(what, network_of(request), at=time.monotonic())
    if not seconds:
        return None
    words = f"Too many questions came from your network. The next one may come in {seconds} s (see Retry-After)."
    headers = {"Retry-After": str(seconds), "Access-Control-Expose-Headers": "Retry-After"}
    return _problem(429, words, headers=headers)


@quick("/api/v1/search", guard=anyone, before_request=_read)
def search(request: AnyRequest) -> Page:
    """Clinics near a place. 422 with problem+json when the place is ambiguous (with candidates) or not known."""
    today = clock.today()
    asked = _asked(request, today)
    if not isinstance(asked, Asked):
        return asked
    return _answer(request, answers.search(asked, request.app.state.kept_json, today=today))


@quick(explanations.PATH, guard=anyone, before_request=_read)
def explain(request: AnyRequest) -> Page:
    """Why the results of the same search stand in their order: the keys, their values and what they were made from."""
    today = clock.today()
    asked = _asked(request, today)
    if not isinstance(asked, Asked):
        return asked
    return _answer(request, explanations.explain(asked, today=today))


def _asked(request: AnyRequest, today: dt.date) -> Asked | Page:
    try:
        query = parse(_pairs(request))
    except BadQuery as bad:
        wrong = [{"name": each.name, "detail": each.sentence} for each in bad.problems]
        return _problem(422, bad.problems[0].sentence, errors=wrong)
    asked = ask(request.app.state.search, query, today=today)
    if isinstance(asked, Ambiguous):
        sentence = _("Several places have this name. Say which one, for example with its state.")
        return _problem(422, sentence, candidates=[answers.place(each) for each in asked.candidates])
    if isinstance(asked, Unknown):
        offered = [answers.place(each) for each in asked.suggestions]
        return _problem(422, asked.reason_sentence, reason=asked.problem, candidates=offered)
    if asked.is_beyond_the_last_page:
        return _problem(404, _("There are not that many pages of results."))
    return asked


@quick("/api/v1/places", guard=anyone, before_request=_typed)
def suggest(request: AnyRequest) -> Page:
    """What the beginning of a place's name may become: `{"candidates": [...]}`, the most populous first."""
    typed = dict(_pairs(request)).get("q", "")
    return _answer(request, answers.encoded({"candidates": [answers.place(p) for p in places.suggest(typed)]}))


@reads("/api/v1/clinics/{slug:str}", guard=anyone, before_request=_read)
def clinic(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """One public clinic with its treatments and the proof of each group of facts. 404 when it is not public."""
    found = verification.get_clinic(db, slug, at=clock.now())
    if not found.clinic.terms.public:
        return _problem(404, _("There is no clinic at this address. It may have been removed."))
    return _answer(request, answers.encoded(clinics.clinic(found)))


@quick("/api/v1/openapi.json", guard=anyone, before_request=_read)
def openapi(request: AnyRequest) -> Page:
    """The OpenAPI 3.1 document of this API."""
    return _answer(request, answers.encoded(_document(request)))


@quick("/api/docs", guard=anyone)
def docs(request: AnyRequest) -> Page:
    """The same document as a page, without a script."""
    return page(request, "interop/docs.html", public=True, alternates=False, only_english=True, api=_document(request))


def _document(request: AnyRequest) -> dict[str, Any]:
    settings = request.app.state.settings
    return document.document(settings.base_url, per_minute=settings.api_per_minute)


def _pairs(request: AnyRequest) -> list[tuple[str, str]]:
    raw = request.scope["query_string"][:LONGEST_QUERY_STRING]
    return parse_qsl(raw.decode("latin-1"), keep_blank_values=True, errors="replace")


def _answer(request: AnyRequest, body: bytes) -> Page:
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = _ANYWHERE | {"ETag": tag, "Cache-Control": "no-cache", "Content-Language": ENGLISH}
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(body, media_type=JSON, headers=headers)


def _problem(status: int, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> Page:
    return errors.problem(status=status, detail=detail, headers=_ANYWHERE | (headers or {}), **more)


ROUTES = [search, explain, suggest, clinic, openapi, docs]
