"""The shared fixtures keep their own promises."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from directory.accounts import audit
from directory.accounts.actor import system
from directory.lib import clock as service_clock
from directory.lib.db import Databases, reading, unit_of_work
from tests.support.databases import Maker, ring_for_tests
from tests.support.time import Clock

MakeDatabase = Callable[[str], Maker]


def test_each_test_gets_its_own_database_with_all_tables(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        db.execute(text("CREATE TABLE left_behind (id INTEGER)"))
        db.execute(text("INSERT INTO left_behind VALUES (1)"))
    with reading(databases) as db:
        assert db.execute(text("SELECT count(*) FROM left_behind")).scalar_one() == 1


def test_a_reader_cannot_write(databases: Databases) -> None:
    with reading(databases) as db, pytest.raises(DBAPIError, match=r"readonly|read-only"):
        db.execute(text("CREATE TABLE left_behind (id INTEGER)"))


def test_the_clock_stands_where_it_is_put(clock: Clock) -> None:
    assert service_clock.now() == dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)
    clock.advance(days=1, minutes=30)
    assert service_clock.now() == dt.datetime(2026, 3, 11, 15, 30, tzinfo=dt.UTC)
    clock.travel(to=dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    assert service_clock.today() == dt.date(2027, 1, 1)


def _append(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        audit.append(db, system("a-job"), "a.thing", subject_type="clinic")


def _rows(databases: Databases) -> int:
    with reading(databases) as db:
        return int(db.execute(text("SELECT count(*) FROM audit_event")).scalar_one())


def test_a_database_is_given_to_the_next_test_without_a_row_of_the_last(make_database: MakeDatabase) -> None:
    first = make_database("postgresql")
    url = first.migrated()
    used = Databases(url, keys=ring_for_tests())
    _append(used)
    assert _rows(used) == 1
    used.close()
    first.close()
    second = make_database("postgresql")
    assert second.migrated() == url
    again = Databases(url, keys=ring_for_tests())
    assert _rows(again) == 0
    _append(again)
    with reading(again) as db:
        assert audit.verify(db) is None
    again.close()


def test_a_database_that_was_changed_or_is_in_use_is_not_given_again(make_database: MakeDatabase) -> None:
    maker = make_database("postgresql")
    urls = {maker.migrated(), maker.migrated()}
    changed, busy = (Databases(url, keys=ring_for_tests()) for url in urls)
    with unit_of_work(changed) as db:
        db.execute(text("ALTER TABLE audit_event ADD COLUMN left_behind INTEGER"))
    changed.close()
    with busy.reader.connect():
        maker.close()
    busy.close()
    assert not urls & {make_database("postgresql").migrated() for _ in range(2)}
