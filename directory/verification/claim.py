"""Tables of claims: somebody says that a listing is theirs, and what proved it."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Uuid, text
from sqlmodel import Field

from directory.lib.tables import Table, at_field, code_field, id_field, one_of, ref_field, together


class ClaimState(StrEnum):
    """OPEN: proofs are being gathered. GRANTED: two of them hold. ENDED: by the old contact's objection."""

    OPEN = "OPEN"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    ENDED = "ENDED"
    WITHDRAWN = "WITHDRAWN"


class ProofKind(StrEnum):
    """Ways to show that one belongs to the clinic that is listed; each leads through something else that is listed."""

    PHONE_CODE = "PHONE_CODE"
    WEBSITE_MAIL = "WEBSITE_MAIL"
    LETTER = "LETTER"
    REGISTRY_OFFICIAL = "REGISTRY_OFFICIAL"


class Claim(Table, table=True):
    """One mailbox's claim of one listing. What was listed when it began is kept: later changes prove nothing."""

    __table_args__ = (
        one_of("state", ClaimState),
        together("settled_at", "settled_by", name="settled_whole"),
        CheckConstraint("(state = 'OPEN') = (settled_at IS NULL)", name="settled_unless_open"),
        Index(
            "uq_claim_open_location_id_mailbox",
            "location_id",
            "mailbox",
            unique=True,
            sqlite_where=text("state = 'OPEN'"),
            postgresql_where=text("state = 'OPEN'"),
        ),
    )

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id")
    mailbox: str = Field(max_length=254)
    """Of whoever claims, in lower case; an invitation goes to it once the claim is granted."""
    mailbox_proved_at: dt.datetime | None = at_field(nullable=True)
    state: str = code_field(default=ClaimState.OPEN, length=12, index=True)
    listed_phone: str | None = Field(default=None, max_length=16)
    listed_host: str = ""
    listed_address: str = ""
    begun_at: dt.datetime = at_field()
    settled_at: dt.datetime | None = at_field(nullable=True)
    settled_by: str | None = None
    words: str = ""
    objected_at: dt.datetime | None = at_field(nullable=True)


class ClaimProof(Table, table=True):
    """One proof of a claim, asked for or given. Its code is derived from this row's id and stored nowhere."""

    __tablename__ = "claim_proof"
    __table_args__ = (
        one_of("kind", ProofKind),
        together("proved_at", "proved_by", name="proved_whole"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries_few"),
        Index("ix_claim_proof_claim_id_kind", "claim_id", "kind"),
    )

    id: UUID = id_field()
    claim_id: UUID = ref_field("claim.id", index=False)
    kind: str = code_field(length=20)
    asked_at: dt.datetime = at_field()
    given_at: dt.datetime | None = at_field(nullable=True)
    """When the code was read out, printed or mailed; it can be typed from then on."""
    given_by: str | None = None
    expires_at: dt.datetime = at_field()
    tries: int = 0
    proved_at: dt.datetime | None = at_field(nullable=True)
    proved_by: str | None = None
    note: str = ""


class InvitedBy(StrEnum):
    """How a candidate was invited to claim its listing."""

    MAIL = "MAIL"
    LETTER = "LETTER"


class ClaimInvitation(Table, table=True):
    """That a candidate was invited to claim its listing: its page of claiming is open from then on."""

    __tablename__ = "claim_invitation"
    __table_args__ = (
        one_of("way", InvitedBy),
        Index("ix_claim_invitation_location_id_at", "location_id", "invited_at"),
    )

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id", index=False)
    way: str = code_field(length=8)
    host: str = Field(default="", max_length=253)
    """The domain that was written to; the mailbox itself is not kept."""
    invited_at: dt.datetime = at_field()
    invited_by: str = Field(max_length=120)


class NoInvitation(Table, table=True):
    """Somebody asked not to be invited again: about one listing, and at the domain of its website."""

    __tablename__ = "no_invitation"
    __table_args__ = (Index("ix_no_invitation_host", "host"),)

    location_id: UUID = Field(primary_key=True, foreign_key="location.id", sa_type=Uuid)
    host: str = Field(default="", max_length=253)
    at: dt.datetime = at_field()
    by: str = Field(max_length=120)
