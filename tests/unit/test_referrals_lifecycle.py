"""The states of a request: the table of FEATURES 4.3, who may take which step, and what time does."""

import datetime as dt

import pytest

from directory.lib.errors import Conflict, Forbidden, Refused
from directory.lib.ids import new_id
from directory.referrals import lifecycle
from directory.referrals.lifecycle import TIMERS, TRANSITIONS, Does, due, next_due, ran, step
from directory.referrals.models import ReferralTask, Who
from directory.referrals.states import states_markdown
from directory.terminology.decline_reasons import FIRST_DAY
from directory.terminology.referral_status import OPEN, REFERRAL_STATUSES, TERMINAL

NOON = dt.datetime(2026, 3, 10, 16, 0, tzinfo=dt.UTC)
"""Tuesday noon in New York."""
BRINGS = {
    "reason": "staff_absent",
    "note": True,
    "appointment_at": NOON + dt.timedelta(days=9),
    "expected_on": dt.date(2026, 4, 6),
}


def task_in(status: str, *, urgency: str = "routine", at: dt.datetime = NOON) -> ReferralTask:
    return ReferralTask(
        id=new_id(),
        referral_id=new_id(),
        location_id=new_id(),
        urgency=urgency,
        time_zone="America/New_York",
        status=status,
        status_at=at,
        waiting_from_at=at,
        appointment_at=at + dt.timedelta(days=9) if status == "scheduled" else None,
        returns_to="delivered_opened" if status == "info_needed" else None,
    )


def sent(*, urgency: str = "routine") -> ReferralTask:
    task = task_in("draft", urgency=urgency)
    step(task, "send", by=Who.SENDER, actor="patient", at=NOON)
    return task


def take(task: ReferralTask, verb: str, by: Who, *, at: dt.datetime = NOON, **brings: object) -> str:
    step(task, verb, by=by, actor="somebody", at=at, **brings)  # type: ignore[arg-type]
    return task.status


@pytest.mark.parametrize(
    ("source", "verb", "who", "target"),
    [
        ("draft", "hold", Who.SYSTEM, "held_for_sender_check"),
        ("held_for_sender_check", "release", Who.MODERATOR, "sent"),
        ("held_for_sender_check", "refuse_sender", Who.MODERATOR, "cancelled"),
        ("sent", "open", Who.CLINIC, "delivered_opened"),
        ("sent", "fail_delivery", Who.SYSTEM, "undeliverable"),
        ("undeliverable", "redeliver", Who.SYSTEM, "sent"),
        ("sent", "accept", Who.CLINIC, "accepted"),
        ("delivered_opened", "accept", Who.CLINIC, "accepted"),
        ("waitlisted", "accept", Who.CLINIC, "accepted"),
        ("delivered_opened", "decline", Who.CLINIC, "declined"),
        ("no_show", "decline", Who.CLINIC, "declined"),
        ("accepted", "ask", Who.CLINIC, "info_needed"),
        ("info_needed", "reply", Who.SENDER, "delivered_opened"),
        ("accepted", "waitlist", Who.CLINIC, "waitlisted"),
        ("accepted", "schedule", Who.CLINIC, "scheduled"),
        ("appointment_cancelled", "schedule", Who.CLINIC, "scheduled"),
        ("no_show", "cancel_appointment", Who.CLINIC, "appointment_cancelled"),
        ("seen_interim", "record_visit", Who.CLINIC, "seen_interim"),
        ("cancel_requested", "complete", Who.CLINIC, "completed"),
        ("sent", "withdraw", Who.SENDER, "cancelled"),
        ("delivered_opened", "withdraw", Who.SENDER, "cancelled"),
        ("scheduled", "withdraw", Who.SENDER, "cancel_requested"),
        ("delivered_opened", "request_cancel", Who.SENDER, "cancel_requested"),
        ("cancel_requested", "confirm_cancel", Who.SYSTEM, "cancelled"),
        ("scheduled", "report_error", Who.SENDER, "error_reported"),
        ("error_reported", "enter_in_error", Who.MODERATOR, "entered_in_error"),
        ("error_reported", "count_as_withdrawn", Who.SYSTEM, "cancelled"),
        ("delivered_opened", "expire", Who.SYSTEM, "expired"),
        ("undeliverable", "expire", Who.SYSTEM, "expired"),
    ],
)
def test_the_steps_of_the_table_lead_where_it_says(source: str, verb: str, who: Who, target: str) -> None:
    row = lifecycle.find(source, verb)
    assert row is not None
    given = {name: BRINGS[name] for name in row.needs}
    assert take(task_in(source), verb, who, **given) == target


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_nothing_follows_a_closed_state(status: str) -> None:
    for verb in lifecycle.VERBS:
        with pytest.raises(Conflict, match="is closed"):
            take(task_in(status), verb, Who.CLINIC, **BRINGS)


