"""Whether a clinic is being asked about the same patient already: told by a keyed digest, never by a name.

The digest is of the normal form of name and birth date (or phone, where no birth date is asked) and of the clinic; it
can be compared with another one, not searched by a name, and goes with the content.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from directory.lib import sealed
from directory.lib.errors import Conflict
from directory.referrals import content
from directory.referrals.models import Referral, ReferralTask
from directory.referrals.vetting import keyed, plain
from directory.terminology.referral_status import TERMINAL
from directory.wording.say import _

LOOKED_BACK = dt.timedelta(days=90)


def digests(db: Session, answers: Mapping[str, Any], location_id: UUID) -> list[str]:
    """Of this patient at this clinic, under every key of the ring, the newest first; none when too little is known."""
    name, known_by = plain(str(answers.get("patient_name", ""))), str(answers.get("born") or answers.get("phone") or "")
    if not name or not known_by:
        return []
    return [keyed(key, "subject", name, known_by, str(location_id)) for key in sealed.ring_of(db).digest_keys()]


def refuse_second(
    db: Session, answers: Mapping[str, Any], location_id: UUID, *, mailbox: str, mailbox_proved: bool, at: dt.datetime
) -> None:
    """Raises Conflict while a request for the same patient of the last 90 days is open at this clinic.

    The reference is said to its own sender alone, who has proved the mailbox; to anybody else not even that it exists.
    """
    same = digests(db, answers, location_id)
    if not same:
        return
    asked = (
        select(Referral)
        .join(ReferralTask, col(ReferralTask.referral_id) == col(Referral.id))
        .where(col(Referral.subject_digest).in_(same), col(Referral.created_at) > at - LOOKED_BACK)
        .where(ReferralTask.location_id == location_id, col(ReferralTask.status).not_in(sorted(TERMINAL)))
    )
    earlier = db.exec(asked.order_by(col(Referral.created_at).desc())).first()
    if earlier is None:
        return
    on_file = content.mailbox_of(sealed.ring_of(db), earlier) or ""
    if mailbox_proved and content.is_same_mailbox(on_file, mailbox):
        words = _(
            "You have asked this clinic for this patient already: request {reference} is still open. Follow it under"
            " “Follow a request”, or withdraw it there before you send another one."
        )
        raise Conflict(words.format(reference=earlier.reference))
    raise Conflict(
        _(
            "This clinic may have this request already, so it was not sent a second time. Please phone the clinic. Your"
            " answers are kept for 24 hours."
        )
    )
