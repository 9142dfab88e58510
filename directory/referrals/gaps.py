"""What a payer would still ask: items of published criteria that a referral does not name yet. Pure.

The criteria are examples (`seed/reference/payer_criteria.csv`, each with its source and the day it was checked);
policies change yearly. What is missing is named, with where it can be added; nothing here says who is eligible, or
keeps a referral from being sent.
"""

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from directory.referrals.clinical import in_episode, scales_of
from directory.referrals.telling import Answers
from directory.terminology import antidepressants, icd10, screening
from directory.terminology.payers import SELF_PAY
from directory.terminology.reference import REFERENCE_FOLDER
from directory.terminology.screening import Weight
from directory.wording.say import _

DEPRESSION_SCALES = {"PHQ9", "MADRS", "HAMD17", "QIDS_SR16", "BDI2"}
RECENT = dt.timedelta(days=28)
WEEKS = 6
MENTAL_HEALTH_PRESCRIBERS = {"psychiatrist", "psychiatric_np"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """`what` is missing, `source` names the policies that ask for it, `step` is the page on which it can be added."""

    key: str
    what: str
    source: str
    checked_on: dt.date
    step: str


def what_is_missing(answers: Answers, *, on: dt.date | None = None) -> list[Gap]:
    """The gaps, in the order of the criteria; none where no payer is asked. `on` is the day for "of the last weeks"."""
    if answers.get("payer") == SELF_PAY:
        return []
    day = on or dt.date.max
    return [
        Gap(key=row["key"], what=_what(row), source=row["source"], checked_on=_day(row), step=PAGES[row["key"]])
        for row in _criteria()
        if MISSING[row["key"]](answers, day)
    ]


@cache
def _criteria() -> tuple[dict[str, str], ...]:
    with (REFERENCE_FOLDER / "payer_criteria.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _what(row: dict[str, str]) -> str:
    item = row["what"]  # a column that `make messages` reads
    return _(item)


def _day(row: dict[str, str]) -> dt.date:
    return dt.date.fromisoformat(row["checked_on"])


def _trials(a: Answers) -> list[dict[str, Any]]:
    return list(a.get("trials") or ())


def _antidepressants(a: Answers) -> list[dict[str, Any]]:
    """The trials but for what is known to be an add-on; a medicine that is not listed counts as an antidepressant."""
    return [row for row in _trials(a) if _class_of(row) != "ADD_ON"]


def _class_of(trial: dict[str, Any]) -> str:
    found = antidepressants.find(str(trial.get("drug", "")))
    return found.drug_class.code if found else str(trial.get("drug", "")).casefold()


def _no_depression(a: Answers, _on: dt.date) -> bool:
    codes = [icd10.normalise(str(a.get(name) or "")) for name in ("diagnosis", "diagnosis_2", "diagnosis_3")]
    return not any(code.startswith(("F32", "F33")) for code in codes)


def _fewer_than_two(a: Answers, _on: dt.date) -> bool:
    began = str(a.get("episode_start") or "")
    long_enough = {
        _class_of(row)
        for row in _antidepressants(a)
        if (row.get("weeks") or 0) >= WEEKS and row.get("adequate") != "NO" and in_episode(row, began) is not False
    }
    return len(long_enough) < 2


def _episode_not_told(a: Answers, _on: dt.date) -> bool:
    began = str(a.get("episode_start") or "")
    return bool(began) and any(in_episode(row, began) is None for row in _antidepressants(a))


def _some_trial_lacks(field: str) -> Callable[[Answers, dt.date], bool]:
    return lambda a, _on: any(row.get(field) in {None, "", "UNKNOWN"} for row in _antidepressants(a))


def _depression_scales(a: Answers) -> list[Answers]:
    return [row for row in scales_of(a) if row.get("scale") in DEPRESSION_SCALES]


def _no_recent_scale(a: Answers, on: dt.date) -> bool:
    found = _depression_scales(a)
    days = [dt.date.fromisoformat(str(row["on"])) for row in found if row.get("on")]
    return bool(found) and on != dt.date.max and not any(on - day <= RECENT for day in days)


def _not_told(*codes: str) -> Callable[[Answers, dt.date], bool]:
    return lambda a, _on: any(a.get(code) not in {"YES", "NO"} for code in codes)


def _codes(weight: Weight) -> tuple[str, ...]:
    return tuple(question.code for question in screening.of(weight))


MISSING: dict[str, Callable[[Answers, dt.date], bool]] = {
    "diagnosis": _no_depression,
    "episode": lambda a, _on: not a.get("episode_start"),
    "two_trials": _fewer_than_two,
    "trial_dates": _some_trial_lacks("weeks"),
    "trial_episode": _episode_not_told,
    "trial_dose": _some_trial_lacks("dose"),
    "trial_adherence": _some_trial_lacks("adherence"),
    "augmentation": lambda a, _on: not any(_class_of(row) == "ADD_ON" for row in _trials(a)),
    "scale": lambda a, _on: not _depression_scales(a),
    "scale_recent": _no_recent_scale,
    "oral_antidepressant": lambda a, _on: not any(row.get("end") == "now" for row in _antidepressants(a)),
    "psychotherapy": _not_told("had_psychotherapy"),
    "concurrent": _not_told("had_ketamine", "had_ect", "had_tms", "had_stimulation"),
    "contraindications": _not_told(*_codes(Weight.CONTRAINDICATION)),
    "substance_use": _not_told("sud"),
    "psychosis": _not_told("psychosis"),
    "pdmp": lambda a, _on: not a.get("pdmp_on"),
    "prescriber": lambda a, _on: a.get("role") not in MENTAL_HEALTH_PRESCRIBERS,
    "member": lambda a, _on: not a.get("member_id"),
}
PAGES = {
    "diagnosis": "diagnosis",
    "episode": "diagnosis",
    "two_trials": "trials",
    "trial_dates": "trials",
    "trial_episode": "trials",
    "trial_dose": "trials",
    "trial_adherence": "trials",
    "augmentation": "trials",
    "scale": "scales",
    "scale_recent": "scales",
    "oral_antidepressant": "trials",
    "psychotherapy": "before",
    "concurrent": "before",
    "contraindications": "screen",
    "substance_use": "precautions",
    "psychosis": "precautions",
    "pdmp": "checks",
    "prescriber": "reply",
    "member": "coverage",
}
