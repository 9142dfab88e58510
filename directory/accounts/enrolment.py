"""The first factor of a person, made behind an opened link while there is none; then codes, role and session."""

from sqlmodel import Session, select

from directory.accounts import actions, factors, signing_in
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.models import Factor, User
from directory.accounts.signing_in import Entered, Waiting
from directory.lib.errors import Forbidden
from directory.wording.say import _


def waiting_for_first(db: Session, browser: str) -> Waiting:
    """Whose first factor this browser may make. Raises Gone without a link, Forbidden once there is a factor."""
    at = signing_in.waiting(db, browser)
    if at.has_factor:
        raise Forbidden(_("This account has a way to sign in already. Show it first; then you can add another one."))
    return at


def finish_first(db: Session, at: Waiting, *, factor: Factor, agent: str) -> tuple[Entered, list[str]]:
    """The first factor was made: the session it opens and the recovery codes. An invitation it began with is accepted.

    Raises Gone when the link was used meanwhile, in another window.
    """
    # The person's row is the lock: two windows with two links must not both make a first factor.
    db.exec(select(User).where(User.id == at.user.id).with_for_update()).one()
    if len(factors.find(db, at.user.id)) != 1:
        raise Forbidden(_("This account has a way to sign in already. Show it first; then you can add another one."))
    if at.invitation_id is not None:
        actions.accept_by_id(db, at.invitation_id, at.user)
    db.flush()
    kind = "passkey" if factor is Factor.PASSKEY else "app"
    codes = factors.added(db, at.user, kind, by=Actor(ActorKind.CLINIC, at.user.reference))
    return signing_in.finish(db, at, factor=factor, agent=agent), codes
