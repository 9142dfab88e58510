"""Who may do what: roles, permissions and the table that joins them, as data. Pure; what is not granted is refused."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from directory.wording.say import _


class Role(StrEnum):
    """What somebody is here: in one organization, as a sender of requests, or in the house."""

    OWNER = "owner"
    EDITOR = "editor"
    INTAKE = "intake"
    REFERRER = "referrer"
    VERIFIER = "verifier"
    MODERATOR = "moderator"
    CLINICAL_REVIEWER = "clinical_reviewer"
    OPERATOR = "operator"


class Permission(StrEnum):
    """What can be allowed. Those of an organization hold for that organization alone."""

    ENTER_CLINIC = "enter_clinic"
    """See the clinic's own rooms: dashboard, preview, history."""
    EDIT_LISTING = "edit_listing"
    ATTEST = "attest"
    ANSWER_REQUESTS = "answer_requests"
    """Read and answer requests sent to the organization: health data."""
    MANAGE_TEAM = "manage_team"
    SEND_REQUESTS = "send_requests"
    """Send requests as a known clinician and follow one's own; nobody else's."""
    WORK_QUEUE = "work_queue"
    """See the house's queue and take items of it, each role for its own kinds."""
    VERIFY = "verify"
    MODERATE = "moderate"
    REVIEW_CLINICAL = "review_clinical"
    OPERATE = "operate"
    READ_AUDIT = "read_audit"
    APPROVE_EMERGENCY = "approve_emergency"
    """Be the second person when an operator must look at a request (break-glass)."""
    READ_ANY_REQUEST = "read_any_request"
    """Granted to no role: only an approved emergency gives it, for an hour, to one operator."""


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody has: in one organization, or in the house (and as a referrer) without one."""

    role: Role
    organization_id: uuid.UUID | None = None


IN_ORGANIZATION = frozenset({Role.OWNER, Role.EDITOR, Role.INTAKE})
"""Roles that name an organization; all others name none."""
OF_THE_HOUSE = frozenset({Role.VERIFIER, Role.MODERATOR, Role.CLINICAL_REVIEWER, Role.OPERATOR})

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(
        {
            Permission.ENTER_CLINIC,
            Permission.EDIT_LISTING,
            Permission.ATTEST,
            Permission.ANSWER_REQUESTS,
            Permission.MANAGE_TEAM,
        }
    ),
    Role.EDITOR: frozenset({Permission.ENTER_CLINIC, Permission.EDIT_LISTING, Permission.ATTEST}),
    Role.INTAKE: frozenset({Permission.ENTER_CLINIC, Permission.ANSWER_REQUESTS}),
    Role.REFERRER: frozenset({Permission.SEND_REQUESTS}),
    Role.VERIFIER: frozenset({Permission.WORK_QUEUE, Permission.VERIFY}),
    Role.MODERATOR: frozenset(
        {
            Permission.WORK_QUEUE,
            Permission.VERIFY,
            Permission.MODERATE,
            Permission.READ_AUDIT,
            Permission.APPROVE_EMERGENCY,
        }
    ),
    Role.CLINICAL_REVIEWER: frozenset({Permission.REVIEW_CLINICAL}),
    Role.OPERATOR: frozenset({Permission.OPERATE, Permission.READ_AUDIT, Permission.APPROVE_EMERGENCY}),
}
"""Role → what it may. Nobody of the house reads requests: neither verifier nor operator, nor a moderator."""

LABELS: Mapping[Role, str] = {
    Role.OWNER: _("Owner"),
    Role.EDITOR: _("Editor"),
    Role.INTAKE: _("Intake"),
    Role.REFERRER: _("Referring clinician"),
    Role.VERIFIER: _("Verifier"),
    Role.MODERATOR: _("Moderator"),
    Role.CLINICAL_REVIEWER: _("Clinical reviewer"),
    Role.OPERATOR: _("Operator"),
}

HINTS: Mapping[Role, str] = {
    Role.OWNER: _("Everything here, and the team"),
    Role.EDITOR: _("Keeps the listing true; does not see requests"),
    Role.INTAKE: _("Reads and answers requests; does not change the listing"),
}
"""What an owner is told of the roles to choose from."""


ROOMS: tuple[tuple[Permission, str, str], ...] = (
    (Permission.ENTER_CLINIC, "/clinic", _("Your clinics")),
    (Permission.ANSWER_REQUESTS, "/clinic/requests", _("Requests")),
    (Permission.SEND_REQUESTS, "/referrals", _("Your referrals")),
    (Permission.WORK_QUEUE, "/queue", _("Queue")),
)
"""Where people work, with what opens it: the menu of whoever is signed in, and where a sign-in leads by itself."""


def may(held: Iterable[Held], permission: Permission, organization_id: uuid.UUID | None = None) -> bool:
    """Whether one of the roles held grants this: in `organization_id`, or in any organization when none is named.

    A role of the house names no organization, and what it grants holds whichever is named.
    """
    return any(
        permission in GRANTS[each.role] and (organization_id is None or each.organization_id in {None, organization_id})
        for each in held
    )


def organizations(held: Iterable[Held], permission: Permission) -> tuple[uuid.UUID, ...]:
    """The organizations in which this is allowed, each once."""
    found = (each.organization_id for each in held if permission in GRANTS[each.role])
    return tuple(dict.fromkeys(each for each in found if each is not None))


def fits(role: Role, organization_id: uuid.UUID | None) -> bool:
    """Whether a role is held where it can be: in an organization, or without one."""
    return (role in IN_ORGANIZATION) == (organization_id is not None)
