"""Verbs of people who sign in: invite and accept, change roles, leave, enrol anew."""

import datetime as dt
import uuid

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from directory.accounts import audit, factors, links, messages, rules, sessions, signing_in
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.events import RoleTaken
from directory.accounts.models import (
    Invitation,
    Membership,
    User,
)
from directory.accounts.permissions import IN_ORGANIZATION, Permission, Role, fits
from directory.accounts.queries import find_user, get_user
from directory.accounts.sessions import SignedIn
from directory.lib import events, ids
from directory.lib.db import changed, database_now
from directory.lib.errors import Conflict, Forbidden, Gone, NotFound, Refused
from directory.wording.say import _

INVITATION = "invitation"
"""The purpose of the links; `links.read` asks for it."""


# --- invitations ----------------------------------------------------------------------------------------------------


def invite(
    db: Session, *, mailbox: str, role: Role, organization_id: uuid.UUID, place: str, by: SignedIn
) -> Invitation:
    """An owner offers a role in the own organization to a mailbox (already normal). An older offer to it ends.

    Raises Forbidden unless `by` is an owner there, and Conflict when the mailbox's person has a role there already.
    """
    if why := rules.why_not_invite(role, organization_id, held=by.held):
        raise Forbidden(why)
    user = find_user(db, mailbox)
    if user is not None and _holds(db, user.id, organization_id) is not None:
        raise Conflict(_("This person is on the team already. Change the role there."))
    now = database_now(db)
    _withdraw_open(db, mailbox, organization_id, now)
    return _offer(db, mailbox, role, organization_id, place, by=by.actor, expires_at=now + rules.INVITATION_LIFE)


def invite_to_house(db: Session, *, mailbox: str, role: Role, by: Actor) -> Invitation:
    """An operator offers a role without an organization, by the command line; the link lives a day."""
    if role in IN_ORGANIZATION:
        raise Refused(_("This role belongs to an organization: an owner invites to it on the team page."))
    now = database_now(db)
    _withdraw_open(db, mailbox, None, now)
    return _offer(db, mailbox, role, None, "", by=by, expires_at=now + rules.ENROLMENT_LIFE)


def offer_referrer(db: Session, *, mailbox: str, by: Actor) -> None:
    """A clinician who proved `mailbox` asks for an account of their own: an invitation goes there.

    It vouches for nobody: `given_by` will say that it was asked for by `by`. Nothing happens where the mailbox's person
    refers already, or where an offer was mailed within the hour.
    """
    mailbox, now = mailbox.lower(), database_now(db)
    user = find_user(db, mailbox)
    if user is not None and _holds(db, user.id, None, Role.REFERRER) is not None:
        return
    asked = select(Invitation).where(Invitation.mailbox == mailbox, Invitation.role == Role.REFERRER.value)
    open_ = asked.where(col(Invitation.accepted_at).is_(None), col(Invitation.withdrawn_at).is_(None))
    row = db.exec(open_.where(col(Invitation.expires_at) > now).order_by(col(Invitation.invited_at).desc())).first()
    if row is not None and (row.invited_at > now - rules.OFFERED_AGAIN or not is_own_wish(row.invited_by)):
        return
    _offer(db, mailbox, Role.REFERRER, None, "", by=by, expires_at=now + rules.ENROLMENT_LIFE)


def is_own_wish(given_by: str) -> bool:
    """Whether a role was asked for by its holder, so that nobody of ours vouches for them."""
    return given_by.startswith(f"{ActorKind.CLINICIAN}:")


def make_first_owner(db: Session, *, mailbox: str, organization_id: uuid.UUID, place: str, by: Actor) -> Invitation:
    """Offers the owner's role of an organization that a claim gave to whoever reads `mailbox`."""
    now = database_now(db)
    _withdraw_open(db, mailbox, organization_id, now)
    return _offer(db, mailbox, Role.OWNER, organization_id, place, by=by, expires_at=now + rules.INVITATION_LIFE)


