"""The ranked clinics of a request: who is asked when the clinic before cannot, in the transaction in which that ends.

One clinic at a time is asked; the others know of nothing, and a clinic whose task has ended reads nothing any more.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from directory.accounts import audit
from directory.accounts.actor import system
from directory.lib import ids, sealed
from directory.lib.errors import Conflict, Refused
from directory.listings.queries import find_records, get_record
from directory.listings.records import ClinicRecord
from directory.referrals import content, messages, nearby, queries, rules, sameness
from directory.referrals.models import PassedWhy, RankedClinic, Referral, ReferralTask
from directory.referrals.recording import record_step
from directory.terminology.referral_status import TERMINAL
from directory.wording.say import _

MOST = 5
"""Clinics that one request may be asked of, one after the other."""
CASCADE = system("cascade")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What is to be asked next, and whom it passes over."""

    clinic: ClinicRecord | None
    row: RankedClinic | None
    passed: tuple[tuple[RankedClinic, PassedWhy], ...]


def keep_ranking(db: Session, referral: Referral, first: UUID, then: Sequence[UUID]) -> None:
    """Keep whom to ask after the `first` clinic. Raises Refused for too many, for one twice, or one that is unknown."""
    if len({first, *then}) != len(then) + 1:
        raise Refused(_("A clinic can stand on the list once only."))
    if len(then) >= MOST:
        raise Refused(_("At most five clinics can be asked with one request."))
    if len(find_records(db, then)) != len(then):
        raise Refused(_("A clinic on your list is not there any more. Choose again."))
    for rank, location_id in enumerate(then, 2):
        db.add(RankedClinic(id=ids.new_id(), referral_id=referral.id, location_id=location_id, rank=rank))
    db.flush()


def ask_next(db: Session, referral_id: UUID, *, at: dt.datetime, to: UUID | None = None) -> ReferralTask | None:
    """Ask the next ranked clinic, or `to`, for which the caller holds consent; None when nobody is left to ask.

    The request is open again. Clinics that take no requests any more are passed over, and the history says so. Raises
    Conflict while a clinic is still asked, and Refused when `to` cannot be asked.
    """
    last = _held(db, referral_id)
    if last.status not in TERMINAL:
        raise Conflict(_("A clinic is being asked at the moment. Only one can be asked at a time."))
    referral = queries.get_referral(db, referral_id)
    turn = _turn_of(db, referral, to) if to is not None else turn_of(db, referral)
    if last.rank >= MOST:
        if to is not None:
            raise Refused(_("Five clinics have been asked with this request. Send a new one to ask another clinic."))
        return None
    for row, why in turn.passed:
        row.passed_at, row.passed_why = at, why.value
        db.add(row)
        detail: dict[str, str | int | bool | None]
        detail = {"rank": row.rank, "location": str(row.location_id), "why": why.value}
        audit.append(db, CASCADE, "clinic_passed_over", subject_type="referral", subject_id=referral.id, detail=detail)
    if turn.clinic is None:
        return None
    if turn.row is not None:
        turn.row.asked_at = at
        db.add(turn.row)
    return _ask(db, referral, turn.clinic, rank=last.rank + 1, at=at)


def goes_on(db: Session, referral_id: UUID) -> bool:
    """Whether a clinic is left that would be asked next, if the one asked now cannot."""
    last = queries.find_task_of(db, referral_id)
    return last.rank < MOST and turn_of(db, queries.get_referral(db, referral_id)).clinic is not None


