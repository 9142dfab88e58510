"""The throttle: exact with several processes, on both databases, and closed when it cannot count."""

import datetime as dt
import multiprocessing
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from directory.lib import clock, throttle
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import TooMany
from directory.lib.sealed import KeyRing
from directory.lib.throttle import Throttle

HOUR = dt.timedelta(hours=1)
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


def _attempts(url: str, how_many: int) -> int:
    databases = Databases(url, keys=KeyRing({"k1": bytes(range(32))}))
    try:
        return sum(
            throttle.allow(databases, "code", "pat@example.org", limit=20, window=HOUR).allowed for _ in range(how_many)
        )
    finally:
        databases.close()


def test_four_processes_with_four_hundred_attempts_each_get_exactly_the_limit(databases: Databases) -> None:
    url = databases.url.render_as_string(hide_password=False)
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        allowed = pool.map(partial(_attempts, url), [400] * 4)
    assert sum(allowed) == 20
    with reading(databases) as db:
        assert db.exec(select(Throttle)).one().attempts == 1600


def test_a_new_window_opens_when_the_old_one_is_over(databases: Databases) -> None:
    def attempt() -> throttle.Verdict:
        return throttle.allow(databases, "code", "pat@example.org", limit=2, window=HOUR)

    with clock.standing_at(NOON):
        assert [attempt().allowed for _ in range(3)] == [True, True, False]
    with clock.standing_at(NOON + dt.timedelta(minutes=59, seconds=30)):
        refused = attempt()
    assert not refused.allowed
    assert refused.retry_after_s == 30
    with clock.standing_at(NOON + HOUR):
        assert [attempt().allowed for _ in range(3)] == [True, True, False]


def test_attempts_while_refused_do_not_make_the_wait_longer(databases: Databases) -> None:
    with clock.standing_at(NOON):
        for _ in range(50):
            last = throttle.allow(databases, "code", "pat@example.org", limit=1, window=HOUR)
    assert last.retry_after_s == 3600


def test_buckets_and_keys_do_not_share_a_count(databases: Databases) -> None:
    for bucket, key in [("code", "a"), ("code", "b"), ("ask", "a"), ("ask|a", "")]:
        assert throttle.allow(databases, bucket, key, limit=1, window=HOUR).allowed


def test_the_key_itself_is_not_stored(databases: Databases) -> None:
    throttle.allow(databases, "code", "pat@example.org", limit=1, window=HOUR)
    with reading(databases) as db:
        row = db.exec(select(Throttle)).one()
    assert "pat" not in repr(row)
    assert len(row.key_digest) == 64


def test_a_right_answer_forgives_the_slips_before_it(databases: Databases) -> None:
    for _ in range(3):
        throttle.allow(databases, "code", "pat@example.org", limit=1, window=HOUR)
    throttle.forgive(databases, "code", "pat@example.org")
    assert throttle.allow(databases, "code", "pat@example.org", limit=1, window=HOUR).allowed


def test_windows_that_are_over_are_purged_and_open_ones_stay(databases: Databases) -> None:
    with clock.standing_at(NOON):
        throttle.allow(databases, "code", "a", limit=1, window=dt.timedelta(minutes=1))
        throttle.allow(databases, "code", "b", limit=1, window=HOUR)
    with clock.standing_at(NOON + dt.timedelta(minutes=2)):
        assert throttle.purge(databases) == 1
        assert not throttle.allow(databases, "code", "b", limit=1, window=HOUR).allowed


def test_a_refusal_carries_the_seconds_to_wait(databases: Databases) -> None:
    with clock.standing_at(NOON):
        throttle.allow(databases, "code", "a", limit=0, window=HOUR)
        with pytest.raises(TooMany, match="Please wait") as caught:
            throttle.allow(databases, "code", "a", limit=0, window=HOUR).or_refuse("Please wait.")
    assert caught.value.retry_after == 3600
    throttle.allow(databases, "code", "z", limit=1, window=HOUR).or_refuse("Please wait.")


def test_it_lets_nothing_through_when_it_cannot_count(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        db.execute(text("DROP TABLE throttle"))
    with pytest.raises(SQLAlchemyError):
        throttle.allow(databases, "code", "a", limit=100, window=HOUR)
