"""Holds everybody listed against a month's exclusion list: the whole file is read before anything is changed.

Memory holds a name and a number for everybody listed, and the matches; never the file.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import sqlalchemy
from sqlalchemy import update
from sqlmodel import Session, col, select

from directory.lib import clock
from directory.lib.big_files import digest
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.events import Dispatch
from directory.listings.models import Location, Organization, Practitioner, PractitionerRole, Qualification
from directory.terminology.exclusions import Exclusion
from directory.verification import exclusions, runs
from directory.verification.exclusions import LIST_READER, Hit
from directory.verification.models import ExclusionMatch, ImportRun, MatchState
from directory.verification.namesakes import Listed, business_key, how_alike, person_key
from directory.verification.sources import leie

KIND = "leie"
AT_ONCE = 200


@dataclass(slots=True)
class Checked:
    """What a run found. `refused`: rows that cannot be used; `stopped`: why nothing was changed; `counts` by name."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[leie.Unfit] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    back: list[UUID] = field(default_factory=list)
    stopped: str | None = None


@dataclass(slots=True)
class Everybody:
    """All who are listed, to be found by number and by name."""

    people_by_npi: dict[str, Listed] = field(default_factory=dict)
    people_by_name: dict[str, list[Listed]] = field(default_factory=lambda: defaultdict(list))
    bodies_by_npi: dict[str, list[Listed]] = field(default_factory=lambda: defaultdict(list))
    bodies_by_name: dict[str, list[Listed]] = field(default_factory=lambda: defaultdict(list))


def run(
    databases: Databases,
    dispatch: Dispatch,
    file: Path,
    *,
    dry_run: bool = False,
    supplement: bool = False,
    shrunk_is_right: bool = False,
) -> Checked:
    """Check everybody against `file`. A `supplement` holds only a month's new rows: nobody is lifted or cleared by it.

    Raises big_files.Unreadable when it is no such file. A second run over the same file changes nothing.
    """
    at = clock.now()
    with reading(databases) as db:
        listed = everybody(db)
        last = None if supplement else runs.find_last(db, KIND)
        known = {(row.row_key, row.practitioner_id or row.organization_id): row.id for row in _standing(db)}
    checked, standing, reinstated = Checked(), set(), set()
    keys = {key for key, _ in known}
    for row in leie.read(file):
        if isinstance(row, leie.Unfit):
            checked.refused.append(row)
            continue
        checked.counts["rows"] += 1
        if row.reinstated_on is not None and row.reinstated_on <= at.date():
            reinstated.add(row.key)
        else:
            standing |= {row.key} & keys
            checked.hits += hits_of(listed, row)
    checked.counts["refused"] = len(checked.refused)
    if last is not None and not shrunk_is_right:
        checked.stopped = runs.why_cut_short("rows", last.rows, checked.counts["rows"])
    if checked.stopped is None and not dry_run:
        gone = [i for (key, _), i in known.items() if key in reinstated or (key not in standing and not supplement)]
        _apply(databases, dispatch, checked, gone, at=at)
        _finish(databases, checked, file, supplement=supplement, at=at)
    return checked


def hits_of(everybody: Everybody, row: leie.Excluded) -> Iterator[Hit]:
    """Whom a row of the list may mean."""
    found: dict[UUID, Listed] = {}
    if row.npi in everybody.people_by_npi:
        found[everybody.people_by_npi[row.npi].id] = everybody.people_by_npi[row.npi]
    if row.family_name and row.given_name:
        same_name = everybody.people_by_name.get(person_key(row.family_name, row.given_name), ())
        found |= {listed.id: listed for listed in same_name}
    for listed in found.values():
        if kind := how_alike(listed, row):
            yield Hit(row=row, kind=kind, practitioner_id=listed.id)
    bodies = {listed.id: listed for listed in everybody.bodies_by_npi.get(row.npi or "", ())}
    if row.business:
        bodies |= {listed.id: listed for listed in everybody.bodies_by_name.get(business_key(row.business), ())}
    for listed in bodies.values():
        if kind := how_alike(listed, row):
            yield Hit(row=row, kind=kind, organization_id=listed.id)


