"""Writing the search's own rows, in the transaction of the change they follow from."""

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, delete, text
from sqlmodel import Session, col, select

from directory.lib import clock
from directory.lib.db import after_commit
from directory.listings.events import ListingChanged
from directory.search import bell, rules
from directory.search.entries import Entry, to_text
from directory.search.models import ListingViews, SearchEntry
from directory.verification import queries as verification

AT_ONCE = 400
_ADD = text(
    "INSERT INTO unmet_need (month_on, county_fips, searches) VALUES (:month_on, :county_fips, :searches) "
    "ON CONFLICT (month_on, county_fips) DO UPDATE SET searches = unmet_need.searches + excluded.searches"
).bindparams(bindparam("month_on", type_=Date()))
_ADD_VIEWS = text(
    "INSERT INTO listing_views (location_id, month_on, seen) VALUES (:location_id, :month_on, :seen) "
    "ON CONFLICT (location_id, month_on) DO UPDATE SET seen = listing_views.seen + excluded.seen"
).bindparams(bindparam("month_on", type_=Date()), bindparam("location_id", type_=Uuid()))


def write_entries(db: Session, entries: Iterable[Entry]) -> None:
    """Put locations into the search, or in place of what it knew of them."""
    _write(db, {UUID(entry.location_id): to_text(entry) for entry in entries})


def remove_entries(db: Session, location_ids: Iterable[UUID]) -> None:
    """Take locations out of the search; a note stays, so that every process hears of it."""
    _write(db, dict.fromkeys(location_ids, ""))


def refresh(db: Session, location_ids: Iterable[UUID]) -> None:
    """Bring the search in line with what is listed and proved now."""
    wanted = list(location_ids)
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        found = {v.clinic.location_id: rules.entry_of(v) for v in verification.find_verified(db, part, at=clock.now())}
        entries = {i: found.get(i) for i in part}
        _write(db, {i: to_text(entry) if entry is not None else "" for i, entry in entries.items()})


def follow(db: Session, event: ListingChanged) -> None:
    """A listing changed: so does its row. Heard last, so that the counter is locked only shortly."""
    refresh(db, [event.location_id])


def add_unmet(db: Session, counts: Mapping[tuple[dt.date, str], int]) -> None:
    """Add searches that found nobody to their month and county; many processes do so at once."""
    for (month_on, county_fips), searches in sorted(counts.items()):  # in one order, so that none waits in a ring
        db.execute(_ADD, {"month_on": month_on, "county_fips": county_fips, "searches": searches})


def add_views(db: Session, counts: Mapping[tuple[dt.date, UUID], int]) -> None:
    """Add how often pages were shown to their month and location; many processes do so at once."""
    for (month_on, location_id), seen in sorted(counts.items()):  # in one order, so that none waits in a ring
        db.execute(_ADD_VIEWS, {"location_id": location_id, "month_on": month_on, "seen": seen})


def forget_views(db: Session, *, before: dt.date) -> None:
    """Delete the numbers of months that began before that day."""
    db.execute(delete(ListingViews).where(col(ListingViews.month_on) < before))


def _write(db: Session, payloads: dict[UUID, str]) -> None:
    asked = select(SearchEntry).where(col(SearchEntry.location_id).in_(payloads))
    rows = {row.location_id: row for row in db.exec(asked)}
    known = {i: row.payload for i, row in rows.items()}
    changed = {i: payload for i, payload in payloads.items() if known.get(i, "") != payload}
    if not changed:
        return
    db.flush()
    version = _next_version(db)
    for location_id, payload in changed.items():
        row = rows.get(location_id) or SearchEntry(location_id=location_id, version=version)
        row.version, row.payload, row.removed = version, payload, not payload
        db.add(row)
    db.flush()
    after_commit(db, bell.ring)


def _next_version(db: Session) -> int:
    # The row stays locked until the commit: whoever comes next waits, and versions become visible in their order.
    statement = text(
        "INSERT INTO search_version (id, version) VALUES (1, 1) "
        "ON CONFLICT (id) DO UPDATE SET version = search_version.version + 1 RETURNING version"
    )
    return int(db.execute(statement).scalar_one())