def test_a_declined_request_cannot_be_accepted_and_is_told_so_in_words() -> None:
    task = sent()
    take(task, "decline", Who.CLINIC, reason="no_capacity")
    with pytest.raises(Conflict) as told:
        take(task, "accept", Who.CLINIC)
    assert told.value.message == "This request is closed (Declined). It cannot be accepted any more."
    assert (task.status, task.steps) == ("declined", 2)


def test_only_the_clinic_can_accept() -> None:
    task = sent()
    for who in (Who.SENDER, Who.MODERATOR, Who.SYSTEM):
        with pytest.raises(Forbidden):
            take(task, "accept", who)
    assert task.status == "sent"


@pytest.mark.parametrize(
    ("verb", "source", "brings", "words"),
    [
        ("decline", "sent", {}, "reason"),
        ("decline", "sent", {"reason": "because"}, "one of the reasons"),
        ("decline", "sent", {"reason": "transport"}, "one of the reasons"),
        ("decline", "sent", {"reason": "other"}, "few words"),
        ("ask", "sent", {}, "few words"),
        ("schedule", "accepted", {}, "appointment"),
        ("waitlist", "sent", {}, "week"),
        ("record_no_show", "scheduled", {"reason": "no_capacity"}, "one of the reasons"),
    ],
)
def test_a_step_without_what_it_must_bring_changes_nothing(
    verb: str, source: str, brings: dict[str, object], words: str
) -> None:
    task = task_in(source)
    with pytest.raises(Refused, match=words):
        take(task, verb, Who.CLINIC, **brings)
    assert (task.status, task.steps) == (source, 0)


def test_a_reason_is_given_only_on_its_days_and_by_those_whose_it_is() -> None:
    first = dt.datetime.combine(FIRST_DAY, dt.time(1), tzinfo=dt.UTC)
    early = first - dt.timedelta(days=1)
    task = task_in("sent", at=early)
    with pytest.raises(Refused, match="not in use today"):
        take(task, "decline", Who.CLINIC, at=early, reason="no_capacity")
    with pytest.raises(Refused, match="few words"):
        take(task_in("scheduled"), "cancel_appointment", Who.CLINIC, reason="other")
    with pytest.raises(Refused, match="one of the reasons"):
        take(task_in("cancel_requested"), "confirm_cancel", Who.CLINIC, reason="no_longer_required")
    assert (task.status, task.steps) == ("sent", 0)
    assert take(task, "decline", Who.CLINIC, at=first, reason="no_capacity") == "declined"


def test_every_step_is_told_as_a_change_with_its_number() -> None:
    task = task_in("draft")
    first = step(task, "send", by=Who.SENDER, actor="patient", at=NOON)
    second = step(task, "decline", by=Who.CLINIC, actor="link:1", at=NOON, reason="other", note=True)
    assert (first.number, first.from_status, first.to_status, first.by_role) == (1, "draft", "sent", "sender")
    assert (second.number, second.from_status, second.to_status, second.reason) == (2, "sent", "declined", "other")
    assert (task.steps, task.reason, task.answered_at, task.next_due_at) == (2, "other", NOON, None)


def test_opening_is_no_answer_and_does_not_move_the_deadlines() -> None:
    task = sent()
    before = task.next_due_at
    take(task, "open", Who.CLINIC, at=NOON + dt.timedelta(hours=5))
    assert (task.opened_at, task.answered_at) == (NOON + dt.timedelta(hours=5), None)
    assert task.next_due_at == before == dt.datetime(2026, 3, 12, 16, 0, tzinfo=dt.UTC)


