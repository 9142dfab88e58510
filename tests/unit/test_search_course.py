"""What a course asks: visits of labels and trials, hours that add up, and nothing guessed where nobody says."""

import csv
import datetime as dt
from itertools import pairwise

import pytest

from directory.geography.point import miles_to_metres
from directory.search import course_words as words
from directory.search.course import OWN_PLAN, Span, Unknown, course_of
from directory.terminology import course_plans, typical_prices
from directory.terminology.reference import REFERENCE_FOLDER
from directory.terminology.treatments import LISTABLE


def test_spravato_asks_for_8_then_4_then_9_to_18_visits_in_26_weeks() -> None:
    course = course_of("SPRAVATO")
    assert [(s.first_week, s.last_week, s.visits) for s in course.stretches] == [
        (1, 4, Span(least=8, most=8)),
        (5, 8, Span(least=4, most=4)),
        (9, 26, Span(least=9, most=18)),
    ]
    assert course.visits == Span(least=21, most=30)
    assert words.visits_in_words(course) == "21 to 30 visits in the first 26 weeks"


def test_after_suicidal_thoughts_four_weeks_are_all_that_was_studied() -> None:
    assert course_of("SPRAVATO", plan="SPRAVATO_MDSI").visits == Span(least=8, most=8)


def test_a_visit_is_the_way_the_treatment_the_watching_a_margin_and_the_way_back() -> None:
    course = course_of("SPRAVATO", distance_m=miles_to_metres(14))
    assert course.way_minutes == 30
    assert (course.giving_minutes, course.watching_minutes, course.margin_minutes) == (10, 120, 30)
    assert course.clinic_minutes == 160
    assert course.visit_minutes == 220
    assert course.stretches[0].minutes == Span(least=8 * 220, most=8 * 220)
    assert not course.unknown
    assert words.in_a_line(course) == (
        "21 to 30 visits in the first 26 weeks; each takes about 3 hours 40 minutes, with the way there and back"
    )
    assert words.in_all(course) == "77 to 110 hours"


def test_the_clinics_own_watching_counts_where_it_is_longer_than_the_rule() -> None:
    assert course_of("SPRAVATO", observation_minutes=150).watching_minutes == 150
    shorter = course_of("SPRAVATO", observation_minutes=60)
    assert shorter.watching_minutes == 120
    assert not shorter.watching_by_clinic


def test_for_infusions_no_rule_says_how_long_people_are_watched() -> None:
    course = course_of("KET_IV", distance_m=miles_to_metres(14))
    assert course.unknown == {Unknown.WATCHING}
    assert course.visits == Span(least=6, most=6)
    assert words.visit_in_words(course) == "at least 2 hours 10 minutes, with the way there and back"
    assert words.in_all(course) == "at least 13 hours"
    assert course_of("KET_IV", observation_minutes=60).watching_by_clinic


@pytest.mark.parametrize("treatment", ["KET_IM", "KET_IN_COMPOUNDED", "KET_ORAL_SL_CLINIC"])
def test_where_nobody_has_published_a_plan_the_visits_are_not_known(treatment: str) -> None:
    course = course_of(treatment)
    assert course.unknown == set(Unknown)
    assert not course.stretches
    assert words.visits_in_words(course) == "How many visits: not known. Ask the clinic."
    assert words.in_all(course) == ""
    told = course_of(treatment, plan=OWN_PLAN, visits=6)
    assert Unknown.PLAN not in told.unknown
    assert words.visits_in_words(told) == "6 visits"


def test_a_known_drive_counts_instead_of_the_pace() -> None:
    course = course_of("SPRAVATO", distance_m=miles_to_metres(14), way_minutes=75)
    assert course.way_was_told
    assert course.visit_minutes == 160 + 150


def test_a_driver_waits_or_drives_twice() -> None:
    course = course_of("SPRAVATO", plan="SPRAVATO_MDSI", distance_m=miles_to_metres(14))
    waiting, returning = course.waiting_driver, course.returning_driver
    assert waiting is not None
    assert returning is not None
    assert waiting.visit_distance_m is not None
    assert waiting.minutes == course.minutes
    assert returning.visit_minutes == 4 * 30
    assert returning.visit_distance_m == 2 * waiting.visit_distance_m == 4 * round(miles_to_metres(14))
    assert course_of("SPRAVATO").waiting_driver is None


@pytest.mark.parametrize(
    ("treatment", "miles", "percent"),
    [
        ("SPRAVATO", 9.9, None),
        ("SPRAVATO", 19.9, None),  # 11.9 percent fewer: not many
        ("SPRAVATO", 20.1, 50.8),
        ("SPRAVATO", 35, 68.1),
        ("SPRAVATO", 400, 92.8),
        ("KET_IV", 400, None),  # nobody has studied it
    ],
)
def test_the_distance_at_which_many_do_not_begin_is_the_studys(treatment: str, miles: float, percent: float) -> None:
    far = course_of(treatment, distance_m=miles_to_metres(miles)).far
    assert (far.fewer_percent if far else None) == percent


def test_every_number_says_where_it_is_from() -> None:
    for name in ("course_plans", "course_numbers", "course_distance", "typical_prices"):
        with (REFERENCE_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                source = course_plans.source_of(row)
                assert source.name, row
                assert 1970 <= source.year <= source.read_on.year, row
                assert source.read_on <= dt.date(2027, 12, 31), row


def test_bands_and_phases_follow_one_another() -> None:
    for treatment in LISTABLE.codes:
        bands = course_plans.bands_for(treatment)
        assert all(one.miles_under == two.miles_from for one, two in pairwise(bands))
        assert not bands or bands[-1].miles_under is None
        for plan in course_plans.plans_for(treatment):
            assert plan.phases[0].first_week == 1
            for one, two in pairwise(plan.phases):
                assert one.last_week + 1 == two.first_week


def test_typical_prices_are_of_treatments_we_list() -> None:
    assert [p.figure for p in typical_prices.prices_for("KET_IV")] == ["range", "middle"]
    assert typical_prices.prices_for("KET_SC") == ()
