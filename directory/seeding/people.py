"""Invents the people of a clinic and its supervision card. Pure; nobody here exists."""

import datetime as dt
from collections.abc import Sequence
from random import Random

from directory.listings.models import Practitioner, Qualification, Supervision
from directory.listings.people import TeamMember
from directory.seeding.words import words
from directory.terminology.credentials import CREDENTIALS
from directory.terminology.identifiers import npi_check_digit
from directory.terminology.states import STATES

MODERATOR = "moderator:demo-desk"
# Credential and NUCC specialty of who leads, and of who may help, by the kind of clinic.
_LEADS = {
    "both": (("MD", "2084P0800X"), ("DO", "2084P0800X"), ("PMHNP-BC", "363LP0808X"), ("MD", "2084P0800X")),
    "spravato": (("MD", "2084P0800X"), ("PMHNP-BC", "363LP0808X"), ("DO", "2084P0800X")),
    "ketamine": (("MD", "207L00000X"), ("CRNA", "367500000X"), ("MD", "207P00000X"), ("PMHNP-BC", "363LP0808X")),
    "pain": (("MD", "207LP2900X"), ("DO", "208VP0014X")),
    "hospital": (("MD", "2084P0800X"),),
}  # fmt: skip
_TITLES = {"MD": "Physician", "DO": "Osteopathic physician", "PA-C": "Physician assistant", "RN": "Registered nurse"}


def team(
    number: int, state: str, profile: str, chance: Random, *, now: dt.datetime, licences_days: int, size: int = 4
) -> list[TeamMember]:
    """A prescriber and up to `size` people in all, with licences in the state that were seen `licences_days` ago."""
    seen = now - dt.timedelta(days=licences_days)
    wanted: list[tuple[str, str, tuple[str, ...]]] = [
        (*chance.choice(_LEADS[profile]), ("PRESCRIBER", "MEDICAL_DIRECTOR"))
    ]
    if chance.random() < 0.4:
        wanted.append(("PA-C", "363AM0700X", ("PRESCRIBER", "ADMINISTERING")))
    if chance.random() < 0.85:
        wanted.append(("RN", "163WP0808X", ("MONITORING",)))
    if profile != "pain" and chance.random() < 0.5:
        credential, specialty = chance.choice((("LCSW", "1041C0700X"), ("LMFT", "106H00000X"), ("PsyD", "103TC0700X")))
        wanted.append((credential, specialty, ("THERAPIST",)))
    wanted = wanted[:size]
    names = chance.sample(words()["people"]["family"], k=len(wanted))
    return [
        TeamMember(
            person=Practitioner(
                given_name=chance.choice(words()["people"]["given"]),
                family_name=family,
                credential=credential,
                specialty=specialty,
                npi=npi(10_000_000 + number * 10 + place),
                dea_attested="PRESCRIBER" in roles,
                exclusion="NO_MATCH",
                exclusion_checked_at=seen,
                exclusion_checked_by=MODERATOR,
                is_demo=True,
                created_at=now - dt.timedelta(days=400),
            ),
            roles=roles,
            on_site_days=tuple(sorted(chance.sample(range(5), k=chance.randint(3, 5)))),
            qualifications=_qualifications(credential, state, number * 10 + place, chance, seen=seen, today=now.date()),
        )
        for place, ((credential, specialty, roles), family) in enumerate(zip(wanted, names, strict=True))
    ]


def npi(serial: int) -> str:
    """An NPI that passes its check digit and begins with 2, from a serial number below 100,000,000."""
    nine = f"2{serial:08d}"
    return nine + str(npi_check_digit(nine))


def _qualifications(
    credential: str, state: str, serial: int, chance: Random, *, seen: dt.datetime, today: dt.date
) -> list[Qualification]:
    issued = today - dt.timedelta(days=chance.randint(900, 7000))
    found = [
        Qualification(
            state=state,
            title=_TITLES.get(credential, CREDENTIALS[credential].label),
            number=f"DEMO-{serial:05d}",
            status="ACTIVE",
            issued_on=issued,
            expires_on=today + dt.timedelta(days=chance.randint(120, 700)),
            verified_at=seen,
            verified_by=MODERATOR,
            verification_method="REGISTRY",
        )
    ]
    if credential in ("MD", "DO") and chance.random() < 0.7:
        found.append(
            Qualification(
                kind="BOARD",
                title="Board certification (invented)",
                status="ACTIVE",
                issued_on=issued,
                verified_at=seen,
                verified_by=MODERATOR,
                verification_method="DOCUMENT",
            )
        )
    if credential in ("MD", "DO", "CRNA", "RN", "PA-C") and chance.random() < 0.6:
        found.append(
            Qualification(
                kind="ACLS",
                title=f"Advanced cardiovascular life support, {STATES.label(state)}",
                status="ACTIVE",
                expires_on=today + dt.timedelta(days=chance.randint(120, 700)),
                verified_at=seen,
                verified_by=MODERATOR,
                verification_method="DOCUMENT",
            )
        )
    return found


def supervision(profile: str, people: Sequence[TeamMember], chance: Random, *, at: dt.datetime) -> Supervision:
    """A card that attests all of S1 to S10; who is on site, minutes, ratio and rooms differ."""
    nurse = any(member.person.credential == "RN" for member in people)
    return Supervision(
        licensed_prescriber=True,
        dea_registered=True,
        on_premises_only=True,
        evaluation_first=True,
        clinician_present=True,
        on_site=people[0].person.credential,
        monitor="RN" if nurse else people[0].person.credential,
        pulse_oximetry=True,
        blood_pressure=True,
        heart_rate=True,
        observation_minutes=120,
        acls_on_site=True,
        oxygen=True,
        airway_equipment=True,
        aed=True,
        emergency_plan=True,
        discharge_criteria=True,
        escort_required=True,
        no_driving=True,
        no_home_program=True,
        written_consent=True,
        patients_per_monitor=chance.choice((1, 1, 2, 2, 3)),
        private_room=True if profile == "hospital" else chance.choice((True, True, True, False, None)),
        attested_at=at,
        attested_by="clinic:demo",
    )
