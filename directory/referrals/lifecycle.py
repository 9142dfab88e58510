"""The states of a request asked of one clinic: which step leads where, who may take it, and what it must bring.

`step` is the only thing that sets a task's status. docs/states.md is printed from these tables.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from directory.lib.errors import Conflict, Forbidden, Refused
from directory.referrals.models import ReferralTask, StatusChange, Urgency, Who
from directory.referrals.workdays import workdays_after
from directory.terminology.code_list import CodeList
from directory.terminology.decline_reasons import APPOINTMENT_REASONS, CANCEL_REASONS, DECLINE_REASONS, NO_SHOW_REASONS
from directory.terminology.referral_status import OPEN, REFERRAL_STATUSES, TERMINAL
from directory.wording.say import _

BACK = "(where it came from)"
"""The target of a step that leads back to the state the task was in before a question was asked."""

WAITING = ("sent", "delivered_opened")
AGREED = ("accepted", "scheduled", "no_show", "appointment_cancelled", "seen_interim")
CLINIC_MAY_READ = frozenset({*WAITING, "info_needed", "waitlisted", *AGREED, "completed"})
"""States in which the clinic may open the content; in every other its access has ended or not begun."""
WITHDRAWN = frozenset({"cancel_requested", "error_reported"})
"""States in which the sender has taken it back, and somebody else has yet to write that down."""
CLINIC_MAY_ENTER = CLINIC_MAY_READ | {"undeliverable", "cancel_requested"}
"""States in which the clinic finds something to do: of a request that was withdrawn, the appointment's bookkeeping."""

REASONS: dict[str, CodeList[Any]] = {
    "declined": DECLINE_REASONS,
    "no_show": NO_SHOW_REASONS,
    "appointment_cancelled": APPOINTMENT_REASONS,
}
"""Which codes a step into a state may give; a step into any other state takes those of CANCEL_REASONS."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: `who` may take `verb` from any of `sources` to `target` when it brings what it `needs`.

    `needs` names arguments of `step`. `bser` are the transition numbers of the BSeR guide. `effect` is for readers.
    """

    verb: str
    done: str
    sources: tuple[str, ...]
    target: str
    who: tuple[Who, ...]
    needs: tuple[str, ...] = ()
    bser: str = ""
    effect: str = ""


_HELD = "held_for_sender_check"
_ANY_OPEN = tuple(row.code for row in REFERRAL_STATUSES if row.code in OPEN - {"draft", "error_reported"})
S, P, C, M, T = Who.SENDER, Who.PATIENT, Who.CLINIC, Who.MODERATOR, Who.SYSTEM

