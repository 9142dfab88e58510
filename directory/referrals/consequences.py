"""What a clinic's steps mean for its listing: counted from the log after each step, and announced downwards."""

import datetime as dt
from collections.abc import Callable
from uuid import UUID

from sqlmodel import Session, col, select

from directory.lib import events, sealed
from directory.lib.db import Databases, reading, unit_of_work
from directory.referrals import content, figures, queries
from directory.referrals.answers import NOT_SAID, NOT_SURE
from directory.referrals.events import FiguresCounted, LineRefused, NoRoom, RequestsUnanswered
from directory.referrals.lifecycle import WAITING
from directory.referrals.models import ReferralTask, StatusChange, Who
from directory.terminology.payers import PAYERS
from directory.terminology.treatments import LISTABLE
from directory.verification.figures import WINDOW

LOOKED_BACK = 2 * WINDOW
"""Steps older than this change no figure but the day of the last answer."""
AT_ONCE = 200


def of_step(db: Session, task: ReferralTask, change: StatusChange) -> None:
    """Count anew what the clinic's figures are after this step, and announce what it means beyond them."""
    if change.verb == "hold":
        return
    steps = find_steps(db, task.location_id, at=change.at)
    _announce(db, task.location_id, steps, at=change.at)
    courses = figures.courses_of(steps, at=change.at)
    if change.verb == "expire" and change.from_status in WAITING and figures.stopped_answering(courses):
        events.record(db, RequestsUnanswered(location_id=task.location_id, at=change.at))
    if change.to_status == "declined" and change.by_role == Who.CLINIC:
        _declined(db, task, courses, at=change.at)


def find_steps(db: Session, location_id: UUID, *, at: dt.datetime) -> list[StatusChange]:
    """The steps of the requests that were asked of a clinic in the last half year."""
    asked = (
        select(StatusChange)
        .join(ReferralTask, col(ReferralTask.id) == col(StatusChange.task_id))
        .where(ReferralTask.location_id == location_id, col(ReferralTask.waiting_from_at) > at - LOOKED_BACK)
    )
    return list(db.exec(asked).all())


def count_anew(databases: Databases, dispatch: events.Dispatch, *, at: dt.datetime) -> int:
    """Count the figures of every clinic that was asked lately: days pass, and what is 90 days old counts no more."""
    with reading(databases) as db:
        asked = select(ReferralTask.location_id).distinct()
        clinics = list(db.exec(asked.where(col(ReferralTask.waiting_from_at) > at - LOOKED_BACK)).all())
    for start in range(0, len(clinics), AT_ONCE):
        with unit_of_work(databases, dispatch) as db:
            for location_id in clinics[start : start + AT_ONCE]:
                _announce(db, location_id, find_steps(db, location_id, at=at), at=at)
    return len(clinics)


def _announce(db: Session, location_id: UUID, steps: list[StatusChange], *, at: dt.datetime) -> None:
    counted = figures.figures_of(steps, at=at)
    events.record(
        db,
        FiguresCounted(
            location_id=location_id,
            asked=counted.asked,
            acknowledged=counted.acknowledged,
            decided=counted.decided,
            median_minutes=counted.median_minutes,
            answered_at=counted.answered_at,
            at=at,
        ),
    )


def _declined(db: Session, task: ReferralTask, courses: list[figures.Course], *, at: dt.datetime) -> None:
    if task.reason == "no_capacity" and figures.has_no_room(courses, at=at):
        events.record(db, NoRoom(location_id=task.location_id, at=at))
    line = _LINES.get(task.reason or "")
    if line is None:
        return
    referral = queries.get_referral(db, task.referral_id)
    answers = content.answers_of(sealed.ring_of(db), referral)
    treatment, payer = line(answers)
    if treatment or payer:
        events.record(db, LineRefused(location_id=task.location_id, treatment=treatment, payer=payer, at=at))


def _treatment(answers: content.Answers) -> str:
    code = str(answers.get("treatment", NOT_SURE))
    return code if code in LISTABLE else ""


def _of_treatment(answers: content.Answers) -> tuple[str, str]:
    return _treatment(answers), ""


def _of_payer(answers: content.Answers) -> tuple[str, str]:
    code = str(answers.get("payer", NOT_SAID))
    return (_treatment(answers), code) if code in PAYERS else ("", "")


_LINES: dict[str, Callable[[content.Answers], tuple[str, str]]] = {
    "treatment_not_offered": _of_treatment,
    "insurance_not_accepted": _of_payer,
}
"""Reason for a no → the line of the listing that it contradicts, as (treatment, payer); empty where none was named."""
