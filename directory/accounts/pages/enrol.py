"""Enrolling the first factor, after a link was opened: an authenticator app or a passkey, then the recovery codes."""

from directory.accounts import enrolment, factors, passkeys, signing_in
from directory.accounts.forms import Code, PasskeyAnswer
from directory.accounts.guards import asked_for_link
from directory.accounts.models import Factor
from directory.accounts.pages import browser
from directory.accounts.pages.apps import app_page
from directory.accounts.signing_in import Waiting
from directory.web.forms import Filled, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, Page, Submitted, reads, writes
from directory.web.shell import cookie_value, page, see_other
from directory.wording.say import _

HERE = "/sign-in/enrol"


@reads(HERE, guard=asked_for_link)
def choose(request: AnyRequest, db: Db) -> Page:
    """Which factor it shall be."""
    _waiting(request, db)
    return _choose(request, {})


@writes(f"{HERE}/app", guard=asked_for_link)
def begin_app(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """A secret for the app."""
    factors.begin_app(db, _waiting(request, db).user.id)
    return see_other(f"{HERE}/app")


@reads(f"{HERE}/app", guard=asked_for_link)
def show_app(request: AnyRequest, db: Db) -> Page:
    """The secret, to be scanned or typed."""
    return _app(request, db, _waiting(request, db), empty(Code))


@writes(f"{HERE}/app/confirm", guard=asked_for_link)
def confirm_app(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The app's first code: signed in."""
    at, filled = _waiting(request, db), fill(Code, form)
    if filled.form is None:
        return _app(request, db, at, filled)
    if not factors.confirm_app(db, at.user, filled.form.code):
        return _app(request, db, at, with_errors(filled, code=_("That is not the code your app shows now. Try again")))
    return _in(request, db, at, Factor.TOTP)


@writes(f"{HERE}/passkey/challenge", guard=asked_for_link)
def challenge(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """What the authenticator makes a new passkey for."""
    at = browser.house(request)
    browser.count_challenge(request)
    token, options = passkeys.ask_to_enrol(db, at, _waiting(request, db).user)
    return browser.challenge(request, token, options)


@writes(f"{HERE}/passkey", guard=asked_for_link)
def add_passkey(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The new passkey: signed in."""
    at, filled = _waiting(request, db), fill(PasskeyAnswer, form)
    mine = cookie_value(request, passkeys.COOKIE)
    house = browser.house(request)
    row = filled.form and passkeys.enrol(
        db, house, at.user, browser=mine, answer=filled.form.answer, name=filled.form.name
    )
    if not row:
        return _choose(request, {"form": _("This passkey could not be added. Try again, or use an app.")})
    return _in(request, db, at, Factor.PASSKEY)


def _waiting(request: AnyRequest, db: Db) -> Waiting:
    return enrolment.waiting_for_first(db, cookie_value(request, signing_in.COOKIE))


def _in(request: AnyRequest, db: Db, at: Waiting, factor: Factor) -> Page:
    found, codes = enrolment.finish_first(db, at, factor=factor, agent=browser.agent(request))
    goes_to = browser.wanted(request, found.goes_to) or found.home
    return browser.codes_page(request, codes, goes_to=goes_to, cookies=browser.entry_cookies(request, found))


def _choose(request: AnyRequest, errors: dict[str, str]) -> Page:
    return page(
        request,
        "accounts/enrol.html",
        status=422 if errors else 200,
        errors=errors,
        here=HERE,
        passkeys=browser.takes_passkeys(request),
    )


def _app(request: AnyRequest, db: Db, at: Waiting, filled: Filled[Code]) -> Page:
    secret = factors.secret_of(db, factors.waiting_app(db, at.user.id))
    return app_page(request, filled, secret=secret, mailbox=at.user.mailbox, action=f"{HERE}/app/confirm", back=HERE)


ROUTES = [choose, begin_app, show_app, confirm_app, challenge, add_passkey]
