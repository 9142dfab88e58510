"""The clinic answers: a link shows that something waits, a mailed code opens the one request, a button decides."""

from directory.accounts import codes, grants, links
from directory.accounts.actor import Actor, ActorKind
from directory.lib import clock
from directory.lib.db import reading
from directory.lib.errors import Gone
from directory.listings.queries import find_endpoint, get_location, get_record
from directory.listings.records import ClinicRecord
from directory.referrals import actions, clinic_side, limits, messages, papers, proving, queries
from directory.referrals.doors import ANSWER, LISTING
from directory.referrals.forms.replies import Code
from directory.referrals.guards import clinic_asked_for_code, clinic_with_code
from directory.referrals.models import ReferralTask
from directory.terminology.referral_status import TERMINAL
from directory.web.forms import empty, fill
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
from directory.web.shell import File, cookie_value, page, see_other


@quick("/answer/{token:str}", guard=anyone)
def waits(request: AnyRequest, token: FromPath[str]) -> Page:
    """Something waits. Mail scanners open links, so this page changes nothing and asks no database."""
    try:
        links.read(request.app.state.settings.secret, ANSWER, token, clock.today())
    except Gone as gone:
        return page(request, "referrals/answer_old.html", status=gone.status, why=gone.message, token=token, sent=False)
    return page(request, "referrals/answer_waits.html", errors={})


@writes("/answer/{token:str}/renew", guard=anyone)
def renew(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """A new link, to the clinic's way on file and to nobody else."""
    task_id = links.named_by(request.app.state.settings.secret, ANSWER, token)
    limits.renew_link(databases_of(request), str(task_id))
    task = queries.get_task(db, task_id)
    actions.refuse_when_closed(task)
    messages.tell_clinic(db, queries.get_referral(db, task.referral_id), task, messages.LINK)
    return page(request, "referrals/answer_old.html", why="", token=token, sent=True)


@writes("/answer/{token:str}", guard=anyone)
def ask_for_code(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """A code to the clinic's mailbox on file."""
    task_id = links.read(request.app.state.settings.secret, ANSWER, token, clock.today())
    with reading(databases_of(request)) as before:
        task = queries.get_task(before, task_id)
        endpoint = find_endpoint(before, task.location_id)
        actions.refuse_when_closed(task)
    mailbox = endpoint.address if endpoint is not None and endpoint.proved_at is not None else ""
    door = codes.Door(task_id, mailbox) if mailbox else None
    return proving.ask(request, purpose=ANSWER, asked_for=str(task_id), door=door, at="/answer/code")


@quick("/answer/code", guard=clinic_asked_for_code)
def code_page(request: AnyRequest) -> Page:
    """Six digits, please."""
    return proving.page_of(request, "referrals/answer_code.html", empty(Code))


@writes("/answer/code", guard=clinic_asked_for_code)
def open_it(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The code came back: this browser may open this one request for half an hour, and touch up the listing."""
    judged = proving.judge(request, fill(Code, form), purpose=ANSWER)
    if judged.proved is None:
        return proving.page_of(request, "referrals/answer_code.html", judged.filled)
    task = queries.get_task(db, judged.proved.subject_id, to_change=True)
    clinic = get_record(db, task.location_id)
    actions.open_by_clinic(db, task.id, by=_clinic(clinic), at=clock.now())
    given = {ANSWER: task.id, LISTING: clinic.location_id}
    return see_other("/answer/current", cookies=proving.opened(request, db, ANSWER, given))


@reads("/answer/current", guard=clinic_with_code)
def current(request: AnyRequest, db: Db) -> Page:
    """The request: what decides first, then what may be done, then all of it."""
    return clinic_side.show(request, db, _door(request, db))


@reads("/answer/current/text", guard=clinic_with_code)
def text(request: AnyRequest, db: Db) -> Page:
    """The request as plain text, for the clinic's own record."""
    return clinic_side.text(request, db, _door(request, db))


@reads("/answer/current/documents/{number:int}", guard=clinic_with_code)
def document(request: AnyRequest, db: Db, number: FromPath[int]) -> File:
    """A document that came with the request."""
    return papers.document(request, db, _door(request, db), number)


@reads("/answer/current/letter.pdf", guard=clinic_with_code)
def letter(request: AnyRequest, db: Db) -> File:
    """The referral as a letter."""
    return papers.letter(request, db, _door(request, db))


@writes("/answer/current/terms", guard=clinic_with_code)
def accept_terms(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """Yes to the terms of handling health data."""
    return clinic_side.accept_terms(request, db, _door(request, db), form)


@writes("/answer/current/note", guard=clinic_with_code)
def write_note(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """A note of the clinic for itself."""
    return clinic_side.write_note(request, db, _door(request, db), form)


@writes("/answer/current/number", guard=clinic_with_code)
def keep_number(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The clinic's own number of the request."""
    return clinic_side.keep_number(request, db, _door(request, db), form)


@reads("/answer/current/{name:str}", guard=clinic_with_code)
def step_page(request: AnyRequest, db: Db, name: FromPath[str]) -> Page:
    """The form of one step."""
    return clinic_side.step_page(request, db, _door(request, db), name)


@writes("/answer/current/{name:str}", guard=clinic_with_code)
def take(request: AnyRequest, db: Db, name: FromPath[str], form: Submitted) -> Page:
    """One step."""
    return clinic_side.take(request, db, _door(request, db), name, form)


@reads("/answer/done", guard=clinic_with_code)
def done(request: AnyRequest, db: Db) -> Page:
    """Answered: what happens now, and the way to the listing."""
    task, clinic = _granted(request, db)
    reference = queries.get_referral(db, task.referral_id).reference
    return page(
        request, "referrals/answer_done.html", clinic=clinic, reference=reference, accepted=task.status not in TERMINAL
    )


def _granted(request: AnyRequest, db: Db) -> tuple[ReferralTask, ClinicRecord]:
    """The one request that this browser was let into; whether it may still be read is another question."""
    task_id = grants.require(db, cookie_value(request, ANSWER), purpose=ANSWER)
    task = queries.get_task(db, task_id)
    return task, get_record(db, task.location_id)


def _clinic(clinic: ClinicRecord) -> Actor:
    return Actor(ActorKind.CLINIC, clinic.slug[:80])


def _door(request: AnyRequest, db: Db) -> clinic_side.Door:
    task, clinic = _granted(request, db)
    return clinic_side.Door(
        task=task,
        clinic=clinic,
        organization_id=get_location(db, clinic.location_id).organization_id,
        by=_clinic(clinic),
        base="/answer/current",
        after="/answer/done",
    )


ROUTES = [
    waits,
    renew,
    ask_for_code,
    code_page,
    open_it,
    current,
    text,
    document,
    letter,
    accept_terms,
    write_note,
    keep_number,
    step_page,
    take,
    done,
]
