"""Counts attempts in the database, so that a limit holds exactly however many processes serve.

For everything that mails or can be guessed. It fails closed: when the database cannot count, the error goes up.
"""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from math import ceil

from sqlalchemy import Integer, PrimaryKeyConstraint, String, bindparam, delete, text
from sqlmodel import Field, col

from directory.lib.db import Databases, database_now, unit_of_work
from directory.lib.errors import TooMany
from directory.lib.tables import Table, UtcDateTime, at_field


class Throttle(Table, table=True):
    """One window of attempts: it opens with the first attempt and is counted up until `ends_at`."""

    __tablename__ = "throttle"
    __table_args__ = (PrimaryKeyConstraint("bucket", "key_digest"),)

    bucket: str = Field(sa_type=String(40), nullable=False)
    key_digest: str = Field(sa_type=String(64), nullable=False)
    ends_at: dt.datetime = at_field(index=True)
    attempts: int = Field(nullable=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the attempt may go on; if not, in how many seconds the next one may."""

    allowed: bool
    retry_after_s: int

    def or_refuse(self, message: str) -> None:
        """Raises TooMany with these words unless the attempt is allowed."""
        if not self.allowed:
            raise TooMany(message, retry_after=self.retry_after_s)


# One statement counts and answers: read-then-write let 44 through a limit of 20 with four processes.
_COUNT = text(
    """
    INSERT INTO throttle (bucket, key_digest, ends_at, attempts)
    VALUES (:bucket, :key_digest, :ends_at, 1)
    ON CONFLICT (bucket, key_digest) DO UPDATE SET
        attempts = CASE WHEN throttle.ends_at <= :now THEN 1 ELSE throttle.attempts + 1 END,
        ends_at = CASE WHEN throttle.ends_at <= :now THEN :ends_at ELSE throttle.ends_at END
    RETURNING attempts, ends_at
    """
).bindparams(bindparam("now", type_=UtcDateTime()), bindparam("ends_at", type_=UtcDateTime()))
_COUNT = _COUNT.columns(attempts=Integer(), ends_at=UtcDateTime())  # type: ignore[assignment]


def allow(databases: Databases, bucket: str, key: str, *, limit: int, window: dt.timedelta) -> Verdict:
    """Counts one attempt on `bucket` (what is done) by `key` (a mailbox, a network, a reference) and judges it.

    At most `limit` attempts are allowed in a window, which opens with the first one. Runs in its own short
    transaction: call it before the request's unit of work opens. The clock is the database's.
    """
    digest = _digest(databases, bucket, key)
    with unit_of_work(databases) as db:
        now = database_now(db)
        counted = db.execute(_COUNT, {"bucket": bucket, "key_digest": digest, "now": now, "ends_at": now + window})
        attempts, ends_at = counted.one()
    return Verdict(attempts <= limit, max(1, ceil((ends_at - now).total_seconds())) if attempts > limit else 0)


def forgive(databases: Databases, bucket: str, key: str) -> None:
    """Forgets the attempts of `key`: after the right answer, earlier slips no longer count."""
    with unit_of_work(databases) as db:
        gone = delete(Throttle).where(col(Throttle.bucket) == bucket)
        db.execute(gone.where(col(Throttle.key_digest) == _digest(databases, bucket, key)))


def purge(databases: Databases) -> int:
    """Deletes windows that are over; returns how many. The worker calls it now and then."""
    with unit_of_work(databases) as db:
        result = db.execute(delete(Throttle).where(col(Throttle.ends_at) <= database_now(db)))
        return int(result.rowcount)  # type: ignore[attr-defined]


def _digest(databases: Databases, bucket: str, key: str) -> str:
    # Keyed, because a plain digest of a network address or a mailbox is found again by trying them all.
    secret = databases.keys.digest_key() if databases.keys else b""
    return hmac.new(secret, f"{bucket}|{key}".encode(), hashlib.sha256).hexdigest()
