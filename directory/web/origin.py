"""Requests that change something must come from our own pages (cross-site request forgery).

Browsers say where a request comes from: `Sec-Fetch-Site`, or `Origin` in older ones. Both are checked against the base
URL of the settings, never against Host. A client that sends neither is no browser and carries no cookie of a victim.
Chosen over Litestar's token: that one is not bound to the session, needs a cookie for every reader, and its value
reached the page unescaped up to 2.21 (docs/decisions).
"""

from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def comes_from_elsewhere(headers: dict[bytes, bytes], *, base_url: str) -> bool:
    """Whether a browser says that another site sent this. `headers` with names in lower case."""
    site = headers.get(b"sec-fetch-site", b"").decode("latin-1").lower()
    if site:
        return site not in {"same-origin", "none"}
    origin = headers.get(b"origin", b"").decode("latin-1").lower()
    parts = urlsplit(base_url)
    # "null" is what browsers send under our own `Referrer-Policy: no-referrer`; those too old to add Sec-Fetch-Site
    # still keep SameSite cookies back, so a foreign page gains nothing by it.
    return origin not in {"", "null", f"{parts.scheme}://{parts.netloc}".lower()}


def only_from_here(app: ASGIApp, *, base_url: str, refused: ASGIApp) -> ASGIApp:
    """`app`, with unsafe requests from other sites answered by `refused`."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope.get("method") not in SAFE_METHODS:
            headers = {name.lower(): value for name, value in scope["headers"]}
            if comes_from_elsewhere(headers, base_url=base_url):
                await refused(scope, receive, send)
                return
        await app(scope, receive, send)

    return wrapped
