"""Open or closed, on the wall clock of the clinic's own zone."""

import datetime as dt

import pytest

from directory.listings.hours import ClosurePeriod, OpeningPeriod, coming_closures, local_day, opening, week

NEW_YORK = "America/New_York"
WEEKDAYS = tuple(OpeningPeriod(weekday=day, opens=dt.time(9), closes=dt.time(17)) for day in range(5))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def test_a_clinic_is_open_within_its_hours_and_says_until_when() -> None:
    found = opening(WEEKDAYS, (), time_zone=NEW_YORK, at=at("2026-03-10T15:00+00:00"))  # 11:00 in New York
    assert found.is_open
    assert found.closes_at is not None
    assert found.closes_at.isoformat() == "2026-03-10T17:00:00-04:00"
    assert found.opens_at is None


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-10T12:59:59+00:00", False),
        ("2026-03-10T13:00:00+00:00", True),
        ("2026-03-10T20:59:59+00:00", True),
        ("2026-03-10T21:00:00+00:00", False),
    ],
)
def test_opening_counts_and_closing_does_not(moment: str, is_open: bool) -> None:
    assert opening(WEEKDAYS, (), time_zone=NEW_YORK, at=at(moment)).is_open is is_open


def test_on_friday_evening_the_next_opening_is_monday() -> None:
    found = opening(WEEKDAYS, (), time_zone=NEW_YORK, at=at("2026-03-13T22:00+00:00"))
    assert not found.is_open
    assert found.opens_at is not None
    assert found.opens_at.isoformat() == "2026-03-16T09:00:00-04:00"


def test_the_same_instant_is_open_in_one_zone_and_closed_in_another() -> None:
    moment = at("2026-03-10T21:30+00:00")
    assert not opening(WEEKDAYS, (), time_zone=NEW_YORK, at=moment).is_open
    assert opening(WEEKDAYS, (), time_zone="Pacific/Honolulu", at=moment).is_open
    assert local_day("Pacific/Guam", at=moment) == dt.date(2026, 3, 11)


def test_a_closure_closes_the_day_and_moves_the_next_opening() -> None:
    closures = (ClosurePeriod(starts_on=dt.date(2026, 7, 2), ends_on=dt.date(2026, 7, 6), reason="Independence Day"),)
    found = opening(WEEKDAYS, closures, time_zone=NEW_YORK, at=at("2026-07-02T15:00+00:00"))
    assert not found.is_open
    assert found.closure == closures[0]
    assert found.opens_at is not None
    assert found.opens_at.isoformat() == "2026-07-07T09:00:00-04:00"


def test_a_closure_that_outlasts_what_is_looked_at_leaves_no_opening_in_sight() -> None:
    closures = (ClosurePeriod(starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 12, 31)),)
    found = opening(WEEKDAYS, closures, time_zone=NEW_YORK, at=at("2026-03-10T15:00+00:00"))
    assert (found.known, found.is_open, found.opens_at) == (True, False, None)


def test_without_hours_nothing_is_claimed() -> None:
    found = opening((), (), time_zone=NEW_YORK, at=at("2026-03-10T15:00+00:00"))
    assert (found.known, found.is_open, found.opens_at) == (False, False, None)


def test_when_clocks_go_forward_a_stretch_keeps_its_wall_times() -> None:
    early = (OpeningPeriod(weekday=6, opens=dt.time(1), closes=dt.time(4)),)
    assert not opening(early, (), time_zone=NEW_YORK, at=at("2026-03-08T05:59+00:00")).is_open
    found = opening(early, (), time_zone=NEW_YORK, at=at("2026-03-08T07:30+00:00"))  # 3:30 daylight time
    assert found.is_open
    assert found.closes_at is not None
    assert found.closes_at.isoformat() == "2026-03-08T04:00:00-04:00"
    assert not opening(early, (), time_zone=NEW_YORK, at=at("2026-03-08T08:00+00:00")).is_open


def test_an_opening_at_a_time_that_does_not_exist_that_day_is_moved_not_lost() -> None:
    gap = (OpeningPeriod(weekday=6, opens=dt.time(2, 30), closes=dt.time(5)),)
    found = opening(gap, (), time_zone=NEW_YORK, at=at("2026-03-08T05:00+00:00"))
    assert found.opens_at is not None
    assert found.opens_at.isoformat() == "2026-03-08T03:30:00-04:00"


def test_when_clocks_go_back_the_repeated_hour_is_open_twice() -> None:
    night = (OpeningPeriod(weekday=6, opens=dt.time(0, 30), closes=dt.time(3)),)
    for moment in ("2026-11-01T05:30+00:00", "2026-11-01T06:30+00:00", "2026-11-01T07:59+00:00"):
        assert opening(night, (), time_zone=NEW_YORK, at=at(moment)).is_open
    assert not opening(night, (), time_zone=NEW_YORK, at=at("2026-11-01T08:00+00:00")).is_open


def test_whole_days_in_a_row_do_not_close_at_midnight() -> None:
    always = tuple(OpeningPeriod(weekday=day) for day in range(7))
    found = opening(always, (), time_zone=NEW_YORK, at=at("2026-03-10T15:00+00:00"))
    assert (found.is_open, found.closes_at) == (True, None)
    two_days = (OpeningPeriod(weekday=1), OpeningPeriod(weekday=2))
    found = opening(two_days, (), time_zone=NEW_YORK, at=at("2026-03-10T15:00+00:00"))
    assert found.closes_at is not None
    assert found.closes_at.isoformat() == "2026-03-12T00:00:00-04:00"


def test_a_lunch_break_is_closed() -> None:
    broken = (
        OpeningPeriod(weekday=1, opens=dt.time(13), closes=dt.time(17)),
        OpeningPeriod(weekday=1, opens=dt.time(9), closes=dt.time(12)),
    )
    found = opening(broken, (), time_zone=NEW_YORK, at=at("2026-03-10T16:30+00:00"))
    assert not found.is_open
    assert found.opens_at is not None
    assert found.opens_at.hour == 13
    assert [(p.opens, p.closes) for p in week(broken)[1][1]] == [
        (dt.time(9), dt.time(12)),
        (dt.time(13), dt.time(17)),
    ]


def test_coming_closures_are_those_under_way_or_near_soonest_first() -> None:
    def closed(starts: str, ends: str) -> ClosurePeriod:
        return ClosurePeriod(starts_on=dt.date.fromisoformat(starts), ends_on=dt.date.fromisoformat(ends))

    past, now, soon, far = (
        closed("2026-02-01", "2026-03-09"),
        closed("2026-03-01", "2026-03-10"),
        closed("2026-05-25", "2026-05-25"),
        closed("2026-12-24", "2026-12-26"),
    )
    assert coming_closures((far, soon, now, past), on=dt.date(2026, 3, 10), days=90) == [now, soon]


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        opening(WEEKDAYS, (), time_zone=NEW_YORK, at=dt.datetime(2026, 3, 10, 12))  # noqa: DTZ001
