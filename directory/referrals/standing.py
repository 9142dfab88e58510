"""How a request stands, in the words of its sender or patient: what happened when, what comes next, by when. Pure.

A patient reads a decline's plain group, never its code; nothing here says what the request is about.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from directory.referrals.lifecycle import REASONS, TIMERS, WAITING, WITHDRAWN, Does, due_at
from directory.referrals.models import ReferralTask, Source, StatusChange, Who
from directory.terminology.decline_reasons import DECLINE_REASONS
from directory.terminology.referral_status import REFERRAL_STATUSES
from directory.wording import say
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line of what happened, for the timeline component. `state` is done, now or ahead."""

    title: str
    at: dt.datetime | None
    detail: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The request as its reader reads it. `following` are sentences on what comes next; `others` says that it helps to
    look at other clinics now; `phone_now` that phoning the clinic is the quickest way on."""

    label: str
    colour: str
    sentence: str
    following: tuple[str, ...]
    happened: tuple[Happened, ...]
    is_open: bool
    may_withdraw: bool
    others: bool
    phone_now: bool


def standing(
    task: ReferralTask,
    history: Sequence[StatusChange],
    *,
    source: str,
    now: dt.datetime,
    on_its_way: bool = False,
    reader: Who = Who.SENDER,
    to_patient: bool = False,
) -> Standing:
    """How the request stands at `now`. `on_its_way`: the clinic's mail server has not taken the mail over yet.

    `reader` is the sender, or the patient of a clinician who sent it; `to_patient`: the clinic asked the patient.
    """
    row = REFERRAL_STATUSES[task.status]
    by_clinician = source == Source.CLINICIAN and reader is Who.SENDER
    sentence = row.clinician if by_clinician else row.patient
    if reader is Who.PATIENT:
        sentence = _for_patient(task, history, to_patient=to_patient) or sentence
    if task.status == "sent" and on_its_way:
        sentence = _("We are delivering your request to the clinic. It has not reached its mailbox yet.")
    if task.status == "expired" and history and history[-1].from_status == "info_needed":
        sentence = _("The clinic had a question, and no answer came to it. The request is closed.")
    if task.status == "cancelled" and history and history[-1].verb == "refuse_sender":
        sentence = _("We could not check who sent this request. The clinic did not get it and saw nothing of it.")
    told = _tell_sender_at(task)
    silent = told is not None and told <= now
    return Standing(
        label=_("On its way") if task.status == "sent" and on_its_way else row.label,
        colour=row.colour,
        sentence=sentence,
        following=tuple(_following(task, now, by_clinician=by_clinician, reader=reader, to_patient=to_patient)),
        happened=tuple(_happened(task, history, by_clinician=by_clinician, reader=reader)),
        is_open=not row.terminal,
        may_withdraw=not row.terminal and task.status not in WITHDRAWN,
        others=task.status in {"declined", "expired", "undeliverable"} or silent,
        phone_now=task.status in {"undeliverable", "expired"} or silent,
    )


def _for_patient(task: ReferralTask, history: Sequence[StatusChange], *, to_patient: bool) -> str:
    """What only the patient of a clinician's referral reads; empty where it is what any patient reads."""
    if task.status == "info_needed" and not to_patient:
        return _("The clinic asked the clinician who referred you a question before it can answer.")
    by_patient = bool(history) and history[-1].by_role == Who.PATIENT
    if task.status == "error_reported" or (task.status == "cancel_requested" and not by_patient):
        return _("This request was withdrawn. The clinic can no longer read it.")
    return ""


