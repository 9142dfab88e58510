"""A request on its sender's page: how it stands, whose turn it is, what was written, what came back.

A clinician reads outcomes field by field; a patient reads a plain sentence and the clinic's own words.
"""

import datetime as dt
from dataclasses import dataclass, field

from sqlmodel import Session

from directory.delivery.queries import find_about
from directory.listings.queries import find_records
from directory.listings.records import ClinicRecord
from directory.referrals import lifecycle, messages, notes, outcomes, queries, readdressing
from directory.referrals.models import NoteKind, Referral, ReferralTask, Source, Who
from directory.referrals.outcomes import Returned
from directory.referrals.readdressing import InLine, Offer
from directory.referrals.standing import Standing, standing
from directory.terminology.referral_status import TERMINAL

_KINDS = (NoteKind.WORDS, NoteKind.QUESTION, NoteKind.REPLY, NoteKind.PHONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """One text of the exchange. `clinic` is its name, empty when this service wrote; `ours`: the sender did."""

    kind: NoteKind
    clinic: str
    text: str = field(repr=False)
    at: dt.datetime
    ours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderView:
    """Everything that the sender's page shows. `question` is the clinic's while it waits for a reply."""

    reference: str
    by_clinician: bool
    stands: Standing
    clinic: ClinicRecord
    version: int
    appointment_at: dt.datetime | None
    expected_on: dt.date | None
    question: str = field(repr=False)
    thread: tuple[Exchanged, ...] = field(repr=False)
    returned: tuple[Returned, ...] = field(repr=False)
    line_up: tuple[InLine, ...]
    elsewhere: tuple[Offer, ...]
    is_forgotten: bool


def view_of(db: Session, referral: Referral, *, now: dt.datetime) -> SenderView:
    """The request for its sender. The caller has judged that this is the sender, and has recorded the look."""
    tasks = queries.find_tasks(db, referral.id)
    task = tasks[-1]
    clinics = {clinic.location_id: clinic for clinic in find_records(db, [each.location_id for each in tasks])}
    on_its_way = not any(sent.settled_at for sent in find_about(db, task.id) if sent.message == messages.ARRIVED)
    history = queries.find_history(db, task.id)
    thread = [text for each in tasks for text in _thread(db, each, clinics[each.location_id].name)]
    asked = [text.text for text in thread if text.kind is NoteKind.QUESTION]
    return SenderView(
        reference=referral.reference,
        by_clinician=referral.source == Source.CLINICIAN,
        stands=standing(task, history, source=referral.source, now=now, on_its_way=on_its_way),
        clinic=clinics[task.location_id],
        version=task.steps,
        appointment_at=task.appointment_at if task.status == "scheduled" else None,
        expected_on=task.expected_on if task.status == "waitlisted" else None,
        question=asked[-1] if asked and task.status == "info_needed" else "",
        thread=tuple(thread),
        returned=tuple(returned for each in tasks for returned in outcomes.find(db, each.id)),
        line_up=tuple(readdressing.line_up(db, referral)),
        elsewhere=tuple(readdressing.offers(db, referral, task, now=now)),
        is_forgotten=referral.purged_at is not None,
    )


def may(referral: Referral, task: ReferralTask) -> frozenset[str]:
    """What the sender may do now: verbs of the table, and what needs no step (`contact`, `delete`)."""
    found = set(lifecycle.possible(task.status, Who.SENDER)) - {"send", "request_cancel"}
    if referral.source != Source.CLINICIAN:
        found.discard("report_error")  # a patient simply withdraws
    if referral.purged_at is None:
        found.add("delete")
        if task.status not in TERMINAL | lifecycle.WITHDRAWN:
            found.add("contact")
    else:
        found -= {"reply", "accept_by_phone", "decline_by_phone"}
    return frozenset(found)


def _thread(db: Session, task: ReferralTask, clinic: str) -> list[Exchanged]:
    return [
        Exchanged(
            kind=each.kind,
            clinic=clinic if each.by is not Who.MODERATOR else "",
            text=each.text,
            at=each.at,
            ours=each.by is Who.SENDER,
        )
        for each in notes.find(db, task.id, kinds=_KINDS)
        # What the clinic wrote down of a call stays the clinic's.
        if each.kind is not NoteKind.PHONE or each.by is Who.SENDER
    ]
