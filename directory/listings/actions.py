"""What people do to listings. Each checks the rules, counts the version up and announces the change.

`by` is how the person or process is kept in the row (`clinic:…`, `staff:…`, `import:…`, `system`), never shown.
`version` is what the editor saw; None stands for a process that has just read the row itself. Proofs are written by
the package above: clinics and staff come through `verification.actions`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from directory.lib.errors import NotFound, Refused
from directory.listings import queries, rules
from directory.listings.editing import begin, edit, refuse
from directory.listings.models import (
    AvailableTime,
    Closure,
    Endpoint,
    HealthcareService,
    Location,
    Organization,
    Supervision,
)
from directory.listings.people import TeamMember, join
from directory.terminology.rems import RemsMethod, RemsSetting
from directory.wording.say import _

Row = TypeVar("Row")

# What an edit of the site may set; status, proofs and provenance have their own verbs.
EDITABLE = {
    "name", "description", "description_es", "address1", "address2", "city", "state", "zip5", "zip4",
    "latitude", "longitude", "position_source", "time_zone", "phone", "fax", "url", "accepting_patients",
    "wait_days", "referrals_on", "languages", "interpreter", "accessibility", "transport", "transport_es",
    "ride_home_required", "ride_home_rule", "ride_home_rule_es", "driving_rule", "driving_rule_es",
    "psychiatrist_on_team", "prior_authorization_help", "superbill", "sliding_scale", "hsa_fsa",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A new site with all that is known of it. Rows need no `location_id`: it is set here."""

    location: Location
    lines: Sequence[HealthcareService] = ()
    team: Sequence[TeamMember] = ()
    times: Sequence[AvailableTime] = ()
    closures: Sequence[Closure] = ()
    supervision: Supervision | None = None
    endpoint: Endpoint | None = None


def add_organization(db: Session, organization: Organization) -> Organization:
    """Keep a new organization. Raises Refused with what is wrong with it."""
    refuse(rules.problems_of(organization))
    db.add(organization)
    db.flush()  # before its sites
    return organization


def add_site(db: Session, site: Site, *, by: str, at: dt.datetime) -> Location:
    """Keep a new site of a kept organization, as a draft or candidate. Raises Refused with what is wrong, and where."""
    location = site.location
    if location.status not in ("DRAFT", "CANDIDATE"):
        raise Refused(_("A new listing begins as a draft or a candidate."))
    qualifications = [q for member in site.team for q in member.qualifications]
    people = [member.person for member in site.team]
    endpoint = [site.endpoint] if site.endpoint else []
    refuse(rules.problems_of(location, *site.lines, *people, *qualifications, *endpoint))
    location.slug = location.slug or free_slug(db, location)
    location.status_by = by
    location.status_at = location.created_at = location.changed_at = at
    db.add(location)
    db.add_all(people)
    db.flush()
    belongings = [
        *site.lines,
        *site.times,
        *site.closures,
        *endpoint,
        *([site.supervision] if site.supervision else []),
    ]
    for row in belongings:
        row.location_id = location.id
    db.add_all(belongings)
    for member in site.team:
        join(db, location, member)
    db.flush()
    begin(db, location)
    return location


def free_slug(db: Session, location: Location) -> str:
    """An address for its page that nobody has."""
    beginning = rules.slug_for(location.name, location.city, location.state)
    if queries.find_location_by_slug(db, beginning) is None:
        return beginning
    return rules.slug_for(location.name, location.city, location.state, queries.find_slugs(db, beginning))


def change_site(db: Session, location_id: UUID, *, version: int | None, at: dt.datetime, **changes: object) -> Location:
    """Set columns of EDITABLE. Raises Refused with what is wrong, Conflict, NotFound; KeyError for another column."""
    for name in changes:
        if name not in EDITABLE:
            raise KeyError(f"{name} is not changed by an edit of the site")
    location = edit(db, location_id, version=version, at=at)
    for name, value in changes.items():
        setattr(location, name, value)
    refuse(rules.problems_of(location))
    return _kept(db, location)


def set_home_use(db: Session, location_id: UUID, offered: bool, *, at: dt.datetime) -> Location:
    """Keep whether ketamine for use at home is offered. No public listing can hold it: it is paused before."""
    location = edit(db, location_id, version=None, at=at)
    location.home_use_offered = offered
    return _kept(db, location)


def set_accepting(
    db: Session, location_id: UUID, accepting: str, *, version: int | None = None, at: dt.datetime
) -> Location:
    """Say whether the site takes new patients: a Plan-Net code."""
    return change_site(db, location_id, version=version, at=at, accepting_patients=accepting)


def set_intake_wait(
    db: Session,
    location_id: UUID,
    *,
    wait_days: int | None,
    next_intake_on: dt.date | None = None,
    version: int | None = None,
    at: dt.datetime,
) -> Location:
    """Say how long a first visit takes, and in which week the next one can be (any day of it) on every line."""
    location = change_site(db, location_id, version=version, at=at, wait_days=wait_days)
    monday = None if next_intake_on is None else rules.monday_of(next_intake_on)
    for line in queries.find_lines(db, location_id):
        line.next_intake_on = monday
        db.add(line)
    db.flush()
    return location


def set_referrals_on(
    db: Session, location_id: UUID, on: bool, *, version: int | None = None, at: dt.datetime
) -> Location:
    """Switch requests on or off. Off, the page says to phone."""
    return change_site(db, location_id, version=version, at=at, referrals_on=on)


