"""Whatever workers do, and in whatever order: one holder at a time, one end, and each end told once."""

import datetime as dt
import uuid
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.delivery import announcing, sending
from directory.delivery.events import DeliveryDelayed, DeliveryFailed, DeliverySent
from directory.delivery.models import AttemptOutcome, OutboxState
from directory.delivery.queries import OPEN
from directory.lib import clock
from directory.lib.db import Databases
from tests.support.outbox import promise, row_of
from tests.support.time import START

SENT = sending.Result(AttemptOutcome.SENT, 250)
LATER = sending.Result(AttemptOutcome.TEMPORARY, 451)
NEVER = sending.Result(AttemptOutcome.PERMANENT, 550)
UNWANTED = sending.Result(None)

ACTS = st.one_of(
    st.tuples(st.just("claim"), st.integers(0, 1)),
    st.tuples(st.just("settle"), st.integers(0, 1), st.sampled_from([SENT, SENT, LATER, LATER, NEVER, UNWANTED])),
    st.tuples(st.just("die"), st.integers(0, 1)),
    st.tuples(st.just("wait"), st.sampled_from([6, 61, 61, 200, 2000, 80_000])),
    st.tuples(st.just("announce")),
    st.tuples(st.just("break listener"), st.booleans()),
)


class Post:
    """Two workers, a listener that may be broken, and what they saw."""

    def __init__(self, databases: Databases) -> None:
        self.databases = databases
        self.hands: dict[int, sending.Job] = {}
        self.settled: Counter[uuid.UUID] = Counter()
        self.heard: Counter[tuple[type, uuid.UUID, bool]] = Counter()
        self.broken = False
        self._pending: list[Any] = []

    def listen(self, _db: object, event: Any) -> None:
        if self.broken:
            raise RuntimeError("a mistake elsewhere")
        self.heard[type(event), event.outbox_id, getattr(event, "given_up", False)] += 1

    def claim(self, worker: int) -> None:
        job = sending.claim(self.databases, "recorder")
        if job is None:
            return
        for other in self.hands.values():
            if other.outbox_id == job.outbox_id:
                row = row_of(self.databases, job.outbox_id)
                assert row.lease_token == job.lease_token != other.lease_token
        self.hands[worker] = job

    def settle(self, worker: int, result: sending.Result) -> None:
        if job := self.hands.pop(worker, None):
            mine = row_of(self.databases, job.outbox_id).lease_token == job.lease_token
            assert sending.settle(self.databases, job, result, dispatch=self.listen) == mine

    def announce(self) -> None:
        announcing.announce(self.databases, dispatch=self.listen)


def do(post: Post, act: tuple[Any, ...]) -> None:
    match act:
        case "claim", worker:
            post.claim(worker)
        case "settle", worker, result:
            post.settle(worker, result)
        case "die", worker:
            post.hands.pop(worker, None)
        case ("announce",):
            post.announce()
        case "break listener", broken:
            post.broken = broken


def run_out(post: Post, ids: list[uuid.UUID], now: dt.datetime) -> None:
    """A good worker and a mended listener, until all is settled and told."""
    post.broken = False
    for day in range(400):
        with clock.standing_at(now + dt.timedelta(hours=12 * day)):
            while (job := sending.claim(post.databases, "recorder")) is not None:
                sending.settle(post.databases, job, SENT, dispatch=post.listen)
            post.announce()
        if all(row_of(post.databases, each).state not in OPEN for each in ids):
            return
    raise AssertionError("something waits for ever")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, min_size=12, max_size=40), st.integers(1, 2))
def test_every_message_ends_once_and_its_end_is_told_once(
    databases: Databases, acts: list[tuple[Any, ...]], messages: int
) -> None:
    now, post = START, Post(databases)
    with clock.standing_at(now):
        ids = [promise(databases) for _ in range(messages)]
    for act in acts:
        if act[0] == "wait":
            now += dt.timedelta(seconds=act[1])
        with clock.standing_at(now):
            do(post, act)
    run_out(post, ids, now)
    for each in ids:
        row = row_of(databases, each)
        sent, given_up = row.state == OutboxState.SENT, row.state in (OutboxState.BOUNCED, OutboxState.DEAD)
        assert post.heard[DeliverySent, each, False] == int(sent)
        assert post.heard[DeliveryFailed, each, True] == int(given_up)
        assert post.heard[DeliveryFailed, each, False] <= 1
        assert post.heard[DeliveryDelayed, each, False] <= 1
        assert not row.unannounced
        assert row.lease_token is None
        assert (row.mailbox_sealed is None) == (not given_up)
