"""What a person of ours writes down: licences, REMS certificates, the four lines of the card; and what follows."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Refused
from directory.listings import actions as listings
from directory.listings import people
from directory.listings.models import Location, Qualification
from directory.search.clinic_view import view_of
from directory.terminology.proofs import FactGroup, Method
from directory.terminology.rems import RemsMethod, RemsSetting
from directory.verification import actions, checking, queries, timers, work
from directory.verification.checking import LicenceSeen
from directory.verification.models import SupervisionCheck
from directory.verification.proofs import Freshness
from directory.verification.rules import Found
from tests.support import clinics
from tests.support.clinics import AT
from tests.support.published import MO, NOOR, harbour
from tests.support.time import Clock


def place(databases: Databases, location_id: UUID) -> Location:
    with reading(databases) as db:
        return db.get_one(Location, location_id)


def licence_id(databases: Databases) -> UUID:
    with reading(databases) as db:
        return db.exec(select(Qualification.id)).one()


def seen(**changes: Any) -> LicenceSeen:
    given: dict[str, Any] = {
        "status": "ACTIVE",
        "expires_on": dt.date(2029, 6, 30),
        "method": Method.REGISTRY,
        "source": "https://www.pfr.maine.gov/",
    }
    return LicenceSeen(**given | changes)


def check(databases: Databases, **changes: Any) -> list[UUID]:
    row = licence_id(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        return checking.check_licence(db, row, seen(**changes), by=changes.pop("by", MO), at=AT)


def test_a_licence_that_ends_takes_the_listing_away_the_same_day_and_evidence_brings_it_back(
    databases: Databases, clock: Clock
) -> None:
    location_id = harbour(databases)
    clock.travel(to=dt.datetime(2027, 7, 1, 13, tzinfo=dt.UTC))
    with unit_of_work(databases, wiring.dispatch) as db:  # all else is kept fresh
        groups = [FactGroup.IDENTITY, FactGroup.SUPERVISION]
        actions.record(db, location_id, groups, method=Method.PHONE, by=MO, at=clock.now())
        checking.check_rems(db, location_id, RemsSetting.OUTPATIENT_CERTIFIED, method=RemsMethod.REMS_PHONE,
                            evidence="REMS program, phone", by=MO, at=clock.now())  # fmt: skip
        listings.set_confirmed(db, location_id, by=str(NOOR), at=clock.now())
    assert timers.sweep(databases, wiring.dispatch, at=clock.now()).licences_expired == 1
    row = place(databases, location_id)
    assert (row.status, row.status_note) == ("SUSPENDED", "S1")
    with unit_of_work(databases, wiring.dispatch) as db:
        back = checking.check_licence(db, licence_id(databases), seen(), by=MO, at=clock.now())
    assert back == [location_id]
    assert place(databases, location_id).status == "PUBLISHED"
    with reading(databases) as db:
        assert queries.get_verified(db, location_id, at=clock.now()).proofs[FactGroup.LICENCES].fresh


@pytest.mark.parametrize("status", ["SUSPENDED", "PROBATION", "ACTIVE_RESTRICTED", "UNKNOWN"])
def test_a_licence_that_is_not_active_pauses_the_listing_at_once(
    databases: Databases, clock: Clock, status: str
) -> None:
    location_id = harbour(databases)
    check(databases, status=status)
    assert place(databases, location_id).status == "SUSPENDED"


def test_one_of_two_prescribers_leaves_the_page_and_the_listing_stays(databases: Databases, clock: Clock) -> None:
    location_id = harbour(databases)
    second = clinics.prescriber(
        clinics.licence(number="MD2", expires_on=dt.date(2026, 3, 9), status="EXPIRED"), npi=None, given_name="Second"
    )
    with unit_of_work(databases, wiring.dispatch) as db:
        people.add_team_member(db, location_id, second, at=AT)
    assert place(databases, location_id).status == "PUBLISHED"
    with reading(databases) as db:
        view = view_of(queries.get_verified(db, location_id, at=AT))
    assert [person.name for person in view.team] == ["Noor Example, MD"]
    assert view.team_incomplete


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": " "}, "Say where you saw it"),
        ({"method": Method.PORTAL}, "own word"),
        ({"status": "SPLENDID"}, "Choose a status"),
        ({"expires_on": dt.date(2026, 3, 1)}, "run out"),
    ],
)
def test_a_check_of_a_licence_says_where_it_was_seen_and_holds_together(
    databases: Databases, changes: dict[str, Any], words: str
) -> None:
    harbour(databases)
    with pytest.raises(Refused, match=words):
        check(databases, **changes)


def test_a_clinic_cannot_write_down_a_check_of_ours(databases: Databases) -> None:
    location_id = harbour(databases)
    row = licence_id(databases)
    with pytest.raises(Refused, match="person of ours"), unit_of_work(databases) as db:
        checking.check_licence(db, row, seen(), by=NOOR, at=AT)
    with pytest.raises(Refused, match="person of ours"), unit_of_work(databases) as db:
        checking.check_supervision(db, location_id, ALL_HOLD, by=NOOR, at=AT)


def test_the_work_list_has_licences_that_end_within_sixty_days(databases: Databases, clock: Clock) -> None:
    harbour(databases)
    ends = dt.date(2027, 6, 30)
    with reading(databases) as db:
        assert work.find_licences_due(db, ends - dt.timedelta(days=61)) == []
        [due] = work.find_licences_due(db, ends - dt.timedelta(days=60))
    assert (due.days_left, due.name, due.sites) == (60, "Noor Example, MD", ("harbour-clinic-portland-me",))


def test_a_clinics_own_word_on_rems_opens_no_gate_and_never_replaces_what_we_saw(
    databases: Databases, clock: Clock
) -> None:
    location_id = harbour(databases)
    with pytest.raises(Refused, match="confirmed this"), unit_of_work(databases, wiring.dispatch) as db:
        checking.attest_rems(db, location_id, RemsSetting.OUTPATIENT_CERTIFIED, by=NOOR, at=AT)
    with pytest.raises(Refused, match="no proof"), unit_of_work(databases, wiring.dispatch) as db:
        checking.check_rems(db, location_id, RemsSetting.OUTPATIENT_CERTIFIED, method=RemsMethod.SELF_ATTESTED,
                            evidence="x", by=MO, at=AT)  # fmt: skip
    with unit_of_work(databases) as db:
        row = db.get_one(Location, location_id)
        row.rems_setting, row.rems_method, row.rems_verified_at, row.rems_verified_by = "UNKNOWN", None, None, None
        db.add(row)
    with unit_of_work(databases, wiring.dispatch) as db:
        checking.attest_rems(db, location_id, RemsSetting.OUTPATIENT_CERTIFIED, by=NOOR, at=AT)
    assert (place(databases, location_id).status, place(databases, location_id).status_note) == ("SUSPENDED", "S3")
    with unit_of_work(databases, wiring.dispatch) as db:
        checking.check_rems(db, location_id, RemsSetting.INPATIENT_CERTIFIED, method=RemsMethod.FIND_A_CENTER,
                            evidence="https://www.spravatorems.com", by=MO, at=AT)  # fmt: skip
    row = place(databases, location_id)
    assert (row.status, row.rems_reverify_on) == ("PUBLISHED", dt.date(2026, 6, 8))


def test_a_certificate_that_is_gone_pauses_and_one_nobody_asked_after_runs_out(
    databases: Databases, clock: Clock
) -> None:
    location_id = harbour(databases)
    with reading(databases) as db:
        assert work.find_rems_due(db, dt.date(2026, 6, 1)) == []
    with unit_of_work(databases, wiring.dispatch) as db:
        checking.check_rems(db, location_id, RemsSetting.OUTPATIENT_CERTIFIED, method=RemsMethod.REMS_PHONE,
                            evidence="REMS program, phone", by=MO, at=AT)  # fmt: skip
    with reading(databases) as db:
        assert [due.location_id for due in work.find_rems_due(db, dt.date(2026, 6, 1))] == [location_id]
    clock.advance(days=182)
    with unit_of_work(databases) as db:
        listings.set_confirmed(db, location_id, by=str(NOOR), at=clock.now())
    swept = timers.sweep(databases, wiring.dispatch, at=clock.now())
    assert (swept.outlived, place(databases, location_id).status_note) == (1, "S3")


ALL_HOLD = {item: Found(holds=True, method=Method.PHONE, source="clinic's phone") for item in ("S1", "S2", "S3", "S9")}


def supervise(databases: Databases, location_id: UUID, **changes: Found) -> list[UUID]:
    with unit_of_work(databases, wiring.dispatch) as db:
        return checking.check_supervision(db, location_id, ALL_HOLD | changes, by=MO, at=AT + dt.timedelta(hours=1))


def test_four_lines_of_the_card_are_checked_by_a_person_and_one_that_fails_pauses(
    databases: Databases, clock: Clock
) -> None:
    location_id = harbour(databases)
    supervise(databases, location_id)
    with reading(databases) as db:
        assert {row.item for row in db.exec(select(SupervisionCheck)).all()} == {"S1", "S2", "S3", "S9"}
    failed = Found(holds=False, method=Method.DOCUMENT, source="their website", note="lozenges by mail are offered")
    supervise(databases, location_id, S9=failed)
    assert place(databases, location_id).status_note == "supervision"
    with unit_of_work(databases, wiring.dispatch) as db:
        later = AT + dt.timedelta(hours=2)
        assert checking.check_supervision(db, location_id, ALL_HOLD, by=MO, at=later) == [location_id]
    with reading(databases) as db:
        proof = queries.get_verified(db, location_id, at=AT + dt.timedelta(hours=3)).proofs[FactGroup.SUPERVISION]
        assert proof.freshness is Freshness.FRESH
        assert [due.location_id for due in work.find_supervision_due(db, dt.date(2026, 9, 1))] == [location_id]


def test_a_check_of_the_card_is_whole_and_does_not_contradict_the_listing(databases: Databases, clock: Clock) -> None:
    location_id = harbour(databases)
    with pytest.raises(Refused, match=r"S2 is missing\. S9: say what was found"), unit_of_work(databases) as db:
        found = {item: one for item, one in ALL_HOLD.items() if item != "S2"}
        nothing_said = {"S9": Found(holds=False, method=Method.PHONE)}
        checking.check_supervision(db, location_id, found | nothing_said, by=MO, at=AT)
    with pytest.raises(Refused, match="own word"):
        supervise(databases, location_id, S3=Found(holds=True, method=Method.SELF))
    with unit_of_work(databases) as db:
        row = db.get_one(Location, location_id)
        row.rems_setting = "NOT_CERTIFIED"
        db.add(row)
    with pytest.raises(Refused, match=r"S3: .*REMS"):
        supervise(databases, location_id)
