"""Working days: Monday to Friday without US federal holidays, counted in a clinic's own time zone."""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6


@cache
def federal_holidays(year: int) -> frozenset[dt.date]:
    """The days kept as federal holidays that fall in `year` (5 U.S.C. 6103).

    A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after; New Year's Day of the
    next year may so be kept on December 31. Inauguration Day is left out: it is kept around Washington only.
    """
    kept = {_kept_on(day) for each in (year, year + 1) for day in _fixed(each)}
    kept |= {
        _nth(year, 1, MONDAY, 3),  # Martin Luther King's birthday
        _nth(year, 2, MONDAY, 3),  # Washington's birthday
        _nth(year, 6, MONDAY, 1) - dt.timedelta(days=7),  # Memorial Day, the last Monday of May
        _nth(year, 9, MONDAY, 1),  # Labor Day
        _nth(year, 10, MONDAY, 2),  # Columbus Day
        _nth(year, 11, THURSDAY, 4),  # Thanksgiving
    }
    return frozenset(day for day in kept if day.year == year)


def is_workday(day: dt.date) -> bool:
    """Whether clinics work on `day`."""
    return day.weekday() < SATURDAY and day not in federal_holidays(day.year)


def workdays_after(at: dt.datetime, days: int, zone: str) -> dt.datetime:
    """The instant `days` working days after `at`: same time by the clock of `zone`, in UTC.

    The day of `at` itself is not counted, so a request sent on a Saturday has its first working day on Monday.
    """
    local = at.astimezone(ZoneInfo(zone))
    day = local.date()
    left = days
    while left > 0:
        day += dt.timedelta(days=1)
        if is_workday(day):
            left -= 1
    return dt.datetime.combine(day, local.time(), tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def _fixed(year: int) -> list[dt.date]:
    days = [(1, 1), (7, 4), (11, 11), (12, 25)]
    if year >= 2021:
        days.append((6, 19))  # Juneteenth, Public Law 117-17
    return [dt.date(year, month, day) for month, day in days]


def _kept_on(day: dt.date) -> dt.date:
    if day.weekday() == SATURDAY:
        return day - dt.timedelta(days=1)
    if day.weekday() == SUNDAY:
        return day + dt.timedelta(days=1)
    return day


def _nth(year: int, month: int, weekday: int, n: int) -> dt.date:
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
