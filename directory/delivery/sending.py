"""Sends what is queued: claim one, close the transaction, send, settle. A crash anywhere loses nothing.

It may repeat a mail, with the same Message-ID; it never repeats a change of state. Every time is the database's.
"""

import datetime as dt
import logging
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, select

from directory.delivery import actions, rules
from directory.delivery.channels import Channel, NotTaken
from directory.delivery.events import DeliveryDelayed, DeliveryFailed, DeliverySent
from directory.delivery.letters import Letter, NoLongerWanted, Rendered
from directory.delivery.models import AttemptOutcome, DeliveryAttempt, OutboxMessage, OutboxState
from directory.delivery.queries import OPEN
from directory.lib import events, ids
from directory.lib.db import Databases, database_now, reading, unit_of_work

log = logging.getLogger("directory.delivery")

_RANDOM = secrets.SystemRandom()
_LOST_TOO_OFTEN = 60
"""Attempts after which a message that never settled (it kills its worker each time) is given up."""


@dataclass(frozen=True, slots=True)
class Job:
    """One message in this worker's hand until its lease ends."""

    outbox_id: uuid.UUID
    message: str
    ids: Mapping[str, str]
    about_id: uuid.UUID | None
    mailbox: str = field(repr=False)
    message_key: str
    queued_at: dt.datetime
    attempt: int
    failures: int
    expires_at: dt.datetime | None
    lease_token: str = field(repr=False)


Renderer = Callable[[Session, Job], Rendered]
"""Makes the words of a message from its template and ids, in a session that cannot write. May raise NoLongerWanted."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one attempt ended. `outcome` None means that the message was no longer wanted."""

    outcome: AttemptOutcome | None
    code: int | None = None
    reason: str | None = None
    unreachable: bool = False


def deliver_due(
    databases: Databases,
    channel: Channel,
    renderer: Renderer,
    *,
    dispatch: events.Dispatch = events.nobody,
    operator_mailbox: str = "",
    stopping: Callable[[], bool] = lambda: False,
    lease: dt.timedelta = rules.LEASE,
) -> int:
    """One pass: sends all that is due, one message at a time, and announces what is late. Returns how many it tried.

    The pass ends early when the mail server cannot be reached: nothing else would get through, and no message should
    spend its attempts on that.
    """
    tried = 0
    while not stopping():
        job = claim(databases, channel.name, dispatch=dispatch, lease=lease)
        if job is None:
            break
        result = attempt(databases, channel, renderer, job)
        settle(databases, job, result, dispatch=dispatch, operator_mailbox=operator_mailbox)
        tried += 1
        if result.unreachable:
            break
    announce_late(databases, dispatch=dispatch, operator_mailbox=operator_mailbox)
    return tried


