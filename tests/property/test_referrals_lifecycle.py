"""Whatever people and time do to a request, it stays within its table, and it never waits for ever."""

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from directory.lib.errors import DirectoryError
from directory.lib.ids import new_id
from directory.referrals import lifecycle
from directory.referrals.lifecycle import Does
from directory.referrals.models import ReferralTask, StatusChange, Who
from directory.terminology.decline_reasons import CANCEL_REASONS, DECLINE_REASONS, NO_SHOW_REASONS
from directory.terminology.referral_status import OPEN, REFERRAL_STATUSES, TERMINAL

START = dt.datetime(2026, 1, 2, 18, 0, tzinfo=dt.UTC)
REASONS = [None, "nonsense", *DECLINE_REASONS.codes, *CANCEL_REASONS.codes, *NO_SHOW_REASONS.codes]

moves = st.fixed_dictionaries(
    {
        "verb": st.sampled_from(lifecycle.VERBS),
        "by": st.sampled_from(list(Who)),
        "reason": st.sampled_from(REASONS),
        "note": st.booleans(),
        "appointment_at": st.none() | st.integers(-30, 60).map(lambda days: START + dt.timedelta(days=days)),
        "expected_on": st.none() | st.just(dt.date(2026, 5, 4)),
        "later": st.integers(0, 40 * 24).map(lambda hours: dt.timedelta(hours=hours)),
    }
)


def new_task(zone: str, urgency: str) -> ReferralTask:
    return ReferralTask(
        id=new_id(),
        referral_id=new_id(),
        location_id=new_id(),
        urgency=urgency,
        time_zone=zone,
        status="draft",
        status_at=START,
    )


any_task = st.builds(
    new_task,
    st.sampled_from(["America/New_York", "Pacific/Guam", "America/Puerto_Rico", "Pacific/Honolulu"]),
    st.sampled_from(["routine", "soon"]),
)


def holds(task: ReferralTask) -> bool:
    """What the CHECKs of the table ask."""
    return (
        task.status in REFERRAL_STATUSES
        and (task.status != "declined" or task.reason is not None)
        and (task.status == "info_needed") == (task.returns_to is not None)
        and (task.status != "scheduled" or task.appointment_at is not None)
        and (task.status != "waitlisted" or task.expected_on is not None)
        and (task.status == "draft" or task.waiting_from_at is not None)
    )


def play(task: ReferralTask, moves_: list[dict[str, Any]]) -> tuple[list[StatusChange], dt.datetime]:
    history: list[StatusChange] = []
    now = START
    for each in moves_:
        move = dict(each)
        now += move.pop("later")
        before = (task.status, task.steps)
        try:
            history.append(lifecycle.step(task, move.pop("verb"), actor="x", at=now, **move))
        except DirectoryError:
            assert (task.status, task.steps) == before
    return history, now


@given(any_task, st.lists(moves, max_size=40))
def test_random_steps_never_reach_an_illegal_state_and_history_equals_state(
    task: ReferralTask, moves_: list[dict[str, Any]]
) -> None:
    history, _now = play(task, moves_)
    assert holds(task)
    assert task.status == (history[-1].to_status if history else "draft")
    assert [change.number for change in history] == list(range(1, task.steps + 1))
    at = "draft"
    for change in history:
        row = lifecycle.find(at, change.verb)
        assert change.from_status == at
        assert row is not None
        assert row.target in {change.to_status, lifecycle.BACK}
        assert Who(change.by_role) in row.who
        at = change.to_status
    assert not any(change.from_status in TERMINAL for change in history)


@given(any_task, st.lists(moves, max_size=25))
def test_left_alone_every_open_request_ends_or_lands_with_a_person(
    task: ReferralTask, moves_: list[dict[str, Any]]
) -> None:
    _history, now = play(task, moves_)
    done: list[Does] = []
    for _ in range(20):
        if task.status not in OPEN or Does.TO_A_PERSON in done or Does.DELETE in done:
            break
        assert task.next_due_at is not None or task.status == "draft"
        now = max(now, lifecycle.next_due(task) or now)
        timers = lifecycle.due(task, now)
        assert timers != []
        done += [timer.does for timer in timers]
        lifecycle.ran(task, now)
        for timer in timers:
            if timer.does is Does.STEP:
                lifecycle.step(task, timer.verb, by=Who.SYSTEM, actor="timer", at=now)
    assert task.status in TERMINAL or Does.TO_A_PERSON in done or Does.DELETE in done


@given(any_task, st.lists(moves, max_size=25), st.integers(0, 400))
def test_a_timer_that_has_run_does_not_run_again(task: ReferralTask, moves_: list[dict[str, Any]], hours: int) -> None:
    _history, now = play(task, moves_)
    now += dt.timedelta(hours=hours)
    lifecycle.ran(task, now)
    assert lifecycle.due(task, now) == []
    assert task.next_due_at is None or task.next_due_at > now
