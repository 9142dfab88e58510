"""A course adds up, whatever is asked: more miles never take less time, and phases make the whole."""

from hypothesis import given
from hypothesis import strategies as st

from directory.search.course import OWN_PLAN, course_of
from directory.terminology.course_plans import plans_for
from directory.terminology.treatments import LISTABLE

treatments = st.sampled_from(LISTABLE.codes)
metres = st.floats(min_value=0, max_value=8_000_000)
minutes = st.none() | st.integers(min_value=1, max_value=1440)


@given(treatment=treatments, nearer=metres, farther=metres, watched=minutes)
def test_more_miles_never_take_less_time(treatment: str, nearer: float, farther: float, watched: int | None) -> None:
    nearer, farther = sorted((nearer, farther))
    one = course_of(treatment, distance_m=nearer, observation_minutes=watched)
    two = course_of(treatment, distance_m=farther, observation_minutes=watched)
    assert one.visit_minutes <= two.visit_minutes
    assert course_of(treatment, observation_minutes=watched).visit_minutes < one.visit_minutes


@given(treatment=treatments, distance_m=st.none() | metres, watched=minutes, visits=st.integers(1, 60))
def test_phases_make_the_whole(treatment: str, distance_m: float | None, watched: int | None, visits: int) -> None:
    for plan in (OWN_PLAN, *(plan.code for plan in plans_for(treatment))):
        course = course_of(treatment, plan=plan, visits=visits, distance_m=distance_m, observation_minutes=watched)
        assert course.visits.least <= course.visits.most
        assert course.minutes == course.visits.times(course.visit_minutes)
        assert course.visit_minutes == course.clinic_minutes + 2 * (course.way_minutes or 0)
        if course.waiting_driver and course.returning_driver:
            assert course.waiting_driver.minutes == course.minutes
            assert course.returning_driver.visit_minutes == 4 * (course.way_minutes or 0)


@given(treatment=treatments, watched=minutes)
def test_nobody_is_watched_for_less_than_the_rule(treatment: str, watched: int | None) -> None:
    course = course_of(treatment, observation_minutes=watched)
    if treatment == "SPRAVATO":
        assert course.watching_minutes is not None
        assert course.watching_minutes >= 120
    else:
        assert course.watching_minutes == watched
