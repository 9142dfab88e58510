"""Keyed digests that must be found again after the key ring was turned: their key is kept.

The key is a data key like any other: wrapped by the ring, re-wrapped when that is rotated. What was digested before a
rotation, and before an old key was taken out, is recognized afterwards.
"""

import hmac

from sqlalchemy import CheckConstraint, LargeBinary
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session

from directory.lib import sealed
from directory.lib.tables import Table

_ONLY = 1


class DigestKey(Table, table=True):
    """The one key of digests that are kept. Whoever destroys it makes all of them unrecognizable."""

    __tablename__ = "digest_key"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: int = Field(default=_ONLY, primary_key=True, sa_column_kwargs={"autoincrement": False})
    key_wrapped: bytes = Field(sa_type=LargeBinary)
    key_ring_id: str = Field(max_length=40)


def keyed(db: Session, *parts: str) -> str:
    """A digest, in hex, that only whoever has the key can compute."""
    return hmac.digest(_key(db), "|".join(parts).encode(), "sha256").hex()


def make_key(db: Session) -> None:
    """Before the first digest is kept: the key is written down. It begins as the one that the ring gave until then."""
    if db.get(DigestKey, _ONLY) is not None:
        return
    data = sealed.wrap(sealed.ring_of(db), sealed.ring_of(db).digest_key())
    try:
        with db.begin_nested():
            db.add(DigestKey(id=_ONLY, key_wrapped=data.wrapped, key_ring_id=data.ring_key_id))
            db.flush()
    except IntegrityError:
        db.expire_all()  # somebody else made it at the same moment


def _key(db: Session) -> bytes:
    ring, row = sealed.ring_of(db), db.get(DigestKey, _ONLY)
    return sealed.unwrap(ring, row.key_wrapped, row.key_ring_id) if row is not None else ring.digest_key()
