"""Another mailbox for an account: proved by a code, told to the old one, and undone from there by one press."""

from directory.accounts import codes, moving, sessions
from directory.accounts.forms import Code, NewMailbox
from directory.accounts.guards import proved_just_now, who
from directory.accounts.models import MailboxChange
from directory.accounts.network import network_of
from directory.accounts.pages import browser
from directory.accounts.queries import get_user
from directory.lib import clock
from directory.lib.db import unit_of_work
from directory.web.forms import Filled, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, anyone, databases_of, quick, reads, writes
from directory.web.shell import cookie, cookie_value, drop_cookie, page, see_other
from directory.wording.say import _

CODE = moving.NEW_MAILBOX


@reads("/account/mailbox", guard=proved_just_now)
def show(request: AnyRequest, db: Db) -> Page:
    """Which mailbox it shall be."""
    return _page(request, empty(NewMailbox))


@writes("/account/mailbox", guard=proved_just_now)
def ask(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """A code to the new mailbox. Nothing is changed yet."""
    filled, me = fill(NewMailbox, form), who(request)
    if filled.form is None:
        return _page(request, filled)
    databases = databases_of(request)
    with unit_of_work(databases) as before:
        change = moving.ask_new_mailbox(before, get_user(before, me.user_id), filled.form.mailbox)
    door = codes.Door(change.id, change.new_mailbox)
    token = codes.ask(databases, purpose=CODE, asked_for=str(me.user_id), door=door, network=network_of(request))
    kept = cookie(request, CODE, token, seconds=int(codes.LIFE.total_seconds()))
    return see_other("/account/mailbox/code", cookies=[kept])


@quick("/account/mailbox/code", guard=proved_just_now)
def show_code(request: AnyRequest) -> Page:
    """Six digits, please."""
    return _code_page(request, empty(Code))


@writes("/account/mailbox/code", guard=proved_just_now)
def take(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The code proves the new mailbox: it counts, the old one is told, everywhere else is signed out."""
    filled, me = fill(Code, form), who(request)
    if filled.form is None:
        return _code_page(request, filled)
    mine, secret = cookie_value(request, CODE), request.app.state.settings.secret
    found = codes.check(databases_of(request), secret, purpose=CODE, browser=mine, typed=filled.form.code)
    if isinstance(found, codes.Wrong):
        return _code_page(request, with_errors(filled, code=browser.tries_left(found.tries_left)))
    if isinstance(found, codes.Over):
        return _code_page(request, with_errors(filled, code=_("This code no longer works. Begin again")))
    moving.take_new_mailbox(db, found.subject_id, by=me)
    sessions.end_all(db, me.user_id, but=me.session_id)
    kept = browser.session_cookie(request, sessions.rotate(db, me.session_id))
    return see_other("/account?done=mailbox", cookies=[kept, drop_cookie(request, CODE)])


@reads("/mailbox-change/{token:str}", guard=anyone)
def show_objection(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """A button for whoever reads the old mailbox."""
    _change(request, db, token)
    return page(request, "accounts/objection.html", done=False)


@writes("/mailbox-change/{token:str}", guard=anyone)
def object_to_it(request: AnyRequest, db: Db, form: Submitted, token: FromPath[str]) -> Page:
    """The old mailbox counts again, and nobody is signed in any more."""
    stays_open = moving.object_to_mailbox(db, _change(request, db, token))
    return page(request, "accounts/objection.html", done=True, stays_open=stays_open)


def _change(request: AnyRequest, db: Db, token: str) -> MailboxChange:
    return moving.read_mailbox_change(db, request.app.state.settings.secret, token, clock.today())


def _page(request: AnyRequest, filled: Filled[NewMailbox]) -> Page:
    return page(
        request,
        "accounts/mailbox.html",
        status=422 if filled.errors else 200,
        values=filled.values,
        errors=filled.errors,
        now=who(request).mailbox,
        back_href="/account",
    )


def _code_page(request: AnyRequest, filled: Filled[Code]) -> Page:
    status = 422 if filled.errors else 200
    return page(
        request, "accounts/mailbox_code.html", status=status, errors=filled.errors, back_href="/account/mailbox"
    )


ROUTES = [show, ask, show_code, take, show_objection, object_to_it]