def test_the_clinics_clock_stands_still_while_it_waits_for_the_sender() -> None:
    task = sent()
    take(task, "open", Who.CLINIC)
    ran(task, NOON + dt.timedelta(days=3))
    take(task, "ask", Who.CLINIC, at=NOON + dt.timedelta(days=3), note=True)
    assert task.returns_to == "delivered_opened"
    take(task, "reply", Who.SENDER, at=NOON + dt.timedelta(days=10))
    assert task.status == "delivered_opened"
    expiry = next(timer for timer in TIMERS if timer.verb == "expire" and "sent" in timer.states)
    assert lifecycle.due_at(expiry, task) == NOON + dt.timedelta(days=37)
    # The first reminder went out before the question; it does not go out again.
    assert [timer.after for timer in due(task, NOON + dt.timedelta(days=10))] == []


def test_a_reminder_to_the_sender_takes_none_of_the_clinics_reminders_away() -> None:
    task = sent()
    assert names(task, 2) == [("REMIND_CLINIC", 2)]
    take(task, "ask", Who.CLINIC, at=NOON + dt.timedelta(days=2), note=True)
    assert names(task, 8.9) == []
    assert names(task, 9) == [("REMIND_SENDER", 7)]
    take(task, "reply", Who.SENDER, at=NOON + dt.timedelta(days=10))
    assert names(task, 14) == []
    assert names(task, 15) == [("REMIND_CLINIC", 5), ("TELL_SENDER", 5)]


@pytest.mark.parametrize("days", [5, 10, 20, 27.9])
def test_nobody_speaks_of_the_clinics_silence_while_it_waits_for_the_sender(days: float) -> None:
    task = sent()
    take(task, "ask", Who.CLINIC, note=True)
    assert {name for name, _after in names(task, days)} <= {"REMIND_SENDER"}


def names(task: ReferralTask, days: float) -> list[tuple[str, int]]:
    now = NOON + dt.timedelta(days=days)
    found = [(timer.does.name, timer.after) for timer in due(task, now)]
    ran(task, now)
    return found


def test_a_clinic_is_reminded_the_sender_told_and_the_request_closed_in_time() -> None:
    task = sent()
    assert names(task, 1.9) == []
    assert names(task, 2) == [("REMIND_CLINIC", 2)]
    assert names(task, 2) == []
    assert names(task, 7) == [("REMIND_CLINIC", 5), ("TELL_SENDER", 5)]
    assert names(task, 14) == [("REMIND_CLINIC", 10)]
    assert names(task, 29.9) == []
    assert task.next_due_at == NOON + dt.timedelta(days=30)
    assert names(task, 30) == [("STEP", 30)]


def test_a_request_that_is_soon_is_closed_after_fourteen_days() -> None:
    task = sent(urgency="soon")
    assert ("STEP", 30) not in names(task, 13.9)
    assert ("STEP", 30) in names(task, 14)


def test_after_a_long_stop_only_the_last_reminder_goes_out() -> None:
    assert names(sent(), 20) == [("TELL_SENDER", 5), ("REMIND_CLINIC", 10)]


def test_a_new_appointment_starts_its_own_timers() -> None:
    task = task_in("scheduled")
    assert names(task, 9 + 30) == [("ASK_CLINIC", 2), ("TO_A_PERSON", 10)]
    later = NOON + dt.timedelta(days=60)
    take(task, "schedule", Who.CLINIC, at=NOON + dt.timedelta(days=40), appointment_at=later)
    assert task.next_due_at is not None
    assert task.next_due_at > later


def test_an_appointment_entered_after_the_day_still_ends() -> None:
    task = task_in("accepted")
    ran(task, NOON + dt.timedelta(days=15))
    take(task, "schedule", Who.CLINIC, at=NOON + dt.timedelta(days=20), appointment_at=NOON + dt.timedelta(days=1))
    assert [timer.does for timer in due(task, NOON + dt.timedelta(days=20))] == [Does.ASK_CLINIC, Does.TO_A_PERSON]