def _following(task: ReferralTask, now: dt.datetime, *, by_clinician: bool, reader: Who, to_patient: bool) -> list[str]:
    if task.status in WAITING:
        return _while_waiting(task, now)
    if task.status == "info_needed" and (reader is Who.PATIENT) != to_patient:
        return _while_the_other_is_asked(task, to_patient=to_patient)
    if task.status == "accepted":
        day = _day(task, min(due_at(timer, task) for timer in TIMERS if task.status in timer.states))
        words = _("The clinic contacts the patient") if by_clinician else _("The clinic contacts you")
        return [_("{words}. If nothing has come by {day}, phone the clinic.").format(words=words, day=day)]
    if task.status == "declined":
        reason = DECLINE_REASONS[task.reason or "other"]
        return [reason.label, reason.plain.next_step] if by_clinician else [reason.plain.label, reason.plain.next_step]
    if task.status in _ENDS_IN_WORDS:
        return _until(task) if reader is Who.SENDER or task.status != "error_reported" else []
    told = {
        "undeliverable": _("You need not wait for us: you can phone the clinic, or ask another one."),
        "expired": _("You can phone the clinic, send a new request, or ask another clinic."),
        "cancel_requested": _("If you have an appointment, please tell the clinic by phone as well."),
        "completed": _("Nothing is left to do here. The clinic’s last note stands below.")
        if reader is Who.SENDER
        else _("Nothing is left to do here. The clinic’s last note went to the clinician who referred you."),
    }
    return [told[task.status]] if task.status in told else []


def _while_the_other_is_asked(task: ReferralTask, *, to_patient: bool) -> list[str]:
    ends = next(due_at(t, task) for t in TIMERS if task.status in t.states and t.does is Does.STEP)
    words = _("Without an answer the request ends on {day}.").format(day=_day(task, ends))
    return [_("The question was put to the patient. You can answer it as well."), words] if to_patient else [words]


_ENDS_IN_WORDS = {
    "held_for_sender_check": (
        (Does.TO_A_PERSON, _("A person of ours looks at it by {day}; until then the clinic gets and sees nothing.")),
        (Does.STEP, _("If the sender cannot be checked by {day}, the request is closed and you are told why.")),
    ),
    "info_needed": (
        (Does.STEP, _("The clinic waits for your answer. Without one the request ends on {day}.")),
        (Does.REMIND_SENDER, _("We remind you on {day}.")),
    ),
    "error_reported": (
        (Does.TO_A_PERSON, _("A person of ours looks at it by {day}, and may phone you about it.")),
        (Does.STEP, _("If nothing has been decided by {day}, it counts as withdrawn.")),
    ),
    "waitlisted": ((Does.ASK_CLINIC, _("We ask the clinic on {day} whether the week still stands.")),),
    "scheduled": ((Does.ASK_CLINIC, _("After the appointment the clinic tells how it went; we ask it on {day}.")),),
    "no_show": ((Does.ASK_CLINIC, _("You can phone the clinic for another appointment. We ask it on {day}.")),),
    "appointment_cancelled": (
        (Does.ASK_CLINIC, _("You can phone the clinic for another appointment. We ask it on {day}.")),
    ),
    "seen_interim": ((Does.ASK_CLINIC, _("Treatment goes on. We ask the clinic on {day} how it stands.")),),
}
"""State → what time does next, each with its sentence."""


def _until(task: ReferralTask) -> list[str]:
    """What comes next and by when, from the timers of the state that have not run yet."""
    found, done_to = [], task.timers_run_to_at
    for does, words in _ENDS_IN_WORDS[task.status]:
        coming = [due_at(t, task) for t in TIMERS if task.status in t.states and t.does is does]
        left = [at for at in coming if done_to is None or done_to < task.status_at or at > done_to]
        if left:
            found.append(words.format(day=_day(task, min(left))))
    return found


def _while_waiting(task: ReferralTask, now: dt.datetime) -> list[str]:
    reminders = [due_at(t, task) for t in TIMERS if task.status in t.states and t.does is Does.REMIND_CLINIC]
    coming = [at for at in sorted(reminders) if at > now]
    told = _tell_sender_at(task)
    ends = max(due_at(t, task) for t in TIMERS if task.status in t.states and t.does is Does.STEP)
    found = []
    if coming:
        found.append(_("If the clinic has not answered by {day}, we remind it.").format(day=_day(task, coming[0])))
    if told is not None and told > now:
        words = _("If there is still no answer on {day}, we tell you so and name other clinics.")
        found.append(words.format(day=_day(task, told)))
    elif told is not None:
        found.append(_("The clinic has been silent for a while. You can phone it, or ask another clinic as well."))
    found.append(_("Without an answer the request ends on {day}.").format(day=_day(task, ends)))
    return found


