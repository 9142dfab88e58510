"""A clinic as pages and rules read it: one frozen value with all that is listed of a site. Pure."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any, Final
from uuid import UUID

from directory.geography.point import Point
from directory.listings.fields import SITE_WORDS
from directory.listings.hours import ClosurePeriod, Opening, OpeningPeriod, coming_closures, local_day, opening, week
from directory.terminology.credentials import CREDENTIALS, TEAM_ROLES
from directory.terminology.evidence import Evidence, evidence_for
from directory.terminology.listing_status import LISTING_STATUSES, ListingStatus
from directory.terminology.rems import REMS_SETTINGS
from directory.terminology.treatments import TREATMENTS, Treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationRecord:
    """Who runs the site. `exclusion` and its date are for staff, never shown."""

    organization_id: UUID
    name: str
    legal_name: str
    npi: str | None
    hipaa_covered_entity: str
    exclusion: str
    exclusion_checked_at: dt.datetime | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Whole US dollars as the clinic said on `as_of`: typical, self-reported, no quote. Both ends may be equal."""

    lowest: int
    highest: int
    per: str
    includes_evaluation: bool
    includes_monitoring: bool
    as_of: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRecord:
    """One treatment line. Codes are those of `terminology`."""

    treatment: str
    comment: str
    comment_es: str
    conditions: tuple[str, ...]
    payers: tuple[str, ...]
    plans: tuple[str, ...]
    minimum_age: int
    maximum_age: int | None
    exclusions: str
    exclusions_es: str
    psychotherapy_paired: bool
    referral_required: bool
    observation_minutes: int | None
    sessions_per_week: int | None
    next_intake_on: dt.date | None
    price: Price | None

    @property
    def terms(self) -> Treatment:
        """Its label, regulatory status and required sentences."""
        return TREATMENTS[self.treatment]

    @property
    def evidence(self) -> list[Evidence]:
        """What is known of this treatment for each condition named, in the clinic's order."""
        return [evidence_for(self.treatment, condition) for condition in self.conditions]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationRecord:
    """A licence or certificate and its check."""

    kind: str
    state: str | None
    title: str
    number: str
    status: str
    issued_on: dt.date | None
    expires_on: dt.date | None
    verified_at: dt.datetime | None
    verified_by: str | None
    verification_method: str | None
    source_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """Someone on the team. `npi`, `dea_attested`, `exclusion` and `held_since` are for staff, never shown."""

    practitioner_id: UUID
    given_name: str
    family_name: str
    credential: str
    specialty: str | None
    npi: str | None
    dea_attested: bool
    exclusion: str
    exclusion_checked_at: dt.datetime | None
    held_since: dt.datetime | None
    roles: tuple[str, ...]
    on_site_days: tuple[int, ...]
    qualifications: tuple[QualificationRecord, ...]

    @property
    def name(self) -> str:
        """As a badge has it: name and credential."""
        return f"{self.given_name} {self.family_name}, {self.credential}"

    @property
    def role_labels(self) -> tuple[str, ...]:
        """What they do at this site, in words."""
        return tuple(row.label for row in TEAM_ROLES.in_order(self.roles))

    @property
    def prescribes(self) -> bool:
        """Holds the prescriber role with a credential that can."""
        return CREDENTIALS[self.credential].can_prescribe and bool({"PRESCRIBER", "MEDICAL_DIRECTOR"} & set(self.roles))


@dataclass(frozen=True, slots=True, kw_only=True)
class RemsRecord:
    """The Spravato REMS certificate of this physical site."""

    setting: str
    method: str | None
    verified_at: dt.datetime | None
    verified_by: str | None
    reverify_on: dt.date | None

    @property
    def certified(self) -> bool:
        """Whether Spravato may be given here, by whatever was learned."""
        return REMS_SETTINGS[self.setting].certified


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionRecord:
    """The supervision card. None means not said. `dea_registered` is private."""

    licensed_prescriber: bool | None
    dea_registered: bool | None
    on_premises_only: bool | None
    evaluation_first: bool | None
    clinician_present: bool | None
    on_site: str
    monitor: str
    pulse_oximetry: bool | None
    blood_pressure: bool | None
    heart_rate: bool | None
    observation_minutes: int | None
    acls_on_site: bool | None
    oxygen: bool | None
    airway_equipment: bool | None
    aed: bool | None
    emergency_plan: bool | None
    discharge_criteria: bool | None
    escort_required: bool | None
    no_driving: bool | None
    no_home_program: bool | None
    written_consent: bool | None
    patients_per_monitor: int | None
    private_room: bool | None
    attested_at: dt.datetime
    attested_by: str


