"""Who waits for a clinic to open near a place: asked, confirmed by a mailed link, told once, and deleted.

Address and wish are sealed and nothing else is kept. A row ends by itself: 48 hours after asking when nobody confirmed,
a year after confirming, 8 days after the one mail, which leads to what it says for so long.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import Session, col, select

from directory.delivery import actions as delivery
from directory.geography import places
from directory.geography.place import Found
from directory.geography.point import miles_to_metres
from directory.lib import ids, languages, sealed
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Gone
from directory.search import messages, queries
from directory.search.index import Index, Question
from directory.search.models import Waiting
from directory.wording.say import _

UNCONFIRMED_KEPT = dt.timedelta(hours=48)
KEPT = dt.timedelta(days=365)
TOLD_KEPT = dt.timedelta(days=8)
LINK_LIFE = KEPT + TOLD_KEPT
"""How long the link in each mail can be read: it deletes the row, so it must not end before it."""
TWICE_WITHIN = dt.timedelta(minutes=10)
"""The same question asked again so soon is one press too many, not another question."""
_TABLE = "waiting"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`near` finds exactly one place (`Place.near`); `radius` in miles, None for its state; a treatment or any ("").

    `language` is the one it was asked in, and that the mail is written in.
    """

    near: str
    radius: int | None
    treatment: str = ""
    language: str = languages.ENGLISH


def question_of(wish: Wish) -> Question:
    """What fits a wish: within the distance, takes new patients, gives the treatment. Raises Gone for a lost place."""
    found = places.find(wish.near)
    if not isinstance(found, Found):
        raise Gone(_("We do not know this place any more."))
    place = found.place
    treatment = {"treatment": (wish.treatment,)} if wish.treatment else {}
    return Question(
        point=place.point,
        radius_m=None if wish.radius is None else miles_to_metres(wish.radius),
        state=place.state,
        filters={"accepting": ("newpt",)} | treatment,
    )


def ask(db: Session, wish: Wish, mailbox: str, *, seen_version: int, at: dt.datetime) -> Waiting | None:
    """Keep a wish that nothing fits up to a version of the search, and mail the link that confirms it.

    None where the same was asked within ten minutes: the mail is on its way.
    """
    if _asked_just_now(db, wish, mailbox, at=at):
        return None
    ring = sealed.ring_of(db)
    row = Waiting(
        id=ids.new_id(),
        asked_at=at,
        ends_at=at + UNCONFIRMED_KEPT,
        seen_version=seen_version,
        ring_key_id=ring.active_id,
        wish_sealed=b"",
    )
    _seal(ring, row, wish=wish, mailbox=mailbox)
    db.add(row)
    db.flush()
    messages.ask_to_confirm(db, row.id, mailbox, until=row.ends_at, language=wish.language)
    return row


def confirm(db: Session, waiting_id: UUID, *, at: dt.datetime) -> None:
    """Whoever reads the mailbox said yes; said twice, it is the same. Raises Gone when nothing is kept any more."""
    row = get(db, waiting_id, at=at)
    if row.confirmed_at is None:
        row.confirmed_at, row.ends_at = at, at + KEPT
        db.add(row)


def forget(db: Session, waiting_id: UUID) -> None:
    """Delete all that is kept, and call off a mail that has not left; nothing happens when it is gone already."""
    delivery.call_off(db, waiting_id)
    db.execute(delete(Waiting).where(col(Waiting.id) == waiting_id))


def get(db: Session, waiting_id: UUID, *, at: dt.datetime) -> Waiting:
    """What is kept under a link. Raises Gone when that is nothing."""
    row = db.get(Waiting, waiting_id)
    if row is None or row.ends_at <= at:
        raise Gone(_("Nothing is kept under this link any more. It was deleted, or its time was over."))
    return row


