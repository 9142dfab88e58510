"""Documents as proof: examined in a program of its own, kept sealed outside the web root, opened by staff alone.

What a file is, its own bytes say, never its name or its sender. Each has a key of its own: removing it destroys that.
"""

import base64
import datetime as dt
import hashlib
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, col, select

from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind
from directory.lib import events, ids, sealed, sealed_files, uploads
from directory.lib.db import after_commit
from directory.lib.errors import Conflict, NotFound, Refused
from directory.listings.queries import get_location
from directory.terminology.proofs import FACT_GROUPS
from directory.verification.events import EvidenceSettled, EvidenceWaits
from directory.verification.models import OTHER_PROOF, EvidenceFile, EvidenceState
from directory.wording.say import _
from directory.wording.uploads import UNFIT

FOLDER = "evidence"
"""Below DATA_DIR."""
LARGEST = 10 * 1024 * 1024
_TABLE, _FIELD = "evidence_file", "content"
ENDINGS = uploads.ENDINGS
ORPHANS_KEPT = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """An upload that may be kept: what it is by its own bytes, and the bytes to keep."""

    media_type: str
    content: bytes


def examine(content: bytes) -> Examined:
    """Judge an upload, outside this process and before any transaction. Raises Refused with a sentence."""
    if len(content) > LARGEST:
        raise Refused(_("The file is larger than 10 MB."))
    with tempfile.TemporaryFile() as file:
        file.write(content)
        try:
            kind = uploads.kind_of(file)
            drawn = b"".join(uploads.examine(file, "image" if kind.is_image else "pdf", largest=LARGEST))
        except uploads.Unfit as problem:
            raise Refused(_(UNFIT[problem.why])) from None
    return Examined(media_type=kind.media_type, content=drawn if kind.is_image else content)


def keep(
    db: Session,
    data_dir: Path,
    examined: Examined,
    *,
    location_id: UUID,
    group: str,
    title: str,
    by: Actor,
    at: dt.datetime,
    practitioner_id: UUID | None = None,
) -> EvidenceFile:
    """Keep a document as proof of a group of facts (or `OTHER_PROOF`), of the site or of somebody on its team.

    It proves nothing until a person of ours says what it shows; what a clinic sends waits for that.
    """
    get_location(db, location_id)
    sent = by.kind is ActorKind.CLINIC
    key = sealed.new_data_key(sealed.ring_of(db))
    row = EvidenceFile(
        id=ids.new_id(),
        location_id=location_id,
        practitioner_id=practitioner_id,
        fact_group=group,
        state=EvidenceState.WAITING if sent else EvidenceState.KEPT,
        media_type=examined.media_type,
        size=len(examined.content),
        digest=hashlib.sha256(examined.content).hexdigest(),
        stored_as=secrets.token_hex(16),
        title=" ".join(title.split())[:120],
        wrapped_key=key.wrapped,
        ring_key_id=key.ring_key_id,
        uploaded_by=str(by),
        uploaded_at=at,
    )
    plain = base64.b64encode(examined.content).decode()
    sealed_files.keep(_path(data_dir, row), sealed.seal(key.key, _TABLE, row.id, _FIELD, plain))
    audit.append(db, by, "EVIDENCE_KEPT", subject_type="evidence_file", subject_id=row.id)
    db.add(row)
    db.flush()
    if sent:
        events.record(db, EvidenceWaits(evidence_id=row.id, location_id=location_id))
    return row


def settle(db: Session, row: EvidenceFile, *, proved: bool, words: str, by: Actor, at: dt.datetime) -> None:
    """A person of ours has read what a clinic sent: it proves what was written down, or it does not, and why.

    Raises Conflict when it does not wait (any more).
    """
    _of_the_house(by)
    if row.state != EvidenceState.WAITING or row.removed_at is not None:
        raise Conflict(_("This document does not wait any more."))
    row.state = EvidenceState.PROVED if proved else EvidenceState.NOT_PROVED
    row.settled_at, row.words = at, words.strip()
    db.add(row)
    audit.append(db, by, f"EVIDENCE_{row.state}", subject_type="evidence_file", subject_id=row.id)
    events.record(db, EvidenceSettled(evidence_id=row.id))