_UNSAID: dict[str, Any] = dict.fromkeys(field.name for field in fields(SupervisionRecord))
NOTHING_SAID: Final = SupervisionRecord(
    **_UNSAID
    | {"on_site": "", "monitor": "", "attested_at": dt.datetime.min.replace(tzinfo=dt.UTC), "attested_by": ""},
)
"""The supervision card of a clinic that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiblingRecord:
    """Another public site of the same organization."""

    slug: str
    name: str
    city: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicRecord:
    """Everything listed of one site. `version` is what an edit form carries back."""

    location_id: UUID
    slug: str
    name: str
    description: str
    description_es: str
    status: str
    status_at: dt.datetime
    version: int
    organization: OrganizationRecord
    address1: str
    address2: str
    city: str
    state: str
    zip5: str
    zip4: str
    point: Point
    time_zone: str
    phone: str | None
    fax: str | None
    url: str | None
    accepting_patients: str
    wait_days: int | None
    referrals_on: bool
    languages: tuple[str, ...]
    interpreter: str
    accessibility: tuple[str, ...]
    transport: str
    transport_es: str
    ride_home_required: bool
    ride_home_rule: str
    ride_home_rule_es: str
    driving_rule: str
    driving_rule_es: str
    psychiatrist_on_team: bool
    prior_authorization_help: bool | None
    superbill: bool | None
    sliding_scale: bool | None
    hsa_fsa: bool | None
    home_use_offered: bool
    rems: RemsRecord
    confirmed_at: dt.datetime | None
    is_demo: bool
    lines: tuple[LineRecord, ...]
    team: tuple[PersonRecord, ...]
    supervision: SupervisionRecord | None
    periods: tuple[OpeningPeriod, ...]
    closures: tuple[ClosurePeriod, ...]
    channel_proved_at: dt.datetime | None = None
    siblings: tuple[SiblingRecord, ...] = ()

    @property
    def terms(self) -> ListingStatus:
        """What the public sees of it in this status, and the neutral notice."""
        return LISTING_STATUSES[self.status]

    @property
    def takes_requests(self) -> bool:
        """Whether a request can be sent from here: public, switched on, and the channel proved."""
        return self.terms.public and self.referrals_on and self.channel_proved_at is not None

    @property
    def offers_spravato(self) -> bool:
        """Whether Spravato is among its lines."""
        return any(line.treatment == "SPRAVATO" for line in self.lines)

    @property
    def spravato(self) -> LineRecord | None:
        """Its Spravato line, which stands apart from the off-label lines."""
        return next((line for line in self.lines if line.treatment == "SPRAVATO"), None)

    @property
    def off_label_lines(self) -> tuple[LineRecord, ...]:
        """Its ketamine lines."""
        return tuple(line for line in self.lines if line.treatment != "SPRAVATO")

    @property
    def required_sentences(self) -> tuple[str, ...]:
        """Every sentence its lines require, each once."""
        return tuple(dict.fromkeys(sentence for line in self.lines for sentence in line.terms.required_sentences))

    @property
    def week(self) -> list[tuple[int, list[OpeningPeriod]]]:
        """Monday to Sunday with their hours."""
        return week(self.periods)

    def opening(self, at: dt.datetime) -> Opening:
        """Open or closed at an instant, in the site's zone."""
        return opening(self.periods, self.closures, time_zone=self.time_zone, at=at)

    def coming_closures(self, at: dt.datetime) -> list[ClosurePeriod]:
        """Closures under way or within sixty days, by the site's own day."""
        return coming_closures(self.closures, on=local_day(self.time_zone, at=at))

    @property
    def texts(self) -> list[tuple[str, str]]:
        """(field, text) of everything the clinic wrote itself, for the claims lint."""
        own = ["name", *SITE_WORDS, *(f"{name}_es" for name in SITE_WORDS)]
        found = [(name, str(getattr(self, name))) for name in own]
        found += [("organization", self.organization.name)]
        found += [("closures", closure.reason) for closure in self.closures]
        if self.supervision is not None:
            found += [("supervision", self.supervision.on_site), ("supervision", self.supervision.monitor)]
        found += [("team", each.title) for person in self.team for each in person.qualifications]
        for line in self.lines:
            words = (line.comment, line.comment_es, line.exclusions, line.exclusions_es)
            found += [(f"lines.{line.treatment}", text) for text in (*words, *line.plans)]
        return [(name, text) for name, text in found if text]
