"""Codes that were mailed, the grants they opened, and the chain of the audit log."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint, Uuid
from sqlmodel import Field

from directory.accounts.actor import ActorKind
from directory.lib.tables import Table, at_field, big_integer, code_field, id_field, json_field, one_of


class MailboxCode(Table, table=True):
    """A code that was asked for. The code itself is derived from this row's id and the secret, and stored nowhere."""

    __tablename__ = "mailbox_code"
    __table_args__ = (UniqueConstraint("browser_digest"), CheckConstraint("tries BETWEEN 0 AND 5", name="tries_few"))

    id: uuid.UUID = id_field()
    purpose: str = code_field()
    subject_id: uuid.UUID | None = Field(default=None, sa_type=Uuid, nullable=True)
    """What it opens; nothing when what was asked for does not exist, which nobody is told."""
    browser_digest: str = Field(sa_type=String(64), nullable=False)
    """Of the random cookie of the browser that asked: the code opens nothing elsewhere."""
    asked_at: dt.datetime = at_field()
    expires_at: dt.datetime = at_field(index=True)
    tries: int = Field(default=0, nullable=False)
    used_at: dt.datetime | None = at_field(nullable=True)


class Grant(Table, table=True):
    """What one browser may see for half an hour: the one row it proved its mailbox for."""

    __tablename__ = "access_grant"
    __table_args__ = (UniqueConstraint("token_digest"), Index("ix_access_grant_subject", "purpose", "subject_id"))

    id: uuid.UUID = id_field()
    token_digest: str = Field(sa_type=String(64), nullable=False)
    purpose: str = code_field()
    subject_id: uuid.UUID = Field(sa_type=Uuid, nullable=False)
    granted_at: dt.datetime = at_field()
    expires_at: dt.datetime = at_field(index=True)
    ended_at: dt.datetime | None = at_field(nullable=True)


class AuditEvent(Table, table=True):
    """One link of the chain: who did or saw what, when. Rows are added, never changed."""

    __tablename__ = "audit_event"
    __table_args__ = (
        one_of("actor_kind", ActorKind),
        CheckConstraint("seq >= 1", name="seq_counts"),
        Index("ix_audit_event_subject", "subject_type", "subject_id"),
    )

    seq: int = Field(primary_key=True, sa_type=big_integer, sa_column_kwargs={"autoincrement": False})
    at: dt.datetime = at_field()
    actor_kind: str = code_field()
    actor_label: str = Field(sa_type=String(80), nullable=False)
    action: str = code_field(length=60)
    subject_type: str = code_field()
    subject_id: uuid.UUID | None = Field(default=None, sa_type=Uuid, nullable=True)
    detail: dict[str, Any] = json_field(dict)
    """Codes, counts and field names; never a value that somebody typed."""
    chain: str = Field(sa_type=String(64), nullable=False)
    """HMAC-SHA-256, in hex, of the link before and of this row."""


class AuditHead(Table, table=True):
    """The last link and the key of the chain: one row, locked while a link is added, so that no number is left out."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int = Field(sa_type=big_integer, nullable=False)
    chain: str = Field(sa_type=String(64), nullable=False)
    wrapped_key: bytes = Field(sa_type=LargeBinary, nullable=False)
    ring_key_id: str = Field(sa_type=String(40), nullable=False)
