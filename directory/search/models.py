"""Tables of the search: a row for each public location, who waits for one to open, how often none was found
and how often a page was seen."""

import datetime as dt
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, LargeBinary, PrimaryKeyConstraint, String, Text, Uuid
from sqlmodel import Field

from directory.lib.tables import Table, at_field, big_integer, id_field


class SearchEntry(Table, table=True):
    """What the index holds of a location, or the note that it left; every process applies rows above its version."""

    __tablename__ = "search_entry"
    __table_args__ = (CheckConstraint("removed = (payload = '')", name="removed_has_no_payload"),)

    location_id: UUID = Field(primary_key=True, sa_type=Uuid)
    """No foreign key: the note that a location left outlives the location."""
    version: int = Field(sa_type=big_integer, index=True)
    removed: bool = False
    payload: str = Field(default="", sa_type=Text)
    """`search.entries.Entry` as JSON, kept as text: only the index reads it."""


class SearchVersion(Table, table=True):
    """One row. Its lock, held until the commit, makes versions visible in order; a sequence loses updates here."""

    __tablename__ = "search_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: int = Field(sa_type=big_integer)


class Waiting(Table, table=True):
    """Somebody waits to be told, once, that a clinic has opened near a place. Who and where is sealed."""

    __tablename__ = "waiting"
    __table_args__ = (
        CheckConstraint("told_at IS NULL OR confirmed_at IS NOT NULL", name="told_after_confirming"),
        CheckConstraint("(told_at IS NULL) = (mailbox_sealed IS NOT NULL)", name="mailbox_until_told"),
        CheckConstraint("asked_at < ends_at", name="ends_after_it_begins"),
    )

    id: UUID = id_field()
    asked_at: dt.datetime = at_field()
    confirmed_at: dt.datetime | None = at_field(nullable=True)
    """When whoever reads the mailbox said yes; until then nothing but the question is sent there."""
    told_at: dt.datetime | None = at_field(nullable=True)
    ends_at: dt.datetime = at_field(index=True)
    """When the row is deleted, whatever has become of it."""
    seen_version: int = Field(sa_type=big_integer, index=True)
    """The version of the search up to which nothing fits."""
    ring_key_id: str = Field(sa_type=String(40), nullable=False)
    mailbox_sealed: bytes | None = Field(default=None, sa_type=LargeBinary, nullable=True)
    wish_sealed: bytes = Field(sa_type=LargeBinary, nullable=False)
    """Place, distance and treatment as JSON: beside a mailbox they say something about health."""


class UnmetNeed(Table, table=True):
    """How many searches from one county found nobody in one month. Searches, not people; there is nobody in it."""

    __tablename__ = "unmet_need"
    __table_args__ = (
        PrimaryKeyConstraint("month_on", "county_fips"),
        CheckConstraint("searches > 0", name="searches_counted"),
    )

    month_on: dt.date = Field(sa_type=Date, nullable=False)
    """The first day of the month (UTC)."""
    county_fips: str = Field(sa_type=String(5), nullable=False)
    searches: int = Field(nullable=False)


class ListingViews(Table, table=True):
    """How often the public page of a location was shown in one month. Pages, not people; there is nobody in it."""

    __tablename__ = "listing_views"
    __table_args__ = (
        PrimaryKeyConstraint("location_id", "month_on"),
        CheckConstraint("seen > 0", name="seen_counted"),
    )

    location_id: UUID = Field(sa_type=Uuid, nullable=False)
    """No foreign key: a count that was added up in memory may outlive the location."""
    month_on: dt.date = Field(sa_type=Date, nullable=False, index=True)
    """The first day of the month (UTC)."""
    seen: int = Field(nullable=False)
