"""The sender, or the patient whom a clinician referred, follows a request: reference and mailbox, a code, its page.

Both may hold the same reference. The mailbox decides who it is; the code and the grant name that person's row.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar.params import FromQuery

from directory.accounts import codes, grants
from directory.lib import clock, sealed
from directory.lib.db import reading
from directory.lib.errors import Forbidden
from directory.lib.ids import normal_reference
from directory.referrals import actions, content, limits, patients, proving, queries
from directory.referrals.doors import FOLLOW, FORM_ASK, FORM_REFER, code_cookie
from directory.referrals.forms.replies import Birth, Code, Lookup
from directory.referrals.guards import sender_asked_for_code, sender_with_code
from directory.referrals.pages import sender_side
from directory.web.forms import Filled, empty, fill
from directory.web.routes import (
    AnyRequest,
    Db,
    FromPath,
    Page,
    Submitted,
    anyone,
    databases_of,
    quick,
    reads,
    writes,
)
from directory.web.shell import File, cookie_value, drop_cookie, page, see_other
from directory.wording.say import _

BASE = "/requests/current"
BIRTH = "birth"
"""The page at which the patient of a clinician's referral says once when they were born."""
NOBODY = UUID(int=0)


@quick("/requests", guard=anyone)
def find(request: AnyRequest, reference: FromQuery[str] = "") -> Page:
    """Reference and mailbox, please."""
    return _find_page(request, empty(Lookup, reference=reference[:12]))


