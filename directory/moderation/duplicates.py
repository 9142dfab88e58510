"""Listings that may be the same place: found by a chore, merged by two people, parted again within 30 days."""

import datetime as dt
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from uuid import UUID

from sqlmodel import Session, col, select

from directory.accounts import audit
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, NotFound, Refused
from directory.listings.models import Location, Organization
from directory.listings.queries import get_location
from directory.moderation import actions, messages, queries, rules
from directory.moderation.kinds import Kind
from directory.moderation.models import Decision, DuplicatePair, ListingMerge, QueueItem, Verb
from directory.moderation.rules import Worker
from directory.terminology.listing_status import ListingState
from directory.verification import merging
from directory.wording.say import _

ALIKE = 0.85
"""How like two names must be, of 1."""
_OUT = [ListingState.CLOSED.value, ListingState.NEVER_LIST.value, ListingState.REJECTED.value]
_FILLERS = re.compile(r"\b(the|of|and|llc|inc|pllc|pc|pa|clinic|center|centre|group)\b")
Pair = tuple[UUID, UUID, str]
WHY = {
    "same_npi": _("Two organizations with the same NPI in one state"),
    "same_phone": _("The same phone number and ZIP code"),
    "same_name_near": _("Nearly the same name within 200 metres"),
}
"""Reason → its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    id: UUID
    organization_id: UUID
    npi: str | None
    name: str
    phone: str | None
    zip5: str
    state: str
    latitude: float
    longitude: float


def look_for_duplicates(databases: Databases, *, at: dt.datetime) -> int:
    """Ask a person about every pair that may be one place and was never asked about; how many are new."""
    with reading(databases) as db:
        places = _places(db)
        known = {(row.first_id, row.second_id) for row in db.exec(select(DuplicatePair)).all()}
    new = [pair for pair in find_pairs(places) if pair[:2] not in known]
    if new:
        with unit_of_work(databases) as db:
            for first_id, second_id, why in new:
                ask_about(db, first_id, second_id, why, at=at)
    return len(new)


def ask_about(db: Session, first_id: UUID, second_id: UUID, why: str, *, at: dt.datetime) -> DuplicatePair:
    """Put a pair into the queue."""
    row = DuplicatePair(first_id=first_id, second_id=second_id, why=why, found_at=at)
    db.add(row)
    db.flush()
    actions.open_item(db, kind=Kind.DUPLICATE, about_id=row.id, location_id=first_id, at=at)
    return row


def find_pairs(places: Iterable[_Place]) -> list[Pair]:
    """Pairs that may be one place, each once with its first reason; ids in order."""
    found: dict[tuple[UUID, UUID], str] = {}
    everything = list(places)
    for why, pairs in (
        ("same_npi", _same(everything, lambda p: (p.npi, p.state) if p.npi else None, other_body=True)),
        ("same_phone", _same(everything, lambda p: (p.phone, p.zip5) if p.phone else None)),
        ("same_name_near", _near(everything)),
    ):
        for one, other in pairs:
            first, second = sorted((one.id, other.id))
            found.setdefault((first, second), why)
    return [(first, second, why) for (first, second), why in found.items()]


def get_pair(db: Session, pair_id: UUID) -> DuplicatePair:
    """One pair. Raises NotFound."""
    row = db.get(DuplicatePair, pair_id)
    if row is None:
        raise NotFound(_("There is no such pair of listings."))
    return row


def merge_pair(db: Session, item: QueueItem, *, keep_second: bool, by: Worker, at: dt.datetime) -> ListingMerge:
    """Two people have said that they are one place: one of the two is kept."""
    pair = get_pair(db, item.about_id)
    kept, gone = (pair.second_id, pair.first_id) if keep_second else (pair.first_id, pair.second_id)
    first = queries.find_first_yes(db, item.id)
    assert first is not None, "a merge takes two people"
    audit.append(db, by.actor, "LISTING_MERGED", subject_type="location", subject_id=gone, detail={"into": str(kept)})
    before = merging.merge_into(db, gone, kept, by=by.actor, at=at)
    row = ListingMerge(kept_id=kept, gone_id=gone, status_before=before, at=at, by=first.by, second_by=str(by.actor))
    db.add(row)
    db.flush()
    return row


def find_merge(db: Session, gone_id: UUID, *, at: dt.datetime) -> ListingMerge | None:
    """The merge of a listing that can still be undone."""
    asked = select(ListingMerge).where(ListingMerge.gone_id == gone_id, col(ListingMerge.undone_at).is_(None))
    return db.exec(asked.where(col(ListingMerge.at) > at - rules.UNDO_WITHIN)).first()


def undo(db: Session, gone_id: UUID, *, words: str, by: Worker, at: dt.datetime) -> ListingMerge:
    """They are two places after all. Raises Conflict after 30 days, Refused without words or for one's own clinic."""
    row = find_merge(db, gone_id, at=at)
    if row is None:
        raise Conflict(_("This listing was not merged, or more than 30 days ago."))
    if not words.strip():
        raise Refused(_("Say why, in words that whoever is concerned can read."))
    why_not = rules.why_not_decide(by, get_location(db, gone_id).organization_id)
    if why_not is not None:
        raise Refused(why_not)
    audit.append(db, by.actor, "LISTING_PARTED", subject_type="location", subject_id=gone_id)
    merging.part_again(db, gone_id, row.status_before, by=by.actor, at=at)
    row.undone_at, row.undone_by = at, str(by.actor)
    decision = Decision(
        location_id=gone_id,
        verb=Verb.UNDO_MERGE,
        words=words.strip(),
        detail={},
        by=str(by.actor),
        by_id=by.user_id,
        at=at,
    )
    db.add(row)
    db.add(decision)
    db.flush()
    messages.tell_clinic(db, decision, gone_id)
    return row


