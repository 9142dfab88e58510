"""Six digits to a mailbox on file: derived, never stored; 10 minutes, 5 tries, and only for the browser that asked.

Asking looks and lasts the same whether or not there is anything to open (OWASP ASVS 5.0 6.3.8).
"""

import datetime as dt
import hashlib
import hmac
import uuid
from dataclasses import dataclass

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from directory.accounts.models import MailboxCode
from directory.delivery import actions as delivery
from directory.lib import ids, sealed, throttle
from directory.lib.db import Databases, database_now, unit_of_work
from directory.lib.languages import current
from directory.wording.say import _

LIFE = dt.timedelta(minutes=10)
TRIES = 5
SAME_PRESS = dt.timedelta(minutes=1)
"""How long the browser that used a code gets the same answer to it again. A button pressed twice sends it twice, and
shows only the second answer; the first, with its cookies, never arrives. Tries count on, and what a code opens (one
form, one request) opens once."""
HOUR = dt.timedelta(hours=1)
PER_MAILBOX = 3
PER_NETWORK = 20

_NOBODY = "nobody@example.org"


@dataclass(frozen=True, slots=True)
class Door:
    """What a code would open, and the mailbox on file for it; `mailbox` is never what the browser sent."""

    subject_id: uuid.UUID
    mailbox: str


@dataclass(frozen=True, slots=True)
class Proved:
    """The right code: this browser's owner reads the mailbox."""

    purpose: str
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Wrong:
    """Not the code; so many tries are left."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing to try any more: too late, tried too often, used, or another browser. A new code has to be asked for."""


def ask(databases: Databases, *, purpose: str, asked_for: str, door: Door | None, network: str) -> str:
    """Mails a code to the mailbox on file, and returns the token that the browser gets as a cookie.

    `asked_for` is what the person named (a reference, a clinic); `door` what it stands for, or None when it does not
    exist or has no mailbox. Both end alike. Raises TooMany above 3 an hour for one name or 20 for one network.
    Runs in transactions of its own: call it before the request's unit of work opens.
    """
    throttle.allow(databases, "code-network", network, limit=PER_NETWORK, window=HOUR).or_refuse(
        _("Too many codes were asked for from your network. Please wait before you ask again.")
    )
    throttle.allow(databases, f"code-{purpose}", asked_for, limit=PER_MAILBOX, window=HOUR).or_refuse(
        _("A code was asked for three times in an hour. Look through your mail, or ask again later.")
    )
    mailbox = door.mailbox if door else _NOBODY
    key = mailbox.casefold() if door else f"nobody {asked_for}"
    within = throttle.allow(databases, "code-mailbox", key, limit=PER_MAILBOX, window=HOUR)
    token = ids.new_token()
    with unit_of_work(databases) as db:
        now = database_now(db)
        row = MailboxCode(
            purpose=purpose,
            subject_id=door.subject_id if door and within.allowed else None,
            browser_digest=ids.token_digest(token),
            asked_at=now,
            expires_at=now + LIFE,
        )
        db.add(row)
        delivery.queue(
            db,
            message="code",
            mailbox=mailbox,
            ids={"code": str(row.id)},
            about_id=row.id,
            expires_at=row.expires_at,
            language=current(),  # whoever asks for a code reads it
            dropped=row.subject_id is None,  # the same work, and nothing is sent
        )
    return token


def check(databases: Databases, secret: str, *, purpose: str, browser: str, typed: str) -> Proved | Wrong | Over:
    """Judges what was typed. A try is counted and kept whatever becomes of the request: a transaction of its own."""
    with unit_of_work(databases) as db:
        row = _count_a_try(db, purpose, browser)
        if row is None:
            return Over()
        right = hmac.compare_digest(digits(typed).encode(), code_for(secret, row.id).encode())
        if right and row.subject_id is not None:
            row.used_at = row.used_at or database_now(db)
            db.add(row)
            return Proved(purpose, row.subject_id)
        if row.used_at is not None:
            return Over()
        return Wrong(TRIES - row.tries) if row.tries < TRIES else Over()


def code_for(secret: str, code_id: uuid.UUID) -> str:
    """The six digits of one row."""
    key = sealed.derive(secret.encode(), "mailbox code")
    return f"{int.from_bytes(hmac.new(key, code_id.bytes, hashlib.sha256).digest()) % 1_000_000:06d}"


def digits(typed: str) -> str:
    """What was typed without the spaces and dashes that people add to a code."""
    return "".join(c for c in typed if c in "0123456789")[:12]


def purge(db: Session) -> None:
    """Deletes codes that ended more than a day ago."""
    db.execute(delete(MailboxCode).where(col(MailboxCode.expires_at) <= database_now(db) - dt.timedelta(days=1)))


def _count_a_try(db: Session, purpose: str, browser: str) -> MailboxCode | None:
    now, used_at = database_now(db), col(MailboxCode.used_at)
    mine = (
        col(MailboxCode.browser_digest) == ids.token_digest(browser),
        col(MailboxCode.purpose) == purpose,
        or_(used_at.is_(None), used_at > now - SAME_PRESS),
        col(MailboxCode.tries) < TRIES,
        col(MailboxCode.expires_at) > now,
    )
    counted = db.execute(update(MailboxCode).where(*mine).values(tries=col(MailboxCode.tries) + 1))
    if int(counted.rowcount) != 1:  # type: ignore[attr-defined]
        return None
    return db.exec(select(MailboxCode).where(mine[0]).with_for_update()).one()
