"""Time-based one-time codes (RFC 6238, SHA-1, six digits, 30 seconds), as every authenticator app makes them. Pure.

The caller keeps the last step that was accepted: the common library takes the same code twice (OWASP ASVS 5.0 6.5.1).
"""

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_S = 30
DIGITS = 6
SLACK = 1
"""Steps before and after the present one that are looked at: clocks differ, and people type slowly."""


def new_secret() -> str:
    """160 random bits in base32, as RFC 4226 recommends."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_at(moment: dt.datetime) -> int:
    """The number of the time step of an aware instant."""
    return int(moment.timestamp()) // STEP_S


def code_at(secret: str, step: int) -> str:
    """The six digits of one time step."""
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8), hashlib.sha1)
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching_step(secret: str, typed: str, moment: dt.datetime, *, after: int) -> int | None:
    """The step whose code was typed: the present one or its neighbours, and later than `after`. None when none is."""
    now = step_at(moment)
    found = None
    for step in range(now - SLACK, now + SLACK + 1):  # all are looked at, so that time tells nothing
        if hmac.compare_digest(code_at(secret, step).encode(), typed.encode()) and step > after:
            found = step
    return found


def address(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code holds: `otpauth://totp/…` (Google's key URI format, which all apps read)."""
    label = f"{quote(issuer)}:{quote(account)}"
    asked = {"secret": secret, "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": STEP_S}
    return f"otpauth://totp/{label}?{urlencode(asked, quote_via=quote)}"


def in_groups(secret: str) -> str:
    """The secret to be typed by hand: in groups of four."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
