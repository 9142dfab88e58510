"""Reports of mistakes: filed by anybody, answered by a person, forgotten as far as they name somebody.

"Nobody answers here" also starts a re-check by phone; the second one of an independent network within 30 days puts a
neutral notice on the clinic's page, which goes when somebody has reached the clinic.
"""

import datetime as dt
import hashlib
import hmac
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from directory.accounts.actor import system
from directory.lib import ids, sealed
from directory.lib.errors import Conflict, NotFound
from directory.moderation import actions, messages, rules
from directory.moderation.kinds import Kind
from directory.moderation.models import Decision, Report
from directory.moderation.reasons import ANSWERS, NOBODY_ANSWERS, REPORT_REASONS
from directory.moderation.rules import Worker
from directory.terminology.proofs import FactGroup, Method
from directory.verification import actions as verification
from directory.verification.proofs import NOT_REACHED
from directory.wording.say import _

VISITORS = system("visitors")
_TABLE = "report"


def file(
    db: Session,
    location_id: UUID,
    reason: str,
    *,
    words: str = "",
    mailbox: str = "",
    network: str,
    at: dt.datetime,
) -> Report:
    """Somebody says that a page is wrong. `network` is a keyed digest; words and mailbox are sealed."""
    ring = sealed.ring_of(db)
    row = Report(
        id=ids.new_id(), location_id=location_id, reason=reason, ring_key_id=ring.active_id, network=network, at=at
    )
    _seal(ring, row, words=words.strip(), mailbox=mailbox.strip())
    db.add(row)
    db.flush()
    if reason == NOBODY_ANSWERS:
        actions.open_item(db, kind=Kind.RECHECK, about_id=location_id, location_id=location_id, at=at)
        _doubt_when_independent(db, location_id, at=at)
    if reason != NOBODY_ANSWERS or words.strip() or mailbox.strip():
        actions.open_item(db, kind=Kind.REPORT, about_id=row.id, location_id=location_id, at=at)
    return row


def answer(db: Session, report_id: UUID, outcome: str, decision: Decision, *, by: Worker, at: dt.datetime) -> Report:
    """Settle a report; whoever left a mailbox is told, and mailbox and words are destroyed. Raises Conflict."""
    row = get(db, report_id)
    if row.answered_at is not None:
        raise Conflict(_("This report was answered already."))
    result = ANSWERS[outcome]
    if result.challenges:
        group = REPORT_REASONS[row.reason].group
        note = "reported by a visitor"
        verification.challenge(db, row.location_id, group, note=note, by=by.actor, at=at, method=Method.SELF)
    _settle(db, row, outcome, decision, by=by, at=at)
    return row


def settle_unanswered_calls(
    db: Session, location_id: UUID, *, reached: bool, decision: Decision, by: Worker, at: dt.datetime
) -> int:
    """The re-check by phone was made: everybody who had reported that nobody answers is told, and their items end."""
    asked = select(Report).where(Report.location_id == location_id, Report.reason == NOBODY_ANSWERS)
    rows = db.exec(asked.where(col(Report.answered_at).is_(None))).all()
    for row in rows:
        _settle(db, row, "confirmed" if reached else "doubted", decision, by=by, at=at)
        actions.close_about(db, Kind.REPORT, row.id, by=str(by.actor), at=at)
    return len(rows)


def _settle(db: Session, row: Report, outcome: str, decision: Decision, *, by: Worker, at: dt.datetime) -> None:
    mailbox = _opened(db, row, "mailbox", row.mailbox_sealed)
    if mailbox:
        messages.tell_reporter(db, decision, mailbox)
    row.answered_at, row.answered_by, row.outcome = at, str(by.actor), outcome
    row.mailbox_sealed = row.words_sealed = None
    db.add(row)


def network_digest(db: Session, network: str) -> str:
    """What is kept of a network: enough to tell two apart, not enough to find it again."""
    return hmac.new(sealed.ring_of(db).digest_key(), f"report|{network}".encode(), hashlib.sha256).hexdigest()


def get(db: Session, report_id: UUID) -> Report:
    """One report. Raises NotFound."""
    row = db.get(Report, report_id)
    if row is None:
        raise NotFound(_("There is no such report."))
    return row


def words_of(db: Session, row: Report) -> str:
    """What was written, for the person of ours who answers it; an empty text once it is answered."""
    return _opened(db, row, "words", row.words_sealed)


def find_by_mailbox(db: Session, mailbox: str) -> list[Report]:
    """Reports that wait and whose answer is to go to this mailbox. Each is opened: there are few at a time."""
    rows = db.exec(select(Report).where(col(Report.mailbox_sealed).is_not(None))).all()
    return [row for row in rows if _opened(db, row, "mailbox", row.mailbox_sealed).lower() == mailbox.lower()]


def forget_mailbox(db: Session, row: Report) -> None:
    """Whoever reported wants no answer any more; what was reported stays."""
    row.mailbox_sealed = row.words_sealed = None
    db.add(row)


def forget_networks(db: Session, *, at: dt.datetime) -> None:
    """Forget where reports came from, once nothing is made of two networks any more."""
    old = (col(Report.at) <= at - rules.INDEPENDENT_WITHIN) & (col(Report.network) != "")
    db.execute(update(Report).where(old).values(network=""))


def reseal(db: Session, *, at_most: int = 500) -> int:
    """Seal what waits under the newest key of the ring; how many were under an older one."""
    ring = sealed.ring_of(db)
    old = select(Report).where(Report.ring_key_id != ring.active_id, col(Report.answered_at).is_(None))
    rows = db.exec(old.limit(at_most)).all()
    for row in rows:
        words, mailbox = words_of(db, row), _opened(db, row, "mailbox", row.mailbox_sealed)
        row.ring_key_id = ring.active_id
        _seal(ring, row, words=words, mailbox=mailbox)
        db.add(row)
    return len(rows)


def _doubt_when_independent(db: Session, location_id: UUID, *, at: dt.datetime) -> None:
    lately = select(Report.network).where(
        Report.location_id == location_id,
        Report.reason == NOBODY_ANSWERS,
        col(Report.at) > at - rules.INDEPENDENT_WITHIN,
        col(Report.answered_at).is_(None),
    )
    if rules.is_independent(list(db.exec(lately).all())):
        verification.challenge(
            db, location_id, FactGroup.PHONE, note=NOT_REACHED, by=VISITORS, at=at, method=Method.SELF
        )


def _seal(ring: sealed.KeyRing, row: Report, *, words: str, mailbox: str) -> None:
    key = ring.sealing_key(ring.active_id)
    row.words_sealed = sealed.seal(key, _TABLE, row.id, "words", words) if words else None
    row.mailbox_sealed = sealed.seal(key, _TABLE, row.id, "mailbox", mailbox) if mailbox else None


def _opened(db: Session, row: Report, name: str, value: bytes | None) -> str:
    if value is None:
        return ""
    return sealed.unseal(sealed.ring_of(db).sealing_key(row.ring_key_id), _TABLE, row.id, name, value)
