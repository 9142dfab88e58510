"""Tables of the listings: who runs a place, the place, what is given there, by whom, when, and where requests go.

`Location.version` counts every change of anything shown of the location, for optimistic edits. Decisions are CHECKs.
What ends in `_es` is the clinic's own Spanish for the same field; readers in Spanish see it instead.
"""

import datetime as dt
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from directory.lib.tables import Table, at_field, code_field, id_field, json_field, one_of, ref_field, together
from directory.terminology.accepting import ACCEPTING
from directory.terminology.channels import Channel
from directory.terminology.credentials import CREDENTIALS, TEAM_ROLES
from directory.terminology.exclusions import Exclusion
from directory.terminology.languages import INTERPRETERS
from directory.terminology.licences import LICENCE_STATUSES
from directory.terminology.listing_status import LISTING_STATUSES, ListingState
from directory.terminology.proofs import Method
from directory.terminology.rems import RemsMethod, RemsSetting
from directory.terminology.states import STATES
from directory.terminology.treatments import LISTABLE


class QualificationKind(StrEnum):
    """A state licence, a board certificate, or a life-support certificate."""

    LICENCE = "LICENCE"
    BOARD = "BOARD"
    ACLS = "ACLS"


class PricePer(StrEnum):
    """What a price is for."""

    SESSION = "SESSION"
    MONTH = "MONTH"
    COURSE = "COURSE"


YES_NO_UNKNOWN = ("YES", "NO", "UNKNOWN")


class Organization(Table, table=True):
    """The legal or brand body behind one or more sites."""

    __table_args__ = (
        one_of("hipaa_covered_entity", YES_NO_UNKNOWN),
        one_of("exclusion", Exclusion),
        together("exclusion_checked_at", "exclusion_checked_by", name="exclusion_checked_whole"),
        CheckConstraint("(exclusion = 'NOT_CHECKED') = (exclusion_checked_at IS NULL)", name="exclusion_dated"),
        CheckConstraint("npi IS NULL OR length(npi) = 10", name="npi_length"),
    )

    id: UUID = id_field()
    legal_name: str
    name: str
    """What people call it (doing business as)."""
    npi: str | None = Field(default=None, max_length=10, index=True)
    hipaa_covered_entity: str = code_field(default="UNKNOWN", length=10)
    exclusion: str = code_field(default=Exclusion.NOT_CHECKED, length=24)
    exclusion_checked_at: dt.datetime | None = at_field(nullable=True)
    exclusion_checked_by: str | None = None
    url: str | None = None
    is_demo: bool = False
    created_at: dt.datetime = at_field()