def open_file(db: Session, data_dir: Path, evidence_id: UUID) -> tuple[EvidenceFile, bytes]:
    """A document and its bytes, for staff. Raises NotFound when it is not there (any more)."""
    row = db.get(EvidenceFile, evidence_id)
    if row is None or row.removed_at is not None:
        raise NotFound(_("There is no such document."))
    key = sealed.unwrap(sealed.ring_of(db), row.wrapped_key, row.ring_key_id)
    try:
        kept = _path(data_dir, row).read_bytes()
    except FileNotFoundError:
        raise NotFound(_("There is no such document.")) from None
    return row, base64.b64decode(sealed.unseal(key, _TABLE, row.id, _FIELD, kept))


def remove(db: Session, data_dir: Path, evidence_id: UUID, *, by: Actor, at: dt.datetime) -> None:
    """Destroy a document's key at once, and its file once that stands."""
    _of_the_house(by)
    row = db.get(EvidenceFile, evidence_id)
    if row is None or row.removed_at is not None:
        raise NotFound(_("There is no such document."))
    row.wrapped_key, row.removed_at, row.title = None, at, ""
    db.add(row)
    audit.append(db, by, "EVIDENCE_REMOVED", subject_type="evidence_file", subject_id=row.id)
    events.record(db, EvidenceSettled(evidence_id=row.id))
    path = _path(data_dir, row)
    after_commit(db, lambda: path.unlink(missing_ok=True))


def find_of(db: Session, location_id: UUID) -> list[EvidenceFile]:
    """A site's documents, the newest first."""
    asked = select(EvidenceFile).where(EvidenceFile.location_id == location_id, col(EvidenceFile.removed_at).is_(None))
    return list(db.exec(asked.order_by(col(EvidenceFile.uploaded_at).desc())).all())


def find_sent(db: Session, location_id: UUID, *, limit: int = 50) -> list[EvidenceFile]:
    """What the clinic sent of a site, the newest first, removed ones too: it reads what became of each."""
    asked = select(EvidenceFile).where(
        EvidenceFile.location_id == location_id, col(EvidenceFile.state) != EvidenceState.KEPT
    )
    return list(db.exec(asked.order_by(col(EvidenceFile.uploaded_at).desc()).limit(limit)).all())


def find(db: Session, location_id: UUID, evidence_id: UUID) -> EvidenceFile | None:
    """One document of a site, unless it is removed."""
    row = db.get(EvidenceFile, evidence_id)
    return row if row is not None and row.location_id == location_id and row.removed_at is None else None


def label_of(group: str) -> str:
    """What a document is to prove, in words."""
    return _("Something else") if group == OTHER_PROOF else FACT_GROUPS.label(group)


def sweep(db: Session, data_dir: Path, *, at: dt.datetime) -> int:
    """Delete files that no row names: of uploads that were undone, of removals that a crash cut short."""
    gone = 0
    for path in sealed_files.found_in(data_dir / FOLDER):
        old = dt.datetime.fromtimestamp(path.stat().st_mtime, tz=dt.UTC) < at - ORPHANS_KEPT
        named = select(EvidenceFile.id).where(
            EvidenceFile.stored_as == path.name, col(EvidenceFile.removed_at).is_(None)
        )
        if old and db.exec(named).first() is None:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _of_the_house(by: Actor) -> None:
    if by.kind not in (ActorKind.VERIFIER, ActorKind.MODERATOR):
        raise Refused(_("Only a person of ours can decide this."))


def _path(data_dir: Path, row: EvidenceFile) -> Path:
    return data_dir / FOLDER / row.stored_as
