"""What is done about people: who is on a team, what the exclusion list said of them, whose licence ran out."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from directory.lib import events
from directory.listings import rules
from directory.listings.editing import edit, refuse
from directory.listings.events import ListingChanged
from directory.listings.models import Location, Organization, Practitioner, PractitionerRole, Qualification
from directory.terminology.exclusions import Exclusion


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMember:
    """Somebody to be put on a site's team: the person (new or known), what they do there, and what they hold."""

    person: Practitioner
    roles: tuple[str, ...]
    on_site_days: tuple[int, ...] = ()
    qualifications: Sequence[Qualification] = ()


def add_team_member(
    db: Session, location_id: UUID, member: TeamMember, *, version: int | None = None, at: dt.datetime
) -> None:
    """Put somebody on the team, with their licences. Raises Refused with what is wrong."""
    refuse(rules.problems_of(member.person, *member.qualifications))
    location = edit(db, location_id, version=version, at=at)
    db.add(member.person)
    db.flush()
    join(db, location, member)
    db.flush()


def set_exclusion(
    db: Session, row: Organization | Practitioner, outcome: Exclusion, *, by: str, at: dt.datetime
) -> None:
    """Keep what the exclusion list said of an organization or a person; every site it bears on is announced."""
    row.exclusion = outcome
    row.exclusion_checked_at = at
    row.exclusion_checked_by = by
    _announce(db, row)


def hold(db: Session, person: Practitioner, *, at: dt.datetime) -> None:
    """Somebody looks into something about a person: pages do not name them meanwhile."""
    person.held_since = person.held_since or at
    _announce(db, person)


def release(db: Session, person: Practitioner) -> None:
    """It was looked into: pages may name them again."""
    person.held_since = None
    _announce(db, person)


def find_sites_of(db: Session, row: Organization | Practitioner) -> list[UUID]:
    """The sites that an organization runs, or on whose team somebody is."""
    if isinstance(row, Organization):
        return list(db.exec(select(Location.id).where(Location.organization_id == row.id)).all())
    worked_at = select(PractitionerRole.location_id).where(PractitionerRole.practitioner_id == row.id).distinct()
    return list(db.exec(worked_at).all())


def _announce(db: Session, row: Organization | Practitioner) -> None:
    db.add(row)
    db.flush()
    for location_id in find_sites_of(db, row):
        events.record_once(db, ListingChanged(location_id=location_id))


def set_licence(db: Session, row: Qualification) -> None:
    """Keep what was learned of a licence; every site it bears on is announced. Raises Refused with what is wrong."""
    refuse(rules.problems_of(row))
    db.add(row)
    db.flush()
    _announce(db, db.get_one(Practitioner, row.practitioner_id))


def expire_licences(db: Session, *, before: dt.date) -> int:
    """Mark licences and certificates as expired that ran out before a day; announce the sites it bears on."""
    lapsed = select(Qualification).where(Qualification.status == "ACTIVE", col(Qualification.expires_on) < before)
    rows = db.exec(lapsed).all()
    for row in rows:
        row.status = "EXPIRED"
        db.add(row)
    db.flush()
    holders = {row.practitioner_id for row in rows}
    touched = select(PractitionerRole.location_id).where(col(PractitionerRole.practitioner_id).in_(holders)).distinct()
    for location_id in db.exec(touched).all() if holders else []:
        events.record_once(db, ListingChanged(location_id=location_id))
    return len(rows)


def join(db: Session, location: Location, member: TeamMember) -> None:
    """Give a kept person their roles at a site, and keep what they hold."""
    for role in member.roles:
        db.add(
            PractitionerRole(
                practitioner_id=member.person.id,
                location_id=location.id,
                role=role,
                on_site_days=sorted(member.on_site_days),
            )
        )
    for qualification in member.qualifications:
        qualification.practitioner_id = member.person.id
        db.add(qualification)