def turn_of(db: Session, referral: Referral) -> Turn:
    """Whose turn it is on the list, as the listings stand now."""
    waiting = queries.find_ranked(db, referral.id, waiting=True)
    if not waiting or referral.purged_at is not None:
        return Turn(clinic=None, row=None, passed=())
    treatment = str(content.answers_of(sealed.ring_of(db), referral).get("treatment", ""))
    records = {clinic.location_id: clinic for clinic in find_records(db, [row.location_id for row in waiting])}
    passed: list[tuple[RankedClinic, PassedWhy]] = []
    for row in waiting:
        clinic = records[row.location_id]
        why = _why_not(clinic, treatment)
        if why is None and sameness.knows(db, referral, clinic.location_id):
            why = PassedWhy.ALREADY_ASKED
        if why is None:
            return Turn(clinic=clinic, row=row, passed=tuple(passed))
        passed.append((row, why))
    return Turn(clinic=None, row=None, passed=tuple(passed))


def check_can_be_asked(db: Session, referral_id: UUID, to: UUID) -> None:
    """Raises Refused, in words, where `to` cannot take over a request that is asked of another clinic now."""
    if queries.find_task_of(db, referral_id).rank >= MOST:
        raise Refused(_("Five clinics have been asked with this request. No other one can be."))
    _turn_of(db, queries.get_referral(db, referral_id), to)


def ended(db: Session, task: ReferralTask, *, came_from: str, at: dt.datetime, to: UUID | None = None) -> bool:
    """A task has ended: ask the next clinic where the request passes on, or `to`. True when the people were told."""
    if to is not None:
        ask_next(db, task.referral_id, at=at, to=to)
        referral = queries.get_referral(db, task.referral_id)
        messages.tell_both(db, referral, messages.MOVED_ON, patient=messages.NEWS)
        return True
    if not rules.passes_on(task, came_from=came_from):
        return False
    referral = queries.get_referral(db, task.referral_id)
    if ask_next(db, referral.id, at=at) is not None:
        messages.tell_both(db, referral, messages.MOVED_ON, patient=messages.NEWS)
        return True
    if queries.find_ranked(db, referral.id):
        messages.tell_both(db, referral, messages.LIST_ENDED, patient=messages.NEWS)
        return True
    return False


def _turn_of(db: Session, referral: Referral, to: UUID) -> Turn:
    if any(task.location_id == to for task in queries.find_tasks(db, referral.id)):
        raise Refused(_("This clinic was asked already."))
    clinic = get_record(db, to)
    why_not = rules.why_no_request(clinic)
    if why_not is not None:
        raise Refused(why_not)
    if sameness.knows(db, referral, to):
        raise Refused(_("It cannot be passed on to this clinic. Please choose another."))
    row = next((one for one in queries.find_ranked(db, referral.id, waiting=True) if one.location_id == to), None)
    return Turn(clinic=clinic, row=row, passed=())


def _why_not(clinic: ClinicRecord, treatment: str) -> PassedWhy | None:
    if not clinic.terms.public:
        return PassedWhy.NOT_LISTED
    if not clinic.takes_requests:
        return PassedWhy.NO_REQUESTS
    return None if nearby.gives(clinic, treatment) else PassedWhy.NOT_OFFERED


def _held(db: Session, referral_id: UUID) -> ReferralTask:
    """The task asked last, held until the transaction ends: of two who ask the next clinic, one comes too late."""
    last = queries.get_task(db, queries.find_task_of(db, referral_id).id, to_change=True)
    if queries.find_task_of(db, referral_id).id != last.id:
        raise Conflict(_("Another clinic has been asked meanwhile. Load the page again."))
    return last


def _ask(db: Session, referral: Referral, clinic: ClinicRecord, *, rank: int, at: dt.datetime) -> ReferralTask:
    task = ReferralTask(
        id=ids.new_id(),
        referral_id=referral.id,
        location_id=clinic.location_id,
        rank=rank,
        urgency=referral.urgency,
        time_zone=clinic.time_zone,
        status="draft",
        status_at=at,
    )
    referral.closed_at = referral.purge_at = None
    db.add(referral)
    db.flush()  # the end of the task before must be written first: at most one of a request is open
    db.add(task)
    db.flush()
    record_step(db, task, "send", by=CASCADE, at=at)
    return task