class Location(Table, table=True):
    """One physical site. Its `status` decides what the public sees of it."""

    __table_args__ = (
        one_of("status", LISTING_STATUSES.codes),
        one_of("state", STATES.codes),
        one_of("accepting_patients", ACCEPTING.codes),
        one_of("interpreter", INTERPRETERS.codes),
        one_of("rems_setting", RemsSetting),
        one_of("rems_method", RemsMethod),
        together("rems_method", "rems_verified_at", "rems_verified_by", name="rems_verified_whole"),
        CheckConstraint(
            "rems_setting NOT IN ('OUTPATIENT_CERTIFIED', 'INPATIENT_CERTIFIED') OR rems_method IS NOT NULL",
            name="rems_certificate_has_a_method",
        ),
        together("confirmed_at", "confirmed_by", name="confirmed_whole"),
        CheckConstraint(
            "status NOT IN ('PUBLISHED', 'STALE') OR confirmed_at IS NOT NULL", name="public_has_been_confirmed"
        ),
        CheckConstraint(
            "status NOT IN ('PUBLISHED', 'STALE') OR home_use_offered = false", name="home_use_never_public"
        ),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="position_on_earth"),
        CheckConstraint("wait_days IS NULL OR wait_days BETWEEN 0 AND 730", name="wait_days_sane"),
        CheckConstraint("length(zip5) = 5", name="zip5_length"),
        CheckConstraint("version >= 1", name="version_positive"),
        together("external_source", "external_id", "external_digest", name="external_whole"),
        UniqueConstraint("external_source", "external_id"),
        Index("ix_location_status_confirmed_at", "status", "confirmed_at"),
    )

    id: UUID = id_field()
    organization_id: UUID = ref_field("organization.id")
    slug: str = Field(max_length=120, unique=True)
    name: str
    description: str = ""
    description_es: str = ""
    status: str = code_field(default=ListingState.DRAFT, length=20)
    status_at: dt.datetime = at_field()
    status_by: str
    status_note: str = ""  # why, for staff
    version: int = 1
    address1: str
    address2: str = ""
    city: str
    state: str = code_field(length=2, index=True)
    zip5: str = Field(max_length=5, index=True)
    zip4: str = Field(default="", max_length=4)
    latitude: float
    longitude: float
    position_source: str = "GIVEN"
    """GIVEN, GEOCODED or ZIP_CENTRE: how far the point may be trusted."""
    time_zone: str
    phone: str | None = Field(default=None, max_length=16)
    fax: str | None = Field(default=None, max_length=16)
    url: str | None = None
    accepting_patients: str = code_field(default="nopt", length=12)
    wait_days: int | None = None
    referrals_on: bool = False
    languages: list[str] = json_field()
    interpreter: str = code_field(default="NONE", length=8)
    accessibility: list[str] = json_field()
    transport: str = ""
    transport_es: str = ""
    ride_home_required: bool = True
    ride_home_rule: str = ""
    ride_home_rule_es: str = ""
    driving_rule: str = ""
    driving_rule_es: str = ""
    psychiatrist_on_team: bool = False
    prior_authorization_help: bool | None = None
    superbill: bool | None = None
    sliding_scale: bool | None = None
    hsa_fsa: bool | None = None
    home_use_offered: bool = False
    rems_setting: str = code_field(default=RemsSetting.UNKNOWN, length=24)
    rems_method: str | None = code_field(default=None, length=32, nullable=True)
    rems_verified_at: dt.datetime | None = at_field(nullable=True)
    rems_verified_by: str | None = None
    rems_evidence: str = ""
    rems_reverify_on: dt.date | None = None
    confirmed_at: dt.datetime | None = at_field(nullable=True)
    """When everything shown was last confirmed; freshness counts from here."""
    confirmed_by: str | None = None
    external_source: str | None = None
    """Where an imported row came from, its id there, and a digest of what it said."""
    external_id: str | None = None
    external_digest: str | None = None
    is_demo: bool = Field(default=False, index=True)
    created_at: dt.datetime = at_field()
    changed_at: dt.datetime = at_field()


class HealthcareService(Table, table=True):
    """A treatment line: one treatment given at one site. At-home ketamine is no code that it can hold."""

    __tablename__ = "healthcare_service"
    __table_args__ = (
        one_of("treatment", LISTABLE.codes),
        one_of("price_per", PricePer),
        CheckConstraint("price_min IS NULL OR price_min >= 0", name="price_not_negative"),
        CheckConstraint("price_max IS NULL OR price_min IS NOT NULL", name="price_has_a_least"),
        CheckConstraint("price_max IS NULL OR price_max >= price_min", name="price_in_order"),
        CheckConstraint("(price_min IS NULL) = (price_as_of IS NULL)", name="price_dated"),
        CheckConstraint("observation_minutes IS NULL OR observation_minutes BETWEEN 1 AND 1440", name="minutes_sane"),
        CheckConstraint(
            "minimum_age >= 0 AND (maximum_age IS NULL OR maximum_age >= minimum_age)", name="ages_in_order"
        ),
        UniqueConstraint("location_id", "treatment"),
    )

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id")
    treatment: str = code_field(length=24)
    active: bool = True
    comment: str = ""
    comment_es: str = ""
    conditions: list[str] = json_field()
    payers: list[str] = json_field()
    plans: list[str] = json_field()  # names in the clinic's words, beside the kinds in `payers`
    minimum_age: int = 18
    maximum_age: int | None = None
    exclusions: str = ""
    exclusions_es: str = ""
    psychotherapy_paired: bool = False
    referral_required: bool = False
    observation_minutes: int | None = None
    sessions_per_week: int | None = None
    next_intake_on: dt.date | None = None
    """The Monday of the week in which the next new patient can be seen."""
    price_min: int | None = None
    """Whole US dollars, with `price_max`, as the clinic says, on the day `price_as_of`."""
    price_max: int | None = None
    price_per: str = code_field(default=PricePer.SESSION, length=8)
    price_includes_evaluation: bool = False
    price_includes_monitoring: bool = True
    price_as_of: dt.date | None = None


