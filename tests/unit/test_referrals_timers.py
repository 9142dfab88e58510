"""What time does to requests: reminders, the word to the sender, closing, forgetting; on both databases."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, text
from sqlmodel import select

from directory import wiring
from directory.delivery.actions import mailbox_of
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.queries import find_endpoint
from directory.referrals import actions, clinic_actions, drafts, lifecycle, messages, queries, timers
from directory.referrals.models import Draft, DraftKind, Referral, ReferralTask, Who
from tests.support.clinics import AT
from tests.support.requests import CLINIC_MAILBOX, NOOR, PATIENT_MAILBOX, ready_clinic, sent_request
from tests.support.time import Clock

OPERATOR = "operator@example.org"


@pytest.fixture
def harbour(databases: Databases, clock: Clock) -> UUID:
    """Harbour Clinic's location, at AT."""
    return ready_clinic(databases)


def run(databases: Databases) -> int:
    return timers.run_due(databases, dispatch=wiring.dispatch, operator_mailbox=OPERATOR)


def mails(databases: Databases) -> list[tuple[str, str]]:
    """(message, mailbox) of what waits, which then counts as sent."""
    with unit_of_work(databases) as db:
        rows = db.exec(select(OutboxMessage).where(OutboxMessage.state == "queued")).all()
        found = sorted((row.message, mailbox_of(db, row)) for row in rows)
        for row in rows:
            row.state = "sent"
            db.add(row)
    return found


def task(databases: Databases) -> ReferralTask:
    with reading(databases) as db:
        return db.exec(select(ReferralTask)).one()


def test_a_silent_clinic_is_reminded_at_two_five_and_ten_working_days_and_the_sender_told_at_five(
    databases: Databases, harbour: UUID, clock: Clock
) -> None:
    sent_request(databases, harbour)
    mails(databases)
    reminder, told = ("referral_reminder", CLINIC_MAILBOX), ("request_unanswered", PATIENT_MAILBOX)
    for days, expected in [(1, []), (2, [reminder]), (6, []), (7, [reminder, told]), (14, [reminder]), (29, [])]:
        clock.travel(to=AT + dt.timedelta(days=days))
        run(databases)
        run(databases)
        assert mails(databases) == expected, days


def test_after_thirty_days_it_is_closed_and_both_are_told(databases: Databases, harbour: UUID, clock: Clock) -> None:
    sent_request(databases, harbour)
    clock.travel(to=AT + dt.timedelta(days=29))
    run(databases)
    mails(databases)
    clock.travel(to=AT + dt.timedelta(days=30))
    assert run(databases) == 1
    assert task(databases).status == "expired"
    assert mails(databases) == [("referral_expired", CLINIC_MAILBOX), ("request_expired", PATIENT_MAILBOX)]
    with reading(databases) as db:
        assert db.exec(select(Referral.closed_at)).one() == AT + dt.timedelta(days=30)
    assert run(databases) == 0


def test_a_referral_that_is_soon_is_closed_after_fourteen_days(
    databases: Databases, harbour: UUID, clock: Clock
) -> None:
    sent_request(databases, harbour, clinician=True)
    clock.travel(to=AT + dt.timedelta(days=14))
    run(databases)
    assert task(databases).status == "expired"


def test_after_a_long_stop_nobody_gets_three_reminders(databases: Databases, harbour: UUID, clock: Clock) -> None:
    sent_request(databases, harbour)
    mails(databases)
    clock.travel(to=AT + dt.timedelta(days=20))
    run(databases)
    assert [message for message, _mailbox in mails(databases)] == ["referral_reminder", "request_unanswered"]


def test_who_has_accepted_is_asked_and_then_a_person_of_ours_is_told(
    databases: Databases, harbour: UUID, clock: Clock
) -> None:
    sent_request(databases, harbour)
    with unit_of_work(databases, wiring.dispatch) as db:
        opened = actions.open_by_clinic(db, task(databases).id, by=NOOR, at=AT)
    with unit_of_work(databases, wiring.dispatch) as db:
        clinic_actions.accept(db, opened.id, by=NOOR, at=AT, version=2)
    mails(databases)
    clock.travel(to=AT + dt.timedelta(days=14))
    run(databases)
    assert mails(databases) == [("referral_reminder", CLINIC_MAILBOX)]
    clock.travel(to=AT + dt.timedelta(days=28))
    run(databases)
    assert mails(databases) == [("operator_alert", OPERATOR)]
    with reading(databases) as db:
        [waiting] = queries.find_for_person(db)
    assert waiting.for_person_why == "silence"


def test_a_clinic_whose_mailbox_is_gone_makes_the_request_undeliverable(
    databases: Databases, harbour: UUID, clock: Clock
) -> None:
    sent_request(databases, harbour)
    with unit_of_work(databases) as db:
        endpoint = find_endpoint(db, harbour)
        assert endpoint is not None
        endpoint.active = False
        db.add(endpoint)
    clock.travel(to=AT + dt.timedelta(days=2))
    run(databases)
    assert task(databases).status == "undeliverable"
    clock.advance(days=1)
    run(databases)
    with reading(databases) as db:
        assert [row.for_person_why for row in queries.find_for_person(db)] == ["undeliverable"]
    clock.advance(days=30)
    run(databases)
    assert task(databases).status == "expired"


