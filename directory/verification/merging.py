"""Two listings are one place: one of them leaves the list and its page leads to the other; and the way back."""

import datetime as dt
from uuid import UUID

from sqlmodel import Session

from directory.accounts.actor import Actor
from directory.lib.errors import Conflict
from directory.listings import actions as listings
from directory.listings import moved
from directory.listings.models import Location
from directory.listings.queries import get_location
from directory.terminology.listing_status import PUBLIC, ListingState
from directory.verification import queries, rules
from directory.wording.say import _

GONE = (ListingState.CLOSED, ListingState.NEVER_LIST)


def merge_into(db: Session, gone_id: UUID, kept_id: UUID, *, by: Actor, at: dt.datetime) -> str:
    """Close one listing in favour of the other; gives the status it had. Raises Conflict when it is closed already."""
    gone, kept = get_location(db, gone_id), get_location(db, kept_id)
    if gone.status in GONE or kept.status in GONE:
        raise Conflict(_("One of the two is closed already."))
    before = gone.status
    moved.move(db, gone_id, kept_id, at=at)
    listings.set_public(db, gone_id, ListingState.CLOSED, by=str(by), at=at, note="merged")
    return before


def part_again(db: Session, gone_id: UUID, status: str, *, by: Actor, at: dt.datetime) -> Location:
    """Undo it: the listing has its page and its status again; public only when it passes the gate today."""
    moved.move_back(db, gone_id)
    if status in PUBLIC and rules.why_not_public(queries.get_verified(db, gone_id, at=at)):
        status = ListingState.UNLISTED
    return listings.set_public(db, gone_id, status, by=str(by), at=at)
