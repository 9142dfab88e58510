"""A clinician refers a patient to a clinic; a code mailed to the clinician goes before the sending."""

from collections.abc import Sequence

from directory.accounts import codes
from directory.accounts.network import network_of
from directory.lib import clock
from directory.lib.db import reading
from directory.lib.errors import Conflict, Refused
from directory.listings.queries import get_clinic
from directory.listings.records import ClinicRecord
from directory.referrals import drafts, limits, proving, rules
from directory.referrals.doors import SENDER
from directory.referrals.forms.clinician import BeginReferral
from directory.referrals.forms.replies import Code
from directory.referrals.forms.steps import REFER
from directory.referrals.guards import clinician_with_form
from directory.referrals.pages import stepping
from directory.referrals.sending import send_draft
from directory.web.forms import Filled, empty, fill, with_errors
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
from directory.web.shell import page, see_other


@reads("/clinics/{slug:str}/refer", guard=anyone)
def begin(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """What a referral through here is, what it needs, and what it is not for."""
    return begin_page(request, db, get_clinic(db, slug), empty(BeginReferral))


@writes("/clinics/{slug:str}/refer", guard=anyone)
def agree(request: AnyRequest, db: Db, slug: FromPath[str], form: Submitted) -> Page:
    """Agreed: a form for this browser."""
    limits.begin_form(databases_of(request), network_of(request))
    clinic, filled = get_clinic(db, slug), fill(BeginReferral, form)
    why_not = rules.why_no_request(clinic)
    if why_not:
        raise Refused(why_not)
    machine = rules.was_no_person(None, clock.now(), form.get(stepping.TRAP, ""))
    if machine:
        filled = with_errors(filled, form=machine)
    if filled.form is None or filled.errors:
        return begin_page(request, db, clinic, filled)
    return stepping.begin(request, db, REFER, clinic.location_id, filled.form)


def begin_page(
    request: AnyRequest,
    db: Db,
    clinic: ClinicRecord,
    filled: Filled[BeginReferral],
    *,
    templates: Sequence[tuple[str, str]] = (),
    chosen: str = "",
    signed_in: bool = False,
) -> Page:
    """The page for a guest; for somebody `signed_in`, with (number, name) of their templates and the one chosen."""
    return page(
        request,
        "referrals/refer_begin.html",
        status=422 if filled.errors else 200,
        clinic=clinic,
        values=filled.values,
        errors=filled.errors,
        why_not=rules.why_no_request(clinic),
        begun=stepping.begun_for(request, db, REFER, clinic.location_id),
        trap=stepping.TRAP,
        templates=templates,
        chosen=chosen,
        signed_in=signed_in,
    )


@reads("/refer", guard=clinician_with_form)
def go_on(request: AnyRequest, db: Db) -> Page:
    """Back into a form that was left."""
    return stepping.go_on(request, db, REFER)


@reads("/refer/{name:str}", guard=clinician_with_form)
def show(request: AnyRequest, db: Db, name: FromPath[str]) -> Page:
    """One question."""
    return stepping.show(request, db, REFER, name)


@writes("/refer/{name:str}", guard=clinician_with_form)
def answer(request: AnyRequest, db: Db, name: FromPath[str], form: Submitted) -> Page:
    """One answer."""
    return stepping.take(request, db, REFER, name, form)


@quick("/refer/emergency", guard=anyone)
def emergency(request: AnyRequest) -> Page:
    """A high C-SSRS level: what to do instead of a referral. Nothing of it was kept."""
    return page(request, "referrals/emergency.html", back_href=REFER.url("risk"))


@quick("/refer/under-18", guard=anyone)
def under_18(request: AnyRequest) -> Page:
    """Where to turn for a patient under 18."""
    return page(request, "referrals/under_18.html", back_href=REFER.url("patient"), by_clinician=True)


@reads("/refer/check", guard=clinician_with_form)
def check(request: AnyRequest, db: Db) -> Page:
    """All answers, to be looked over."""
    draft = stepping.draft_of(request, db, REFER)
    return see_other(REFER.url("sent")) if draft.referral_id else stepping.check(request, db, REFER, draft)


@writes("/refer/check", guard=clinician_with_form)
def ask_for_code(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """Looked over: a code to the sender's mailbox. Nothing is sent before it comes back."""
    with reading(databases_of(request)) as before:
        draft = stepping.draft_of(request, before, REFER)
        if draft.referral_id is not None:
            return see_other(REFER.url("sent"))
        stepping.the_same_form(draft, form)
        answers = drafts.answers(before, draft)
        machine = rules.was_no_person(draft.created_at, clock.now(), form.get(stepping.TRAP, ""))
        if machine or REFER.missing(answers):
            return stepping.check(request, before, REFER, draft, errors={"form": machine} if machine else None)
        door = codes.Door(draft.id, rules.mailbox_in(draft.kind, answers))
    return proving.ask(request, purpose=SENDER, asked_for=str(door.subject_id), door=door, at=REFER.url("code"))


@reads("/refer/code", guard=clinician_with_form)
def code_page(request: AnyRequest, db: Db) -> Page:
    """Six digits, please."""
    draft = stepping.draft_of(request, db, REFER)
    return see_other(REFER.url("sent")) if draft.referral_id else _code_page(request, db, empty(Code))


@writes("/refer/code", guard=clinician_with_form)
def send(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The code came back: the mailbox is proved, and the referral is sent, once however often it is pressed."""
    databases, network = databases_of(request), network_of(request)
    with reading(databases) as before:
        found = stepping.draft_of(request, before, REFER)
        if found.referral_id is not None:
            return see_other(REFER.url("sent"))
        mailbox = rules.mailbox_in(found.kind, drafts.answers(before, found))
    judged = proving.judge(request, fill(Code, form), purpose=SENDER)
    if judged.proved is not None:
        limits.send_request(databases, network, mailbox)
    draft = stepping.draft_of(request, db, REFER, to_change=True)
    if draft.referral_id is not None:
        return see_other(REFER.url("sent"))
    if judged.proved is None or judged.proved.subject_id != draft.id:
        return _code_page(request, db, judged.filled)
    given, key = REFER.given(drafts.answers(db, draft)), stepping.key_of(request, form)
    try:
        send_draft(db, draft, given, key=key, network=network, mailbox_proved=True, at=clock.now())
    except Conflict as conflict:  # nothing was written; the answers stand below the words
        return stepping.check(request, db, REFER, draft, errors={"form": conflict.message}, status=409)
    return see_other(REFER.url("sent"))


def _code_page(request: AnyRequest, db: Db, filled: Filled[Code]) -> Page:
    draft = stepping.draft_of(request, db, REFER)
    mailbox = rules.mailbox_in(draft.kind, drafts.answers(db, draft))
    return proving.page_of(
        request,
        "referrals/refer_code.html",
        filled,
        mailbox=mailbox,
        back_href=REFER.url("check"),
        draft_id=str(draft.id),
    )


@reads("/refer/sent", guard=clinician_with_form)
def sent(request: AnyRequest, db: Db) -> Page:
    """The reference, what happens next and when."""
    return stepping.sent(request, db, REFER)


@writes("/refer/delete", guard=clinician_with_form)
def delete(request: AnyRequest, db: Db) -> Page:
    """Forget what was typed."""
    return stepping.delete(request, db, REFER)


ROUTES = [
    begin,
    agree,
    go_on,
    show,
    answer,
    emergency,
    under_18,
    check,
    ask_for_code,
    code_page,
    send,
    sent,
    delete,
]
