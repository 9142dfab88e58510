"""What time does to listings: stale at 91 days without a confirmation, unlisted at 120, licences and checks outlived.

Run by the worker. Each batch is a transaction of its own, so that a long list holds up nobody.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from directory.lib import events
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import people
from directory.listings.events import ListingChanged
from directory.terminology.proofs import FACT_GROUPS, STALE_AT_DAYS, UNLIST_AT_DAYS, FactGroup
from directory.verification import actions, queries, rules

AT_ONCE = 200
# A licence is good to the end of its last day where the clinic is; twelve hours on, that day is over nearly everywhere.
_DAY_IS_OVER = dt.timedelta(hours=12)
_LOOK_BACK = dt.timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many listings or licences changed."""

    stale: int
    unlisted: int
    licences_expired: int
    outlived: int


def sweep(databases: Databases, dispatch: events.Dispatch, *, at: dt.datetime) -> Swept:
    """Do all that is due at `at`; done again at once, it finds nothing."""

    def of_status(status: str, days: int) -> Callable[[Session], list[UUID]]:
        since = at - dt.timedelta(days=days)
        return lambda db: queries.find_unconfirmed(db, status, since=since, limit=AT_ONCE)

    unlisted = sum(
        _in_batches(databases, dispatch, of_status(status, UNLIST_AT_DAYS), lambda db, i: actions.unlist(db, i, at=at))
        for status in ("STALE", "PUBLISHED")
    )
    stale = _in_batches(
        databases, dispatch, of_status("PUBLISHED", STALE_AT_DAYS), lambda db, i: actions.mark_stale(db, i, at=at)
    )
    with unit_of_work(databases, dispatch) as db:
        expired = people.expire_licences(db, before=(at - _DAY_IS_OVER).date())
    outlived = sum(_outlived(databases, dispatch, group, at) for group in (FactGroup.IDENTITY, FactGroup.SUPERVISION))
    outlived += _in_batches(
        databases,
        dispatch,
        lambda db: queries.find_rems_outlived(db, since=at - rules.REMS_OUTLIVED, limit=AT_ONCE),
        lambda db, location_id: events.record_once(db, ListingChanged(location_id=location_id)),
    )
    return Swept(stale=stale, unlisted=unlisted, licences_expired=expired, outlived=outlived)


def fade(databases: Databases, dispatch: events.Dispatch, *, at: dt.datetime) -> int:
    """Announce every listing of which a proof has faded or run out of late: nobody did anything, and yet less is shown.

    Looks two days back each time, so that a night without a worker leaves nothing behind; gives how many there were.
    """
    with reading(databases) as db:
        faded = queries.find_faded(db, after=at - _LOOK_BACK, until=at)
    for start in range(0, len(faded), AT_ONCE):
        with unit_of_work(databases, dispatch) as db:
            for location_id in faded[start : start + AT_ONCE]:
                events.record_once(db, ListingChanged(location_id=location_id))
    return len(faded)


def _outlived(databases: Databases, dispatch: events.Dispatch, group: FactGroup, at: dt.datetime) -> int:
    since = at - 2 * dt.timedelta(days=FACT_GROUPS[group].half_life_days + 1)
    return _in_batches(
        databases,
        dispatch,
        lambda db: queries.find_outlived(db, group, since=since, limit=AT_ONCE),
        lambda db, location_id: events.record_once(db, ListingChanged(location_id=location_id)),
    )


def _in_batches(
    databases: Databases,
    dispatch: events.Dispatch,
    find: Callable[[Session], list[UUID]],
    act: Callable[[Session, UUID], None],
) -> int:
    count = 0
    seen: set[UUID] = set()
    while True:
        with unit_of_work(databases, dispatch) as db:
            found = [location_id for location_id in find(db) if location_id not in seen]
            for location_id in found:
                act(db, location_id)
        if not found:
            return count
        seen.update(found)
        count += len(found)
