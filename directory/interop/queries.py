"""What machines that read the whole list ask the database: public clinics in order, and when each last changed."""

import datetime as dt
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from directory.listings.models import Location
from directory.listings.revision import Revision
from directory.terminology.listing_status import PUBLIC
from directory.verification.models import VerificationResult

_IS_PUBLIC = col(Location.status).in_(sorted(PUBLIC))


def count_public(db: Session) -> int:
    """How many clinics are public."""
    return db.exec(select(func.count()).select_from(Location).where(_IS_PUBLIC)).one()


def find_public(db: Session, *, offset: int, at_most: int) -> list[tuple[str, dt.datetime]]:
    """Slugs of public clinics in their order, each with when its page last changed.

    A page changes when its standing does, when somebody confirms or doubts a fact, and when a change is settled.
    """
    of_it, by_it = col(VerificationResult.location_id), col(Revision.location_id)
    checked = select(func.max(VerificationResult.at)).where(of_it == col(Location.id)).scalar_subquery()
    settled = select(func.max(Revision.settled_at)).where(by_it == col(Location.id)).scalar_subquery()
    columns: list[Any] = [Location.slug, Location.status_at, Location.confirmed_at, checked, settled]
    asked = sql_select(*columns).where(_IS_PUBLIC).order_by(col(Location.slug)).offset(offset).limit(at_most)
    return [(slug, max(at for at in days if at is not None)) for slug, *days in db.execute(asked).all()]
