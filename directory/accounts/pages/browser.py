"""What the pages of accounts share: cookies, the browser's name, passkey answers, and the way on after signing in."""

import json
from typing import Any

from litestar.datastructures import Cookie
from litestar.response import Response
from litestar.routes import HTTPRoute

from directory.accounts import passkeys, rules, sessions, signing_in
from directory.accounts.forms import FactorCode
from directory.accounts.network import network_of
from directory.accounts.signing_in import HOUR, PASSKEYS_PER_NETWORK, Entered
from directory.lib import throttle
from directory.web.forms import Filled
from directory.web.routes import AnyRequest, Page, databases_of
from directory.web.shell import cookie, drop_cookie, page, see_other
from directory.wording.say import _, ngettext

SIGN_IN_SECONDS = int(2 * signing_in.LIFE.total_seconds())


def agent(request: AnyRequest) -> str:
    """The browser as it is listed."""
    return rules.browser_name(request.headers.get("user-agent", ""))


def house(request: AnyRequest) -> passkeys.House:
    """Whom passkeys are made for. Raises Unavailable where there can be none."""
    settings = request.app.state.settings
    return passkeys.house(settings.base_url, settings.site_name)


def takes_passkeys(request: AnyRequest) -> bool:
    """Whether this site is reached by a name that passkeys can be bound to."""
    return rules.relying_party(request.app.state.settings.base_url) is not None


def wanted(request: AnyRequest, path: str) -> str:
    """`path` if it is a page of ours, or nothing: a sign-in never leads anywhere else."""
    pages = (route.path for route in request.app.routes if isinstance(route, HTTPRoute) and "GET" in route.methods)
    return rules.safe_path(path, pages)


def session_cookie(request: AnyRequest, token: str) -> Cookie:
    """The cookie of a session. Its life is the longest; how long it really lasts is kept on the server."""
    return cookie(request, sessions.COOKIE, token, seconds=int(sessions.LONGEST.total_seconds()))


def sign_in_cookie(request: AnyRequest, token: str) -> Cookie:
    """Ties a mailed link to the browser that asked for it."""
    return cookie(request, signing_in.COOKIE, token, seconds=SIGN_IN_SECONDS)


def entered(request: AnyRequest, found: Entered) -> Page:
    """Signed in: on to the page that was wanted."""
    return see_other(wanted(request, found.goes_to) or found.home, cookies=entry_cookies(request, found))


def entry_cookies(request: AnyRequest, found: Entered) -> list[Cookie]:
    """The new session, and nothing left of the way that led to it."""
    return [
        session_cookie(request, found.token),
        drop_cookie(request, signing_in.COOKIE),
        drop_cookie(request, passkeys.COOKIE),
    ]


def challenge(request: AnyRequest, token: str, options: dict[str, Any]) -> Page:
    """What the script asks the authenticator with, and the cookie that ties the answer to this browser."""
    seconds = int(passkeys.LIFE.total_seconds())
    return Response(
        json.dumps(options).encode(),
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
        cookies=[cookie(request, passkeys.COOKIE, token, seconds=seconds)],
    )


def count_challenge(request: AnyRequest) -> None:
    """Challenges fill a table, so a network gets sixty an hour. Call it before the request's transaction opens."""
    throttle.allow(
        databases_of(request), "passkey-network", network_of(request), limit=PASSKEYS_PER_NETWORK, window=HOUR
    ).or_refuse(_("Passkeys were asked for too often from your network. Please wait a while."))


def tries_left(number: int) -> str:
    """A wrong code, in words."""
    return ngettext(
        "That is not the code. You can try {n} more time", "That is not the code. You can try {n} more times", number
    ).format(n=number)


def factor_page(request: AnyRequest, filled: Filled[FactorCode], template: str, **more: Any) -> Page:
    """The page on which a factor is shown."""
    recovery = str(filled.values.get("recovery") or request.query_params.get("with", "")) in {"yes", "recovery"}
    return page(
        request,
        template,
        status=422 if filled.errors else 200,
        values=filled.values,
        errors=filled.errors,
        recovery=recovery,
        passkeys=takes_passkeys(request),
        **more,
    )


def rotated(request: AnyRequest, token: str, url: str) -> Page:
    """On to `url` under a new id."""
    return see_other(url, cookies=[session_cookie(request, token)])


def codes_page(request: AnyRequest, codes: list[str], *, goes_to: str, cookies: list[Cookie]) -> Page:
    """The recovery codes, shown this once, in the answer to the press that made them."""
    return page(request, "accounts/codes.html", codes=codes, goes_to=goes_to, cookies=cookies)
