"""A request on the page of its sender, or of the patient whom a clinician referred: how it stands, whose turn it is,
what was written, what came back.

A clinician reads outcomes field by field; a patient reads a plain sentence and the clinic's own words. The patient of
a clinician's referral reads what the clinic wrote to the patient, not what the clinicians write to each other.
"""

import datetime as dt
from dataclasses import dataclass, field

from sqlmodel import Session

from directory.delivery.queries import find_about
from directory.listings.queries import find_records
from directory.listings.records import ClinicRecord
from directory.referrals import (
    attachments,
    lifecycle,
    messages,
    notes,
    outcomes,
    own_number,
    patients,
    queries,
    readdressing,
    sender_actions,
)
from directory.referrals.models import NoteKind, Referral, ReferralTask, Source, Who
from directory.referrals.notes import Written
from directory.referrals.outcomes import Returned
from directory.referrals.readdressing import InLine, Offer
from directory.referrals.standing import Standing, standing
from directory.terminology.referral_status import TERMINAL

_KINDS = (NoteKind.WORDS, NoteKind.QUESTION, NoteKind.TO_PATIENT, NoteKind.REPLY, NoteKind.PHONE)
_OF_PATIENT = (NoteKind.REPLY, NoteKind.PHONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """One text of the exchange. `clinic` is its name, empty when this service wrote; `ours`: the reader did."""

    kind: NoteKind
    by: Who
    clinic: str
    text: str = field(repr=False)
    at: dt.datetime
    ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderView:
    """Everything that the page shows. `question` is the clinic's while it waits for the reader's reply; `follows`: the
    patient of this clinician is told by mail, and has a page."""

    reference: str
    by_clinician: bool
    follows: bool
    stands: Standing
    clinic: ClinicRecord
    version: int
    rank: int
    """Which of the clinics asked one after the other is the one shown."""
    appointment_at: dt.datetime | None
    expected_on: dt.date | None
    question: str = field(repr=False)
    asks_patient: bool
    clinics_number: str = field(repr=False)
    thread: tuple[Exchanged, ...] = field(repr=False)
    returned: tuple[Returned, ...] = field(repr=False)
    line_up: tuple[InLine, ...]
    elsewhere: tuple[Offer, ...]
    lost_documents: bool
    """Whether documents came with it that went when it ended: a clinic asked now does not get them."""
    is_forgotten: bool


def view_of(db: Session, referral: Referral, *, now: dt.datetime, reader: Who = Who.SENDER) -> SenderView:
    """The request for its sender, or its patient. The caller has judged who it is, and has recorded the look."""
    tasks = queries.find_tasks(db, referral.id)
    task = tasks[-1]
    clinics = {clinic.location_id: clinic for clinic in find_records(db, [each.location_id for each in tasks])}
    on_its_way = not any(sent.settled_at for sent in find_about(db, task.id) if sent.message == messages.ARRIVED)
    history, of_patient = queries.find_history(db, task.id), reader is Who.PATIENT
    thread = [text for each in tasks for text in _thread(db, each, clinics[each.location_id].name, reader)]
    asked = [text for text in thread if text.kind in notes.QUESTIONS and not text.ours]
    to_patient = notes.is_put_to_patient(db, task)
    waits = task.status == "info_needed" and (to_patient or not of_patient)
    return SenderView(
        reference=referral.reference,
        by_clinician=referral.source == Source.CLINICIAN and not of_patient,
        follows=not of_patient and patients.find_of(db, referral.id) is not None,
        stands=standing(
            task,
            history,
            source=referral.source,
            now=now,
            on_its_way=on_its_way,
            reader=reader,
            to_patient=to_patient,
        ),
        clinic=clinics[task.location_id],
        version=task.steps,
        rank=task.rank,
        appointment_at=task.appointment_at if task.status == "scheduled" else None,
        expected_on=task.expected_on if task.status == "waitlisted" else None,
        question=asked[-1].text if asked and waits else "",
        asks_patient=to_patient and not of_patient,
        clinics_number="" if of_patient else own_number.find(db, task),
        thread=tuple(thread),
        returned=() if of_patient else tuple(back for each in tasks for back in outcomes.find(db, each.id)),
        line_up=tuple(readdressing.line_up(db, referral)),
        elsewhere=() if of_patient else tuple(readdressing.offers(db, referral, task, now=now)),
        lost_documents=attachments.were_forgotten(db, referral.id),
        is_forgotten=referral.purged_at is not None,
    )


def may(db: Session, referral: Referral, task: ReferralTask, *, reader: Who = Who.SENDER) -> frozenset[str]:
    """What the sender, or the patient, may do now: verbs of the table, and what needs no step (`contact`, `keep`,
    `delete`)."""
    found = set(lifecycle.possible(task.status, reader)) - {"send", "request_cancel"}
    if referral.source != Source.CLINICIAN:
        found.discard("report_error")  # a patient simply withdraws
    if reader is Who.PATIENT and not notes.is_put_to_patient(db, task):
        found.discard("reply")
    if reader is Who.SENDER and sender_actions.may_keep(referral):
        found.add("keep")
    if referral.purged_at is None:
        if not is_closed_to(task, reader):
            found.add("delete")
        if task.status not in TERMINAL | lifecycle.WITHDRAWN:
            found.add("contact")
    else:
        found -= {"reply", "accept_by_phone", "decline_by_phone"}
    return frozenset(found)


def is_closed_to(task: ReferralTask, reader: Who) -> bool:
    """Whether what was asked and answered may be about somebody else: it was marked as sent by mistake."""
    return reader is Who.PATIENT and task.status in {"error_reported", "entered_in_error"}


def _thread(db: Session, task: ReferralTask, clinic: str, reader: Who) -> list[Exchanged]:
    if is_closed_to(task, reader):
        return []
    return [
        Exchanged(
            kind=each.kind,
            by=each.by,
            clinic=clinic if each.by is not Who.MODERATOR else "",
            text=each.text,
            at=each.at,
            ours=each.by is reader,
        )
        for each in notes.find(db, task.id, kinds=_KINDS)
        if _is_for(reader, each)
    ]


def _is_for(reader: Who, each: Written) -> bool:
    if reader is Who.PATIENT:
        theirs = each.by is Who.PATIENT and each.kind in _OF_PATIENT
        return theirs or (each.by is Who.CLINIC and each.kind in {NoteKind.WORDS, NoteKind.TO_PATIENT})
    # What the clinic wrote down of a call stays the clinic's.
    return each.kind is not NoteKind.PHONE or each.by is not Who.CLINIC
