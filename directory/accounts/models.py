"""People who sign in, their roles, factors and sessions; codes, links and grants; the chain of the audit log."""

import datetime as dt
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint, Uuid, text
from sqlmodel import Field

from directory.accounts.actor import ActorKind
from directory.accounts.permissions import IN_ORGANIZATION, Role
from directory.lib.tables import (
    Table,
    at_field,
    big_integer,
    code_field,
    id_field,
    json_field,
    one_of,
    ref_field,
    together,
)


class Factor(StrEnum):
    """How somebody proved who they are, beyond reading a mailbox."""

    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY = "recovery"


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
    start_seq: int = Field(default=0, sa_type=big_integer, nullable=False)
    """The last link that had its six years and is gone; its chain follows, and our seal on both."""
    start_chain: str = Field(default="", sa_type=String(64), nullable=False)
    start_seal: str = Field(default="", sa_type=String(64), nullable=False)
    wrapped_key: bytes = Field(sa_type=LargeBinary, nullable=False)
    ring_key_id: str = Field(sa_type=String(40), nullable=False)


class User(Table, table=True):
    """A person who signs in. There is no password; `mailbox` is proved by the links that are sent to it."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("mailbox"), UniqueConstraint("reference"))

    id: uuid.UUID = id_field()
    reference: str = Field(sa_type=String(12), nullable=False)
    """`U-7F3K-92`: who it was, in every record, without a name."""
    mailbox: str = Field(sa_type=String(254), nullable=False)
    """In lower case; one person, one mailbox."""
    name: str = Field(default="", sa_type=String(80), nullable=False)
    """What colleagues call this person; empty until it is said."""
    created_at: dt.datetime = at_field()
    closed_at: dt.datetime | None = at_field(nullable=True)
    """From then on this person does not come in."""


_HOLDS = text("ended_at IS NULL")
_HOLDS_THERE = text("ended_at IS NULL AND organization_id IS NOT NULL")


class Membership(Table, table=True):
    """A role that somebody has, in one organization or in the house. Ended ones stay: who was what, when."""

    __tablename__ = "membership"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint(
            f"(role IN ({', '.join(repr(r.value) for r in sorted(IN_ORGANIZATION))})) = (organization_id IS NOT NULL)",
            name="role_fits",
        ),
        together("ended_at", "ended_by", name="end_whole"),
        Index(
            "uq_membership_one_role",
            "user_id",
            "organization_id",
            unique=True,
            sqlite_where=_HOLDS_THERE,
            postgresql_where=_HOLDS_THERE,
        ),
        Index("ix_membership_user_id", "user_id", sqlite_where=_HOLDS, postgresql_where=_HOLDS),
    )

    id: uuid.UUID = id_field()
    user_id: uuid.UUID = ref_field("user_account.id", index=False)
    organization_id: uuid.UUID | None = Field(default=None, sa_type=Uuid, nullable=True, index=True)
    role: str = code_field()
    since_at: dt.datetime = at_field()
    given_by: str = Field(sa_type=String(120), nullable=False)
    ended_at: dt.datetime | None = at_field(nullable=True)
    ended_by: str | None = Field(default=None, sa_type=String(120), nullable=True)


class WebSession(Table, table=True):
    """One browser in which somebody is signed in; the cookie's token is kept as its digest only."""

    __tablename__ = "web_session"
    __table_args__ = (UniqueConstraint("token_digest"), one_of("factor", Factor))

    id: uuid.UUID = id_field()
    token_digest: str = Field(sa_type=String(64), nullable=False)
    user_id: uuid.UUID = ref_field("user_account.id")
    factor: str = code_field()
    """What opened it. A recovery code opens one in which nothing but the factors can be put right."""
    begun_at: dt.datetime = at_field()
    proved_at: dt.datetime = at_field()
    """When a factor was last shown in it; changing factors or mailbox asks for one that is recent."""
    last_seen_at: dt.datetime = at_field()
    ends_at: dt.datetime = at_field(index=True)
    browser: str = Field(default="", sa_type=String(60), nullable=False)
    """Such as "Firefox on Linux", for the list of sessions; never the whole of what the browser says of itself."""
    ended_at: dt.datetime | None = at_field(nullable=True)


class Passkey(Table, table=True):
    """A public key of an authenticator (WebAuthn), which itself made sure who holds it."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("credential_id"), CheckConstraint("sign_count >= 0", name="sign_count_counts"))

    id: uuid.UUID = id_field()
    user_id: uuid.UUID = ref_field("user_account.id")
    credential_id: bytes = Field(sa_type=LargeBinary, nullable=False)
    public_key: bytes = Field(sa_type=LargeBinary, nullable=False)
    sign_count: int = Field(default=0, sa_type=big_integer, nullable=False)
    name: str = Field(sa_type=String(60), nullable=False)
    added_at: dt.datetime = at_field()
    used_at: dt.datetime | None = at_field(nullable=True)


class PasskeyChallenge(Table, table=True):
    """What a passkey is asked to sign: once, within five minutes, in the browser that asked."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (UniqueConstraint("browser_digest"),)

    id: uuid.UUID = id_field()
    browser_digest: str = Field(sa_type=String(64), nullable=False)
    challenge: bytes = Field(sa_type=LargeBinary, nullable=False)
    purpose: str = code_field()
    user_id: uuid.UUID | None = ref_field("user_account.id", nullable=True)
    expires_at: dt.datetime = at_field(index=True)


