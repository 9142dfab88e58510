"""`directory check`: what is wrong, in words an operator can act on."""

import argparse
import datetime as dt
from collections.abc import Callable, Iterator
from random import sample
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from directory.accounts import audit
from directory.accounts.models import AuditHead
from directory.cli.serving import holds_demo
from directory.delivery import post
from directory.delivery import queries as deliveries
from directory.delivery.channels import NotTaken
from directory.delivery.channels.smtp import SmtpChannel
from directory.lib import clock, schema
from directory.lib.db import SQLITE_FLOOR, Databases, database_now, reading, sqlite_version
from directory.lib.opening import open_databases
from directory.lib.sealed import Unreadable, ring_of, unwrap
from directory.listings import queries as listings
from directory.referrals import queries as referrals
from directory.referrals.models import PersonWhy, ReferralTask
from directory.search import rules as search
from directory.search.entries import to_text
from directory.search.models import SearchEntry
from directory.settings import Settings
from directory.terminology.listing_status import SEARCHABLE
from directory.verification import queries as verification

LOOKED_AT = 2000
"""Clinics whose search entry is compared with what is listed: all of them, or as many drawn at random."""
_SAID_AT_ONCE = 20
_WHY = {
    PersonWhy.UNDELIVERABLE: "it could not be delivered; reach the clinic by phone, then tell the sender",
    PersonWhy.SENDER_CHECK: "the clinic asks whether the sender is who they say; reach the sender",
    PersonWhy.SILENCE: "the clinic has not answered; reach it by phone, then tell the sender",
}
_TIME_TO_FOLLOW = dt.timedelta(hours=2)
"""Proofs fade with time alone, and entries follow once an hour."""

Check = Callable[[Settings, Databases], Iterator[str]]
"""Gives a sentence for each thing that is wrong."""


def check(settings: Settings, asked: argparse.Namespace) -> int:
    """Run every check and print a line for each: `ok` or what is wrong. Exit code 1 when anything is."""
    databases = open_databases(settings)
    wrong = 0
    for name, look in _possible(settings, databases).items():
        found = _ask(look, settings, databases)
        wrong += len(found)
        for line in found or ["ok"]:
            print(f"{name:12} {line}")
    databases.close()
    return 1 if wrong else 0


def _possible(settings: Settings, databases: Databases) -> dict[str, Check]:
    """All checks; but without the tables of this version, only those that do not read them."""
    if any(_ask(look, settings, databases) for look in (_database, _schema)):
        return {name: look for name, look in CHECKS.items() if look in (_database, _schema, _secrets, _mail)}
    return CHECKS


def _ask(look: Check, settings: Settings, databases: Databases) -> list[str]:
    try:
        return list(look(settings, databases))
    except DBAPIError as error:
        return [f"the database does not answer ({type(error.orig).__name__}): is it running, is the address right?"]
    except Unreadable:
        return ["the key ring does not open what this database holds: is DIRECTORY_KEYS_FILE the right one?"]


def _database(settings: Settings, databases: Databases) -> Iterator[str]:
    with reading(databases) as db:
        away = abs((database_now(db) - clock.now()).total_seconds())
    if away > 60:
        yield f"the database's clock and this host's differ by {away:.0f} seconds"
    if databases.is_sqlite and sqlite_version() < SQLITE_FLOOR:
        yield f"SQLite {'.'.join(map(str, sqlite_version()))} can corrupt a WAL database; 3.51.3 or later is needed"


def _schema(settings: Settings, databases: Databases) -> Iterator[str]:
    found, newest = schema.revision_of(databases), schema.newest()
    if found is not None and newest is not None and found > newest:
        yield f"the schema is {found}, made by a newer version than this one, which knows {newest}"
    elif found != newest:
        yield f"the schema is {found or 'empty'}, the newest is {newest}: run `directory migrate`"
    elif settings.is_production and holds_demo(databases):
        yield "there are invented clinics of the demo in it: production does not start with them"


def _secrets(settings: Settings, databases: Databases) -> Iterator[str]:
    path = settings.keys_file
    if settings.is_production and path is not None and path.is_file() and path.stat().st_mode & 0o077:
        yield f"{path} can be read by others than its owner: chmod 0400 it"


def _keys(settings: Settings, databases: Databases) -> Iterator[str]:
    with reading(databases) as db:
        head = db.get(AuditHead, 1)
        if head is not None:
            unwrap(ring_of(db), head.wrapped_key, head.ring_key_id)
    yield from ()


