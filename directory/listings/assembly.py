"""Builds a ClinicRecord from the rows of a site, loaded or not yet written. Pure."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar

from directory.geography.point import Point
from directory.listings.hours import ClosurePeriod, OpeningPeriod
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
from directory.listings.records import (
    ClinicRecord,
    LineRecord,
    OrganizationRecord,
    PersonRecord,
    Price,
    QualificationRecord,
    RemsRecord,
    SiblingRecord,
    SupervisionRecord,
)
from directory.terminology.credentials import TEAM_ROLES
from directory.terminology.treatments import TREATMENTS

Record = TypeVar("Record")
_ORDER = {code: index for index, code in enumerate(TREATMENTS.codes)}


@dataclass(slots=True, kw_only=True)
class Rows:
    """The rows of one site. People, roles and qualifications may be more than the site's own: roles decide."""

    organization: Organization
    location: Location
    lines: Sequence[HealthcareService] = ()
    people: Sequence[Practitioner] = ()
    roles: Sequence[PractitionerRole] = ()
    qualifications: Sequence[Qualification] = ()
    times: Sequence[AvailableTime] = ()
    closures: Sequence[Closure] = ()
    supervision: Supervision | None = None
    endpoint: Endpoint | None = None
    siblings: Sequence[SiblingRecord] = ()


def build(rows: Rows) -> ClinicRecord:
    """The record of a site: lines in the order of treatments; of the team first who directs, then who prescribes."""
    place = rows.location
    shown = sorted((line for line in rows.lines if line.active), key=lambda line: _ORDER[line.treatment])
    return _copy(
        ClinicRecord,
        place,
        location_id=place.id,
        point=Point(latitude=place.latitude, longitude=place.longitude),
        organization=_copy(OrganizationRecord, rows.organization, organization_id=rows.organization.id),
        rems=_copy(
            RemsRecord,
            place,
            setting=place.rems_setting,
            method=place.rems_method,
            verified_at=place.rems_verified_at,
            verified_by=place.rems_verified_by,
            reverify_on=place.rems_reverify_on,
        ),
        lines=tuple(_copy(LineRecord, line, price=_price(line)) for line in shown),
        team=tuple(sorted(_team(rows), key=_standing)),
        supervision=None if rows.supervision is None else _copy(SupervisionRecord, rows.supervision),
        periods=tuple(
            _copy(OpeningPeriod, t) for t in sorted(rows.times, key=lambda t: (t.weekday, t.opens or dt.time.min))
        ),
        closures=tuple(_copy(ClosurePeriod, c) for c in sorted(rows.closures, key=lambda c: (c.starts_on, c.ends_on))),
        channel_proved_at=rows.endpoint.proved_at if rows.endpoint and rows.endpoint.active else None,
        siblings=tuple(rows.siblings),
    )


def _copy(kind: type[Record], row: Any, **given: Any) -> Record:
    """A record with each field from `given`, else from the row's column of that name; lists become tuples."""
    for field in fields(kind):  # type: ignore[arg-type]
        if field.name in given or (field.default is not MISSING and not hasattr(row, field.name)):
            continue
        value = getattr(row, field.name)
        given[field.name] = tuple(value) if isinstance(value, list) else value
    return kind(**given)


def _price(line: HealthcareService) -> Price | None:
    if line.price_min is None or line.price_as_of is None:
        return None
    return Price(
        lowest=line.price_min,
        highest=line.price_min if line.price_max is None else line.price_max,
        per=line.price_per,
        includes_evaluation=line.price_includes_evaluation,
        includes_monitoring=line.price_includes_monitoring,
        as_of=line.price_as_of,
    )


def _standing(person: PersonRecord) -> tuple[bool, bool, str, str]:
    return "MEDICAL_DIRECTOR" not in person.roles, not person.prescribes, person.family_name, person.given_name


def _team(rows: Rows) -> Iterator[PersonRecord]:
    for person in rows.people:
        roles = [role for role in rows.roles if role.practitioner_id == person.id and role.active]
        if roles:
            held = sorted((q for q in rows.qualifications if q.practitioner_id == person.id), key=lambda q: q.id)
            yield _copy(
                PersonRecord,
                person,
                practitioner_id=person.id,
                roles=tuple(sorted({role.role for role in roles}, key=TEAM_ROLES.codes.index)),
                on_site_days=tuple(sorted({day for role in roles for day in role.on_site_days})),
                qualifications=tuple(_copy(QualificationRecord, q) for q in held),
            )
