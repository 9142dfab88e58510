"""Pages that moved: a listing that was merged into another one leads there, and no more once that is undone."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from directory.lib.tables import Table, at_field, ref_field
from directory.listings.models import Location


class MovedPage(Table, table=True):
    """The page of `location_id` is now that of `kept_id`."""

    __tablename__ = "moved_page"

    location_id: UUID = ref_field("location.id", index=False, primary_key=True)
    kept_id: UUID = ref_field("location.id")
    at: dt.datetime = at_field()


def move(db: Session, location_id: UUID, kept_id: UUID, *, at: dt.datetime) -> None:
    """From now on the page leads to the kept one, and so do pages that had led here."""
    for row in db.exec(select(MovedPage).where(MovedPage.kept_id == location_id)).all():
        row.kept_id = kept_id
        db.add(row)
    db.add(MovedPage(location_id=location_id, kept_id=kept_id, at=at))
    db.flush()


def move_back(db: Session, location_id: UUID) -> None:
    """The page stands for itself again."""
    row = db.get(MovedPage, location_id)
    if row is not None:
        db.delete(row)
        db.flush()


def find_kept_slug(db: Session, slug: str) -> str | None:
    """Where a page has moved to; None when it has not."""
    gone = select(MovedPage.kept_id).join(Location, col(Location.id) == col(MovedPage.location_id))
    kept_id = db.exec(gone.where(Location.slug == slug)).first()
    return db.get_one(Location, kept_id).slug if kept_id is not None else None


def find_kept(db: Session, slugs: Iterable[str]) -> dict[str, str]:
    """Where pages have moved to, by the slug they had; those that have not are left out."""
    gone, kept = aliased(Location), aliased(Location)
    asked = (
        select(gone.slug, kept.slug)
        .join(MovedPage, col(MovedPage.location_id) == col(gone.id))
        .join(kept, col(MovedPage.kept_id) == col(kept.id))
        .where(col(gone.slug).in_(list(slugs)))
    )
    return {before: after for before, after in db.exec(asked).all()}  # noqa: C416 - rows are no pairs to mypy
