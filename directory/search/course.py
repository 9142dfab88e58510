"""What a course asks of a person: visits, hours and miles, phase by phase, with and without a ride home. Pure.

A visit is the way there, the treatment, the watching, a margin, and the way back. What is not known is left out and
named: then every sum is a least. Miles are in a straight line; roads are longer.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from directory.geography.point import metres_to_miles
from directory.terminology.course_plans import Band, Plan, bands_for, figure, given, plans_for, watched

OWN_PLAN: Final = "OWN"
"""The plan of whoever was told a number of visits by a clinic."""
MOST_VISITS: Final = 60
MOST_MINUTES: Final = 600
"""One way; who drives longer does not do it twice a week."""
_ROUNDED_TO: Final = 5
"""Minutes: nobody knows a drive better than that, and never rounded down."""
_HALF: Final = 50.0


class Unknown(StrEnum):
    """What a sum leaves out because nobody has said it."""

    PLAN = "PLAN"
    GIVING = "GIVING"
    WATCHING = "WATCHING"
    WAY = "WAY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From the least to the most of something counted; both are equal where it is one number."""

    least: int
    most: int

    def times(self, each: int) -> "Span":
        """The span of so much for each."""
        return Span(least=self.least * each, most=self.most * each)

    @property
    def one(self) -> bool:
        """Whether it is one number."""
        return self.least == self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One phase of a course. Weeks are None for a number of visits that a person was told."""

    code: str
    first_week: int | None
    last_week: int | None
    visits: Span
    minutes: Span
    distance_m: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """What it asks of whoever drives: minutes, and straight-line metres where the distance is known."""

    visit_minutes: int
    minutes: Span
    visit_distance_m: int | None
    distance_m: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course of one treatment. All minutes are whole; `distance_m` is one way in a straight line.

    `unknown` names what the sums leave out; `plan` is None where a person was told the number or nobody was.
    """

    treatment: str
    plan: Plan | None
    distance_m: float | None
    way_minutes: int | None
    way_was_told: bool
    giving_minutes: int | None
    watching_minutes: int | None
    watching_by_clinic: bool
    margin_minutes: int
    clinic_minutes: int
    visit_minutes: int
    stretches: tuple[Stretch, ...]
    unknown: frozenset[Unknown]

    @property
    def visits(self) -> Span:
        """Of all phases."""
        return _sum([stretch.visits for stretch in self.stretches])

    @property
    def minutes(self) -> Span:
        """Away from home, over all phases."""
        return _sum([stretch.minutes for stretch in self.stretches])

    @property
    def is_clinic_least(self) -> bool:
        """Whether the time at the clinic leaves out something that takes time."""
        return bool(self.unknown & {Unknown.GIVING, Unknown.WATCHING})

    @property
    def is_least(self) -> bool:
        """Whether the length of a visit leaves out something that takes time, at the clinic or on the way."""
        return self.is_clinic_least or Unknown.WAY in self.unknown

    @property
    def last_week(self) -> int | None:
        """The last week that is counted."""
        return self.stretches[-1].last_week if self.stretches else None

    @property
    def waiting_driver(self) -> Driver | None:
        """Somebody who drives there and back and waits; None without a way."""
        return self._driver(self.visit_minutes, trips=2)

    @property
    def returning_driver(self) -> Driver | None:
        """Somebody who drives home in between: the way four times; None without a way."""
        return self._driver(4 * (self.way_minutes or 0), trips=4)

    @property
    def far(self) -> Band | None:
        """The band of distances at which half or more of those who would begin do not; None nearer or not known."""
        if self.distance_m is None:
            return None
        miles = metres_to_miles(self.distance_m)
        within = [band for band in bands_for(self.treatment) if band.miles_from <= miles]
        return within[-1] if within and within[-1].fewer_percent > _HALF else None

    def _driver(self, visit_minutes: int, *, trips: int) -> Driver | None:
        if self.way_minutes is None:
            return None
        metres = None if self.distance_m is None else trips * round(self.distance_m)
        return Driver(
            visit_minutes=visit_minutes,
            minutes=self.visits.times(visit_minutes),
            visit_distance_m=metres,
            distance_m=None if metres is None else self.visits.times(metres),
        )


def course_of(
    treatment: str,
    *,
    distance_m: float | None = None,
    plan: str = "",
    visits: int | None = None,
    observation_minutes: int | None = None,
    way_minutes: int | None = None,
) -> Course:
    """The course of `treatment` from a place `distance_m` away, in a straight line.

    `plan` is the code of a published plan (the usual one when empty or not of this treatment) or OWN_PLAN with
    `visits`. `observation_minutes` are the clinic's own and count where they are more than the rule's. `way_minutes`
    is one way, by whoever knows it better than the pace does.
    """
    published = plans_for(treatment)
    chosen = None if plan == OWN_PLAN else next((each for each in published if each.code == plan), None)
    if chosen is None and plan != OWN_PLAN and published:
        chosen = published[0]
    rule, giving, margin = watched(treatment), given(treatment), figure("margin").value
    least = rule.value if rule else None
    by_clinic = observation_minutes is not None and (least is None or observation_minutes > least)
    watching = observation_minutes if by_clinic else least
    way = way_minutes if way_minutes is not None else _minutes_of(distance_m)
    clinic = (giving.value if giving else 0) + (watching or 0) + margin
    visit = clinic + 2 * (way or 0)
    missing = {
        Unknown.PLAN: chosen is None and not visits,
        Unknown.GIVING: giving is None,
        Unknown.WATCHING: watching is None,
        Unknown.WAY: way is None,
    }
    return Course(
        treatment=treatment,
        plan=chosen,
        distance_m=distance_m,
        way_minutes=way,
        way_was_told=way_minutes is not None,
        giving_minutes=giving.value if giving else None,
        watching_minutes=watching,
        watching_by_clinic=by_clinic,
        margin_minutes=margin,
        clinic_minutes=clinic,
        visit_minutes=visit,
        stretches=_stretches(chosen, visits, visit, distance_m),
        unknown=frozenset(what for what, is_missing in missing.items() if is_missing),
    )


def _stretches(
    plan: Plan | None, visits: int | None, visit_minutes: int, distance_m: float | None
) -> tuple[Stretch, ...]:
    def stretch(code: str, first: int | None, last: int | None, span: Span) -> Stretch:
        return Stretch(
            code=code,
            first_week=first,
            last_week=last,
            visits=span,
            minutes=span.times(visit_minutes),
            distance_m=None if distance_m is None else span.times(2 * round(distance_m)),
        )

    if plan is not None:
        return tuple(
            stretch(
                phase.code, phase.first_week, phase.last_week, Span(least=phase.visits_least, most=phase.visits_most)
            )
            for phase in plan.phases
        )
    return (stretch("told", None, None, Span(least=visits, most=visits)),) if visits else ()


def _minutes_of(distance_m: float | None) -> int | None:
    """One way, at the pace of the data, up to the next five minutes."""
    if distance_m is None:
        return None
    minutes = 60 * metres_to_miles(distance_m) / figure("pace").value
    return max(_ROUNDED_TO, math.ceil(minutes / _ROUNDED_TO) * _ROUNDED_TO)


def _sum(spans: list[Span]) -> Span:
    return Span(least=sum(span.least for span in spans), most=sum(span.most for span in spans))