def withdraw_invitation(db: Session, invitation_id: uuid.UUID, *, organization_id: uuid.UUID, by: SignedIn) -> None:
    """An owner takes an offer back before it was accepted. Raises NotFound."""
    by.require(Permission.MANAGE_TEAM, organization_id=organization_id)
    row = db.get(Invitation, invitation_id)
    if row is None or row.organization_id != organization_id or row.accepted_at is not None:
        raise NotFound(_("There is no such invitation."))
    row.withdrawn_at = row.withdrawn_at or database_now(db)
    db.add(row)
    messages.call_off(db, row.id)
    audit.append(db, by.actor, "invitation_withdrawn", subject_type="invitation", subject_id=row.id)


def read_invitation(db: Session, secret: str, token: str, today: dt.date) -> Invitation:
    """The open offer that a link names. Raises NotFound for a link we did not make, Gone when it is over."""
    row = db.get(Invitation, links.read(secret, INVITATION, token, today))
    if row is None or row.withdrawn_at is not None or row.accepted_at is not None or row.expires_at <= database_now(db):
        raise Gone(_("This invitation was used, taken back, or is too old. Ask for a new one."))
    return row


def begin_with_invitation(db: Session, row: Invitation) -> str | None:
    """The holder of an invitation begins: the browser's token for enrolling a first factor.

    None when the mailbox's person has a factor already: then a week-old link is not enough, and they sign in as usual.
    """
    user = find_user(db, row.mailbox) or _new_user(db, row.mailbox)
    if factors.has_any(db, user.id):
        return None
    return signing_in.open_for(db, user.id, invitation_id=row.id, goes_to="")


def accept(db: Session, row: Invitation, user: User) -> None:
    """The offer is taken by the person whose mailbox it was made to. Raises Forbidden for anybody else."""
    if user.mailbox != row.mailbox:
        raise Forbidden(_("This invitation was sent to another mailbox. Sign in with that one to accept it."))
    now = database_now(db)
    mine = update(Invitation).where(
        col(Invitation.id) == row.id, col(Invitation.accepted_at).is_(None), col(Invitation.withdrawn_at).is_(None)
    )
    if not changed(db, mine.values(accepted_at=now, accepted_by=user.id)):
        raise Gone(_("This invitation was used, taken back, or is too old. Ask for a new one."))
    held = _holds(db, user.id, row.organization_id, Role(row.role) if row.organization_id is None else None)
    if held is None:
        give_role(db, user.id, Role(row.role), row.organization_id, by=row.invited_by, at=now)
    elif held.role == row.role and is_own_wish(held.given_by):
        held.given_by = row.invited_by  # somebody vouches for them now
        db.add(held)
    # A role that is held already stays: an old offer must not make the last owner an editor.
    audit.append(
        db,
        _self(user),
        "invitation_accepted",
        subject_type="user",
        subject_id=user.id,
        detail={"role": row.role, "organization": str(row.organization_id or "")},
    )
    events.record(db, RoleTaken(user_id=user.id, role=row.role))


def accept_by_id(db: Session, invitation_id: uuid.UUID, user: User) -> None:
    """The same, at the end of an enrolment that began with the invitation."""
    row = db.get(Invitation, invitation_id)
    if row is None or row.withdrawn_at is not None or row.accepted_at is not None:
        raise Gone(_("This invitation was used, taken back, or is too old. Ask for a new one."))
    accept(db, row, user)


# --- roles ----------------------------------------------------------------------------------------------------------


def give_role(
    db: Session, user_id: uuid.UUID, role: Role, organization_id: uuid.UUID | None, *, by: str, at: dt.datetime
) -> Membership:
    """A role for somebody, from now on."""
    assert fits(role, organization_id), "a role names an organization exactly when it is one of those"
    row = Membership(user_id=user_id, organization_id=organization_id, role=role.value, since_at=at, given_by=by[:120])
    db.add(row)
    return row