def _places(db: Session) -> list[_Place]:
    asked = (
        select(Location, Organization.npi)
        .join(Organization, col(Organization.id) == col(Location.organization_id))
        .where(col(Location.status).not_in(_OUT))
    )
    return [
        _Place(
            id=row.id,
            organization_id=row.organization_id,
            npi=npi,
            name=row.name,
            phone=row.phone,
            zip5=row.zip5,
            state=row.state,
            latitude=row.latitude,
            longitude=row.longitude,
        )
        for row, npi in db.exec(asked)
    ]


def _same(
    places: list[_Place], key: Callable[[_Place], object], *, other_body: bool = False
) -> Iterator[tuple[_Place, _Place]]:
    by_key: dict[object, list[_Place]] = defaultdict(list)
    for place in places:
        found = key(place)
        if found is not None:
            by_key[found].append(place)
    for group in by_key.values():
        for index, one in enumerate(group):
            for other in group[index + 1 :]:
                if not other_body or one.organization_id != other.organization_id:
                    yield one, other


def _near(places: list[_Place]) -> Iterator[tuple[_Place, _Place]]:
    # Cells of about 330 metres: whoever is within 200 is in the same cell or beside it.
    cells: dict[tuple[int, int], list[_Place]] = defaultdict(list)
    for place in places:
        cells[_cell(place)].append(place)
    for (row, column), here in cells.items():
        around = [p for r in (row - 1, row, row + 1) for c in _columns(column) for p in cells.get((r, c), ())]
        for one in here:
            for other in around:
                if one.id < other.id and _metres(one, other) <= rules.NEAR_M and _alike(one.name, other.name):
                    yield one, other


def _cell(place: _Place) -> tuple[int, int]:
    return math.floor(place.latitude / 0.003), math.floor(place.longitude / 0.006)


def _columns(column: int) -> tuple[int, int, int]:
    return column - 1, column, column + 1


def _metres(one: _Place, other: _Place) -> float:
    # Flat earth at one latitude is good to centimetres over 200 metres.
    east = math.radians(other.longitude - one.longitude) * math.cos(math.radians(one.latitude))
    return 6_371_000 * math.hypot(math.radians(other.latitude - one.latitude), east)


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, _plain(one), _plain(other)).ratio() >= ALIKE


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return " ".join(_FILLERS.sub(" ", re.sub(r"[^a-z0-9]+", " ", text)).split())
