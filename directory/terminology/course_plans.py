"""How many visits a course takes and how long each: plans of labels and trials, and what is counted with them.

Read once from `seed/reference/course_*.csv`, each row with its source and year. A treatment without a row has no plan
that anybody has published: nothing is guessed for it.
"""

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from directory.terminology.reference import REFERENCE_FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a number rests on: the document, its year (of reading, where it bears none), and the day it was read."""

    name: str
    year: int
    read_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Some weeks of a plan, counted from 1, both ends in it, with the fewest and the most visits they take."""

    code: str
    first_week: int
    last_week: int
    visits_least: int
    visits_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A published course of one treatment, phase by phase."""

    code: str
    treatment: str
    phases: tuple[Phase, ...]
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number that courses are counted with. `kind` is rule, trial, study, or assumption: ours, and said so."""

    key: str
    value: int
    kind: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Of people who live so many miles from a center, how many percent fewer began than of those within 10 miles."""

    treatment: str
    miles_from: int
    miles_under: int | None
    fewer_percent: float
    source: Source


def plans_for(treatment: str) -> tuple[Plan, ...]:
    """The published plans of a treatment, the usual one first; none where nobody has published one."""
    return tuple(plan for plan in _plans() if plan.treatment == treatment)


def figure(key: str) -> Figure:
    """A number that has to be there: `margin`, `pace` (miles an hour). KeyError for another."""
    return _figures()[key]


def watched(treatment: str) -> Figure | None:
    """The minutes that a rule has people watched over after this treatment; None where no rule names any."""
    return _figures().get(f"watched.{treatment}")


def given(treatment: str) -> Figure | None:
    """The minutes that giving it takes; None where nothing that was read says."""
    return _figures().get(f"given.{treatment}")


def bands_for(treatment: str) -> tuple[Band, ...]:
    """How starting falls with distance, nearest band first; none where no study was found."""
    return tuple(band for band in _bands() if band.treatment == treatment)


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def source_of(row: dict[str, str]) -> Source:
    """The source of a row that has the columns `source`, `year` and `read_on`."""
    return Source(name=row["source"], year=int(row["year"]), read_on=dt.date.fromisoformat(row["read_on"]))


@cache
def _plans() -> tuple[Plan, ...]:
    found = []
    for code, together in groupby(_rows("course_plans.csv"), key=lambda row: row["plan"]):
        rows = list(together)
        phases = tuple(
            Phase(
                code=row["phase"],
                first_week=int(row["first_week"]),
                last_week=int(row["last_week"]),
                visits_least=int(row["visits_least"]),
                visits_most=int(row["visits_most"]),
            )
            for row in rows
        )
        found.append(Plan(code=code, treatment=rows[0]["treatment"], phases=phases, source=source_of(rows[0])))
    return tuple(found)


@cache
def _figures() -> dict[str, Figure]:
    return {
        row["key"]: Figure(key=row["key"], value=int(row["value"]), kind=row["kind"], source=source_of(row))
        for row in _rows("course_numbers.csv")
    }


@cache
def _bands() -> tuple[Band, ...]:
    return tuple(
        Band(
            treatment=row["treatment"],
            miles_from=int(row["miles_from"]),
            miles_under=int(row["miles_under"]) if row["miles_under"] else None,
            fewer_percent=float(row["fewer_percent"]),
            source=source_of(row),
        )
        for row in _rows("course_distance.csv")
    )
