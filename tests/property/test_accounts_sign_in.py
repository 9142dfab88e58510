"""No sequence of steps gives a session without a factor: whoever reads a mailbox, and nothing else, never comes in."""

import datetime as dt
import itertools
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from directory.accounts import enrolment, factors, sessions, signing_in, totp
from directory.accounts.models import Factor, SignInLink, TotpFactor, User, WebSession
from directory.lib import clock, ids
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import DirectoryError
from tests.support.databases import Maker, ring_for_tests
from tests.support.people import MO, TOTP_SECRET, person

START = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)
MAILBOXES = (MO.mailbox, "fresh@x.example", "nobody@x.example")

steps = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 1), st.sampled_from(MAILBOXES)),
        st.tuples(st.just("open"), st.integers(0, 1), st.integers(0, 5)),
        st.tuples(st.just("guess"), st.integers(0, 1), st.sampled_from(["000000", "", "a-code", "used"])),
        st.tuples(st.just("recover"), st.integers(0, 1), st.sampled_from(["2222-2222-2222", "", "000000"])),
        st.tuples(st.just("enrol"), st.integers(0, 1), st.just("")),
        st.tuples(st.just("finish"), st.integers(0, 1), st.just("")),
        st.tuples(st.just("wait"), st.just(0), st.sampled_from([1, 9, 11])),
    ),
    min_size=1,
    max_size=14,
)


_days = itertools.count(1)


class Thief:
    """Reads every mailbox, has two browsers, and no phone: opens links, types codes that were used, tries to enrol."""

    def __init__(self, databases: Databases, used: str) -> None:
        self.databases = databases
        self.used = used
        self.browsers = ["", ""]

    def ask(self, at: int, mailbox: str) -> None:
        self.browsers[at] = signing_in.ask(self.databases, mailbox=mailbox, network=ids.new_token())

    def open(self, at: int, which: int) -> None:
        with unit_of_work(self.databases) as db:
            rows = db.exec(select(SignInLink).order_by("asked_at")).all()
            if rows:
                link = rows[which % len(rows)].id
                self.browsers[at] = signing_in.open_link(db, link, browser=self.browsers[at])

    def guess(self, at: int, typed: str) -> None:
        typed = self.used if typed == "used" else typed
        signing_in.check_code(self.databases, browser=self.browsers[at], typed=typed, recovery=False, agent="")

    def recover(self, at: int, typed: str) -> None:
        signing_in.check_code(self.databases, browser=self.browsers[at], typed=typed, recovery=True, agent="")

    def enrol(self, at: int, _nothing: str) -> None:
        with unit_of_work(self.databases) as db:
            waiting = enrolment.waiting_for_first(db, self.browsers[at])
            factors.begin_app(db, waiting.user.id)
            factors.confirm_app(db, waiting.user, "not the code")

    def finish(self, at: int, _nothing: str) -> None:
        with unit_of_work(self.databases) as db:
            waiting = enrolment.waiting_for_first(db, self.browsers[at])
            enrolment.finish_first(db, waiting, factor=Factor.TOTP, agent="")


@pytest.fixture
def house(make_database: Callable[[str], Maker]) -> Databases:
    """Mo with a factor whose present code was used already, and somebody fresh with none."""
    return Databases(make_database("sqlite").migrated(), keys=ring_for_tests())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tried=steps)
def test_no_sequence_of_steps_gives_a_session_without_a_factor(
    house: Databases, tried: list[tuple[str, int, Any]]
) -> None:
    day = next(_days)  # another one for each example, so that no limit of an earlier one stands in the way
    with clock.standing_at(START + dt.timedelta(days=day)):
        mo = person(house, MO)
        used = totp.code_at(TOTP_SECRET, totp.step_at(clock.now()))
        with unit_of_work(house) as db:
            if db.exec(select(User).where(User.mailbox == "fresh@x.example")).first() is None:
                db.add(User(reference="U-FRSH-22", mailbox="fresh@x.example", created_at=clock.now()))
            factors.check_app(db, mo.id, used)
    thief, moment = Thief(house, used), START + dt.timedelta(days=day)
    for what, at, how in tried:
        if what == "wait":
            moment += dt.timedelta(minutes=how)
            continue
        with clock.standing_at(moment), suppress(DirectoryError):
            getattr(thief, what)(at, how)
    with reading(house) as db:
        assert db.exec(select(WebSession)).all() == []
        assert len(db.exec(select(TotpFactor).where(TotpFactor.confirmed_at != None)).all()) == 1  # noqa: E711


def test_the_same_steps_with_the_phone_do_come_in(house: Databases) -> None:
    with clock.standing_at(START):
        person(house, MO)
        thief = Thief(house, totp.code_at(TOTP_SECRET, totp.step_at(START)))
        thief.ask(0, MO.mailbox)
        thief.open(0, 0)
        thief.guess(0, "used")
        with reading(house) as db:
            row = db.exec(select(WebSession)).one()
            assert row.factor == "totp"
            assert sessions.find_open(db, row.user_id) == [row]
    house.close()
