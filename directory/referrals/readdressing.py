"""Asking another clinic under the same consent, at a press of the sender: who can be asked, and asking."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from directory.accounts import audit
from directory.accounts.actor import Actor, system
from directory.lib import sealed
from directory.lib.errors import Conflict, Refused
from directory.listings.queries import find_location_by_slug, find_records, get_record
from directory.referrals import cascade, content, continuity, nearby, queries
from directory.referrals.lifecycle import TIMERS, WITHDRAWN, Does, due_at
from directory.referrals.models import PassedWhy, PersonWhy, Referral, ReferralTask
from directory.referrals.stepping import take_step
from directory.terminology.decline_reasons import DECLINE_REASONS
from directory.terminology.referral_status import REFERRAL_STATUSES
from directory.wording import say
from directory.wording.say import _

OFFERED = 4
LATELY = dt.timedelta(days=30)
_SEARCHED = 12

WHY_PASSED = {
    PassedWhy.NOT_LISTED: _("Not asked: it was no longer listed when its turn came."),
    PassedWhy.NO_REQUESTS: _("Not asked: it took no requests from here when its turn came."),
    PassedWhy.NOT_OFFERED: _("Not asked: it no longer gave this treatment when its turn came."),
    PassedWhy.ALREADY_ASKED: _("Not asked: you have asked it about this patient already."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A clinic that can be asked at a press, and what speaks for it."""

    slug: str
    name: str
    town: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """One clinic of a request, for its sender: what became of it, or that its turn may come."""

    name: str
    town: str
    said: str
    is_asked: bool


def may_ask_another(db: Session, referral: Referral, task: ReferralTask, *, now: dt.datetime) -> bool:
    """Whether the sender may ask another clinic now: this one cannot, is silent, or is gone."""
    if referral.purged_at is not None or task.rank >= cascade.MOST:
        return False
    if task.status in {"declined", "expired", "undeliverable"}:
        return True
    if REFERRAL_STATUSES[task.status].terminal or task.status in WITHDRAWN:
        return False
    told = (row for row in TIMERS if row.does is Does.TELL_SENDER and task.status in row.states)
    silent = any(due_at(timer, task) <= now for timer in told)
    return silent or task.for_person_why == PersonWhy.CLINIC_GONE or continuity.is_gone(db, task)


def offers(db: Session, referral: Referral, task: ReferralTask, *, now: dt.datetime) -> list[Offer]:
    """Whom the sender can ask at a press: the rest of the list, then who is near and has answered lately."""
    if not may_ask_another(db, referral, task, now=now):
        return []
    answers = content.answers_of(sealed.ring_of(db), referral)
    asked = [each.location_id for each in queries.find_tasks(db, referral.id)]
    wished = [row.location_id for row in queries.find_ranked(db, referral.id, waiting=True)]
    around = nearby.place_of(answers) or get_record(db, task.location_id).point
    treatment = str(answers.get("treatment", ""))
    near = nearby.find_nearby(db, around, treatment, without=asked, at_most=_SEARCHED)
    ranked = sorted(near, key=lambda one: (one.clinic.location_id not in wished, not _lately(one, now), one.distance_m))
    return [_offer(one, now, wished=one.clinic.location_id in wished) for one in ranked[:OFFERED]]


def line_up(db: Session, referral: Referral) -> list[InLine]:
    """Every clinic of a request that had a list: who was asked, was passed over, or may still be asked."""
    tasks, ranked = queries.find_tasks(db, referral.id), queries.find_ranked(db, referral.id)
    if len(tasks) == 1 and not ranked:
        return []
    waiting = [row for row in ranked if row.asked_at is None]
    ids = [*(task.location_id for task in tasks), *(row.location_id for row in waiting)]
    clinics = {clinic.location_id: clinic for clinic in find_records(db, ids)}
    said = [(task.location_id, _became(task), True) for task in tasks]
    for row in waiting:
        passed = WHY_PASSED[PassedWhy(row.passed_why)] if row.passed_why else _("May be asked later.")
        said.append((row.location_id, passed, False))
    return [
        InLine(name=clinics[i].name, town=f"{clinics[i].city}, {clinics[i].state}", said=words, is_asked=asked)
        for i, words, asked in said
    ]


def ask_another(
    db: Session, referral_id: UUID, slug: str, *, by: Actor, at: dt.datetime, seen: tuple[str, str] | None = None
) -> ReferralTask:
    """End what is open at the clinic asked last, and ask this one. Raises Conflict and Refused in words.

    `seen` are rank and steps of the task that the sender saw when choosing: another tab may have asked one since.
    """
    task = queries.get_task(db, queries.find_task_of(db, referral_id).id, to_change=True)
    referral = queries.get_referral(db, referral_id)
    is_old = seen is not None and seen != (str(task.rank), str(task.steps))
    if is_old or not may_ask_another(db, referral, task, now=at):
        raise Conflict(_("This request has changed since you opened the page. Look at it again."))
    clinic = find_location_by_slug(db, slug)
    if clinic is None or slug not in {offer.slug for offer in offers(db, referral, task, now=at)}:
        raise Refused(_("This clinic cannot be asked any more. Choose another one from the list."))
    if not REFERRAL_STATUSES[task.status].terminal:
        take_step(db, task, "withdraw", by=by, at=at, tell=False, moves_on=True, reason="no_longer_required")
    if task.status == "cancel_requested":  # nobody is there to confirm it
        take_step(db, task, "confirm_cancel", by=system("readdressed"), at=at, tell=False, moves_on=True)
    detail = {"consent": referral.consent_version, "location": str(clinic.id)}
    audit.append(db, by, "consent_given", subject_type="referral", subject_id=referral.id, detail=detail)
    asked = cascade.ask_next(db, referral_id, at=at, to=clinic.id)
    assert asked is not None, "a named clinic is asked or refused"
    return asked


def _became(task: ReferralTask) -> str:
    label = _(REFERRAL_STATUSES[task.status].label)
    if task.status == "declined":
        return f"{label}: {_(DECLINE_REASONS[task.reason or 'other'].plain.label)}"
    return label


def _lately(one: nearby.Nearby, now: dt.datetime) -> bool:
    return one.figures is not None and one.figures.answered_at is not None and one.figures.answered_at > now - LATELY


def _offer(one: nearby.Nearby, now: dt.datetime, *, wished: bool) -> Offer:
    clinic, why = one.clinic, [say.distance(one.distance_m)]
    if wished:
        why.append(_("on your list"))
    if _lately(one, now) and one.figures is not None and one.figures.answered_at is not None:
        day = one.figures.answered_at.astimezone(ZoneInfo(clinic.time_zone)).date()
        why.append(_("answered a request on {day}").format(day=say.day(day)))
    return Offer(slug=clinic.slug, name=clinic.name, town=f"{clinic.city}, {clinic.state}", why=tuple(why))
