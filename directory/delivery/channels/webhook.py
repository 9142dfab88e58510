"""A call to a partner's server by Standard Webhooks: signed, with a reference and a link in it and nothing else.

Nothing is believed of the other side: the address that was checked is the one connected to, no redirect is followed,
and neither time nor length is the other side's to choose.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import http.client
import json
import secrets
import socket
import ssl
import time
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from directory.delivery.addresses import Forbidden, Resolver, Target, targets
from directory.delivery.channels import NotTaken
from directory.delivery.deadline import Deadline
from directory.delivery.letters import Letter
from directory.delivery.models import Lane
from directory.delivery.ways import Hook
from directory.lib import clock

CALL_TIMEOUT_S = 15.0
LARGEST_ANSWER = 64 * 1024
REST_S = 30.0
"""How long a server that did not answer in time is left alone, so that it holds up nobody else's calls."""
_PREFIX = "whsec_"


def new_secret() -> str:
    """A fresh signing secret as partners' libraries expect it."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature` (Standard Webhooks, `v1`)."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class WebhookChannel:
    """Calls the hook of a letter. `loopback` allows servers on this machine: for tests and development only."""

    name = "webhook"
    lane = Lane.WEBHOOK

    def __init__(
        self,
        *,
        loopback: bool = False,
        timeout_s: float = CALL_TIMEOUT_S,
        resolve: Resolver = socket.getaddrinfo,
    ) -> None:
        self._loopback = loopback
        self._timeout_s = timeout_s
        self._resolve = resolve
        self._resting: dict[str, float] = {}

    def send(self, letter: Letter) -> int:
        """Posts one call and returns the answer's code, a 2xx."""
        hook = letter.hook
        parts = urlsplit(hook.url if hook is not None else "")
        if hook is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise NotTaken("no-address", permanent=True)
        now = time.monotonic()
        self._resting = {host: until for host, until in self._resting.items() if until > now}
        if parts.netloc in self._resting:
            raise NotTaken("resting")
        try:
            return self._call(letter, hook, parts, until=now + self._timeout_s)
        except NotTaken as problem:
            if problem.code is None and not problem.permanent:
                self._resting[parts.netloc] = time.monotonic() + REST_S
            raise

    def close(self) -> None:
        """Every call has a connection of its own."""

    def _call(self, letter: Letter, hook: Hook, parts: SplitResult, *, until: float) -> int:
        body = _body(letter)
        connection = self._connect(parts, until)
        deadline = Deadline(connection)
        try:
            with deadline.within(until - time.monotonic()):
                return _post(_secured(connection, parts), parts, body, _headers(letter, hook.secret, body))
        except NotTaken:
            raise
        except ssl.SSLError:
            raise NotTaken("timeout" if deadline.overdue else "tls") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise NotTaken("timeout" if deadline.overdue else "dropped") from None
        finally:
            deadline.close()
            connection.close()

    def _connect(self, parts: SplitResult, until: float) -> socket.socket:
        """To an address that was checked. The name is asked for once: nobody can change the answer in between."""
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            found = targets(str(parts.hostname), port, loopback=self._loopback, resolve=self._resolve)
        except Forbidden:
            raise NotTaken("forbidden-address", permanent=True) from None
        except (OSError, ValueError, UnicodeError):
            raise NotTaken("no-connection") from None
        if parts.scheme != "https" and not all(target.address[0] in ("127.0.0.1", "::1") for target in found):
            raise NotTaken("no-tls", permanent=True)
        for target in found:
            left = until - time.monotonic()
            if left <= 0:
                raise NotTaken("timeout")
            try:
                return _dial(target, left)
            except OSError:
                continue
        raise NotTaken("no-connection")


def _dial(target: Target, timeout_s: float) -> socket.socket:
    connection = socket.socket(target.family, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout_s)
        connection.connect(target.address)
    except OSError:
        connection.close()
        raise
    return connection


def _secured(connection: socket.socket, parts: SplitResult) -> socket.socket:
    if parts.scheme != "https":
        return connection
    return ssl.create_default_context().wrap_socket(connection, server_hostname=parts.hostname)


def _post(connection: socket.socket, parts: SplitResult, body: bytes, headers: dict[str, str]) -> int:
    call = http.client.HTTPConnection(str(parts.hostname), parts.port)
    call.auto_open = 0  # it has its connection; it never opens another
    call.sock = connection
    try:
        headers["Host"] = parts.netloc
        call.request("POST", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", body, headers)
        answer = call.getresponse()
        answer.read(LARGEST_ANSWER)
        return _judged(answer)
    finally:
        call.close()


def _judged(answer: http.client.HTTPResponse) -> int:
    """Only a 2xx is a yes; 410 ends it for good (Standard Webhooks); everything else is tried again."""
    code = answer.status
    if 200 <= code <= 299:
        return code
    if 300 <= code <= 399:
        raise NotTaken("redirect", code=code)
    raise NotTaken("refused", code=code, permanent=code == 410, wait_s=_asked_wait(answer.getheader("Retry-After")))


def _asked_wait(text: str | None) -> float | None:
    if not text:
        return None
    if text.strip().isdigit():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - clock.now()).total_seconds())
    except (ValueError, TypeError, IndexError):
        return None


def _body(letter: Letter) -> bytes:
    told = {
        "type": letter.message.replace("_", ".", 1),
        "timestamp": letter.queued_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "data": dict(letter.words.data),
    }
    return json.dumps(told, sort_keys=True).encode()


def _headers(letter: Letter, secret: str, body: bytes) -> dict[str, str]:
    message_id, timestamp = f"msg_{letter.message_key}", int(clock.now().timestamp())
    try:
        signed = signature(secret, message_id, timestamp, body)
    except binascii.Error:
        raise NotTaken("no-secret", permanent=True) from None
    return {
        "Content-Type": "application/json",
        "User-Agent": "directory-webhooks/1",
        "Connection": "close",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signed,
    }
