"""Data keys brought under the ring's newest key, some at a time, beside a service that goes on reading and writing.

Finds every table with a wrapped key by its columns, so that a new one cannot be forgotten.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Column, ColumnElement, Table, bindparam, func, select, update
from sqlmodel import Session

from directory.lib import sealed
from directory.lib.tables import metadata

_PAIRS = (("key_wrapped", "key_ring_id"), ("wrapped_key", "ring_key_id"))


class Wrapped(NamedTuple):
    """A table whose rows hold a wrapped data key, and the two columns of it."""

    table: Table
    key: "Column[bytes]"
    ring_key_id: "Column[str]"


def wrapped_tables() -> Iterator[Wrapped]:
    """Every table of ours that holds wrapped keys."""
    for table in metadata.sorted_tables:
        for key, ring_key_id in _PAIRS:
            if key in table.c and ring_key_id in table.c:
                yield Wrapped(table, table.c[key], table.c[ring_key_id])


def rewrap_some(db: Session, wrapped: Wrapped, *, at_most: int) -> int:
    """Re-wrap rows of one table; how many were found under an older key. A row changed meanwhile is left as it is."""
    ring = sealed.ring_of(db)
    [primary] = wrapped.table.primary_key.columns
    old = select(primary, wrapped.key, wrapped.ring_key_id).where(*_is_old(wrapped, ring)).limit(at_most)
    rows = db.connection().execute(old).all()
    if not rows:
        return 0
    still = (primary == bindparam("row"), wrapped.ring_key_id == bindparam("under"))
    change = (
        update(wrapped.table)
        .where(*still)
        .values({wrapped.key: bindparam("key"), wrapped.ring_key_id: bindparam("to")})
    )
    found = []
    for row, key, under in rows:
        new, to = sealed.rewrap(ring, key, under)
        found.append({"row": row, "under": under, "key": new, "to": to})
    db.connection().execute(change, found)
    return len(found)


def left(db: Session) -> int:
    """How many data keys are wrapped by an older key of the ring."""
    ring = sealed.ring_of(db)
    counts = [select(func.count()).select_from(w.table).where(*_is_old(w, ring)) for w in wrapped_tables()]
    return sum(db.connection().execute(count).scalar_one() for count in counts)


def _is_old(wrapped: Wrapped, ring: sealed.KeyRing) -> tuple[ColumnElement[bool], ...]:
    return wrapped.key.is_not(None), wrapped.ring_key_id != ring.active_id
