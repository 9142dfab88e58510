"""What a payer would still ask: named from what was answered, with where it is read, and never a verdict."""

import csv
import datetime as dt
from typing import Any

import pytest

from directory.referrals import gaps
from directory.referrals.gaps import what_is_missing
from directory.terminology.reference import REFERENCE_FOLDER
from directory.terminology.screening import QUESTIONS
from tests.support.requests import CLINICIAN

TODAY = dt.date(2026, 3, 10)
GOOD = {"dose": "200", "start": "2024-07-01", "end": "2024-10-01", "adherence": "GOOD", "outcome": "NO_RESPONSE"}
COMPLETE: dict[str, Any] = {
    "role": "psychiatrist",
    "diagnosis": "F332",
    "episode_start": "2024-06",
    "trials": [
        {"drug": "sertraline", "weeks": 13, **GOOD},
        {"drug": "venlafaxine", "weeks": 9, **GOOD, "end": "now"},
        {"drug": "aripiprazole", "weeks": 4, "outcome": "PARTIAL"},
    ],
    "scales": [{"scale": "MADRS", "total": "31", "on": "2026-03-01"}],
    **dict.fromkeys(QUESTIONS.codes, "NO"),
    "pdmp_on": "2026-03-01",
    "payer": "commppo",
    "member_id": "X1",
}


def keys(answers: dict[str, Any]) -> list[str]:
    return [gap.key for gap in what_is_missing(answers, on=TODAY)]


def test_a_complete_request_lacks_nothing() -> None:
    assert keys(COMPLETE) == []


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"diagnosis": "F4312"}, ["diagnosis"]),
        ({"diagnosis": "F4312", "diagnosis_2": "F321"}, []),
        ({"episode_start": ""}, ["episode"]),
        ({"trials": COMPLETE["trials"][1:]}, ["two_trials"]),
        ({"trials": COMPLETE["trials"][:2]}, ["augmentation"]),
        ({"episode_start": "2024-11"}, ["two_trials"]),  # sertraline was of another episode
        ({"scales": [{"scale": "GAD7", "total": "12", "on": "2026-03-01"}]}, ["scale"]),
        ({"scales": [{"scale": "PHQ9", "total": "19", "on": "2026-02-09"}]}, ["scale_recent"]),
        ({"scales": [{"scale": "PHQ9", "total": "19", "on": "2026-02-10"}]}, []),
        ({"had_psychotherapy": "UNKNOWN"}, ["psychotherapy"]),
        ({"had_tms": "UNKNOWN"}, ["concurrent"]),
        ({"had_tms": "YES", "sud": "YES", "psychosis": "YES", "avm": "YES"}, []),
        ({"avm": "UNKNOWN"}, ["contraindications"]),
        ({"sud": "UNKNOWN"}, ["substance_use"]),
        ({"psychosis": "UNKNOWN"}, ["psychosis"]),
        ({"pdmp_on": ""}, ["pdmp"]),
        ({"role": "primary_care"}, ["prescriber"]),
        ({"member_id": ""}, ["member"]),
        ({"payer": "selfpay", "member_id": "", "pdmp_on": ""}, []),
    ],
)
def test_what_is_not_named_is_missing_and_nothing_else(changed: dict[str, Any], missing: list[str]) -> None:
    assert keys(COMPLETE | changed) == missing


@pytest.mark.parametrize(
    ("trial", "missing"),
    [
        ({"drug": "escitalopram"}, "two_trials"),  # an SSRI as the other one
        ({"weeks": 5}, "two_trials"),
        ({"adequate": "NO"}, "two_trials"),
        ({"in_episode": "NO"}, "two_trials"),
        ({"in_episode": "UNKNOWN"}, "trial_episode"),
        ({"weeks": None}, "trial_dates"),
        ({"dose": ""}, "trial_dose"),
        ({"adherence": "UNKNOWN"}, "trial_adherence"),
        ({"end": "2025-03-01"}, "oral_antidepressant"),
    ],
)
def test_each_trial_is_looked_at(trial: dict[str, Any], missing: str) -> None:
    first, second, third = COMPLETE["trials"]
    assert missing in keys(COMPLETE | {"trials": [first, second | trial, third]})


def test_a_medicine_that_is_not_listed_counts_as_an_antidepressant_of_its_own() -> None:
    first, second, third = COMPLETE["trials"]
    assert keys(COMPLETE | {"trials": [first | {"drug": "agomelatine"}, second, third]}) == []


def test_answers_of_the_form_before_are_read_too() -> None:
    assert "scale" not in keys(CLINICIAN)
    assert {"two_trials", "pdmp", "episode"} <= set(keys(CLINICIAN))


def test_every_criterion_says_where_it_is_read_and_on_which_day_it_was_checked() -> None:
    with (REFERENCE_FOLDER / "payer_criteria.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["key"] for row in rows} == set(gaps.MISSING) == set(gaps.PAGES)
    for row in rows:
        assert row["what"]
        assert row["source"]
        assert dt.date.fromisoformat(row["checked_on"]) <= dt.date(2026, 11, 23)


def test_no_gap_is_worded_as_a_verdict() -> None:
    words = " ".join(gap.what for gap in what_is_missing({}, on=TODAY)).lower()
    assert not {"eligible", "qualify", "covered", "denied", "approved"} & set(words.split())
