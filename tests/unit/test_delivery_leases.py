"""One worker at a time, by the database's clock; a worker that dies or is late changes nothing twice."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import text, update
from sqlmodel import Session, col, select

from directory.delivery import actions, announcing, leases, rules, sending
from directory.delivery.events import DeliveryDelayed, DeliveryFailed, DeliverySent
from directory.delivery.models import DeliveryAttempt, Lane, OutboxMessage, OutboxState
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.sealed import KeyRing
from tests.support.databases import TEST_KEY, Maker
from tests.support.outbox import Heard, Recorder, plain, promise, refused, row_of
from tests.support.time import Clock


def test_only_one_worker_has_a_message_at_a_time(databases: Databases) -> None:
    for _ in range(40):
        promise(databases)
    taken: Counter[uuid.UUID] = Counter()
    problems: list[BaseException] = []

    def work() -> None:
        try:
            while (job := sending.claim(databases, "recorder")) is not None:
                taken[job.outbox_id] += 1
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert len(taken) == 40
    assert set(taken.values()) == {1}


def test_a_lease_ends_and_the_next_worker_takes_over_and_the_first_cannot_settle(
    databases: Databases, clock: Clock
) -> None:
    promise(databases)
    slow = sending.claim(databases, "recorder")
    assert slow is not None
    clock.advance(seconds=59)
    assert sending.claim(databases, "recorder") is None
    clock.advance(seconds=1)
    second = sending.claim(databases, "recorder")
    assert second is not None
    assert (second.attempt, second.message_key) == (2, slow.message_key)
    sent = sending.Result(sending.AttemptOutcome.SENT, 250)
    heard = Heard()
    assert not sending.settle(databases, slow, sent, dispatch=heard)
    assert heard.events == []
    assert sending.settle(databases, second, sent, dispatch=heard)
    assert heard.kinds() == [DeliverySent]


def test_a_message_that_kills_every_worker_repeats_ever_less_and_is_given_up_in_the_end(
    databases: Databases, clock: Clock
) -> None:
    outbox_id = promise(databases)
    heard = Heard()
    began = clock.now()
    at = []
    while sending.claim(databases, "recorder") is not None:
        at.append((clock.now() - began).total_seconds())
        lease_until = row_of(databases, outbox_id).lease_until
        assert lease_until is not None
        clock.travel(to=lease_until)
    assert at[:5] == [0, 60, 120, 180, 300]
    assert 60 <= at[-1] / 3600 <= 80
    row = row_of(databases, outbox_id)
    assert (row.state, row.attempts) == (OutboxState.DEAD, 15)
    announcing.announce(databases, dispatch=heard)
    announcing.announce(databases, dispatch=heard)
    assert heard.events == [DeliveryFailed(outbox_id, "referral_arrived", None, given_up=True)]


def test_what_was_lost_with_its_worker_goes_alone_so_that_it_takes_nobody_else_down(
    databases: Databases, clock: Clock
) -> None:
    for _ in range(3):
        promise(databases)

    def take() -> list[leases.Job]:
        with unit_of_work(databases) as db:
            return leases.take(db, Lane.MAIL, "recorder", at_most=10, lease=rules.lease_after)

    together = take()
    assert len({job.outbox_id for job in together}) == 3
    assert take() == []
    clock.advance(minutes=1)
    one_by_one = [take() for _ in range(4)]
    assert [len(jobs) for jobs in one_by_one] == [1, 1, 1, 0]
    assert {jobs[0].outbox_id for jobs in one_by_one[:3]} == {job.outbox_id for job in together}


def test_what_was_taken_and_not_begun_goes_back_as_it_was(databases: Databases) -> None:
    rows = [promise(databases) for _ in range(3)]
    assert sending.deliver_due(databases, Recorder(refused(None, reason="connect")), plain) == 1
    found = [row_of(databases, each) for each in rows]
    assert [row.state for row in found] == [OutboxState.QUEUED] * 3
    assert sorted(row.attempts for row in found) == [0, 0, 1]
    with reading(databases) as db:
        assert len(db.exec(select(DeliveryAttempt)).all()) == 1


def test_a_slow_server_leaves_the_rest_of_a_group_to_whoever_comes_next(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "GROUP_S", 0.0)
    for _ in range(5):
        promise(databases)
    channel = Recorder()
    assert sending.deliver_due(databases, channel, plain) == 5
    assert len({letter.message_key for letter in channel.letters}) == len(channel.letters) == 5


def test_a_listener_that_fails_sends_no_mail_twice_and_hears_of_it_when_it_is_mended(databases: Databases) -> None:
    outbox_id = promise(databases)
    channel, heard = Recorder(), Heard()

    def broken(_db: Session, _event: object) -> None:
        raise RuntimeError("a mistake elsewhere")

    for _ in range(3):
        sending.deliver_due(databases, channel, plain, dispatch=broken)
    assert len(channel.letters) == 1
    assert row_of(databases, outbox_id).state == OutboxState.SENT
    for _ in range(2):
        sending.deliver_due(databases, channel, plain, dispatch=heard)
    assert heard.events == [DeliverySent(outbox_id, "referral_arrived", None)]
    assert len(channel.letters) == 1


def test_two_workers_do_not_both_tell_that_a_message_is_late(databases: Databases, clock: Clock) -> None:
    promise(databases)
    sending.deliver_due(databases, Recorder(refused()), plain)
    clock.advance(minutes=31)
    heard = Heard()
    threads = [
        threading.Thread(target=announcing.announce, args=(databases,), kwargs={"dispatch": heard}) for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard.kinds() == [DeliveryDelayed]


def test_calling_off_never_waits_for_what_a_worker_has_in_hand(make_database: Callable[[str], Maker]) -> None:
    # On PostgreSQL alone: SQLite has one writer, so nobody else can have a row in hand.
    ring = KeyRing({"k1-tests": TEST_KEY})
    databases, elsewhere = (Databases(url, keys=ring) for url in [make_database("postgresql").migrated()] * 2)
    about = uuid.uuid4()
    held, free = promise(databases, about_id=about), promise(databases, about_id=about)
    with Session(elsewhere.writer) as other:
        other.execute(update(OutboxMessage).where(col(OutboxMessage.id) == held).values(attempts=1))
        with unit_of_work(databases) as db:
            db.execute(text("SET LOCAL lock_timeout = '1s'"))
            assert actions.call_off(db, about) == 1
        other.rollback()
    assert [row_of(databases, each).state for each in (held, free)] == [OutboxState.QUEUED, OutboxState.DROPPED]
    databases.close()
    elsewhere.close()
