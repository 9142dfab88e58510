"""The clinic's verbs: each takes one step from the version that was read, keeps what was written along, and is told.

`version` is the number of steps the clinic had seen; another one raises Conflict, a button pressed twice acts once.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session

from directory.accounts import audit
from directory.accounts.actor import Actor
from directory.lib.errors import Conflict, Refused
from directory.referrals import cascade, lifecycle, messages, notes, outcomes, own_number, patients, queries
from directory.referrals.models import NoteKind, ReferralTask, Who
from directory.referrals.stepping import take_step
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is written along with a step; each text is sealed, and read by those its kind names (`notes`)."""

    words: str = field(default="", repr=False)
    comment: str = field(default="", repr=False)
    question: str = field(default="", repr=False)
    to_patient: str = field(default="", repr=False)
    reply: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    """The clinic's own number of the request."""
    outcome: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def texts(self) -> dict[NoteKind, str]:
        """What was written, by kind; empty where nothing was."""
        return {
            NoteKind.WORDS: self.words,
            NoteKind.COMMENT: self.comment,
            NoteKind.QUESTION: self.question,
            NoteKind.TO_PATIENT: self.to_patient,
            NoteKind.REPLY: self.reply,
            NoteKind.PHONE: self.phone,
        }

    @property
    def something(self) -> bool:
        """Whether anything was written at all."""
        return any(self.texts.values()) or bool(self.outcome and self.outcome.get("note"))


NOTHING = Said()


def act(
    db: Session,
    task_id: UUID,
    verb: str,
    *,
    by: Actor,
    at: dt.datetime,
    version: int,
    said: Said = NOTHING,
    pass_to: UUID | None = None,
    **brings: Any,
) -> ReferralTask:
    """Take any verb of the clinic's (or the sender's, when `by` is the sender). `brings`: reason, appointment_at,
    expected_on. `pass_to` is the clinic that takes it over with the patient's consent. Raises Conflict, Forbidden and
    Refused in words; nothing is changed then."""
    task = queries.get_task(db, task_id, to_change=True)
    if _pressed_twice(db, task, verb, by=by, version=version, brings=brings):
        return task
    row = lifecycle.find(task.status, verb)
    if row is not None and task.steps != version:
        raise Conflict(_("This request has changed since you opened it. Look at it again before you answer."))
    if pass_to is not None:
        cascade.check_can_be_asked(db, task.referral_id, pass_to)
        detail: dict[str, str | int | bool | None] = {"said_by": "clinic", "to": str(pass_to)}
        audit.append(db, by, "consent_recorded", subject_type="referral", subject_id=task.referral_id, detail=detail)
    referral = queries.get_referral(db, task.referral_id)
    if said.to_patient and patients.find_told(db, referral) is None:
        raise Refused(_("The patient does not follow this request here. Ask the sender, or phone."))
    tell = not said.to_patient
    take_step(db, task, verb, by=by, at=at, tell=tell, note=said.something, pass_to=pass_to, **brings)
    if said.to_patient:
        messages.tell_both(db, referral, messages.NEWS, patient=messages.QUESTION)
    for kind, text in said.texts.items():
        notes.add(db, task, kind, text, by=by, side=patients.side_of(by, referral), at=at)
    if said.outcome is not None:
        outcomes.add(db, task, said.outcome, final=verb == "complete", by=by, at=at)
    if said.number:
        _keep_number(db, task, said.number, by=by)
    return task


def accept(
    db: Session, task_id: UUID, *, by: Actor, at: dt.datetime, version: int, comment: str = "", words: str = ""
) -> ReferralTask:
    """The clinic says yes."""
    said = Said(comment=comment, words=words)
    return act(db, task_id, "accept", by=by, at=at, version=version, said=said)


def decline(
    db: Session,
    task_id: UUID,
    *,
    by: Actor,
    at: dt.datetime,
    version: int,
    reason: str,
    comment: str = "",
    words: str = "",
) -> ReferralTask:
    """The clinic says no, for a coded reason; its access ends. `words` are for the patient, `comment` stays sealed."""
    said = Said(comment=comment, words=words)
    return act(db, task_id, "decline", by=by, at=at, version=version, said=said, reason=reason)


def write_note(db: Session, task_id: UUID, text: str, *, by: Actor, at: dt.datetime) -> None:
    """A note of the clinic for itself. Raises Refused once the clinic may not read the request any more."""
    task = queries.get_task(db, task_id, to_change=True)
    if task.status not in lifecycle.CLINIC_MAY_READ:
        raise Refused(_("This request is closed. No note can be added."))
    notes.add(db, task, NoteKind.INTERNAL, text, by=by, side=Who.CLINIC, at=at)
    audit.append(db, by, "note_written", subject_type="referral_task", subject_id=task.id)


def assign(db: Session, task_id: UUID, user_id: UUID | None, *, by: Actor) -> None:
    """Hand it to a colleague, or to nobody. The caller has judged that the colleague may answer requests there."""
    task = queries.get_task(db, task_id, to_change=True)
    if task.assigned_to == user_id:
        return
    task.assigned_to = user_id
    db.add(task)
    detail = {"to": str(user_id) if user_id else None}
    audit.append(db, by, "assigned", subject_type="referral_task", subject_id=task.id, detail=detail)


def keep_number(db: Session, task_id: UUID, number: str, *, by: Actor, version: int) -> None:
    """Keep the clinic's own number of the request, or take it away. Raises Refused once the clinic may not read the
    request any more, Conflict when it has changed since it was read."""
    task = queries.get_task(db, task_id, to_change=True)
    purged = queries.get_referral(db, task.referral_id).purged_at is not None
    if task.status not in lifecycle.CLINIC_MAY_READ or purged:
        raise Refused(_("This request is closed. No number can be kept with it."))
    if task.steps != version:
        raise Conflict(_("This request has changed since you opened it. Look at it again before you answer."))
    _keep_number(db, task, number, by=by)


def _keep_number(db: Session, task: ReferralTask, number: str, *, by: Actor) -> None:
    if own_number.keep(db, task, number):
        detail = {"given": bool(number)}
        audit.append(db, by, "own_number_kept", subject_type="referral_task", subject_id=task.id, detail=detail)


def _pressed_twice(
    db: Session, task: ReferralTask, verb: str, *, by: Actor, version: int, brings: Mapping[str, Any]
) -> bool:
    """Whether the step that followed the version that was seen is this very press."""
    if task.steps != version + 1:
        return False
    last = queries.find_history(db, task.id)[-1]
    same = (last.verb, last.by_actor, last.reason) == (verb, str(by), brings.get("reason"))
    when = brings.get("appointment_at"), brings.get("expected_on")
    return same and all(given is None or given in {task.appointment_at, task.expected_on} for given in when)
