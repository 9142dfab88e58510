"""The search shows what is listed and proved, and follows each change of it in the same transaction."""

import datetime as dt

from sqlmodel import select

from directory import wiring
from directory.lib import clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.search.entries import Entry, from_text
from directory.search.models import SearchEntry
from directory.verification import actions as verification
from tests.support.clinics import AT
from tests.support.published import MO, harbour


def entry(databases: Databases) -> Entry | None:
    with reading(databases) as db:
        row = db.exec(select(SearchEntry)).one()
    return None if row.removed else from_text(row.payload)


def test_a_published_clinic_is_searched_with_what_is_proved_of_it(databases: Databases) -> None:
    with clock.standing_at(AT):
        harbour(databases)
        found = entry(databases)
    assert found is not None
    assert (found.slug, found.state, found.accepting_patients) == ("harbour-clinic-portland-me", "ME", "newpt")
    assert found.confirmed_by == "PHONE"
    assert {line.treatment for line in found.lines} == {"SPRAVATO", "KET_IV"}
    assert next(line for line in found.lines if line.treatment == "KET_IV").price_min == 450
    assert found.oversight is not None
    assert (found.oversight.on_site, found.oversight.monitor) == ("MD", "RN")


def test_a_change_is_in_the_row_when_it_commits(databases: Databases) -> None:
    with clock.standing_at(AT):
        location_id = harbour(databases)
        with unit_of_work(databases, wiring.dispatch) as db:
            listings.set_accepting(db, location_id, "nopt", version=None, at=AT)
        found = entry(databases)
    assert found is not None
    assert found.accepting_patients == "nopt"


def test_a_paused_clinic_leaves_the_search_at_once(databases: Databases) -> None:
    with clock.standing_at(AT):
        location_id = harbour(databases)
        with unit_of_work(databases, wiring.dispatch) as db:
            verification.suspend(db, location_id, note="licence lapsed", by=MO, at=AT)
        assert entry(databases) is None


def test_accepting_is_not_said_once_its_proof_is_old(databases: Databases) -> None:
    with clock.standing_at(AT):
        location_id = harbour(databases)
    later = AT + dt.timedelta(days=100)
    with clock.standing_at(later):
        with unit_of_work(databases, wiring.dispatch) as db:
            listings.set_intake_wait(db, location_id, wait_days=30, next_intake_on=None, at=later)
        found = entry(databases)
    # The licence check has outlived itself too, so the gate may have paused it: either way nothing unproved is said.
    assert found is None or found.accepting_patients == ""