def tell(databases: Databases, *, at: dt.datetime) -> int:
    """Write to everybody for whom a clinic has opened since the search was last looked through; how many mails.

    Looks only at what changed in the search; each mail is queued in the transaction that destroys its row's mailbox.
    """
    with reading(databases) as db:
        version = queries.get_version(db)
        since = db.exec(select(func.min(Waiting.seen_version)).where(*_waits())).one()
        if since is None or since >= version:
            return 0
        index = Index.of(version=since)
        for changes in queries.find_changes(db, after=since):
            index = index.changed(changes)
        rows = db.exec(select(Waiting).where(*_waits(), col(Waiting.seen_version) < version)).all()
        fitting = [row.id for row in rows if _fits(index, wish_of(db, row))]
        seen = [row.id for row in rows]
    told = sum(_tell_one(databases, waiting_id, at=at) for waiting_id in fitting)
    with unit_of_work(databases) as db:
        for start in range(0, len(seen), _AT_ONCE):
            of = update(Waiting).where(col(Waiting.id).in_(seen[start : start + _AT_ONCE]))
            db.execute(of.where(col(Waiting.seen_version) < version).values(seen_version=version))
    return told


def sweep(db: Session, *, at: dt.datetime) -> None:
    """Delete every row whose time is over."""
    db.execute(delete(Waiting).where(col(Waiting.ends_at) <= at))


def wish_of(db: Session, row: Waiting) -> Wish:
    """The wish itself."""
    return Wish(**json.loads(_opened(db, row, "wish", row.wish_sealed)))


def find_by_mailbox(db: Session, mailbox: str) -> list[Waiting]:
    """Rows that would be told at this mailbox (already normal). Each is opened: there are few."""
    return list(
        _of_mailbox(db, db.exec(select(Waiting).where(col(Waiting.mailbox_sealed).is_not(None))).all(), mailbox)
    )


def reseal(db: Session, *, at_most: int = 500) -> int:
    """Seal rows under the newest key of the ring; how many were under an older one."""
    ring = sealed.ring_of(db)
    rows = db.exec(select(Waiting).where(Waiting.ring_key_id != ring.active_id).limit(at_most)).all()
    for row in rows:
        wish, mailbox = wish_of(db, row), _mailbox_of(db, row)
        row.ring_key_id = ring.active_id
        _seal(ring, row, wish=wish, mailbox=mailbox)
        db.add(row)
    return len(rows)


def _tell_one(databases: Databases, waiting_id: UUID, *, at: dt.datetime) -> bool:
    with unit_of_work(databases) as db:
        asked = select(Waiting).where(Waiting.id == waiting_id, *_waits(), col(Waiting.ends_at) > at)
        row = db.exec(asked.with_for_update(skip_locked=True)).one_or_none()
        if row is None:  # deleted meanwhile, or another worker tells it
            return False
        row.told_at, row.ends_at = at, at + TOLD_KEPT
        language = wish_of(db, row).language
        messages.tell_of_a_place(db, row.id, _mailbox_of(db, row), until=row.ends_at, language=language)
        row.mailbox_sealed = None
        db.add(row)
    return True


def _fits(index: Index, wish: Wish) -> bool:
    try:
        return index.count(question_of(wish)) > 0
    except Gone:
        return False


def _waits() -> tuple[ColumnElement[bool], ...]:
    return col(Waiting.confirmed_at).is_not(None), col(Waiting.told_at).is_(None)


def _asked_just_now(db: Session, wish: Wish, mailbox: str, *, at: dt.datetime) -> bool:
    lately = select(Waiting).where(col(Waiting.asked_at) > at - TWICE_WITHIN, col(Waiting.mailbox_sealed).is_not(None))
    return any(wish_of(db, row) == wish for row in _of_mailbox(db, db.exec(lately).all(), mailbox))


def _of_mailbox(db: Session, rows: Iterable[Waiting], mailbox: str) -> Iterable[Waiting]:
    return (row for row in rows if _mailbox_of(db, row) == mailbox)


def _mailbox_of(db: Session, row: Waiting) -> str:
    return _opened(db, row, "mailbox", row.mailbox_sealed) if row.mailbox_sealed is not None else ""


def _seal(ring: sealed.KeyRing, row: Waiting, *, wish: Wish, mailbox: str) -> None:
    key = ring.sealing_key(ring.active_id)
    row.wish_sealed = sealed.seal(key, _TABLE, row.id, "wish", json.dumps(asdict(wish)))
    row.mailbox_sealed = sealed.seal(key, _TABLE, row.id, "mailbox", mailbox) if mailbox else None


def _opened(db: Session, row: Waiting, name: str, value: bytes) -> str:
    key = sealed.ring_of(db).sealing_key(row.ring_key_id)
    return sealed.unseal(key, _TABLE, row.id, name, value)