TRANSITIONS: tuple[Transition, ...] = (
    Transition("send", _("sent"), ("draft",), "sent", (S, T), bser="TID01",
        effect="Consent and answers are there; the clinic takes requests on a proved channel. The service asks the next"
        " ranked clinic under the same consent."),
    Transition("hold", _("held"), ("draft",), _HELD, (T,), effect="The sender is not vetted."),
    Transition("release", _("released"), (_HELD,), "sent", (M,), ("note",)),
    Transition("refuse_sender", _("refused"), (_HELD,), "cancelled", (M, T), ("note",), effect="The sender is told."),
    Transition("open", _("opened"), ("sent",), "delivered_opened", (C,), effect="Stamps the opening. It is no answer."),
    Transition("fail_delivery", _("marked as not delivered"), ("sent",), "undeliverable", (T,),
        effect="A bounce, or no channel: a person looks into it; the sender reads just that."),
    Transition("redeliver", _("sent again"), ("undeliverable",), "sent", (M, T), effect="A channel has been proved."),
    Transition("accept", _("accepted"), (*WAITING, "waitlisted"), "accepted", (C,), bser="TID02"),
    Transition("decline", _("declined"), (*WAITING, "waitlisted", "accepted", "scheduled", "no_show", "seen_interim"),
        "declined", (C,), ("reason",), "TID03, 05, 10, 17, 25", "The clinic's access ends."),
    Transition("accept_by_phone", _("marked as accepted"), (*WAITING, "undeliverable", "waitlisted"), "accepted",
        (C, S, P), ("note",), effect="The clinic said yes by phone; either side logs who said so, and when."),
    Transition("decline_by_phone", _("marked as declined"), (*WAITING, "undeliverable", "waitlisted"), "declined",
        (C, S, P), ("reason", "note"), effect="The clinic said no by phone; either side logs who said so, and when."),
    Transition("give_up", _("given up"), ("undeliverable",), "expired", (M, T),
        effect="There is no way to this clinic; the next ranked one is asked if the sender allowed it."),
    Transition("ask", _("questioned"), (*WAITING, "accepted"), "info_needed", (C,), ("note",),
        effect="The clock stops."),
    Transition("reply", _("replied to"), ("info_needed",), BACK, (S, P, C),
        effect="The clock goes on. The patient answers what was put to the patient."),
    Transition("waitlist", _("put on the waiting list"), (*WAITING, "accepted", "waitlisted"), "waitlisted", (C,),
        ("expected_on",), effect="The patient is told the week; said anew whenever the clinic is asked again."),
    Transition("schedule", _("scheduled"), AGREED, "scheduled", (C,), ("appointment_at",), "TID06, 11, 15, 18, 21"),
    Transition("record_no_show", _("marked as missed"), ("scheduled",), "no_show", (C,), ("reason",), "TID12"),
    Transition("cancel_appointment", _("changed"), ("scheduled", "no_show"), "appointment_cancelled", (C,),
        ("reason",), "TID13, 19"),
    Transition("record_visit", _("marked as seen"), ("accepted", "scheduled", "seen_interim"), "seen_interim", (C,),
        ("note",), "TID08, 15, 26, 29"),
    Transition("complete", _("completed"), ("accepted", "scheduled", "seen_interim", "cancel_requested"), "completed",
        (C,), ("note",), "TID09, 16, 24, 30", "The outcome goes back to the sender."),
    Transition("withdraw", _("withdrawn"), (_HELD, *WAITING, "undeliverable", "info_needed", "waitlisted"), "cancelled",
        (S, P), effect="The clinic's access ends at once."),
    Transition("withdraw", _("withdrawn"), AGREED, "cancel_requested", (S, P), (), "TID07, 14, 20, 22, 28",
        "The clinic's access ends at once; what is left is the bookkeeping of an appointment."),
    Transition("request_cancel", _("withdrawn"), WAITING, "cancel_requested", (S,), bser="TID04",
        effect="For systems that speak BSeR. On our own pages a request without an answer is withdrawn at once."),
    Transition("confirm_cancel", _("cancelled"), ("cancel_requested",), "cancelled", (C, T), (), "TID23"),
    Transition("expire", _("closed"), (*WAITING, "undeliverable", "info_needed"), "expired", (T,),
        effect="Everybody is told; the clinic's access ends."),
    Transition("report_error", _("marked as sent by mistake"), _ANY_OPEN, "error_reported", (S,),
        effect="Wrong patient: the clinic's access ends at once, and a person of ours looks at it."),
    Transition("enter_in_error", _("confirmed as a mistake"), ("error_reported",), "entered_in_error", (M,),
        effect="The sender and a person of ours say so: two sides, never one."),
    Transition("count_as_withdrawn", _("closed as withdrawn"), ("error_reported",), "cancelled", (M, T), ("note",),
        effect="It was no mistake, or nobody said so in time. The sender is told."),
)  # fmt: skip


class Does(StrEnum):
    """What a timer does. The last three end a state: nothing waits for ever."""

    REMIND_CLINIC = "reminds the clinic, with a new link"
    ASK_CLINIC = "asks the clinic how it stands"
    TELL_SENDER = "tells the sender that there is no answer yet, with other clinics to ask"
    REMIND_SENDER = "reminds the sender of the clinic's question"
    TO_A_PERSON = "puts it on the list of a person of ours"
    STEP = "takes the step"
    DELETE = "deletes it"


