"""Claiming a listing without an account: a mailbox, then two independent proofs; and the old contact's one button."""

from uuid import UUID

from directory.accounts import codes, grants, links
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.renderer import OBJECTION
from directory.lib import clock
from directory.lib.db import unit_of_work
from directory.lib.errors import NotFound, Refused
from directory.listings.queries import get_location
from directory.portal import claim_views
from directory.portal.forms import ClaimForm, ProofCode
from directory.portal.guards import CLAIM, claimant, claimant_with_code
from directory.referrals import proving
from directory.referrals.forms.replies import Code
from directory.verification import claims, objections
from directory.verification.claim import Claim, ProofKind
from directory.web.forms import Filled, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, anyone, databases_of, quick, reads, writes
from directory.web.shell import cookie_value, page, see_other

OLD_CONTACT = Actor(ActorKind.CLINIC, "listed-contact")


@reads("/claim/{slug:str}", guard=anyone)
def start(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """What claiming means, and the first question: your mailbox."""
    return _start_page(request, db, slug, empty(ClaimForm))


@writes("/claim/{slug:str}", guard=anyone)
def begin(request: AnyRequest, db: Db, slug: FromPath[str], form: Submitted) -> Page:
    """A code to the mailbox; whose listing it is and whether it can be claimed is checked first."""
    filled, databases = fill(ClaimForm, form), databases_of(request)
    if filled.form is None:
        return _start_page(request, db, slug, filled)
    mailbox = filled.form.mailbox.lower()
    try:
        with unit_of_work(databases, request.app.state.dispatch) as own:
            row = claims.begin(own, claim_views.claimable(own, slug).location_id, mailbox=mailbox, at=clock.now())
    except Refused as problem:
        return _start_page(request, db, slug, with_errors(filled, form=problem.message))
    door = codes.Door(row.id, mailbox)
    return proving.ask(request, purpose=CLAIM, asked_for=str(row.id), door=door, at="/claim/code")


@quick("/claim/code", guard=claimant_with_code)
def code_page(request: AnyRequest) -> Page:
    """Six digits, please."""
    return proving.page_of(request, "portal/claim_code.html", empty(Code))


@writes("/claim/code", guard=claimant_with_code)
def open_it(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The code came back: the mailbox is proved, and for half an hour this browser sees its claim."""
    judged = proving.judge(request, fill(Code, form), purpose=CLAIM)
    if judged.proved is None:
        return proving.page_of(request, "portal/claim_code.html", judged.filled)
    claims.prove_mailbox(db, claims.get_claim(db, judged.proved.subject_id), at=clock.now())
    given = {CLAIM: judged.proved.subject_id}
    return see_other("/claim/current", cookies=proving.opened(request, db, CLAIM, given))


@reads("/claim/current", guard=claimant)
def current(request: AnyRequest, db: Db) -> Page:
    """How the claim stands, and the ways that are left to prove it."""
    return _current_page(request, db, _claim(request, db), empty(ProofCode))


@writes("/claim/current/ask", guard=claimant)
def ask(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """Ask for a call, a letter, or a look into the registry."""
    claim, kind = _claim(request, db), _kind(str(form.get("kind") or ""))
    try:
        claims.ask_for(db, claim, kind, at=clock.now())
    except Refused as problem:
        return _current_page(request, db, claim, with_errors(empty(ProofCode), form=problem.message))
    return see_other("/claim/current")


@writes("/claim/current/code", guard=claimant)
def type_code(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The code that was read out to the listed phone, or that stood in the letter."""
    claim, filled = _claim(request, db), fill(ProofCode, form)
    if filled.form is not None:
        secret, kind = request.app.state.settings.secret, _kind(filled.form.kind)
        why = claims.type_code(db, claim, kind, filled.form.code, secret=secret, at=clock.now())
        if not why:
            return see_other("/claim/current")
        filled = with_errors(filled, **{f"code-{kind}": why})
    return _current_page(request, db, claim, filled)


@reads("/objections/{token:str}", guard=anyone)
def show_objection(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """What somebody wants to change or has claimed, for the contact that is listed. Opening it changes nothing."""
    about = links.read(request.app.state.settings.secret, OBJECTION, token, clock.today())
    return page(request, "portal/objection.html", done="", **claim_views.objection(db, about, at=clock.now()))


@writes("/objections/{token:str}", guard=anyone)
def object_to_it(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """One press: it is stopped, and what came with it is undone; when it is too late for that, a person is told."""
    about = links.read(request.app.state.settings.secret, OBJECTION, token, clock.today())
    shown = claim_views.objection(db, about, at=clock.now())
    stopped = objections.raise_one(db, shown["about"], by=OLD_CONTACT, at=clock.now())
    return page(request, "portal/objection.html", done="stopped" if stopped else "told", **shown)


def _start_page(request: AnyRequest, db: Db, slug: str, filled: Filled[ClaimForm]) -> Page:
    status = 422 if filled.errors else 200
    clinic = claim_views.claimable(db, slug)
    return page(request, "portal/claim.html", status=status, clinic=clinic, values=filled.values, errors=filled.errors)


def _current_page(request: AnyRequest, db: Db, claim: Claim, filled: Filled[ProofCode]) -> Page:
    ways = claim_views.ways(db, claim, at=clock.now())
    return page(
        request,
        "portal/claim_current.html",
        status=422 if filled.errors else 200,
        errors=filled.errors,
        claim=claim,
        clinic=get_location(db, claim.location_id),
        ways=ways,
        proved=sum(way.state == "proved" for way in ways),
    )


def _claim(request: AnyRequest, db: Db) -> Claim:
    claim_id: UUID = grants.require(db, cookie_value(request, CLAIM), purpose=CLAIM)
    return claims.get_claim(db, claim_id)


def _kind(text: str) -> ProofKind:
    if text not in list(ProofKind):
        raise NotFound(claim_views.no_such_way())
    return ProofKind(text)


ROUTES = [code_page, open_it, current, ask, type_code, start, begin, show_objection, object_to_it]