class TotpFactor(Table, table=True):
    """An authenticator app (RFC 6238). Its secret is sealed; each time step opens at most once."""

    __tablename__ = "totp_factor"

    id: uuid.UUID = id_field()
    user_id: uuid.UUID = ref_field("user_account.id")
    secret_sealed: bytes = Field(sa_type=LargeBinary, nullable=False)
    ring_key_id: str = Field(sa_type=String(40), nullable=False)
    name: str = Field(sa_type=String(60), nullable=False)
    last_step: int = Field(default=0, sa_type=big_integer, nullable=False)
    """The newest time step that was accepted: this one and older ones open nothing any more."""
    added_at: dt.datetime = at_field()
    confirmed_at: dt.datetime | None = at_field(nullable=True)
    """When its first code was typed; before, it is no factor."""
    used_at: dt.datetime | None = at_field(nullable=True)


class RecoveryCode(Table, table=True):
    """One of ten codes for when every other factor is lost; kept as a scrypt digest and used once."""

    __tablename__ = "recovery_code"

    id: uuid.UUID = id_field()
    user_id: uuid.UUID = ref_field("user_account.id")
    salt: bytes = Field(sa_type=LargeBinary, nullable=False)
    """The same for one set, so that one try costs one digest."""
    digest: str = Field(sa_type=String(64), nullable=False)
    made_at: dt.datetime = at_field()
    used_at: dt.datetime | None = at_field(nullable=True)


class Invitation(Table, table=True):
    """A role offered to whoever reads a mailbox; theirs once they have a factor and say yes."""

    __tablename__ = "invitation"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        Index("ix_invitation_mailbox", "mailbox"),
    )

    id: uuid.UUID = id_field()
    mailbox: str = Field(sa_type=String(254), nullable=False)
    organization_id: uuid.UUID | None = Field(default=None, sa_type=Uuid, nullable=True, index=True)
    place: str = Field(default="", sa_type=String(120), nullable=False)
    """The organization's name when it invited, for the page behind the link."""
    role: str = code_field()
    invited_by: str = Field(sa_type=String(120), nullable=False)
    invited_at: dt.datetime = at_field()
    expires_at: dt.datetime = at_field(index=True)
    accepted_at: dt.datetime | None = at_field(nullable=True)
    accepted_by: uuid.UUID | None = ref_field("user_account.id", nullable=True, index=False)
    withdrawn_at: dt.datetime | None = at_field(nullable=True)


class SignInLink(Table, table=True):
    """A mailed link that was asked for, and how far that browser has come with it. Alone it opens no session."""

    __tablename__ = "sign_in_link"
    __table_args__ = (
        UniqueConstraint("browser_digest"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries_few"),
        CheckConstraint("finished_at IS NULL OR opened_at IS NOT NULL", name="opened_first"),
    )

    id: uuid.UUID = id_field()
    user_id: uuid.UUID | None = ref_field("user_account.id", nullable=True)
    """Nobody when the mailbox is unknown, which nobody is told."""
    invitation_id: uuid.UUID | None = ref_field("invitation.id", nullable=True, index=False)
    browser_digest: str = Field(sa_type=String(64), nullable=False)
    asked_at: dt.datetime = at_field()
    expires_at: dt.datetime = at_field(index=True)
    opened_at: dt.datetime | None = at_field(nullable=True)
    """When its button was pressed; from then on the browser has another token, and a factor is asked for."""
    finished_at: dt.datetime | None = at_field(nullable=True)
    tries: int = Field(default=0, nullable=False)
    goes_to: str = Field(default="", sa_type=String(200), nullable=False)
    """The page of ours that was wanted."""


class MailboxChange(Table, table=True):
    """A new mailbox for a person: proved by a code, told to the old one, and undone from there by one press."""

    __tablename__ = "mailbox_change"
    __table_args__ = (CheckConstraint("objected_at IS NULL OR proved_at IS NOT NULL", name="proved_first"),)

    id: uuid.UUID = id_field()
    user_id: uuid.UUID = ref_field("user_account.id")
    old_mailbox: str = Field(sa_type=String(254), nullable=False)
    new_mailbox: str = Field(sa_type=String(254), nullable=False)
    asked_at: dt.datetime = at_field()
    proved_at: dt.datetime | None = at_field(nullable=True)
    objected_at: dt.datetime | None = at_field(nullable=True)


class EmergencyAccess(Table, table=True):
    """Break-glass (HIPAA 164.312(a)(2)(ii)): an operator asks with a reason, a second person agrees, for an hour."""

    __tablename__ = "emergency_access"
    __table_args__ = (
        together("approved_at", "approved_by_id", "expires_at", name="approval_whole"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> asked_by_id", name="two_people"),
    )

    id: uuid.UUID = id_field()
    asked_by_id: uuid.UUID = ref_field("user_account.id")
    reason: str = Field(sa_type=String(500), nullable=False)
    asked_at: dt.datetime = at_field()
    approved_at: dt.datetime | None = at_field(nullable=True)
    approved_by_id: uuid.UUID | None = ref_field("user_account.id", nullable=True, index=False)
    expires_at: dt.datetime | None = at_field(nullable=True)
    ended_at: dt.datetime | None = at_field(nullable=True)
    """When it was given back, or refused."""