class Unit(StrEnum):
    """How a timer's time is counted; working days are those of `workdays`, in the clinic's zone."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"


class Since(StrEnum):
    """What a timer counts from."""

    STATUS = "it came into this state"
    ASKED = "the clinic was asked"
    APPOINTMENT = "the appointment"


@dataclass(frozen=True, slots=True)
class Timer:
    """`after` `unit`s `since` something, time does this to a task in any of `states`; `soon` counts for urgency soon.

    `verb` is the step that STEP takes.
    """

    states: tuple[str, ...]
    does: Does
    after: int
    unit: Unit = Unit.DAYS
    since: Since = Since.STATUS
    soon: int | None = None
    verb: str = ""

    @property
    def ends(self) -> bool:
        """Whether the state cannot last longer without a person of ours knowing."""
        return self.does in {Does.TO_A_PERSON, Does.STEP, Does.DELETE}


_UNSEEN = ("accepted", "no_show", "appointment_cancelled")
_WORK = Unit.WORKING_DAYS

TIMERS: tuple[Timer, ...] = (
    Timer(("draft",), Does.DELETE, 24, Unit.HOURS),
    Timer((_HELD,), Does.TO_A_PERSON, 1, _WORK),
    Timer((_HELD,), Does.STEP, 14, verb="refuse_sender"),
    Timer(WAITING, Does.REMIND_CLINIC, 2, _WORK, Since.ASKED),
    Timer(WAITING, Does.REMIND_CLINIC, 5, _WORK, Since.ASKED),
    Timer(WAITING, Does.TELL_SENDER, 5, _WORK, Since.ASKED),
    Timer(WAITING, Does.REMIND_CLINIC, 10, _WORK, Since.ASKED),
    Timer(WAITING, Does.STEP, 30, since=Since.ASKED, soon=14, verb="expire"),
    Timer(("undeliverable",), Does.TO_A_PERSON, 1, _WORK),
    Timer(("undeliverable",), Does.STEP, 30, verb="expire"),
    Timer(("info_needed",), Does.REMIND_SENDER, 7),
    Timer(("info_needed",), Does.REMIND_SENDER, 14),
    Timer(("info_needed",), Does.STEP, 28, verb="expire"),
    Timer(("waitlisted",), Does.ASK_CLINIC, 30),
    Timer(("waitlisted",), Does.ASK_CLINIC, 60),
    Timer(("waitlisted",), Does.ASK_CLINIC, 90),
    Timer(("waitlisted",), Does.TO_A_PERSON, 120),
    Timer(_UNSEEN, Does.ASK_CLINIC, 10, _WORK),
    Timer(_UNSEEN, Does.TO_A_PERSON, 20, _WORK),
    Timer(("scheduled",), Does.ASK_CLINIC, 2, _WORK, Since.APPOINTMENT),
    Timer(("scheduled",), Does.TO_A_PERSON, 10, _WORK, Since.APPOINTMENT),
    Timer(("seen_interim",), Does.ASK_CLINIC, 60),
    Timer(("seen_interim",), Does.ASK_CLINIC, 120),
    Timer(("seen_interim",), Does.TO_A_PERSON, 180),
    Timer(("cancel_requested",), Does.STEP, 5, _WORK, verb="confirm_cancel"),
    Timer(("error_reported",), Does.TO_A_PERSON, 1, _WORK),
    Timer(("error_reported",), Does.STEP, 14, verb="count_as_withdrawn"),
)

VERBS: tuple[str, ...] = tuple(dict.fromkeys(row.verb for row in TRANSITIONS))


def find(status: str, verb: str) -> Transition | None:
    """The row for `verb` from `status`, or None. ValueError for a verb that is in no row."""
    if verb not in VERBS:
        raise ValueError(f"{verb!r} is no verb of a request")
    return next((row for row in TRANSITIONS if row.verb == verb and status in row.sources), None)


def possible(status: str, who: Who) -> list[str]:
    """The verbs `who` may use on a request in `status`, in the order of the table."""
    return [row.verb for row in TRANSITIONS if status in row.sources and who in row.who]


def step(
    task: ReferralTask,
    verb: str,
    *,
    by: Who,
    actor: str,
    at: dt.datetime,
    reason: str | None = None,
    note: bool = False,
    appointment_at: dt.datetime | None = None,
    expected_on: dt.date | None = None,
) -> StatusChange:
    """Take one step: sets the task's status, deadlines and stamps, and returns the StatusChange for the caller to add.

    `note` says that words come with it (they are sealed elsewhere). Raises Conflict when the state does not allow the
    verb, Forbidden when `by` may not use it, Refused when something it must bring is missing. Nothing is changed then.
    """
    row = find(task.status, verb)
    if row is None:
        raise Conflict(why_not(task.status, verb))
    if by not in row.who:
        raise Forbidden(_("You may not do that with this request."))
    _must_bring(row, by, at.date(), reason=reason, note=note, appointment_at=appointment_at, expected_on=expected_on)
    before, target = task.status, task.returns_to if row.target == BACK else row.target
    assert target is not None, "a CHECK keeps the way back with every question"
    if before == "info_needed":
        _let_the_clock_go_on(task, at)
    task.returns_to = before if target == "info_needed" else None
    task.status, task.status_at, task.steps = target, at, task.steps + 1
    if verb in {"send", "hold", "release", "redeliver"}:
        task.waiting_from_at = at
    if verb == "open":
        task.opened_at = at
    if task.answered_at is None and REFERRAL_STATUSES[target].answered:
        task.answered_at = at
    task.reason = reason
    task.appointment_at = appointment_at or task.appointment_at
    task.expected_on = expected_on or task.expected_on
    task.for_person_at = task.for_person_why = None
    task.next_due_at, task.answer_due_at = next_due(task), answer_due(task)
    return StatusChange(
        task_id=task.id,
        number=task.steps,
        verb=verb,
        from_status=before,
        to_status=target,
        by_role=by.value,
        by_actor=actor,
        reason=reason,
        at=at,
    )


def due_at(timer: Timer, task: ReferralTask) -> dt.datetime:
    """When `timer` is due for `task`, in UTC."""
    starts = {
        Since.STATUS: task.status_at,
        Since.ASKED: task.waiting_from_at,
        Since.APPOINTMENT: task.appointment_at,
    }[timer.since]
    assert starts is not None, "CHECKs keep what a timer of this state counts from"
    after = timer.soon if timer.soon is not None and task.urgency == Urgency.SOON else timer.after
    if timer.unit is Unit.WORKING_DAYS:
        return workdays_after(starts, after, task.time_zone)
    return starts + (dt.timedelta(hours=after) if timer.unit is Unit.HOURS else dt.timedelta(days=after))


def next_due(task: ReferralTask) -> dt.datetime | None:
    """When time itself does something next to `task`; None when nothing is left to do."""
    return min((at for at, _timer in _pending(task)), default=None)


def answer_due(task: ReferralTask) -> dt.datetime | None:
    """When the clinic is late: at the first reminder of its state. None when nothing is expected of it."""
    asks = {Does.REMIND_CLINIC, Does.ASK_CLINIC}
    asked = (row for row in TIMERS if task.status in row.states and (row.does in asks or row.verb == "confirm_cancel"))
    return min((due_at(timer, task) for timer in asked), default=None)


def due(task: ReferralTask, now: dt.datetime) -> list[Timer]:
    """What time does to `task` at `now`, in order. Of several reminders that were missed, only the last."""
    ready = sorted(((at, TIMERS.index(timer)) for at, timer in _pending(task) if at <= now))
    kept: dict[Does, Timer] = {}
    for _at, place in ready:
        timer = TIMERS[place]
        kept.pop(timer.does, None)
        kept[timer.does] = timer
    return list(kept.values())


def ran(task: ReferralTask, now: dt.datetime) -> None:
    """Note that everything due at `now` has been done."""
    task.timers_run_to_at = now
    task.next_due_at = next_due(task)


def _pending(task: ReferralTask) -> list[tuple[dt.datetime, Timer]]:
    """The timers of the task's state that have not run, each with its time."""
    done_to = task.timers_run_to_at
    found = []
    for timer in TIMERS:
        if task.status not in timer.states:
            continue
        at = due_at(timer, task)
        # What ran before the task came into this state says nothing of this state's own timers.
        ran_here = done_to is not None and (timer.since is Since.ASKED or done_to >= task.status_at)
        if not (ran_here and done_to is not None and at <= done_to):
            found.append((at, timer))
    return found


