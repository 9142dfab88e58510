"""Turns one row of somebody's list into a site and its organization, or says what is wrong with the row. Pure."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geopy.distance import great_circle

from directory.geography.gazetteer import gazetteer
from directory.geography.place import Place
from directory.geography.point import Point
from directory.listings.models import Location, Organization
from directory.listings.rules import normal_phone, problems_of
from directory.seeding import csv_cells as cells
from directory.seeding.csv_map import CODES, DAYS, LISTS, NUMBERS, TEXTS, ImportMap

FARTHEST_KM = 150.0
"""Farther than this from its own ZIP a point is a mistake (a lost sign, swapped columns), not a big ZIP."""


class Unfit(Exception):
    """A row that cannot be used; `reasons` are sentences."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One usable row: `values` by our fields, its stable id, and a digest of all that it says."""

    line: int
    external_id: str
    digest: str
    values: Values
    place: Place
    may_be_cut: bool


def read(line: int, record: Mapping[str, str | None], given: ImportMap) -> Row:
    """The row of a record. Raises Unfit with every reason."""
    raw = {name: _raw(record, columns, given, name) for name, columns in given.columns.items()}
    raw = {**given.fixed, **{name: value for name, value in raw.items() if value or name not in given.fixed}}
    raw = {name: given.values.get(name, {}).get(value.casefold(), value) for name, value in raw.items()}
    values: Values = {}
    wrong: list[str] = []
    for name, value in raw.items():
        try:
            values[name] = _value(name, value)
        except cells.Unclear as problem:
            wrong.append(f"{name}: {problem}")
    place = _place(values, raw, wrong)
    if not values.get("name"):
        wrong.append("name: there is no name")
    if wrong or place is None:
        raise Unfit(*wrong)
    identity = [cells.text(record.get(column), given.empty) for column in given.id_columns]
    if not any(identity):
        raise Unfit("nothing identifies this row")
    return Row(
        line=line,
        external_id=_digest(identity)[:32],
        digest=_digest(sorted((name, str(value)) for name, value in values.items())),
        values=values,
        place=place,
        may_be_cut=_may_be_cut(record, given),
    )


def organization_of(row: Row, *, at: dt.datetime) -> Organization:
    """The organization that a row names, or one of the site's own name."""
    values = row.values
    name = values.get("organization") or values["name"]
    checked = moment(values.get("exclusion_checked_on"))
    return Organization(
        legal_name=values.get("legal_name") or name,
        name=name,
        npi=values.get("npi"),
        hipaa_covered_entity=values.get("hipaa_covered_entity") or "UNKNOWN",
        exclusion=values.get("exclusion") or "NOT_CHECKED" if checked else "NOT_CHECKED",
        exclusion_checked_at=checked if values.get("exclusion") else None,
        exclusion_checked_by="import" if checked and values.get("exclusion") else None,
        created_at=at,
    )


def location_of(row: Row, organization: Organization, *, source: str) -> Location:
    """The site of a row as a candidate. Raises Unfit where it breaks a rule."""
    values = row.values
    point: Point | None = values.get("point")
    rems_day = moment(values.get("rems_checked_on"))
    known = bool(values.get("rems_setting") and values.get("rems_method") and rems_day)
    location = Location(
        organization_id=organization.id,
        slug="",
        status_by="",
        status="CANDIDATE",
        **_plain(values),
        latitude=round((point or row.place.point).latitude, 4),
        longitude=round((point or row.place.point).longitude, 4),
        position_source="GIVEN" if point else "ZIP_CENTRE",
        time_zone=row.place.time_zone,
        accepting_patients=values.get("accepting_patients") or "nopt",
        interpreter=values.get("interpreter") or "NONE",
        home_use_offered=bool(values.get("home_use_offered")),
        rems_setting=values["rems_setting"] if known else "UNKNOWN",
        rems_method=values["rems_method"] if known else None,
        rems_verified_at=rems_day if known else None,
        rems_verified_by="import" if known else None,
        rems_evidence=values.get("rems_evidence", "") if known else "",
        external_source=source,
        external_id=row.external_id,
        external_digest=row.digest,
    )
    problems = problems_of(organization, location)
    if problems:
        raise Unfit(*(f"{problem.field}: {problem.words}" for problem in problems))
    return location


