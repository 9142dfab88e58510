"""Tables of the search: one row a public location with all that its card shows, and the counter of their versions."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Text, Uuid
from sqlmodel import Field

from directory.lib.tables import Table, big_integer


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
