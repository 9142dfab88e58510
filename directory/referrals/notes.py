"""What clinic and sender write to each other, and the clinic for itself: sealed, a row for each text, never changed."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from directory.accounts.actor import Actor
from directory.lib import sealed
from directory.referrals import content
from directory.referrals.models import NoteKind, Referral, ReferralTask, TaskNote, Who

QUESTIONS = frozenset({NoteKind.QUESTION, NoteKind.TO_PATIENT})
SENDER_READS = QUESTIONS | {NoteKind.WORDS, NoteKind.REPLY}
"""Kinds that the sender may read; the clinic reads all of its own task, and nothing of another clinic's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One text, unsealed. `number` is the step it came with, if any."""

    kind: NoteKind
    text: str = field(repr=False)
    number: int | None
    by: Who
    actor: str
    at: dt.datetime


def add(db: Session, task: ReferralTask, kind: NoteKind, text: str, *, by: Actor, side: Who, at: dt.datetime) -> None:
    """Keep a text with the step that the task took last; one for the clinic itself stands beside all steps."""
    if not text:
        return
    referral = db.get_one(Referral, task.referral_id)
    key = content.key_of(sealed.ring_of(db), referral)
    number = None if kind is NoteKind.INTERNAL else task.steps
    row = TaskNote(task_id=task.id, number=number, kind=kind.value, by_role=side.value, by_actor=str(by), at=at)
    row.text_sealed = sealed.seal(key, "task_note", row.id, "text", text)
    db.add(row)


def find(db: Session, task_id: UUID, *, kinds: Collection[NoteKind] = tuple(NoteKind)) -> list[Written]:
    """The texts of a task, oldest first; none once the request was purged."""
    task = db.get_one(ReferralTask, task_id)
    referral = db.get_one(Referral, task.referral_id)
    asked = select(TaskNote).where(TaskNote.task_id == task_id, col(TaskNote.text_sealed).is_not(None))
    asked = asked.where(col(TaskNote.kind).in_([kind.value for kind in kinds]))
    rows = db.exec(asked.order_by(col(TaskNote.at), col(TaskNote.number), col(TaskNote.id))).all()
    if not rows:
        return []
    key = content.key_of(sealed.ring_of(db), referral)
    return [
        Written(
            kind=NoteKind(row.kind),
            text=sealed.unseal(key, "task_note", row.id, "text", row.text_sealed or b""),
            number=row.number,
            by=Who(row.by_role),
            actor=row.by_actor,
            at=row.at,
        )
        for row in rows
    ]


def words_for_sender(db: Session, task: ReferralTask) -> str:
    """What the clinic wrote last for the sender; empty when it wrote nothing. Its comments stay sealed."""
    found = find(db, task.id, kinds=(NoteKind.WORDS,))
    return found[-1].text if found else ""


def of_house(db: Session, task_id: UUID) -> list[str]:
    """What people of ours wrote about a request. The caller has recorded the look."""
    found = find(db, task_id, kinds=(NoteKind.WORDS, NoteKind.COMMENT))
    return [each.text for each in found if each.by is Who.MODERATOR]


def is_put_to_patient(db: Session, task: ReferralTask) -> bool:
    """Whether what the clinic asked last, and waits for, was put to the patient."""
    asked = select(TaskNote.kind).where(TaskNote.task_id == task.id, col(TaskNote.kind).in_(sorted(QUESTIONS)))
    last = db.exec(asked.order_by(col(TaskNote.number).desc()).limit(1)).first()
    return task.status == "info_needed" and last == NoteKind.TO_PATIENT.value


def destroy(db: Session, referral_id: UUID) -> None:
    """Every text about a request is gone; that something was written stays."""
    tasks = select(ReferralTask.id).where(ReferralTask.referral_id == referral_id)
    db.execute(update(TaskNote).where(col(TaskNote.task_id).in_(tasks)).values(text_sealed=None))
