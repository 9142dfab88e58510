"""The team: an owner invites people, changes their roles, lets them enrol anew, and takes them off."""

from uuid import UUID

from directory.accounts import actions as accounts
from directory.accounts import sessions
from directory.accounts.guards import may, who
from directory.accounts.permissions import HINTS, LABELS, Permission, Role
from directory.lib.errors import Refused
from directory.portal.forms import InTeam, Invite, TeamRole
from directory.portal.team import find_teams
from directory.web.forms import Filled, empty, fill
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, reads, writes
from directory.web.shell import cookie, page, see_other
from directory.wording.say import _

ROLES = [(role.value, LABELS[role], HINTS[role]) for role in (Role.INTAKE, Role.EDITOR, Role.OWNER)]
OWNERS = may(Permission.MANAGE_TEAM)


@reads("/team", guard=OWNERS)
def show(request: AnyRequest, db: Db) -> Page:
    """Everybody, and a form for inviting."""
    return _page(request, db, empty(Invite))


@writes("/team/invite", guard=OWNERS)
def invite(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """A role offered to a mailbox; it is mailed."""
    filled, me = fill(Invite, form), who(request)
    if filled.form is None:
        return _page(request, db, filled)
    organization_id = filled.form.organization_id
    me.require(Permission.MANAGE_TEAM, organization_id=organization_id)
    [team] = find_teams(db, [organization_id])
    role = Role(filled.form.role)
    accounts.invite(db, mailbox=filled.form.mailbox, role=role, organization_id=organization_id, place=team.name, by=me)
    return see_other("/team?done=invited")


@writes("/team/invitations/{invitation_id:uuid}/withdraw", guard=OWNERS)
def withdraw(request: AnyRequest, db: Db, form: Submitted, invitation_id: FromPath[UUID]) -> Page:
    """An offer taken back."""
    accounts.withdraw_invitation(db, invitation_id, organization_id=_place(form), by=who(request))
    return see_other("/team?done=withdrawn")


@writes("/team/members/{membership_id:uuid}/role", guard=OWNERS)
def change_role(request: AnyRequest, db: Db, form: Submitted, membership_id: FromPath[UUID]) -> Page:
    """Another role; its person is signed out and told."""
    filled = fill(TeamRole, form)
    if filled.form is None:
        raise Refused(_("Choose a role."))
    place, role = filled.form.organization_id, Role(filled.form.role)
    accounts.change_role(db, membership_id, role, organization_id=place, by=who(request))
    return _under_a_new_id(request, db, "/team?done=changed")


@writes("/team/members/{membership_id:uuid}/enrol", guard=OWNERS)
def let_enrol(request: AnyRequest, db: Db, form: Submitted, membership_id: FromPath[UUID]) -> Page:
    """Everything lost: a new beginning by mail."""
    accounts.let_team_enrol_anew(db, membership_id, organization_id=_place(form), by=who(request))
    return see_other("/team?done=enrol")


@writes("/team/members/{membership_id:uuid}/end", guard=OWNERS)
def end(request: AnyRequest, db: Db, form: Submitted, membership_id: FromPath[UUID]) -> Page:
    """Off the team; never the last owner."""
    accounts.end_membership(db, membership_id, organization_id=_place(form), by=who(request))
    return _under_a_new_id(request, db, "/team?done=ended")


def _under_a_new_id(request: AnyRequest, db: Db, url: str) -> Page:
    # It may have been one's own role; a change of rights makes a new id.
    token = sessions.rotate(db, who(request).session_id)
    seconds = int(sessions.LONGEST.total_seconds())
    return see_other(url, cookies=[cookie(request, sessions.COOKIE, token, seconds=seconds)])


def _place(form: Submitted) -> UUID:
    filled = fill(InTeam, form)
    if filled.form is None:
        raise Refused(_("Open the page again"))
    return filled.form.organization_id


def _page(request: AnyRequest, db: Db, filled: Filled[Invite]) -> Page:
    me = who(request)
    teams = find_teams(db, me.organizations(Permission.MANAGE_TEAM))
    return page(
        request,
        "portal/team.html",
        status=422 if filled.errors else 200,
        values=filled.values,
        errors=filled.errors,
        teams=teams,
        organizations=[("", _("Choose one")), *((str(team.organization_id), team.name) for team in teams)],
        roles=ROLES,
        me=me,
        done=request.query_params.get("done", ""),
    )


ROUTES = [show, invite, withdraw, change_role, let_enrol, end]
