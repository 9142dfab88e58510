"""Judgements of moderation: who may work which kind, and whether a second yes is that of a second person. Pure."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from directory.accounts.actor import Actor
from directory.accounts.permissions import Permission
from directory.moderation.kinds import KINDS, KindRow
from directory.referrals.workdays import workdays_after
from directory.wording.say import _

HOUSE_ZONE = "America/New_York"
"""Our own working days are counted here."""
INDEPENDENT_WITHIN = dt.timedelta(days=30)
"""Two reports within this time, from two networks, put a neutral notice on the clinic's page."""
UNDO_WITHIN = dt.timedelta(days=30)
NEAR_M = 200
"""Listings with nearly the same name this near each other may be the same place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A person of ours at work. `organizations`: those in which this account has a role, too."""

    user_id: UUID
    actor: Actor
    organizations: frozenset[UUID] = frozenset()


def due_at(kind: KindRow, opened_at: dt.datetime) -> dt.datetime:
    """Until when it should be done: so many working days after it was opened."""
    return workdays_after(opened_at, kind.workdays, HOUSE_ZONE)


def kinds_for(may: Callable[[Permission], bool]) -> tuple[str, ...]:
    """The kinds somebody sees and works."""
    return tuple(kind.code for kind in KINDS if may(kind.needs))


def why_not_decide(worker: Worker, organization_id: UUID | None) -> str | None:
    """Why somebody may not decide about a clinic, in words; None when they may."""
    if organization_id in worker.organizations:
        return _("You belong to this organization, so somebody else decides.")
    return None


def why_not_second(worker: Worker, first_id: UUID, first_organizations: frozenset[UUID]) -> str | None:
    """Why a yes does not count as the second one, in words; None when it does.

    Four eyes are two people: not one twice, and not two accounts of one organization.
    """
    if worker.user_id == first_id:
        return _("You said yes already. A second person must look at it.")
    if worker.organizations & first_organizations:
        return _("You and whoever said yes first belong to the same organization. Somebody else must look at it.")
    return None


def is_independent(networks: list[str]) -> bool:
    """Whether reports from these networks came from at least two of them."""
    return len(set(networks)) >= 2
