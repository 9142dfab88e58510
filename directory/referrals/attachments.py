"""Documents that go with a referral: examined and drawn anew, kept sealed outside the database, forgotten in time.

A file is written before its row and deleted after it: a crash in between leaves a sealed file that nothing can open,
and the sweep deletes that.
"""

import base64
import datetime as dt
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from uuid import UUID

from sqlmodel import Session, col, delete, or_, select

from directory.lib import ids, sealed, sealed_files, uploads
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import NotFound, Refused
from directory.referrals import content
from directory.referrals.models import Attachment, Draft, Referral, ReferralTask
from directory.wording.say import _

FOLDER = "attachments"
"""Below DATA_DIR."""
LARGEST = 5 * 1024 * 1024
MOST = 5
KEPT_AFTER_CLOSING = dt.timedelta(days=90)
ORPHANS_KEPT = dt.timedelta(hours=1)
"""Far longer than an upload takes between its file and its row."""
_TABLE = "attachment"
_NAME_LENGTH = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentInfo:
    """A document as a page lists it. `number` counts from 1 in its form or referral and stays the same."""

    id: UUID
    number: int
    name: str = field(repr=False)
    media_type: str
    size_bytes: int

    @property
    def ending(self) -> str:
        """Of a file of this kind, without the dot."""
        return uploads.ENDINGS[self.media_type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file that was taken in and has no row yet."""

    id: UUID
    name: str = field(repr=False)
    media_type: str
    size_bytes: int
    stored_as: str
    key: bytes = field(repr=False)


# --- in a form ------------------------------------------------------------------------------------------------------


def take_in(data_dir: Path, file: IO[bytes], name: str) -> Taken:
    """Examine an upload and seal what may be kept of it; outside any transaction. Raises `uploads.Unfit`."""
    if file.seek(0, 2) > LARGEST:
        raise uploads.Unfit("too_heavy")
    kind = uploads.kind_of(file)
    row_id, key, stored_as = ids.new_id(), sealed_files.new_key(), secrets.token_hex(16)
    cleaned = uploads.examine(file, "image" if kind.is_image else "rewrite", largest=LARGEST)
    written = sealed_files.write(data_dir / FOLDER / stored_as, key, _place(row_id), cleaned)
    return Taken(
        id=row_id,
        name=_tidy(name, kind.ending),
        media_type=kind.media_type,
        size_bytes=written.size,
        stored_as=stored_as,
        key=key,
    )


def refuse_when_full(db: Session, draft: Draft) -> None:
    """Raises Refused in words when the form can take no more."""
    if len(_of_draft(db, draft)) >= MOST:
        raise Refused(_("A referral takes at most five documents. Remove one first."))


def add(db: Session, draft: Draft, taken: Taken, *, at: dt.datetime) -> None:
    """Add a file to a form that is held for change. Raises Refused in words when the form can take no more."""
    refuse_when_full(db, draft)
    used = {row.number for row in _of_draft(db, draft)}
    key = content.key_of(sealed.ring_of(db), draft)
    row = Attachment(
        id=taken.id,
        draft_id=draft.id,
        number=min(set(range(1, MOST + 1)) - used),
        media_type=taken.media_type,
        size_bytes=taken.size_bytes,
        stored_as=taken.stored_as,
        added_at=at,
    )
    _seal(key, row, taken.key, taken.name)
    db.add(row)
    db.flush()


def remove(db: Session, draft: Draft, number: int) -> None:
    """Take a file out of a form; pressed twice, it is gone once."""
    db.execute(delete(Attachment).where(col(Attachment.draft_id) == draft.id, col(Attachment.number) == number))


def find_in_form(db: Session, draft: Draft) -> list[AttachmentInfo]:
    """The documents of a form; none once it was sent."""
    if draft.key_wrapped is None:
        return []
    key = content.key_of(sealed.ring_of(db), draft)
    return [_info(key, row) for row in _of_draft(db, draft)]


def hand_over(db: Session, draft: Draft, referral: Referral) -> None:
    """The form becomes a referral: its documents are the referral's from now on, under the referral's key."""
    rows = _of_draft(db, draft)
    if not rows:
        return
    ring = sealed.ring_of(db)
    old, new = content.key_of(ring, draft), content.key_of(ring, referral)
    for row in rows:
        key, name = _file_key(old, row), _name(old, row)
        row.draft_id, row.referral_id = None, referral.id
        _seal(new, row, key, name)
        db.add(row)
    db.flush()


# --- of a referral --------------------------------------------------------------------------------------------------


def find(db: Session, referral_id: UUID) -> list[AttachmentInfo]:
    """The documents of a referral that are still there. The caller has judged who may know of them."""
    rows = _of_referral(db, referral_id)
    if not rows:
        return []
    referral = db.get_one(Referral, referral_id)
    if referral.key_wrapped is None:
        return []
    key = content.key_of(sealed.ring_of(db), referral)
    return [_info(key, row) for row in rows]


def open_chunks(db: Session, data_dir: Path, referral_id: UUID, number: int) -> tuple[AttachmentInfo, Iterator[bytes]]:
    """A document and its content, piece by piece; all of it was looked at before this returns.

    The caller has judged who may, and records the look before it passes on the first piece. Raises NotFound.
    """
    row = next((row for row in _of_referral(db, referral_id) if row.number == number), None)
    referral = db.get_one(Referral, referral_id)
    if row is None or referral.key_wrapped is None:
        raise NotFound(_("There is no such document, or not any more."))
    key = content.key_of(sealed.ring_of(db), referral)
    try:
        pieces = sealed_files.read(data_dir / FOLDER / row.stored_as, _file_key(key, row), _place(row.id))
    except FileNotFoundError:
        raise NotFound(_("There is no such document, or not any more.")) from None
    return _info(key, row), pieces


def end_with(db: Session, task: ReferralTask, *, at: dt.datetime) -> None:
    """The request has ended with this task: without treatment, its documents are forgotten at once."""
    if task.status != "completed":
        forget(db, task.referral_id, at=at)


def forget(db: Session, referral_id: UUID, *, at: dt.datetime) -> int:
    """Destroy the keys of a referral's documents; how many there were. The sweep deletes the files."""
    rows = _of_referral(db, referral_id)
    for row in rows:
        row.key_sealed, row.name_sealed, row.removed_at = None, None, at
        db.add(row)
    return len(rows)


def were_forgotten(db: Session, referral_id: UUID) -> bool:
    """Whether documents came with this request that nobody can open any more."""
    gone = select(Attachment.id).where(Attachment.referral_id == referral_id, col(Attachment.removed_at).is_not(None))
    return db.exec(gone.limit(1)).first() is not None


def sweep(databases: Databases, data_dir: Path, *, at: dt.datetime) -> int:
    """Forget what has had its time, then delete every file that no row can open; how many files."""
    with unit_of_work(databases) as db:
        past = or_(col(Referral.closed_at) <= at - KEPT_AFTER_CLOSING, col(Referral.purged_at).is_not(None))
        due = select(Referral.id).join(Attachment, col(Attachment.referral_id) == Referral.id).where(past)
        for referral_id in set(db.exec(due.where(col(Attachment.removed_at).is_(None))).all()):
            forget(db, referral_id, at=at)
    with reading(databases) as db:  # what it reads is committed: no file goes whose row may yet come back
        gone = [path for path in files(data_dir) if not _is_wanted(db, path, at)]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def files(data_dir: Path) -> Iterator[Path]:
    """All that is kept, sealed as it is."""
    yield from sealed_files.found_in(data_dir / FOLDER)


# --- inside ---------------------------------------------------------------------------------------------------------


def _is_wanted(db: Session, path: Path, at: dt.datetime) -> bool:
    removed = db.exec(select(Attachment.removed_at).where(Attachment.stored_as == path.name)).all()
    if removed:
        return removed[0] is None
    try:
        return dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.UTC) > at - ORPHANS_KEPT
    except FileNotFoundError:
        return False


