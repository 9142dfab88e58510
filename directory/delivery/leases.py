"""Who has which message, and until when: taken by a conditional update, written down by whoever still holds it.

Every time is the database's, so a host with a wrong clock harms nobody.
"""

import datetime as dt
import secrets
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, or_, update
from sqlmodel import Session, col, select

from directory.delivery import actions, rules
from directory.delivery.models import AttemptOutcome, DeliveryAttempt, Lane, OutboxMessage, OutboxState
from directory.delivery.ways import Hook, unpacked
from directory.lib import ids
from directory.lib.db import changed, database_now

ENDS = (OutboxState.SENT, OutboxState.BOUNCED, OutboxState.DEAD)
LONGEST_WAIT_S = 6 * 3600.0
"""However long another side asks us to wait."""

Lease = Callable[[int], dt.timedelta]
"""For how many attempts that never ended: how long a worker has a message."""

_RANDOM = secrets.SystemRandom()
_ATTEMPT_ENDED = (
    update(DeliveryAttempt)
    .where(col(DeliveryAttempt.message_id) == bindparam("of"), col(DeliveryAttempt.number) == bindparam("the"))
    .values({name: bindparam(name) for name in ("ended_at", "outcome", "code", "reason")})
)


@dataclass(frozen=True, slots=True)
class Job:
    """One message in this worker's hand until its lease ends; it goes to a mailbox or to a `hook`."""

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
    hook: Hook | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """How one attempt ended. `outcome` None means that the message was no longer wanted."""

    outcome: AttemptOutcome | None
    code: int | None = None
    reason: str | None = None
    unreachable: bool = False
    wait_s: float | None = None


def something_due(db: Session, lane: Lane) -> bool:
    """Whether anything of this lane waits to be taken."""
    return db.exec(select(OutboxMessage.id).where(_is_due(lane, database_now(db))).limit(1)).first() is not None


def take(
    db: Session, lane: Lane, channel_name: str, *, at_most: int, lease: Lease, without: Collection[str] = ()
) -> list[Job]:
    """Takes due messages of one lane, all for one server where they have a destination, and none for those `without`.

    One whose worker never came back goes alone: it may be what ended that worker. First goes what expires, because
    somebody waits for it before a screen.
    """
    while at_most:
        now = database_now(db)
        rows = _due(db, lane, now, at_most, without)
        rows = [row for row in rows if row.destination == rows[0].destination]
        if not rows:
            break
        if sum(_has_ended(db, row, now) for row in rows):
            continue
        alone = rows[0].attempts > rows[0].failures
        group = rows[:1] if alone else [row for row in rows if row.attempts == row.failures]
        return _lease(db, group, now, channel_name, lease(group[0].attempts - group[0].failures))
    return []


def give_back(db: Session, jobs: Sequence[Job]) -> None:
    """Puts back what was taken and not begun, as if it had stayed where it was."""
    for job in jobs:
        values: dict[str, Any] = {"state": OutboxState.QUEUED.value, "attempts": job.attempt - 1}
        if changed(db, _mine(job).values(values | {"lease_until": None, "lease_token": None})):
            this = (col(DeliveryAttempt.message_id) == job.outbox_id, col(DeliveryAttempt.number) == job.attempt)
            db.execute(delete(DeliveryAttempt).where(*this))


def write_down(db: Session, results: Sequence[tuple[Job, Result]], *, untold: bool = False) -> list[OutboxState | None]:
    """How attempts ended, and what follows; None for each message that somebody else has by now.

    `untold`: whoever waits for the end has yet to be told of it.
    """
    if not results:
        return []
    now = database_now(db)
    ended = [
        {
            "of": job.outbox_id,
            "the": job.attempt,
            "ended_at": now,
            "outcome": (result.outcome or AttemptOutcome.UNKNOWN).value,
            "code": result.code,
            "reason": result.reason,
        }
        for job, result in results
    ]
    db.connection().execute(_ATTEMPT_ENDED, ended)
    took = _all_sent(db, results, now, untold=untold)
    return [
        (OutboxState.SENT if job.outbox_id in took else None)
        if result.outcome is AttemptOutcome.SENT
        else _one_ended(db, job, result, now, untold=untold)
        for job, result in results
    ]


def _all_sent(db: Session, results: Sequence[tuple[Job, Result]], now: dt.datetime, *, untold: bool) -> set[uuid.UUID]:
    """What went out as it should, by one statement for all of one lease and answer."""
    alike: dict[tuple[str, int | None], list[uuid.UUID]] = {}
    for job, result in results:
        if result.outcome is AttemptOutcome.SENT:
            alike.setdefault((job.lease_token, result.code), []).append(job.outbox_id)
    took: set[uuid.UUID] = set()
    for (token, code), held in alike.items():
        mine = (col(OutboxMessage.id).in_(held), col(OutboxMessage.lease_token) == token)
        values = {
            "state": OutboxState.SENT.value,
            "settled_at": now,
            "mailbox_sealed": None,
            "lease_until": None,
            "lease_token": None,
            "last_code": code,
            "unannounced": untold,
        }
        statement = update(OutboxMessage).where(*mine).values(values).returning(col(OutboxMessage.id))
        took |= set(db.execute(statement, execution_options={"synchronize_session": False}).scalars())
    return took


