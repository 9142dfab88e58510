"""The clinic's verbs and the sender's replies, from asking to completing, on both databases."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlmodel import col, select

from directory import wiring
from directory.accounts.models import AuditEvent
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, Forbidden, Refused
from directory.listings.models import Location
from directory.referrals import (
    actions,
    clinic_actions,
    messages,
    notes,
    outcomes,
    own_number,
    queries,
    sender_actions,
    terms,
)
from directory.referrals.clinic_actions import NOTHING, Said
from directory.referrals.lifecycle import VERBS
from directory.referrals.models import NoteKind, Referral, ReferralTask
from tests.support.clinics import AT
from tests.support.databases import Maker, ring_for_tests
from tests.support.requests import MO, NOOR, ready_clinic, sent_request
from tests.support.time import Clock

LATER = AT + dt.timedelta(hours=3)
DAY = AT + dt.timedelta(days=9)
OUTCOME: dict[str, Any] = {
    "note": "Eight sessions, well tolerated.",
    "sessions": 8,
    "dose": "84",
    "scale": "PHQ9",
    "total_before": 19,
    "total_after": 7,
    "scored_on": "2026-03-09",
    "events": ["blood_pressure", "dissociation"],
    "events_note": "150/95 once, settled in 90 minutes.",
    "plan": "Weekly for four weeks.",
}


@pytest.fixture(autouse=True)
def _at_the_start(clock: Clock) -> None:
    """The clock stands at AT."""


@pytest.fixture
def referral(databases: Databases) -> Referral:
    """What Dr Rivera sent to Harbour Clinic, opened there."""
    found = sent_request(databases, ready_clinic(databases), clinician=True)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.open_by_clinic(db, queries.find_task_of(db, found.id).id, by=NOOR, at=LATER)
    return found


def task_of(databases: Databases, referral: Referral) -> ReferralTask:
    with reading(databases) as db:
        return queries.find_task_of(db, referral.id)


def act(databases: Databases, referral: Referral, verb: str, said: Said = NOTHING, **brings: Any) -> ReferralTask:
    task = task_of(databases, referral)
    given = {"by": NOOR, "at": LATER, "version": task.steps} | brings
    with unit_of_work(databases, wiring.dispatch) as db:
        return clinic_actions.act(db, task.id, verb, said=said, **given)


def told(databases: Databases) -> set[str]:
    with reading(databases) as db:
        return set(db.exec(select(OutboxMessage.message)).all())


def verbs_of(databases: Databases, referral: Referral) -> list[str]:
    task = task_of(databases, referral)
    with reading(databases) as db:
        asked = select(AuditEvent).where(AuditEvent.subject_id == task.id, AuditEvent.action == "status_changed")
        audited = [row.detail["verb"] for row in db.exec(asked.order_by(col(AuditEvent.seq))).all()]
        assert audited == [change.verb for change in queries.find_history(db, task.id)]
        return audited


def test_every_step_says_who_is_told_of_it() -> None:
    assert set(messages.TOLD) == set(VERBS)


def test_a_whole_life_from_a_question_to_the_outcome(databases: Databases, referral: Referral) -> None:
    act(databases, referral, "ask", Said(question="Which antidepressants, how long?"))
    with unit_of_work(databases, wiring.dispatch) as db:
        sender = actions.sender_of(referral)
        sender_actions.reply(db, referral.id, "Sertraline, 10 weeks.", by=sender, at=LATER, version=3)
    act(databases, referral, "accept", Said(words="We call on Monday."))
    act(databases, referral, "schedule", Said(words="Second floor."), appointment_at=DAY)
    act(databases, referral, "record_no_show", reason="transport")
    act(databases, referral, "schedule", appointment_at=DAY + dt.timedelta(days=7))
    act(databases, referral, "record_visit", Said(outcome={"note": "First session.", "sessions": 1}))
    task = act(databases, referral, "complete", Said(outcome=OUTCOME))
    assert (task.status, task.appointment_at, task.answer_due_at) == ("completed", DAY + dt.timedelta(days=7), None)
    assert verbs_of(databases, referral) == [
        *("send", "open", "ask", "reply", "accept", "schedule", "record_no_show", "schedule", "record_visit"),
        "complete",
    ]
    assert told(databases) >= {"request_question", "referral_replied", "request_news", "request_completed"}
    with reading(databases) as db:
        written = notes.find(db, task.id)
        assert [(note.kind, note.number) for note in written] == [
            (NoteKind.QUESTION, 3),
            (NoteKind.REPLY, 4),
            (NoteKind.WORDS, 5),
            (NoteKind.WORDS, 6),
        ]
        first, last = outcomes.find(db, task.id)
        assert (first.final, first.note, last.final) == (False, "First session.", True)
        assert {row.label: row.value for row in last.rows} == {
            "Sessions so far": "8",
            "Dose": "84 mg",
            "Scale": "PHQ-9 from 19 to 7, March 9, 2026",
            "Events during observation": "Blood pressure rose enough to act on, Dissociation",
            "About the events": "150/95 once, settled in 90 minutes.",
            "Plan": "Weekly for four weeks.",
        }


def test_nothing_that_is_written_stands_in_the_database_in_clear_and_a_purge_leaves_none_of_it(
    databases: Databases, referral: Referral
) -> None:
    said = Said(words="Marker-words", comment="Marker-comment", number="Marker-number")
    act(databases, referral, "accept", said)
    with unit_of_work(databases, wiring.dispatch) as db:
        clinic_actions.write_note(db, task_of(databases, referral).id, "Marker-internal", by=NOOR, at=LATER)
    task = act(databases, referral, "complete", Said(outcome={"note": "Marker-outcome"}))
    with reading(databases) as db:
        held = "".join(
            str(row)
            for table in inspect(databases.reader).get_table_names()
            for row in db.execute(text(f'SELECT * FROM "{table}"'))
        )
        assert "Marker" not in held
        assert [note.text for note in notes.find(db, task.id, kinds=notes.SENDER_READS)] == ["Marker-words"]
        assert len(notes.find(db, task.id)) == 3
        assert own_number.find(db, db.get_one(ReferralTask, task.id)) == "Marker-number"
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.purge(db, referral.id, at=LATER + dt.timedelta(days=365))
    with reading(databases) as db:
        assert (notes.find(db, task.id), outcomes.find(db, task.id)) == ([], [])
        assert db.get_one(ReferralTask, task.id).own_number_sealed is None
    with pytest.raises(Refused, match="No number can be kept"), unit_of_work(databases) as db:
        clinic_actions.keep_number(db, task.id, "MRN 1", by=NOOR, version=task.steps)


def test_the_clinics_own_number_is_changed_and_taken_away_and_each_change_is_audited_without_it(
    databases: Databases, referral: Referral
) -> None:
    task = task_of(databases, referral)
    for number in ("MRN 4711", "MRN 4711", "MRN 4712", ""):
        with unit_of_work(databases) as db:
            clinic_actions.keep_number(db, task.id, number, by=NOOR, version=task.steps)
        with reading(databases) as db:
            assert own_number.find(db, db.get_one(ReferralTask, task.id)) == number
    with reading(databases) as db:
        asked = select(AuditEvent).where(AuditEvent.action == "own_number_kept").order_by(col(AuditEvent.seq))
        assert [row.detail for row in db.exec(asked).all()] == [{"given": True}, {"given": True}, {"given": False}]
    with pytest.raises(Conflict), unit_of_work(databases) as db:
        clinic_actions.keep_number(db, task.id, "MRN 1", by=NOOR, version=task.steps - 1)
    act(databases, referral, "decline", reason="no_capacity")
    with pytest.raises(Refused), unit_of_work(databases) as db:
        clinic_actions.keep_number(db, task.id, "MRN 1", by=NOOR, version=task.steps + 1)


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("complete", "Write a few words."),
        ("ask", "Write a few words."),
        ("waitlist", "Say which week you expect."),
        ("schedule", "Say when the appointment is."),
        ("decline", "Choose a reason."),
        ("accept_by_phone", "Write a few words."),
    ],
)
def test_a_step_without_what_it_must_bring_changes_nothing(
    databases: Databases, referral: Referral, verb: str, words: str
) -> None:
    before = act(databases, referral, "accept") if verb in {"complete", "schedule"} else task_of(databases, referral)
    with pytest.raises(Refused, match=words):
        act(databases, referral, verb)
    assert task_of(databases, referral).steps == before.steps


def test_a_press_on_an_older_version_is_a_conflict_and_the_same_press_twice_is_one(
    databases: Databases, referral: Referral
) -> None:
    act(databases, referral, "accept")
    for _press in range(2):
        task = act(databases, referral, "schedule", appointment_at=DAY, version=3)
    assert task.steps == 4
    with pytest.raises(Conflict, match="changed since you opened"):
        act(databases, referral, "schedule", appointment_at=DAY + dt.timedelta(days=1), version=3)


def test_an_answer_by_phone_counts_as_the_clinics_answer_and_keeps_who_said_it(
    databases: Databases, referral: Referral
) -> None:
    task = act(databases, referral, "accept_by_phone", Said(phone="Noor told Dr Rivera on March 10."))
    assert (task.status, task.answered_at) == ("accepted", LATER)
    with reading(databases) as db:
        assert [note.kind for note in notes.find(db, task.id)] == [NoteKind.PHONE]
        assert notes.find(db, task.id, kinds=notes.SENDER_READS) == []


def test_a_sender_who_heard_no_by_phone_closes_the_request_for_that_clinic(
    databases: Databases, referral: Referral
) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        sender = actions.sender_of(referral)
        sender_actions.heard_by_phone(
            db, referral.id, accepted=False, phone="The desk, today.", by=sender, at=LATER, version=2
        )
    assert task_of(databases, referral).status == "declined"
    assert "request_declined" not in told(databases)


def test_what_was_sent_by_mistake_is_shut_to_the_clinic_at_once_and_closed_by_a_person_of_ours(
    databases: Databases, referral: Referral
) -> None:
    act(databases, referral, "accept")
    for _press in range(2):
        with unit_of_work(databases, wiring.dispatch) as db:
            sender_actions.report_error(db, referral.id, by=actions.sender_of(referral), at=LATER)
    assert verbs_of(databases, referral)[-2:] == ["accept", "report_error"]
    task = task_of(databases, referral)
    assert (task.status, task.answer_due_at) == ("error_reported", None)
    with pytest.raises(Forbidden), unit_of_work(databases, wiring.dispatch) as db:
        actions.open_by_clinic(db, task_of(databases, referral).id, by=NOOR, at=LATER)
    assert "referral_withdrawn" in told(databases)
    with pytest.raises(Forbidden), unit_of_work(databases, wiring.dispatch) as db:
        act_as_sender = actions.sender_of(referral)
        actions.settle_error(db, task.id, "", mistake=True, by=act_as_sender, at=LATER)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.settle_error(db, task.id, "", mistake=True, by=MO, at=LATER)
    assert task_of(databases, referral).status == "entered_in_error"


def test_of_a_withdrawn_request_with_an_appointment_only_the_bookkeeping_is_left(
    databases: Databases, referral: Referral
) -> None:
    act(databases, referral, "accept")
    act(databases, referral, "schedule", appointment_at=DAY)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.withdraw(db, referral.id, by=actions.sender_of(referral), at=LATER)
    task = task_of(databases, referral)
    assert (task.status, task.answer_due_at is not None) == ("cancel_requested", True)
    actions.refuse_when_closed(task)
    with pytest.raises(Forbidden):
        actions.refuse_unless_readable(task)
    assert act(databases, referral, "confirm_cancel").status == "cancelled"


def test_the_clinic_is_late_from_the_first_reminder_of_its_state_on(databases: Databases, referral: Referral) -> None:
    task = task_of(databases, referral)
    assert task.answer_due_at is not None
    assert dt.timedelta(days=1) < task.answer_due_at - AT < dt.timedelta(days=5)
    asked = act(databases, referral, "ask", Said(question="Which?"))
    assert asked.answer_due_at is None


def test_the_terms_are_accepted_once_for_an_organization(databases: Databases, referral: Referral) -> None:
    for _press in range(2):
        with unit_of_work(databases, wiring.dispatch) as db:
            organization_id = db.get_one(Location, task_of(databases, referral).location_id).organization_id
            terms.accept(db, organization_id, by=NOOR, at=LATER)
    with reading(databases) as db:
        assert terms.are_accepted(db, organization_id)
        rows = db.exec(select(AuditEvent).where(AuditEvent.action == "health_terms_accepted")).all()
        assert len(rows) == 1


def test_two_who_delete_at_once_are_told_once(make_database: Callable[[str], Maker]) -> None:
    # On PostgreSQL alone: SQLite has one writer, so nobody else can have read before.
    databases = Databases(make_database("postgresql").migrated(), keys=ring_for_tests())
    found = sent_request(databases, ready_clinic(databases), clinician=True)
    with unit_of_work(databases, wiring.dispatch) as later:
        seen = queries.get_referral(later, found.id)  # as the guard of a page reads and keeps it
        by = actions.sender_of(seen)
        with unit_of_work(databases, wiring.dispatch) as db:
            sender_actions.delete(db, found.id, by=by, at=LATER)
        sender_actions.delete(later, found.id, by=by, at=LATER)
    with reading(databases) as db:
        mails = db.exec(select(OutboxMessage).where(OutboxMessage.message == messages.DELETED)).all()
        purges = db.exec(select(AuditEvent).where(AuditEvent.action == "content_purged")).all()
    databases.close()
    assert (len(mails), len(purges)) == (1, 1)