def change_role(db: Session, membership_id: uuid.UUID, role: Role, *, organization_id: uuid.UUID, by: SignedIn) -> None:
    """An owner gives somebody of the team another role; that person is signed out and told.

    Raises Conflict when it would leave no owner.
    """
    row = _of_team(db, membership_id, organization_id, by)
    if why := rules.why_not_invite(role, organization_id, held=by.held):
        raise Forbidden(why)
    if role is not Role.OWNER and (why := rules.why_not_end(_owners(db, organization_id), row.user_id)):
        raise Conflict(why)
    before, row.role = row.role, role.value
    if before == role:
        return
    db.add(row)
    _told(db, row, by, "role_changed", {"before": before, "after": role.value})


def end_membership(db: Session, membership_id: uuid.UUID, *, organization_id: uuid.UUID, by: SignedIn) -> None:
    """An owner takes somebody off the team; that person is signed out and told. Never the last owner (Conflict)."""
    row = _of_team(db, membership_id, organization_id, by)
    _end(db, row, by)
    # An invitation that still waits in that mailbox would be the way back.
    _withdraw_open(db, get_user(db, row.user_id).mailbox, organization_id, database_now(db))
    _told(db, row, by, "role_ended", {"role": row.role})


def leave(db: Session, membership_id: uuid.UUID, *, by: SignedIn) -> None:
    """Somebody gives the own role back. Raises NotFound for another's, Conflict for the last owner's."""
    row = db.get(Membership, membership_id)
    if row is None or row.user_id != by.user_id or row.ended_at is not None:
        raise NotFound(_("There is no such role on your account."))
    _end(db, row, by)
    sessions.end_all(db, by.user_id, but=by.session_id)
    audit.append(db, by.actor, "role_left", subject_type="user", subject_id=by.user_id, detail={"role": row.role})


# --- factors lost ----------------------------------------------------------------------------------


def let_enrol_anew(db: Session, user: User, *, by: Actor) -> Invitation:
    """Everything that let somebody in ends, and a link to enrol anew goes to the mailbox; it lives a day.

    For whoever lost every factor and every code: an operator does it on the command line after a second look at who
    asks, or an owner for the own team.
    """
    factors.forget_all(db, user.id)
    sessions.end_all(db, user.id)
    user.closed_at = None
    db.add(user)
    messages.factor_changed(db, user, "reset")
    audit.append(db, by, "factors_reset", subject_type="user", subject_id=user.id)
    held = db.exec(
        select(Membership).where(Membership.user_id == user.id, col(Membership.ended_at).is_(None)).order_by("since_at")
    ).first()
    if held is None:
        raise Conflict(_("This person has no role here: invite them instead."))
    now = database_now(db)
    _withdraw_open(db, user.mailbox, held.organization_id, now)
    role = Role(held.role)
    return _offer(db, user.mailbox, role, held.organization_id, "", by=by, expires_at=now + rules.ENROLMENT_LIFE)


def let_team_enrol_anew(db: Session, membership_id: uuid.UUID, *, organization_id: uuid.UUID, by: SignedIn) -> None:
    """The same by an owner, for somebody whose only roles are in that organization, and never for oneself."""
    row = _of_team(db, membership_id, organization_id, by)
    elsewhere = db.exec(
        select(Membership.id).where(
            Membership.user_id == row.user_id,
            col(Membership.ended_at).is_(None),
            col(Membership.organization_id).is_distinct_from(organization_id),
        )
    ).first()
    if row.user_id == by.user_id or elsewhere is not None:
        raise Forbidden(_("This person also works elsewhere here, so we have to look at it: write to us."))
    let_enrol_anew(db, get_user(db, row.user_id), by=by.actor)


