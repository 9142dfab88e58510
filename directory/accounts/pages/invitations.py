"""An invitation: what is offered and by whom, then a first factor, or the usual sign-in and a yes."""

from directory.accounts import actions, sessions
from directory.accounts.guards import signed_in, who
from directory.accounts.models import Invitation
from directory.accounts.pages import browser
from directory.accounts.permissions import LABELS, Role
from directory.accounts.queries import get_user
from directory.lib import clock
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, anyone, reads, writes
from directory.web.shell import page, see_other


@reads("/invitation/{token:str}", guard=anyone)
def show(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """What is offered. Nothing happens before the button."""
    return _page(request, _invitation(request, db, token), accept=False, action=f"/invitation/{token}")


@writes("/invitation/{token:str}", guard=anyone)
def begin(request: AnyRequest, db: Db, form: Submitted, token: FromPath[str]) -> Page:
    """On to a first factor, or to the usual sign-in for whoever has one already."""
    opened = actions.begin_with_invitation(db, _invitation(request, db, token))
    if opened is None:
        return see_other(f"/account/invitation/{token}")
    return see_other("/sign-in/enrol", cookies=[browser.sign_in_cookie(request, opened)])


@reads("/account/invitation/{token:str}", guard=signed_in)
def show_signed_in(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """The same, for whoever is signed in."""
    return _page(request, _invitation(request, db, token), accept=True, action=f"/account/invitation/{token}")


@writes("/account/invitation/{token:str}", guard=signed_in)
def accept(request: AnyRequest, db: Db, form: Submitted, token: FromPath[str]) -> Page:
    """Yes, by the person whose mailbox it was sent to: another role, and so a new id."""
    me = who(request)
    actions.accept(db, _invitation(request, db, token), get_user(db, me.user_id))
    sessions.end_all(db, me.user_id, but=me.session_id)
    return browser.rotated(request, sessions.rotate(db, me.session_id), "/account?done=accepted")


def _invitation(request: AnyRequest, db: Db, token: str) -> Invitation:
    return actions.read_invitation(db, request.app.state.settings.secret, token, clock.today())


def _page(request: AnyRequest, row: Invitation, *, accept: bool, action: str) -> Page:
    return page(
        request,
        "accounts/invitation.html",
        place=row.place,
        role=LABELS[Role(row.role)],
        mailbox=row.mailbox,
        expires_at=row.expires_at,
        accept=accept,
        action=action,
    )


ROUTES = [show, begin, show_signed_in, accept]
