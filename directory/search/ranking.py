"""The orders a person may choose, and why a result stands where it stands. No payment, no weight, no secret. Pure."""

import datetime as dt
from enum import StrEnum

from directory.wording import say
from directory.wording.say import _


class Order(StrEnum):
    """How results stand; equal ones nearest first, then by the address of their page."""

    DISTANCE = "distance"
    INTAKE = "intake"
    CONFIRMED = "confirmed"


LABELS = {
    Order.DISTANCE: _("Nearest first"),
    Order.INTAKE: _("Earliest first visit"),
    Order.CONFIRMED: _("Confirmed most recently"),
}


def why(
    order: Order,
    *,
    rank: int,
    distance_m: float,
    centre: str,
    intake_days: int | None = None,
    intake_stated: bool = False,
    confirmed_at: dt.date | None = None,
    today: dt.date,
) -> str:
    """The sentence of the result at `rank` (1 is first): what put it there. `centre` is where distances begin."""
    away = say.miles(distance_m)
    if order is Order.CONFIRMED:
        if confirmed_at is None:
            return _("Number {rank}: never confirmed; {miles} away.").format(rank=rank, miles=away)
        day = say.day(confirmed_at)
        return _("Number {rank}: last confirmed {day}; {miles} away.").format(rank=rank, day=day, miles=away)
    if order is Order.INTAKE:
        if intake_days is None:
            return _("Number {rank}: no wait given; {miles} away.").format(rank=rank, miles=away)
        if intake_stated:
            day = say.day(today + dt.timedelta(days=intake_days))
            sentence = _("Number {rank}: the clinic names {day} for its next first visit; {miles} away.")
            return sentence.format(rank=rank, day=day, miles=away)
        wait = say.wait(intake_days)
        return _("Number {rank}: usual wait {wait}; {miles} away.").format(rank=rank, wait=wait, miles=away)
    return by_distance(rank, away, centre)


def by_distance(rank: int | str, miles: str, centre: str) -> str:
    """The sentence of nearest first; `miles` in words."""
    return _("Number {rank} by distance: about {miles} from {centre}.").format(rank=rank, miles=miles, centre=centre)
