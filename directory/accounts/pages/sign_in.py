"""Signing in: a passkey, or a mailed link opened by a button and then a code. No answer tells who exists."""

from uuid import UUID

from directory.accounts import passkeys, sessions, signing_in
from directory.accounts.forms import AskForLink, FactorCode, PasskeyAnswer
from directory.accounts.guards import asked_for_link
from directory.accounts.network import network_of
from directory.accounts.pages import browser
from directory.accounts.signing_in import Entered
from directory.lib import clock
from directory.lib.db import reading
from directory.web.forms import Filled, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, anyone, databases_of, quick, reads, writes
from directory.web.shell import cookie_value, drop_cookie, page, see_other
from directory.wording.say import _


@quick("/sign-in", guard=anyone)
def begin(request: AnyRequest) -> Page:
    """A passkey, or a mailbox for the link."""
    wanted = browser.wanted(request, request.query_params.get("next", ""))
    return _begin(request, empty(AskForLink, next=wanted))


@writes("/sign-in", guard=anyone)
def ask(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """A link to the mailbox, if somebody has it; the answer is the same either way."""
    filled = fill(AskForLink, form)
    if filled.form is None:
        return _begin(request, filled)
    token = signing_in.ask(
        databases_of(request),
        mailbox=filled.form.mailbox,
        network=network_of(request),
        goes_to=browser.wanted(request, filled.form.next),
    )
    return see_other("/sign-in/sent", cookies=[browser.sign_in_cookie(request, token)])


@quick("/sign-in/sent", guard=anyone)
def sent(request: AnyRequest) -> Page:
    """Look into your mail."""
    return page(request, "accounts/sent.html")


@quick("/sign-in/lost", guard=anyone)
def lost(request: AnyRequest) -> Page:
    """What to do without a factor."""
    return page(request, "accounts/lost.html")


@reads("/sign-in/open/{token:str}", guard=anyone)
def show_link(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """A button, and nothing else: mail scanners open links before people do."""
    _look(request, db, token)
    return page(request, "accounts/open.html")


@writes("/sign-in/open/{token:str}", guard=anyone)
def open_link(request: AnyRequest, db: Db, form: Submitted, token: FromPath[str]) -> Page:
    """The button was pressed, in the browser that asked: now a factor."""
    link_id = _look(request, db, token)
    newer = signing_in.open_link(db, link_id, browser=cookie_value(request, signing_in.COOKIE))
    return see_other("/sign-in/factor", cookies=[browser.sign_in_cookie(request, newer)])


@reads("/sign-in/factor", guard=asked_for_link)
def show_factor(request: AnyRequest, db: Db) -> Page:
    """A code from the app, a passkey or a recovery code; who has none yet makes one."""
    if not signing_in.waiting(db, cookie_value(request, signing_in.COOKIE)).has_factor:
        return see_other("/sign-in/enrol")
    return browser.factor_page(request, empty(FactorCode), "accounts/factor.html")


@writes("/sign-in/factor", guard=asked_for_link)
def check_factor(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The code is judged; a try counts, whatever happens."""
    with reading(databases_of(request)) as before:
        signing_in.waiting(before, cookie_value(request, signing_in.COOKIE))
    filled = fill(FactorCode, form)
    if filled.form is None:
        return browser.factor_page(request, filled, "accounts/factor.html")
    found = signing_in.check_code(
        databases_of(request),
        browser=cookie_value(request, signing_in.COOKIE),
        typed=filled.form.code,
        recovery=filled.form.recovery == "yes",
        agent=browser.agent(request),
    )
    if isinstance(found, Entered):
        return browser.entered(request, found)
    filled = with_errors(filled, code=browser.tries_left(found.tries_left))
    return browser.factor_page(request, filled, "accounts/factor.html")


@writes("/sign-in/passkey/challenge", guard=anyone)
def challenge(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """What any authenticator with a passkey of ours may sign; it names nobody."""
    at = browser.house(request)
    browser.count_challenge(request)
    token, options = passkeys.ask_to_sign_in(db, at)
    return browser.challenge(request, token, options)


@writes("/sign-in/passkey", guard=anyone)
def check_passkey(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The authenticator's answer: a session, or the page again without saying what was wrong."""
    filled = fill(PasskeyAnswer, form)
    found = filled.form and signing_in.check_passkey(
        db,
        browser.house(request),
        browser=cookie_value(request, passkeys.COOKIE),
        answer=filled.form.answer,
        agent=browser.agent(request),
        goes_to=filled.form.next,
    )
    if found:
        return browser.entered(request, found)
    again = empty(AskForLink, next=browser.wanted(request, filled.values["next"]))
    return _begin(request, with_errors(again, form=_("This passkey did not open anything. Try again, or use a link.")))


@writes("/sign-out", guard=anyone)
def sign_out(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """Signed out here. Whoever is not signed in any more is told the same."""
    found = sessions.find(db, cookie_value(request, sessions.COOKIE))
    if found is not None:
        sessions.end(db, found.session_id)
    return see_other("/sign-in?out=yes", cookies=[drop_cookie(request, sessions.COOKIE)])


def _look(request: AnyRequest, db: Db, token: str) -> UUID:
    secret = request.app.state.settings.secret
    mine = cookie_value(request, signing_in.COOKIE)
    return signing_in.look(db, secret, token, browser=mine, today=clock.today())


def _begin(request: AnyRequest, filled: Filled[AskForLink]) -> Page:
    return page(
        request,
        "accounts/sign_in.html",
        status=422 if filled.errors else 200,
        values=filled.values,
        errors=filled.errors,
        passkeys=browser.takes_passkeys(request),
        out=request.query_params.get("out", "") == "yes",
    )


ROUTES = [
    begin,
    ask,
    sent,
    lost,
    show_link,
    open_link,
    show_factor,
    check_factor,
    challenge,
    check_passkey,
    sign_out,
]
