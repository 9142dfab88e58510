"""The team of an organization as its owner sees it: people, roles, what was offered and not taken yet."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from directory.accounts.permissions import LABELS, Role
from directory.accounts.queries import find_invitations, find_team
from directory.listings.models import Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody on a team."""

    id: UUID
    user_id: UUID
    name: str
    mailbox: str
    role: str
    role_label: str
    since_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An invitation that waits for its answer."""

    id: UUID
    mailbox: str
    role_label: str
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """One organization and its people."""

    organization_id: UUID
    name: str
    members: list[Member]
    offered: list[Offered]


def find_teams(db: Session, organizations: Iterable[UUID]) -> list[Team]:
    """The teams of these organizations, by name."""
    rows = db.exec(select(Organization).where(col(Organization.id).in_(list(organizations))).order_by("name")).all()
    return [
        Team(organization_id=row.id, name=row.name, members=_members(db, row.id), offered=_offered(db, row.id))
        for row in rows
    ]


def _members(db: Session, organization_id: UUID) -> list[Member]:
    return [
        Member(
            id=membership.id,
            user_id=user.id,
            name=user.name or user.mailbox,
            mailbox=user.mailbox,
            role=membership.role,
            role_label=LABELS[Role(membership.role)],
            since_at=membership.since_at,
        )
        for membership, user in find_team(db, organization_id)
    ]


def _offered(db: Session, organization_id: UUID) -> list[Offered]:
    return [
        Offered(id=row.id, mailbox=row.mailbox, role_label=LABELS[Role(row.role)], expires_at=row.expires_at)
        for row in find_invitations(db, organization_id)
    ]
