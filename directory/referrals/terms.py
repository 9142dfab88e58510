"""The terms under which a clinic handles what is sent to it: versioned, accepted once for each organization."""

import datetime as dt
from uuid import UUID

from sqlmodel import Session, select

from directory.accounts import audit
from directory.accounts.actor import Actor
from directory.referrals.models import TermsAccepted

VERSION = "2026-11"
"""What the page of the terms says now; another text needs another version, and every clinic is asked again."""


def are_accepted(db: Session, organization_id: UUID) -> bool:
    """Whether somebody of this organization has said yes to the terms in force."""
    asked = select(TermsAccepted.id)
    asked = asked.where(TermsAccepted.organization_id == organization_id, TermsAccepted.version == VERSION)
    return db.exec(asked).first() is not None


def accept(db: Session, organization_id: UUID, *, by: Actor, at: dt.datetime) -> None:
    """Say yes for the organization. Twice is once."""
    if are_accepted(db, organization_id):
        return
    db.add(TermsAccepted(organization_id=organization_id, version=VERSION, by_actor=str(by), at=at))
    detail = {"version": VERSION}
    audit.append(
        db, by, "health_terms_accepted", subject_type="organization", subject_id=organization_id, detail=detail
    )