def _mail(settings: Settings, databases: Databases) -> Iterator[str]:
    if settings.is_production and not settings.operator_mailbox:
        yield "DIRECTORY_OPERATOR_MAILBOX is not set: nobody is told of requests that could not be delivered"
    channel = post.open_channel(settings)
    if not isinstance(channel, SmtpChannel):
        if settings.is_production:
            yield "DIRECTORY_SMTP_URL is not set: mail goes to a folder and reaches nobody"
        return
    try:
        channel.knock()
    except NotTaken as refusal:
        yield f"the mail server of DIRECTORY_SMTP_URL takes no mail from us: {_REFUSALS.get(refusal.reason, refusal)}"


_REFUSALS = {
    "connect": "nothing answers at that host and port",
    "timeout": "it did not answer in time",
    "dropped": "it hung up",
    "tls": "its certificate does not fit its name, or it speaks no TLS",
    "no-starttls": "it offers no STARTTLS, and without it we send nothing (?starttls=if-offered would)",
    "clear-password": "it would have taken our password in the clear",
}


def _outbox(settings: Settings, databases: Databases) -> Iterator[str]:
    with reading(databases) as db:
        now = database_now(db)
        backlog = deliveries.backlog(db, now)
    if backlog.oldest_due_at is not None and now - backlog.oldest_due_at > dt.timedelta(minutes=5):
        minutes = (now - backlog.oldest_due_at).total_seconds() // 60
        yield f"the oldest message is due for {minutes:.0f} minutes: is a worker running, does mail go out?"
    if backlog.failed:
        yield f"messages that did not get through: {backlog.failed}"


def _timers(settings: Settings, databases: Databases) -> Iterator[str]:
    with reading(databases) as db:
        late = referrals.find_due(db, database_now(db) - dt.timedelta(minutes=30), at_most=1)
    if late:
        yield "reminders and deadlines of requests are more than 30 minutes late: is a worker running?"


def _index(settings: Settings, databases: Databases) -> Iterator[str]:
    with reading(databases) as db:
        public = set(listings.find_location_ids(db, SEARCHABLE))
        asked = select(SearchEntry.location_id).where(col(SearchEntry.removed).is_(False))
        found = set(db.exec(asked).all())
        stale = _stale(db, sample(sorted(public), min(LOOKED_AT, len(public))))
    for count, words in (
        (len(public - found), "public clinics that a search does not find"),
        (len(found - public), "clinics that a search finds and that are not public"),
        (len(stale & found), "clinics that a search shows other than they are"),
    ):
        if count:
            yield f"{words}: {count:,}. Run `directory reindex`"


def _stale(db: Session, location_ids: list[UUID]) -> set[UUID]:
    """Those whose entry is neither what the search should show now nor what it should have shown some hours ago."""
    now = clock.now()
    stale: set[UUID] = set()
    for start in range(0, len(location_ids), listings.IDS_AT_ONCE):
        part = location_ids[start : start + listings.IDS_AT_ONCE]
        asked = select(SearchEntry).where(col(SearchEntry.location_id).in_(part))
        kept = {row.location_id: row.payload for row in db.exec(asked)}
        wrong = set(part)
        for at in (now, now - _TIME_TO_FOLLOW):
            for verified in verification.find_verified(db, sorted(wrong), at=at):
                entry = search.entry_of(verified)
                if kept.get(verified.clinic.location_id, "") == (to_text(entry) if entry is not None else ""):
                    wrong.discard(verified.clinic.location_id)
        stale |= wrong
    return stale


def _requests(settings: Settings, databases: Databases) -> Iterator[str]:
    with reading(databases) as db:
        waiting = referrals.find_for_person(db)
        for task in waiting[:_SAID_AT_ONCE]:
            reference = referrals.get_referral(db, task.referral_id).reference
            yield f"request {reference} waits for a person since {task.for_person_at:%Y-%m-%d}: {_why(task)}"
    if len(waiting) > _SAID_AT_ONCE:
        yield f"… and {len(waiting) - _SAID_AT_ONCE:,} more requests wait for a person"


def _why(task: ReferralTask) -> str:
    return _WHY[PersonWhy(str(task.for_person_why))]


def _audit(settings: Settings, databases: Databases) -> Iterator[str]:
    with reading(databases) as db:
        broken = audit.verify(db)
    if broken is not None:
        yield f"the audit log does not hold together at entry {broken.seq}: {broken.why}"


CHECKS: dict[str, Check] = {
    "database": _database,
    "schema": _schema,
    "secrets": _secrets,
    "keys": _keys,
    "mail": _mail,
    "outbox": _outbox,
    "timers": _timers,
    "index": _index,
    "requests": _requests,
    "audit": _audit,
}