def set_name(db: Session, user_id: uuid.UUID, name: str) -> None:
    """What colleagues call somebody."""
    user = get_user(db, user_id)
    user.name = name[:80]
    db.add(user)


# --- what these have in common --------------------------------------------------------------------------------------


def _offer(
    db: Session,
    mailbox: str,
    role: Role,
    organization_id: uuid.UUID | None,
    place: str,
    *,
    by: Actor,
    expires_at: dt.datetime,
) -> Invitation:
    row = Invitation(
        mailbox=mailbox,
        organization_id=organization_id,
        place=place[:120],
        role=role.value,
        invited_by=str(by),
        invited_at=database_now(db),
        expires_at=expires_at,
    )
    db.add(row)
    messages.invitation(db, row)
    detail = {"role": role.value, "organization": str(organization_id or "")}
    audit.append(db, by, "invited", subject_type="invitation", subject_id=row.id, detail=detail)
    return row


def _withdraw_open(db: Session, mailbox: str, organization_id: uuid.UUID | None, now: dt.datetime) -> None:
    open_ = update(Invitation).where(
        col(Invitation.mailbox) == mailbox,
        col(Invitation.organization_id).is_not_distinct_from(organization_id),
        col(Invitation.accepted_at).is_(None),
        col(Invitation.withdrawn_at).is_(None),
    )
    db.execute(open_.values(withdrawn_at=now))


def _new_user(db: Session, mailbox: str) -> User:
    for _attempt in range(5):
        row = User(reference=ids.new_reference("U"), mailbox=mailbox, created_at=database_now(db))
        try:
            with db.begin_nested():
                db.add(row)
                db.flush()
        except IntegrityError:
            existing = find_user(db, mailbox)
            if existing is not None:
                return existing
        else:
            return row
    raise Conflict(_("This account was closed. Write to us."))


def _holds(
    db: Session, user_id: uuid.UUID, organization_id: uuid.UUID | None, role: Role | None = None
) -> Membership | None:
    held = select(Membership).where(
        Membership.user_id == user_id,
        col(Membership.organization_id).is_not_distinct_from(organization_id),
        col(Membership.ended_at).is_(None),
    )
    return db.exec(held if role is None else held.where(Membership.role == role.value)).first()


def _owners(db: Session, organization_id: uuid.UUID) -> list[uuid.UUID]:
    # Locked: two owners that leave at the same moment must not both find the other one still there.
    owners = select(Membership).where(
        Membership.organization_id == organization_id,
        Membership.role == Role.OWNER.value,
        col(Membership.ended_at).is_(None),
    )
    rows = db.exec(owners.order_by("id").with_for_update().execution_options(populate_existing=True)).all()
    return [row.user_id for row in rows if row.ended_at is None]


def _of_team(db: Session, membership_id: uuid.UUID, organization_id: uuid.UUID, by: SignedIn) -> Membership:
    by.require(Permission.MANAGE_TEAM, organization_id=organization_id)
    row = db.get(Membership, membership_id)
    if row is None or row.organization_id != organization_id or row.ended_at is not None:
        raise NotFound(_("This person is not on the team."))
    return row


def _end(db: Session, row: Membership, by: SignedIn) -> None:
    if row.organization_id is not None and (why := rules.why_not_end(_owners(db, row.organization_id), row.user_id)):
        raise Conflict(why)
    row.ended_at, row.ended_by = database_now(db), str(by.actor)
    db.add(row)


def _told(db: Session, row: Membership, by: SignedIn, what: str, detail: dict[str, str | int | bool | None]) -> None:
    if row.user_id == by.user_id:
        sessions.end_all(db, row.user_id, but=by.session_id)
    else:
        sessions.end_all(db, row.user_id)
        messages.role_changed(db, get_user(db, row.user_id))
    audit.append(db, by.actor, what, subject_type="user", subject_id=row.user_id, detail=detail)


def _self(user: User) -> Actor:
    return Actor(ActorKind.CLINIC, user.reference)
