"""The shared fixtures keep their own promises."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from directory.lib import clock as service_clock
from directory.lib.db import Databases, reading, unit_of_work
from tests.support.time import Clock


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
