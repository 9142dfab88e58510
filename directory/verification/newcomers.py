"""Whoever joins a listing after a month's exclusion list was read is held against the list kept of it, within minutes.

Until then nobody names them, and the gate keeps their listing off the public's pages (decision 0012).
"""

import datetime as dt
import os
import shutil
from collections import Counter
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from directory.lib.big_files import digest
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.events import Dispatch
from directory.listings import people
from directory.listings.models import Location, Organization, Practitioner, PractitionerRole
from directory.terminology.exclusions import Exclusion
from directory.terminology.listing_status import ListingState
from directory.verification import actions, exclusions, list_check
from directory.verification.exclusions import LIST_READER, Hit
from directory.verification.models import ExclusionMatch, MatchState
from directory.verification.sources import leie

FOLDER = "lists"
"""Below DATA_DIR. The lists are public; a backup leaves them out."""
AT_ONCE = 200
_UNWATCHED = (ListingState.CANDIDATE, ListingState.REJECTED, ListingState.CLOSED, ListingState.NEVER_LIST)


def keep(data_dir: Path, file: Path, *, supplement: bool) -> Path:
    """Keep a list that was read to its end: a whole month's in place of all before, a supplement beside it."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / ("leie-" + (digest(file)[:16] if supplement else "whole") + ".csv")
    arriving = target.with_suffix(".arriving")
    shutil.copyfile(file, arriving)
    with arriving.open("rb") as stream:
        os.fsync(stream.fileno())
    if not supplement:
        for old in kept(data_dir):
            old.unlink(missing_ok=True)
    arriving.replace(target)
    return target


def kept(data_dir: Path) -> list[Path]:
    """The lists that are kept; none before the first import."""
    return sorted((data_dir / FOLDER).glob("leie-*.csv"))


def check(databases: Databases, dispatch: Dispatch, data_dir: Path, *, at: dt.datetime) -> Counter[str]:
    """Hold against the kept lists whoever was on no team when they were read. Gives counts by name.

    A match asks a person as ever; whom nothing may mean is cleared, and a listing paused for that alone is back.
    """
    counts: Counter[str] = Counter()
    lists = kept(data_dir)
    if not (data_dir / FOLDER / "leie-whole.csv").exists():
        return counts
    with reading(databases) as db:
        new = find_newcomers(db)
        everybody = list_check.everybody(db, only=new) if new else None
    if everybody is None:
        return counts
    hits = [hit for file in lists for hit in _hits(everybody, file, at.date())]
    meant = {hit.practitioner_id or hit.organization_id for hit in hits}
    waiting = sorted(new)
    for start in range(0, len(waiting), AT_ONCE):
        batch = set(waiting[start : start + AT_ONCE])
        with unit_of_work(databases, dispatch) as db:
            for hit in hits:
                if (hit.practitioner_id or hit.organization_id) in batch and exclusions.found(db, hit, at=at):
                    counts["new " + hit.kind] += 1
            for who_id in batch:
                counts["cleared"] += _settle(db, who_id, meant=who_id in meant, at=at)
    return counts


def find_newcomers(db: Session) -> set[UUID]:
    """People and organizations behind listings that are worked on, whom no list that was read has known."""
    watched = col(Location.status).not_in([str(status) for status in _UNWATCHED])
    persons = (
        select(Practitioner.id)
        .join(PractitionerRole, col(PractitionerRole.practitioner_id) == col(Practitioner.id))
        .join(Location, col(Location.id) == col(PractitionerRole.location_id))
        .where(watched, *_unread(Practitioner, col(ExclusionMatch.practitioner_id)))
    )
    bodies = (
        select(Organization.id)
        .join(Location, col(Location.organization_id) == col(Organization.id))
        .where(watched, *_unread(Organization, col(ExclusionMatch.organization_id)))
    )
    return {*db.exec(persons).all(), *db.exec(bodies).all()}


def _unread(
    table: type[Practitioner] | type[Organization], reference: Mapped[UUID | None]
) -> list[ColumnElement[bool]]:
    doubted = select(reference).where(
        reference.is_not(None), col(ExclusionMatch.state).in_([MatchState.OPEN, MatchState.CONFIRMED])
    )
    return [
        col(table.exclusion).in_([Exclusion.NOT_CHECKED, Exclusion.NO_MATCH]),
        col(table.exclusion_checked_by).is_distinct_from(str(LIST_READER)),
        col(table.id).not_in(doubted),
    ]


def _hits(everybody: list_check.Everybody, file: Path, today: dt.date) -> list[Hit]:
    rows = (row for row in leie.read(file) if isinstance(row, leie.Excluded))
    standing = (row for row in rows if row.reinstated_on is None or row.reinstated_on > today)
    return [hit for row in standing for hit in list_check.hits_of(everybody, row)]


def _settle(db: Session, who_id: UUID, *, meant: bool, at: dt.datetime) -> bool:
    """Clear whom nothing on the list may mean; of the others a person decides, unless one has said no before."""
    who = db.get(Practitioner, who_id) or db.get_one(Organization, who_id)
    if meant and exclusions.waits(db, who):
        return False
    people.set_exclusion(db, who, Exclusion.NO_MATCH, by=str(LIST_READER), at=at)
    for site in people.find_sites_of(db, who):
        actions.lift_pause(db, site, frozenset({"exclusion"}), by=LIST_READER, at=at)
    return True
