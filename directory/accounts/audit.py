"""The audit log: append-only, numbered without gaps, each row chained to the one before by HMAC.

HIPAA 45 CFR 164.312(b) and (c). Who changes, removes or reorders a row breaks the chain at that row; a tail that was
cut off shows against the head, and against a head kept elsewhere even when the head row was changed as well.
"""

import datetime as dt
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from directory.accounts.actor import Actor
from directory.accounts.models import AuditEvent, AuditHead
from directory.lib import sealed
from directory.lib.db import Databases, database_now, reading, unit_of_work

_FIRST = "0" * 64
_HELD = "audit.head"
_PAGE = 2000
_CANONICAL = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode
_FIELDS = ("seq", "at", "actor_kind", "actor_label", "action", "subject_type", "subject_id", "detail")


@dataclass(frozen=True, slots=True)
class Head:
    """The last link: how many there are, and its HMAC. Kept elsewhere, it proves that nothing was cut off since."""

    seq: int
    chain: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold: the first bad number, and what is wrong there."""

    seq: int
    why: str


def append(
    db: Session,
    actor: Actor,
    action: str,
    *,
    subject_type: str,
    subject_id: uuid.UUID | None = None,
    detail: Mapping[str, str | int | bool | None] | None = None,
) -> AuditEvent:
    """Adds a link in the transaction of what it records. Others that append wait until this transaction ends.

    So call it late, and before anything that draws a search version: all take these two locks in that order.
    """
    head = _locked_head(db)
    row = AuditEvent(
        seq=head.seq + 1,
        at=database_now(db),
        actor_kind=actor.kind.value,
        actor_label=actor.label,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        detail=dict(detail or {}),
        chain="",
    )
    row.chain = _link(_key(db, head), head.chain, tuple(getattr(row, name) for name in _FIELDS))
    head.seq, head.chain = row.seq, row.chain
    db.add(row)
    db.add(head)
    return row


def viewed(
    databases: Databases, actor: Actor, *, subject_type: str, subject_id: uuid.UUID, action: str = "viewed"
) -> None:
    """Records a look at health data, in a transaction of its own that ends before anything is shown."""
    with unit_of_work(databases) as db:
        append(db, actor, action, subject_type=subject_type, subject_id=subject_id)


def head(db: Session) -> Head:
    """The last link, to be kept elsewhere."""
    row = db.get(AuditHead, 1)
    return Head(row.seq, row.chain) if row else Head(0, _FIRST)


def verify(db: Session, *, known: Head | None = None) -> Broken | None:
    """Walks the whole chain; None when it holds. `known` is a head that was kept elsewhere earlier."""
    row = db.get(AuditHead, 1)
    if row is None:
        nothing = db.exec(select(func.count()).select_from(AuditEvent)).one() == 0 and (known is None or known.seq == 0)
        return None if nothing else Broken(1, "the head is missing")
    key, chain, seq = _key(db, row), _FIRST, 0
    if row.start_seq:
        if not hmac.compare_digest(row.start_seal, _seal_of_start(key, row.start_seq, row.start_chain)):
            return Broken(row.start_seq, "rows are missing at the beginning")
        chain, seq = row.start_chain, row.start_seq
    begins = seq + 1
    for seq, (fields, stored) in enumerate(_links(db), start=begins):
        chain = _link(key, chain, fields)
        if why := _wrong(seq, fields[0], chain, stored, known):
            return Broken(seq, why)
    cut_off = (row.seq, row.chain) != (seq, chain) or (known is not None and known.seq > seq)
    return Broken(seq + 1, "rows are missing at the end") if cut_off else None


def forget(databases: Databases, before: dt.datetime) -> int:
    """Delete links older than `before`; how many. What is left still proves that nobody else has cut anything off.

    A chain that does not hold is evidence, and stays whole. So does the newest link. Proved before the log is locked.
    """
    with reading(databases) as db:
        if not _older(db, before) or verify(db) is not None:
            return 0
    with unit_of_work(databases) as db:
        row = _locked_head(db)
        last = _older(db, before)
        if last <= row.start_seq:
            return 0
        row.start_chain, gone = db.get_one(AuditEvent, last).chain, last - row.start_seq
        row.start_seq, row.start_seal = last, _seal_of_start(_key(db, row), last, row.start_chain)
        db.add(row)
        db.execute(delete(AuditEvent).where(col(AuditEvent.seq) <= last))
        return gone


def _older(db: Session, before: dt.datetime) -> int:
    """The number of the last link that is older, the newest one left out; 0 when there is none."""
    oldest = db.exec(select(AuditEvent.seq).order_by("seq").limit(1)).first()
    newest = db.exec(select(AuditEvent.seq).order_by(col(AuditEvent.seq).desc()).limit(1)).first()
    kept = db.exec(select(AuditEvent.seq).where(col(AuditEvent.at) >= before).order_by("seq").limit(1)).first()
    if newest is None or oldest is None:
        return 0
    last = (newest if kept is None else kept) - 1
    return last if last >= oldest else 0


def _seal_of_start(key: bytes, seq: int, chain: str) -> str:
    return hmac.digest(key, f"forgotten|{seq}|{chain}".encode(), hashlib.sha256).hex()


def _wrong(seq: int, number: int, chain: str, stored: str, known: Head | None) -> str:
    if number != seq:
        return "a row is missing"
    if not hmac.compare_digest(chain, stored):
        return "a row was changed"
    if known and known.seq == seq and not hmac.compare_digest(chain, known.chain):
        return "the chain was written anew"
    return ""


def _locked_head(db: Session) -> AuditHead:
    # Once locked, nobody else changes it before this transaction ends. A savepoint that is undone gives locks back.
    scope = db.get_nested_transaction() or db.get_transaction()
    held, row = db.info.get(_HELD, (None, None))
    if row is not None and held is scope:
        return row  # type: ignore[no-any-return]
    found = select(AuditHead).where(AuditHead.id == 1).with_for_update().execution_options(populate_existing=True)
    row = db.exec(found).first()
    if row is None:
        new = sealed.new_data_key(sealed.ring_of(db))
        insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
        values = AuditHead(seq=0, chain=_FIRST, wrapped_key=new.wrapped, ring_key_id=new.ring_key_id).model_dump()
        db.execute(insert(AuditHead).values(values).on_conflict_do_nothing())
        row = db.exec(found).one()
    db.info[_HELD] = (db.get_nested_transaction() or db.get_transaction(), row)
    return row


def _key(db: Session, row: AuditHead) -> bytes:
    return sealed.unwrap(sealed.ring_of(db), row.wrapped_key, row.ring_key_id)


def _links(db: Session) -> Iterator[tuple[tuple[Any, ...], str]]:
    columns = [col(getattr(AuditEvent, name)) for name in (*_FIELDS, "chain")]
    seq = -(2**62)
    # Page by page, not by a cursor: whoever stops at the first bad row leaves nothing open.
    while rows := db.execute(select(*columns).where(col(AuditEvent.seq) > seq).order_by("seq").limit(_PAGE)).all():
        for row in rows:
            yield tuple(row[:-1]), row[-1]
        seq = rows[-1][0]


def _link(key: bytes, before: str, fields: tuple[Any, ...]) -> str:
    text = _CANONICAL([_plain(value) for value in fields])
    return hmac.digest(key, f"{before}{text}".encode(), hashlib.sha256).hex()


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, uuid.UUID) else value
