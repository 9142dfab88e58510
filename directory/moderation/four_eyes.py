"""The second person: what one alone may not do waits until somebody else has said the same."""

import datetime as dt
from uuid import UUID

from sqlmodel import Session

from directory.accounts import audit
from directory.accounts.queries import find_memberships
from directory.lib.errors import Refused
from directory.moderation import actions, queries, rules
from directory.moderation.models import Decision, QueueItem, Verb
from directory.moderation.rules import Worker


def first_yes(
    db: Session, item: QueueItem, verb: Verb, choice: str, *, by: Worker, at: dt.datetime, words: str = ""
) -> Decision | None:
    """None when `by` is the second person, and it may go on; else the first yes is kept and given back.

    Raises Refused when the same person, or somebody of the same organization, says it again.
    """
    first = queries.find_first_yes(db, item.id)
    if first is not None and first.detail.get("choice") == choice:
        why_not = rules.why_not_second(by, first.by_id, organizations_of(db, first.by_id))
        if why_not is not None:
            raise Refused(why_not)
        return None
    audit.append(db, by.actor, f"FIRST_YES_{verb}", subject_type="queue_item", subject_id=item.id)
    detail = {"choice": choice}
    return actions.decide(db, item, verb, by=by, at=at, words=words, detail=detail, took_effect=False)


def organizations_of(db: Session, user_id: UUID) -> frozenset[UUID]:
    """The organizations in which somebody has a role now."""
    held = find_memberships(db, user_id)
    return frozenset(row.organization_id for row in held if row.organization_id is not None)
