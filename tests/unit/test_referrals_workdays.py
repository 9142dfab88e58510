"""Working days: weekends, federal holidays by rule, and the clinic's own clock."""

import datetime as dt

import pytest

from directory.referrals.workdays import federal_holidays, is_workday, workdays_after

D = dt.date


def test_the_federal_holidays_of_2026_are_those_the_government_lists() -> None:
    # opm.gov, Federal Holidays 2026: Independence Day falls on a Saturday and is kept on July 3.
    assert sorted(federal_holidays(2026)) == [
        D(2026, 1, 1),
        D(2026, 1, 19),
        D(2026, 2, 16),
        D(2026, 5, 25),
        D(2026, 6, 19),
        D(2026, 7, 3),
        D(2026, 9, 7),
        D(2026, 10, 12),
        D(2026, 11, 11),
        D(2026, 11, 26),
        D(2026, 12, 25),
    ]


def test_a_new_year_on_a_saturday_is_kept_in_the_old_year() -> None:
    assert D(2021, 12, 31) in federal_holidays(2021)
    assert D(2022, 1, 1) not in federal_holidays(2022)
    assert len(federal_holidays(2022)) == 10


def test_a_holiday_on_a_sunday_is_kept_on_monday() -> None:
    assert D(2022, 12, 26) in federal_holidays(2022)
    assert is_workday(D(2022, 12, 27))


def test_memorial_day_is_the_last_monday_even_when_june_begins_on_a_monday() -> None:
    assert D(2026, 5, 25) in federal_holidays(2026)
    assert D(2015, 5, 25) in federal_holidays(2015)  # June 1, 2015 was a Monday


@pytest.mark.parametrize(
    ("sent", "days", "expected"),
    [
        ("2026-03-10T15:00:00+00:00", 2, "2026-03-12T15:00:00+00:00"),
        ("2026-03-07T16:00:00+00:00", 1, "2026-03-09T15:00:00+00:00"),  # Saturday; summer time begins on Sunday
        ("2026-03-13T15:00:00+00:00", 1, "2026-03-16T15:00:00+00:00"),
        ("2026-07-01T15:00:00+00:00", 2, "2026-07-06T15:00:00+00:00"),  # Friday the 3rd is a holiday
        ("2026-03-10T15:00:00+00:00", 0, "2026-03-10T15:00:00+00:00"),
    ],
)
def test_working_days_are_counted_by_the_clinics_clock(sent: str, days: int, expected: str) -> None:
    at = dt.datetime.fromisoformat(sent)
    assert workdays_after(at, days, "America/New_York") == dt.datetime.fromisoformat(expected)


def test_the_same_instant_is_another_day_on_guam() -> None:
    friday_evening_in_new_york = dt.datetime(2026, 3, 13, 23, 0, tzinfo=dt.UTC)
    assert workdays_after(friday_evening_in_new_york, 1, "America/New_York").isoformat() == "2026-03-16T23:00:00+00:00"
    # There it is Saturday morning already, so Monday is the first working day, eight time zones earlier.
    assert workdays_after(friday_evening_in_new_york, 1, "Pacific/Guam").isoformat() == "2026-03-15T23:00:00+00:00"