class Practitioner(Table, table=True):
    """A person on a team. The NPI is an attribute, never the key."""

    __table_args__ = (
        one_of("credential", CREDENTIALS.codes),
        one_of("exclusion", Exclusion),
        together("exclusion_checked_at", "exclusion_checked_by", name="exclusion_checked_whole"),
        CheckConstraint("(exclusion = 'NOT_CHECKED') = (exclusion_checked_at IS NULL)", name="exclusion_dated"),
        CheckConstraint("npi IS NULL OR length(npi) = 10", name="npi_length"),
    )

    id: UUID = id_field()
    given_name: str
    family_name: str
    credential: str = code_field(length=10)
    specialty: str | None = Field(default=None, max_length=10)
    """NUCC taxonomy code, self-reported."""
    npi: str | None = Field(default=None, max_length=10, unique=True)
    dea_attested: bool = False
    """Private: whether a DEA registration for the site's state was attested. The number is kept nowhere."""
    birth_on: dt.date | None = None
    """Private: only to tell namesakes on the exclusion list apart."""
    held_since: dt.datetime | None = at_field(nullable=True)
    """Since when a person looks into something about them; meanwhile pages do not name them."""
    exclusion: str = code_field(default=Exclusion.NOT_CHECKED, length=24)
    exclusion_checked_at: dt.datetime | None = at_field(nullable=True)
    exclusion_checked_by: str | None = None
    is_demo: bool = False
    created_at: dt.datetime = at_field()


class PractitionerRole(Table, table=True):
    """What a person does at a site."""

    __tablename__ = "practitioner_role"
    __table_args__ = (
        one_of("role", TEAM_ROLES.codes),
        UniqueConstraint("practitioner_id", "location_id", "role"),
    )

    id: UUID = id_field()
    practitioner_id: UUID = ref_field("practitioner.id")
    location_id: UUID = ref_field("location.id")
    role: str = code_field(length=20)
    active: bool = True
    on_site_days: list[int] = json_field()
    """Weekdays on site, 0 being Monday."""


class Qualification(Table, table=True):
    """A licence or certificate, and how and when it was checked with its issuer."""

    __table_args__ = (
        one_of("kind", QualificationKind),
        one_of("status", LICENCE_STATUSES.codes),
        CheckConstraint("state IS NULL OR length(state) = 2", name="state_length"),
        CheckConstraint("kind <> 'LICENCE' OR state IS NOT NULL", name="licence_has_a_state"),
        CheckConstraint("issued_on IS NULL OR expires_on IS NULL OR issued_on <= expires_on", name="dates_in_order"),
        one_of("verification_method", Method),
        together("verified_at", "verified_by", "verification_method", name="verified_whole"),
    )

    id: UUID = id_field()
    practitioner_id: UUID = ref_field("practitioner.id")
    kind: str = code_field(default=QualificationKind.LICENCE, length=10)
    state: str | None = Field(default=None, max_length=2)
    title: str
    """Type of licence or name of certificate, in the issuer's words."""
    number: str = ""
    """As issued: prefix and leading zeros kept."""
    status: str = code_field(default="UNKNOWN", length=20)
    issued_on: dt.date | None = None
    expires_on: dt.date | None = None
    verified_at: dt.datetime | None = at_field(nullable=True)
    verified_by: str | None = None
    verification_method: str | None = None
    source_url: str | None = None


