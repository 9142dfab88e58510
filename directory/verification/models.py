"""Tables of the proofs: checks and attestations, and what waits for a person: matches, differences, documents.

Checks and attestations are only ever added; whatever waits is decided once, by somebody, at a time.
"""

import datetime as dt
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, Uuid
from sqlmodel import Field

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
from directory.terminology.exclusions import Exclusion
from directory.terminology.proofs import FACT_GROUPS, Method, Outcome

CHECKED_BY_US = ("S1", "S2", "S3", "S9")
"""What of the supervision card a person of ours checks (DOMAIN 1.4); the rest is the clinic's attested word."""
OTHER_PROOF = "other"
"""Of a document that its sender could not put anywhere."""
EVIDENCE_TYPES = ("application/pdf", "image/png", "image/jpeg")


class MatchState(StrEnum):
    """OPEN waits for a person. CONFIRMED: it is them. DISMISSED: it is somebody else. LIFTED: off the list again."""

    OPEN = "OPEN"
    CONFIRMED = "CONFIRMED"
    DISMISSED = "DISMISSED"
    LIFTED = "LIFTED"


class DifferenceState(StrEnum):
    """OPEN waits for a person. TAKEN: the registry was right. DISMISSED: the listing is. GONE: they agree again."""

    OPEN = "OPEN"
    TAKEN = "TAKEN"
    DISMISSED = "DISMISSED"
    GONE = "GONE"


class LineKind(StrEnum):
    """Which part of a treatment line somebody gave reason to doubt."""

    PAYER = "PAYER"
    TREATMENT = "TREATMENT"


class EvidenceState(StrEnum):
    """KEPT by our staff. What a clinic sent is WAITING until a person says that it PROVED something or NOT_PROVED."""

    KEPT = "KEPT"
    WAITING = "WAITING"
    PROVED = "PROVED"
    NOT_PROVED = "NOT_PROVED"


class ReminderKind(StrEnum):
    """What somebody is reminded of: to confirm a listing, that a licence ends, that a check of ours is due again."""

    CONFIRM = "CONFIRM"
    LICENCE = "LICENCE"
    REMS = "REMS"
    SUPERVISION = "SUPERVISION"


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


class ExclusionMatch(Table, table=True):
    """A row of the exclusion list that may mean somebody listed here; a person decides. Never shown to the public."""

    __tablename__ = "exclusion_match"
    __table_args__ = (
        one_of("kind", (Exclusion.NPI_MATCH, Exclusion.NAME_DOB_MATCH, Exclusion.NAME_STATE_POSSIBLE)),
        one_of("state", MatchState),
        CheckConstraint("(practitioner_id IS NULL) <> (organization_id IS NULL)", name="means_one"),
        together("decided_at", "decided_by", name="decided_whole"),
        UniqueConstraint("practitioner_id", "row_key"),
        UniqueConstraint("organization_id", "row_key"),
    )

    id: UUID = id_field()
    practitioner_id: UUID | None = ref_field("practitioner.id", nullable=True, index=False)
    organization_id: UUID | None = ref_field("organization.id", nullable=True, index=False)
    kind: str = code_field(length=24)
    state: str = code_field(default=MatchState.OPEN, length=12, index=True)
    row_key: str = Field(max_length=32)
    """A digest of what identifies the row of the list, alike in every month's file."""
    row: dict[str, str] = json_field(dict)
    """What the list says, by its own column names, without the street and the birth date."""
    found_at: dt.datetime = at_field()
    decided_at: dt.datetime | None = at_field(nullable=True)
    decided_by: str | None = None
    note: str = ""


class SupervisionCheck(Table, table=True):
    """One of S1, S2, S3 and S9 looked into by a person of ours: what was found and how."""

    __tablename__ = "supervision_check"
    __table_args__ = (
        one_of("item", CHECKED_BY_US),
        one_of("method", Method),
        Index("ix_supervision_check_location_item_at", "location_id", "item", "at"),
    )

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id", index=False)
    item: str = code_field(length=4)
    holds: bool
    method: str = code_field(length=20)
    source: str = ""
    note: str = ""
    by: str
    at: dt.datetime = at_field()


class ResponseFigures(Table, table=True):
    """What a clinic did with the requests of the last 90 days, as referrals counted it from the log of steps."""

    __tablename__ = "response_figures"
    __table_args__ = (
        CheckConstraint("0 <= decided AND decided <= acknowledged AND acknowledged <= asked", name="counts_nested"),
        CheckConstraint("median_minutes IS NULL OR median_minutes >= 0", name="median_positive"),
    )

    location_id: UUID = Field(primary_key=True, foreign_key="location.id", sa_type=Uuid)
    asked: int
    acknowledged: int
    decided: int
    median_minutes: int | None = None
    """From being asked to the first answer."""
    answered_at: dt.datetime | None = at_field(nullable=True)
    """The last real answer, whenever that was."""
    counted_at: dt.datetime = at_field(index=True)


