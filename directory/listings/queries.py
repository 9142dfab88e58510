"""Questions about listings: a clinic by its slug, records in one go, the row to change. Nothing here writes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from directory.lib.errors import NotFound
from directory.listings.assembly import Rows, build
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
from directory.listings.records import ClinicRecord, SiblingRecord
from directory.terminology.listing_status import LISTING_STATUSES, PUBLIC
from directory.wording.say import _

IDS_AT_ONCE = 400
"""Ids in one IN list: below every driver's limit of parameters."""


def get_clinic(db: Session, slug: str) -> ClinicRecord:
    """The clinic with a page at `/clinics/{slug}`: public, or paused or closed with a neutral notice.

    Raises NotFound for an unknown slug and, alike, for a listing that the public may not know of.
    """
    location = db.exec(select(Location).where(Location.slug == slug)).one_or_none()
    if location is None or not LISTING_STATUSES[location.status].has_page:
        raise NotFound(_("There is no clinic at this address. It may have been removed."))
    return _records(db, [location], with_siblings=True)[0]


def get_record(db: Session, location_id: UUID) -> ClinicRecord:
    """The record of a location in any status. Raises NotFound."""
    return _records(db, [get_location(db, location_id)])[0]


def find_records(db: Session, location_ids: Iterable[UUID]) -> list[ClinicRecord]:
    """The records of those locations that exist, in any status and in no order; ten statements for 400 of them."""
    wanted = list(location_ids)
    found: list[ClinicRecord] = []
    for start in range(0, len(wanted), IDS_AT_ONCE):
        part = wanted[start : start + IDS_AT_ONCE]
        found += _records(db, db.exec(select(Location).where(col(Location.id).in_(part))).all())
    return found


def get_rows(db: Session, location_id: UUID) -> Rows:
    """The rows of a site in any status, with everybody who ever had a role there. Raises NotFound."""
    place = get_location(db, location_id)
    ids = [location_id]
    roles = _by_location(db, PractitionerRole, ids)[location_id]
    staff = {role.practitioner_id for role in roles}
    return Rows(
        organization=db.get_one(Organization, place.organization_id),
        location=place,
        lines=_by_location(db, HealthcareService, ids)[location_id],
        people=list(_all_of(db, Practitioner, col(Practitioner.id), staff)),
        roles=roles,
        qualifications=list(_all_of(db, Qualification, col(Qualification.practitioner_id), staff)),
        times=_by_location(db, AvailableTime, ids)[location_id],
        closures=_by_location(db, Closure, ids)[location_id],
        supervision=db.get(Supervision, location_id),
        endpoint=find_endpoint(db, location_id),
    )


def get_location(db: Session, location_id: UUID) -> Location:
    """The row of a location. Raises NotFound."""
    location = db.get(Location, location_id)
    if location is None:
        raise NotFound(_("There is no such clinic."))
    return location


def find_location_by_slug(db: Session, slug: str) -> Location | None:
    """The row with a slug, in any status, or None."""
    return db.exec(select(Location).where(Location.slug == slug)).one_or_none()


def find_locations_by_slug(db: Session, slugs: Iterable[str]) -> dict[str, Location]:
    """The rows with these slugs, in any status, by slug; those that do not exist are left out."""
    asked = select(Location).where(col(Location.slug).in_(list(slugs)))
    return {row.slug: row for row in db.exec(asked).all()}


def find_location_by_external_id(db: Session, source: str, external_id: str) -> Location | None:
    """The row that an import made for `external_id` of `source`, or None."""
    asked = select(Location).where(Location.external_source == source, Location.external_id == external_id)
    return db.exec(asked).one_or_none()


def find_slugs(db: Session, beginning: str) -> set[str]:
    """The slugs that begin so, to find one that is free."""
    return set(db.exec(select(Location.slug).where(col(Location.slug).startswith(beginning, autoescape=True))).all())


def find_location_ids(db: Session, statuses: Iterable[str] | None = None) -> list[UUID]:
    """All locations, or those in some statuses, oldest first."""
    asked = select(Location.id).order_by(col(Location.id))
    if statuses is not None:
        asked = asked.where(col(Location.status).in_(list(statuses)))
    return list(db.exec(asked).all())


