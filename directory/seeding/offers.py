"""Invents what a clinic offers and when: treatment lines with payers and prices, hours, closures. Pure."""

import datetime as dt
from random import Random
from typing import Any

from directory.listings.models import AvailableTime, Closure, HealthcareService
from directory.listings.rules import monday_of
from directory.seeding.words import words
from directory.terminology.treatments import TREATMENTS

_TREATMENTS = {
    "both": (("SPRAVATO", "KET_IV"), ("SPRAVATO", "KET_IV"), ("SPRAVATO", "KET_IM"), ("SPRAVATO", "KET_IV", "KET_IM")),
    "spravato": (("SPRAVATO",),),
    "ketamine": (
        ("KET_IV",), ("KET_IV", "KET_IM"), ("KET_IM",), ("KET_IV", "KET_ORAL_SL_CLINIC"), ("KET_IM", "KET_SC"),
        ("KET_IV", "KET_IN_COMPOUNDED"),
    ),
    "pain": (("KET_IV",), ("KET_IV", "KET_SC")),
    "hospital": (("SPRAVATO",), ("SPRAVATO", "KET_IV")),
}  # fmt: skip
_PRICES = {
    "SPRAVATO": (850, 1250), "KET_IV": (400, 800), "KET_IM": (325, 500), "KET_SC": (325, 475),
    "KET_IN_COMPOUNDED": (200, 350), "KET_ORAL_SL_CLINIC": (200, 350),
}  # fmt: skip
_OBSERVED = {"KET_IV": (60, 75, 90, 120), "KET_IM": (60, 90, 120), "KET_SC": (90, 120)}
_PAYERS = (
    "commppo",
    "commhmo",
    "commepo",
    "commpos",
    "commhdhp",
    "qhp",
    "medi",
    "medihmo",
    "medib",
    "mediadv",
    "tri",
    "va",
)


def lines_of(profile: str, chance: Random, now: dt.datetime) -> list[HealthcareService]:
    """One to three treatment lines."""
    week = monday_of(now.date()) + dt.timedelta(weeks=chance.randint(1, 9))
    return [
        line_of(treatment, profile, chance, now, next_intake_on=week if chance.random() < 0.7 else None)
        for treatment in chance.choice(_TREATMENTS[profile])
    ]


def line_of(treatment: str, profile: str, chance: Random, now: dt.datetime, **given: Any) -> HealthcareService:
    """One line of a treatment."""
    spravato = treatment == "SPRAVATO"
    covered = chance.sample(_PAYERS, k=chance.randint(2, 8)) if spravato or chance.random() < 0.2 else []
    lowest, highest = _PRICES[treatment]
    price = chance.randrange(lowest, highest, 25)
    priced = chance.random() < (0.55 if spravato else 0.9)
    said = words()["line"]
    return HealthcareService(
        treatment=treatment,
        comment=chance.choice(said[treatment]),
        conditions=_conditions(treatment, profile, chance),
        payers=[*sorted(covered, key=_PAYERS.index), "selfpay"],
        plans=sorted(chance.sample(said["plans"], k=chance.randint(0, 3))) if covered else [],
        maximum_age=chance.choice((None, None, None, 70, 75)),
        exclusions=chance.choice(said["exclusions"]),
        psychotherapy_paired=treatment != "SPRAVATO" and profile != "pain" and chance.random() < 0.4,
        referral_required=chance.random() < 0.3,
        observation_minutes=(
            max(120, TREATMENTS[treatment].min_observation_minutes or 0)
            if spravato
            else chance.choice(_OBSERVED.get(treatment, (60, 90, 120)))
        ),
        sessions_per_week=2 if spravato else chance.choice((1, 2, 2, 3)),
        price_min=price if priced else None,
        price_max=price + chance.choice((0, 0, 50, 100, 150)) if priced else None,
        price_includes_evaluation=chance.random() < 0.25,
        price_as_of=(now - dt.timedelta(days=chance.randint(10, 160))).date() if priced else None,
        **given,
    )


def _conditions(treatment: str, profile: str, chance: Random) -> list[str]:
    if treatment == "SPRAVATO":
        return ["TRD", "MDSI"] if chance.random() < 0.7 else ["TRD"]
    if profile == "pain":
        return ["CRPS", "CHRONIC_PAIN"]
    more = chance.sample(("BIPOLAR_DEP", "PTSD", "GAD", "SAD", "OCD", "CHRONIC_PAIN"), k=chance.randint(0, 3))
    return ["TRD", *sorted(more)]


_WEEKS: tuple[tuple[tuple[int, ...], str, str], ...] = (
    ((0, 1, 2, 3, 4), "09:00", "17:00"),
    ((0, 1, 2, 3, 4), "08:00", "18:00"),
    ((0, 1, 2, 3), "07:30", "17:30"),
    ((1, 2, 3, 4, 5), "09:00", "16:30"),
    ((0, 2, 4), "08:30", "17:00"),
    ((0, 1, 2, 3, 4), "10:00", "19:00"),
)


def hours_of(profile: str, chance: Random) -> list[AvailableTime]:
    """A week's hours; now and then none were told."""
    if profile == "hospital" and chance.random() < 0.5:
        return [AvailableTime(weekday=day, all_day=True) for day in range(7)]
    if chance.random() < 0.04:
        return []
    days, opens, closes = chance.choice(_WEEKS)
    lunch = chance.random() < 0.2
    found = []
    for day in days:
        stretches = ((opens, "12:00"), ("13:00", closes)) if lunch else ((opens, closes),)
        for start, end in stretches:
            found.append(
                AvailableTime(weekday=day, opens=dt.time.fromisoformat(start), closes=dt.time.fromisoformat(end))
            )
    return found


def closures_of(number: int, chance: Random, now: dt.datetime) -> list[Closure]:
    """Under way for a few clinics, ahead for a third of them."""
    reasons = words()["practical"]["closures"]
    today = now.date()
    if number % 30 == 9:
        return [
            Closure(starts_on=today - dt.timedelta(days=2), ends_on=today + dt.timedelta(days=4), reason=reasons[2])
        ]
    if chance.random() < 0.35:
        first = today + dt.timedelta(days=chance.randint(3, 50))
        last = first + dt.timedelta(days=chance.choice((0, 0, 1, 3, 6)))
        return [Closure(starts_on=first, ends_on=last, reason=chance.choice(reasons))]
    return []
