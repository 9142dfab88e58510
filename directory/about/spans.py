"""Lengths of time as a rule says them: "10 minutes", "24 hours", "90 days", "6 years". Pure."""

import datetime as dt

from directory.wording import say
from directory.wording.say import ngettext

_YEAR_DAYS = 365


def span(length: dt.timedelta) -> str:
    """A length in the largest unit that rules speak of; one day is said in hours, and leap days make no year longer."""
    if length <= dt.timedelta(days=1):
        return say.duration(int(length.total_seconds()) // 60)
    years, over = divmod(length.days, _YEAR_DAYS)
    if years and over <= years // 2:
        return ngettext("{n} year", "{n} years", years).format(n=years)
    return days(length.days)


def days(count: int) -> str:
    """A number of days."""
    return ngettext("{n} day", "{n} days", count).format(n=say.number(count))
