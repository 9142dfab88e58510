"""Loads as many invented treatment lines as a bench needs, two a site, around towns drawn by their population.

Rows are written in bulk, but each site is first checked by the same rules and the same gate as everybody's.
"""

import datetime as dt
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import inspect
from sqlmodel import col, func, select

from directory.geography.gazetteer import gazetteer
from directory.geography.place import Place
from directory.geography.point import Point
from directory.lib import clock, ids
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.tables import Table
from directory.listings.assembly import Rows, build
from directory.listings.models import (
    Endpoint,
    HealthcareService,
    Location,
    Organization,
    Practitioner,
    PractitionerRole,
    Qualification,
    Supervision,
)
from directory.listings.rules import RULES
from directory.search import actions as search
from directory.search.rules import entry_of
from directory.seeding.offers import line_of
from directory.seeding.people import MODERATOR, npi, supervision, team
from directory.terminology.proofs import FactGroup, Method, Outcome
from directory.verification.models import VerificationResult
from directory.verification.proofs import VerifiedClinic, next_due_on, verified
from directory.verification.rules import why_not_public

SOURCE = "bulk"
LINES_EACH = 2
AT_ONCE = 1000
PATTERNS = 400
"""Sites invented in full; all others are one of these elsewhere, under other names and numbers."""
_PAIRS = (
    ("SPRAVATO", "KET_IV"),
    ("SPRAVATO", "KET_IV"),
    ("SPRAVATO", "KET_IM"),
    ("KET_IV", "KET_IM"),
    ("KET_IV", "KET_ORAL_SL_CLINIC"),
    ("KET_IV", "KET_SC"),
)
_PROVED = (
    (FactGroup.IDENTITY, Method.REGISTRY),
    (FactGroup.SUPERVISION, Method.PHONE),
    (FactGroup.ACCEPTING, Method.PORTAL),
)
# In the order in which rows may be written.
_TABLES: tuple[type[Table], ...] = (
    Organization, Practitioner, Location, HealthcareService, PractitionerRole, Qualification, Supervision, Endpoint,
    VerificationResult,
)  # fmt: skip

# A row as plain values by table: SQLModel takes 0.2 ms to make one, which would be minutes for 100,000 lines.
Values = dict[str, Any]


Pattern = list[tuple[type[Table], Values]]


