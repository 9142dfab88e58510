"""Databases: the reader cannot write, a failed unit of work leaves nothing, handlers run inside the transaction."""

import datetime as dt
import threading
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from directory.lib import clock, events
from directory.lib.db import Databases, database_now, reading, unit_of_work


@dataclass(frozen=True)
class Happened:
    number: int


@pytest.fixture
def counter(databases: Databases) -> Databases:
    with unit_of_work(databases) as db:
        db.connection().execute(text("CREATE TABLE counter (n INTEGER NOT NULL)"))
        db.connection().execute(text("INSERT INTO counter VALUES (0)"))
    return databases


def value(databases: Databases) -> int:
    with reading(databases) as db:
        return int(db.connection().execute(text("SELECT n FROM counter")).scalar_one())


def add(db: Session, n: int) -> None:
    db.connection().execute(text("UPDATE counter SET n = n + :n"), {"n": n})


def test_a_reading_session_cannot_write(counter: Databases) -> None:
    with reading(counter) as db, pytest.raises(DBAPIError):
        add(db, 1)
    assert value(counter) == 0


def test_a_unit_of_work_commits_at_its_end(counter: Databases) -> None:
    with unit_of_work(counter) as db:
        add(db, 3)
    assert value(counter) == 3


def test_what_is_raised_undoes_everything(counter: Databases) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work(counter) as db:
        add(db, 1)
        raise ZeroDivisionError
    assert value(counter) == 0


def test_handlers_run_before_the_commit_and_may_cause_more(counter: Databases) -> None:
    def dispatch(db: Session, event: Any) -> None:
        add(db, event.number)
        if event.number < 3:
            events.record(db, Happened(event.number + 1))

    with unit_of_work(counter, dispatch) as db:
        events.record(db, Happened(1))
    assert value(counter) == 1 + 2 + 3


def test_a_failing_handler_undoes_the_change_it_heard_of(counter: Databases) -> None:
    def dispatch(db: Session, event: Any) -> None:
        raise LookupError

    with pytest.raises(LookupError), unit_of_work(counter, dispatch) as db:
        add(db, 1)
        events.record(db, Happened(1))
    assert value(counter) == 0


def test_sixteen_writers_wait_for_each_other_and_lose_nothing(counter: Databases) -> None:
    def write() -> None:
        for _ in range(10):
            with unit_of_work(counter) as db:
                add(db, 1)

    threads = [threading.Thread(target=write) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value(counter) == 160


def test_the_database_tells_the_time_itself(counter: Databases) -> None:
    with reading(counter) as db:
        assert abs(database_now(db) - clock.now()) < dt.timedelta(seconds=5)


def test_errors_do_not_quote_what_was_typed(counter: Databases) -> None:
    with pytest.raises(DBAPIError) as caught, unit_of_work(counter) as db:
        db.connection().execute(text("INSERT INTO nowhere VALUES (:said)"), {"said": "a secret diagnosis"})
    assert "a secret diagnosis" not in str(caught.value)
