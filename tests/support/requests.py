"""Harbour Clinic, published and ready for requests, and what Pat and Dr Rivera would ask of it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from directory import wiring
from directory.accounts.actor import Actor, ActorKind
from directory.lib import clock as service_clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.listings import queries as listing_queries
from directory.listings.models import Endpoint, HealthcareService, Location
from directory.referrals import actions, terms, vetting
from directory.referrals.actions import NewRequest
from directory.referrals.consent import in_force
from directory.referrals.models import DraftKind, Referral, Source
from directory.terminology.identifiers import npi_check_digit
from directory.terminology.proofs import FactGroup, Method
from directory.verification import actions as verification
from tests.support import clinics
from tests.support.clinics import AT
from tests.support.databases import ring_for_tests

MO = Actor(ActorKind.MODERATOR, "mo")
NOOR = Actor(ActorKind.CLINIC, "harbour-clinic-portland-me")
CLINIC_MAILBOX = "intake@harbour.example.org"
PATIENT_MAILBOX = "pat@example.net"
SLUG = "harbour-clinic-portland-me"

PATIENT: dict[str, Any] = {
    "for_whom": "self",
    "adult": "yes",
    "patient_name": "Pat Quillfeather",
    "phone": "+12075550123",
    "email": PATIENT_MAILBOX,
    "prefers": "call",
    "voicemail": "no",
    "through": "",
    "reach_note": "after 5 p.m.",
    "zip5": "04101",
    "condition": "TRD",
    "treatment": "SPRAVATO",
    "payer": "commppo",
    "plan": "",
    "language": "en",
    "accessibility": [],
    "ride": "yes",
    "note": "I would rather come in the morning.",
}
"""What the patient's form holds when it is finished."""

CLINICIAN: dict[str, Any] = {
    "sender_name": "Dr Rosa Rivera, MD",
    "npi": "1234567893",
    "organization": "Rivera Psychiatry",
    "sender_phone": "+12075550177",
    "sender_mailbox": "rivera@example.com",
    "patient_name": "Pat Quillfeather",
    "born": "1980-05-06",
    "age": "",
    "phone": "+12075550123",
    "email": "",
    "prefers": "call",
    "voicemail": "yes",
    "through": "",
    "reach_note": "",
    "zip5": "04101",
    "risk": "LOW",
    "diagnosis": "F332",
    "diagnosis_2": "",
    "diagnosis_3": "",
    "failed_trials": "2",
    "treatment": "SPRAVATO",
    "urgency": "soon",
    "question": "Please evaluate for esketamine.",
    "scale": "PHQ9",
    "total": "19",
    "scored": "2026-03-01",
    "aneurysm": "NO",
    "avm": "NO",
    "ich": "UNKNOWN",
    "hypersens": "NO",
    "payer": "medib",
    "plan": "",
    "language": "es",
    "accessibility": ["handiaccess"],
    "ride": "not_sure",
    "basis": "agreed",
    "part2": "no",
    "part2_consent": "",
}
"""What the clinician's form holds when it is finished."""


def ready_clinic(
    databases: Databases,
    *,
    slug: str = SLUG,
    mailbox: str = CLINIC_MAILBOX,
    npi: str = "1234567893",
    terms_accepted: bool = True,
) -> UUID:
    """A published clinic with a proved mailbox that has agreed to the terms; its location's id. Dr Rivera is vetted."""
    with unit_of_work(databases, wiring.dispatch) as db:
        org = listings.add_organization(db, clinics.organization())
        place = clinics.location(org, slug=slug)
        site = clinics.site(
            org, location=place, team=(clinics.prescriber(npi=npi),), endpoint=clinics.endpoint(address=mailbox)
        )
        location_id = listings.add_site(db, site, by=str(NOOR), at=AT).id
    with unit_of_work(databases, wiring.dispatch) as db:
        verification.record(db, location_id, [FactGroup.IDENTITY], method=Method.REGISTRY, by=MO, at=AT, source="NPPES")
        verification.record(db, location_id, [FactGroup.SUPERVISION], method=Method.PHONE, by=MO, at=AT)
        verification.publish(db, location_id, by=MO, at=AT)
    with unit_of_work(databases, wiring.dispatch) as db:
        found = listing_queries.find_endpoint(db, location_id)
        assert found is not None
        verification.test_endpoint(db, found.id, by=MO, at=AT)
    with unit_of_work(databases) as db:
        vetting.remember(db, CLINICIAN["sender_mailbox"], CLINICIAN["npi"], by=str(MO), at=service_clock.now())
    if terms_accepted:
        with unit_of_work(databases, wiring.dispatch) as db:
            terms.accept(db, org.id, by=NOOR, at=AT)
    return location_id


