"""Sends what is queued: take a few, close the transaction, send, settle. A crash anywhere loses nothing.

It may repeat a mail, with the same Message-ID; it never repeats a change of state. Every time is the database's.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from sqlmodel import Session

from directory.delivery import announcing, leases, rules
from directory.delivery.channels import Channel, NotTaken
from directory.delivery.events import DeliverySent
from directory.delivery.leases import Job, Lease, Result
from directory.delivery.letters import Letter, NoLongerWanted, Rendered
from directory.delivery.models import AttemptOutcome, Lane, OutboxState
from directory.lib import events
from directory.lib.db import Databases, reading, unit_of_work

log = logging.getLogger("directory.delivery")

Renderer = Callable[[Session, Job], Rendered]
"""Makes the words of a message from its template and ids, in a session that cannot write. May raise NoLongerWanted."""


class Busy:
    """Which partners' servers this process is calling: several threads send, each to another server."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        """Held while messages are settled and taken, so that no two threads take for the same server."""
        self.servers: set[str] = set()

    def free(self, jobs: Sequence[Job]) -> None:
        """Whatever happened to these, their servers may be called again."""
        with self.turn:
            self.servers -= _servers(jobs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What a worker works with: whom it tells, whom it alerts, and when it stops."""

    databases: Databases
    channel: Channel
    renderer: Renderer
    dispatch: events.Dispatch = events.nobody
    operator_mailbox: str = ""
    stopping: Callable[[], bool] = lambda: False
    lease: Lease = rules.lease_after
    busy: Busy | None = None


def deliver_due(
    databases: Databases,
    channel: Channel,
    renderer: Renderer,
    *,
    dispatch: events.Dispatch = events.nobody,
    operator_mailbox: str = "",
    stopping: Callable[[], bool] = lambda: False,
    lease: Lease = rules.lease_after,
    busy: Busy | None = None,
) -> int:
    """One pass: sends all that is due in this channel's lane, and announces what is late. Returns how many it tried.

    The pass ends early when the other side cannot be reached at all: nothing else would get through, and no message
    should spend its attempts on that. `busy` is shared by the threads of one process that send in the same lane.
    """
    office = Office(
        databases=databases,
        channel=channel,
        renderer=renderer,
        dispatch=dispatch,
        operator_mailbox=operator_mailbox,
        stopping=stopping,
        lease=lease,
        busy=busy,
    )
    tried, done = 0, _Done()
    jobs: list[Job] = []
    with closing(channel):
        try:
            while True:
                over = stopping() or done.unreachable
                jobs = _own_turn(office, done, at_most=0 if over else rules.GROUP)
                if not jobs:
                    break
                done = _send_group(office, jobs)
                tried += len(done.results)
        finally:
            if busy is not None:
                busy.free(jobs)
    announcing.announce(databases, dispatch=dispatch, operator_mailbox=operator_mailbox)
    return tried


def claim(
    databases: Databases, channel_name: str, *, lane: Lane = Lane.MAIL, lease: Lease = rules.lease_after
) -> Job | None:
    """Takes one due message until its lease ends, or None. Two workers never hold the same one at a time."""
    with unit_of_work(databases) as db:
        return next(iter(leases.take(db, lane, channel_name, at_most=1, lease=lease)), None)


def attempt(databases: Databases, channel: Channel, renderer: Renderer, job: Job) -> Result:
    """Renders and sends one message; no transaction is open while the network is in use."""
    try:
        with reading(databases) as db:
            words = renderer(db, job)
    except NoLongerWanted:
        return Result(None)
    except Exception as error:
        log.error("cannot render %s for %s: %s", job.message, job.outbox_id, type(error).__name__)
        return Result(AttemptOutcome.TEMPORARY, reason="render")
    try:
        code = channel.send(Letter(job.mailbox, words, job.message_key, job.queued_at, job.message, job.hook))
    except NotTaken as refusal:
        outcome = AttemptOutcome.PERMANENT if refusal.permanent else AttemptOutcome.TEMPORARY
        return Result(outcome, refusal.code, refusal.reason[:60], refusal.is_unreachable, refusal.wait_s)
    except Exception as error:  # whatever a channel does, the outbox goes on
        log.error("channel %s failed on %s: %s", channel.name, job.outbox_id, type(error).__name__)
        return Result(AttemptOutcome.TEMPORARY, reason=type(error).__name__[:60])
    return Result(AttemptOutcome.SENT, code)


def settle(
    databases: Databases,
    job: Job,
    result: Result,
    *,
    dispatch: events.Dispatch = events.nobody,
    operator_mailbox: str = "",
) -> bool:
    """Writes down how an attempt ended. False when the lease had run out and somebody else has the message now.

    Those who wait are told in the same transaction. If telling them fails, the end is written down all the same and
    told later: a mistake elsewhere must not send a mail again.
    """
    try:
        with unit_of_work(databases, dispatch) as db:
            (state,) = leases.write_down(db, [(job, result)])
            _tell(db, job, state, operator_mailbox)
    except Exception as error:
        announcing.failed_to_tell(job.outbox_id, error)
        with unit_of_work(databases) as db:
            (state,) = leases.write_down(db, [(job, result)], untold=True)
    _note(job, result, state)
    return state is not None


@dataclass(frozen=True, slots=True)
class _Done:
    """A group after its sending: how each attempt ended, and what was not begun in time."""

    results: Sequence[tuple[Job, Result]] = ()
    unbegun: Sequence[Job] = ()

    @property
    def unreachable(self) -> bool:
        return any(result.unreachable for _job, result in self.results)


def _send_group(office: Office, jobs: Sequence[Job]) -> _Done:
    """Sends one after the other; stops in time for every send to end well within its lease."""
    until = time.monotonic() + rules.GROUP_S
    results: list[tuple[Job, Result]] = []
    for number, job in enumerate(jobs):
        late = time.monotonic() > until or (results and (results[-1][1].unreachable or office.stopping()))
        if number and late:
            break
        results.append((job, attempt(office.databases, office.channel, office.renderer, job)))
    return _Done(results, jobs[len(results) :])


def _own_turn(office: Office, done: _Done, *, at_most: int) -> list[Job]:
    """A turn in which no other thread of this process takes for the same server as this one."""
    if office.busy is None:
        return _turn(office, done, at_most=at_most)
    with office.busy.turn:
        office.busy.servers -= _servers([job for job, _result in done.results] + list(done.unbegun))
        jobs = _turn(office, done, at_most=at_most)
        office.busy.servers |= _servers(jobs)
        return jobs


def _servers(jobs: Sequence[Job]) -> set[str]:
    return {job.hook.destination for job in jobs if job.hook is not None}


def _turn(office: Office, done: _Done, *, at_most: int) -> list[Job]:
    """Settles what was sent and takes the next few, in one transaction: most of a mail's cost is waiting for the disk.

    If anything fails in it, each message is settled in a transaction of its own, and what fails is told later.
    """
    if not done.results and not (at_most and _something_due(office)):
        return []
    try:
        with unit_of_work(office.databases, office.dispatch) as db:
            states = leases.write_down(db, done.results)
            for (job, _result), state in zip(done.results, states, strict=True):
                _tell(db, job, state, office.operator_mailbox)
            leases.give_back(db, done.unbegun)
            jobs = _take(office, db, at_most)
    except Exception as error:
        log.error("a group could not be settled together: %s", type(error).__name__)
        return _one_by_one(office, done, at_most=at_most)
    for (job, result), state in zip(done.results, states, strict=True):
        _note(job, result, state)
    return jobs


def _one_by_one(office: Office, done: _Done, *, at_most: int) -> list[Job]:
    for job, result in done.results:
        settle(office.databases, job, result, dispatch=office.dispatch, operator_mailbox=office.operator_mailbox)
    with unit_of_work(office.databases) as db:
        leases.give_back(db, done.unbegun)
        return _take(office, db, at_most)


def _tell(db: Session, job: Job, state: OutboxState | None, operator_mailbox: str) -> None:
    if state is OutboxState.SENT:
        events.record(db, DeliverySent(job.outbox_id, job.message, job.about_id))
    elif state in leases.ENDS:
        announcing.tell(db, job.outbox_id, operator_mailbox)


def _take(office: Office, db: Session, at_most: int) -> list[Job]:
    busy = frozenset(office.busy.servers) if office.busy is not None else frozenset()
    lane, name = office.channel.lane, office.channel.name
    return leases.take(db, lane, name, at_most=at_most, lease=office.lease, without=busy)


def _something_due(office: Office) -> bool:
    """Asked without a lock each second; most often there is nothing."""
    with reading(office.databases) as db:
        return leases.something_due(db, office.channel.lane)


def _note(job: Job, result: Result, state: str | None) -> None:
    if state is None:
        log.warning("lease lost on %s after attempt %d", job.outbox_id, job.attempt)
    else:
        why = result.code or result.reason or ""
        log.info("%s %s attempt %d: %s %s", job.message, job.outbox_id, job.attempt, state, why)
