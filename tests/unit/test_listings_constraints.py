"""Every decision that the tables of the listings hold by themselves, on both databases."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Index, UniqueConstraint, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from directory.lib.db import Databases, unit_of_work
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
from tests.support.rows import AT, add_all

DAY = dt.date(2026, 3, 1)
CHECKED = {"exclusion_checked_at": AT, "exclusion_checked_by": "staff"}

BROKEN: list[tuple[type, str, dict[str, Any]]] = [
    (Organization, "hipaa_covered_entity_known", {"hipaa_covered_entity": "MAYBE"}),
    (Organization, "exclusion_known", {"exclusion": "FINE"} | CHECKED),
    (Organization, "exclusion_checked_whole", {"exclusion": "NO_MATCH", "exclusion_checked_at": AT}),
    (Organization, "exclusion_dated", {"exclusion": "NO_MATCH"}),
    (Organization, "npi_length", {"npi": "12345"}),
    (Location, "status_known", {"status": "LIVE"}),
    (Location, "state_known", {"state": "ZZ"}),
    (Location, "accepting_patients_known", {"accepting_patients": "yes"}),
    (Location, "interpreter_known", {"interpreter": "MAYBE"}),
    (Location, "rems_setting_known", {"rems_setting": "CERTIFIED"}),
    (Location, "rems_method_known", {"rems_method": "HEARSAY", "rems_verified_at": AT, "rems_verified_by": "staff"}),
    (Location, "rems_verified_whole", {"rems_method": "REMS_PHONE", "rems_verified_at": AT}),
    (Location, "rems_certificate_has_a_method", {"rems_setting": "OUTPATIENT_CERTIFIED"}),
    (Location, "confirmed_whole", {"confirmed_at": AT}),
    (Location, "public_has_been_confirmed", {"status": "PUBLISHED"}),
    (
        Location,
        "home_use_never_public",
        {"status": "PUBLISHED", "confirmed_at": AT, "confirmed_by": "staff", "home_use_offered": True},
    ),
    (Location, "position_on_earth", {"latitude": -190.0}),
    (Location, "position_on_earth", {"longitude": 190.0}),
    (Location, "wait_days_sane", {"wait_days": -1}),
    (Location, "wait_days_sane", {"wait_days": 731}),
    (Location, "zip5_length", {"zip5": "4101"}),
    (Location, "version_positive", {"version": 0}),
    (Location, "external_whole", {"external_source": "list"}),
    (HealthcareService, "treatment_known", {"treatment": "KET_HOME"}),
    (HealthcareService, "price_per_known", {"price_per": "VISIT"}),
    (HealthcareService, "price_not_negative", {"price_min": -1, "price_as_of": DAY}),
    (HealthcareService, "price_has_a_least", {"price_max": 500}),
    (HealthcareService, "price_in_order", {"price_min": 500, "price_max": 400, "price_as_of": DAY}),
    (HealthcareService, "price_dated", {"price_min": 500}),
    (HealthcareService, "minutes_sane", {"observation_minutes": 0}),
    (HealthcareService, "ages_in_order", {"minimum_age": 65, "maximum_age": 18}),
    (Practitioner, "credential_known", {"credential": "GURU"}),
    (Practitioner, "exclusion_known", {"exclusion": "FINE"} | CHECKED),
    (Practitioner, "exclusion_checked_whole", {"exclusion": "NO_MATCH", "exclusion_checked_at": AT}),
    (Practitioner, "exclusion_dated", {"exclusion_checked_at": AT, "exclusion_checked_by": "staff"}),
    (Practitioner, "npi_length", {"npi": "123456789"}),
    (PractitionerRole, "role_known", {"role": "FRIEND"}),
    (Qualification, "kind_known", {"kind": "DIPLOMA"}),
    (Qualification, "status_known", {"status": "GOOD"}),
    (Qualification, "state_length", {"state": "M"}),
    (Qualification, "licence_has_a_state", {"state": None}),
    (Qualification, "dates_in_order", {"issued_on": DAY, "expires_on": DAY - dt.timedelta(days=1)}),
    (Qualification, "verification_method_known", {"verification_method": "DREAM"}),
    (Qualification, "verified_whole", {"verified_at": AT, "verified_by": "staff"}),
    (Endpoint, "channel_known", {"channel": "PIGEON"}),
    (Endpoint, "hook_of_a_webhook", {"channel": "WEBHOOK"}),
    (Endpoint, "hook_of_a_webhook", {"hook_url": "https://example.org/hook"}),
    (Endpoint, "secret_with_its_key", {"secret_sealed": b"sealed"}),
    (Endpoint, "tested_whole", {"tested_at": AT}),
    (Endpoint, "proved_by_a_test", {"proved_at": AT}),
    (AvailableTime, "weekday_known", {"weekday": 7}),
    (AvailableTime, "all_day_or_hours", {"all_day": True}),
    (AvailableTime, "all_day_or_hours", {"opens": None, "closes": None}),
    (AvailableTime, "hours_whole", {"closes": None}),
    (AvailableTime, "hours_in_order", {"opens": dt.time(17), "closes": dt.time(9)}),
    (Closure, "days_in_order", {"starts_on": DAY, "ends_on": DAY - dt.timedelta(days=1)}),
    (Supervision, "minutes_sane", {"observation_minutes": 2000}),
    (Supervision, "ratio_sane", {"patients_per_monitor": 0}),
]


def test_one_row_of_each_table_is_good(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        assert len(add_all(db)) == 10


def _refusal(db: Session, table: type, changes: dict[str, Any]) -> str:
    try:
        with db.begin_nested():
            db.execute(update(table).values(**changes))
    except IntegrityError as refused:
        return str(refused.orig)
    return "nothing"


def test_a_row_that_breaks_a_decision_is_refused_by_name(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        add_all(db)
        refusals = [(constraint, _refusal(db, table, changes)) for table, constraint, changes in BROKEN]
    assert [pair for pair in refusals if pair[0] not in pair[1]] == []


def test_every_check_of_these_tables_is_broken_above() -> None:
    tested = {(table.__name__, constraint) for table, constraint, _ in BROKEN}
    declared = {
        (table.__name__, str(constraint.name).removeprefix(f"ck_{table.__tablename__}_"))
        for table in {row[0] for row in BROKEN}
        for constraint in table.__table__.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert declared == tested


def test_two_lines_of_one_treatment_at_one_site_are_refused(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        site = add_all(db)[Location]
        db.add(HealthcareService(location_id=site.id, treatment="KET_IV"))
        with pytest.raises(IntegrityError):
            db.flush()
        db.rollback()


def test_a_person_has_a_role_at_a_site_once(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        role = add_all(db)[PractitionerRole]
        db.add(PractitionerRole(practitioner_id=role.practitioner_id, location_id=role.location_id, role="PRESCRIBER"))
        with pytest.raises(IntegrityError):
            db.flush()
        db.rollback()


def test_a_site_has_one_active_endpoint_and_as_many_old_ones_as_it_likes(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        site = add_all(db)[Location]
        db.add(Endpoint(location_id=site.id, address="old@example.org", active=False, created_at=AT))
        db.add(Endpoint(location_id=site.id, address="older@example.org", active=False, created_at=AT))
        site_id = site.id
    with unit_of_work(databases) as db:
        db.add(Endpoint(location_id=site_id, address="second@example.org", created_at=AT))
        with pytest.raises(IntegrityError):
            db.flush()
        db.rollback()


def test_every_unique_rule_of_these_tables_is_known() -> None:
    found = set()
    for table in {row[0] for row in BROKEN}:
        for constraint in table.__table__.constraints:
            if isinstance(constraint, UniqueConstraint):
                found.add((table.__name__, tuple(column.name for column in constraint.columns)))
        for index in table.__table__.indexes:
            if isinstance(index, Index) and index.unique:
                found.add((table.__name__, tuple(column.name for column in index.columns)))
    assert found == {
        ("Location", ("slug",)),
        ("Location", ("external_source", "external_id")),
        ("HealthcareService", ("location_id", "treatment")),
        ("PractitionerRole", ("practitioner_id", "location_id", "role")),
        ("Practitioner", ("npi",)),
        ("Endpoint", ("location_id",)),
    }
