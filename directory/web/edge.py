"""What holds before a page is looked for: HEAD is GET without its body, and no address has a zero byte."""

from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

_HEAD = "asked_for_its_head"
"""Where `with_head` leaves in the scope that the body of the answer will be dropped."""
_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"


def with_head(app: ASGIApp) -> ASGIApp:
    """`app`, answering HEAD wherever it answers GET (RFC 9110 9.1), with the same headers; Litestar answers 405.

    A zero byte in a path becomes a sign that no name holds: PostgreSQL refuses it with an error, where a page that is
    not there should be.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return

        async def send_head(message: Any) -> None:
            await send(message | {"body": b""} if message["type"] == "http.response.body" else message)

        changed: Any = scope
        if "\0" in scope["path"]:
            changed = {**changed, "path": scope["path"].replace("\0", _NO_CHARACTER)}
        if scope["method"] == "HEAD":
            changed = {**changed, "method": "GET", _HEAD: True}
            await app(changed, receive, send_head)
        else:
            await app(changed, receive, send)

    return wrapped


def is_head(scope: Any) -> bool:
    """Whether only the headers will be sent, so that a large body need not be read."""
    return _HEAD in scope
