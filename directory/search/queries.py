"""What the index asks the database: the version, and what changed after a version. Nothing here writes."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from directory.listings import moved
from directory.listings import queries as listings
from directory.search.comparing import Picked, picked
from directory.search.index import Change
from directory.search.models import ListingViews, SearchEntry, SearchVersion, UnmetNeed

AT_ONCE: Final = 10_000


def get_version(db: Session) -> int:
    """The newest version; 0 before the first change."""
    return db.exec(select(SearchVersion.version)).one_or_none() or 0


def find_changes(db: Session, *, after: int) -> Iterator[list[Change]]:
    """Every row above a version in the order of versions, thousands at a time; from 0, those that left are left out.

    Never all at once: a process would keep the room that its fullest moment took.
    """
    asked = select(SearchEntry.location_id, SearchEntry.version, SearchEntry.payload)
    asked = asked.where(SearchEntry.version > after).order_by(col(SearchEntry.version))
    if after == 0:
        asked = asked.where(col(SearchEntry.removed).is_(False))
    for rows in db.exec(asked, execution_options={"yield_per": AT_ONCE}).partitions():
        yield [Change(str(location_id), version, payload or None) for location_id, version, payload in rows]


def find_unmet(db: Session, month_on: dt.date) -> dict[str, int]:
    """Searches of one month that found nobody, by county; never to be shown as they are (`unmet.size_of`)."""
    rows = db.exec(select(UnmetNeed.county_fips, UnmetNeed.searches).where(UnmetNeed.month_on == month_on)).all()
    return {row[0]: row[1] for row in rows}


def find_first_unmet_month(db: Session) -> dt.date | None:
    """The first month in which such a search was counted."""
    first: dt.date | None = db.exec(select(func.min(UnmetNeed.month_on))).one()
    return first


def find_views(db: Session, location_id: UUID, *, before: dt.date, at_most: int) -> list[tuple[dt.date, int]]:
    """How often the public page of a location was shown, by month, of the last months that began before that day,
    newest first."""
    asked = select(ListingViews).where(ListingViews.location_id == location_id, ListingViews.month_on < before)
    rows = db.exec(asked.order_by(col(ListingViews.month_on).desc()).limit(at_most)).all()
    return [(row.month_on, row.seen) for row in rows]


def find_picked(db: Session, slugs: Sequence[str], *, strange: int = 0) -> Picked:
    """What becomes of clinics that somebody wants to compare; two statements. `strange` names can be no clinic's."""
    kept = moved.find_kept(db, slugs) if slugs else {}
    rows = listings.find_locations_by_slug(db, {*slugs, *kept.values()}) if slugs else {}
    return picked(slugs, rows, kept, strange=strange)
