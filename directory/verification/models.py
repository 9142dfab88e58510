"""Tables of the proofs: one result per check of a fact group, and what a clinic attested. Rows are only ever added."""

import datetime as dt
from uuid import UUID

from sqlalchemy import CheckConstraint, Index

from directory.lib.tables import Table, at_field, code_field, id_field, json_field, one_of, ref_field
from directory.terminology.proofs import FACT_GROUPS, Method, Outcome


class VerificationResult(Table, table=True):
    """One check of one group of facts of one site: how, by whom, when, with what outcome."""

    __tablename__ = "verification_result"
    __table_args__ = (
        one_of("fact_group", FACT_GROUPS.codes),
        one_of("method", Method),
        one_of("outcome", Outcome),
        CheckConstraint("(outcome = 'CONFIRMED') = (next_due_on IS NOT NULL)", name="confirmed_has_a_next_day"),
        Index("ix_verification_result_location_group_at", "location_id", "fact_group", "at"),
    )

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id", index=False)
    fact_group: str = code_field(length=20)
    method: str = code_field(length=20)
    outcome: str = code_field(length=12)
    source: str = ""
    """Where it was seen: a registry's address, "clinic's phone", the name of a document. Never a person's name."""
    note: str = ""
    by: str
    at: dt.datetime = at_field()
    next_due_on: dt.date | None = None


class Attestation(Table, table=True):
    """A clinic's "all still correct": which version of its listing it saw, and which groups that renewed."""

    __table_args__ = (CheckConstraint("listing_version >= 1", name="version_positive"),)

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id")
    listing_version: int
    groups: list[str] = json_field()
    by: str
    at: dt.datetime = at_field()
