"""Tables of moderation: what waits for a person, what was decided, what visitors reported, what was merged."""

import datetime as dt
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Uuid, text
from sqlmodel import Field

from directory.lib.tables import Table, at_field, code_field, id_field, json_field, one_of, ref_field, together
from directory.moderation.kinds import KINDS
from directory.moderation.reasons import REPORT_REASONS


class ItemState(StrEnum):
    """OPEN waits for a person; DONE was decided, or has settled by itself."""

    OPEN = "OPEN"
    DONE = "DONE"


class Verb(StrEnum):
    """What a person of ours decides about an item."""

    APPROVE = "APPROVE"
    RETURN = "RETURN"
    REFUSE = "REFUSE"
    ANSWER = "ANSWER"
    CLOSE = "CLOSE"
    SUSPEND = "SUSPEND"
    REINSTATE = "REINSTATE"
    MERGE = "MERGE"
    KEEP_BOTH = "KEEP_BOTH"
    UNDO_MERGE = "UNDO_MERGE"


class QueueItem(Table, table=True):
    """One thing that waits for a person. There is at most one open item about the same thing of the same kind."""

    __tablename__ = "queue_item"
    __table_args__ = (
        one_of("kind", KINDS.codes),
        one_of("state", ItemState),
        CheckConstraint("priority BETWEEN 0 AND 4", name="priority_known"),
        CheckConstraint("(state = 'DONE') = (closed_at IS NOT NULL)", name="closed_when_done"),
        together("taken_at", "taken_by", "taken_by_id", name="taken_whole"),
        together("closed_at", "closed_by", name="closed_whole"),
        Index(
            "uq_queue_item_open_kind_about_id",
            "kind",
            "about_id",
            unique=True,
            sqlite_where=text("state = 'OPEN'"),
            postgresql_where=text("state = 'OPEN'"),
        ),
        # The queue's page reads its fifty rows in this order without sorting the fifty thousand.
        Index("ix_queue_item_in_order", "state", "priority", "due_at", "id"),
        Index("ix_queue_item_kind_in_order", "state", "kind", "priority", "due_at", "id"),
    )

    id: UUID = id_field()
    kind: str = code_field(length=24)
    about_id: UUID = Field(sa_type=Uuid, nullable=False)
    """The row it is about: a revision, claim, report, request's task, match, pair of listings …"""
    location_id: UUID | None = ref_field("location.id", nullable=True)
    priority: int
    opened_at: dt.datetime = at_field()
    due_at: dt.datetime = at_field()
    escalated_at: dt.datetime | None = at_field(nullable=True)
    state: str = code_field(default=ItemState.OPEN, length=4)
    taken_at: dt.datetime | None = at_field(nullable=True)
    taken_by: str | None = Field(default=None, max_length=80)
    taken_by_id: UUID | None = Field(default=None, sa_type=Uuid, nullable=True)
    closed_at: dt.datetime | None = at_field(nullable=True)
    closed_by: str | None = Field(default=None, max_length=80)


class Decision(Table, table=True):
    """What somebody decided, with the words for whom it concerns. Rows are only ever added."""

    __table_args__ = (
        one_of("verb", Verb),
        Index("ix_decision_item_id_at", "item_id", "at"),
        Index("ix_decision_location_id_at", "location_id", "at"),
    )

    id: UUID = id_field()
    item_id: UUID | None = ref_field("queue_item.id", nullable=True, index=False)
    location_id: UUID | None = ref_field("location.id", nullable=True, index=False)
    verb: str = code_field(length=16)
    took_effect: bool = True
    """False: the first of two people has said yes, and a second one must."""
    words: str = ""
    """What the clinic, or whoever reported a mistake, reads."""
    detail: dict[str, Any] = json_field(dict)
    by: str = Field(max_length=80)
    by_id: UUID = Field(sa_type=Uuid)
    at: dt.datetime = at_field()


class Report(Table, table=True):
    """A mistake somebody told us of. What they wrote and their mailbox are sealed; both go once it is answered."""

    __table_args__ = (
        one_of("reason", REPORT_REASONS.codes),
        together("answered_at", "answered_by", name="answered_whole"),
        CheckConstraint("answered_at IS NULL OR mailbox_sealed IS NULL", name="answered_knows_no_mailbox"),
        Index("ix_report_location_id_at", "location_id", "at"),
        Index("ix_report_answered_at", "answered_at"),
    )

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id", index=False)
    reason: str = code_field(length=24)
    words_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    mailbox_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    ring_key_id: str = Field(max_length=40, index=True)
    network: str = Field(max_length=64)
    """Keyed digest of the network it came from, empty after 30 days: two reports are independent only from two."""
    at: dt.datetime = at_field()
    answered_at: dt.datetime | None = at_field(nullable=True)
    answered_by: str | None = Field(default=None, max_length=80)
    outcome: str | None = code_field(default=None, length=20, nullable=True)


class DuplicatePair(Table, table=True):
    """Two listings that may be the same place, and why; a person says. Asked once."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        CheckConstraint("first_id <> second_id", name="pair_of_two"),
        Index("uq_duplicate_pair_ids", "first_id", "second_id", unique=True),
    )

    id: UUID = id_field()
    first_id: UUID = ref_field("location.id", index=False)
    second_id: UUID = ref_field("location.id")
    why: str = code_field(length=20)
    found_at: dt.datetime = at_field()


class ListingMerge(Table, table=True):
    """One listing was merged into another by two people; it can be undone for 30 days."""

    __tablename__ = "listing_merge"
    __table_args__ = (
        together("undone_at", "undone_by", name="undone_whole"),
        CheckConstraint("kept_id <> gone_id", name="merge_of_two"),
    )

    id: UUID = id_field()
    kept_id: UUID = ref_field("location.id")
    gone_id: UUID = ref_field("location.id")
    status_before: str = code_field(length=20)
    at: dt.datetime = at_field()
    by: str = Field(max_length=80)
    second_by: str = Field(max_length=80)
    undone_at: dt.datetime | None = at_field(nullable=True)
    undone_by: str | None = Field(default=None, max_length=80)


class DigestDay(Table, table=True):
    """A day on which the moderators on duty were sent their digest."""

    __tablename__ = "digest_day"

    day: dt.date = Field(primary_key=True)
    at: dt.datetime = at_field()
    waiting: int