def _one_ended(db: Session, job: Job, result: Result, now: dt.datetime, *, untold: bool) -> OutboxState | None:
    state, values = _what_follows(job, result, now)
    values |= {"lease_until": None, "lease_token": None, "last_code": result.code}
    values["unannounced"] = untold and state in ENDS
    return state if changed(db, _mine(job).values(state=state.value, **values)) else None


def _mine(job: Job) -> Any:
    held = (col(OutboxMessage.id) == job.outbox_id, col(OutboxMessage.lease_token) == job.lease_token)
    return update(OutboxMessage).where(*held).execution_options(synchronize_session=False)


def _is_due(lane: Lane, now: dt.datetime) -> Any:
    waits = and_(col(OutboxMessage.state) == OutboxState.QUEUED.value, col(OutboxMessage.due_at) <= now)
    return and_(col(OutboxMessage.lane) == lane.value, or_(waits, _is_lost(now)))


def _is_lost(now: dt.datetime) -> Any:
    return and_(col(OutboxMessage.state) == OutboxState.LEASED.value, col(OutboxMessage.lease_until) <= now)


def _due(db: Session, lane: Lane, now: dt.datetime, at_most: int, without: Collection[str]) -> list[OutboxMessage]:
    """Due rows in the order in which they go, each asked for where an index has it ready."""
    waits = and_(col(OutboxMessage.state) == OutboxState.QUEUED.value, col(OutboxMessage.due_at) <= now)
    expires = and_(col(OutboxMessage.expires_at).is_not(None), col(OutboxMessage.settled_at).is_(None))
    lasts = col(OutboxMessage.expires_at).is_(None)
    free = or_(col(OutboxMessage.destination).is_(None), col(OutboxMessage.destination).not_in(sorted(without)))
    found: list[OutboxMessage] = []
    for which in (and_(waits, expires), _is_lost(now), and_(waits, lasts)):
        asked = select(OutboxMessage).where(col(OutboxMessage.lane) == lane.value, which)
        asked = asked.where(free) if without else asked
        asked = asked.order_by(col(OutboxMessage.due_at)).limit(at_most - len(found))
        fresh = asked.with_for_update(skip_locked=True).execution_options(populate_existing=True)
        found += db.exec(fresh).all()
        if len(found) == at_most:
            break
    return found


def _has_ended(db: Session, row: OutboxMessage, now: dt.datetime) -> bool:
    """Closes what has lost its meaning, and what was lost too often with its worker."""
    if row.expires_at is not None and row.expires_at <= now:
        values: dict[str, Any] = {"state": OutboxState.DROPPED.value, "mailbox_sealed": None}
    elif row.attempts - row.failures > rules.LOST_AT_MOST:
        values = {"state": OutboxState.DEAD.value, "failed_at": now, "unannounced": True}
    else:
        return False
    values |= {"settled_at": now, "lease_until": None, "lease_token": None}
    still = (col(OutboxMessage.id) == row.id, _is_due(Lane(row.lane), now))
    db.execute(update(OutboxMessage).where(*still).values(values).execution_options(synchronize_session=False))
    return True


def _lease(
    db: Session, rows: Sequence[OutboxMessage], now: dt.datetime, channel_name: str, lasting: dt.timedelta
) -> list[Job]:
    token = secrets.token_hex(16)
    values = {
        "state": OutboxState.LEASED.value,
        "lease_until": now + lasting,
        "lease_token": token,
        "attempts": OutboxMessage.attempts + 1,
    }
    still = (col(OutboxMessage.id).in_([row.id for row in rows]), _is_due(Lane(rows[0].lane), now))
    statement = update(OutboxMessage).where(*still).values(values).returning(col(OutboxMessage.id))
    taken = set(db.execute(statement, execution_options={"synchronize_session": False}).scalars())
    jobs = [_job(db, row, token) for row in rows if row.id in taken]
    begun = [
        {
            "id": ids.new_id(),
            "message_id": job.outbox_id,
            "number": job.attempt,
            "channel": channel_name,
            "began_at": now,
            "outcome": AttemptOutcome.UNKNOWN.value,
        }
        for job in jobs
    ]
    if begun:
        db.connection().execute(insert(DeliveryAttempt), begun)
    return jobs


def _job(db: Session, row: OutboxMessage, token: str) -> Job:
    recipient = actions.mailbox_of(db, row)
    is_hook = row.lane == Lane.WEBHOOK
    return Job(
        outbox_id=row.id,
        message=row.message,
        ids=row.ids,
        about_id=row.about_id,
        mailbox="" if is_hook else recipient,
        hook=unpacked(recipient) if is_hook else None,
        message_key=row.message_key,
        queued_at=row.queued_at,
        attempt=row.attempts + 1,
        failures=row.failures,
        expires_at=row.expires_at,
        lease_token=token,
    )


def _what_follows(job: Job, result: Result, now: dt.datetime) -> tuple[OutboxState, dict[str, Any]]:
    if result.outcome is None:
        return OutboxState.DROPPED, {"settled_at": now, "mailbox_sealed": None}
    failures = job.failures + 1
    if result.outcome is AttemptOutcome.PERMANENT:
        return OutboxState.BOUNCED, {"settled_at": now, "failures": failures, "failed_at": now}
    wait = rules.wait_after(failures, _RANDOM.random())
    if wait is None:
        return OutboxState.DEAD, {"settled_at": now, "failures": failures, "failed_at": now}
    asked = dt.timedelta(seconds=min(result.wait_s or 0, LONGEST_WAIT_S))
    return OutboxState.QUEUED, {"due_at": now + max(wait, asked), "failures": failures}
