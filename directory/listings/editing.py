"""How a listing is taken in hand: the row locked, counted up once a transaction, its change announced; rules first."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, select

from directory.lib import events
from directory.lib.errors import Conflict, NotFound, Refused
from directory.listings import rules
from directory.listings.events import ListingChanged
from directory.listings.models import Location
from directory.wording.say import _


def edit(db: Session, location_id: UUID, *, version: int | None, at: dt.datetime) -> Location:
    """Take the row of a site to change it: locked, counted up once a transaction, announced.

    Raises NotFound, and Conflict when it has changed since the editor saw `version`.
    """
    seen = _seen(db)
    location = db.get(Location, location_id) if location_id in seen else None
    if location is None:
        asked = select(Location).where(Location.id == location_id).with_for_update()
        location = db.exec(asked.execution_options(populate_existing=True)).one_or_none()
    if location is None:
        raise NotFound(_("There is no such clinic."))
    before = seen.get(location_id, location.version)
    if version is not None and version not in (before, location.version):
        raise Conflict(_("Somebody has changed this listing since you opened it. Look at it again before you save."))
    seen[location_id] = before
    location.version = before + 1
    location.changed_at = at
    events.record_once(db, ListingChanged(location_id=location_id))
    return location


def refuse(problems: Sequence[rules.Problem]) -> None:
    """Raise Refused with every problem, if there is one."""
    if problems:
        raise Refused("; ".join(f"{problem.field}: {problem.words}" for problem in problems))


def begin(db: Session, location: Location) -> None:
    """A new site is in hand: what else happens to it in this transaction is its first version."""
    _seen(db)[location.id] = 0
    events.record_once(db, ListingChanged(location_id=location.id))


def _seen(db: Session) -> dict[UUID, int]:
    """The version that each site in hand had before this transaction."""
    seen: dict[UUID, int] = db.info.setdefault("listings.versions", {})
    return seen
