"""Days as people type them: taken in any common way, kept as exact as they were typed, refused in words."""

import datetime as dt

import pytest

from directory.referrals.forms.dates import day_of, since, until, weeks_between

TODAY = dt.date(2026, 3, 10)


@pytest.mark.parametrize(
    "typed",
    [
        "3/27/1988",
        "03-27-1988",
        "3.27.1988",
        "3 27 1988",
        "03271988",
        "1988-03-27",
        "March 27, 1988",
        "27 mar 1988",
        "Mar. 27th, 1988",
        "3/27/88",
        "27 de marzo de 1988",
        "27 mar. 1988",
    ],
)
def test_a_day_is_taken_in_any_common_way(typed: str) -> None:
    assert day_of(typed, TODAY) == dt.date(1988, 3, 27)


@pytest.mark.parametrize(
    "typed", ["", "soon", "27/3/1988", "2/30/2024", "3/1988", "1988", "1/2/3/2024", "99999999", "²/3/2024", "٣/3/2024"]
)
def test_what_is_no_day_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError, match="Enter "):
        day_of(typed, TODAY)


def test_today_yesterday_and_how_long_are_understood_in_spanish_too() -> None:
    assert day_of("hoy", TODAY) == TODAY
    assert day_of("Ayer", TODAY) == dt.date(2026, 3, 9)
    assert until("8 semanas", TODAY) == "8 weeks"
    assert until("todavía", TODAY) == "now"
    assert since("enero de 2024", TODAY) == "2024-01"


def test_a_birthday_needs_its_whole_year() -> None:
    with pytest.raises(ValueError, match="Enter a date"):
        day_of("3/27/30", TODAY, short_years=False)
    assert day_of("3/1/26", TODAY).year == 2026
    assert day_of("3/1/27", TODAY).year == 1927


def test_today_and_yesterday_are_days() -> None:
    assert day_of("Today", TODAY) == TODAY
    assert day_of("yesterday", TODAY) == dt.date(2026, 3, 9)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("3/2024", "2024-03"),
        ("March 2024", "2024-03"),
        ("2024-03", "2024-03"),
        ("2024", "2024"),
        ("3/5/24", "2024-03-05"),
    ],
)
def test_a_month_stays_a_month(typed: str, kept: str) -> None:
    assert since(typed, TODAY) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("now", "now"),
        ("Still", "now"),
        ("ongoing", "now"),
        ("8 weeks", "8 weeks"),
        ("8wk", "8 weeks"),
        ("3 months", "13 weeks"),
    ],
)
def test_an_end_is_a_day_a_length_or_now(typed: str, kept: str) -> None:
    assert until(typed, TODAY) == kept


@pytest.mark.parametrize(
    ("start", "end", "weeks"),
    [
        ("2024-01-01", "2024-02-12", 6),
        ("2024-01-01", "2024-02-11", 5),
        ("2024-01", "2024-04", 13),
        ("", "8 weeks", 8),
        ("2026-01-27", "now", 6),
        ("2024", "2024-06", None),
        ("", "now", None),
        ("", "2024-06", None),
    ],
)
def test_weeks_are_counted_where_they_can_be_told(start: str, end: str, weeks: int | None) -> None:
    assert weeks_between(start, end, TODAY) == weeks
