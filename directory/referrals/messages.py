"""Who is told what about a request: always a reference and a link, never a word about a person or about health."""

from uuid import UUID

from sqlmodel import Session

from directory.delivery import actions as delivery
from directory.lib import sealed
from directory.listings.queries import find_endpoint
from directory.referrals import queries
from directory.referrals.content import mailbox_of
from directory.referrals.lifecycle import TIMERS, WAITING, Does
from directory.referrals.models import Referral, ReferralTask

ARRIVED, REMINDER = "referral_arrived", "referral_reminder"
CLINIC_WITHDRAWN, CLINIC_EXPIRED, CLINIC_LAPSED = "referral_withdrawn", "referral_expired", "referral_lapsed"
DELAYED, UNANSWERED, QUESTION = "request_delayed", "request_unanswered", "request_question"
LAPSED = "request_lapsed"
"""The clinic asked, and the sender did not reply: nobody is told then that the clinic was silent."""

SENDER_IS_TOLD = {
    "send": "request_received",
    "open": "request_opened",
    "accept": "request_accepted",
    "decline": "request_declined",
    "ask": QUESTION,
    "fail_delivery": "request_undeliverable",
    "redeliver": "request_received",
    "withdraw": "request_withdrawn",
    "expire": "request_expired",
}
"""Step → what the sender is told of it."""

_REMINDED = {
    status for timer in TIMERS if timer.does in {Does.REMIND_CLINIC, Does.ASK_CLINIC} for status in timer.states
}


def tell_clinic(db: Session, referral: Referral, task: ReferralTask, message: str) -> bool:
    """Queue `message` to the clinic's proved mailbox; False when it has none any more."""
    endpoint = find_endpoint(db, task.location_id)
    if endpoint is None or endpoint.proved_at is None or endpoint.channel != "EMAIL":
        return False
    ids = {"reference": referral.reference, "task": str(task.id)}
    delivery.queue(db, message=message, mailbox=endpoint.address, ids=ids, about_id=task.id)
    return True


def tell_sender(db: Session, referral: Referral, message: str) -> bool:
    """Queue `message` to the sender; False when the sender gave no mailbox."""
    mailbox = mailbox_of(sealed.ring_of(db), referral)
    if mailbox is None:
        return False
    delivery.queue(db, message=message, mailbox=mailbox, ids={"reference": referral.reference}, about_id=referral.id)
    return True


def is_still_wanted(db: Session, message: str, about_id: UUID | None) -> bool:
    """Whether a queued message still makes sense as it leaves: nobody is called to what is closed or not their turn."""
    if about_id is None:
        return True
    if message in {ARRIVED, REMINDER}:
        status = queries.get_task(db, about_id).status
        return status in ({"sent", "undeliverable"} if message == ARRIVED else _REMINDED)
    if message in {UNANSWERED, QUESTION}:
        status = queries.find_task_of(db, about_id).status
        return status in (WAITING if message == UNANSWERED else {"info_needed"})
    return True
