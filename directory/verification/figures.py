"""How a clinic answered the requests of the last 90 days, counted from the log of steps; shown from five on. Pure."""

import datetime as dt
from dataclasses import dataclass

from directory.wording import say
from directory.wording.say import _, ngettext

WINDOW = dt.timedelta(days=90)
SHOWN_FROM = 5
"""Fewer requests say nothing of a clinic, and might say something of a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Requests of the last 90 days: `asked`, of these `acknowledged` (opened, or answered at once) and `decided`.

    `median_minutes`: from being asked to the first answer, of those answered. `answered_at`: the last real answer ever.
    """

    asked: int
    acknowledged: int
    decided: int
    median_minutes: int | None
    answered_at: dt.datetime | None

    @property
    def shown(self) -> bool:
        """Whether the public may see them."""
        return self.asked >= SHOWN_FROM


def in_words(*, asked: int, decided: int, median_minutes: int | None, last_on: dt.date | None) -> list[str]:
    """The sentences for page and card; `last_on` is the day of the last answer where the clinic is."""
    counted = _("Answered {decided} of {asked} requests in the last 90 days.")
    said = [counted.format(decided=say.number(decided), asked=say.number(asked))]
    if median_minutes is not None:
        said.append(_("Half of the first answers came within {time}.").format(time=_hours(median_minutes)))
    if last_on is not None:
        said.append(_("Last answer: {day}.").format(day=say.day(last_on)))
    return said


def _hours(minutes: int) -> str:
    hours = max(1, round(minutes / 60))
    return ngettext("{n} hour", "{n} hours", hours).format(n=say.number(hours))
