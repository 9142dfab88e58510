"""The way to a clinic, as its endpoint says: by mail, into its rooms, to a partner's server; and what signs calls."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session, col, select

from directory.delivery import actions as delivery
from directory.delivery.channels.webhook import new_secret
from directory.delivery.ways import Hook
from directory.lib import sealed
from directory.listings.models import Endpoint
from directory.terminology.channels import CHANNELS, Channel

INBOX = "inbox"
"""What `ids["door"]` says in messages to a clinic whose requests wait in its rooms."""
_TABLE = "endpoint"


def mailbox_of(endpoint: Endpoint | None) -> str:
    """The mailbox for codes and notices, whichever way requests go; empty without one."""
    return endpoint.address if endpoint is not None and CHANNELS[endpoint.channel].mails else ""


def reaches(endpoint: Endpoint | None) -> bool:
    """Whether anything can be sent this way at all: fax and Direct are only noted so far."""
    if endpoint is None or not CHANNELS[endpoint.channel].mails:
        return False
    return endpoint.channel != Channel.WEBHOOK or endpoint.secret_sealed is not None


def tell(db: Session, endpoint: Endpoint | None, message: str, ids: Mapping[str, str], *, about_id: UUID) -> bool:
    """Queue a message the way this endpoint says; False when nothing can be sent there."""
    if endpoint is None or not reaches(endpoint):
        return False
    if endpoint.channel == Channel.WEBHOOK:
        hook = Hook(endpoint.hook_url or "", _secret_of(db, endpoint))
        delivery.queue(db, message=message, hook=hook, ids=ids, about_id=about_id)
    else:
        door = {"door": INBOX} if endpoint.channel == Channel.PORTAL else {}
        delivery.queue(db, message=message, mailbox=endpoint.address, ids={**ids, **door}, about_id=about_id)
    return True


def renew_secret(db: Session, endpoint: Endpoint) -> str:
    """Draw a new signing secret for a webhook; what was proved with the old one is proved no more. Shown once."""
    secret, ring = new_secret(), sealed.ring_of(db)
    endpoint.ring_key_id = ring.active_id
    endpoint.secret_sealed = sealed.seal(ring.sealing_key(ring.active_id), _TABLE, endpoint.id, "secret", secret)
    endpoint.proved_at = None
    db.add(endpoint)
    return secret


def reseal(db: Session, *, at_most: int = 1000) -> int:
    """Seal secrets again under the ring's newest key; how many were left under an older one."""
    ring = sealed.ring_of(db)
    old = select(Endpoint).where(Endpoint.ring_key_id != ring.active_id, col(Endpoint.secret_sealed).is_not(None))
    rows = db.exec(old.limit(at_most)).all()
    for row in rows:
        key = ring.sealing_key(ring.active_id)
        row.secret_sealed = sealed.seal(key, _TABLE, row.id, "secret", _secret_of(db, row))
        row.ring_key_id = ring.active_id
        db.add(row)
    return len(rows)


def _secret_of(db: Session, endpoint: Endpoint) -> str:
    assert endpoint.secret_sealed is not None
    assert endpoint.ring_key_id is not None
    key = sealed.ring_of(db).sealing_key(endpoint.ring_key_id)
    return sealed.unseal(key, _TABLE, endpoint.id, "secret", endpoint.secret_sealed)