def add_closure(
    db: Session,
    location_id: UUID,
    *,
    starts_on: dt.date,
    ends_on: dt.date,
    reason: str = "",
    version: int | None = None,
    at: dt.datetime,
) -> Closure:
    """Close the site for some days, both ends included; the same days twice are one closure."""
    if not starts_on <= ends_on:
        raise Refused(_("The last day closed cannot be before the first."))
    if (ends_on - starts_on).days > 366:
        raise Refused(_("For more than a year, close the listing instead."))
    if len(reason) > rules.LONGEST_NAME:
        raise Refused(_("Use {number} characters or fewer").format(number=rules.LONGEST_NAME))
    edit(db, location_id, version=version, at=at)
    same = select(Closure).where(
        Closure.location_id == location_id, Closure.starts_on == starts_on, Closure.ends_on == ends_on
    )
    closure = db.exec(same).first() or Closure(location_id=location_id, starts_on=starts_on, ends_on=ends_on)
    closure.reason = reason
    return _kept(db, closure)


def remove_closure(
    db: Session, location_id: UUID, closure_id: UUID, *, version: int | None = None, at: dt.datetime
) -> None:
    """Take a closure back. Raises NotFound when it is not this site's."""
    closure = db.get(Closure, closure_id)
    if closure is None or closure.location_id != location_id:
        raise NotFound(_("There is no such closure."))
    edit(db, location_id, version=version, at=at)
    db.delete(closure)
    db.flush()


def set_hours(
    db: Session, location_id: UUID, times: Sequence[AvailableTime], *, version: int | None = None, at: dt.datetime
) -> None:
    """Replace the week's hours."""
    edit(db, location_id, version=version, at=at)
    db.execute(delete(AvailableTime).where(col(AvailableTime.location_id) == location_id))
    for row in times:
        row.location_id = location_id
    db.add_all(times)
    db.flush()


def set_line(
    db: Session, location_id: UUID, line: HealthcareService, *, version: int | None = None, at: dt.datetime
) -> HealthcareService:
    """Add a treatment line, or replace the site's line of the same treatment. Raises Refused with what is wrong."""
    refuse(rules.problems_of(line))
    edit(db, location_id, version=version, at=at)
    known = next((row for row in queries.find_lines(db, location_id) if row.treatment == line.treatment), None)
    if known is not None:
        for name in HealthcareService.model_fields.keys() - {"id", "location_id"}:
            setattr(known, name, getattr(line, name))
        line = known
    line.location_id = location_id
    return _kept(db, line)


def remove_line(db: Session, location_id: UUID, treatment: str, *, version: int | None = None, at: dt.datetime) -> None:
    """No longer offer a treatment; what was said of it is kept. Raises NotFound when it was not offered."""
    line = next((row for row in queries.find_lines(db, location_id) if row.treatment == treatment), None)
    if line is None:
        raise NotFound(_("This clinic does not list that treatment."))
    edit(db, location_id, version=version, at=at)
    line.active = False
    db.add(line)
    db.flush()


def set_supervision(db: Session, location_id: UUID, card: Supervision, *, at: dt.datetime) -> None:
    """Replace the supervision card with what the site attests now."""
    edit(db, location_id, version=None, at=at)
    card.location_id = location_id
    db.merge(card)
    db.flush()


def set_rems(
    db: Session,
    location_id: UUID,
    setting: RemsSetting,
    *,
    method: RemsMethod,
    evidence: str,
    reverify_on: dt.date,
    by: str,
    at: dt.datetime,
) -> Location:
    """Keep what was learned of the site's Spravato REMS certification, and how."""
    location = edit(db, location_id, version=None, at=at)
    location.rems_setting = setting
    location.rems_method = method
    location.rems_verified_at = at
    location.rems_verified_by = by
    location.rems_evidence = evidence
    location.rems_reverify_on = reverify_on
    return _kept(db, location)


def set_endpoint(db: Session, location_id: UUID, endpoint: Endpoint, *, at: dt.datetime) -> Endpoint:
    """Send requests somewhere else from now on. The new channel is unproved until a test on it was answered."""
    refuse(rules.problems_of(endpoint))
    edit(db, location_id, version=None, at=at)
    before = queries.find_endpoint(db, location_id)
    if before is not None:
        before.active = False
        db.add(before)
        db.flush()
    endpoint.location_id = location_id
    endpoint.tested_at = endpoint.tested_by = endpoint.proved_at = None
    return _kept(db, endpoint)


def set_proved(db: Session, endpoint: Endpoint, *, tested_by: str, at: dt.datetime) -> None:
    """A test on this channel was answered."""
    edit(db, endpoint.location_id, version=None, at=at)
    endpoint.tested_at = endpoint.proved_at = at
    endpoint.tested_by = tested_by
    db.add(endpoint)
    db.flush()


def set_public(db: Session, location_id: UUID, status: str, *, by: str, at: dt.datetime, note: str = "") -> Location:
    """Set the status, with a note for staff. Only `verification.actions` decides which; it alone calls this."""
    location = edit(db, location_id, version=None, at=at)
    location.status = status
    location.status_at = at
    location.status_by = by
    location.status_note = note
    return _kept(db, location)


def set_confirmed(db: Session, location_id: UUID, *, by: str, at: dt.datetime) -> Location:
    """Everything shown was confirmed just now; freshness counts from here. Only `verification.actions` calls this."""
    location = edit(db, location_id, version=None, at=at)
    location.confirmed_at = at
    location.confirmed_by = by
    return _kept(db, location)


def _kept(db: Session, row: Row) -> Row:
    db.add(row)
    return row
