"""A patient, or somebody for a patient, asks a clinic to be seen."""

from directory.accounts.network import network_of
from directory.lib import clock
from directory.lib.db import reading
from directory.lib.errors import Refused
from directory.listings.queries import get_clinic
from directory.listings.records import ClinicRecord
from directory.referrals import drafts, limits, rules
from directory.referrals.forms.patient import Begin
from directory.referrals.forms.steps import ASK
from directory.referrals.guards import patient_with_form
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


@reads("/clinics/{slug:str}/ask", guard=anyone)
def begin(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """What is collected, who gets it, and what this is not; then the first question."""
    return _begin_page(request, db, get_clinic(db, slug), empty(Begin))


@writes("/clinics/{slug:str}/ask", guard=anyone)
def agree(request: AnyRequest, db: Db, slug: FromPath[str], form: Submitted) -> Page:
    """Agreed: a form for this browser."""
    limits.begin_form(databases_of(request), network_of(request))
    clinic, filled = get_clinic(db, slug), fill(Begin, form)
    why_not = rules.why_no_request(clinic)
    if why_not:
        raise Refused(why_not)
    machine = rules.was_no_person(None, clock.now(), form.get(stepping.TRAP, ""))
    if machine:
        filled = with_errors(filled, form=machine)
    if filled.form is None or filled.errors:
        return _begin_page(request, db, clinic, filled)
    return stepping.begin(request, db, ASK, clinic.location_id, filled.form)


def _begin_page(request: AnyRequest, db: Db, clinic: ClinicRecord, filled: Filled[Begin]) -> Page:
    return page(
        request,
        "referrals/ask_begin.html",
        status=422 if filled.errors else 200,
        clinic=clinic,
        values=filled.values,
        errors=filled.errors,
        why_not=rules.why_no_request(clinic),
        begun=stepping.begun_for(request, db, ASK, clinic.location_id),
        trap=stepping.TRAP,
    )


@reads("/ask", guard=patient_with_form)
def go_on(request: AnyRequest, db: Db) -> Page:
    """Back into a form that was left."""
    return stepping.go_on(request, db, ASK)


@reads("/ask/{name:str}", guard=patient_with_form)
def show(request: AnyRequest, db: Db, name: FromPath[str]) -> Page:
    """One question."""
    return stepping.show(request, db, ASK, name)


@writes("/ask/{name:str}", guard=patient_with_form)
def answer(request: AnyRequest, db: Db, name: FromPath[str], form: Submitted) -> Page:
    """One answer."""
    return stepping.take(request, db, ASK, name, form)


@quick("/ask/help", guard=anyone)
def help_now(request: AnyRequest) -> Page:
    """Somebody said yes to the danger question: who helps now. Nothing of it was kept."""
    return page(request, "referrals/help_now.html", goes_on=ASK.url("for"))


@quick("/ask/under-18", guard=anyone)
def under_18(request: AnyRequest) -> Page:
    """Where to turn for somebody under 18."""
    return page(request, "referrals/under_18.html", back_href=ASK.url("adult"), by_clinician=False)


@reads("/ask/check", guard=patient_with_form)
def check(request: AnyRequest, db: Db) -> Page:
    """All answers, to be looked over."""
    draft = stepping.draft_of(request, db, ASK)
    return see_other(ASK.url("sent")) if draft.referral_id else stepping.check(request, db, ASK, draft)


@writes("/ask/check", guard=patient_with_form)
def send(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """Send it. Pressed twice it is one request."""
    databases, network = databases_of(request), network_of(request)
    with reading(databases) as before:
        found = stepping.draft_of(request, before, ASK)
        mailbox = rules.mailbox_in(found.kind, drafts.answers(before, found))
        if found.referral_id is None:
            limits.send_request(databases, network, mailbox)
    draft = stepping.draft_of(request, db, ASK, to_change=True)
    if draft.referral_id is not None:
        return see_other(ASK.url("sent"))
    stepping.the_same_form(draft, form)
    answers = drafts.answers(db, draft)
    machine = rules.was_no_person(draft.created_at, clock.now(), form.get(stepping.TRAP, ""))
    if machine or ASK.missing(answers):
        return stepping.check(request, db, ASK, draft, errors={"form": machine} if machine else None)
    key = stepping.key_of(request, form)
    send_draft(db, draft, ASK.given(answers), key=key, network=network, mailbox_proved=False, at=clock.now())
    return see_other(ASK.url("sent"))


@reads("/ask/sent", guard=patient_with_form)
def sent(request: AnyRequest, db: Db) -> Page:
    """The reference, what happens next and when."""
    return stepping.sent(request, db, ASK)


@writes("/ask/delete", guard=patient_with_form)
def delete(request: AnyRequest, db: Db) -> Page:
    """Forget what was typed."""
    return stepping.delete(request, db, ASK)


ROUTES = [begin, agree, go_on, show, answer, help_now, under_18, check, send, sent, delete]
