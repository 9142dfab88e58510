"""What may stand in a listing, in words, and the quick update's form."""

import datetime as dt
from typing import Any

import pytest
from litestar.datastructures import FormMultiDict

from directory.listings.forms import ClosureForm, QuickUpdateForm
from directory.listings.rules import monday_of, normal_phone, problems_of, slug_for
from directory.web.forms import fill
from tests.support import clinics


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("(207) 555-0142", "+12075550142"),
        ("207.555.0142", "+12075550142"),
        ("1-207-555-0142", "+12075550142"),
        ("+1 207 555 0142 ext. 12", "+12075550142"),
        ("207-555-0142x9", "+12075550142"),
        ("555-0142", None),
        ("107-555-0142", None),
        ("+44 20 7946 0000", None),
        ("call us", None),
        ("", None),
    ],
)
def test_a_phone_number_is_kept_in_one_shape(text: str, number: str | None) -> None:
    assert normal_phone(text) == number


def test_slugs_are_plain_ascii_and_numbered_when_taken() -> None:
    assert slug_for("Clínica  Ribera (demo)", "Mayagüez", "PR") == "clinica-ribera-demo-mayaguez-pr"
    assert slug_for("St. John's", "St. Louis", "MO") == "st-johns-st-louis-mo"
    assert slug_for("Harbour", "Portland", "ME", {"harbour-portland-me", "harbour-portland-me-2"}).endswith("-me-3")
    assert slug_for("診療所", "", "") == "clinic"
    assert len(slug_for("x" * 300, "Portland", "ME")) <= 100


def test_intake_is_promised_by_the_week() -> None:
    assert monday_of(dt.date(2026, 3, 15)) == dt.date(2026, 3, 9)
    assert monday_of(dt.date(2026, 3, 9)) == dt.date(2026, 3, 9)


def test_a_good_clinic_has_no_problems() -> None:
    org = clinics.organization()
    site = clinics.site(org)
    member = site.team[0]
    assert problems_of(org, site.location, *site.lines, member.person, *member.qualifications, site.endpoint) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"description": "x" * 2001}, "description"),
        ({"state": "AP"}, "state"),
        ({"zip5": "4101"}, "zip5"),
        ({"zip4": "12"}, "zip4"),
        ({"latitude": 0.0, "longitude": 0.0}, "point"),
        ({"latitude": 91.0}, "point"),
        ({"time_zone": "EST5"}, "time_zone"),
        ({"phone": "2075550142"}, "phone"),
        ({"fax": "+1555"}, "fax"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://nodot"}, "url"),
        ({"accepting_patients": "maybe"}, "accepting_patients"),
        ({"wait_days": 731}, "wait_days"),
        ({"languages": ["en", "tlh"]}, "languages"),
        ({"interpreter": "SOMETIMES"}, "interpreter"),
        ({"accessibility": ["lift"]}, "accessibility"),
    ],
)
def test_what_is_wrong_with_a_site_is_said_by_field(changes: dict[str, Any], field: str) -> None:
    found = problems_of(clinics.location(clinics.organization(), **changes))
    assert [problem.field for problem in found] == [field]
    assert found[0].words


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"treatment": "KET_HOME"}, "treatment"),
        ({"conditions": ["HAPPINESS"]}, "conditions"),
        ({"payers": ["gold"]}, "payers"),
        ({"minimum_age": 17}, "minimum_age"),
        ({"maximum_age": 17}, "maximum_age"),
        ({"price_min": -1}, "price_min"),
        ({"price_max": 449}, "price_max"),
        ({"price_as_of": None}, "price_as_of"),
        ({"observation_minutes": 0}, "observation_minutes"),
        ({"sessions_per_week": 8}, "sessions_per_week"),
        ({"next_intake_on": dt.date(2026, 3, 10)}, "next_intake_on"),
    ],
)
def test_what_is_wrong_with_a_treatment_line_is_said_by_field(changes: dict[str, Any], field: str) -> None:
    assert [problem.field for problem in problems_of(clinics.iv_ketamine(**changes))] == [field]


def test_wrong_identifiers_and_licences_are_said_by_field() -> None:
    person = clinics.prescriber(npi="1234567890", credential="GURU", specialty="2084P0800").person
    assert [p.field for p in problems_of(person)] == ["credential", "npi", "specialty"]
    bad = clinics.licence(state="ZZ", status="FINE", expires_on=dt.date(2010, 1, 1), title="")
    assert [p.field for p in problems_of(bad)] == ["title", "status", "state", "expires_on"]
    assert [p.field for p in problems_of(clinics.organization(npi="2234567892"))] == ["npi"]
    assert [p.field for p in problems_of(clinics.endpoint(address="a@b.org, c@d.org"))] == ["address"]
    assert problems_of(clinics.endpoint(channel="FAX", address="+12075550143")) == []


def typed(**values: str) -> FormMultiDict:
    return FormMultiDict(list(values.items()))


def test_a_quick_update_as_typed_becomes_a_form() -> None:
    filled = fill(
        QuickUpdateForm,
        typed(version="3", accepting_patients="newpt", wait_days="14", next_intake_on="2026-05-06", requests="off"),
    )
    assert filled.errors == {}
    assert filled.form is not None
    assert (filled.form.version, filled.form.wait_days, filled.form.referrals_on) == (3, 14, False)
    assert filled.form.next_intake_on == dt.date(2026, 5, 6)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accepting_patients", "yes"),
        ("accepting_patients", ""),
        ("wait_days", "two weeks"),
        ("wait_days", "-3"),
        ("wait_days", "900"),
        ("wait_days", "1.5"),
        ("next_intake_on", "next week"),
        ("requests", "maybe"),
        ("version", ""),
    ],
)
def test_a_wrong_quick_update_says_so_at_its_field_and_keeps_what_was_typed(name: str, value: str) -> None:
    good = {"version": "3", "accepting_patients": "newpt", "wait_days": "14", "requests": "on"}
    filled = fill(QuickUpdateForm, typed(**good | {name: value}))
    assert list(filled.errors) == [name]
    assert filled.values[name] == value
    assert filled.form is None


def test_a_closure_is_in_order_and_promises_nothing() -> None:
    good = {"version": "3", "starts_on": "2026-07-03", "ends_on": "2026-07-05", "reason": "Holiday"}
    assert fill(ClosureForm, typed(**good)).form is not None
    assert "before the first" in fill(ClosureForm, typed(**good | {"ends_on": "2026-07-02"})).errors["form"]
    assert "cure" in fill(ClosureForm, typed(**good | {"reason": "The cure is coming"})).errors["reason"]
    assert list(fill(ClosureForm, typed(**good | {"starts_on": "31/12/2026"})).errors) == ["starts_on"]
