"""A change of a listing is in every process's search: by its row, its version, and who reads it when."""

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from sqlmodel import Session, select

from directory.geography.point import Point
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.ids import new_id
from directory.search import actions, queries
from directory.search.entries import Entry, Line
from directory.search.freshness import LiveIndex
from directory.search.index import Question
from directory.search.models import SearchEntry

TODAY = dt.date(2026, 3, 10)
PORTLAND = Point(latitude=43.6569, longitude=-70.2589)


def an_entry(**changes: object) -> Entry:
    given: dict[str, object] = {
        "location_id": str(new_id()), "slug": "harbour", "name": "Harbour Clinic", "organization": "Harbour",
        "city": "Portland", "state": "ME", "zip5": "04101", "latitude": 43.6569, "longitude": -70.2589,
        "phone": "+12075550142", "accepting_patients": "newpt", "confirmed_at": TODAY,
        "lines": (Line(treatment="SPRAVATO"),),
    }  # fmt: skip
    return Entry(**given | changes)  # type: ignore[arg-type]


def names(live: LiveIndex) -> list[str]:
    asked = Question(point=PORTLAND, radius_m=50_000, filters={})
    return [hit.record.entry().name for hit in live.index.ask(asked, TODAY).hits]


@pytest.fixture
def live(databases: Databases) -> Iterator[LiveIndex]:
    found = LiveIndex(databases)
    yield found
    found.stop()


def test_what_was_committed_is_found_after_catching_up(databases: Databases, live: LiveIndex) -> None:
    assert live.catch_up()
    assert names(live) == []
    entry = an_entry()
    with unit_of_work(databases) as db:
        actions.write_entries(db, [entry])
    assert live.catch_up()
    assert names(live) == ["Harbour Clinic"]
    assert not live.catch_up()
    with unit_of_work(databases) as db:
        actions.write_entries(db, [an_entry(location_id=entry.location_id, name="Harbor Clinic")])
    assert live.catch_up()
    assert names(live) == ["Harbor Clinic"]
    with unit_of_work(databases) as db:
        actions.remove_entries(db, [db.exec(select(SearchEntry)).one().location_id])
    assert live.catch_up()
    assert names(live) == []


def test_a_process_that_starts_later_reads_what_is_there_and_not_what_left(databases: Databases) -> None:
    entry, gone = an_entry(), an_entry(slug="gone", name="Gone")
    with unit_of_work(databases) as db:
        actions.write_entries(db, [entry, gone])
    with unit_of_work(databases) as db:
        row = db.exec(select(SearchEntry).where(SearchEntry.payload.contains('"Gone"'))).one()  # type: ignore[attr-defined]
        actions.remove_entries(db, [row.location_id])
    late = LiveIndex(databases)
    late.catch_up()
    assert names(late) == ["Harbour Clinic"]
    assert late.index.version == 2


def test_a_change_that_changes_nothing_takes_no_version(databases: Databases) -> None:
    entry = an_entry()
    for _ in range(2):
        with unit_of_work(databases) as db:
            actions.write_entries(db, [entry])
    with unit_of_work(databases) as db:
        actions.remove_entries(db, [new_id()])
    with reading(databases) as db:
        assert queries.get_version(db) == 1


def test_after_a_restore_of_an_older_state_the_index_is_built_anew(databases: Databases, live: LiveIndex) -> None:
    entries = [an_entry(slug=f"c{n}", name=f"Clinic {n}") for n in range(3)]
    for entry in entries:
        with unit_of_work(databases) as db:
            actions.write_entries(db, [entry])
    live.catch_up()
    assert len(names(live)) == 3
    with unit_of_work(databases) as db:
        _as_in_a_backup(db, version=1)
    live.catch_up()
    assert names(live) == ["Clinic 0"]
    assert live.index.version == 1


def _as_in_a_backup(db: Session, *, version: int) -> None:
    for row in db.exec(select(SearchEntry).where(SearchEntry.version > version)).all():
        db.delete(row)
    db.connection().exec_driver_sql(f"UPDATE search_version SET version = {version}")


def test_the_loop_follows_other_processes_and_its_own(databases: Databases, live: LiveIndex) -> None:
    live.start()
    with unit_of_work(databases) as db:
        actions.write_entries(db, [an_entry()])
    arrived = threading.Event()
    for _ in range(100):
        if names(live) == ["Harbour Clinic"]:
            arrived.set()
            break
        arrived.wait(0.05)
    assert arrived.is_set()


def test_versions_become_visible_in_the_order_in_which_they_are_drawn(databases: Databases, live: LiveIndex) -> None:
    """Eight writers at once: a reader that catches up all the while misses none of them."""
    live.catch_up()
    done = threading.Event()

    def write(number: int) -> None:
        for turn in range(10):
            with unit_of_work(databases) as db:
                actions.write_entries(db, [an_entry(slug=f"c{number}-{turn}", name=f"Clinic {number} {turn}")])

    def follow() -> None:
        while not done.is_set():
            live.catch_up()

    follower = threading.Thread(target=follow)
    follower.start()
    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    follower.join()
    live.catch_up()
    assert live.index.size == 80
    assert live.index.version == 80