def _plain(values: Values) -> Values:
    same = ("name", "description", "address1", "address2", "city", "state", "zip5", "zip4", "transport", "wait_days")
    more = ("phone", "fax", "url", "languages", "accessibility", "ride_home_rule", "driving_rule")
    return {name: values[name] for name in (*same, *more) if values.get(name) is not None}


def _raw(record: Mapping[str, str | None], columns: tuple[str, ...], given: ImportMap, name: str) -> str:
    parts = dict.fromkeys(cells.text(record.get(column), given.empty) for column in columns)
    joined = ", ".join(part for part in parts if part)
    return joined.upper() if name == "state" else joined


def _value(name: str, value: str) -> Any:  # noqa: PLR0911 - one answer for each kind of field
    if name in ("phone", "fax"):
        if value and normal_phone(cells.whole(value)) is None:
            raise cells.Unclear(f"{value!r} is not a US phone number")
        return normal_phone(cells.whole(value)) if value else None
    if name in TEXTS or name in CODES or name in ("zip", "zip4"):
        return value
    if name in LISTS:
        return cells.several(value)
    if name in NUMBERS:
        return cells.number(value)
    if name in DAYS:
        return cells.day(value)
    if name in ("latitude", "longitude"):
        return cells.degrees(value)
    if name in ("npi", "prescriber_npi"):
        return cells.npi(value)
    if name == "url":
        return cells.web_address(value)
    return cells.yes(value)


def _place(values: Values, raw: Mapping[str, str], wrong: list[str]) -> Place | None:
    """Where the row is: its ZIP mended and known, in its state, and its point near it."""
    known = gazetteer()
    try:
        values["zip5"], values["zip4"] = cells.zip_codes(raw.get("zip", ""), raw.get("zip4", ""))
    except cells.Unclear as problem:
        wrong.append(f"zip: {problem}")
        return None
    values.pop("zip", None)
    point = _point(values, wrong)
    number = known.zip_number(values["zip5"])
    if number is None and point is not None:
        number = known.nearest_zip(point)
    if number is None:
        wrong.append(f"zip: {values['zip5']} is not known, and there is no point on the map")
        return None
    place = known.zip_place(number)
    if place.state != values.get("state"):
        wrong.append(f"zip: {values['zip5']} lies in {place.state}, not in {values.get('state') or 'no state'}")
    if point is not None:
        apart = great_circle((point.latitude, point.longitude), (place.point.latitude, place.point.longitude)).km
        if apart > FARTHEST_KM:
            wrong.append(f"point: it lies {apart:,.0f} km from ZIP {place.zip5}")
    values["point"] = point
    return place


def _point(values: Values, wrong: list[str]) -> Point | None:
    latitude, longitude = values.pop("latitude", None), values.pop("longitude", None)
    if latitude is None or longitude is None or (latitude, longitude) == (0, 0):
        return None
    try:
        return Point(latitude=latitude, longitude=longitude)
    except ValueError as problem:
        wrong.append(f"point: {problem}")
        return None


def _may_be_cut(record: Mapping[str, str | None], given: ImportMap) -> bool:
    if given.cut_at is None:
        return False
    return any(len(record.get(column) or "") >= given.cut_at for column in given.columns.get("name", ()))


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, default=str).encode()).hexdigest()


def moment(day: dt.date | None) -> dt.datetime | None:
    """An instant on a day that a list names: 17:00 UTC, which is that day from Maine to Hawaii."""
    return None if day is None else dt.datetime.combine(day, dt.time(17), tzinfo=dt.UTC)
