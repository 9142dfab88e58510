"""A request on the clinic's page: what decides, what may be done, what was written, what came back, what happened."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from directory.listings.records import ClinicRecord
from directory.referrals import lifecycle, notes, outcomes, own_number, queries
from directory.referrals.models import NoteKind, ReferralTask, StatusChange, Who
from directory.referrals.notes import Written
from directory.referrals.opened import OpenedRequest, request_for_clinic
from directory.referrals.outcomes import Returned
from directory.referrals.standing import Happened
from directory.terminology.decline_reasons import CANCEL_REASONS
from directory.terminology.referral_status import REFERRAL_STATUSES, TERMINAL, ReferralStatus
from directory.wording import say
from directory.wording.say import _

THREAD = (NoteKind.WORDS, NoteKind.QUESTION, NoteKind.TO_PATIENT, NoteKind.REPLY)
OWN = (NoteKind.INTERNAL, NoteKind.COMMENT, NoteKind.PHONE)

_TITLES = {
    "send": _("It was sent to you"),
    "release": _("It was sent to you"),
    "open": _("You opened it"),
    "fail_delivery": _("Our mail did not reach you"),
    "redeliver": _("It reached you after all"),
    "accept": _("You accepted"),
    "accept_by_phone": _("Accepted by phone"),
    "decline": _("You declined"),
    "decline_by_phone": _("Declined by phone"),
    "ask": _("You asked a question"),
    "reply": _("The question was answered"),
    "waitlist": _("You put it on the waiting list"),
    "schedule": _("You made an appointment"),
    "record_no_show": _("Nobody came"),
    "cancel_appointment": _("The appointment was cancelled"),
    "record_visit": _("You wrote a note after a visit"),
    "complete": _("You wrote the outcome"),
    "withdraw": _("The sender withdrew it"),
    "request_cancel": _("The sender withdrew it"),
    "confirm_cancel": _("It is closed"),
    "expire": _("It was closed without an answer"),
    "give_up": _("It was closed: we could not reach you"),
    "report_error": _("The sender took it back: it had been sent by mistake"),
    "enter_in_error": _("It had been sent by mistake"),
    "count_as_withdrawn": _("It is closed"),
}
_WRITERS = {
    NoteKind.WORDS: _("You wrote to the sender"),
    NoteKind.QUESTION: _("You asked"),
    NoteKind.TO_PATIENT: _("You asked the patient"),
    NoteKind.INTERNAL: _("Note"),
    NoteKind.COMMENT: _("Private comment"),
    NoteKind.PHONE: _("By phone"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One text of the exchange, or of the clinic's own notes. `who` heads it."""

    who: str
    text: str = field(repr=False)
    at: dt.datetime
    theirs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicView:
    """Everything that the page of a request shows. `opened` is None where the clinic may not read (any more)."""

    reference: str
    status: ReferralStatus
    version: int
    time_zone: str
    is_open: bool
    due_at: dt.datetime | None
    late: bool
    appointment_at: dt.datetime | None
    expected_on: dt.date | None
    may: frozenset[str]
    opened: OpenedRequest | None
    own_number: str = field(repr=False)
    thread: tuple[Letter, ...]
    own: tuple[Letter, ...]
    returned: tuple[Returned, ...]
    happened: tuple[Happened, ...]


def view_of(db: Session, task: ReferralTask, clinic: ClinicRecord, *, now: dt.datetime) -> ClinicView:
    """The request for this clinic's people. The caller has judged that they may see it, and has recorded the look."""
    referral = queries.get_referral(db, task.referral_id)
    # Of a completed request nothing is left once its sender, or time, had it deleted.
    readable = task.status in lifecycle.CLINIC_MAY_READ and referral.purged_at is None
    written = [each for each in notes.find(db, task.id) if each.by is not Who.MODERATOR] if readable else []
    return ClinicView(
        reference=referral.reference,
        status=REFERRAL_STATUSES[task.status],
        version=task.steps,
        time_zone=clinic.time_zone,
        is_open=task.status not in TERMINAL | {"error_reported"},
        due_at=task.answer_due_at,
        late=task.answer_due_at is not None and task.answer_due_at < now,
        appointment_at=task.appointment_at if task.status in lifecycle.AGREED else None,
        expected_on=task.expected_on if task.status == "waitlisted" else None,
        may=frozenset(lifecycle.possible(task.status, Who.CLINIC)),
        opened=request_for_clinic(db, task, clinic) if readable else None,
        own_number=own_number.find(db, task) if readable else "",
        thread=tuple(_letter(each) for each in written if each.kind in THREAD),
        own=tuple(_letter(each) for each in written if each.kind in OWN),
        returned=tuple(outcomes.find(db, task.id)) if readable else (),
        happened=tuple(steps_in_words(queries.find_history(db, task.id))),
    )


def steps_in_words(history: Sequence[StatusChange]) -> list[Happened]:
    """The steps as the clinic reads them, first to last."""
    return [
        Happened(
            title=_title(change) or REFERRAL_STATUSES[change.to_status].clinic,
            at=change.at,
            detail=_reason(change),
            state="now" if change is history[-1] and change.to_status not in TERMINAL else "done",
        )
        for change in history
    ]


def _title(change: StatusChange) -> str:
    if change.verb == "withdraw" and change.by_role == Who.PATIENT:
        return _("The patient withdrew it")
    return _TITLES.get(change.verb, "")


def _reason(change: StatusChange) -> str:
    if change.reason is None or change.by_role in {Who.SENDER, Who.PATIENT}:
        return ""
    codes = lifecycle.REASONS.get(change.to_status, CANCEL_REASONS)
    return _(codes.label(change.reason)) if change.reason in codes else ""


def _letter(written: Written) -> Letter:
    theirs = {Who.SENDER: _("The sender wrote"), Who.PATIENT: _("The patient wrote")}
    return Letter(
        who=theirs.get(written.by) or _WRITERS.get(written.kind, _("You wrote")),
        text=written.text,
        at=written.at,
        theirs=written.by in theirs,
    )


def as_text(view: ClinicView) -> str:
    """The request as plain text, to be pasted into the clinic's own record."""
    assert view.opened is not None, "only what may be read is copied"
    asked = view.opened
    parts = [
        f"{asked.title} – {asked.reference}",
        _("Sent: {when}").format(when=say.moment(asked.sent_at, view.time_zone)),
        _("State: {state}").format(state=_(view.status.clinic)),
        *([_("Your own number: {number}").format(number=view.own_number)] if view.own_number else []),
        *(f"! {flag.text}" for flag in asked.flags),
        asked.proof,
    ]
    for section in asked.sections:
        rows = (f"{row.label}: {row.value or _('not provided')}" for row in section.rows)
        parts += ["", section.title.upper(), *rows]
    if view.thread:
        parts += ["", _("Messages").upper()]
        parts += [f"{say.moment(each.at, view.time_zone)} – {each.who}: {each.text}" for each in view.thread]
    for each in view.returned:
        parts += ["", (_("Outcome") if each.final else _("Note after a visit")).upper(), each.note]
        parts += [f"{row.label}: {row.value}" for row in each.rows]
    return "\n".join(parts) + "\n"