class Endpoint(Table, table=True):
    """Where requests for a site go. Never shown. Proved only by an answered test on that very channel."""

    __table_args__ = (
        one_of("channel", Channel),
        together("tested_at", "tested_by", name="tested_whole"),
        together("secret_sealed", "ring_key_id", name="secret_with_its_key"),
        CheckConstraint("(channel = 'WEBHOOK') = (hook_url IS NOT NULL)", name="hook_of_a_webhook"),
        CheckConstraint("proved_at IS NULL OR tested_at IS NOT NULL", name="proved_by_a_test"),
        Index(
            "uq_endpoint_active_location_id",
            "location_id",
            unique=True,
            sqlite_where=text("active = true"),
            postgresql_where=text("active = true"),
        ),
    )

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id")
    channel: str = code_field(default=Channel.EMAIL, length=8)
    address: str
    """The mailbox that codes and notices go to; of a FAX, its number."""
    hook_url: str | None = Field(default=None, max_length=300)
    secret_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    """What a webhook's calls are signed with; drawn by us, shown once."""
    ring_key_id: str | None = Field(default=None, max_length=40)
    active: bool = True
    tested_at: dt.datetime | None = at_field(nullable=True)
    tested_by: str | None = None
    proved_at: dt.datetime | None = at_field(nullable=True)
    created_at: dt.datetime = at_field()


class AvailableTime(Table, table=True):
    """One stretch of opening on one weekday, on the wall clock of the site's zone. A stretch ends on its own day."""

    __tablename__ = "available_time"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_known"),
        CheckConstraint("all_day = (opens IS NULL)", name="all_day_or_hours"),
        CheckConstraint("(opens IS NULL) = (closes IS NULL)", name="hours_whole"),
        CheckConstraint("opens IS NULL OR opens < closes", name="hours_in_order"),
    )

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id")
    weekday: int
    """0 is Monday."""
    all_day: bool = False
    opens: dt.time | None = None
    closes: dt.time | None = None


class Closure(Table, table=True):
    """Days on which a site is closed whatever its hours say, both ends included."""

    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="days_in_order"),)

    id: UUID = id_field()
    location_id: UUID = ref_field("location.id")
    starts_on: dt.date
    ends_on: dt.date
    reason: str = ""


class Supervision(Table, table=True):
    """The supervision card of a site: what it attests of S1 to S10. None means not said, which is not no."""

    __table_args__ = (
        CheckConstraint("observation_minutes IS NULL OR observation_minutes BETWEEN 1 AND 1440", name="minutes_sane"),
        CheckConstraint("patients_per_monitor IS NULL OR patients_per_monitor >= 1", name="ratio_sane"),
    )

    location_id: UUID = ref_field("location.id", index=False, primary_key=True)
    licensed_prescriber: bool | None = None
    """S1: an active, unrestricted licence of a prescriber at the site."""
    dea_registered: bool | None = None
    """S2: private."""
    on_premises_only: bool | None = None
    """S3: the drug is given on the premises only."""
    evaluation_first: bool | None = None
    """S4: psychiatric diagnosis and medical screening before treatment."""
    clinician_present: bool | None = None
    """S5: a licensed clinician is physically present for the whole session; which credential is in `on_site`."""
    on_site: str = ""
    monitor: str = ""
    """Credential of whoever watches over the session."""
    pulse_oximetry: bool | None = None
    """S6, with the next three."""
    blood_pressure: bool | None = None
    heart_rate: bool | None = None
    observation_minutes: int | None = None
    acls_on_site: bool | None = None
    """S7, with the next four."""
    oxygen: bool | None = None
    airway_equipment: bool | None = None
    aed: bool | None = None
    emergency_plan: bool | None = None
    discharge_criteria: bool | None = None
    """S8, with the next two."""
    escort_required: bool | None = None
    no_driving: bool | None = None
    no_home_program: bool | None = None
    """S9: no at-home ketamine program is marketed."""
    written_consent: bool | None = None
    """S10: written off-label consent for every use of ketamine."""
    patients_per_monitor: int | None = None
    private_room: bool | None = None
    attested_at: dt.datetime = at_field()
    attested_by: str