class Plain(SimpleNamespace):
    """A row's values under the names of its columns, for rules and records, which only read them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """One invented site: the values of its rows, and the clinic as the gate saw it."""

    values: dict[type[Table], list[Values]]
    clinic: VerifiedClinic


def load(databases: Databases, *, lines: int) -> int:
    """Add invented sites with `lines` treatment lines, two each; gives how many sites. May be called again for more.

    Raises ValueError when an invented site would break a rule or not pass the gate.
    """
    now = clock.now().replace(microsecond=0)
    sites = -(-lines // LINES_EACH)
    with reading(databases) as db:
        asked = select(func.count()).select_from(Location).where(col(Location.external_source) == SOURCE)
        first = db.exec(asked).one()
    patterns = [pattern(number, now=now) for number in range(min(PATTERNS, sites))]
    for start in range(first, first + sites, AT_ONCE):
        end = min(start + AT_ONCE, first + sites)
        batch = [site(number, patterns[number % len(patterns)], now=now) for number in range(start, end)]
        with unit_of_work(databases) as db:
            for table in _TABLES:
                # The plain table: the mapped class would sort rows into statements by which values are null.
                db.execute(inspect(table).local_table.insert(), [v for whole in batch for v in whole.values[table]])
            search.write_entries(db, [entry for whole in batch if (entry := entry_of(whole.clinic)) is not None])
        _say(f"\r{end - first:,} of {sites:,} invented sites")
    _say("\n")
    return sites


def pattern(number: int, *, now: dt.datetime) -> Pattern:
    """The rows of one site invented in full, but for what is its own."""
    chance = Random(f"bulk pattern {number}")  # noqa: S311 - the same site each time is the point
    seen = now - dt.timedelta(days=chance.randint(0, 28))
    organization = Organization(
        legal_name="",
        name="",
        exclusion="NO_MATCH",
        exclusion_checked_at=seen,
        exclusion_checked_by=MODERATOR,
        is_demo=True,
        created_at=seen,
    )
    place = _location(organization, chance, seen)
    member = team(number, "ME", "both", chance, now=now, licences_days=3, size=1)[0]
    for held in member.qualifications:
        held.practitioner_id = member.person.id
    lines = [line_of(treatment, "both", chance, now) for treatment in chance.choice(_PAIRS)]
    card = supervision("both", [member], chance, at=seen)
    endpoint = Endpoint(address="", tested_at=seen, tested_by="clinic:bulk", proved_at=seen, created_at=seen)
    for row in (*lines, card, endpoint):
        row.location_id = place.id
    roles = [
        PractitionerRole(practitioner_id=member.person.id, location_id=place.id, role=role) for role in member.roles
    ]
    results = [_result(place, group, method, seen) for group, method in _PROVED]
    rows = [organization, place, *lines, member.person, *roles, *member.qualifications, card, endpoint, *results]
    return [(type(row), {name: getattr(row, name) for name in type(row).model_fields}) for row in rows]


def site(number: int, rows: Pattern, *, now: dt.datetime) -> Whole:
    """Invented site `number`: a pattern somewhere else, checked by the rules and the gate."""
    chance = Random(f"bulk site {number}")  # noqa: S311
    place, town = _draw(chance)
    fresh = {values["id"]: ids.new_id() for _, values in rows if "id" in values}
    values: dict[type[Table], list[Values]] = {table: [] for table in _TABLES}
    for table, row in rows:
        own = {name: fresh[value] for name, value in row.items() if isinstance(value, UUID)}
        values[table].append(row | own)
    values[Organization][0] |= {
        "name": f"Invented Organization {number} (demo)",
        "legal_name": f"Invented Organization {number} (demo)",
        "npi": npi(40_000_000 + number),
    }
    values[Location][0] |= _whereabouts(number, place, town, chance)
    values[Practitioner][0]["npi"] = npi(60_000_000 + number)
    values[Endpoint][0]["address"] = f"intake@site-{number}.example.org"
    for held in values[Qualification]:
        held["state"] = place.state if held["kind"] == "LICENCE" else None
    return Whole(values=values, clinic=_checked(values, now))


def _checked(values: dict[type[Table], list[Values]], now: dt.datetime) -> VerifiedClinic:
    plain: dict[type[Table], list[Any]] = {table: [Plain(**row) for row in values[table]] for table in _TABLES}
    wrong = [problem for table, rule in RULES.items() for row in plain[table] for problem in rule(row)]
    rows = Rows(
        organization=plain[Organization][0],
        location=plain[Location][0],
        lines=plain[HealthcareService],
        people=plain[Practitioner],
        roles=plain[PractitionerRole],
        qualifications=plain[Qualification],
        supervision=plain[Supervision][0],
        endpoint=plain[Endpoint][0],
    )
    clinic = verified(build(rows), plain[VerificationResult], at=now)
    reasons = why_not_public(clinic)
    if wrong or reasons:
        raise ValueError(f"{clinic.clinic.slug}: {[p.words for p in wrong]} {[r.words for r in reasons]}")
    return clinic


def _location(organization: Organization, chance: Random, seen: dt.datetime) -> Location:
    return Location(
        organization_id=organization.id,
        slug="",
        name="",
        description="An invented clinic among many, made to try the service with.",
        status="PUBLISHED",
        status_at=seen,
        status_by=MODERATOR,
        address1="",
        city="",
        state="",
        zip5="",
        latitude=0,
        longitude=0,
        time_zone="",
        accepting_patients=chance.choices(("newpt", "existptfam", "existptonly", "nopt"), (72, 6, 8, 14))[0],
        wait_days=chance.choice((2, 7, 14, 21, 28, 45, 60, 95, None)),
        referrals_on=chance.random() < 0.9,
        languages=["en", *chance.sample(("es", "cmn", "vi", "tl", "ko", "ar", "fr"), k=chance.choice((0, 0, 1, 1, 2)))],
        accessibility=chance.sample(("handiaccess", "adacomp", "pubtrans", "mobility"), k=chance.randint(0, 3)),
        rems_setting="OUTPATIENT_CERTIFIED",
        rems_method="REMS_PHONE",
        rems_verified_at=seen,
        rems_verified_by=MODERATOR,
        confirmed_at=seen,
        confirmed_by="clinic:bulk",
        external_source=SOURCE,
        external_id="",
        external_digest="-",
        is_demo=True,
        created_at=seen,
        changed_at=seen,
    )


def _whereabouts(number: int, place: Place, town: str, chance: Random) -> Values:
    point = _beside(place.point, chance)
    return {
        "slug": f"invented-site-{number}",
        "name": f"Invented Clinic {number} (demo)",
        "address1": f"{chance.randint(30, 989)} Invented Street",
        "city": town,
        "state": place.state,
        "zip5": place.zip5,
        "latitude": round(point.latitude, 4),
        "longitude": round(point.longitude, 4),
        "time_zone": place.time_zone,
        "phone": f"+120255501{number % 100:02d}",
        "external_id": str(number),
    }


def _result(place: Location, group: FactGroup, method: Method, seen: dt.datetime) -> VerificationResult:
    return VerificationResult(
        location_id=place.id,
        fact_group=group,
        method=method,
        outcome=Outcome.CONFIRMED,
        by=MODERATOR,
        at=seen,
        next_due_on=next_due_on(group, seen),
    )


@cache
def _zips() -> tuple[list[int], list[float]]:
    """Every ZIP with an area, and the running sum of its share of its town's people."""
    known = gazetteer()
    numbers = [number for number in range(len(known.zips)) if known.has_area(number)]
    of_town = Counter(known.zip_town(number) for number in numbers)
    people = (known.zip_place(number).population / of_town[known.zip_town(number)] for number in numbers)
    return numbers, list(accumulate(people))


def _draw(chance: Random) -> tuple[Place, str]:
    """A ZIP, the likelier the more people live there, and its town."""
    numbers, running = _zips()
    number = chance.choices(numbers, cum_weights=running)[0]
    return gazetteer().zip_place(number), gazetteer().zip_town(number)[0]


def _beside(point: Point, chance: Random) -> Point:
    """A few miles away, more in the open than in the middle."""
    latitude = min(89.0, max(-89.0, point.latitude + chance.gauss(0, 0.05)))
    longitude = (point.longitude + chance.gauss(0, 0.06) + 180) % 360 - 180
    return Point(latitude=latitude, longitude=longitude)


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
