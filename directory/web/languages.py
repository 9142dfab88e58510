"""The reader's language from the address: `/es/search` is `/search` in Spanish, and its links lead on in Spanish.

Routes, templates and redirects know no language in their paths; the prefix comes off on the way in and goes onto every
path of ours on the way out (docs/decisions/0014). English has no prefix; `/en/…` names it where a page in another
language leads back.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from directory.lib.languages import ENGLISH, LANGUAGES, current, speaking

_NEUTRAL = r"assets/|api/|\.well-known/|healthz|readyz"
"""Paths that are the same in every language."""
_OFFER = b'<p class="language-offer" lang="es" hidden>'


def prefix() -> str:
    """What stands before a path of ours in the reader's language: "" or "/es"."""
    return "" if current() == ENGLISH else f"/{current()}"


def with_languages(app: ASGIApp, *, native: str = ENGLISH) -> ASGIApp:
    """`app`, answering in the language that the path begins with, else in the `native` one.

    A reader in English whose browser asks for Spanish first finds an offer on the page; nobody is sent anywhere.
    """
    localized = {language: _localizer(language) for language in LANGUAGES if language != ENGLISH}

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        language, path = _split(scope["path"])
        language = language or native
        changed: Any = scope if path == scope["path"] else {**scope, "path": path, "raw_path": path.encode()}
        sending: Any = send
        if language in localized:
            sending = _Localizing(send, language, localized[language])
        else:
            sending = _varying(send)
            if _wishes_spanish(scope["headers"]):
                sending = _Localizing(sending, ENGLISH, _offering)
        with speaking(language):
            await app(changed, receive, sending)

    return wrapped


def _split(path: str) -> tuple[str, str]:
    first, slash, rest = path[1:].partition("/")
    if first not in LANGUAGES:
        return "", path
    # Machines go by codes; words beside them are English, and kept so.
    return ENGLISH if rest.startswith("api/") else first, f"/{rest}" if slash else "/"


def _localizer(language: str) -> Callable[[bytes], bytes]:
    others = "|".join(f'{each}(?=[/"?#])' for each in LANGUAGES)
    ours = re.compile(rf'(\s(?:href|action|formaction|hx-get)=")/(?!/|{_NEUTRAL}|{others})'.encode())
    put = rf"\1/{language}/".encode()
    return lambda body: ours.sub(put, body)


def _offering(body: bytes) -> bytes:
    return body.replace(_OFFER, _OFFER.replace(b" hidden", b""), 1)


def _varying(send: Send) -> Send:
    """`send`, telling caches of each page that it may hold the offer or not: also of those that do not."""

    async def send_varying(message: Any) -> None:
        if message["type"] == "http.response.start" and _is_page(message.get("headers", ())):
            message = {**message, "headers": [*message["headers"], (b"vary", b"Accept-Language")]}
        await send(message)

    return send_varying


def _wishes_spanish(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    for name, value in headers:
        if name == b"accept-language":
            return value[:2].lower() == b"es"  # browsers name the dearest first
    return False


class _Localizing:
    """Changes whole pages and redirects on their way out; files that flow in pieces stay as they are."""

    def __init__(self, send: Send, language: str, change: Callable[[bytes], bytes]) -> None:
        self._send, self._language, self._change = send, language, change
        self._start: Any = None

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = [self._moved(name, value) for name, value in message.get("headers", ())]
            message = {**message, "headers": headers}
            if _is_page(headers):
                self._start = message
            else:
                await self._send(message)
            return
        start, self._start = self._start, None
        if start is not None:
            if not message.get("more_body", False):
                body = self._change(message.get("body", b""))
                message = {**message, "body": body}
                kept = [pair for pair in start["headers"] if pair[0] != b"content-length"]
                start = {**start, "headers": [*kept, (b"content-length", b"%d" % len(body))]}
            await self._send(start)
        await self._send(message)

    def _moved(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        name = name.lower()
        if name == b"location" and value.startswith(b"/") and self._language != ENGLISH:
            return name, b"/" + self._language.encode() + value
        return name, value


def _is_page(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers)