RANKED = ("harbour", "lantern", "orchard", "mill", "quarry", "tannery")


def ranked_clinics(databases: Databases, count: int, *, series: int = 0) -> list[UUID]:
    """So many clinics like Harbour Clinic, each with a mailbox of its own (`intake@<name>.example.org`).

    Another `series` makes others, whose slugs end in its number.
    """
    found = []
    for number, name in enumerate(RANKED[:count], 1):
        nine = f"19{series:06d}{number}"
        npi, slug = f"{nine}{npi_check_digit(nine)}", f"{name}-clinic" + (f"-{series}" if series else "")
        found.append(ready_clinic(databases, slug=slug, mailbox=f"intake@{name}.example.org", npi=npi))
    return found


def clinic_actor(number: int) -> Actor:
    """Who acts for the clinic of this number (from 0) among `ranked_clinics`."""
    return Actor(ActorKind.CLINIC, f"{RANKED[number]}-clinic")


_PATIENTS = {"key-1": 0}
"""Keys → the numbers of patients that are alike but for birth date and phone."""


def new_request(
    location_id: UUID, *, key: str = "key-1", clinician: bool = False, then: Sequence[UUID] = (), **changes: Any
) -> NewRequest:
    """A finished form for this clinic, with whom to ask after it; `changes` are answers.

    Under another key it is about another patient of the same name: one cannot be sent to a clinic twice.
    """
    number = _PATIENTS.setdefault(key, len(_PATIENTS))
    born = dt.date(1980, 5, 6) - dt.timedelta(days=number % 15_000)
    known_by = {"born": born.isoformat()} if clinician else {"phone": f"+1207{5550123 + number}"}
    answers = (CLINICIAN if clinician else PATIENT) | known_by | changes
    kind = DraftKind.CLINICIAN if clinician else DraftKind.PATIENT
    helped = answers.get("for_whom") == "other"
    return NewRequest(
        source=Source.CLINICIAN if clinician else Source.PROXY if helped else Source.PATIENT,
        location_id=location_id,
        answers=answers,
        mailbox=answers["sender_mailbox"] if clinician else answers["email"],
        mailbox_proved=clinician,
        versions=in_force(kind),
        consented_at=AT,
        network="192.0.2.7",
        idempotency_key=key,
        then=tuple(then),
    )


def sent_request(databases: Databases, location_id: UUID, *, at: dt.datetime = AT, **given: Any) -> Referral:
    """A request that was sent; see `new_request` for what can be given."""
    with unit_of_work(databases, wiring.dispatch) as db:
        return actions.send(db, new_request(location_id, **given), at=at)


def ready(url: str) -> list[tuple[Location, Endpoint, str]]:
    """Clinics that take requests, each with its mailbox and one treatment."""
    databases = Databases(url, keys=ring_for_tests())
    with reading(databases) as db:
        asked = (
            select(Location, Endpoint, HealthcareService.treatment)
            .join(Endpoint, col(Endpoint.location_id) == Location.id)
            .join(HealthcareService, col(HealthcareService.location_id) == Location.id)
            .where(Location.status == "PUBLISHED", col(Location.referrals_on).is_(True))
            .where(col(Endpoint.proved_at).is_not(None), col(Endpoint.active).is_(True))
        )
        found = {place.slug: (place, endpoint, treatment) for place, endpoint, treatment in db.exec(asked).all()}
    databases.close()
    return [found[slug] for slug in sorted(found)]
