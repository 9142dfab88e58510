"""Questions about the queue: its rows in order, counts by kind, one item with what was decided. Nothing here writes."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from directory.lib.errors import NotFound
from directory.listings.models import Location, Qualification
from directory.moderation import naming
from directory.moderation.kinds import KINDS, PRIORITIES, KindRow
from directory.moderation.models import Decision, ItemState, QueueItem
from directory.wording.say import _

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One row of the queue as its page shows it."""

    id: UUID
    kind: KindRow
    clinic: str
    """The clinic's name and town, or an empty text."""
    priority: str
    is_overdue: bool
    opened_at: dt.datetime
    due_at: dt.datetime
    taken_by: str | None
    """What whoever has it is called."""
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One page of the queue. `counts` are of all that waits, by kind, in the order of the kinds."""

    rows: tuple[Waiting, ...]
    counts: tuple[tuple[KindRow, int], ...]
    total: int
    page: int
    pages: int


def find_queue(
    db: Session, kinds: Collection[str], *, kind: str = "", page: int = 1, mine: UUID, at: dt.datetime
) -> Queue:
    """What waits of some kinds (or one of them), the most urgent first, fifty a page."""
    counted = dict(
        db.execute(
            select(QueueItem.kind, func.count())
            .where(QueueItem.state == ItemState.OPEN, col(QueueItem.kind).in_(kinds))
            .group_by(QueueItem.kind)
        ).all()
    )
    counts = tuple((row, counted.get(row.code, 0)) for row in KINDS if row.code in kinds)
    wanted = [kind] if kind in kinds else list(kinds)
    total = sum(counted.get(code, 0) for code in wanted)
    pages = max(1, -(-total // ON_A_PAGE))
    page = min(max(page, 1), pages)
    asked = (
        select(QueueItem, Location.name, Location.city, Location.state)
        .outerjoin(Location, col(Location.id) == col(QueueItem.location_id))
        .where(QueueItem.state == ItemState.OPEN)
        .order_by(col(QueueItem.priority), col(QueueItem.due_at), col(QueueItem.id))
        .limit(ON_A_PAGE)
        .offset((page - 1) * ON_A_PAGE)
    )
    if set(wanted) != set(KINDS.codes):
        asked = asked.where(col(QueueItem.kind).in_(wanted))
    found = db.execute(asked).all()
    names = naming.names_of(db, [item.taken_by for item, *_place in found])
    rows = tuple(_waiting(item, place, names, mine=mine, at=at) for item, *place in found)
    return Queue(rows=rows, counts=counts, total=total, page=page, pages=pages)


def _waiting(
    item: QueueItem, place: list[str | None], names: Mapping[str, str], *, mine: UUID, at: dt.datetime
) -> Waiting:
    name, city, state = place
    return Waiting(
        id=item.id,
        kind=KINDS[item.kind],
        clinic=f"{name}, {city}, {state}" if name else "",
        priority=PRIORITIES[item.priority],
        is_overdue=item.due_at < at,
        opened_at=item.opened_at,
        due_at=item.due_at,
        taken_by=names.get(item.taken_by or "", item.taken_by),
        mine=item.taken_by_id == mine,
    )


def get_item(db: Session, item_id: UUID, *, kinds: Collection[str]) -> QueueItem:
    """One item of some kinds, open or done. Raises NotFound, also for a kind that somebody may not see."""
    item = db.get(QueueItem, item_id)
    if item is None or item.kind not in kinds:
        raise NotFound(_("There is no such item in the queue."))
    return item


def find_open(db: Session, kind: str, about_id: UUID) -> QueueItem | None:
    """The open item of this kind about this."""
    asked = select(QueueItem).where(QueueItem.kind == kind, QueueItem.about_id == about_id)
    return db.exec(asked.where(QueueItem.state == ItemState.OPEN)).first()


def find_next(db: Session, item: QueueItem, kinds: Collection[str]) -> UUID | None:
    """What stands first in the queue besides `item`."""
    asked = (
        select(QueueItem.id)
        .where(QueueItem.state == ItemState.OPEN, QueueItem.id != item.id, col(QueueItem.kind).in_(kinds))
        .order_by(col(QueueItem.priority), col(QueueItem.due_at), col(QueueItem.id))
    )
    return db.exec(asked.limit(1)).first()


def find_overdue(db: Session, *, at: dt.datetime, limit: int) -> list[QueueItem]:
    """What should have been done and is not at the top yet."""
    asked = select(QueueItem).where(QueueItem.state == ItemState.OPEN, col(QueueItem.priority) > 0)
    return list(db.exec(asked.where(col(QueueItem.due_at) <= at).limit(limit)).all())


def find_of_location(db: Session, location_id: UUID, *, kinds: Collection[str]) -> list[QueueItem]:
    """What waits about one clinic."""
    asked = select(QueueItem).where(QueueItem.location_id == location_id, QueueItem.state == ItemState.OPEN)
    return list(db.exec(asked.where(col(QueueItem.kind).in_(kinds)).order_by(col(QueueItem.due_at))).all())


def find_decisions(db: Session, *, item_id: UUID | None = None, location_id: UUID | None = None) -> list[Decision]:
    """What was decided about an item, or about a clinic, the newest first."""
    which = Decision.item_id == item_id if item_id is not None else Decision.location_id == location_id
    return list(db.exec(select(Decision).where(which).order_by(col(Decision.at).desc(), col(Decision.id).desc())).all())


def find_licences(db: Session, holders: Collection[UUID], state: str) -> list[Qualification]:
    """The licences of some people in a state, the soonest to end first."""
    asked = select(Qualification).where(
        col(Qualification.practitioner_id).in_(holders), Qualification.kind == "LICENCE", Qualification.state == state
    )
    rows = db.exec(asked).all()
    return sorted(rows, key=lambda row: (row.expires_on is None, row.expires_on, row.id))


def find_first_yes(db: Session, item_id: UUID) -> Decision | None:
    """The yes of the first of two people that still waits for the second."""
    asked = select(Decision).where(Decision.item_id == item_id, col(Decision.took_effect).is_(False))
    return db.exec(asked.order_by(col(Decision.at).desc())).first()


def get_decision(db: Session, decision_id: UUID) -> Decision:
    """One decision. Raises NotFound."""
    row = db.get(Decision, decision_id)
    if row is None:
        raise NotFound(_("There is no such decision."))
    return row


def count_waiting(db: Session, *, at: dt.datetime) -> tuple[int, int]:
    """How much waits, and how much of it is past its time."""
    open_ = QueueItem.state == ItemState.OPEN
    waiting = db.exec(select(func.count()).select_from(QueueItem).where(open_)).one()
    overdue = db.exec(select(func.count()).select_from(QueueItem).where(open_, col(QueueItem.due_at) <= at)).one()
    return waiting, overdue
