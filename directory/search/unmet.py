"""Unmet need: which searches found nobody within reach, and in which three classes their number is shown. Pure.

A search counts where no clinic within 60 miles (or the larger distance that was chosen) takes new patients and gives
the treatment that was asked for. Other filters do not make a need.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from directory.geography.place import County
from directory.geography.point import miles_to_metres
from directory.search.asking import Asked
from directory.search.index import Question
from directory.wording.say import _

REACH_MILES: Final = 60
SMALLEST_SHOWN: Final = 10
_SIDES: Final = 6
MOST_TAKEN_OFF: Final = 2 * (_SIDES - 1)


class Size(StrEnum):
    """The only way in which a number of searches is ever shown."""

    FEW = "fewer than 10"
    SOME = "10 to 49"
    MANY = "50 or more"


LABELS: Final = {Size.FEW: _("fewer than 10"), Size.SOME: _("10 to 49"), Size.MANY: _("50 or more")}
"""In the reader's language; what a file for machines says is the code itself."""
_ROBOT: Final = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|monitor|headless|scan|fetch|curl|wget|libwww|python|httpx|java/|go-http",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyNeed:
    """One county in one month."""

    county: County
    size: Size


def size_of(searches: int) -> Size:
    """The class of a number of searches; none and nine look the same."""
    if searches < SMALLEST_SHOWN:
        return Size.FEW
    return Size.SOME if searches < 50 else Size.MANY


def county_without_care(asked: Asked) -> str | None:
    """The county (five digits) of a search that found nobody within reach; None where it found somebody, or asked for
    a whole state."""
    if asked.place.county_fips is None:
        return None
    if asked.radius is not None and asked.answer.facets["accepting"].get("newpt", 0):
        return None
    treatments = asked.query.filters.get("treatment")
    reach = Question(
        point=asked.place.point,
        radius_m=miles_to_metres(max(REACH_MILES, asked.radius or 0)),
        filters={"accepting": ("newpt",)} | ({"treatment": treatments} if treatments else {}),
    )
    return None if asked.index.count(reach) else asked.place.county_fips


def is_robot(agent: str) -> bool:
    """Whether a program says of itself that nobody reads what it asks for; one that names nothing is taken for one."""
    return not agent.strip() or _ROBOT.search(agent) is not None


def month_of(day: dt.date) -> dt.date:
    """The first day of a day's month."""
    return day.replace(day=1)


def months_over(first: dt.date | None, today: dt.date) -> list[dt.date]:
    """The months from the first that was counted to the last that is over, newest first. A month that still runs is
    never shown: by searching oneself one could watch when its class changes, and learn the number."""
    found: list[dt.date] = []
    month = month_of(today)
    while first is not None and (month := month_of(month - dt.timedelta(days=1))) >= first:
        found.append(month)
    return found


def taken_off(digest: str) -> int:
    """How many searches are taken off a number before its class is chosen: 0 to MOST_TAKEN_OFF, by a digest in hex
    that only we can compute of the county and month.

    Whoever makes nine searches and sees the class change would know that there was one more. So nobody knows how many
    it takes; it is never fewer than ten, and just ten in one case of 36: two dice, because ends are rare with two.
    """
    return int(digest[:16], 16) % _SIDES + int(digest[16:32], 16) % _SIDES


def needs(counties: list[County], searches: Mapping[str, int]) -> list[CountyNeed]:
    """Every county with its class: one that is left out would tell that nobody searched there. `searches` are what is
    left when some were taken off."""
    return [CountyNeed(county=each, size=size_of(searches.get(each.fips, 0))) for each in counties]