class LineDoubt(Table, table=True):
    """A clinic refused a request for something its listing offers: that very line is in doubt until it is confirmed.

    It says nothing of the request: which one it was stands in no column.
    """

    __tablename__ = "line_doubt"
    __table_args__ = (
        one_of("kind", LineKind),
        CheckConstraint("(kind = 'PAYER') = (payer <> '')", name="names_its_line"),
        UniqueConstraint("location_id", "kind", "treatment", "payer"),
    )

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id", index=False)
    kind: str = code_field(length=10)
    treatment: str = code_field(default="", length=24)
    """Of a payer's doubt: the treatment asked for, or empty when that was not said: then every line with this payer."""
    payer: str = code_field(default="", length=24)
    at: dt.datetime = at_field(index=True)
    """The newest refusal."""
    handed_over_at: dt.datetime | None = at_field(nullable=True)
    """When it went to a person of ours, because nobody had confirmed it."""


class Reminder(Table, table=True):
    """That somebody was reminded of something, so that each reminder goes out once."""

    __table_args__ = (
        one_of("kind", ReminderKind),
        UniqueConstraint("about_id", "kind", "counted_from", "days"),
    )

    id: UUID = id_field()
    about_id: UUID = Field(sa_type=Uuid)
    """The location to be confirmed or checked, or the qualification that ends."""
    kind: str = code_field(length=12)
    counted_from: dt.datetime = at_field()
    """When the listing was last confirmed, the licence ends or the check is due: a new one begins a new round."""
    days: int
    at: dt.datetime = at_field()


class SourceDifference(Table, table=True):
    """A registry says something else than the listing: a person decides; nothing is changed by itself."""

    __tablename__ = "source_difference"
    __table_args__ = (
        one_of("state", DifferenceState),
        CheckConstraint("(practitioner_id IS NULL) <> (organization_id IS NULL)", name="means_one"),
        together("decided_at", "decided_by", name="decided_whole"),
    )

    id: UUID = id_field()
    source: str = code_field(length=20)
    practitioner_id: UUID | None = ref_field("practitioner.id", nullable=True)
    organization_id: UUID | None = ref_field("organization.id", nullable=True)
    field: str = code_field(length=40)
    ours: str
    theirs: str
    said_on: dt.date | None = None
    """When the registry last changed its record."""
    key: str = Field(max_length=32, unique=True)
    """A digest of who, which field and both values: the same difference is one row, also after a no."""
    state: str = code_field(default=DifferenceState.OPEN, length=12, index=True)
    found_at: dt.datetime = at_field()
    decided_at: dt.datetime | None = at_field(nullable=True)
    decided_by: str | None = None
    note: str = ""


class RegistryLook(Table, table=True):
    """When a number was last asked of the registry over the network, and when it is asked again."""

    __tablename__ = "registry_look"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures_not_negative"),)

    npi: str = Field(primary_key=True, max_length=10)
    asked_at: dt.datetime = at_field()
    due_at: dt.datetime = at_field(index=True)
    failures: int = 0
    """How often in a row it could not be asked."""


class ImportRun(Table, table=True):
    """One run over a file from outside: how far it came, and what it counted, to compare with the next."""

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint("rows >= 0 AND position >= 0", name="counts_not_negative"),
        Index("ix_import_run_kind_finished_at", "kind", "finished_at"),
    )

    id: UUID = id_field()
    kind: str = code_field(length=20)
    file_digest: str = Field(max_length=64)
    """Of the file's size and its beginning: enough to know it again, also at nine gigabytes."""
    rows: int = 0
    position: int = Field(default=0, sa_type=big_integer)
    """Bytes of the file that are done: the next run of the same file goes on from here."""
    counts: dict[str, int] = json_field(dict)
    started_at: dt.datetime = at_field()
    finished_at: dt.datetime | None = at_field(nullable=True)


class EvidenceFile(Table, table=True):
    """A document that somebody uploaded as proof. Its bytes lie sealed in DATA_DIR/evidence under another name."""

    __tablename__ = "evidence_file"
    __table_args__ = (
        one_of("media_type", EVIDENCE_TYPES),
        one_of("fact_group", (*FACT_GROUPS.codes, OTHER_PROOF)),
        one_of("state", EvidenceState),
        CheckConstraint("(state IN ('PROVED', 'NOT_PROVED')) = (settled_at IS NOT NULL)", name="settled_by_a_person"),
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("(removed_at IS NULL) = (wrapped_key IS NOT NULL)", name="removed_with_its_key"),
    )

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id")
    practitioner_id: UUID | None = ref_field("practitioner.id", nullable=True, index=False)
    """Whom it is about; None for the site itself."""
    fact_group: str = code_field(length=20)
    state: str = code_field(default=EvidenceState.KEPT, length=12)
    settled_at: dt.datetime | None = at_field(nullable=True)
    words: str = ""
    """What our staff say of it to the clinic."""
    media_type: str = code_field(length=20)
    size: int
    digest: str = Field(max_length=64)
    """SHA-256 of the bytes as they are kept."""
    stored_as: str = Field(max_length=64, unique=True)
    title: str = ""
    wrapped_key: bytes | None = Field(default=None, sa_type=LargeBinary)
    ring_key_id: str = Field(max_length=40)
    uploaded_by: str
    uploaded_at: dt.datetime = at_field()
    removed_at: dt.datetime | None = at_field(nullable=True)
