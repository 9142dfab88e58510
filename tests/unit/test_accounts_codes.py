"""Mailed codes: derived, short-lived, few tries, one browser, and no answer to who exists."""

import datetime as dt
import statistics
import time
import uuid
from collections.abc import Iterator

import pytest
from sqlmodel import select

from directory.accounts import codes
from directory.accounts.codes import Door, Over, Proved, Wrong
from directory.accounts.models import MailboxCode
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import TooMany
from tests.support.time import Clock

SECRET = "a secret of forty characters, for tests."
REQUEST = uuid.UUID("01890000-0000-7000-8000-000000000001")
DOOR = Door(REQUEST, "pat@example.org")


def ask(databases: Databases, door: Door | None = DOOR, *, named: str = "R-7F3K-92", network: str = "192.0.2.1") -> str:
    return codes.ask(databases, purpose="request", asked_for=named, door=door, network=network)


def mailed(databases: Databases) -> list[str]:
    """The codes on their way, oldest first."""
    with reading(databases) as db:
        rows = db.exec(select(OutboxMessage).where(OutboxMessage.state == "queued").order_by(OutboxMessage.id)).all()
    return [codes.code_for(SECRET, uuid.UUID(row.ids["code"])) for row in rows]


def check(databases: Databases, browser: str, typed: str, purpose: str = "request") -> Proved | Wrong | Over:
    return codes.check(databases, SECRET, purpose=purpose, browser=browser, typed=typed)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_mailed_code_proves_the_mailbox_once(databases: Databases, clock: Clock) -> None:
    browser = ask(databases)
    (code,) = mailed(databases)
    assert len(code) == 6
    assert check(databases, browser, f" {code[:3]} {code[3:]} ") == Proved("request", REQUEST)
    clock.advance(minutes=1)
    assert check(databases, browser, code) == Over()


def test_a_button_pressed_twice_gets_the_first_answer_again_and_no_more_tries(databases: Databases) -> None:
    browser = ask(databases)
    (code,) = mailed(databases)
    assert check(databases, browser, code) == Proved("request", REQUEST)
    assert check(databases, "another browser", code) == Over()
    assert check(databases, browser, wrong(code)) == Over()
    assert check(databases, browser, code) == Proved("request", REQUEST)
    for _ in range(2):
        check(databases, browser, wrong(code))
    assert check(databases, browser, code) == Over(), "five tries in all"


def test_neither_code_nor_browser_is_stored(databases: Databases) -> None:
    browser = ask(databases)
    (code,) = mailed(databases)
    with reading(databases) as db:
        everything = repr(db.exec(select(MailboxCode)).all()) + repr(db.exec(select(OutboxMessage)).all())
    assert browser not in everything
    assert f"'{code}'" not in everything
    assert "pat@" not in everything


def test_after_five_tries_the_right_code_is_too_late(databases: Databases) -> None:
    browser = ask(databases)
    (code,) = mailed(databases)
    answers = [check(databases, browser, wrong(code)) for _ in range(5)]
    assert answers == [Wrong(4), Wrong(3), Wrong(2), Wrong(1), Over()]
    assert check(databases, browser, code) == Over()


def test_the_fifth_try_may_still_be_the_right_one(databases: Databases) -> None:
    browser = ask(databases)
    (code,) = mailed(databases)
    for _ in range(4):
        check(databases, browser, wrong(code))
    assert check(databases, browser, code) == Proved("request", REQUEST)


def test_a_code_lives_ten_minutes(databases: Databases, clock: Clock) -> None:
    browser = ask(databases)
    (code,) = mailed(databases)
    clock.advance(minutes=9, seconds=59)
    assert check(databases, browser, wrong(code)) == Wrong(4)
    clock.advance(seconds=1)
    assert check(databases, browser, code) == Over()


@pytest.mark.parametrize("browser", ["", "another browser"])
def test_a_code_is_worth_nothing_in_another_browser(databases: Databases, browser: str) -> None:
    ask(databases)
    (code,) = mailed(databases)
    assert check(databases, browser, code) == Over()


def test_a_code_for_one_purpose_is_none_for_another(databases: Databases) -> None:
    browser = ask(databases)
    (code,) = mailed(databases)
    assert check(databases, browser, code, purpose="answer") == Over()
    assert check(databases, browser, code) == Proved("request", REQUEST)


