"""Invented lines in bulk keep the same rules, pass the same gate, and stand in the search."""

from collections import Counter

from sqlalchemy import func
from sqlmodel import col, select

from directory.lib.db import Databases, reading
from directory.listings import queries
from directory.listings.models import HealthcareService, Location
from directory.search.queries import find_changes
from directory.seeding import bulk
from directory.terminology.states import STATES
from directory.verification import queries as verification
from directory.verification.rules import why_not_public
from tests.support.time import Clock


def test_bulk_lines_are_public_through_the_gate_and_searched(databases: Databases, clock: Clock) -> None:
    assert bulk.load(databases, lines=61) == 31
    with reading(databases) as db:
        found = verification.find_verified(db, queries.find_location_ids(db), at=clock.now())
        lines = db.exec(select(func.count()).select_from(HealthcareService)).one()
        searched = [change for some in find_changes(db, after=0) for change in some]
    assert len(found) == 31
    assert lines == 62
    assert [reason for clinic in found for reason in why_not_public(clinic)] == []
    assert {clinic.clinic.status for clinic in found} == {"PUBLISHED"}
    assert all(clinic.accepting_confirmed for clinic in found)
    assert len(searched) == 31


def test_more_can_be_added_and_no_two_are_alike(databases: Databases, clock: Clock) -> None:
    bulk.load(databases, lines=4)
    assert bulk.load(databases, lines=4) == 2
    with reading(databases) as db:
        rows = db.exec(select(Location).where(col(Location.external_source) == bulk.SOURCE)).all()
    assert sorted(int(str(row.external_id)) for row in rows) == [0, 1, 2, 3]
    assert len({(row.latitude, row.longitude) for row in rows}) == 4


def test_sites_stand_where_people_live(clock: Clock) -> None:
    pattern = bulk.pattern(0, now=clock.now())
    states = Counter(bulk.site(number, pattern, now=clock.now()).clinic.clinic.state for number in range(400))
    assert set(states) <= set(STATES.codes)
    assert states["CA"] > states["WY"] + states["VT"] + states["AK"]
    assert len(states) > 30


def test_a_site_is_the_same_every_time_but_for_its_ids(clock: Clock) -> None:
    pattern = bulk.pattern(3, now=clock.now())
    first, again = (bulk.site(3, pattern, now=clock.now()).values[Location][0] for _ in range(2))
    assert {k: v for k, v in first.items() if not k.endswith("id")} == {
        k: v for k, v in again.items() if not k.endswith("id")
    }
