"""Addresses that lie at their ZIP code's centre until a geocoder has answered: one job a site, kept in the database.

The answer counts only if the address is still the one that was asked about, nobody has set the pin meanwhile, and it
lies near its ZIP code.
"""

import datetime as dt
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import CheckConstraint, update
from sqlmodel import Session, col, select

from directory.geography.point import Point
from directory.lib import events
from directory.lib.db import Databases, changed, reading, unit_of_work
from directory.lib.tables import Table, at_field, ref_field
from directory.listings import revising, revisions
from directory.listings.fields import Section
from directory.listings.models import Location
from directory.terminology.listing_status import ListingState

AT_ZIP, ANSWERED = "ZIP_CENTRE", "GEOCODED"
TRIES = 5
AGAIN_AFTER = dt.timedelta(hours=6)
GEOCODER = "system:geocoder"


class GeocodeJob(Table, table=True):
    """An address to be asked about. One row a site: a newer address takes its place."""

    __tablename__ = "geocode_job"
    __table_args__ = (CheckConstraint("tries BETWEEN 0 AND 5", name="tries_few"),)

    location_id: UUID = ref_field("location.id", index=False, primary_key=True)
    address: str
    tries: int = 0
    due_at: dt.datetime = at_field(index=True)
    seen_at: dt.datetime = at_field()
    """When the listing was last looked at for a newer address."""


def address_of(place: Location) -> str:
    """The address in one line, as a geocoder reads it."""
    return f"{place.address1}, {place.city}, {place.state} {place.zip5}"


def queue_new(db: Session, *, at: dt.datetime) -> int:
    """Queue every site that lies at its ZIP code's centre and was not asked about with this address; gives how many."""
    asked = select(Location, GeocodeJob).join(GeocodeJob, col(GeocodeJob.location_id) == col(Location.id), isouter=True)
    count = 0
    new = col(GeocodeJob.location_id).is_(None) | (col(Location.changed_at) > col(GeocodeJob.seen_at))
    asked = asked.where(Location.position_source == AT_ZIP, Location.status != ListingState.CANDIDATE)
    for place, job in db.exec(asked.where(new).limit(500)).all():
        address = address_of(place)
        row = job or GeocodeJob(location_id=place.id, address=address, due_at=at, seen_at=at)
        row.seen_at = at
        if job is None or row.address != address:
            row.address, row.tries, row.due_at = address, 0, at
            count += 1
        db.add(row)
    return count


def run_due(
    databases: Databases, dispatch: events.Dispatch, geocode: Callable[[str], Point | None], *, at: dt.datetime
) -> int:
    """Ask about what is due; gives how many pins were moved. No transaction is open while somebody is asked."""
    with unit_of_work(databases) as db:
        queue_new(db, at=at)
    with reading(databases) as db:
        due = db.exec(select(GeocodeJob).where(col(GeocodeJob.due_at) <= at, col(GeocodeJob.tries) < TRIES).limit(20))
        jobs = [(row.location_id, row.address, row.tries) for row in due.all()]
    moved = 0
    for location_id, address, tries in jobs:
        if _take(databases, location_id, tries, at=at):
            point = geocode(address)
            if point is not None:
                with unit_of_work(databases, dispatch) as db:
                    moved += settle(db, location_id, address, point, at=at)
    return moved


def settle(db: Session, location_id: UUID, address: str, point: Point, *, at: dt.datetime) -> bool:
    """Move the pin to where the address lies, if that still is the question; whether it was moved."""
    place = db.get(Location, location_id, with_for_update=True)
    job = db.get(GeocodeJob, location_id)
    if job is not None:
        job.tries = TRIES
        db.add(job)
    if place is None or place.position_source != AT_ZIP or address_of(place) != address:
        return False
    if revising.is_far(point, Point(latitude=place.latitude, longitude=place.longitude)):
        return False
    facts = {"point": [round(point.latitude, 5), round(point.longitude, 5)], "position_source": ANSWERED}
    author = revisions.Author(by=GEOCODER)
    return revisions.change(db, location_id, Section.CONTACT, facts, author=author, at=at) is not None


def _take(databases: Databases, location_id: UUID, tries: int, *, at: dt.datetime) -> bool:
    # By a conditional update, so that two workers do not both ask.
    with unit_of_work(databases) as db:
        mine = update(GeocodeJob).where(col(GeocodeJob.location_id) == location_id, col(GeocodeJob.tries) == tries)
        return changed(db, mine.values(tries=tries + 1, due_at=at + AGAIN_AFTER))
