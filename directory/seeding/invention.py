"""Invents one clinic from its number: always the same one, varied in every field that is filtered or shown. Pure.

Names are plainly invented, phones are 555-01xx, mail is at example.org, and every NPI begins with 2 (none such exists).
"""

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Any

from directory.listings.actions import Site
from directory.listings.models import Endpoint, HealthcareService, Location, Organization
from directory.listings.rules import slug_for
from directory.seeding.offers import closures_of, hours_of, lines_of
from directory.seeding.people import MODERATOR, npi, supervision, team
from directory.seeding.words import Town, authored, stems, towns, words
from directory.terminology.rems import RemsMethod

PROFILES = ("both",) * 8 + ("spravato",) * 5 + ("ketamine",) * 4 + ("pain",) * 2 + ("hospital",)
FIRST_NAME = "Harbour Clinic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What became of a clinic, in days before now: first seen, checked, public, last confirmed; and its state today."""

    created: int
    checked: int
    published: int
    confirmed: int
    licences: int
    state: str
    channel_proved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """A clinic that does not exist: its organization (shared by `group`), its site, and its life so far."""

    number: int
    group: int
    organization: Organization
    site: Site
    life: Life


def group_of(number: int) -> int:
    """The number of the first site of the same organization; most have one site, some three."""
    if number in (28, 29, 30):
        return 28
    if number >= 75 and (number - 75) % 12 < 3:
        return number - (number - 75) % 12
    return number


def invent(number: int, *, now: dt.datetime) -> Invented:
    """Clinic `number` (0 to 242) as it is at `now`."""
    chance = Random(f"invented clinic {number}")  # noqa: S311 - the same clinic each time is the point
    group = group_of(number)
    town = towns()[number]
    written: dict[str, Any] = authored().get(town.zip5, {})
    drawn = "both" if number == 0 else Random(f"group {group}").choice(PROFILES)  # noqa: S311
    profile = written.get("profile", drawn)
    organization = _organization(group, profile, now)
    life = _life(number, chance)
    location = _location(number, organization, profile, chance, now)
    lines = lines_of(profile, chance, now)
    _write(location, lines, written)
    if not any(line.treatment == "SPRAVATO" for line in lines):
        location.rems_setting, location.rems_method = "UNKNOWN", None
        location.rems_verified_at = location.rems_verified_by = location.rems_reverify_on = None
    people = team(number, town.state, profile, chance, now=now, licences_days=life.licences)
    location.psychiatrist_on_team = any(
        member.person.specialty == "2084P0800X" or member.person.credential == "PMHNP-BC" for member in people
    )
    return Invented(
        number=number,
        group=group,
        organization=organization,
        site=Site(
            location=location,
            lines=lines,
            team=people,
            times=hours_of(profile, chance),
            closures=closures_of(number, chance, now),
            supervision=supervision(profile, people, chance, at=now - dt.timedelta(days=life.checked)),
            endpoint=Endpoint(
                address=f"intake@{slug_for(organization.name.removesuffix(' (demo)'), '', '')}.example.org",
                created_at=now - dt.timedelta(days=life.created),
            ),
        ),
        life=life,
    )


def _organization(group: int, profile: str, now: dt.datetime) -> Organization:
    chance = Random(f"organization {group}")  # noqa: S311
    town = towns()[group]
    if group == 0:
        name = FIRST_NAME
    elif town.state == "PR":
        name = words()["names"]["spanish"][_place_in_state(group)]
    elif town.zip5 in authored():
        name = authored()[town.zip5]["name"]
    else:
        name = f"{stems()[group]} {chance.choice(words()['names']['kinds'][profile])}"
    checked = now - dt.timedelta(days=chance.randint(2, 27))
    return Organization(
        legal_name=f"{name} {chance.choice(('LLC', 'PLLC', 'Inc.', 'PC'))} (demo)",
        name=f"{name} (demo)",
        npi=npi(30_000_000 + group),
        hipaa_covered_entity=chance.choice(("YES", "YES", "YES", "NO", "UNKNOWN")),
        exclusion="NO_MATCH",
        exclusion_checked_at=checked,
        exclusion_checked_by=MODERATOR,
        url=f"https://{slug_for(name, '', '')}.example.org/" if chance.random() < 0.85 else None,
        is_demo=True,
        created_at=now - dt.timedelta(days=400),
    )


def _write(location: Location, lines: list[HealthcareService], written: dict[str, Any]) -> None:
    """Put what is written of a clinic where it was drawn."""
    for field, value in written.get("site", {}).items():
        setattr(location, field, value)
    for line in lines:
        for field, value in written.get("lines", {}).get(line.treatment, {}).items():
            setattr(line, field, value)


def _place_in_state(number: int) -> int:
    return sum(town.state == towns()[number].state for town in towns()[:number])


def _life(number: int, chance: Random) -> Life:
    state, confirmed = "PUBLISHED", chance.choice((0, 1, 2, 3, 5, 8, 12, 16, 21, 27, 33, 40, 48, 57, 66, 78, 88))
    if number % 15 == 7:
        state, confirmed = "STALE", chance.randint(93, 117)
    elif number % 60 == 44:
        state, confirmed = "UNLISTED", chance.randint(121, 150)
    elif number % 48 == 13:
        state = "SUSPENDED"
    return Life(
        created=chance.randint(260, 400),
        checked=chance.randint(155, 175) if chance.random() < 0.3 else chance.randint(151, 158),
        published=150,
        confirmed=confirmed,
        licences=chance.randint(1, 28),
        state=state,
        channel_proved=number % 9 != 4,
    )


