"""The sender follows a request: reference and mailbox, a code, then how it stands; and takes it back."""

from litestar.params import FromQuery

from directory.accounts import audit, codes, grants
from directory.accounts.network import network_of
from directory.delivery.queries import find_about
from directory.lib import clock, sealed
from directory.lib.db import reading
from directory.lib.ids import normal_reference
from directory.listings.queries import get_record
from directory.referrals import actions, content, messages, notes, papers, proving, queries, readdressing
from directory.referrals.doors import FOLLOW, FORM_ASK, FORM_REFER, code_cookie
from directory.referrals.forms.replies import Code, Lookup
from directory.referrals.guards import sender_asked_for_code, sender_with_code
from directory.referrals.models import Referral, Source
from directory.referrals.standing import standing
from directory.web.forms import Filled, empty, fill
from directory.web.routes import AnyRequest, Db, Page, Submitted, anyone, databases_of, quick, reads, writes
from directory.web.shell import File, cookie_value, drop_cookie, page, see_other


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
    databases = databases_of(request)
    with reading(databases) as before:
        door = _door(before, filled.form)
    asked_for = normal_reference(filled.form.reference)
    token = codes.ask(databases, purpose=FOLLOW, asked_for=asked_for, door=door, network=network_of(request))
    return see_other("/requests/code", cookies=[proving.kept_code(request, FOLLOW, token)])


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
    referral_id = judged.proved.subject_id
    actions.mailbox_proved(db, referral_id, at=clock.now())
    return see_other("/requests/current", cookies=proving.opened(request, db, FOLLOW, {FOLLOW: referral_id}))


@reads("/requests/current", guard=sender_with_code)
def current(request: AnyRequest, db: Db) -> Page:
    """How it stands, what happened when, what comes next."""
    referral = _opened(request, db)
    task = queries.find_task_of(db, referral.id)
    audit.viewed(databases_of(request), actions.sender_of(referral), subject_type="referral", subject_id=referral.id)
    on_its_way = not any(sent.settled_at for sent in find_about(db, task.id) if sent.message == messages.ARRIVED)
    history = queries.find_history(db, task.id)
    stands = standing(task, history, source=referral.source, now=clock.now(), on_its_way=on_its_way)
    words = notes.words_for_sender(db, task)
    clinic = get_record(db, task.location_id)
    return page(
        request,
        "referrals/follow_current.html",
        reference=referral.reference,
        clinic=clinic,
        stands=stands,
        words=words,
        has_letter=referral.source == Source.CLINICIAN and referral.purged_at is None,
        line_up=readdressing.line_up(db, referral),
        offers=readdressing.offers(db, referral, task, now=clock.now()),
    )


@reads("/requests/current/letter.pdf", guard=sender_with_code)
def letter(request: AnyRequest, db: Db) -> File:
    """The letter that went to the clinic, for the clinician who sent it."""
    referral = _opened(request, db)
    task = queries.find_task_of(db, referral.id)
    return papers.letter_of(request, db, task, by=actions.sender_of(referral), subject_type="referral")


@reads("/requests/withdraw", guard=sender_with_code)
def withdraw_page(request: AnyRequest, db: Db) -> Page:
    """Asked once more, because it cannot be undone."""
    reference = _opened(request, db).reference
    return page(
        request, "referrals/follow_withdraw.html", reference=reference, errors={}, back_href="/requests/current"
    )


@writes("/requests/withdraw", guard=sender_with_code)
def withdraw(request: AnyRequest, db: Db) -> Page:
    """Taken back: the clinic can read it no more, from this moment."""
    referral = _opened(request, db)
    actions.withdraw(db, referral.id, by=actions.sender_of(referral), at=clock.now())
    return see_other("/requests/current")


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
    """The request, if the mailbox is the one on file. Existing or not, the same is computed."""
    ring = sealed.ring_of(db)
    referral = queries.find_by_reference(db, asked.reference)
    on_file = content.mailbox_of(ring, referral) if referral is not None else None
    if on_file is None:
        content.compute_for_nothing(ring)
    same = content.is_same_mailbox(on_file or "", asked.mailbox)
    return codes.Door(referral.id, on_file) if referral is not None and on_file is not None and same else None


def _opened(request: AnyRequest, db: Db) -> Referral:
    referral_id = grants.require(db, cookie_value(request, FOLLOW), purpose=FOLLOW)
    return queries.get_referral(db, referral_id)


def _find_page(request: AnyRequest, filled: Filled[Lookup]) -> Page:
    status = 422 if filled.errors else 200
    return page(request, "referrals/follow_find.html", status=status, values=filled.values, errors=filled.errors)


ROUTES = [find, ask_for_code, code_page, open_it, current, letter, withdraw_page, withdraw, done, closed]
