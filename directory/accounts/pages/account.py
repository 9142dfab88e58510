"""One's own account: name, ways to sign in, browsers, roles; extending a session, and proving it is oneself."""

import json
from typing import Any
from uuid import UUID

from litestar.response import Response

from directory.accounts import actions, factors, passkeys, sessions, signing_in
from directory.accounts.forms import FactorCode, Name, PasskeyAnswer
from directory.accounts.guards import signed_in, who
from directory.accounts.models import Factor
from directory.accounts.pages import browser
from directory.accounts.permissions import LABELS, Permission, Role
from directory.accounts.queries import find_memberships, get_user
from directory.lib.errors import NotFound
from directory.web.forms import Filled, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, databases_of, reads, writes
from directory.web.shell import cookie_value, drop_cookie, page, see_other
from directory.wording.say import _

PROVE = "/account/prove"


@reads("/account", guard=signed_in)
def show(request: AnyRequest, db: Db) -> Page:
    """Everything that lets one in, and where one is in."""
    return _page(request, db, empty(Name, name=get_user(db, who(request).user_id).name))


@writes("/account/name", guard=signed_in)
def rename(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """What colleagues call one."""
    filled = fill(Name, form)
    if filled.form is None:
        return _page(request, db, filled)
    actions.set_name(db, who(request).user_id, filled.form.name)
    return see_other("/account?done=saved")


@writes("/account/sessions/{session_id:uuid}/end", guard=signed_in)
def end_session(request: AnyRequest, db: Db, form: Submitted, session_id: FromPath[UUID]) -> Page:
    """Signed out in one of one's browsers; in this one, that is signing out."""
    me = who(request)
    if session_id not in {row.id for row in sessions.find_open(db, me.user_id)}:
        raise NotFound(_("That browser is signed out already."))
    sessions.end(db, session_id)
    if session_id == me.session_id:
        return see_other("/sign-in?out=yes", cookies=[drop_cookie(request, sessions.COOKIE)])
    return see_other("/account?done=ended")


@writes("/account/sessions/end-others", guard=signed_in)
def end_others(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """Signed out everywhere else, and a new id here."""
    me = who(request)
    sessions.end_all(db, me.user_id, but=me.session_id)
    return browser.rotated(request, sessions.rotate(db, me.session_id), "/account?done=ended")


@writes("/account/extend", guard=signed_in)
def extend(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """Still here. The guard has written it down; the script is told how long it lasts now."""
    body = json.dumps({"left_s": who(request).left_s}).encode()
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


@writes("/account/roles/{membership_id:uuid}/leave", guard=signed_in)
def leave(request: AnyRequest, db: Db, form: Submitted, membership_id: FromPath[UUID]) -> Page:
    """A role given back; never the last owner's."""
    me = who(request)
    actions.leave(db, membership_id, by=me)
    return browser.rotated(request, sessions.rotate(db, me.session_id), "/account?done=left")


@reads(PROVE, guard=signed_in)
def show_prove(request: AnyRequest, db: Db) -> Page:
    """Show again that it is you."""
    wanted = browser.wanted(request, request.query_params.get("next", ""))
    return _prove(request, empty(FactorCode, next=wanted))


@writes(PROVE, guard=signed_in)
def prove(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """A code of the app; a recovery code is for signing in only."""
    filled = fill(FactorCode, form)
    if filled.form is None:
        return _prove(request, filled)
    me = who(request)
    signing_in.count_code(databases_of(request), me.user_id)
    if not factors.check_app(db, me.user_id, filled.form.code):
        return _prove(request, with_errors(filled, code=_("That is not the code your app shows now. Try again")))
    return _proved(request, db, Factor.TOTP, filled.form.next)


@writes(f"{PROVE}/passkey", guard=signed_in)
def prove_by_passkey(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """One's own passkey, and nobody else's."""
    filled = fill(PasskeyAnswer, form)
    mine = cookie_value(request, passkeys.COOKIE)
    found = filled.form and passkeys.check(
        db, browser.house(request), browser=mine, answer=filled.form.answer, of=who(request).user_id
    )
    if not (filled.form and found):
        again = empty(FactorCode, next=browser.wanted(request, filled.values["next"]))
        return _prove(request, with_errors(again, form=_("This passkey did not prove that it is you. Try again.")))
    return _proved(request, db, Factor.PASSKEY, filled.form.next)


def _proved(request: AnyRequest, db: Db, factor: Factor, wanted: str) -> Page:
    token = sessions.rotate(db, who(request).session_id, factor=factor)
    return browser.rotated(request, token, browser.wanted(request, wanted) or "/account")


def _prove(request: AnyRequest, filled: Filled[FactorCode]) -> Page:
    return browser.factor_page(request, filled, "accounts/prove.html")


def _page(request: AnyRequest, db: Db, filled: Filled[Name]) -> Page:
    me = who(request)
    mine = factors.find(db, me.user_id)
    return page(
        request,
        "accounts/account.html",
        status=422 if filled.errors else 200,
        values=filled.values,
        errors=filled.errors,
        me=me,
        factors=mine,
        codes_left=factors.codes_left(db, me.user_id),
        sessions=sessions.find_open(db, me.user_id),
        roles=[_role(row) for row in find_memberships(db, me.user_id)],
        rooms=bool(me.organizations(Permission.ENTER_CLINIC)),
        team=bool(me.organizations(Permission.MANAGE_TEAM)),
        emergency=me.may(Permission.APPROVE_EMERGENCY),
        done=request.query_params.get("done", ""),
    )


def _role(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "label": LABELS[Role(row.role)],
        "since_at": row.since_at,
        "can_leave": row.organization_id is not None or row.role == Role.REFERRER,
    }


ROUTES = [show, rename, end_session, end_others, extend, leave, show_prove, prove, prove_by_passkey]
