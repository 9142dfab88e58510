"""The sealed parts of a request: its answers and the sender's mailbox; a digest of what was sent."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from directory.lib import sealed
from directory.lib.sealed import KeyRing
from directory.referrals.models import Draft, Referral

Answers = Mapping[str, Any]
"""What a form asked, by field: texts, codes, and lists of codes; never anything that JSON does not hold."""


def written(answers: Answers) -> str:
    """The answers as text, always the same for the same answers."""
    return json.dumps(answers, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def digest(key: bytes, sent: Answers) -> str:
    """Tells whether two bodies are the same, and nothing else: keyed by the request's own key, because health
    answers are few enough to be guessed from a plain digest."""
    return hmac.new(sealed.derive(key, "request digest"), written(sent).encode(), hashlib.sha256).hexdigest()


def network_digest(ring: KeyRing, network: str) -> str:
    """What is kept of the network that consent came from."""
    return hmac.new(ring.digest_key(), f"consent|{network}".encode(), hashlib.sha256).hexdigest()


def key_of(ring: KeyRing, row: Referral | Draft) -> bytes:
    """The row's data key. Raises KeyDestroyed once it was purged."""
    return sealed.unwrap(ring, row.key_wrapped, row.key_ring_id)


def seal_answers(key: bytes, row: Referral | Draft, answers: Answers) -> bytes:
    """The answers, sealed for this very row."""
    return sealed.seal(key, *_place(row), written(answers))


def answers_of(ring: KeyRing, row: Referral | Draft) -> dict[str, Any]:
    """The answers. Raises KeyDestroyed once they were purged."""
    kept = row.content_sealed if isinstance(row, Referral) else row.answers_sealed
    key = key_of(ring, row)
    found: dict[str, Any] = json.loads(sealed.unseal(key, *_place(row), kept or b""))
    return found


def seal_mailbox(key: bytes, referral: Referral, mailbox: str) -> bytes:
    """The sender's mailbox, sealed for this request."""
    return sealed.seal(key, "referral", referral.id, "mailbox", mailbox)


def mailbox_of(ring: KeyRing, referral: Referral) -> str | None:
    """The sender's mailbox, or None when none was given or it has been purged."""
    if referral.mailbox_sealed is None:
        return None
    return sealed.unseal(key_of(ring, referral), "referral", referral.id, "mailbox", referral.mailbox_sealed)


def is_same_mailbox(on_file: str, typed: str) -> bool:
    """Compared in constant time, whatever the case."""
    return bool(on_file) and hmac.compare_digest(on_file.casefold().encode(), typed.casefold().encode())


def compute_for_nothing(ring: KeyRing) -> None:
    """What opening a mailbox computes, for a request that does not exist: the time taken tells nobody which it was."""
    made = sealed.new_data_key(ring)
    sealed.unwrap(ring, made.wrapped, made.ring_key_id)


def _place(row: Referral | Draft) -> tuple[str, Any, str]:
    return ("referral", row.id, "content") if isinstance(row, Referral) else ("draft", row.id, "answers")
