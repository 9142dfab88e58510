"""Failures as pages (or problem+json for machines): the right status, words for a person, and nothing of the inside."""

import json
import logging
from collections.abc import Callable
from typing import Any

from litestar.exceptions import HTTPException
from litestar.response import Response
from litestar.types import Receive, Scope, Send
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from directory.lib.errors import DirectoryError, TooMany
from directory.lib.languages import ENGLISH, LANGUAGES, current, speaking
from directory.web.routes import AnyRequest, Page
from directory.web.shell import HTML
from directory.web.versions import is_machine
from directory.wording.say import _

log = logging.getLogger(__name__)

PAGES = (400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503)
"""Statuses with a page of their own in templates/errors; others show the page of their hundred."""

Handler = Callable[[AnyRequest, Any], Page]


def handlers() -> dict[Any, Handler]:
    """The exception handlers of the whole application."""
    return {
        DirectoryError: _known,
        HTTPException: _of_the_framework,
        DBAPIError: _database,
        PoolTimeout: _database,
        Exception: _unknown,
    }


def answer(
    request: AnyRequest, *, status: int, message: str, headers: dict[str, str] | None = None, back: str = ""
) -> Page:
    """The error page of `status` with `message`, or the same as problem+json (RFC 9457) for a machine.

    `back` is where the page of a conflict leads.
    """
    headers = {"Cache-Control": "no-store"} | (headers or {})
    if request.url.path.startswith("/api/") or is_machine(request):
        return problem(status=status, detail=message, headers=headers)
    kept: KeptPages = request.app.state.error_pages
    if status >= 500:  # made at start-up, so that it stands when nothing else does
        pages = kept.get(current(), kept[ENGLISH])
        body = pages.get(status, pages[500])
    else:
        name = 409 if status == 412 else status if status in PAGES else 400
        template = request.app.state.templates.get_template(f"errors/{name}.html")
        body = template.render(path=request.url.path, message=message, status=status, back=back).encode()
    return Response(body, status_code=status, media_type=HTML, headers=headers)


def problem(*, status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> Page:
    """An error for machines: `application/problem+json` with `type title status detail` and what else helps."""
    titles = {
        400: "Bad request",
        404: "Not found",
        409: "Conflict",
        412: "Stale version",
        422: "Not usable",
        428: "No version",
        429: "Too many requests",
    }
    content = {"type": "about:blank", "title": titles.get(status, "Error"), "status": status, "detail": detail} | more
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Cache-Control": "no-store", "Content-Language": current()} | (headers or {})
    return Response(body, status_code=status, media_type="application/problem+json", headers=headers)


KeptPages = dict[str, dict[int, bytes]]
"""By language and status."""


def kept_pages(templates: Any) -> KeptPages:
    """The pages of 500 and 503 rendered once at start-up: they need neither database nor template engine later."""
    kept: KeptPages = {}
    for language in LANGUAGES:
        with speaking(language):
            kept[language] = {status: _rendered(templates, status) for status in (500, 503)}
    return kept


def elsewhere(templates: Any) -> Any:
    """An ASGI answer of 403, for requests that other sites sent in a reader's name."""

    async def refused(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": _rendered(templates, 403), "more_body": False})

    return refused


def _rendered(templates: Any, status: int) -> bytes:
    page: str = templates.get_template(f"errors/{status}.html").render(path="", message="", status=status)
    return page.encode()


def _known(request: AnyRequest, error: DirectoryError) -> Page:
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    return answer(request, status=error.status, message=error.message, headers=headers, back=error.back)


def _of_the_framework(request: AnyRequest, error: HTTPException) -> Page:
    words = {
        403: _("You may not do that here."),
        404: _("There is no page at this address."),
        405: _("This page cannot be used that way."),
        413: _("That was more than this form can take."),
    }
    status = error.status_code
    if status >= 500:
        return _unknown(request, error)
    headers = {k: v for k, v in (error.headers or {}).items() if k.lower() in {"allow", "retry-after"}}
    headers = {k: v.replace("GET", "GET, HEAD") for k, v in headers.items()}
    return answer(request, status=status, message=words.get(status, _("We could not use that.")), headers=headers)


def _database(request: AnyRequest, error: Exception) -> Page:
    log.error("the database did not answer: %s", type(error).__name__)
    if isinstance(error, DBAPIError) and not _is_gone(error):
        return _unknown(request, error)
    return answer(request, status=503, message="", headers={"Retry-After": "30"})


def _is_gone(error: DBAPIError) -> bool:
    return error.connection_invalidated or type(error).__name__ in {"OperationalError", "InterfaceError"}


def _unknown(request: AnyRequest, error: Exception) -> Page:
    # The route, not the address: an address may hold what people typed. Frames, not values: so may those.
    route = request.scope.get("path_template", "?")
    log.error("%s at %s", type(error).__name__, route, exc_info=_without_values(error))
    return answer(request, status=500, message="")


def _without_values(error: Exception) -> Any:
    """Type and traceback of an error without its text, which may quote what people typed."""
    return (RuntimeError, RuntimeError(type(error).__name__), error.__traceback__)