def everybody(db: Session, *, only: Collection[UUID] | None = None) -> Everybody:
    """All who are listed, or `only` some of them, by id."""
    found = Everybody()
    states: dict[UUID, set[str]] = defaultdict(set)
    works = select(PractitionerRole.practitioner_id, Location.state).join(
        Location, col(Location.id) == col(PractitionerRole.location_id)
    )
    for person_id, state in db.exec(works.distinct().execution_options(yield_per=2000)):
        states[person_id].add(state)
    held = select(Qualification.practitioner_id, Qualification.state).where(Qualification.kind == "LICENCE").distinct()
    for person_id, licensed_in in db.exec(held.execution_options(yield_per=2000)):
        states[person_id].add(str(licensed_in))
    wanted = ("id", "npi", "birth_on", "family_name", "given_name")
    people = sqlalchemy.select(*(col(getattr(Practitioner, name)) for name in wanted))
    for person_id, npi, birth_on, family, given in db.execute(people.execution_options(yield_per=2000)):
        if only is not None and person_id not in only:
            continue
        listed = Listed(id=person_id, npi=npi, birth_on=birth_on, states=frozenset(states.get(person_id, ())))
        found.people_by_name[person_key(family, given)].append(listed)
        if npi:
            found.people_by_npi[npi] = listed
    _add_bodies(db, found, only)
    return found


def _add_bodies(db: Session, found: Everybody, only: Collection[UUID] | None) -> None:
    states: dict[UUID, set[str]] = defaultdict(set)
    sites = select(Location.organization_id, Location.state).distinct()
    for body_id, state in db.exec(sites.execution_options(yield_per=2000)):
        states[body_id].add(state)
    bodies = select(Organization.id, Organization.npi, Organization.legal_name, Organization.name)
    for body_id, npi, legal_name, name in db.exec(bodies.execution_options(yield_per=2000)):
        if only is not None and body_id not in only:
            continue
        listed = Listed(id=body_id, npi=npi, states=frozenset(states.get(body_id, ())))
        for key in {business_key(legal_name), business_key(name)}:
            found.bodies_by_name[key].append(listed)
        if npi:
            found.bodies_by_npi[npi].append(listed)


def _standing(db: Session) -> list[ExclusionMatch]:
    asked = select(ExclusionMatch).where(col(ExclusionMatch.state).in_([MatchState.OPEN, MatchState.CONFIRMED]))
    return list(db.exec(asked).all())


def _apply(databases: Databases, dispatch: Dispatch, checked: Checked, gone: list[UUID], *, at: dt.datetime) -> None:
    for start in range(0, len(checked.hits), AT_ONCE):
        with unit_of_work(databases, dispatch) as db:
            for hit in checked.hits[start : start + AT_ONCE]:
                if exclusions.found(db, hit, at=at) is not None:
                    checked.counts["new " + hit.kind] += 1
    for start in range(0, len(gone), AT_ONCE):
        with unit_of_work(databases, dispatch) as db:
            for match_id in gone[start : start + AT_ONCE]:
                checked.back += exclusions.lift(db, match_id, note="no longer on the list", at=at)
                checked.counts["lifted"] += 1
    checked.counts["public again"] = len(checked.back)


def _finish(databases: Databases, checked: Checked, file: Path, *, supplement: bool, at: dt.datetime) -> None:
    """Whom nothing on a whole month's list may mean is cleared; this bears on nothing public, so nobody is told."""
    with unit_of_work(databases) as db:
        if not supplement:
            for table, reference in (
                (Practitioner, ExclusionMatch.practitioner_id),
                (Organization, ExclusionMatch.organization_id),
            ):
                doubted = select(reference).where(
                    col(reference).is_not(None),
                    col(ExclusionMatch.state).in_([MatchState.OPEN, MatchState.CONFIRMED]),
                )
                cleared = update(table).where(
                    col(table.exclusion).in_([Exclusion.NOT_CHECKED, Exclusion.NO_MATCH]),
                    col(table.id).not_in(doubted),
                )
                values = {
                    "exclusion": Exclusion.NO_MATCH.value,
                    "exclusion_checked_at": at,
                    "exclusion_checked_by": str(LIST_READER),
                }
                db.execute(cleared.values(values))
        kind = f"{KIND}-supplement" if supplement else KIND
        done = ImportRun(kind=kind, file_digest=digest(file), started_at=at)
        runs.finish(done, rows=checked.counts["rows"], counts=checked.counts, at=clock.now())
        db.add(done)
