"""Measured things read as a person would say them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from directory.lib.languages import SPANISH, speaking
from directory.listings.telling import stretches
from directory.portal.answers import read_stretches
from directory.wording import say

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("distance_m", "words"),
    [
        (0, "less than 0.1 miles"),
        (160, "less than 0.1 miles"),
        (805, "0.5 miles"),
        (1609.344, "1 mile"),
        (1690, "1.1 miles"),
        (5150, "3.2 miles"),
        (15_950, "9.9 miles"),
        (16_050, "10 miles"),
        (77_248, "48 miles"),
        (4_023_360, "2,500 miles"),
    ],
)
def test_metres_are_said_in_miles(distance_m: float, words: str) -> None:
    assert say.miles(distance_m) == words


def test_a_distance_says_that_it_is_away() -> None:
    assert say.distance(5150) == "3.2 miles away"


def test_days_and_months_are_said_the_american_way() -> None:
    assert say.day(date(2026, 5, 2)) == "May 2, 2026"
    assert say.short_day(date(2026, 12, 31)) == "December 31"
    assert say.month(date(2026, 5, 2)) == "May 2026"
    assert say.weekday(date(2026, 5, 12).weekday()) == "Tuesday"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0, 0), "midnight"),
        (time(0, 5), "12:05 a.m."),
        (time(9, 0), "9 a.m."),
        (time(12, 0), "noon"),
        (time(12, 30), "12:30 p.m."),
        (time(23, 59), "11:59 p.m."),
    ],
)
def test_the_clock_is_read_with_twelve_hours(at: time, words: str) -> None:
    assert say.clock_time(at) == words


def test_an_instant_is_said_in_the_zone_asked_for_with_its_name() -> None:
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    assert say.moment(at, "America/Denver") == "January 1, 2026 at 8:04 p.m. MST"
    assert say.moment(at, "Pacific/Honolulu") == "January 1, 2026 at 5:04 p.m. HST"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        say.moment(datetime(2026, 1, 2, 3, 4))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=12), "12 days ago"),
        (timedelta(days=1200), "1,200 days ago"),
    ],
)
def test_the_past_is_said_by_how_long_ago_it_was(passed: timedelta, words: str) -> None:
    assert say.ago(NOON - passed, NOON) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 minutes"),
        (1, "1 minute"),
        (40, "40 minutes"),
        (60, "1 hour"),
        (90, "1 hour 30 minutes"),
        (120, "2 hours"),
    ],
)
def test_a_length_of_time_is_said_in_hours_and_minutes(minutes: int, words: str) -> None:
    assert say.duration(minutes) == words


@pytest.mark.parametrize(
    ("wait_days", "words"),
    [
        (None, "not known"),
        (0, "within a week"),
        (7, "within a week"),
        (8, "about 1 week"),
        (21, "about 3 weeks"),
        (59, "about 8 weeks"),
        (60, "about 2 months"),
        (365, "about 12 months"),
    ],
)
def test_a_wait_is_rounded_as_a_person_would(wait_days: int | None, words: str) -> None:
    assert say.wait(wait_days) == words


def test_prices_have_cents_only_when_there_are_some() -> None:
    assert say.price(450) == "$450"
    assert say.price(1050.5) == "$1,050.50"
    assert say.price(600, 400) == "$400 to $600"
    assert say.price(400, 400) == "$400"
    assert say.price(None, 400) == "$400"
    assert say.price(None) == "not given"


@pytest.mark.parametrize(
    ("number", "words", "href"),
    [
        ("+13035550123", "(303) 555-0123", "tel:+13035550123"),
        ("303-555-0123", "(303) 555-0123", "tel:+13035550123"),
        ("1 303 555 0123", "(303) 555-0123", "tel:+13035550123"),
        ("988", "988", "tel:988"),
        ("+44 20 7946 0000", "+44 20 7946 0000", "tel:+442079460000"),
    ],
)
def test_telephone_numbers_can_be_read_and_called(number: str, words: str, href: str) -> None:
    assert say.phone(number) == words
    assert say.phone_href(number) == href


def test_words_are_joined_as_in_a_sentence() -> None:
    assert say.listing([]) == ""
    assert say.listing(["phone"]) == "phone"
    assert say.listing(["phone", "mail"]) == "phone and mail"
    assert say.listing(["phone", "mail", "text"]) == "phone, mail, and text"


def test_opening_hours_are_said_from_to() -> None:
    assert say.hours(time(9), time(17, 30)) == "9 a.m. to 5:30 p.m."


def test_hours_said_in_spanish_are_understood_when_they_are_typed_back() -> None:
    for kept in ([], [["", ""]], [["09:00", "12:00"], ["13:30", "17:00"]]):
        with speaking(SPANISH):
            assert read_stretches(stretches(kept)) == kept
            assert "a. m." not in stretches(kept), "a line may not break inside a time"
