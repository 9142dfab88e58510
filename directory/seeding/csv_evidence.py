"""What a row says beyond its address: treatments, a prescriber, supervision, and who checked what and when. Pure.

Nothing is taken as checked without a day and a method: such a row stays a candidate.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from directory.listings.models import HealthcareService, Practitioner, Qualification, Supervision
from directory.listings.rules import Problem, problems_of
from directory.seeding.csv_rows import Row, Unfit, Values, moment
from directory.terminology.proofs import METHODS, FactGroup, Method
from directory.terminology.rems import RemsMethod
from directory.terminology.treatments import TREATMENTS

# The parts of the supervision card that each code of the admission rule attests.
ATTESTS: dict[str, tuple[str, ...]] = {
    "S1": ("licensed_prescriber",),
    "S2": ("dea_registered",),
    "S3": ("on_premises_only",),
    "S4": ("evaluation_first",),
    "S5": ("clinician_present",),
    "S6": ("pulse_oximetry", "blood_pressure", "heart_rate"),
    "S7": ("acls_on_site", "oxygen", "airway_equipment", "aed", "emergency_plan"),
    "S8": ("discharge_criteria", "escort_required", "no_driving"),
    "S9": ("no_home_program",),
    "S10": ("written_consent",),
}
_REMS_SEEN = {
    RemsMethod.REMS_PHONE: Method.PHONE,
    RemsMethod.FIND_A_CENTER: Method.REGISTRY,
    RemsMethod.CONFIRMATION_EMAIL_UPLOAD: Method.DOCUMENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Somebody checked a group of facts, in this way, on this day."""

    group: FactGroup
    method: Method
    at: dt.datetime
    source: str = ""


def offers_home_use(row: Row) -> bool:
    """Whether the row says, by its own field or among its treatments, that ketamine is given for use at home."""
    listed = [TREATMENTS.find(code) for code in row.values.get("treatments", [])]
    return bool(row.values.get("home_use_offered")) or any(found and not found.listable for found in listed)


def lines_of(row: Row) -> list[HealthcareService]:
    """The treatment lines. Raises Unfit for a treatment nobody knows."""
    values = row.values
    lines = [
        HealthcareService(
            treatment=code,
            conditions=list(values.get("conditions", [])),
            payers=list(values.get("payers", [])),
            observation_minutes=values.get("observation_minutes"),
            price_min=values.get("price_min") if values.get("price_as_of") else None,
            price_max=values.get("price_max") if values.get("price_as_of") else None,
            price_as_of=values.get("price_as_of") if values.get("price_min") is not None else None,
        )
        for code in values.get("treatments", [])
        if code != "KET_HOME"
    ]
    _refuse(problems_of(*lines))
    return lines


def prescriber_of(row: Row, *, at: dt.datetime) -> tuple[Practitioner, list[Qualification]] | None:
    """The prescriber a row names, with the licence it gives. Raises Unfit where one of them breaks a rule."""
    values = row.values
    if not values.get("prescriber_family_name"):
        return None
    looked_at = moment(values.get("prescriber_exclusion_checked_on"))
    cleared = bool(looked_at and values.get("prescriber_exclusion"))
    person = Practitioner(
        given_name=values.get("prescriber_given_name", ""),
        family_name=values["prescriber_family_name"],
        credential=values.get("prescriber_credential", ""),
        npi=values.get("prescriber_npi"),
        dea_attested=bool(values.get("prescriber_dea")),
        exclusion=values["prescriber_exclusion"] if cleared else "NOT_CHECKED",
        exclusion_checked_at=looked_at if cleared else None,
        exclusion_checked_by="import" if cleared else None,
        created_at=at,
    )
    licences = [_licence(values)] if values.get("licence_number") else []
    _refuse(problems_of(person, *licences))
    return person, licences


def _licence(values: Values) -> Qualification:
    seen, method = moment(values.get("licence_checked_on")), values.get("licence_method")
    checked = bool(seen and method in METHODS)
    return Qualification(
        state=values["state"],
        title=values.get("licence_title") or "License",
        number=values["licence_number"],
        status=values.get("licence_status") or "UNKNOWN",
        issued_on=values.get("licence_issued_on"),
        expires_on=values.get("licence_expires_on"),
        verified_at=seen if checked else None,
        verified_by="import" if checked else None,
        verification_method=method if checked else None,
        source_url=values.get("licence_source") or None,
    )


def supervision_of(row: Row, *, at: dt.datetime) -> Supervision | None:
    """The card a row attests, by codes S1 to S10 or `all`; None where it says nothing of it."""
    values = row.values
    said = list(ATTESTS) if values.get("supervision_attested") == ["all"] else values.get("supervision_attested", [])
    if not said:
        return None
    if unknown := [code for code in said if code not in ATTESTS]:
        raise Unfit(f"supervision_attested: {', '.join(unknown)} is none of S1 to S10")
    attested: dict[str, Any] = {part: True for code in said for part in ATTESTS[code]}
    return Supervision(
        **attested,
        on_site=values.get("supervision_on_site") or "",
        monitor=values.get("supervision_monitor") or "",
        observation_minutes=values.get("observation_minutes"),
        patients_per_monitor=values.get("patients_per_monitor"),
        attested_at=moment(values.get("supervision_checked_on")) or at,
        attested_by="import",
    )


def checks_of(row: Row) -> list[Check]:
    """Everything that was checked by somebody, with its day and method."""
    values = row.values
    found = [
        _check(values, FactGroup.IDENTITY, "identity_method", "identity_checked_on", values.get("identity_source", "")),
        _check(values, FactGroup.SUPERVISION, "supervision_method", "supervision_checked_on"),
        _check(values, FactGroup.LICENCES, "licence_method", "licence_checked_on", values.get("licence_source", "")),
    ]
    rems, day = values.get("rems_method"), moment(values.get("rems_checked_on"))
    if rems in _REMS_SEEN and day is not None:
        found.append(Check(group=FactGroup.REMS, method=_REMS_SEEN[RemsMethod(rems)], at=day))
    return [check for check in found if check is not None]


def _check(values: Values, group: FactGroup, method: str, day: str, source: str = "") -> Check | None:
    at, how = moment(values.get(day)), str(values.get(method))
    return Check(group=group, method=Method(how), at=at, source=source) if at and how in METHODS else None


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Unfit(*(f"{problem.field}: {problem.words}" for problem in problems))
