"""Tables of changes to listings: what a section said before and after, who, when and why; and what is half typed."""

import datetime as dt
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, Uuid
from sqlmodel import Field

from directory.lib.tables import Table, at_field, code_field, id_field, json_field, one_of, ref_field, together
from directory.listings.fields import Section


class RevisionState(StrEnum):
    """LIVE: the public sees it. WAITING: a person looks first. RETURNED: with words, to be tried again. UNDONE: taken
    back by its author, replaced by a newer one, or put back to what stood before."""

    LIVE = "LIVE"
    WAITING = "WAITING"
    RETURNED = "RETURNED"
    REFUSED = "REFUSED"
    UNDONE = "UNDONE"


class Revision(Table, table=True):
    """One change of one section of one site. `before` and `after` hold the facts that differ, by name."""

    __table_args__ = (
        one_of("section", Section),
        one_of("state", RevisionState),
        CheckConstraint("based_on >= 0", name="based_on_a_version"),
        together("settled_at", "settled_by", name="settled_whole"),
        together("approved_at", "approved_by", name="approved_whole"),
        CheckConstraint("(state = 'WAITING') = (settled_at IS NULL)", name="settled_unless_waiting"),
        Index("ix_revision_location_id_at", "location_id", "at"),
        Index("ix_revision_state_cools_until", "state", "cools_until"),
    )

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id", index=False)
    section: str = code_field(length=16)
    before: dict[str, Any] = json_field(dict)
    after: dict[str, Any] = json_field(dict)
    why: str = ""
    """In the words of whoever changed it."""
    by: str
    user_id: UUID | None = Field(default=None, sa_type=Uuid, nullable=True)
    at: dt.datetime = at_field()
    based_on: int
    """The version of the listing that the editor saw."""
    state: str = code_field(length=12)
    cools_until: dt.datetime | None = at_field(nullable=True)
    """Until when the old contact can object; nothing of it is live before."""
    objected_at: dt.datetime | None = at_field(nullable=True)
    approved_at: dt.datetime | None = at_field(nullable=True)
    approved_by: str | None = None
    method: str | None = code_field(default=None, length=20, nullable=True)
    """How the person who approved it checked it."""
    settled_at: dt.datetime | None = at_field(nullable=True)
    settled_by: str | None = None
    words: str = ""
    """What whoever settled it told the clinic."""


class EditDraft(Table, table=True):
    """A page of the clinic's rooms as somebody left it before saving: what was typed, and what the page had shown."""

    __tablename__ = "edit_draft"
    __table_args__ = (
        one_of("section", Section),
        UniqueConstraint("location_id", "section", "user_id"),
    )

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id", index=False)
    section: str = code_field(length=16)
    user_id: UUID = Field(sa_type=Uuid, index=True)
    typed: dict[str, Any] = json_field(dict)
    seen: str = Field(max_length=20)
    at: dt.datetime = at_field()