@writes("/requests", guard=anyone)
def ask_for_code(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """A code, if there is such a request; the same words, and the same work, if there is none."""
    filled = fill(Lookup, form)
    if filled.form is None:
        return _find_page(request, filled)
    with reading(databases_of(request)) as before:
        door = _door(before, filled.form)
    asked_for = normal_reference(filled.form.reference)
    return proving.ask(request, purpose=FOLLOW, asked_for=asked_for, door=door, at="/requests/code")


@quick("/requests/code", guard=sender_asked_for_code)
def code_page(request: AnyRequest) -> Page:
    """Six digits, please."""
    return proving.page_of(request, "referrals/follow_code.html", empty(Code))


@writes("/requests/code", guard=sender_asked_for_code)
def open_it(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The code came back: the mailbox is proved, and this browser may see this one request for half an hour."""
    judged = proving.judge(request, fill(Code, form), purpose=FOLLOW)
    if judged.proved is None:
        return proving.page_of(request, "referrals/follow_code.html", judged.filled)
    subject_id = judged.proved.subject_id
    if patients.find(db, subject_id) is None:
        actions.mailbox_proved(db, subject_id, at=clock.now())
    return see_other(BASE, cookies=proving.opened(request, db, FOLLOW, {FOLLOW: subject_id}))


@reads("/requests/current", guard=sender_with_code)
def current(request: AnyRequest, db: Db) -> Page:
    """How it stands, what was written, what happened when, what comes next."""
    return sender_side.show(request, db, _opened(request, db))


@reads("/requests/current/data", guard=sender_with_code)
def data(request: AnyRequest, db: Db) -> Page:
    """What is kept, for how long, and the ways to take it along."""
    return sender_side.data_page(request, db, _opened(request, db))


@reads("/requests/current/data/{kind:str}", guard=sender_with_code)
def data_file(request: AnyRequest, db: Db, kind: FromPath[str]) -> Page:
    """What is kept, as a file."""
    return sender_side.data_file(request, db, _opened(request, db), kind)


@reads("/requests/current/letter.pdf", guard=sender_with_code)
def letter(request: AnyRequest, db: Db) -> File:
    """The letter that went to the clinic, for the clinician who sent it."""
    return sender_side.letter(request, db, _opened(request, db))


@reads("/requests/current/documents/{number:int}", guard=sender_with_code)
def document(request: AnyRequest, db: Db, number: FromPath[int]) -> File:
    """A document that was attached to it, while it is kept."""
    return sender_side.document(request, db, _opened(request, db), number)


@reads("/requests/current/{name:str}", guard=sender_with_code)
def step_page(request: AnyRequest, db: Db, name: FromPath[str]) -> Page:
    """The form of one thing that the sender can do."""
    if name == BIRTH:
        door = _opened(request, db, at_the_door=True)
        return _birth_page(request, empty(Birth)) if _is_shut(db, door) else see_other(BASE)
    return sender_side.step_page(request, db, _opened(request, db), name)


@writes("/requests/current/{name:str}", guard=sender_with_code)
def take(request: AnyRequest, db: Db, name: FromPath[str], form: Submitted) -> Page:
    """Do it: reply, log a call, change how contact is safe, take back, delete."""
    if name == BIRTH:
        return _say_birth(request, db, form)
    return sender_side.take(request, db, _opened(request, db), name, form)


@writes("/requests/done", guard=anyone)
def done(request: AnyRequest, db: Db) -> Page:
    """Done on this computer: it forgets the request."""
    grants.end(db, cookie_value(request, FOLLOW))
    forgotten = [FOLLOW, code_cookie(FOLLOW), FORM_ASK, FORM_REFER]
    return see_other("/requests/closed", cookies=[drop_cookie(request, name) for name in forgotten])


@quick("/requests/closed", guard=anyone)
def closed(request: AnyRequest) -> Page:
    """Nothing is left on this computer."""
    return page(request, "referrals/follow_closed.html")


def _door(db: Db, asked: Lookup) -> codes.Door | None:
    """Whose mailbox on file it is, if it is one of this request. Existing or not, the same is computed."""
    ring = sealed.ring_of(db)
    referral = queries.find_by_reference(db, asked.reference)
    on_file: list[tuple[UUID, str | None]] = [(NOBODY, None), (NOBODY, None)]
    if referral is not None:
        on_file[0] = referral.id, content.mailbox_of(ring, referral)
        patient = patients.find_of(db, referral.id)
        if patient is not None:
            on_file[1] = patient.id, patients.mailbox_of(db, referral, patient)
    found = []
    for subject_id, mailbox in on_file:
        if mailbox is None:
            content.compute_for_nothing(ring)
        if content.is_same_mailbox(mailbox or "", asked.mailbox):
            found.append(codes.Door(subject_id, mailbox or ""))
    return found[0] if found else None


class BirthDateNeeded(Forbidden):
    """The mailbox was proved, but whoever reads it has not yet shown to be the patient."""


def _opened(request: AnyRequest, db: Db, *, at_the_door: bool = False) -> sender_side.Door:
    subject_id = grants.require(db, cookie_value(request, FOLLOW), purpose=FOLLOW)
    patient = patients.find(db, subject_id)
    referral = queries.get_referral(db, subject_id if patient is None else patient.referral_id)
    by = actions.sender_of(referral) if patient is None else patients.actor_of(referral)
    door = sender_side.Door(referral=referral, by=by, base=BASE, patient=patient)
    if not at_the_door and _is_shut(db, door):
        raise BirthDateNeeded(_("Say first when you were born."))
    return door


def _is_shut(db: Db, door: sender_side.Door) -> bool:
    return door.patient is not None and patients.must_prove(db, door.referral, door.patient)


def _say_birth(request: AnyRequest, db: Db, form: Submitted) -> Page:
    # Looked up before the transaction of the answer begins: the limit is counted in one of its own.
    with reading(databases_of(request)) as before:
        door = _opened(request, before, at_the_door=True)
        if door.patient is None or not _is_shut(before, door):
            return see_other(BASE)
        patient_id = door.patient.id
    filled = fill(Birth, form)
    if filled.form is None:
        return _birth_page(request, filled)
    limits.try_birth_date(databases_of(request), str(patient_id))
    patient = patients.get(db, patient_id)
    referral = queries.get_referral(db, patient.referral_id)
    if not patients.prove(db, referral, patient, filled.form.born, at=clock.now()):
        wrong = {"born": _("This is not the date that we were given. Check it, or phone your clinician.")}
        return _birth_page(request, replace(filled, errors=wrong))
    return see_other(BASE)


def _birth_page(request: AnyRequest, filled: Filled[Birth]) -> Page:
    status = 422 if filled.errors else 200
    return page(request, "referrals/follow_birth.html", status=status, values=filled.values, errors=filled.errors)


def _to_the_birth_date(request: AnyRequest, error: BirthDateNeeded) -> Page:
    return see_other(f"{BASE}/{BIRTH}")


HANDLERS: dict[Any, Any] = {BirthDateNeeded: _to_the_birth_date}
"""Failures that are answered with a page of ours."""


def _find_page(request: AnyRequest, filled: Filled[Lookup]) -> Page:
    status = 422 if filled.errors else 200
    return page(request, "referrals/follow_find.html", status=status, values=filled.values, errors=filled.errors)


ROUTES = [
    find,
    ask_for_code,
    code_page,
    open_it,
    current,
    data,
    data_file,
    letter,
    document,
    step_page,
    take,
    done,
    closed,
]
