"""The orders a person may choose, and why a result stands where it stands. No payment, no weight, no secret. Pure."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

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


RULES = {
    Order.DISTANCE: _("Nearest first. At the same distance, the address of a clinic's page decides, from A to Z."),
    Order.INTAKE: _(
        "Earliest first visit first: the day that a clinic names, or else its usual wait from today. Clinics that name "
        "neither come last. Equal ones stand nearest first, then by the address of their page, from A to Z."
    ),
    Order.CONFIRMED: _(
        "Confirmed most recently first, by the day; never confirmed last. Equal ones stand nearest first, then by the "
        "address of their page, from A to Z."
    ),
}
"""The whole rule of each order in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One thing that results are ordered by, for machines; what is not known (null) stands last either way."""

    name: str
    ascending: bool
    meaning: str


_NEAREST = (
    Key(name="distance_m", ascending=True, meaning="Geodesic metres (WGS 84) from the place to the clinic."),
    Key(name="slug", ascending=True, meaning="The clinic's address here, by code point; no two are equal."),
)
KEYS: Mapping[Order, tuple[Key, ...]] = {
    Order.DISTANCE: _NEAREST,
    Order.INTAKE: (
        Key(
            name="intake_days",
            ascending=True,
            meaning="Days from today to the earliest first visit that the clinic names on a treatment that fits, from "
            "today on; else its usual wait in days.",
        ),
        *_NEAREST,
    ),
    Order.CONFIRMED: (
        Key(name="confirmed_at", ascending=False, meaning="The day on which the listing was last confirmed."),
        *_NEAREST,
    ),
}
"""All that has a say in an order, the weightiest first. Nothing else has any."""

Row = TypeVar("Row")


def in_order(rows: Sequence[Row], order: Order, values_of: Callable[[Row], Mapping[str, Any]]) -> list[Row]:
    """`rows` as `KEYS` put them: `values_of` gives each key's value by name, None where it is not known."""
    found = list(rows)
    for key in reversed(KEYS[order]):
        known = [row for row in found if values_of(row)[key.name] is not None]
        unknown = [row for row in found if values_of(row)[key.name] is None]
        known.sort(key=lambda row, name=key.name: values_of(row)[name], reverse=not key.ascending)  # type: ignore[misc]
        found = known + unknown
    return found


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
