"""Whether a clinic has been asked about the same patient already: told by a keyed digest, never by a name.

The digest is of the normal form of name and birth date (or phone, where no birth date is asked); it can be compared
with another one, not searched by a name, and goes with the content. A request counts for 90 days, open or closed,
unless it came to nothing at that clinic: withdrawn, sent by mistake, never delivered or answered, or declined for what
passes (no room, staff away, something missing, nobody reached). Then the same may be asked again.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from directory.lib import digests, sealed
from directory.lib.errors import Conflict
from directory.referrals import content
from directory.referrals.models import Referral, ReferralTask
from directory.referrals.vetting import plain
from directory.terminology.decline_reasons import DECLINE_REASONS
from directory.terminology.referral_status import TERMINAL
from directory.wording.say import _

LOOKED_BACK = dt.timedelta(days=90)
CAME_TO_NOTHING = ("draft", "cancel_requested", "cancelled", "expired", "entered_in_error")
"""States in which a request is no reason against another one at the same clinic."""
PASSING = tuple(reason.code for reason in DECLINE_REASONS if reason.passes or reason.code == "duplicate")
"""Reasons of a decline that are none either: what passes, and what is the other request's matter."""


def digest(db: Session, answers: Mapping[str, Any]) -> str | None:
    """Of this patient; None when too little is known."""
    name, known_by = plain(str(answers.get("patient_name", ""))), str(answers.get("born") or answers.get("phone") or "")
    return digests.keyed(db, "subject", name, known_by) if name and known_by else None


def find_asked(
    db: Session, same: str, location_id: UUID, *, since: dt.datetime, but: UUID | None = None
) -> tuple[Referral, ReferralTask] | None:
    """What this clinic was asked about this patient since then and still counts, apart from one request; or None."""
    asked = (
        select(Referral, ReferralTask)
        .join(ReferralTask, col(ReferralTask.referral_id) == col(Referral.id))
        .where(col(Referral.subject_digest) == same, col(Referral.created_at) > since)
        .where(ReferralTask.location_id == location_id, _counts())
        .order_by(col(Referral.created_at).desc())
    )
    return db.exec(asked.where(col(Referral.id) != but) if but else asked).first()


def knows(db: Session, referral: Referral, location_id: UUID) -> bool:
    """Whether a clinic that this request would be passed on to has been asked about this patient by another one."""
    since, same = referral.created_at - LOOKED_BACK, referral.subject_digest
    return same is not None and find_asked(db, same, location_id, since=since, but=referral.id) is not None


def refuse_second(
    db: Session, answers: Mapping[str, Any], location_id: UUID, *, mailbox: str, mailbox_proved: bool, at: dt.datetime
) -> None:
    """Raises Conflict while a request for the same patient of the last 90 days counts at this clinic.

    The reference is said to its own sender alone, who has proved the mailbox; to anybody else not even that it exists.
    """
    same = digest(db, answers)
    found = find_asked(db, same, location_id, since=at - LOOKED_BACK) if same else None
    if found is None:
        return
    earlier, task = found
    on_file = content.mailbox_of(sealed.ring_of(db), earlier) or ""
    if not (mailbox_proved and content.is_same_mailbox(on_file, mailbox)):
        raise Conflict(
            _(
                "This clinic may have this request already, so it was not sent a second time. Please phone the clinic."
                " Your answers are kept for 24 hours."
            )
        )
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


def _counts() -> ColumnElement[bool]:
    passing = and_(col(ReferralTask.status) == "declined", col(ReferralTask.reason).in_(PASSING))
    return ~or_(col(ReferralTask.status).in_(CAME_TO_NOTHING), passing)
