"""The clinic answers: a link shows that something waits, a mailed code opens the one request, a button decides."""

from directory.accounts import audit, codes, grants, links
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.network import network_of
from directory.lib import clock
from directory.lib.db import reading
from directory.listings.queries import find_endpoint, get_record
from directory.listings.records import ClinicRecord
from directory.referrals import actions, clinic_actions, proving, queries
from directory.referrals.doors import ANSWER, LISTING
from directory.referrals.forms.replies import Accept, Code, Decline
from directory.referrals.guards import clinic_asked_for_code, clinic_with_code
from directory.referrals.models import ReferralTask
from directory.referrals.opened import request_for_clinic
from directory.terminology.decline_reasons import DECLINE_REASONS
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
from directory.web.shell import cookie_value, page, see_other


@quick("/answer/{token:str}", guard=anyone)
def waits(request: AnyRequest, token: FromPath[str]) -> Page:
    """Something waits. Mail scanners open links, so this page changes nothing and asks no database."""
    links.read(request.app.state.settings.secret, ANSWER, token, clock.today())
    return page(request, "referrals/answer_waits.html", errors={})


@writes("/answer/{token:str}", guard=anyone)
def ask_for_code(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """A code to the clinic's mailbox on file."""
    task_id = links.read(request.app.state.settings.secret, ANSWER, token, clock.today())
    databases = databases_of(request)
    with reading(databases) as before:
        task = queries.get_task(before, task_id)
        endpoint = find_endpoint(before, task.location_id)
        actions.refuse_when_closed(task)
    mailbox = endpoint.address if endpoint is not None and endpoint.proved_at is not None else ""
    door = codes.Door(task_id, mailbox) if mailbox else None
    code = codes.ask(databases, purpose=ANSWER, asked_for=str(task_id), door=door, network=network_of(request))
    return see_other("/answer/code", cookies=[proving.kept_code(request, ANSWER, code)])


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
    """The request: what decides first, then all of it. The look is recorded before anything is shown."""
    task, clinic = _granted(request, db)
    actions.refuse_unless_readable(task)
    audit.viewed(databases_of(request), _clinic(clinic), subject_type="referral_task", subject_id=task.id)
    return _current_page(request, db, task, clinic, empty(Accept))


@writes("/answer/accept", guard=clinic_with_code)
def accept(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """Yes."""
    task, clinic = _granted(request, db)
    filled = fill(Accept, form)
    if filled.form is None:
        actions.refuse_unless_readable(task)
        return _current_page(request, db, task, clinic, filled)
    given = filled.form
    clinic_actions.accept(db, task.id, by=_clinic(clinic), at=clock.now(), version=given.version, words=given.words)
    return see_other("/answer/done")


@reads("/answer/decline", guard=clinic_with_code)
def decline_page(request: AnyRequest, db: Db) -> Page:
    """No: for which reason, and in which words."""
    task, _place = _granted(request, db)
    actions.refuse_unless_readable(task)
    return _decline_page(request, task, empty(Decline))


@writes("/answer/decline", guard=clinic_with_code)
def decline(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """No. The clinic's access ends with it."""
    task, clinic = _granted(request, db)
    filled = fill(Decline, form)
    if filled.form is None:
        return _decline_page(request, task, filled)
    clinic_actions.decline(db, task.id, by=_clinic(clinic), at=clock.now(), **filled.form.model_dump())
    return see_other("/answer/done")


@reads("/answer/done", guard=clinic_with_code)
def done(request: AnyRequest, db: Db) -> Page:
    """Answered: what happens now, and the way to the listing."""
    task, clinic = _granted(request, db)
    reference = queries.get_referral(db, task.referral_id).reference
    return page(
        request, "referrals/answer_done.html", clinic=clinic, reference=reference, accepted=task.status == "accepted"
    )


def _granted(request: AnyRequest, db: Db) -> tuple[ReferralTask, ClinicRecord]:
    """The one request that this browser was let into; whether it may still be read is another question."""
    task_id = grants.require(db, cookie_value(request, ANSWER), purpose=ANSWER)
    task = queries.get_task(db, task_id)
    return task, get_record(db, task.location_id)


def _clinic(clinic: ClinicRecord) -> Actor:
    return Actor(ActorKind.CLINIC, clinic.slug[:80])


def _current_page(
    request: AnyRequest, db: Db, task: ReferralTask, clinic: ClinicRecord, filled: Filled[Accept]
) -> Page:
    return page(
        request,
        "referrals/answer_current.html",
        status=422 if filled.errors else 200,
        asked=request_for_clinic(db, task, clinic),
        clinic=clinic,
        values=filled.values,
        errors=filled.errors,
    )


def _decline_page(request: AnyRequest, task: ReferralTask, filled: Filled[Decline]) -> Page:
    return page(
        request,
        "referrals/answer_decline.html",
        status=422 if filled.errors else 200,
        values=filled.values,
        errors=filled.errors,
        reasons=[(row.code, row.label, row.plain.label) for row in DECLINE_REASONS],
        hidden={"version": filled.values["version"] or task.steps},
        back_href="/answer/current",
    )


ROUTES = [waits, ask_for_code, code_page, open_it, current, accept, decline_page, decline, done]
