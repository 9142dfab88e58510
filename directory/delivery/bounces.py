"""Reports of other mail servers (RFC 3464) that a mail of ours was not delivered after all, and what follows from one.

A report counts only with the mark that we signed into the mail it is about: anybody can write one, and a made-up
report must not be able to say that a clinic is gone.
"""

import email
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, col, select

from directory.delivery import actions, return_path, rules
from directory.delivery.events import DeliveryFailed
from directory.delivery.models import AttemptOutcome, DeliveryAttempt, OutboxMessage, OutboxState
from directory.lib import events
from directory.lib.db import changed, database_now

LARGEST = 2 << 20
_DEEPEST = 100
"""Parts of a report that are looked at."""
_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_ENDED = (OutboxState.BOUNCED.value, OutboxState.DEAD.value, OutboxState.DROPPED.value)


class Became(StrEnum):
    """What became of one mail that came back."""

    BOUNCED = "bounced"
    KNOWN = "known already"
    NO_FAILURE = "not a failure"
    NOT_OURS = "not of a mail of ours"


@dataclass(frozen=True, slots=True)
class Report:
    """A genuine report. `status` is the enhanced code of what failed, empty when nothing has failed for good."""

    message_key: str
    status: str


def parse(raw: bytes, secret: str) -> Report | None:
    """The report that a mail is; None when it carries no mark of ours or is no report at all."""
    if len(raw) > LARGEST:
        return None
    mail = email.message_from_bytes(raw)
    parts = [part for part, _number in zip(mail.walk(), range(_DEEPEST), strict=False)]
    key = return_path.find_key(secret, "\n".join(_marks(mail, parts)))
    if key is None or mail.get_content_type() != "multipart/report":
        return None
    statuses = [
        status for part in parts if part.get_content_type() == "message/delivery-status" for status in _failed(part)
    ]
    return Report(key, next(iter(statuses), ""))


def take(db: Session, report: Report, operator_mailbox: str = "") -> tuple[Became, uuid.UUID | None]:
    """Write down that a mail has come back, once, and tell those who wait; the outbox row it was about.

    A refusal that speaks of us, not of the mailbox, is announced without giving the way up: an operator mends that.
    """
    row = db.exec(
        select(OutboxMessage).where(OutboxMessage.message_key == report.message_key).with_for_update()
    ).first()
    if row is None:
        return Became.NOT_OURS, None
    if not report.status:
        return Became.NO_FAILURE, row.id
    now = database_now(db)
    values = {"state": OutboxState.BOUNCED.value, "settled_at": now, "failed_at": now, "mailbox_sealed": None}
    values |= {"lease_until": None, "lease_token": None}
    still = (col(OutboxMessage.id) == row.id, col(OutboxMessage.state).not_in(_ENDED))
    if not changed(db, update(OutboxMessage).where(*still).values(values)):
        return Became.KNOWN, row.id
    this = (col(DeliveryAttempt.message_id) == row.id, col(DeliveryAttempt.number) == row.attempts)
    outcome = {"outcome": AttemptOutcome.PERMANENT.value, "reason": f"bounced {report.status}"}
    db.execute(update(DeliveryAttempt).where(*this).values(outcome))
    given_up = not rules.is_about_us(report.status)
    events.record(db, DeliveryFailed(row.id, row.message, row.about_id, given_up=given_up))
    if row.expires_at is None and row.message != "operator_alert":
        actions.tell_operator(db, operator_mailbox)
    return Became.BOUNCED, row.id


def _marks(mail: Message, parts: list[Message]) -> Iterator[str]:
    """Where the mark may stand: the address the report came to, or the quoted headers of our mail."""
    for name in _TO:
        yield from map(str, mail.get_all(name, []))
    for part in parts[1:]:
        if part.get_content_type() == "text/rfc822-headers":
            quoted = part.get_payload(decode=True)
            yield from _quoted(email.message_from_bytes(quoted if isinstance(quoted, bytes) else b""))
        elif part.get_content_type() == "message/rfc822":
            for inner in _inside(part):
                yield from _quoted(inner)


def _quoted(ours: Message) -> Iterator[str]:
    for name in (return_path.HEADER, "Return-Path"):
        yield from map(str, ours.get_all(name, []))


def _failed(part: Message) -> Iterator[str]:
    """The status of each recipient that failed; a mail of ours has one."""
    for block in _inside(part):
        if str(block.get("Action", "")).strip().lower() == "failed":
            yield rules.enhanced_code(str(block.get("Status", ""))) or "5.0.0"


def _inside(part: Message) -> list[Message]:
    found = part.get_payload()
    return [inner for inner in found if isinstance(inner, Message)] if isinstance(found, list) else []