def test_an_older_code_does_not_work_in_the_browser_of_a_newer_one(databases: Databases) -> None:
    ask(databases)
    newer = ask(databases)
    first, second = mailed(databases)
    if first != second:
        assert check(databases, newer, first) == Wrong(4)
    assert check(databases, newer, second) == Proved("request", REQUEST)


def test_a_try_counts_even_when_the_page_fails_afterwards(databases: Databases) -> None:
    browser = ask(databases)
    (code,) = mailed(databases)

    def page() -> None:
        with unit_of_work(databases):
            raise RuntimeError("the page failed")

    for _ in range(5):
        check(databases, browser, wrong(code))
        with pytest.raises(RuntimeError):
            page()
    assert check(databases, browser, code) == Over()


def test_what_does_not_exist_is_answered_like_what_does_and_nothing_is_mailed(databases: Databases) -> None:
    browser = ask(databases, None, named="R-0000-00")
    assert mailed(databases) == []
    with reading(databases) as db:
        row = db.exec(select(MailboxCode)).one()
    right = codes.code_for(SECRET, row.id)
    answers = [check(databases, browser, right) for _ in range(5)]
    assert answers == [Wrong(4), Wrong(3), Wrong(2), Wrong(1), Over()]


def test_three_an_hour_for_one_name_whether_it_exists_or_not(databases: Databases, clock: Clock) -> None:
    words = set()
    for door in (DOOR, None):
        named = "R-7F3K-92" if door else "R-0000-00"
        for _ in range(3):
            ask(databases, door, named=named)
        with pytest.raises(TooMany) as refusal:
            ask(databases, door, named=named)
        words.add((refusal.value.message, refusal.value.retry_after))
    assert len(words) == 1
    clock.advance(hours=1)
    ask(databases)


def test_three_an_hour_for_one_mailbox_and_the_fourth_looks_the_same_but_is_not_mailed(databases: Databases) -> None:
    for n in range(5):
        browser = ask(databases, Door(uuid.uuid4(), "Pat@example.org"), named=f"R-{n}")
    assert len(mailed(databases)) == 3
    assert check(databases, browser, "000000") == Wrong(4)


def test_twenty_an_hour_for_one_network(databases: Databases) -> None:
    for n in range(20):
        ask(databases, None, named=f"R-{n}")
    with pytest.raises(TooMany):
        ask(databases, None, named="R-20")
    ask(databases, None, named="R-20", network="192.0.2.2")


@pytest.fixture
def on_sqlite(make_database: object) -> Iterator[Databases]:
    from tests.support.databases import TEST_KEY, KeyRing, Maker

    maker: Maker = make_database("sqlite")  # type: ignore[operator]
    found = Databases(maker.migrated(), keys=KeyRing({"k1": TEST_KEY}))
    yield found
    found.close()


def test_the_time_an_answer_takes_does_not_tell_who_exists(on_sqlite: Databases) -> None:
    def spend(n: int, door: Door | None) -> float:
        started = time.perf_counter()
        browser = ask(on_sqlite, door, named=f"R-{n}", network=f"192.0.2.{n}")
        check(on_sqlite, browser, "000000")
        return time.perf_counter() - started

    # Side by side, so that what else the machine does weighs on both alike.
    pairs = [(spend(2 * n, Door(uuid.uuid4(), f"pat{n}@example.org")), spend(2 * n + 1, None)) for n in range(50)]
    gap = statistics.median(real - decoy for real, decoy in pairs)
    assert abs(gap) < max(0.005, 0.1 * statistics.median(real for real, _ in pairs))


def test_codes_are_spread_over_all_six_digit_numbers() -> None:
    drawn = [codes.code_for(SECRET, uuid.uuid4()) for _ in range(4000)]
    assert len(set(drawn)) > 3900
    for place in range(6):
        counts = [sum(code[place] == digit for code in drawn) for digit in "0123456789"]
        assert min(counts) > 280


def test_old_codes_are_cleared_away(databases: Databases, clock: Clock) -> None:
    ask(databases)
    clock.advance(hours=23)
    with unit_of_work(databases) as db:
        codes.purge(db)
    with reading(databases) as db:
        assert len(db.exec(select(MailboxCode)).all()) == 1
    clock.travel(to=clock.now() + dt.timedelta(hours=2))
    with unit_of_work(databases) as db:
        codes.purge(db)
    with reading(databases) as db:
        assert db.exec(select(MailboxCode)).all() == []
