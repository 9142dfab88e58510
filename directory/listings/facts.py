"""Reads the rows of a site as flat facts, and puts changed facts back into them. Pure: rows may be of no session."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel

from directory.listings.assembly import Rows
from directory.listings.field_list import FIELDS
from directory.listings.fields import Facts, same
from directory.listings.models import (
    AvailableTime,
    Closure,
    Endpoint,
    HealthcareService,
    Location,
    Practitioner,
    PractitionerRole,
    Qualification,
    Supervision,
)
from directory.listings.rules import monday_of
from directory.terminology.channels import Channel


def _names(beginning: str, *but: str) -> tuple[str, ...]:
    found = (name.removeprefix(beginning) for name in FIELDS if name.startswith(beginning))
    return tuple(name for name in found if "." not in name and name not in but)


_OF_PLACE = tuple(name for name in _names("") if name in Location.model_fields)
_OF_LINE = _names("lines.*.", "active")
_OF_CARD = _names("supervision.")
_OF_PERSON = _names("people.*.", "roles", "on_site_days", "licences")
_OF_LICENCE = _names("people.*.licences.*.", "verified")
_REMS = ("method", "verified_at", "verified_by", "evidence", "reverify_on")
_VERIFIED = ("verified_at", "verified_by", "verification_method", "source_url")
_PROOF = ("tested_at", "tested_by", "proved_at")
_WAY = {"endpoint_channel": "channel", "endpoint": "address", "endpoint_hook": "hook_url"}


def facts_of(rows: Rows) -> dict[str, Any]:
    """Every fact of a site that is not empty, by name."""
    place = rows.location
    found: dict[str, Any] = {name: _plain(getattr(place, name)) for name in _OF_PLACE}
    found["point"] = [place.latitude, place.longitude]
    found["rems"] = _many(place, {name: f"rems_{name}" for name in _REMS}) if place.rems_method else None
    for line in rows.lines:
        if line.active:
            found[f"lines.{line.treatment}.active"] = True
            found |= {f"lines.{line.treatment}.{name}": _plain(getattr(line, name)) for name in _OF_LINE}
    intake = [line.next_intake_on for line in rows.lines if line.active and line.next_intake_on]
    found["next_intake_on"] = _plain(min(intake)) if intake else None
    if rows.supervision is not None:
        found |= {f"supervision.{name}": _plain(getattr(rows.supervision, name)) for name in _OF_CARD}
    for day in range(7):
        found[f"hours.{day}"] = _stretches(rows, day)
    found["closures"] = sorted([_plain(c.starts_on), _plain(c.ends_on), c.reason] for c in rows.closures)
    found["endpoint_channel"] = Channel.EMAIL.value  # what a first address stands for, unless somebody says otherwise
    if rows.endpoint is not None and rows.endpoint.active:
        found |= _many(rows.endpoint, _WAY)
        found["endpoint_proof"] = _many(rows.endpoint, {n: n for n in _PROOF}) if rows.endpoint.tested_at else None
    for person in rows.people:
        found |= _person(rows, person)
    return {name: value for name, value in found.items() if not same(value, None)}


def put(rows: Rows, changes: Facts, *, by: str, at: dt.datetime) -> Rows:
    """The rows with these facts changed: kept rows are changed in place, new ones added, others left out.

    People who are not among the rows yet are made; whoever is known elsewhere must be handed in with the rows.
    """
    rows = replace(rows)
    place = rows.location
    for name in _OF_PLACE:
        if name in changes:
            setattr(place, name, _typed(Location, name, changes[name]))
    if changes.get("point"):
        place.latitude, place.longitude = changes["point"]
    if "rems" in changes:
        _set_rems(place, changes["rems"])
    if "next_intake_on" in changes:
        day = _typed(HealthcareService, "next_intake_on", changes["next_intake_on"])
        for line in rows.lines:
            line.next_intake_on = monday_of(day) if day else None
    _put_lines(rows, _grouped(changes, "lines"))
    _put_card(rows, changes, by=by, at=at)
    _put_hours(rows, changes)
    _put_endpoint(rows, changes, at=at)
    _put_people(rows, _grouped(changes, "people"), at=at)
    return rows


def _grouped(changes: Facts, beginning: str) -> dict[str, dict[str, Any]]:
    """`lines.KET_IV.comment` under KET_IV as `comment`."""
    found: dict[str, dict[str, Any]] = {}
    for name, value in changes.items():
        if name.startswith(f"{beginning}."):
            _kind, owner, rest = name.split(".", 2)
            found.setdefault(owner, {})[rest] = value
    return found


def _set_rems(place: Location, said: Mapping[str, Any] | None) -> None:
    for name in _REMS:
        column = f"rems_{name}"
        setattr(place, column, _typed(Location, column, (said or {}).get(name)))


def _put_lines(rows: Rows, given: Mapping[str, Mapping[str, Any]]) -> None:
    known = {line.treatment: line for line in rows.lines}
    for treatment, facts in given.items():
        line = known.get(treatment)
        if line is None:
            line = HealthcareService(location_id=rows.location.id, treatment=treatment, active=False)
            rows.lines = [*rows.lines, line]
        line.active = bool(facts["active"]) if "active" in facts else line.active
        if line.active:
            for name in _OF_LINE:
                if name in facts:
                    setattr(line, name, _typed(HealthcareService, name, facts[name]))


def _put_card(rows: Rows, changes: Facts, *, by: str, at: dt.datetime) -> None:
    given = {name.removeprefix("supervision."): v for name, v in changes.items() if name.startswith("supervision.")}
    if not given:
        return
    card = rows.supervision or Supervision(location_id=rows.location.id, attested_at=at, attested_by=by)
    signed = {"attested_at": _plain(at), "attested_by": by}
    for name, value in (signed | {n: v for n, v in given.items() if v or n not in signed}).items():
        setattr(card, name, _typed(Supervision, name, value))
    said = [getattr(card, name) for name in _OF_CARD if name not in signed]
    rows.supervision = card if any(not same(value, None) for value in said) else None


def _put_hours(rows: Rows, changes: Facts) -> None:
    days = [day for day in range(7) if f"hours.{day}" in changes]
    rows.times = [row for row in rows.times if row.weekday not in days] + [
        AvailableTime(
            location_id=rows.location.id,
            weekday=day,
            all_day=not opens,
            opens=dt.time.fromisoformat(opens) if opens else None,
            closes=dt.time.fromisoformat(closes) if closes else None,
        )
        for day in days
        for opens, closes in changes[f"hours.{day}"] or []
    ]
    if "closures" in changes:
        rows.closures = [
            Closure(
                location_id=rows.location.id,
                starts_on=dt.date.fromisoformat(starts_on),
                ends_on=dt.date.fromisoformat(ends_on),
                reason=reason,
            )
            for starts_on, ends_on, reason in changes["closures"] or []
        ]


def _put_endpoint(rows: Rows, changes: Facts, *, at: dt.datetime) -> None:
    if not any(name in changes for name in _WAY):
        return
    before = rows.endpoint if rows.endpoint is not None and rows.endpoint.active else None
    now = _many(before, _WAY) if before is not None else {}
    way = {name: changes.get(name) if name in changes else now.get(name) for name in _WAY}
    channel = _channel(way["endpoint_channel"], way["endpoint"] or "")
    hook = way["endpoint_hook"] or None if channel == Channel.WEBHOOK else None
    if before is not None and (before.channel, before.address, before.hook_url) == (channel, way["endpoint"], hook):
        return
    if rows.endpoint is not None:
        rows.endpoint.active = False
    if not way["endpoint"]:
        return
    rows.endpoint = Endpoint(
        location_id=rows.location.id, channel=channel, address=way["endpoint"], hook_url=hook, created_at=at
    )
    # A webhook that is put back gets a new secret, so its old proof says nothing.
    proof = {} if channel == Channel.WEBHOOK else changes.get("endpoint_proof") or {}
    for name, value in proof.items():
        setattr(rows.endpoint, name, _typed(Endpoint, name, value))


def _channel(chosen: str | None, address: str) -> str:
    if address.startswith("+"):
        return Channel.FAX.value
    return Channel.EMAIL.value if chosen in (None, "", Channel.FAX.value) else chosen


def _put_people(rows: Rows, given: Mapping[str, Mapping[str, Any]], *, at: dt.datetime) -> None:
    known = {str(person.id): person for person in rows.people}
    for key, facts in given.items():
        person = known.get(key)
        if person is None:
            given_as = {name: facts[name] for name in ("given_name", "family_name", "credential")}
            person = Practitioner(id=UUID(key), is_demo=rows.location.is_demo, created_at=at, **given_as)
            rows.people = [*rows.people, person]
        for name in _OF_PERSON:
            if not same(facts.get(name), None) or (name in facts and name in ("npi", "dea_attested")):
                setattr(person, name, _typed(Practitioner, name, facts[name]))
        _put_roles(rows, person, facts)
        _put_licences(rows, person, _grouped(facts, "licences"))


def _put_roles(rows: Rows, person: Practitioner, facts: Mapping[str, Any]) -> None:
    held = {role.role: role for role in rows.roles if role.practitioner_id == person.id}
    now = [code for code, role in held.items() if role.active]
    wanted = facts["roles"] or [] if "roles" in facts else now
    days = sorted({day for code in now for day in held[code].on_site_days})
    if "on_site_days" in facts:
        days = sorted(int(day) for day in facts["on_site_days"] or [])
    for code in (code for code in wanted if code not in held):
        held[code] = PractitionerRole(practitioner_id=person.id, location_id=rows.location.id, role=code)
        rows.roles = [*rows.roles, held[code]]
    for code, role in held.items():
        role.active = code in wanted
        role.on_site_days = days if role.active else role.on_site_days


def _put_licences(rows: Rows, person: Practitioner, given: Mapping[str, Mapping[str, Any]]) -> None:
    known = {str(row.id): row for row in rows.qualifications if row.practitioner_id == person.id}
    for key, facts in given.items():
        row = known.get(key)
        if "title" in facts and not facts["title"]:
            rows.qualifications = [other for other in rows.qualifications if other is not row]
            continue
        if row is None:
            row = Qualification(id=UUID(key), practitioner_id=person.id, title="")
            rows.qualifications = [*rows.qualifications, row]
        for name in _OF_LICENCE:
            if name in facts:
                setattr(row, name, _typed(Qualification, name, facts[name]))
        if "verified" in facts:
            for name in _VERIFIED:
                setattr(row, name, _typed(Qualification, name, (facts["verified"] or {}).get(name)))


def _person(rows: Rows, person: Practitioner) -> dict[str, Any]:
    roles = [role for role in rows.roles if role.practitioner_id == person.id and role.active]
    if not roles:
        return {}
    own = f"people.{person.id}"
    found = {f"{own}.{name}": _plain(getattr(person, name)) for name in _OF_PERSON}
    found[f"{own}.roles"] = sorted(role.role for role in roles)
    found[f"{own}.on_site_days"] = sorted({str(day) for role in roles for day in role.on_site_days})
    for row in rows.qualifications:
        if row.practitioner_id == person.id:
            found |= {f"{own}.licences.{row.id}.{name}": _plain(getattr(row, name)) for name in _OF_LICENCE}
            if row.verified_at:
                found[f"{own}.licences.{row.id}.verified"] = _many(row, {n: n for n in _VERIFIED})
    return found


def _stretches(rows: Rows, day: int) -> list[list[str]]:
    return sorted([_clock(row.opens), _clock(row.closes)] for row in rows.times if row.weekday == day)


def _clock(at: dt.time | None) -> str:
    return at.isoformat("minutes") if at else ""


def _many(row: Any, names: Mapping[str, str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, column)) for name, column in names.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def _typed(table: type[SQLModel], name: str, value: Any) -> Any:
    """A plain value as the column wants it; nothing becomes the column's own empty value."""
    column = table.model_fields[name]
    kind = str(column.annotation)
    if same(value, None):
        return None if "None" in kind else column.get_default(call_default_factory=True)
    if isinstance(value, str) and "datetime.datetime" in kind:
        return dt.datetime.fromisoformat(value)
    return dt.date.fromisoformat(value) if isinstance(value, str) and "datetime.date" in kind else value
