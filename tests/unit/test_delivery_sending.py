"""The outbox: queued with the change, sent once, tried again on schedule, announced when late, buried with a word."""

import datetime as dt
import uuid
from collections import Counter

import pytest
from sqlmodel import Session, select

from directory.delivery import actions, announcing, queries, rules, sending
from directory.delivery.events import DeliveryDelayed, DeliveryFailed, DeliverySent
from directory.delivery.letters import NoLongerWanted, Rendered
from directory.delivery.models import DeliveryAttempt, OutboxMessage, OutboxState
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.sealed import KeyDestroyed, KeyRing
from tests.support.databases import TEST_KEY
from tests.support.outbox import CLINIC, Heard, Recorder, plain, promise, refused, row_of
from tests.support.time import Clock


def test_a_promise_stands_or_falls_with_the_change_it_tells_of(databases: Databases) -> None:
    def change() -> None:
        with unit_of_work(databases) as db:
            actions.queue(db, message="request_received", mailbox=CLINIC, ids={"reference": "R-7F3K-92"})
            raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError):
        change()
    with reading(databases) as db:
        assert db.exec(select(OutboxMessage)).all() == []


@pytest.mark.parametrize("mailbox", ["", "a@b.org, c@d.org", "a@b.org\nBcc: c@d.org"])
def test_only_one_plain_mailbox_can_be_promised_anything(databases: Databases, mailbox: str) -> None:
    with unit_of_work(databases) as db, pytest.raises(ValueError, match="mailbox"):
        actions.queue(db, message="operator_alert", mailbox=mailbox, ids={})


