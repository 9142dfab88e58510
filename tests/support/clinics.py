"""A whole clinic as the demo's front desk would enter it, to change one thing of."""

import datetime as dt
from typing import Any

from directory.listings.actions import Site
from directory.listings.models import (
    AvailableTime,
    Endpoint,
    HealthcareService,
    Location,
    Organization,
    Practitioner,
    Qualification,
    Supervision,
)
from directory.listings.people import TeamMember

AT = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)
"""The moment at which the `clock` fixture starts."""


def organization(**changes: Any) -> Organization:
    """Harbour Clinic, checked against the exclusion list."""
    given: dict[str, Any] = {
        "legal_name": "Harbour Clinic LLC",
        "name": "Harbour Clinic",
        "npi": "2234567891",
        "hipaa_covered_entity": "YES",
        "exclusion": "NO_MATCH",
        "exclusion_checked_at": AT,
        "exclusion_checked_by": "moderator:mo",
        "created_at": AT,
    }
    return Organization(**given | changes)


def location(of: Organization, **changes: Any) -> Location:
    """Harbour Clinic in Portland, Maine, REMS-certified."""
    given: dict[str, Any] = {
        "organization_id": of.id,
        "slug": "harbour-clinic-portland-me",
        "name": "Harbour Clinic",
        "description": "A small clinic by the water. We see adults only and stay with you for the whole session.",
        "status": "DRAFT",
        "address1": "1 Wharf Street",
        "city": "Portland",
        "state": "ME",
        "zip5": "04101",
        "latitude": 43.6569,
        "longitude": -70.2589,
        "time_zone": "America/New_York",
        "phone": "+12075550142",
        "accepting_patients": "newpt",
        "wait_days": 14,
        "referrals_on": True,
        "languages": ["en", "es"],
        "accessibility": ["handiaccess"],
        "rems_setting": "OUTPATIENT_CERTIFIED",
        "rems_method": "REMS_PHONE",
        "rems_verified_at": AT,
        "rems_verified_by": "moderator:mo",
    }
    return Location(**given | changes)


def spravato(**changes: Any) -> HealthcareService:
    """A Spravato line."""
    given: dict[str, Any] = {
        "treatment": "SPRAVATO",
        "conditions": ["TRD", "MDSI"],
        "payers": ["commppo", "medib", "selfpay"],
        "observation_minutes": 120,
    }
    return HealthcareService(**given | changes)


def iv_ketamine(**changes: Any) -> HealthcareService:
    """An IV ketamine line with a price."""
    given: dict[str, Any] = {
        "treatment": "KET_IV",
        "conditions": ["TRD"],
        "payers": ["selfpay"],
        "observation_minutes": 90,
        "price_min": 450,
        "price_max": 550,
        "price_as_of": dt.date(2026, 1, 5),
    }
    return HealthcareService(**given | changes)


def supervision(**changes: Any) -> Supervision:
    """A card on which everything is attested."""
    said = (
        "licensed_prescriber dea_registered on_premises_only evaluation_first clinician_present pulse_oximetry "
        "blood_pressure heart_rate acls_on_site oxygen airway_equipment aed emergency_plan discharge_criteria "
        "escort_required no_driving no_home_program written_consent private_room"
    )
    given: dict[str, Any] = dict.fromkeys(said.split(), True) | {
        "on_site": "MD",
        "monitor": "RN",
        "observation_minutes": 120,
        "patients_per_monitor": 2,
        "attested_at": AT,
        "attested_by": "clinic:harbour-clinic-portland-me",
    }
    return Supervision(**given | changes)


def licence(**changes: Any) -> Qualification:
    """An active physician's licence in Maine, seen at the board."""
    given: dict[str, Any] = {
        "state": "ME",
        "title": "Physician",
        "number": "MD00123",
        "status": "ACTIVE",
        "issued_on": dt.date(2015, 6, 1),
        "expires_on": dt.date(2027, 6, 30),
        "verified_at": AT,
        "verified_by": "moderator:mo",
        "verification_method": "REGISTRY",
        "source_url": "https://www.pfr.maine.gov/",
    }
    return Qualification(**given | changes)


def prescriber(*licences: Qualification, **changes: Any) -> TeamMember:
    """A psychiatrist who prescribes, with one active licence unless others are given."""
    given: dict[str, Any] = {
        "given_name": "Noor",
        "family_name": "Example",
        "credential": "MD",
        "npi": "1234567893",
        "dea_attested": True,
        "exclusion": "NO_MATCH",
        "exclusion_checked_at": AT,
        "exclusion_checked_by": "moderator:mo",
        "created_at": AT,
    }
    return TeamMember(
        person=Practitioner(**given | changes),
        roles=("PRESCRIBER", "MEDICAL_DIRECTOR"),
        on_site_days=(0, 1, 2, 3, 4),
        qualifications=licences or (licence(),),
    )


def endpoint(**changes: Any) -> Endpoint:
    """The clinic's mailbox, not proved yet."""
    given: dict[str, Any] = {"address": "intake@harbour.example.org", "created_at": AT}
    return Endpoint(**given | changes)


def site(of: Organization, **changes: Any) -> Site:
    """The whole clinic. Parts by name: location, lines, team, times, closures, supervision, endpoint."""
    given: dict[str, Any] = {
        "location": location(of),
        "lines": (spravato(), iv_ketamine()),
        "team": (prescriber(),),
        "times": [AvailableTime(weekday=day, opens=dt.time(9), closes=dt.time(17)) for day in range(5)],
        "supervision": supervision(),
        "endpoint": endpoint(),
    }
    return Site(**given | changes)
