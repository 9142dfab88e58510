"""Searches that found nobody: counted without a write, hard to inflate, shown in classes that tell no small number."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from directory.geography import places
from directory.geography.gazetteer import gazetteer
from directory.lib.db import Databases, reading, unit_of_work
from directory.search import actions, queries, unmet
from directory.search.asking import ask
from directory.search.entries import Line
from directory.search.freshness import LiveIndex
from directory.search.query import parse
from directory.search.tally import COUNTIES_A_DAY, SEARCHES_A_DAY, Tally
from directory.search.unmet import Size
from tests.support.databases import Maker
from tests.support.entries import an_entry
from tests.support.time import Clock

MARCH, APRIL = dt.date(2026, 3, 1), dt.date(2026, 4, 1)
CUMBERLAND, YORK = "23005", "23031"


@pytest.fixture
def one_database(make_database: Callable[[str], Maker]) -> Iterator[Databases]:
    """SQLite alone: what is asked here is the index."""
    found = Databases(make_database("sqlite").migrated())
    yield found
    found.close()


def kept(databases: Databases, month: dt.date = MARCH) -> dict[str, int]:
    with reading(databases) as db:
        return queries.find_unmet(db, month)


def test_what_is_added_up_is_written_down_once(databases: Databases, clock: Clock) -> None:
    tally = Tally(databases)
    for number in range(4):
        tally.notice(CUMBERLAND, network=f"192.0.2.{number}")
    tally.notice(YORK, network="192.0.2.1")
    assert kept(databases) == {}, "no search writes"
    tally.flush()
    tally.flush()
    assert kept(databases) == {CUMBERLAND: 4, YORK: 1}
    other = Tally(databases)
    other.notice(CUMBERLAND, network="192.0.2.200")
    other.flush()
    assert kept(databases) == {CUMBERLAND: 5, YORK: 1}


def test_one_network_counts_once_a_day_and_in_few_counties(databases: Databases, clock: Clock) -> None:
    tally = Tally(databases)
    for _day in range(2):
        for county in places.counties()[:50]:
            for _again in range(3):
                tally.notice(county.fips, network="192.0.2.1")
        clock.advance(days=1)
    tally.flush()
    assert sum(kept(databases).values()) == 2 * COUNTIES_A_DAY
    assert set(kept(databases).values()) == {2}


def test_many_networks_on_one_day_lift_no_class(databases: Databases, clock: Clock) -> None:
    tally = Tally(databases)
    for _day in range(2):
        for number in range(200):
            tally.notice(CUMBERLAND, network=f"198.51.100.{number}")
        clock.advance(days=1)
    tally.flush()
    assert kept(databases) == {CUMBERLAND: 2 * SEARCHES_A_DAY}
    assert unmet.size_of(SEARCHES_A_DAY) is Size.FEW


def test_who_adds_nine_searches_cannot_tell_whether_there_was_one_more() -> None:
    digests = [hashlib.sha256(bytes([number // 256, number % 256])).hexdigest() for number in range(2_000)]
    taken = Counter(unmet.taken_off(digest) for digest in digests)
    assert set(taken) == set(range(unmet.MOST_TAKEN_OFF + 1))
    assert taken[0] < len(digests) * 0.05, "only then would the tenth be seen"
    for own in range(unmet.SMALLEST_SHOWN, 2 * unmet.SMALLEST_SHOWN):
        lifted = [
            sum(unmet.size_of(searches - less) is Size.SOME for less in taken.elements()) for searches in (own, own + 1)
        ]
        assert lifted[1] - lifted[0] < len(digests) * 0.2, "one search more changes little"
    assert {unmet.size_of(9 - less) for less in taken} == {Size.FEW}


def test_yesterdays_marks_go_at_midnight_though_nobody_searches(databases: Databases, clock: Clock) -> None:
    tally = Tally(databases)
    tally.notice(CUMBERLAND, network="192.0.2.1")
    clock.advance(days=1)
    tally.flush()
    assert not tally._seen


def test_a_search_counts_in_the_month_it_was_made_in(databases: Databases, clock: Clock) -> None:
    tally = Tally(databases)
    tally.notice(CUMBERLAND, network="192.0.2.1")
    clock.travel(to=dt.datetime(2026, 4, 1, 0, 0, tzinfo=dt.UTC))
    tally.notice(CUMBERLAND, network="192.0.2.1")
    tally.flush()
    assert (kept(databases), kept(databases, APRIL)) == ({CUMBERLAND: 1}, {CUMBERLAND: 1})


def test_what_cannot_be_written_down_is_kept_for_the_next_time(
    databases: Databases, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally = Tally(databases)
    tally.notice(CUMBERLAND, network="192.0.2.1")
    with monkeypatch.context() as broken:
        broken.setattr(tally, "_databases", None)
        tally.flush()
    tally.notice(CUMBERLAND, network="192.0.2.2")
    tally.flush()
    assert kept(databases) == {CUMBERLAND: 2}


def test_no_address_stays_in_memory_past_the_day(databases: Databases, clock: Clock) -> None:
    tally = Tally(databases)
    tally.notice(CUMBERLAND, network="192.0.2.1")
    first = set(tally._seen)
    assert len(first) == 1
    assert b"192" not in b"".join(first)
    clock.advance(days=1)
    tally.notice(CUMBERLAND, network="192.0.2.1")
    assert len(tally._seen) == 1
    assert tally._seen.isdisjoint(first), "the same network cannot be followed from day to day"


PORTLAND = {"latitude": 43.6569, "longitude": -70.2589}
LEWISTON = {"latitude": 44.1004, "longitude": -70.2148}  # 31 miles
BANGOR = {"latitude": 44.8012, "longitude": -68.7778}  # 108 miles


@pytest.mark.parametrize(
    ("entry", "query", "counts"),
    [
        (None, "radius=25", True),
        (PORTLAND, "radius=25", False),
        (LEWISTON, "radius=10", False),
        (BANGOR, "radius=25", True),
        (BANGOR, "radius=100", True),
        (PORTLAND | {"accepting_patients": "nopt"}, "radius=25", True),
        (PORTLAND | {"accepting_patients": ""}, "radius=state", True),
        (BANGOR, "radius=state", True),
        (PORTLAND, "radius=25&treatment=KET_IV", True),
        (PORTLAND, "radius=25&treatment=KET_IV&treatment=SPRAVATO", False),
        (PORTLAND, "radius=25&payer=tri&language=vi", False),
    ],
)
def test_a_search_counts_when_nobody_within_reach_takes_new_patients(
    one_database: Databases, entry: dict[str, Any] | None, query: str, counts: bool
) -> None:
    if entry is not None:
        with unit_of_work(one_database) as db:
            lines = (Line(treatment="SPRAVATO", payers=("medib",)),)
            actions.write_entries(db, [an_entry("a", lines=lines, **entry)])
    live = LiveIndex(one_database)
    live.catch_up()
    pairs = [tuple(part.split("=")) for part in f"near=04101&{query}".split("&")]
    asked = ask(live, parse(pairs), today=dt.date(2026, 3, 10))
    assert unmet.county_without_care(asked) == (CUMBERLAND if counts else None)


def test_a_whole_state_has_no_county(one_database: Databases) -> None:
    live = LiveIndex(one_database)
    live.catch_up()
    asked = ask(live, parse([("near", "Wyoming")]), today=dt.date(2026, 3, 10))
    assert unmet.county_without_care(asked) is None


@pytest.mark.parametrize(
    ("searches", "size"),
    [
        (0, Size.FEW),
        (1, Size.FEW),
        (9, Size.FEW),
        (10, Size.SOME),
        (49, Size.SOME),
        (50, Size.MANY),
        (9_999, Size.MANY),
    ],
)
def test_a_number_is_shown_as_one_of_three_classes(searches: int, size: Size) -> None:
    assert unmet.size_of(searches) is size


def test_the_month_that_still_runs_is_not_shown() -> None:
    first = dt.date(2025, 12, 1)
    assert unmet.months_over(first, dt.date(2026, 3, 31)) == [dt.date(2026, 2, 1), dt.date(2026, 1, 1), first]
    assert unmet.months_over(dt.date(2026, 3, 1), dt.date(2026, 3, 31)) == []
    assert unmet.months_over(None, dt.date(2026, 3, 31)) == []


@pytest.mark.parametrize(
    ("agent", "robot"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("curl/8.5.0", True),
        ("python-requests/2.32", True),
        ("", True),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36", False),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari", False),
    ],
)
def test_programs_that_say_what_they_are_do_not_count(agent: str, robot: bool) -> None:
    assert unmet.is_robot(agent) is robot


def test_every_county_has_a_centre_in_its_own_part_of_the_country() -> None:
    centres = gazetteer().county_centres()
    assert {county.fips for county in places.counties()} == set(centres)
    cook = centres["17031"]
    assert abs(cook.latitude - 41.85) < 0.1
    assert abs(cook.longitude + 87.75) < 0.15
