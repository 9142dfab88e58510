"""What the house does with a listing outside the queue: pause it, ask for its return, follow what was decided."""

import datetime as dt
from uuid import UUID

from sqlmodel import Session

from directory.accounts import audit
from directory.lib.errors import NotFound, Refused
from directory.listings.models import Location
from directory.listings.queries import find_location_by_slug, get_location
from directory.moderation import actions, deciding, messages, rules
from directory.moderation.deciding import Ask
from directory.moderation.kinds import Kind
from directory.moderation.models import Decision, QueueItem, Verb
from directory.moderation.reasons import PAUSE_REASONS
from directory.moderation.rules import Worker
from directory.terminology.listing_status import ListingState
from directory.verification import actions as verification
from directory.wording.say import _


def get_listing(db: Session, slug: str) -> Location:
    """A listing in any status, by its slug. Raises NotFound."""
    row = find_location_by_slug(db, slug)
    if row is None:
        raise NotFound(_("There is no listing of this name."))
    return row


def pause(db: Session, location_id: UUID, reason: str, *, words: str, by: Worker, at: dt.datetime) -> Decision:
    """Pause a listing at once: the public reads one neutral line, the clinic why. Raises Refused, Conflict."""
    why_not = rules.why_not_decide(by, get_location(db, location_id).organization_id)
    if why_not is not None:
        raise Refused(why_not)
    said = f"{PAUSE_REASONS[reason].sentence} {words.strip()}".strip()
    verification.suspend(db, location_id, note=reason, by=by.actor, at=at)
    row = Decision(
        location_id=location_id,
        verb=Verb.SUSPEND,
        words=said,
        detail={"reason": reason},
        by=str(by.actor),
        by_id=by.user_id,
        at=at,
    )
    db.add(row)
    db.flush()
    messages.tell_clinic(db, row, location_id)
    return row


def ask_for_return(db: Session, location_id: UUID, *, words: str, by: Worker, at: dt.datetime) -> QueueItem:
    """The first of two people says that a paused listing may come back; it waits in the queue for the second one."""
    if get_location(db, location_id).status != ListingState.SUSPENDED:
        raise Refused(_("Only a paused listing can be taken back."))
    item = actions.open_item(db, kind=Kind.REINSTATEMENT, about_id=location_id, location_id=location_id, at=at)
    audit.append(db, by.actor, "RETURN_ASKED_FOR", subject_type="location", subject_id=location_id)
    deciding.decide(db, item, Ask(choice="reinstate", words=words), by=by, at=at)
    return item
