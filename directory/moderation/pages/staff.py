"""Who of the house is at work here, from the request: the worker as actions know it, and the kinds they see."""

from directory.accounts.guards import who
from directory.accounts.permissions import IN_ORGANIZATION
from directory.moderation.rules import Worker, kinds_for
from directory.web.routes import AnyRequest


def worker(request: AnyRequest) -> Worker:
    """The person of ours who is signed in."""
    found = who(request)
    own = frozenset(h.organization_id for h in found.held if h.role in IN_ORGANIZATION and h.organization_id)
    return Worker(user_id=found.user_id, actor=found.actor, organizations=own)


def kinds(request: AnyRequest) -> tuple[str, ...]:
    """The kinds of items that this person sees and works."""
    return kinds_for(who(request).may)