def _of_draft(db: Session, draft: Draft) -> Sequence[Attachment]:
    asked = select(Attachment).where(Attachment.draft_id == draft.id)
    return db.exec(asked.order_by(col(Attachment.number))).all()


def _of_referral(db: Session, referral_id: UUID) -> Sequence[Attachment]:
    asked = select(Attachment).where(Attachment.referral_id == referral_id, col(Attachment.removed_at).is_(None))
    return db.exec(asked.order_by(col(Attachment.number))).all()


def _info(key: bytes, row: Attachment) -> AttachmentInfo:
    return AttachmentInfo(
        id=row.id, number=row.number, name=_name(key, row), media_type=row.media_type, size_bytes=row.size_bytes
    )


def _seal(key: bytes, row: Attachment, file_key: bytes, name: str) -> None:
    row.key_sealed = sealed.seal(key, _TABLE, row.id, "key", base64.b64encode(file_key).decode())
    row.name_sealed = sealed.seal(key, _TABLE, row.id, "name", name)


def _file_key(key: bytes, row: Attachment) -> bytes:
    return base64.b64decode(sealed.unseal(key, _TABLE, row.id, "key", row.key_sealed or b""))


def _name(key: bytes, row: Attachment) -> str:
    return sealed.unseal(key, _TABLE, row.id, "name", row.name_sealed or b"")


def _place(row_id: UUID) -> str:
    return f"{_TABLE}|{row_id}"


def _tidy(name: str, ending: str) -> str:
    """What the sender called it, fit to be shown: the last part of a path, printable, not too long."""
    last = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    shown = " ".join("".join(letter if letter.isprintable() else " " for letter in last).split())
    return shown[:_NAME_LENGTH] or f"document.{ending}"
