"""Clinics near a place that take requests now and give what is asked for, the nearest first. Nothing here writes."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from directory.geography import places
from directory.geography.point import Point, miles_to_metres
from directory.lib import sealed
from directory.listings.models import Endpoint, HealthcareService, Location
from directory.listings.queries import find_records
from directory.listings.records import ClinicRecord
from directory.referrals import content, queries
from directory.referrals.answers import NOT_SURE
from directory.referrals.models import ReferralTask
from directory.search.distance import metres_between
from directory.terminology.listing_status import PUBLIC
from directory.verification.figures import Figures
from directory.verification.queries import find_figures

FARTHEST_MILES = 150
_DEGREE_MILES = 69.0
"""Of latitude; the box around a place is a little larger than its circle."""
_LOOKED_AT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """A clinic that can be asked, and how far it is. `figures` only where they may be shown."""

    clinic: ClinicRecord
    distance_m: float
    figures: Figures | None


def place_of(answers: Mapping[str, Any]) -> Point | None:
    """Where the patient lives, as far as the form asked: the centre of a ZIP code."""
    found = places.find(str(answers.get("zip5", "")))
    return found.place.point if isinstance(found, places.Found) else None


def find_nearby(
    db: Session, around: Point, treatment: str, *, without: Collection[UUID] = (), at_most: int
) -> list[Nearby]:
    """The nearest `at_most` clinics that take requests and give `treatment` (any, where that is not sure)."""
    ids = _in_the_box(db, around, treatment, without)
    figures = find_figures(db, ids)
    found = [
        Nearby(clinic=clinic, distance_m=metres_between(around, clinic.point), figures=figures.get(clinic.location_id))
        for clinic in find_records(db, ids)
        if clinic.takes_requests and gives(clinic, treatment)
    ]
    near = [one for one in found if one.distance_m <= miles_to_metres(FARTHEST_MILES)]
    return sorted(near, key=lambda one: (one.distance_m, one.clinic.slug))[:at_most]


def find_for_task(db: Session, task: ReferralTask, *, around: Point, at_most: int) -> list[Nearby]:
    """Clinics that could take a request over: near the patient (or `around`), and not asked with it yet."""
    answers = content.answers_of(sealed.ring_of(db), queries.get_referral(db, task.referral_id))
    asked = [one.location_id for one in queries.find_tasks(db, task.referral_id)]
    place = place_of(answers) or around
    return find_nearby(db, place, str(answers.get("treatment", "")), without=asked, at_most=at_most)


def gives(clinic: ClinicRecord, treatment: str) -> bool:
    """Whether the clinic gives what is asked for."""
    return treatment in {"", NOT_SURE} or any(line.treatment == treatment for line in clinic.lines)


def _in_the_box(db: Session, around: Point, treatment: str, without: Collection[UUID]) -> list[UUID]:
    shrink = max(0.1, math.cos(math.radians(around.latitude)))
    tall = FARTHEST_MILES / _DEGREE_MILES
    north, east = col(Location.latitude) - around.latitude, (col(Location.longitude) - around.longitude) * shrink
    asked = (
        select(Location.id)
        .join(Endpoint, col(Endpoint.location_id) == col(Location.id))
        .where(col(Endpoint.active).is_(True), col(Endpoint.proved_at).is_not(None))
        .where(col(Location.status).in_(sorted(PUBLIC)), col(Location.referrals_on).is_(True))
        .where(col(Location.latitude).between(around.latitude - tall, around.latitude + tall), east * east <= tall**2)
    )
    if treatment not in {"", NOT_SURE}:
        line = select(HealthcareService.id).where(
            HealthcareService.location_id == Location.id,
            HealthcareService.treatment == treatment,
            col(HealthcareService.active).is_(True),
        )
        asked = asked.where(line.exists())
    if without:
        asked = asked.where(col(Location.id).not_in(list(without)))
    return list(db.exec(asked.order_by(north * north + east * east, col(Location.slug)).limit(_LOOKED_AT)).all())