def question(databases: Databases) -> None:
    """Noor has a question for the sender."""
    with unit_of_work(databases) as db:
        row = queries.get_task(db, task(databases).id, to_change=True)
        db.add(lifecycle.step(row, "ask", by=Who.CLINIC, actor=str(NOOR), at=AT, note=True))
        db.add(row)


def test_a_sender_with_a_question_is_reminded_of_it_and_never_told_of_a_silent_clinic(
    databases: Databases, harbour: UUID, clock: Clock
) -> None:
    sent_request(databases, harbour)
    question(databases)
    mails(databases)
    asked = ("request_question", PATIENT_MAILBOX)
    closed = [("referral_lapsed", CLINIC_MAILBOX), ("request_lapsed", PATIENT_MAILBOX)]
    for days, expected in [(5, []), (7, [asked]), (10, []), (14, [asked]), (27, []), (28, closed), (40, [])]:
        clock.travel(to=AT + dt.timedelta(days=days))
        run(databases)
        run(databases)
        assert mails(databases) == expected, days


def test_a_mail_that_waited_is_not_sent_to_whom_it_no_longer_concerns(
    databases: Databases, harbour: UUID, clock: Clock
) -> None:
    referral = sent_request(databases, harbour)
    wanted = {
        "referral_arrived": (True, False),
        "referral_reminder": (True, False),
        "request_unanswered": (True, False),
        "request_question": (False, True),
        "request_received": (True, True),
    }

    def now(message: str) -> bool:
        with reading(databases) as db:
            about = task(databases).id if message.startswith("referral") else referral.id
            return messages.is_still_wanted(db, message, about)

    assert {message: now(message) for message in wanted} == {name: first for name, (first, _then) in wanted.items()}
    question(databases)
    assert {message: now(message) for message in wanted} == {name: then for name, (_first, then) in wanted.items()}


def test_two_workers_at_once_send_one_reminder(databases: Databases, harbour: UUID, clock: Clock) -> None:
    sent_request(databases, harbour)
    mails(databases)
    clock.travel(to=AT + dt.timedelta(days=2))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _n: run(databases), range(4)))
    assert mails(databases) == [("referral_reminder", CLINIC_MAILBOX)]


def test_the_content_of_a_closed_request_is_destroyed_after_ninety_days(
    databases: Databases, harbour: UUID, clock: Clock
) -> None:
    referral = sent_request(databases, harbour)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.withdraw(db, referral.id, by=actions.sender_of(referral), at=AT)
    for days, purged in [(89, False), (90, True)]:
        clock.travel(to=AT + dt.timedelta(days=days))
        run(databases)
        with reading(databases) as db:
            again = queries.get_referral(db, referral.id)
        assert (again.content_sealed is None) is purged


def refuse_changes(databases: Databases, referral: Referral) -> None:
    """From now on the database refuses every change of this referral's row."""
    with unit_of_work(databases) as db:
        if databases.is_sqlite:
            body = "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        else:
            said = "CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS"
            db.execute(text(f"{said} $$ BEGIN RAISE EXCEPTION 'refused'; END $$"))
            body = "EXECUTE FUNCTION refused()"
        when = f"FOR EACH ROW WHEN (OLD.reference = '{referral.reference}')"
        db.execute(text(f"CREATE TRIGGER refuse_changes BEFORE UPDATE ON referral {when} {body}"))


def test_one_request_that_cannot_be_forgotten_keeps_no_other(databases: Databases, harbour: UUID, clock: Clock) -> None:
    sent = [sent_request(databases, harbour, key=f"key-{n}", email=f"pat{n}@example.net") for n in range(3)]
    for referral in sent:
        with unit_of_work(databases, wiring.dispatch) as db:
            actions.withdraw(db, referral.id, by=actions.sender_of(referral), at=AT)
    with reading(databases) as db:
        first = queries.find_to_purge(db, AT + dt.timedelta(days=91), at_most=9)[0]
        refuse_changes(databases, queries.get_referral(db, first))
    clock.travel(to=AT + dt.timedelta(days=91))
    run(databases)
    with reading(databases) as db:
        kept = [each.id for each in sent if queries.get_referral(db, each.id).content_sealed is not None]
    assert kept == [first]


def test_a_form_is_forgotten_after_a_day(databases: Databases, harbour: UUID, clock: Clock) -> None:
    with unit_of_work(databases) as db:
        drafts.begin(db, kind=DraftKind.PATIENT, location_id=harbour, agreed={"agree_share": "yes"}, at=AT)
    for hours, kept in [(23, 1), (24, 0)]:
        clock.travel(to=AT + dt.timedelta(hours=hours))
        run(databases)
        with reading(databases) as db:
            assert db.exec(select(func.count()).select_from(Draft)).one() == kept


def test_one_request_that_cannot_be_seen_to_holds_up_no_other(
    databases: Databases, harbour: UUID, clock: Clock
) -> None:
    broken = sent_request(databases, harbour)
    sent_request(databases, harbour, key="key-2")
    mails(databases)
    with unit_of_work(databases) as db:
        row = queries.get_referral(db, broken.id)
        row.mailbox_sealed = b"\x01" + bytes(60)
        db.add(row)
    clock.travel(to=AT + dt.timedelta(days=7))
    run(databases)
    assert ("request_unanswered", PATIENT_MAILBOX) in mails(databases)
    assert run(databases) == 0
    clock.advance(minutes=10)
    assert run(databases) == 1