def _tell_sender_at(task: ReferralTask) -> dt.datetime | None:
    if task.status not in WAITING:
        return None
    return next(due_at(t, task) for t in TIMERS if task.status in t.states and t.does is Does.TELL_SENDER)


def _happened(
    task: ReferralTask, history: Sequence[StatusChange], *, by_clinician: bool, reader: Who
) -> list[Happened]:
    found = []
    for change in history:
        last = change.number == len(history)
        title = _title(change, by_clinician=by_clinician, reader=reader)
        detail = _reason(change) if by_clinician else ""
        found.append(Happened(title=title, at=change.at, detail=detail, state="now" if last else "done"))
    if task.status in WAITING:
        found.append(Happened(title=_("The clinic answers"), at=None, detail="", state="ahead"))
    return found


def _reason(change: StatusChange) -> str:
    """Why an appointment was missed or cancelled, for the clinician who sent; a patient knows, or is told in words."""
    if change.to_status not in {"no_show", "appointment_cancelled"} or change.reason is None:
        return ""
    return _(REASONS[change.to_status].label(change.reason))


def _title(change: StatusChange, *, by_clinician: bool, reader: Who) -> str:
    other = _title_of_the_other(change, reader)
    if other:
        return other
    told = {
        "send": _("You sent the request"),
        "open": _("The clinic opened it"),
        "accept": _("The clinic said yes"),
        "decline": _("The clinic said no"),
        "ask": _("The clinic asked a question"),
        "reply": _("The question was answered"),
        "fail_delivery": _("We could not deliver it"),
        "redeliver": _("It was delivered after all"),
        "withdraw": _("You withdrew it"),
        "confirm_cancel": _("It is closed"),
        "expire": _("It was closed without an answer"),
        "hold": _("You sent the request; the sender is checked first"),
        "refuse_sender": _("The sender could not be checked; it was closed"),
        "release": _("The sender was checked; the clinic was asked"),
        "accept_by_phone": _("The clinic said yes by phone"),
        "decline_by_phone": _("The clinic said no by phone"),
        "waitlist": _("The clinic put it on its waiting list"),
        "schedule": _("An appointment was made"),
        "record_no_show": _("The appointment was missed"),
        "cancel_appointment": _("The appointment was cancelled"),
        "record_visit": _("The clinic wrote a note after a visit"),
        "complete": _("The clinic wrote its last note"),
        "report_error": _("You marked it as sent by mistake"),
        "enter_in_error": _("A person of ours confirmed that it was a mistake"),
        "count_as_withdrawn": _("It was closed as withdrawn"),
    }
    if change.verb == "send" and change.by_role == Who.SYSTEM:
        return _("The next clinic on your list was asked")
    row = REFERRAL_STATUSES[change.to_status]
    return told.get(change.verb) or (row.clinician if by_clinician else row.patient)


def _title_of_the_other(change: StatusChange, reader: Who) -> str:
    """A step that sender or patient read otherwise than whoever took it; empty where both read the same."""
    if reader is Who.SENDER:
        told = {
            "withdraw": _("The patient withdrew it"),
            "reply": _("The patient answered the question"),
            "accept_by_phone": _("The patient heard by phone that the clinic said yes"),
            "decline_by_phone": _("The patient heard by phone that the clinic said no"),
        }
        return told.get(change.verb, "") if change.by_role == Who.PATIENT else ""
    if change.by_role == Who.PATIENT:
        return ""
    told = {
        "send": _("A request was sent for you"),
        "hold": _("A request was written for you; its sender was checked first"),
        "release": _("A request was sent for you"),
        "ask": _("The clinic asked a question"),
        "withdraw": _("The clinician who referred you withdrew it"),
        "report_error": _("The clinician who referred you says that it was sent by mistake"),
        "enter_in_error": _("It was a mistake, and is closed"),
    }
    if change.verb == "send" and change.by_role == Who.SYSTEM:
        return _("The next clinic on the list was asked")
    return told.get(change.verb, "")


def _day(task: ReferralTask, at: dt.datetime) -> str:
    local = at.astimezone(ZoneInfo(task.time_zone)).date()
    return f"{say.weekday(local.weekday())}, {say.day(local)}"
