"""Ways to sign in, looked after by their owner: another one, another name, taken away; new recovery codes."""

from uuid import UUID

from directory.accounts import factors, passkeys, sessions
from directory.accounts.forms import Code, Name, PasskeyAnswer
from directory.accounts.guards import proved_just_now, who
from directory.accounts.models import Factor, User
from directory.accounts.pages import browser
from directory.accounts.pages.apps import app_page
from directory.accounts.queries import get_user
from directory.web.forms import Filled, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, reads, writes
from directory.web.shell import cookie_value, page, see_other
from directory.wording.say import _

HERE = "/account/factors"


@reads(HERE, guard=proved_just_now)
def choose(request: AnyRequest, db: Db) -> Page:
    """Which kind it shall be."""
    return _choose(request, {})


@writes(f"{HERE}/app", guard=proved_just_now)
def begin_app(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """A secret for the app."""
    factors.begin_app(db, who(request).user_id)
    return see_other(f"{HERE}/app")


@reads(f"{HERE}/app", guard=proved_just_now)
def show_app(request: AnyRequest, db: Db) -> Page:
    """The secret, to be scanned or typed."""
    return _app(request, db, _me(request, db), empty(Code))


@writes(f"{HERE}/app/confirm", guard=proved_just_now)
def confirm_app(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The app's first code: it counts from now on."""
    me, filled = _me(request, db), fill(Code, form)
    if filled.form is None:
        return _app(request, db, me, filled)
    if not factors.confirm_app(db, me, filled.form.code):
        return _app(request, db, me, with_errors(filled, code=_("That is not the code your app shows now. Try again")))
    return _added(request, db, me, Factor.TOTP)


@writes(f"{HERE}/passkey/challenge", guard=proved_just_now)
def challenge(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """What the authenticator makes a new passkey for."""
    at = browser.house(request)
    browser.count_challenge(request)
    token, options = passkeys.ask_to_enrol(db, at, _me(request, db))
    return browser.challenge(request, token, options)


@writes(f"{HERE}/passkey", guard=proved_just_now)
def add_passkey(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The new passkey counts from now on."""
    me, filled = _me(request, db), fill(PasskeyAnswer, form)
    mine, house = cookie_value(request, passkeys.COOKIE), browser.house(request)
    row = filled.form and passkeys.enrol(db, house, me, browser=mine, answer=filled.form.answer, name=filled.form.name)
    if not row:
        return _choose(request, {"form": _("This passkey could not be added. Try again, or use an app.")})
    return _added(request, db, me, Factor.PASSKEY)


@writes(f"{HERE}/{{kind:str}}/{{factor_id:uuid}}/rename", guard=proved_just_now)
def rename(request: AnyRequest, db: Db, form: Submitted, kind: FromPath[str], factor_id: FromPath[UUID]) -> Page:
    """Another name for a passkey or an app."""
    filled = fill(Name, form)
    factors.rename(db, who(request).user_id, kind, factor_id, filled.form.name if filled.form else "")
    return see_other("/account?done=saved")


@writes(f"{HERE}/{{kind:str}}/{{factor_id:uuid}}/remove", guard=proved_just_now)
def remove(request: AnyRequest, db: Db, form: Submitted, kind: FromPath[str], factor_id: FromPath[UUID]) -> Page:
    """Taken away, everywhere else signed out; never the last one."""
    me = who(request)
    factors.remove(db, _me(request, db), kind, factor_id, by=me.actor)
    sessions.end_all(db, me.user_id, but=me.session_id)
    return browser.rotated(request, sessions.rotate(db, me.session_id), "/account?done=removed")


@writes("/account/codes", guard=proved_just_now)
def renew_codes(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """Ten new recovery codes; the old ones end."""
    me = who(request)
    codes = factors.renew(db, _me(request, db), by=me.actor)
    cookies = [browser.session_cookie(request, sessions.rotate(db, me.session_id))]
    return browser.codes_page(request, codes, goes_to="/account", cookies=cookies)


def _me(request: AnyRequest, db: Db) -> User:
    return get_user(db, who(request).user_id)


def _added(request: AnyRequest, db: Db, me: User, factor: Factor) -> Page:
    """A new way in is a change of rights: a new id here; with the first recovery codes, they are shown."""
    kind = "passkey" if factor is Factor.PASSKEY else "app"
    codes = factors.added(db, me, kind, by=who(request).actor)
    token = sessions.rotate(db, who(request).session_id, factor=factor)
    if codes:
        cookies = [browser.session_cookie(request, token)]
        return browser.codes_page(request, codes, goes_to="/account?done=added", cookies=cookies)
    return browser.rotated(request, token, "/account?done=added")


def _choose(request: AnyRequest, errors: dict[str, str]) -> Page:
    return page(
        request,
        "accounts/enrol.html",
        status=422 if errors else 200,
        errors=errors,
        here=HERE,
        passkeys=browser.takes_passkeys(request),
    )


def _app(request: AnyRequest, db: Db, me: User, filled: Filled[Code]) -> Page:
    secret = factors.secret_of(db, factors.waiting_app(db, me.id))
    return app_page(request, filled, secret=secret, mailbox=me.mailbox, action=f"{HERE}/app/confirm", back=HERE)


ROUTES = [choose, begin_app, show_app, confirm_app, challenge, add_passkey, rename, remove, renew_codes]
