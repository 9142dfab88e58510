"""Every verb of the lifecycle, for everybody who may use it: its page, its mail, its line in the audit log."""

import datetime as dt
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from directory import wiring
from directory.accounts.actor import Actor, ActorKind, system
from directory.accounts.models import AuditEvent
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.moderation import actions as queue
from directory.moderation.choices import find_choice
from directory.moderation.deciding import Ask, decide
from directory.moderation.kinds import Kind
from directory.moderation.rules import Worker
from directory.referrals import actions, clinic_side, messages, queries
from directory.referrals.lifecycle import REASONS, TRANSITIONS, Transition
from directory.referrals.models import Referral, ReferralTask, Who
from directory.referrals.pages import sender_side
from directory.referrals.stepping import take_step
from tests.support.clinics import AT
from tests.support.requests import NOOR, ready_clinic, sent_request
from tests.support.time import Clock

TEMPLATES = Path(__file__).parents[2] / "templates" / "referrals"
LATER = AT + dt.timedelta(hours=3)
MO = Worker(user_id=UUID(int=1), actor=Actor(ActorKind.MODERATOR, "U-MO"))

MODERATORS = {
    "release": (Kind.UNVETTED_SENDER, "release"),
    "refuse_sender": (Kind.UNVETTED_SENDER, "refuse"),
    "redeliver": (Kind.UNDELIVERABLE, "send_again"),
    "give_up": (Kind.NO_ROUTE, "give_up"),
    "enter_in_error": (Kind.SENT_BY_MISTAKE, "mistake"),
    "count_as_withdrawn": (Kind.SENT_BY_MISTAKE, "withdrawn"),
}
"""Verb of a person of ours → the kind of item and the choice on its review page."""
ELSEWHERE = {
    Who.CLINIC: {"open"},  # the code typed, or the button of the unopened request
    Who.PATIENT: {"decline_by_phone"},  # beside the yes
    Who.SENDER: {"send", "decline_by_phone", "request_cancel"},  # the two forms; beside the yes; for systems of BSeR
}
EVERY = [(row, who) for row in TRANSITIONS for who in row.who]


def of(who: Who) -> set[str]:
    return {row.verb for row, by in EVERY if by is who}


def test_every_verb_of_people_has_a_page() -> None:
    clinic = {verb for step in clinic_side.STEPS.values() for verb in step.verbs}
    sender = {step.allowed_by for step in sender_side.STEPS.values()} - {"contact", "delete", "keep"}
    assert clinic | ELSEWHERE[Who.CLINIC] == of(Who.CLINIC)
    assert sender | ELSEWHERE[Who.SENDER] == of(Who.SENDER)
    assert of(Who.PATIENT) <= sender | ELSEWHERE[Who.PATIENT]
    assert set(MODERATORS) == of(Who.MODERATOR)
    for folder, names in (("clinic", clinic_side.STEPS), ("sender", sender_side.STEPS)):
        for name in names:
            assert (TEMPLATES / folder / f"{name}.html").exists(), name
    for kind, choice in MODERATORS.values():
        assert find_choice(kind, choice) is not None


def put_into(db: Session, referral: Referral, status: str) -> ReferralTask:
    """The request's task, as if it had come into this state."""
    task = queries.get_task(db, queries.find_task_of(db, referral.id).id, to_change=True)
    task.status, task.status_at, task.waiting_from_at = status, LATER, task.waiting_from_at or LATER
    task.appointment_at, task.expected_on = LATER + dt.timedelta(days=9), dt.date(2026, 4, 6)
    task.returns_to = "delivered_opened" if status == "info_needed" else None
    db.add(task)
    db.flush()
    return task


def brings(row: Transition) -> dict[str, Any]:
    given: dict[str, Any] = {
        "note": True,
        "appointment_at": LATER + dt.timedelta(days=9),
        "expected_on": dt.date(2026, 4, 6),
    }
    codes = REASONS.get(row.target)
    given["reason"] = codes.codes[0] if codes is not None else "raised_in_error"
    return {name: given[name] for name in row.needs} | {"note": True}


def do(db: Session, task: ReferralTask, row: Transition, who: Who, sender: Actor) -> Actor:
    if who is Who.MODERATOR:
        kind, choice = MODERATORS[row.verb]
        item = queue.open_item(db, kind=kind, about_id=task.id, location_id=task.location_id, at=LATER)
        decide(db, item, Ask(choice=choice, words="I looked into it."), by=MO, at=LATER)
        return MO.actor
    patient = Actor(ActorKind.PATIENT, sender.label)
    by = {Who.CLINIC: NOOR, Who.SENDER: sender, Who.PATIENT: patient, Who.SYSTEM: system("timers")}[who]
    take_step(db, task, row.verb, by=by, at=LATER, **brings(row))
    return by


def test_every_verb_leaves_an_audit_line_and_tells_whoever_did_not_do_it(databases: Databases, clock: Clock) -> None:
    place = ready_clinic(databases)
    for number, (row, who) in enumerate(EVERY):
        referral = sent_request(databases, place, key=f"verb-{number}", clinician=True)
        with unit_of_work(databases) as db:
            for waiting in db.exec(select(OutboxMessage)).all():
                db.delete(waiting)
        with unit_of_work(databases, wiring.dispatch) as db:
            task = put_into(db, referral, row.sources[0])
            by = do(db, task, row, who, actions.sender_of(referral))
        with reading(databases) as db:
            task = queries.find_task_of(db, referral.id)
            step = queries.find_history(db, task.id)[-1]
            logged = db.exec(select(AuditEvent).where(AuditEvent.subject_id == task.id)).all()
            told = {message.message for message in db.exec(select(OutboxMessage)).all()}
        assert (step.verb, step.by_role, step.by_actor) == (row.verb, who.value, str(by))
        assert any(each.action == "status_changed" and each.detail["verb"] == row.verb for each in logged), row.verb
        expected = messages.told_of(step)
        assert expected.sender or expected.clinic, f"{row.verb} by {who} is told to nobody"
        assert {expected.sender, expected.clinic} - {""} <= told, f"{row.verb} by {who}"
