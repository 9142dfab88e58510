"""One worker at a time, by the database's clock; a worker that dies or is late changes nothing twice."""

import threading
import uuid
from collections import Counter

from directory.delivery import sending
from directory.delivery.events import DeliveryFailed, DeliverySent
from directory.delivery.models import OutboxState
from directory.lib.db import Databases
from tests.support.outbox import Heard, promise, row_of
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


def test_a_message_that_kills_every_worker_is_given_up_in_the_end(databases: Databases, clock: Clock) -> None:
    outbox_id = promise(databases)
    heard = Heard()
    claims = 0
    while sending.claim(databases, "recorder", dispatch=heard) is not None:
        claims += 1
        clock.advance(seconds=61)
    assert claims == 60
    assert row_of(databases, outbox_id).state == OutboxState.DEAD
    assert heard.events == [DeliveryFailed(outbox_id, "referral_arrived", None, given_up=True)]