def _let_the_clock_go_on(task: ReferralTask, at: dt.datetime) -> None:
    pause = at - task.status_at
    if task.waiting_from_at is not None:
        task.waiting_from_at += pause
    if task.timers_run_to_at is not None:
        # The sender's reminders have run since; of the clinic's, none after the question.
        task.timers_run_to_at = min(task.timers_run_to_at, task.status_at) + pause


def _must_bring(row: Transition, by: Who, on: dt.date, *, reason: str | None, note: bool, **given: object) -> None:
    if "reason" in row.needs and not reason:
        raise Refused(_("Choose a reason."))
    codes = REASONS.get(row.target, CANCEL_REASONS)
    if reason is not None and reason not in codes:
        raise Refused(_("Choose one of the reasons."))
    given_as = codes[reason] if reason is not None else None
    if given_as is not None and by is not Who.SYSTEM:  # what time closes is closed, whatever the lists say by then
        if by.value not in given_as.who:
            raise Refused(_("Choose one of the reasons."))
        if not given_as.is_in_force(on):
            raise Refused(_("This reason is not in use today. Choose another one."))
    needs_words = "note" in row.needs or (given_as is not None and given_as.needs_comment)
    if needs_words and not note and by is not Who.SYSTEM:
        raise Refused(_("Write a few words."))
    if "appointment_at" in row.needs and given["appointment_at"] is None:
        raise Refused(_("Say when the appointment is."))
    if "expected_on" in row.needs and given["expected_on"] is None:
        raise Refused(_("Say which week you expect."))


def why_not(status: str, verb: str) -> str:
    """Why a verb cannot be used in a state, in words."""
    row = next(row for row in TRANSITIONS if row.verb == verb)
    state = _(REFERRAL_STATUSES[status].label)
    if status in TERMINAL:
        words = _("This request is closed ({state}). It cannot be {done} any more.")
    else:
        words = _("This request stands at “{state}”. It cannot be {done} now.")
    return words.format(state=state, done=row.done)