def count_demo(db: Session) -> int:
    """How many invented clinics there are."""
    return db.exec(select(func.count()).select_from(Location).where(col(Location.is_demo).is_(True))).one()


def find_lines(db: Session, location_id: UUID) -> list[HealthcareService]:
    """The treatment lines of a location, also inactive ones."""
    return list(db.exec(select(HealthcareService).where(HealthcareService.location_id == location_id)).all())


def find_endpoint(db: Session, location_id: UUID) -> Endpoint | None:
    """Where requests for a location go now, or None. Its address is never shown."""
    asked = select(Endpoint).where(Endpoint.location_id == location_id, col(Endpoint.active).is_(True))
    return db.exec(asked).one_or_none()


def get_endpoint(db: Session, endpoint_id: UUID) -> Endpoint:
    """The row of an endpoint. Raises NotFound."""
    endpoint = db.get(Endpoint, endpoint_id)
    if endpoint is None:
        raise NotFound(_("There is no such place to send requests to."))
    return endpoint


def find_practitioner_by_npi(db: Session, npi: str) -> Practitioner | None:
    """The person with an NPI, or None."""
    return db.exec(select(Practitioner).where(Practitioner.npi == npi)).one_or_none()


def find_qualifications(db: Session, practitioner_id: UUID) -> list[Qualification]:
    """What a person holds."""
    return list(db.exec(select(Qualification).where(Qualification.practitioner_id == practitioner_id)).all())


def _by_location(db: Session, table: Any, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in db.exec(select(table).where(table.location_id.in_(ids))).all():
        found[row.location_id].append(row)
    return found


def _all_of(db: Session, table: Any, column: Any, ids: Iterable[UUID]) -> Sequence[Any]:
    wanted = list(ids)
    return db.exec(select(table).where(column.in_(wanted))).all() if wanted else []


def _records(db: Session, locations: Sequence[Location], *, with_siblings: bool = False) -> list[ClinicRecord]:
    if not locations:
        return []
    ids = [location.id for location in locations]
    lines = _by_location(db, HealthcareService, ids)
    times = _by_location(db, AvailableTime, ids)
    closures = _by_location(db, Closure, ids)
    roles = _by_location(db, PractitionerRole, ids)
    supervision = _by_location(db, Supervision, ids)
    endpoints = _by_location(db, Endpoint, ids)
    organizations = {
        row.id: row
        for row in _all_of(db, Organization, col(Organization.id), {place.organization_id for place in locations})
    }
    staff = {role.practitioner_id for found in roles.values() for role in found}
    people = {row.id: row for row in _all_of(db, Practitioner, col(Practitioner.id), staff)}
    held: dict[UUID, list[Qualification]] = defaultdict(list)
    for qualification in _all_of(db, Qualification, col(Qualification.practitioner_id), staff):
        held[qualification.practitioner_id].append(qualification)
    return [
        build(
            Rows(
                organization=organizations[place.organization_id],
                location=place,
                lines=lines[place.id],
                people=list({role.practitioner_id: people[role.practitioner_id] for role in roles[place.id]}.values()),
                roles=roles[place.id],
                qualifications=[
                    q for person in {role.practitioner_id for role in roles[place.id]} for q in held[person]
                ],
                times=times[place.id],
                closures=closures[place.id],
                supervision=next(iter(supervision[place.id]), None),
                endpoint=next((endpoint for endpoint in endpoints[place.id] if endpoint.active), None),
                siblings=_siblings(db, place) if with_siblings else (),
            )
        )
        for place in locations
    ]


def _siblings(db: Session, place: Location) -> list[SiblingRecord]:
    asked = (
        select(Location)
        .where(Location.organization_id == place.organization_id, Location.id != place.id)
        .where(col(Location.status).in_(sorted(PUBLIC)))
        .order_by(col(Location.state), col(Location.city), col(Location.name))
    )
    return [SiblingRecord(slug=row.slug, name=row.name, city=row.city, state=row.state) for row in db.exec(asked).all()]