def test_a_message_nobody_wrote_or_without_what_it_needs_cannot_be_promised(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        with pytest.raises(KeyError):
            actions.queue(db, message="referal_arrived", mailbox=CLINIC, ids={})
        with pytest.raises(ValueError, match="task"):
            actions.queue(db, message="referral_arrived", mailbox=CLINIC, ids={"reference": "R-7F3K-92"})


def test_a_queued_message_does_not_show_its_recipient(databases: Databases) -> None:
    row = row_of(databases, promise(databases))
    assert b"harbour" not in (row.mailbox_sealed or b"")
    assert "harbour" not in repr(row)


def test_a_due_message_is_sent_once_and_then_its_recipient_is_forgotten(databases: Databases) -> None:
    outbox_id = promise(databases)
    channel, heard = Recorder(), Heard()
    assert sending.deliver_due(databases, channel, plain, dispatch=heard) == 1
    assert sending.deliver_due(databases, channel, plain, dispatch=heard) == 0
    (letter,) = channel.letters
    assert letter.mailbox == CLINIC
    assert letter.words.text == "Reference R-7F3K-92\n"
    row = row_of(databases, outbox_id)
    assert (row.state, row.attempts, row.failures, row.last_code) == (OutboxState.SENT, 1, 0, 250)
    assert row.mailbox_sealed is None
    assert heard.events == [DeliverySent(outbox_id, "referral_arrived", None)]
    with reading(databases) as db:
        attempt = db.exec(select(DeliveryAttempt)).one()
    assert (attempt.number, attempt.channel, attempt.outcome, attempt.code) == (1, "recorder", "sent", 250)
    assert attempt.ended_at is not None


def test_a_message_waits_for_its_time(databases: Databases, clock: Clock) -> None:
    promise(databases, not_before=clock.now() + dt.timedelta(days=2))
    channel = Recorder()
    assert sending.deliver_due(databases, channel, plain) == 0
    clock.advance(days=2)
    assert sending.deliver_due(databases, channel, plain) == 1


def test_what_expired_is_dropped_without_a_word(databases: Databases, clock: Clock) -> None:
    outbox_id = promise(databases, message="code", expires_at=clock.now() + dt.timedelta(minutes=10))
    channel, heard = Recorder(refused()), Heard()
    sending.deliver_due(databases, channel, plain, dispatch=heard, operator_mailbox="ops@example.org")
    clock.advance(minutes=11)
    assert sending.deliver_due(databases, channel, plain, dispatch=heard, operator_mailbox="ops@example.org") == 0
    clock.advance(hours=3)
    sending.deliver_due(databases, channel, plain, dispatch=heard, operator_mailbox="ops@example.org")
    row = row_of(databases, outbox_id)
    assert (row.state, row.mailbox_sealed) == (OutboxState.DROPPED, None)
    assert heard.events == []
    assert channel.letters == []


def test_a_code_goes_out_before_what_can_wait(databases: Databases, clock: Clock) -> None:
    promise(databases)
    clock.advance(seconds=1)
    promise(databases, message="code", expires_at=clock.now() + dt.timedelta(minutes=10))
    channel = Recorder()
    sending.deliver_due(databases, channel, plain)
    assert [letter.words.subject for letter in channel.letters] == ["code", "referral_arrived"]


def test_a_refused_message_is_tried_twelve_times_over_three_days_and_then_buried(
    databases: Databases, clock: Clock
) -> None:
    outbox_id = promise(databases)
    started = clock.now()
    channel, heard = Recorder(*(refused() for _ in range(12))), Heard()
    waits = []
    while (row := row_of(databases, outbox_id)).state == OutboxState.QUEUED:
        waits.append((row.due_at - clock.now()).total_seconds())
        clock.travel(to=row.due_at)
        sending.deliver_due(databases, channel, plain, dispatch=heard)
    assert (row.state, row.attempts, row.failures, row.last_code) == (OutboxState.DEAD, 12, 12, 451)
    for wait, scheduled in zip(waits, rules.SCHEDULE_S, strict=True):
        assert scheduled * 0.74 <= wait <= scheduled * 1.26
    assert 50 <= (clock.now() - started).total_seconds() / 3600 <= 95
    assert heard.kinds() == [DeliveryDelayed, DeliveryFailed, DeliveryFailed]
    assert heard.events[-1].given_up
    assert not heard.events[-2].given_up
    assert channel.letters == []


def test_half_an_hour_late_is_announced_once_and_an_hour_too(databases: Databases, clock: Clock) -> None:
    about = uuid.uuid4()
    outbox_id = promise(databases, about_id=about)
    channel, heard = Recorder(*(refused(None, reason="timeout") for _ in range(20))), Heard()
    heard_at = {}
    for minute in range(90):
        sending.deliver_due(databases, channel, plain, dispatch=heard)
        heard_at |= {event: minute for event in heard.events if event not in heard_at}
        clock.advance(minutes=1)
    assert heard_at == {
        DeliveryDelayed(outbox_id, "referral_arrived", about): 30,
        DeliveryFailed(outbox_id, "referral_arrived", about, given_up=False): 60,
    }
    assert len(heard.events) == 2
    assert row_of(databases, outbox_id).state == OutboxState.QUEUED


def test_a_person_is_told_after_an_hour_though_it_is_still_tried(databases: Databases, clock: Clock) -> None:
    promise(databases)
    channel = Recorder(refused())
    sending.deliver_due(databases, channel, plain, operator_mailbox="ops@example.org")
    clock.advance(minutes=61)
    announcing.announce(databases, operator_mailbox="ops@example.org")
    sending.deliver_due(databases, channel, plain)
    assert sorted(letter.mailbox for letter in channel.letters) == [CLINIC, "ops@example.org"]


def test_a_late_message_that_gets_through_after_all_says_so(databases: Databases, clock: Clock) -> None:
    promise(databases)
    heard = Heard()
    sending.deliver_due(databases, Recorder(refused()), plain, dispatch=heard)
    clock.advance(minutes=61)
    sending.deliver_due(databases, Recorder(), plain, dispatch=heard)
    assert heard.kinds() == [DeliverySent]


def test_nothing_is_called_late_that_nobody_has_tried_to_send(databases: Databases, clock: Clock) -> None:
    promise(databases)
    clock.advance(hours=5)
    heard = Heard()
    announcing.announce(databases, dispatch=heard)
    assert heard.events == []


def test_the_first_lasting_refusal_ends_it_and_a_person_is_told(databases: Databases) -> None:
    outbox_id = promise(databases)
    channel, heard = Recorder(refused(550, permanent=True)), Heard()
    sending.deliver_due(databases, channel, plain, dispatch=heard, operator_mailbox="ops@example.org")
    assert row_of(databases, outbox_id).state == OutboxState.BOUNCED
    assert DeliveryFailed(outbox_id, "referral_arrived", None, given_up=True) in heard.events
    (alert,) = channel.letters
    assert alert.mailbox == "ops@example.org"
    assert alert.words.subject == "operator_alert"


def test_many_failures_make_one_alert_and_a_failed_alert_makes_none(databases: Databases, clock: Clock) -> None:
    for _ in range(5):
        promise(databases)
    for _ in range(6):
        sending.deliver_due(
            databases,
            Recorder(*(refused(550, permanent=True) for _ in range(5)), refused(), refused(), refused()),
            plain,
            operator_mailbox="ops@example.org",
        )
        clock.advance(minutes=25)
    with reading(databases) as db:
        found = Counter((row.message, row.state) for row in db.exec(select(OutboxMessage)))
    assert found["referral_arrived", "bounced"] == 5
    assert found.total() == 6


def test_a_message_called_off_is_not_sent(databases: Databases) -> None:
    about = uuid.uuid4()
    promise(databases, about_id=about)
    reminder = promise(databases, message="referral_reminder", about_id=about)
    with unit_of_work(databases) as db:
        assert actions.call_off(db, about, message="referral_reminder") == 1
    channel = Recorder()
    sending.deliver_due(databases, channel, plain)
    assert [letter.words.subject for letter in channel.letters] == ["referral_arrived"]
    assert row_of(databases, reminder).mailbox_sealed is None


def test_a_renderer_can_say_that_nobody_wants_it_any_more(databases: Databases) -> None:
    outbox_id = promise(databases)

    def unwanted(_db: Session, _job: sending.Job) -> Rendered:
        raise NoLongerWanted

    channel, heard = Recorder(), Heard()
    assert sending.deliver_due(databases, channel, unwanted, dispatch=heard) == 1
    assert row_of(databases, outbox_id).state == OutboxState.DROPPED
    assert channel.letters == []
    assert heard.events == []


def test_a_broken_template_is_a_failed_attempt_and_stops_nobody_else(
    databases: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    promise(databases, message="request_opened")
    promise(databases)

    def sometimes(db: Session, job: sending.Job) -> Rendered:
        if job.message == "request_opened":
            raise KeyError(job.mailbox)
        return plain(db, job)

    channel = Recorder()
    assert sending.deliver_due(databases, channel, sometimes) == 2
    assert [letter.words.subject for letter in channel.letters] == ["referral_arrived"]
    assert "KeyError" in caplog.text
    assert "harbour" not in caplog.text


def test_the_log_and_the_records_name_no_recipient(databases: Databases, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    promise(databases)
    channel = Recorder(refused(550, permanent=True), RuntimeError(CLINIC))
    sending.deliver_due(databases, channel, plain, operator_mailbox="ops@example.org")
    assert "attempt 1" in caplog.text
    assert "harbour" not in caplog.text
    assert "ops@" not in caplog.text
    with reading(databases) as db:
        assert "@" not in repr(db.exec(select(DeliveryAttempt)).all())


def test_an_unreachable_server_costs_one_message_one_attempt_and_not_all_of_them(databases: Databases) -> None:
    for _ in range(3):
        promise(databases)
    channel = Recorder(*(refused(None, reason="connect") for _ in range(3)))
    assert sending.deliver_due(databases, channel, plain) == 1


def test_where_a_message_stands_can_be_asked(databases: Databases, clock: Clock) -> None:
    about = uuid.uuid4()
    promise(databases, about_id=about)
    clock.advance(seconds=1)
    promise(databases, message="request_received", about_id=about)
    sending.deliver_due(databases, Recorder(refused(421)), plain)
    clock.advance(minutes=31)
    with reading(databases) as db:
        first, second = queries.find_about(db, about)
        figures = queries.backlog(db, clock.now())
    assert (first.state, first.attempts, first.last_code) == (OutboxState.QUEUED, 1, 421)
    assert first.next_try_at is not None
    assert (second.state, second.next_try_at) == (OutboxState.SENT, None)
    assert (figures.waiting, figures.late, figures.failed) == (1, 0, 0)
    assert figures.oldest_due_at == first.next_try_at
    announcing.announce(databases)
    with reading(databases) as db:
        assert queries.backlog(db, clock.now()).late == 1


def test_recipients_are_sealed_again_under_the_new_key(database_url: str) -> None:
    old = Databases(database_url, keys=KeyRing({"k1": TEST_KEY}))
    outbox_id = promise(old)
    old.close()
    both = Databases(database_url, keys=KeyRing({"k2": TEST_KEY[::-1], "k1": TEST_KEY}))
    with unit_of_work(both) as db:
        assert actions.reseal(db) == 1
    with unit_of_work(both) as db:
        assert actions.reseal(db) == 0
    both.close()
    new = Databases(database_url, keys=KeyRing({"k2": TEST_KEY[::-1]}))
    with reading(new) as db:
        assert actions.mailbox_of(db, db.get_one(OutboxMessage, outbox_id)) == CLINIC
    new.close()


def test_a_mailbox_that_failed_is_forgotten_when_its_message_has_lost_its_sense(
    databases: Databases, clock: Clock
) -> None:
    outbox_id = promise(databases, expires_at=clock.now() + dt.timedelta(hours=48))
    sending.deliver_due(databases, Recorder(refused(550, permanent=True)), plain)
    clock.advance(hours=47)
    with unit_of_work(databases) as db:
        actions.purge(db)
    assert row_of(databases, outbox_id).mailbox_sealed is not None
    clock.advance(hours=1)
    with unit_of_work(databases) as db:
        actions.purge(db)
    assert row_of(databases, outbox_id).mailbox_sealed is None


def test_old_rows_are_forgotten_in_two_steps(databases: Databases, clock: Clock) -> None:
    outbox_id = promise(databases)
    sending.deliver_due(databases, Recorder(refused(550, permanent=True)), plain)
    with unit_of_work(databases) as db:
        actions.purge(db)
    assert row_of(databases, outbox_id).mailbox_sealed is not None
    clock.advance(days=30)
    with unit_of_work(databases) as db:
        actions.purge(db)
    with reading(databases) as db, pytest.raises(KeyDestroyed):
        actions.mailbox_of(db, db.get_one(OutboxMessage, outbox_id))
    clock.advance(days=60)
    waiting = promise(databases)
    with unit_of_work(databases) as db:
        actions.purge(db)
    with reading(databases) as db:
        assert [row.id for row in db.exec(select(OutboxMessage))] == [waiting]
        assert db.exec(select(DeliveryAttempt)).all() == []
