"""Who is told what about a request: always a reference and a link, never a word about a person or about health."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from directory.delivery import actions as delivery
from directory.lib import sealed
from directory.listings import channels
from directory.listings.queries import find_endpoint
from directory.referrals import patients, queries
from directory.referrals.content import mailbox_of
from directory.referrals.lifecycle import CLINIC_MAY_ENTER, CLINIC_MAY_READ, TIMERS, WAITING, Does
from directory.referrals.models import Referral, ReferralTask, StatusChange, Who

ARRIVED, REMINDER = "referral_arrived", "referral_reminder"
CLINIC_WITHDRAWN, CLINIC_EXPIRED, CLINIC_LAPSED = "referral_withdrawn", "referral_expired", "referral_lapsed"
DELAYED, UNANSWERED, QUESTION = "request_delayed", "request_unanswered", "request_question"
MOVED_ON, LIST_ENDED, CLINIC_GONE = "request_moved_on", "request_list_ended", "request_look_elsewhere"
LAPSED = "request_lapsed"
"""The clinic asked, and the sender did not reply: nobody is told then that the clinic was silent."""

NEWS, COMPLETED = "request_news", "request_completed"
CLINIC_REPLIED, LINK = "referral_replied", "referral_link"
CLINIC_CHANGED, CLINIC_REFUSED = "referral_changed", "referral_refused"
FOR_PATIENT, DELETED = "request_for_you", "request_deleted"


@dataclass(frozen=True, slots=True)
class Told:
    """Who is mailed what of a step. `patient` is that of a clinician's referral, if told at all (`patients`).

    `confirms`: sender and patient get the mail also when the step was their own.
    """

    sender: str = ""
    clinic: str = ""
    patient: str = ""
    confirms: bool = False


TOLD: Mapping[str, Told] = {
    "send": Told("request_received", ARRIVED, FOR_PATIENT, confirms=True),
    "hold": Told("request_held", confirms=True),
    "release": Told(NEWS, ARRIVED, FOR_PATIENT),
    "refuse_sender": Told(NEWS),
    "open": Told("request_opened", patient="request_opened"),
    "fail_delivery": Told("request_undeliverable", patient="request_undeliverable"),
    "redeliver": Told("request_received", ARRIVED, NEWS),
    "give_up": Told(NEWS, patient=NEWS),
    "accept": Told("request_accepted", patient="request_accepted"),
    "decline": Told("request_declined", patient="request_declined"),
    "accept_by_phone": Told("request_accepted", CLINIC_CHANGED, "request_accepted"),
    "decline_by_phone": Told("request_declined", CLINIC_REFUSED, "request_declined"),
    "ask": Told(QUESTION),
    "reply": Told(NEWS, CLINIC_REPLIED),
    "waitlist": Told(NEWS, patient=NEWS),
    "schedule": Told(NEWS, patient=NEWS),
    "record_no_show": Told(NEWS, patient=NEWS),
    "cancel_appointment": Told(NEWS, patient=NEWS),
    "record_visit": Told(NEWS, patient=NEWS),
    "complete": Told(COMPLETED, patient=NEWS),
    "withdraw": Told("request_withdrawn", CLINIC_WITHDRAWN, "request_withdrawn", confirms=True),
    "request_cancel": Told("request_withdrawn", CLINIC_WITHDRAWN, "request_withdrawn", confirms=True),
    "confirm_cancel": Told(NEWS, patient=NEWS),
    "expire": Told("request_expired", CLINIC_EXPIRED, "request_expired"),
    "report_error": Told("request_withdrawn", CLINIC_WITHDRAWN, "request_withdrawn", confirms=True),
    "enter_in_error": Told(NEWS),
    "count_as_withdrawn": Told(NEWS),
}
"""Every step → who is told of it. Nobody is told what they did themselves, but for what `confirms`."""

_REMINDED = {
    status for timer in TIMERS if timer.does in {Does.REMIND_CLINIC, Does.ASK_CLINIC} for status in timer.states
}


def told_of(change: StatusChange) -> Told:
    """Who is mailed what of a step that was taken."""
    told, by = TOLD[change.verb], Who(change.by_role)
    if change.verb == "expire" and change.from_status == "info_needed":
        told = Told(LAPSED, CLINIC_LAPSED, NEWS)  # it is the sender who was silent
    if change.from_status == "held_for_sender_check" and change.to_status != "sent":
        told = Told(told.sender, confirms=told.confirms)  # neither clinic nor patient have ever heard of it
    # The service sends again by itself only once the mail has got through, or the clinic has come by another way.
    clinic = "" if by is Who.CLINIC or (change.verb == "redeliver" and by is Who.SYSTEM) else told.clinic
    sender = "" if by is Who.SENDER and not told.confirms else told.sender
    return Told(sender, clinic, "" if by is Who.PATIENT and not told.confirms else told.patient)


def tell_clinic(db: Session, referral: Referral, task: ReferralTask, message: str) -> bool:
    """Queue `message` the way the clinic proved; False when it has none any more."""
    endpoint = find_endpoint(db, task.location_id)
    if endpoint is None or endpoint.proved_at is None:
        return False
    ids = {"reference": referral.reference, "task": str(task.id)}
    return channels.tell(db, endpoint, message, ids, about_id=task.id)


def tell_sender(db: Session, referral: Referral, message: str) -> bool:
    """Queue `message` to the sender; False when the sender gave no mailbox."""
    mailbox = mailbox_of(sealed.ring_of(db), referral)
    if mailbox is None:
        return False
    delivery.queue(
        db,
        message=message,
        mailbox=mailbox,
        ids={"reference": referral.reference},
        about_id=referral.id,
        language=referral.language,
    )
    return True


def tell_patient(db: Session, referral: Referral, message: str) -> bool:
    """Queue `message` to the patient of a clinician's referral; False when nobody is to be written to."""
    patient = patients.find_told(db, referral)
    mailbox = patients.mailbox_of(db, referral, patient) if patient is not None else None
    if patient is None or mailbox is None:
        return False
    delivery.queue(
        db,
        message=message,
        mailbox=mailbox,
        ids={"reference": referral.reference},
        about_id=referral.id,
        language=patient.language,
    )
    return True


def tell_both(db: Session, referral: Referral, message: str, *, patient: str) -> None:
    """Queue `message` to the sender and `patient` to the patient who follows; an empty one is none."""
    if message:
        tell_sender(db, referral, message)
    if patient:
        tell_patient(db, referral, patient)


def is_still_wanted(db: Session, message: str, about_id: UUID | None) -> bool:
    """Whether a queued message still makes sense as it leaves: nobody is called to what is closed or not their turn."""
    if about_id is None:
        return True
    if message in {ARRIVED, REMINDER}:
        status = queries.get_task(db, about_id).status
        return status in ({"sent", "undeliverable"} if message == ARRIVED else _REMINDED)
    if message == LINK:
        return queries.get_task(db, about_id).status in CLINIC_MAY_ENTER
    if message in {CLINIC_REPLIED, CLINIC_CHANGED}:
        return queries.get_task(db, about_id).status in CLINIC_MAY_READ
    if message in {UNANSWERED, QUESTION}:
        status = queries.find_task_of(db, about_id).status
        return status in (WAITING if message == UNANSWERED else {"info_needed"})
    return True
