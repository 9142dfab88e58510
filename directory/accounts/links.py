"""Signed links: they show that something waits, and alone open nothing. HMAC over purpose, row and day; live 8 days."""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import uuid

from directory.lib import sealed
from directory.lib.errors import Gone, NotFound
from directory.wording.say import _

LIFE = dt.timedelta(days=8)
_EPOCH = dt.date(2020, 1, 1)
_MAC_BYTES = 20
_LENGTH = 16 + 2 + _MAC_BYTES


def sign(secret: str, purpose: str, row_id: uuid.UUID, on: dt.date) -> str:
    """The token of a link for `purpose` to one row, issued on day `on` (UTC). URL-safe, 51 characters, 160-bit MAC."""
    body = row_id.bytes + (on - _EPOCH).days.to_bytes(2)
    return base64.urlsafe_b64encode(body + _mac(secret, purpose, body)).rstrip(b"=").decode()


def read(secret: str, purpose: str, token: str, today: dt.date, *, life: dt.timedelta = LIFE) -> uuid.UUID:
    """The row a link names. Raises NotFound for a link that we did not make so, Gone for one that is too old."""
    row_id, issued_on = _read(secret, purpose, token)
    if today > issued_on + life:
        words = _("This link is more than {days} days old and no longer works. Use the link in the newest mail.")
        raise Gone(words.format(days=life.days))
    return row_id


def named_by(secret: str, purpose: str, token: str) -> uuid.UUID:
    """The row a link names, however old the link is: it opens nothing, but a new one may be mailed to who had it.

    Raises NotFound for a link that we did not make so.
    """
    return _read(secret, purpose, token)[0]


def _read(secret: str, purpose: str, token: str) -> tuple[uuid.UUID, dt.date]:
    """The row and the day of a genuine link."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raw = b""
    body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    genuine = hmac.compare_digest(mac, _mac(secret, purpose, body))
    if len(raw) != _LENGTH or not genuine or _written(raw) != token:
        raise NotFound(_("This link is not complete. Copy all of it from the mail, or open it there."))
    return uuid.UUID(bytes=body[:16]), _EPOCH + dt.timedelta(days=int.from_bytes(body[16:]))


def _written(raw: bytes) -> str:
    """The one way to write these bytes: base64 has several for the same."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _mac(secret: str, purpose: str, body: bytes) -> bytes:
    key = sealed.derive(secret.encode(), f"link|{purpose}")
    return hmac.new(key, body, hashlib.sha256).digest()[:_MAC_BYTES]