def _location(number: int, organization: Organization, profile: str, chance: Random, now: dt.datetime) -> Location:
    town = towns()[number]
    said, practical = words()["streets"], words()["practical"]
    street = chance.choice(said["names"])
    method = chance.choice((RemsMethod.REMS_PHONE, RemsMethod.FIND_A_CENTER, RemsMethod.CONFIRMATION_EMAIL_UPLOAD))
    rems_days = chance.randint(3, 85)
    accepting = chance.choices(("newpt", "existptfam", "existptonly", "nopt"), (72, 6, 8, 14))[0]
    return Location(
        organization_id=organization.id,
        slug="",
        status_by="",
        name=_site_name(number, organization, street),
        description=_description(profile, chance),
        status="DRAFT",
        address1=f"{chance.randint(30, 989)} {street}",
        address2=chance.choice(said["suites"]),
        city=town.city,
        state=town.state,
        zip5=town.zip5,
        # A few hundred metres beside the ZIP's centre, so that two clinics of one ZIP are two pins.
        latitude=round(town.point.latitude + chance.uniform(-0.005, 0.005), 4),
        longitude=round(town.point.longitude + chance.uniform(-0.006, 0.006), 4),
        position_source="GIVEN",
        time_zone=town.time_zone,
        phone=f"+1{town.area_code}55501{number % 100:02d}",
        fax=f"+1{town.area_code}55501{(number + 50) % 100:02d}" if chance.random() < 0.7 else None,
        url=organization.url,
        accepting_patients="newpt" if number == 0 else accepting,
        wait_days=10 if number == 0 else _wait(accepting, chance),
        referrals_on=number % 12 != 11,
        languages=_languages(number, town, chance),
        interpreter=chance.choice(("NONE", "PHONE", "PHONE", "VIDEO", "ONSITE")),
        accessibility=_access(chance),
        transport=chance.choice(practical["transport"]),
        ride_home_rule=chance.choice(practical["ride_home"]),
        driving_rule="No driving until the next day, after a night's sleep.",
        prior_authorization_help=chance.choice((True, True, False, None)),
        superbill=chance.choice((True, True, False, None)),
        sliding_scale=chance.choice((True, False, False, None)),
        hsa_fsa=chance.choice((True, True, None)),
        rems_setting="INPATIENT_CERTIFIED" if profile == "hospital" else "OUTPATIENT_CERTIFIED",
        rems_method=method,
        rems_verified_at=now - dt.timedelta(days=rems_days),
        rems_verified_by=MODERATOR,
        rems_evidence="Invented for the demo.",
        rems_reverify_on=(now + dt.timedelta(days=90 - rems_days)).date(),
        is_demo=True,
    )


def _site_name(number: int, organization: Organization, street: str) -> str:
    """Sites of one organization are told apart by their town, in the same town by their street."""
    same = [n for n in range(group_of(number), group_of(number) + 3) if group_of(n) == group_of(number)]
    if len(same) == 1:
        return organization.name
    cities = [towns()[n].city for n in same if n < len(towns())]
    where = street if cities.count(towns()[number].city) > 1 else towns()[number].city
    return f"{organization.name.removesuffix(' (demo)')}, {where} (demo)"


def _description(profile: str, chance: Random) -> str:
    said = words()["description"]
    opening = said[profile] if profile in said else said["who"]
    parts = [
        chance.choice(opening),
        chance.choice(said["first_visit"]),
        *chance.sample(said["session"], k=chance.randint(1, 2)),
    ]
    parts += chance.sample(said["after"], k=chance.randint(1, 2))
    if len(parts) > 4 and chance.random() < 0.5:
        parts.pop(1)
    return " ".join(parts)


def _wait(accepting: str, chance: Random) -> int | None:
    if accepting == "nopt":
        return chance.choice((None, 120, 180))
    return chance.choice((2, 4, 6, 7, 10, 14, 14, 21, 21, 28, 35, 45, 60, 75, 95, None))


_SPOKEN = ("ase", "cmn", "yue", "vi", "tl", "ko", "ar", "fr", "ht", "pt", "ru", "pl", "hi", "so")
_ACCESS = ("adacomp", "pubtrans", "mobility", "cognitive", "cultcomp", "anssrvc")


def _access(chance: Random) -> list[str]:
    found = chance.sample(_ACCESS, k=chance.randint(0, 4))
    return (["handiaccess"] if chance.random() < 0.75 else []) + sorted(found)


def _languages(number: int, town: Town, chance: Random) -> list[str]:
    if town.state == "PR":
        return ["es", "en"]
    spanish = 0.75 if town.state in ("CA", "TX", "FL", "NM", "AZ", "NY", "NJ", "NV") else 0.3
    found = ["en", *(["es"] if number == 0 or chance.random() < spanish else [])]
    if chance.random() < 0.35:
        found.append(chance.choice(_SPOKEN))
    if town.state == "HI":
        found.append(chance.choice(("ja", "haw", "tl")))
    return list(dict.fromkeys(found))
