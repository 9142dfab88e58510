"""Identifiers: UUIDv7 for rows, short references for people, long random tokens for proof."""

import hashlib
import os
import secrets
import uuid

from directory.lib import clock

# No vowels (no words by accident), and none of 0 O 1 I L that are misread over the phone.
_LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562 section 5.7): ordered by time, never a credential."""
    milliseconds = int(clock.now().timestamp() * 1000)
    tail = int.from_bytes(os.urandom(10))
    value = milliseconds << 80 | 0x7 << 76 | (tail >> 68 & 0xFFF) << 64 | 0b10 << 62 | tail & (1 << 62) - 1
    return uuid.UUID(int=value)


def new_reference(prefix: str = "R") -> str:
    """A reference that a person can read out, such as `R-7F3K-92`. The caller redraws on collision."""
    letters = [secrets.choice(_LETTERS) for _ in range(6)]
    return f"{prefix}-{''.join(letters[:4])}-{''.join(letters[4:])}"


def normal_reference(text: str) -> str:
    """What a person typed as a reference, in the shape that is stored (`r 7f3k 92` becomes `R-7F3K-92`)."""
    letters = [c for c in text.upper() if c.isalnum()]
    if letters and letters[0] == "R" and len(letters) == 7:
        letters = letters[1:]
    return f"R-{''.join(letters[:4])}-{''.join(letters[4:6])}" if len(letters) == 6 else text.strip().upper()[:20]


def new_token() -> str:
    """256 random bits, URL-safe (OWASP ASVS 5.0 11.5.1 asks for at least 128)."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is stored of a token: its SHA-256 in hex. Tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
