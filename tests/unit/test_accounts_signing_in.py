"""Signing in below the pages: time tells nothing, one code opens once however many bring it, old rows go."""

import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator

import pytest
from sqlmodel import select

from directory.accounts import factors, passkeys, sessions, signing_in, totp
from directory.accounts.models import Factor, PasskeyChallenge, RecoveryCode, SignInLink, TotpFactor, WebSession
from directory.accounts.passkeys import House
from directory.lib import clock as service_clock
from directory.lib import sealed
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import TooMany
from directory.lib.sealed import KeyRing
from tests.support.databases import TEST_KEY, Maker, ring_for_tests
from tests.support.people import MO, TOTP_SECRET, Somebody, person
from tests.support.time import Clock


@pytest.fixture
def on_sqlite(make_database: Callable[[str], Maker]) -> Iterator[Databases]:
    found = Databases(make_database("sqlite").migrated(), keys=ring_for_tests())
    yield found
    found.close()


def test_the_time_an_answer_takes_does_not_tell_who_has_an_account(on_sqlite: Databases) -> None:
    def spend(n: int, mailbox: str) -> float:
        started = time.perf_counter()
        signing_in.ask(on_sqlite, mailbox=mailbox, network=f"192.0.2.{n}")
        return time.perf_counter() - started

    known = [Somebody(f"known{n}@x.example", "Known", MO.role) for n in range(40)]
    for somebody in known:
        person(on_sqlite, somebody)
    # Side by side, so that what else the machine does weighs on both alike.
    pairs = [
        (spend(2 * n, somebody.mailbox), spend(2 * n + 1, f"other{n}@x.example")) for n, somebody in enumerate(known)
    ]
    gap = statistics.median(real - decoy for real, decoy in pairs)
    assert abs(gap) < max(0.005, 0.1 * statistics.median(real for real, _ in pairs))


def test_of_many_who_bring_the_same_code_at_once_one_comes_in(databases: Databases) -> None:
    mo = person(databases, MO)
    typed = totp.code_at(TOTP_SECRET, totp.step_at(service_clock.now()))
    came_in: list[bool] = []
    together = threading.Barrier(6)

    def bring() -> None:
        together.wait()
        with unit_of_work(databases) as db:
            came_in.append(factors.check_app(db, mo.id, typed))

    threads = [threading.Thread(target=bring) for _each in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came_in) == [False] * 5 + [True]


def test_fifteen_codes_an_hour_for_one_person_over_all_links(databases: Databases, clock: Clock) -> None:
    someone = uuid.uuid4()
    for _code in range(15):
        signing_in.count_code(databases, someone)
    with pytest.raises(TooMany):
        signing_in.count_code(databases, someone)
    signing_in.count_code(databases, uuid.uuid4())
    clock.advance(hours=1)
    signing_in.count_code(databases, someone)


def test_twenty_links_an_hour_for_one_network(databases: Databases) -> None:
    for n in range(20):
        signing_in.ask(databases, mailbox=f"m{n}@x.example", network="192.0.2.1")
    with pytest.raises(TooMany):
        signing_in.ask(databases, mailbox="m20@x.example", network="192.0.2.1")
    signing_in.ask(databases, mailbox="m20@x.example", network="192.0.2.2")


def test_recovery_codes_are_kept_as_digests_and_read_however_they_are_typed(databases: Databases) -> None:
    mo = person(databases, MO)
    with unit_of_work(databases) as db:
        codes = factors.renew_codes(db, mo.id)
    with reading(databases) as db:
        rows = db.exec(select(RecoveryCode)).all()
    assert len({row.digest for row in rows}) == 10
    assert not any(code in repr(rows) for code in codes)
    with unit_of_work(databases) as db:
        assert factors.check_code(db, mo.id, f" {codes[3].upper().replace('-', '')} ")
        assert not factors.check_code(db, mo.id, codes[3])
        assert not factors.check_code(db, uuid.uuid4(), codes[4])
        assert factors.codes_left(db, mo.id) == 9


def test_an_apps_secret_is_sealed_anew_under_a_newer_key(make_database: Callable[[str], Maker]) -> None:
    url = make_database("sqlite").migrated()
    before = Databases(url, keys=ring_for_tests())
    mo = person(before, MO)
    before.close()
    after = Databases(url, keys=KeyRing({"k2": bytes(reversed(TEST_KEY)), "k1-tests": TEST_KEY}))
    with unit_of_work(after) as db:
        factors.reseal(db)
    with unit_of_work(after) as db:
        row = db.exec(select(TotpFactor)).one()
        assert row.ring_key_id == "k2"
        assert sealed.ring_of(db).active_id == "k2"
        assert factors.secret_of(db, row) == TOTP_SECRET
        assert row.user_id == mo.id
    after.close()


def test_what_is_over_is_cleared_away(databases: Databases, clock: Clock) -> None:
    mo = person(databases, MO)
    signing_in.ask(databases, mailbox=MO.mailbox, network="192.0.2.1")
    with unit_of_work(databases) as db:
        sessions.begin(db, mo.id, factor=Factor.TOTP)
        passkeys.ask_to_sign_in(db, House("x.example", "https://x.example", "X"))

    def cleared() -> list[int]:
        with unit_of_work(databases) as db:
            for each in (sessions, passkeys, signing_in):
                each.purge(db)
        with reading(databases) as db:
            return [len(db.exec(select(table)).all()) for table in (WebSession, PasskeyChallenge, SignInLink)]

    assert cleared() == [1, 1, 1]
    clock.advance(minutes=6)
    assert cleared() == [1, 0, 1]
    clock.advance(hours=25)
    assert cleared() == [1, 0, 0]
    clock.advance(hours=12)
    assert cleared() == [0, 0, 0]