SILENCE = (
    ("sent", [("REMIND_CLINIC", 2), ("REMIND_CLINIC", 7), ("TELL_SENDER", 7), ("REMIND_CLINIC", 14), ("STEP", 30)]),
    ("delivered_opened", [
        *(("REMIND_CLINIC", days) for days in (2, 7)), ("TELL_SENDER", 7), ("REMIND_CLINIC", 14), ("STEP", 30),
    ]),
    ("held_for_sender_check", [("TO_A_PERSON", 1), ("STEP", 14)]),
    ("undeliverable", [("TO_A_PERSON", 1), ("STEP", 30)]),
    ("info_needed", [("REMIND_SENDER", 7), ("REMIND_SENDER", 14), ("STEP", 28)]),
    ("waitlisted", [*(("ASK_CLINIC", days) for days in (30, 60, 90)), ("TO_A_PERSON", 120)]),
    ("accepted", [("ASK_CLINIC", 14), ("TO_A_PERSON", 28)]),
    ("no_show", [("ASK_CLINIC", 14), ("TO_A_PERSON", 28)]),
    ("appointment_cancelled", [("ASK_CLINIC", 14), ("TO_A_PERSON", 28)]),
    ("scheduled", [("ASK_CLINIC", 9 + 4), ("TO_A_PERSON", 9 + 14)]),
    ("seen_interim", [("ASK_CLINIC", 60), ("ASK_CLINIC", 120), ("TO_A_PERSON", 180)]),
    ("cancel_requested", [("STEP", 7)]),
    ("error_reported", [("TO_A_PERSON", 1), ("STEP", 14)]),
)  # fmt: skip
"""State → what time does when everybody is silent, by day: the table of FEATURES 4.3. NOON is a Tuesday, and no federal
holiday is near: two working days are two days, and five are seven."""


@pytest.mark.parametrize(("status", "expected"), SILENCE)
def test_silence_in_each_state_is_answered_on_the_days_of_the_table(
    status: str, expected: list[tuple[str, int]]
) -> None:
    task = task_in(status)
    if status == "scheduled":
        task.appointment_at = NOON + dt.timedelta(days=9)  # a Thursday
    happened = []
    for days in range(200):
        now = NOON + dt.timedelta(days=days, hours=13)
        happened += [(timer.does.name, days) for timer in due(task, now)]
        ran(task, now)
    assert happened == expected
    assert task.next_due_at is None


@pytest.mark.parametrize("status", sorted(OPEN))
def test_every_open_state_has_a_timer_that_ends_it(status: str) -> None:
    ends = [timer for timer in TIMERS if status in timer.states and timer.ends]
    assert ends != []
    assert next_due(task_in(status)) is not None
    for timer in ends:
        if timer.does is Does.STEP:
            row = lifecycle.find(status, timer.verb)
            assert row is not None
            assert row.target in TERMINAL
            assert Who.SYSTEM in row.who


def test_every_state_is_reached_by_a_step_and_no_row_is_said_twice() -> None:
    assert {row.target for row in TRANSITIONS} - {lifecycle.BACK} == set(REFERRAL_STATUSES.codes) - {"draft"}
    pairs = [(source, row.verb) for row in TRANSITIONS for source in row.sources]
    assert len(pairs) == len(set(pairs))


def test_the_clinic_reads_nothing_once_a_request_is_closed_or_withdrawn() -> None:
    closed_to_the_clinic = {"declined", "cancelled", *lifecycle.WITHDRAWN, "expired", "entered_in_error"}
    not_yet = {"draft", "held_for_sender_check", "undeliverable"}
    assert set(REFERRAL_STATUSES.codes) - lifecycle.CLINIC_MAY_READ == closed_to_the_clinic | not_yet


def test_the_printed_states_name_every_state_step_and_timer() -> None:
    text = states_markdown()
    for code in REFERRAL_STATUSES.codes:
        assert f"`{code}`" in text
    for verb in lifecycle.VERBS:
        assert f"**{verb}**" in text
    assert text.count("\n| ") == 3 * 2 + len(REFERRAL_STATUSES) + len(TRANSITIONS) + len(TIMERS)
    assert text.endswith("|\n")
