"""The outbox: what was promised to be sent, to whom (sealed), how often it was tried and how that ended."""

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, Uuid, text
from sqlmodel import Field

from directory.lib.tables import Table, at_field, code_field, id_field, json_field, one_of, ref_field, together


class OutboxState(StrEnum):
    """Where a message stands. SMTP's 250 makes it `sent`, which is never shown as received."""

    QUEUED = "queued"
    LEASED = "leased"
    SENT = "sent"
    BOUNCED = "bounced"
    DEAD = "dead"
    DROPPED = "dropped"


class Lane(StrEnum):
    """Which worker's queue a message stands in: a slow way out of the house must not hold up another."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class AttemptOutcome(StrEnum):
    """How one attempt ended; `unknown` until it has, and for ever when the worker died in it."""

    UNKNOWN = "unknown"
    SENT = "sent"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"


_UNANNOUNCED = text("unannounced")
_EXPIRING = text("expires_at IS NOT NULL AND settled_at IS NULL")


class OutboxMessage(Table, table=True):
    """One message to one mailbox. It holds a template and ids; what it says is put together when it is sent."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        one_of("state", OutboxState),
        one_of("lane", Lane),
        together("lease_until", "lease_token", name="lease_whole"),
        UniqueConstraint("message_key"),
        Index("ix_outbox_message_due", "lane", "state", "due_at"),
        Index("ix_outbox_message_expiring", "due_at", sqlite_where=_EXPIRING, postgresql_where=_EXPIRING),
        Index("ix_outbox_message_unannounced", "unannounced", sqlite_where=_UNANNOUNCED, postgresql_where=_UNANNOUNCED),
    )

    id: uuid.UUID = id_field()
    message: str = code_field(length=60)
    ids: dict[str, str] = json_field(dict)
    about_id: uuid.UUID | None = Field(default=None, sa_type=Uuid, nullable=True, index=True)
    """The row this message is about (a task, a code): to find it again and to call it off."""
    lane: str = code_field(default=Lane.MAIL.value, length=10)
    mailbox_sealed: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    """The recipient (a mailbox, or a webhook's address and secret); gone once it is no longer needed."""
    destination: str | None = Field(default=None, max_length=64)
    """Which partner's server a call goes to, as a digest: no worker has two for one server in hand."""
    ring_key_id: str = Field(sa_type=String(40), nullable=False)
    message_key: str = Field(sa_type=String(64), nullable=False)
    """The left half of the Message-ID: the same in every attempt, so that mail programs show duplicates once."""

    state: str = code_field(default=OutboxState.QUEUED.value)
    queued_at: dt.datetime = at_field()
    wanted_at: dt.datetime = at_field()
    """When it was first due; `late` is counted from here."""
    due_at: dt.datetime = at_field()
    expires_at: dt.datetime | None = at_field(nullable=True)
    """When it has lost its meaning (a code); then it is dropped without a word."""
    lease_until: dt.datetime | None = at_field(nullable=True)
    """Until when one worker has it, by the database's clock."""
    lease_token: str | None = Field(default=None, sa_type=String(64), nullable=True)

    attempts: int = Field(default=0, nullable=False)
    """Attempts begun."""
    failures: int = Field(default=0, nullable=False)
    """Attempts that ended in a refusal or an error; the next wait is counted from these."""
    last_code: int | None = Field(default=None, nullable=True)
    """The SMTP code of the last attempt that got one."""
    settled_at: dt.datetime | None = at_field(nullable=True)
    unannounced: bool = Field(default=False, nullable=False)
    """Whether those who wait for the end of it have yet to be told: it ended, and telling them failed."""
    delayed_at: dt.datetime | None = at_field(nullable=True)
    """When we announced that it is late."""
    failed_at: dt.datetime | None = at_field(nullable=True)
    """When we announced that it does not get through."""


class DeliveryAttempt(Table, table=True):
    """One attempt to send, written before the network is touched. It holds codes, never text of the other side."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (one_of("outcome", AttemptOutcome), UniqueConstraint("message_id", "number"))

    id: uuid.UUID = id_field()
    message_id: uuid.UUID = ref_field("outbox_message.id", index=False)
    number: int = Field(nullable=False)
    channel: str = code_field(length=20)
    began_at: dt.datetime = at_field()
    ended_at: dt.datetime | None = at_field(nullable=True)
    outcome: str = code_field(default=AttemptOutcome.UNKNOWN.value)
    code: int | None = Field(default=None, nullable=True)
    reason: str | None = Field(default=None, sa_type=String(60), nullable=True)
    """What kind of error it was when there was no code: `timeout`, `tls`, `connect` …"""
