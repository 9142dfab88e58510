"""One valid row of each table of the listings, to change one thing of."""

import datetime as dt
from typing import Any

from sqlmodel import Session

from directory.listings.models import (
    AvailableTime,
    Closure,
    Endpoint,
    HealthcareService,
    Location,
    Organization,
    Practitioner,
    PractitionerRole,
    Qualification,
    Supervision,
)

AT = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)


def organization(**changes: Any) -> Organization:
    """An organization nobody has checked yet."""
    given: dict[str, Any] = {"legal_name": "Harbour Clinic LLC", "name": "Harbour Clinic", "created_at": AT}
    return Organization(**given | changes)


def location(of: Organization, **changes: Any) -> Location:
    """A draft site in Portland, Maine."""
    given: dict[str, Any] = {
        "organization_id": of.id,
        "slug": "harbour-clinic-portland-me",
        "name": "Harbour Clinic",
        "status_at": AT,
        "status_by": "system",
        "address1": "1 Wharf Street",
        "city": "Portland",
        "state": "ME",
        "zip5": "04101",
        "latitude": 43.6569,
        "longitude": -70.2589,
        "time_zone": "America/New_York",
        "created_at": AT,
        "changed_at": AT,
    }
    return Location(**given | changes)


def practitioner(**changes: Any) -> Practitioner:
    """A psychiatrist nobody has checked yet."""
    given: dict[str, Any] = {"given_name": "Noor", "family_name": "Example", "credential": "MD", "created_at": AT}
    return Practitioner(**given | changes)


def add_all(db: Session) -> dict[type, Any]:
    """One row of each table, linked and flushed; by class."""
    org = organization()
    site = location(org)
    person = practitioner()
    rest = [
        HealthcareService(location_id=site.id, treatment="KET_IV"),
        PractitionerRole(practitioner_id=person.id, location_id=site.id, role="PRESCRIBER"),
        Qualification(practitioner_id=person.id, state="ME", title="Physician"),
        Endpoint(location_id=site.id, address="intake@example.org", created_at=AT),
        AvailableTime(location_id=site.id, weekday=0, opens=dt.time(9), closes=dt.time(17)),
        Closure(location_id=site.id, starts_on=dt.date(2026, 7, 3), ends_on=dt.date(2026, 7, 4)),
        Supervision(location_id=site.id, attested_at=AT, attested_by="clinic"),
    ]
    rows = [org, site, person, *rest]
    db.add(org)
    db.add(person)
    db.flush()
    db.add(site)
    db.flush()
    for row in rest:
        db.add(row)
    db.flush()
    return {type(row): row for row in rows}
