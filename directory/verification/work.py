"""What people of ours should look into next: licences that end, certificates and cards that are due. Nothing writes."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from directory.listings.models import Location, Practitioner, PractitionerRole, Qualification
from directory.terminology.listing_status import PUBLIC
from directory.terminology.proofs import METHODS, FactGroup, Outcome
from directory.verification.models import VerificationResult

LICENCE_MARKS = (60, 30, 0)
"""So many days before a licence ends somebody is asked to look; 0 is the day after its last."""
CHECK_MARKS = (14, 0)
"""So many days before a check of ours is due again somebody is asked to make it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceDue:
    """A licence that ends soon or has ended; `sites` are the slugs of the listings it stands behind."""

    qualification_id: UUID
    practitioner_id: UUID
    name: str
    title: str
    state: str
    number: str
    status: str
    expires_on: dt.date
    days_left: int
    source_url: str | None
    verified_at: dt.datetime | None
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDue:
    """A public site of which a check of ours is due again."""

    location_id: UUID
    slug: str
    name: str
    state: str
    due_on: dt.date
    checked_at: dt.datetime | None


def find_licences_due(
    db: Session, today: dt.date, *, within_days: int = LICENCE_MARKS[0], organization_id: UUID | None = None
) -> list[LicenceDue]:
    """Licences of people on public or paused teams that end within so many days or ended in the last 90."""
    soon, old = today + dt.timedelta(days=within_days), today - dt.timedelta(days=90)
    asked = (
        select(Qualification, Practitioner, Location.slug)
        .join(Practitioner, col(Practitioner.id) == col(Qualification.practitioner_id))
        .join(PractitionerRole, col(PractitionerRole.practitioner_id) == col(Practitioner.id))
        .join(Location, col(Location.id) == col(PractitionerRole.location_id))
        .where(Qualification.kind == "LICENCE", Qualification.state == Location.state)
        .where(col(Qualification.expires_on) <= soon, col(Qualification.expires_on) >= old)
        .where(col(Qualification.status).in_(["ACTIVE", "EXPIRED"]), col(PractitionerRole.active).is_(True))
        .where(col(Location.status).in_([*sorted(PUBLIC), "SUSPENDED"]))
        .order_by(col(Qualification.expires_on), col(Qualification.id), col(Location.slug))
        .distinct()
    )
    if organization_id is not None:
        asked = asked.where(Location.organization_id == organization_id)
    slugs: dict[UUID, list[str]] = defaultdict(list)
    rows: dict[UUID, tuple[Qualification, Practitioner]] = {}
    for held, person, slug in db.exec(asked).all():
        slugs[held.id].append(slug)
        rows[held.id] = held, person
    return [_due(held, person, slugs[held.id], today) for held, person in rows.values()]


def find_rems_due(db: Session, today: dt.date, *, within_days: int = CHECK_MARKS[0]) -> list[SiteDue]:
    """Public sites whose REMS certificate we should ask after again, the longest due first."""
    asked = (
        select(Location)
        .where(col(Location.status).in_(sorted(PUBLIC)))
        .where(col(Location.rems_reverify_on) <= today + dt.timedelta(days=within_days))
        .order_by(col(Location.rems_reverify_on))
    )
    return [_site(row, row.rems_reverify_on, row.rems_verified_at) for row in db.exec(asked).all()]


def find_supervision_due(db: Session, today: dt.date, *, within_days: int = CHECK_MARKS[0]) -> list[SiteDue]:
    """Public sites whose supervision card is due to be checked again by us, the longest due first."""
    ours = [row.code for row in METHODS if row.independent]
    asked = (
        select(Location, VerificationResult)
        .join(VerificationResult, col(VerificationResult.location_id) == col(Location.id))
        .where(col(Location.status).in_(sorted(PUBLIC)), VerificationResult.fact_group == FactGroup.SUPERVISION)
        .where(VerificationResult.outcome == Outcome.CONFIRMED, col(VerificationResult.method).in_(ours))
        .order_by(col(VerificationResult.at))
    )
    newest = {place.id: (place, check) for place, check in db.exec(asked).all()}
    limit = today + dt.timedelta(days=within_days)
    due = [_site(place, check.next_due_on, check.at) for place, check in newest.values() if check.next_due_on]
    return sorted((row for row in due if row.due_on <= limit), key=lambda row: row.due_on)


def _due(held: Qualification, person: Practitioner, slugs: list[str], today: dt.date) -> LicenceDue:
    assert held.expires_on is not None
    assert held.state is not None
    return LicenceDue(
        qualification_id=held.id,
        practitioner_id=person.id,
        name=f"{person.given_name} {person.family_name}, {person.credential}",
        title=held.title,
        state=held.state,
        number=held.number,
        status=held.status,
        expires_on=held.expires_on,
        days_left=(held.expires_on - today).days,
        source_url=held.source_url,
        verified_at=held.verified_at,
        sites=tuple(slugs),
    )


def _site(row: Location, due_on: dt.date | None, checked_at: dt.datetime | None) -> SiteDue:
    assert due_on is not None
    return SiteDue(
        location_id=row.id, slug=row.slug, name=row.name, state=row.state, due_on=due_on, checked_at=checked_at
    )