def claim(
    databases: Databases,
    channel_name: str,
    *,
    dispatch: events.Dispatch = events.nobody,
    lease: dt.timedelta = rules.LEASE,
) -> Job | None:
    """Takes one due message for as long as `lease`, or None. Two workers never hold the same one at a time."""
    with reading(databases) as db:  # asked without a lock each second; most often there is nothing
        if db.exec(select(OutboxMessage.id).where(_is_due(database_now(db))).limit(1)).first() is None:
            return None
    with unit_of_work(databases, dispatch) as db:
        while True:
            now = database_now(db)
            # Somebody waits before a screen for what expires, so that goes first.
            order = (col(OutboxMessage.expires_at).is_(None), col(OutboxMessage.due_at))
            due = select(OutboxMessage).where(_is_due(now)).order_by(*order).limit(1)
            row = db.exec(due.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            if row.expires_at is not None and row.expires_at <= now:
                _close(db, row, OutboxState.DROPPED, now)
            elif row.attempts >= _LOST_TOO_OFTEN:
                _close(db, row, OutboxState.DEAD, now)
                events.record(db, DeliveryFailed(row.id, row.message, row.about_id, given_up=True))
            elif (job := _lease(db, row, now, channel_name, lease)) is not None:
                return job


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
        code = channel.send(Letter(job.mailbox, words, job.message_key, job.queued_at))
    except NotTaken as refusal:
        outcome = AttemptOutcome.PERMANENT if refusal.permanent else AttemptOutcome.TEMPORARY
        return Result(outcome, refusal.code, refusal.reason[:60], refusal.is_unreachable)
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
    """Writes down how an attempt ended. False when the lease had run out and somebody else has the message now."""
    with unit_of_work(databases, dispatch) as db:
        now = database_now(db)
        ended = {"ended_at": now, "outcome": result.outcome or AttemptOutcome.UNKNOWN}
        this = (col(DeliveryAttempt.message_id) == job.outbox_id, col(DeliveryAttempt.number) == job.attempt)
        db.execute(update(DeliveryAttempt).where(*this).values(**ended, code=result.code, reason=result.reason))
        state, values = _what_follows(job, result, now)
        mine = (col(OutboxMessage.id) == job.outbox_id, col(OutboxMessage.lease_token) == job.lease_token)
        free = {"lease_until": None, "lease_token": None, "last_code": result.code}
        if not _changed(db, update(OutboxMessage).where(*mine).values(state=state, **free, **values)):
            log.warning("lease lost on %s after attempt %d", job.outbox_id, job.attempt)
            return False
        if state is OutboxState.SENT:
            events.record(db, DeliverySent(job.outbox_id, job.message, job.about_id))
        elif state in (OutboxState.BOUNCED, OutboxState.DEAD):
            events.record(db, DeliveryFailed(job.outbox_id, job.message, job.about_id, given_up=True))
            _tell_operator(db, job.message, job.expires_at, operator_mailbox)
    log.info(
        "%s %s attempt %d: %s %s", job.message, job.outbox_id, job.attempt, state, result.code or result.reason or ""
    )
    return True


def announce_late(
    databases: Databases, *, dispatch: events.Dispatch = events.nobody, operator_mailbox: str = ""
) -> None:
    """Records DeliveryDelayed for what was tried in vain for half an hour, DeliveryFailed after an hour; once each."""
    for column, after, announcement in (
        (col(OutboxMessage.delayed_at), rules.LATE_AFTER, _delayed),
        (col(OutboxMessage.failed_at), rules.FAILED_AFTER, _failed),
    ):
        with reading(databases) as db:
            found = db.exec(select(OutboxMessage.id).where(_is_late(column, database_now(db) - after))).all()
        for outbox_id in found:
            with unit_of_work(databases, dispatch) as db:
                now = database_now(db)
                still = and_(col(OutboxMessage.id) == outbox_id, _is_late(column, now - after))
                if not _changed(db, update(OutboxMessage).where(still).values({column: now})):
                    continue
                row = db.get_one(OutboxMessage, outbox_id)
                events.record(db, announcement(row))
                if announcement is _failed:
                    _tell_operator(db, row.message, row.expires_at, operator_mailbox)


def _is_due(now: dt.datetime) -> Any:
    return or_(
        and_(col(OutboxMessage.state) == OutboxState.QUEUED.value, col(OutboxMessage.due_at) <= now),
        and_(col(OutboxMessage.state) == OutboxState.LEASED.value, col(OutboxMessage.lease_until) <= now),
    )


def _is_late(announced_at: Any, since: dt.datetime) -> Any:
    return and_(
        col(OutboxMessage.state).in_(OPEN),
        col(OutboxMessage.attempts) > 0,
        col(OutboxMessage.expires_at).is_(None),
        col(OutboxMessage.wanted_at) <= since,
        announced_at.is_(None),
    )


def _delayed(row: OutboxMessage) -> object:
    return DeliveryDelayed(row.id, row.message, row.about_id)


def _failed(row: OutboxMessage) -> object:
    return DeliveryFailed(row.id, row.message, row.about_id, given_up=False)


def _tell_operator(db: Session, message: str, expires_at: dt.datetime | None, mailbox: str) -> None:
    # A code that did not arrive is its owner's typing mistake; an alert about an alert helps nobody.
    if expires_at is None and message != "operator_alert":
        actions.tell_operator(db, mailbox)


def _lease(db: Session, row: OutboxMessage, now: dt.datetime, channel_name: str, lease: dt.timedelta) -> Job | None:
    token = secrets.token_hex(16)
    number = row.attempts + 1
    taken = update(OutboxMessage).where(
        col(OutboxMessage.id) == row.id, _is_due(now), col(OutboxMessage.attempts) == row.attempts
    )
    values = {"state": OutboxState.LEASED.value, "lease_until": now + lease, "lease_token": token, "attempts": number}
    if not _changed(db, taken.values(values)):
        return None
    db.add(DeliveryAttempt(id=ids.new_id(), message_id=row.id, number=number, channel=channel_name, began_at=now))
    return Job(
        outbox_id=row.id,
        message=row.message,
        ids=row.ids,
        about_id=row.about_id,
        mailbox=actions.mailbox_of(db, row),
        message_key=row.message_key,
        queued_at=row.queued_at,
        attempt=number,
        failures=row.failures,
        expires_at=row.expires_at,
        lease_token=token,
    )


def _what_follows(job: Job, result: Result, now: dt.datetime) -> tuple[OutboxState, dict[str, Any]]:
    if result.outcome is None:
        return OutboxState.DROPPED, {"settled_at": now, "mailbox_sealed": None}
    if result.outcome is AttemptOutcome.SENT:
        return OutboxState.SENT, {"settled_at": now, "mailbox_sealed": None}
    failures = job.failures + 1
    if result.outcome is AttemptOutcome.PERMANENT:
        return OutboxState.BOUNCED, {"settled_at": now, "failures": failures, "failed_at": now}
    wait = rules.wait_after(failures, _RANDOM.random())
    if wait is None:
        return OutboxState.DEAD, {"settled_at": now, "failures": failures, "failed_at": now}
    return OutboxState.QUEUED, {"due_at": now + wait, "failures": failures}


def _close(db: Session, row: OutboxMessage, state: OutboxState, now: dt.datetime) -> None:
    values = {"state": state.value, "settled_at": now, "lease_until": None, "lease_token": None}
    if state is OutboxState.DROPPED:
        values["mailbox_sealed"] = None
    db.execute(update(OutboxMessage).where(col(OutboxMessage.id) == row.id, _is_due(now)).values(values))


def _changed(db: Session, statement: Any) -> bool:
    return int(db.execute(statement).rowcount) == 1  # type: ignore[attr-defined]
