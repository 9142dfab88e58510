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
from directory.lib import ids, sealed, sealed_files, uploads
from directory.lib.db import after_commit
from directory.lib.errors import NotFound, Refused
from directory.listings.queries import get_location
from directory.terminology.proofs import FactGroup
from directory.verification.models import EvidenceFile
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
    group: FactGroup,
    title: str,
    by: Actor,
    at: dt.datetime,
) -> EvidenceFile:
    """Keep a document as proof of a group of facts. It proves nothing until a person of ours says what it shows."""
    get_location(db, location_id)
    key = sealed.new_data_key(sealed.ring_of(db))
    row = EvidenceFile(
        id=ids.new_id(),
        location_id=location_id,
        fact_group=group,
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
    return row


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
    if by.kind not in (ActorKind.VERIFIER, ActorKind.MODERATOR):
        raise Refused(_("Only a person of ours can decide this."))
    row = db.get(EvidenceFile, evidence_id)
    if row is None or row.removed_at is not None:
        raise NotFound(_("There is no such document."))
    row.wrapped_key, row.removed_at, row.title = None, at, ""
    db.add(row)
    audit.append(db, by, "EVIDENCE_REMOVED", subject_type="evidence_file", subject_id=row.id)
    path = _path(data_dir, row)
    after_commit(db, lambda: path.unlink(missing_ok=True))


def find_of(db: Session, location_id: UUID) -> list[EvidenceFile]:
    """A site's documents, the newest first."""
    asked = select(EvidenceFile).where(EvidenceFile.location_id == location_id, col(EvidenceFile.removed_at).is_(None))
    return list(db.exec(asked.order_by(col(EvidenceFile.uploaded_at).desc())).all())


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


def _path(data_dir: Path, row: EvidenceFile) -> Path:
    return data_dir / FOLDER / row.stored_as
