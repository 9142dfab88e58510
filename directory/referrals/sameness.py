"""Whether a clinic has been asked about the same patient already: told by a keyed digest, never by a name.

The digest is of the normal form of name and birth date (or phone, where no birth date is asked); it can be compared
with another one, not searched by a name, and goes with the content. A request counts for 90 days, open or closed,
unless it came to nothing at that clinic: withdrawn, sent by mistake, never delivered or answered, or declined for what
passes (no room, staff away, something missing, nobody reached). Then the same may be asked again.

Only whoever sent the earlier request, and has proved its mailbox, is stopped by it. Anybody else's goes to the clinic,
which reads that it may be the same patient: a refusal would tell who knows a name and a birth date where that person
has asked for care (decision 0015).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from directory.lib import digests
from directory.lib.errors import Conflict
from directory.referrals.models import Referral, ReferralTask
from directory.referrals.vetting import SAME_PATIENT, digest_of_mailbox, plain
from directory.terminology.decline_reasons import DECLINE_REASONS
from directory.terminology.referral_status import TERMINAL
from directory.wording.say import _

CAME_TO_NOTHING = ("draft", "cancel_requested", "cancelled", "expired", "entered_in_error")
"""States in which a request is no reason against another one at the same clinic."""
PASSING = tuple(reason.code for reason in DECLINE_REASONS if reason.passes or reason.code == "duplicate")
"""Reasons of a decline that are none either: what passes, and what is the other request's matter."""


def digest(db: Session, answers: Mapping[str, Any]) -> str | None:
    """Of this patient; None when too little is known."""
    name, known_by = plain(str(answers.get("patient_name", ""))), str(answers.get("born") or answers.get("phone") or "")
    return digests.keyed(db, "subject", name, known_by) if name and known_by else None


def find_asked(
    db: Session, same: str, location_id: UUID, *, since: dt.datetime, but: UUID | None = None, by: str | None = None
) -> list[tuple[Referral, ReferralTask]]:
    """What this clinic was asked about this patient since then and still counts, the newest first.

    `but` leaves one request out; `by` are only those that came from the mailbox of this digest.
    """
    asked = (
        select(Referral, ReferralTask)
        .join(ReferralTask, col(ReferralTask.referral_id) == col(Referral.id))
        .where(col(Referral.subject_digest) == same, col(Referral.created_at) > since)
        .where(ReferralTask.location_id == location_id, _counts())
        .order_by(col(Referral.created_at).desc())
    )
    if by is not None:
        asked = asked.where(col(Referral.mailbox_digest) == by)
    return list(db.exec(asked.where(col(Referral.id) != but) if but else asked).all())


def knows(db: Session, referral: Referral, location_id: UUID) -> bool:
    """Whether a clinic that this request would be passed on to has been asked about this patient by its own sender."""
    since, same, by = referral.created_at - SAME_PATIENT, referral.subject_digest, referral.mailbox_digest
    if same is None or by is None or referral.mailbox_proved_at is None:
        return False
    return bool(find_asked(db, same, location_id, since=since, but=referral.id, by=by))


def find_others(db: Session, referral: Referral, location_id: UUID) -> list[str]:
    """References of other requests that this clinic got and that may be about the same patient."""
    if referral.subject_digest is None:
        return []
    since = referral.created_at - SAME_PATIENT
    found = find_asked(db, referral.subject_digest, location_id, since=since, but=referral.id)
    return [each.reference for each, task in found if task.status != "held_for_sender_check"]


def refuse_second(
    db: Session, answers: Mapping[str, Any], location_id: UUID, *, mailbox: str, mailbox_proved: bool, at: dt.datetime
) -> None:
    """Raises Conflict while a request of this sender for the same patient, of the last 90 days, counts at this clinic.

    Two that are sent at the same moment come here one after the other.
    """
    same = digest(db, answers)
    if same is None or not (mailbox and mailbox_proved):
        return
    _one_at_a_time(db, f"{same}|{location_id}")
    found = find_asked(db, same, location_id, since=at - SAME_PATIENT, by=digest_of_mailbox(db, mailbox))
    if not found:
        return
    earlier, task = found[0]
    if task.status in TERMINAL:
        words = _(
            "You have asked this clinic for this patient within 90 days: request {reference} has been answered. Please"
            " phone the clinic if something has changed, or ask another clinic. Your answers are kept for 24 hours."
        )
    else:
        words = _(
            "You have asked this clinic for this patient already: request {reference} is still open. Follow it under"
            " “Follow a request”, or withdraw it there before you send another one."
        )
    raise Conflict(words.format(reference=earlier.reference))


def _one_at_a_time(db: Session, what: str) -> None:
    """Whoever looks for the same waits here until the one before has committed. SQLite has one writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def _counts() -> ColumnElement[bool]:
    passing = and_(col(ReferralTask.status) == "declined", col(ReferralTask.reason).in_(PASSING))
    return ~or_(col(ReferralTask.status).in_(CAME_TO_NOTHING), passing)
