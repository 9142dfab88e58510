"""Brings somebody's list in: rows become candidates; those with evidence for every gate are published, when asked.

Streams the file, some rows a transaction. A second run with the same file changes nothing: each row is found again by
the list's name and its own id, and a digest tells whether it says anything new.
"""

import csv
import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, col, select

from directory.accounts.actor import Actor, system
from directory.lib import clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import DirectoryError
from directory.lib.events import Dispatch
from directory.listings import actions as listings
from directory.listings import people
from directory.listings.events import ListingChanged
from directory.listings.models import Endpoint, Location, Organization
from directory.listings.queries import find_lines, find_practitioner_by_npi, find_qualifications, get_record
from directory.search import actions as search
from directory.seeding import csv_evidence, csv_map, csv_rows
from directory.seeding.csv_map import ImportMap, Unusable
from directory.terminology.listing_status import ListingState
from directory.verification import actions as verification

AT_ONCE = 200
LOADER: Actor = system("csv-import")
WORDS = {
    "rows": "rows read",
    "new": "new candidates",
    "changed": "candidates that say something new",
    "same": "known already, nothing new",
    "listed": "known and no longer candidates: left as they are",
    "published": "published",
    "kept": "kept as candidates though --publish was asked",
    "never": "left out: the clinic asked never to be listed",
    "cut": "names that the list may have cut off",
    "refused": "refused",
}


class Undone(Exception):
    """Takes back what a dry run did."""


@dataclass(slots=True)
class Import:
    """One run: what is asked, what is known of the list already, and what came of it."""

    given: ImportMap
    publish: bool
    dry_run: bool
    at: dt.datetime
    counts: Counter[str] = field(default_factory=Counter)
    lines: dict[str, int] = field(default_factory=dict)
    organizations: dict[tuple[str, str], UUID] = field(default_factory=dict)
    never: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    apart: bool = False
    """Whether each row is an organization of its own, as in registries; then no names are kept in memory."""


@dataclass(slots=True)
class Done:
    """What came of one row; counted once its changes stand."""

    counts: list[str]
    organization: tuple[tuple[str, str], UUID] | None = None
    published: UUID | None = None
    words: str = ""


def run(
    databases: Databases,
    dispatch: Dispatch,
    file: Path,
    map_file: Path,
    *,
    dry_run: bool = False,
    publish: bool = False,
) -> int:
    """Import `file`. Prints counts, and refused rows with line and reason; 1 when the file is unusable, else 0."""
    try:
        given = csv_map.load(map_file)
        work = Import(given=given, publish=publish, dry_run=dry_run, at=clock.now().replace(microsecond=0))
        remember(databases, work)
        for batch in _batches(file, given):
            with suppress(Undone), unit_of_work(databases, but_for_candidates(dispatch)) as db:
                bring_rows(db, work, batch)
            if dry_run:  # what it made is gone, and so are the organizations
                remember(databases, work)
            tell(work)
    except Unusable as problem:
        sys.stdout.write(f"{problem}\n")
        return 1
    sys.stderr.write("\n")
    print_counts(work)
    return 0


def _batches(file: Path, given: ImportMap) -> Iterator[list[tuple[int, dict[str, str | None]]]]:
    """Rows with the line each begins on, some at a time. Raises Unusable where the file cannot be read on."""
    try:
        with file.open(encoding=given.encoding, newline="") as stream:
            reader = csv.DictReader(stream, delimiter=given.delimiter)
            if missing := given.missing_from(list(reader.fieldnames or [])):
                raise Unusable(f"{file} lacks columns that the map names: {', '.join(missing)}.")
            batch: list[tuple[int, dict[str, str | None]]] = []
            before = reader.line_num
            for record in reader:
                batch.append((before + 1, record))
                before = reader.line_num
                if len(batch) == AT_ONCE:
                    yield batch
                    batch = []
            if batch:
                yield batch
    except OSError as problem:
        raise Unusable(f"{file} cannot be read: {problem.strerror}.") from None
    except LookupError:
        raise Unusable(f"{given.encoding} is not an encoding.") from None
    except UnicodeDecodeError as problem:
        raise Unusable(f"{file} is not {given.encoding}: byte {problem.start} of a block cannot be read.") from None
    except csv.Error as problem:
        raise Unusable(f"{file} cannot be read as CSV: {problem}.") from None


def remember(databases: Databases, work: Import) -> None:
    """Learn which organizations the list made before, and which phones belong to clinics never to be listed."""
    with reading(databases) as db:
        never = select(Location.phone).where(Location.status == ListingState.NEVER_LIST)
        work.never = {phone for phone in db.exec(never).all() if phone}
        if work.apart:
            return
        made = (
            select(Organization.name, Location.state, Organization.id)
            .join(Location, col(Location.organization_id) == col(Organization.id))
            .where(Location.external_source == work.given.source)
        )
        work.organizations = {(name.casefold(), state): found for name, state, found in db.exec(made).all()}


def bring_rows(db: Session, work: Import, batch: list[tuple[int, dict[str, str | None]]]) -> None:
    """Settle a batch in one transaction, each row in its own savepoint. Raises Undone at the end of a dry run."""
    rows = []
    if work.apart:
        work.lines.clear()
    for line, record in batch:
        work.counts["rows"] += 1
        try:
            rows.append(_once(work, csv_rows.read(line, record, work.given)))
        except csv_rows.Unfit as problem:
            _refuse(work, line, problem)
    known = _known(db, work, [row.external_id for row in rows])
    public = []
    for row in rows:
        try:
            with db.begin_nested():
                done = _settle(db, work, row, known.get(row.external_id))
        except csv_rows.Unfit as problem:
            _refuse(work, row.line, problem)
        except DirectoryError as problem:
            _refuse(work, row.line, csv_rows.Unfit(problem.message))
        else:
            work.counts.update(done.counts)
            work.organizations.update([done.organization] if done.organization else [])
            work.words += [done.words] if done.words else []
            public += [done.published] if done.published else []
    search.refresh(db, public)
    if work.dry_run:
        raise Undone


def _once(work: Import, row: csv_rows.Row) -> csv_rows.Row:
    first = work.lines.setdefault(row.external_id, row.line)
    if first != row.line:
        raise csv_rows.Unfit(f"it says the same as line {first}")
    return row


def _known(db: Session, work: Import, external_ids: list[str]) -> dict[str, Location]:
    asked = select(Location).where(
        Location.external_source == work.given.source, col(Location.external_id).in_(external_ids)
    )
    return {str(row.external_id): row for row in db.exec(asked).all()}


def _settle(db: Session, work: Import, row: csv_rows.Row, known: Location | None) -> Done:
    """Make, change or leave the site of one row."""
    if known is None and row.values.get("phone") in work.never:
        return Done(["never"])
    if known is not None and known.status != ListingState.CANDIDATE:
        outcome = "never" if known.status == ListingState.NEVER_LIST else "listed"
        return Done(["same" if known.external_digest == row.digest else outcome])
    if known is None:
        done, known = _add(db, work, row)
    elif known.external_digest != row.digest:
        done = _change(db, work, row, known)
    else:
        done = Done(["same"])
    if work.publish:
        _publish(db, work, row, known, done)
    return done


def _add(db: Session, work: Import, row: csv_rows.Row) -> tuple[Done, Location]:
    done = Done(["new", "cut"] if row.may_be_cut else ["new"])
    organization = csv_rows.organization_of(row, at=work.at)
    location = csv_rows.location_of(row, organization, source=work.given.source)
    location.home_use_offered = csv_evidence.offers_home_use(row)
    location.status_note = "the list may have cut the name off" if row.may_be_cut else ""
    mailbox = row.values.get("mailbox")
    site = listings.Site(
        location=location,
        lines=csv_evidence.lines_of(row),
        team=_team(db, work, row),
        supervision=csv_evidence.supervision_of(row, at=work.at),
        endpoint=Endpoint(address=mailbox, created_at=work.at) if mailbox else None,
    )
    key = organization.name.casefold(), location.state
    if work.apart:
        listings.add_organization(db, organization)
    elif key in work.organizations:
        location.organization_id = work.organizations[key]
    else:
        done.organization = key, listings.add_organization(db, organization).id
    listings.add_site(db, site, by=str(LOADER), at=work.at)
    _record(db, row, location)
    return done, location


def _change(db: Session, work: Import, row: csv_rows.Row, known: Location) -> Done:
    """Take over what the list says now of a candidate nobody has worked on."""
    said = csv_rows.location_of(row, csv_rows.organization_of(row, at=work.at), source=work.given.source)
    done = Done(["changed"])
    if work.dry_run:
        done.words = f"line {row.line}: {known.name}: {_differing(known, said)}"
    wanted = csv_evidence.lines_of(row)
    card = csv_evidence.supervision_of(row, at=work.at)
    listings.change_site(
        db, known.id, version=None, at=work.at, **{name: getattr(said, name) for name in listings.EDITABLE}
    )
    listings.set_home_use(db, known.id, csv_evidence.offers_home_use(row), at=work.at)
    for line in find_lines(db, known.id):
        if line.treatment not in {new.treatment for new in wanted}:
            listings.remove_line(db, known.id, line.treatment, at=work.at)
    for line in wanted:
        listings.set_line(db, known.id, line, at=work.at)
    if card is not None:
        listings.set_supervision(db, known.id, card, at=work.at)
    there = {(p.given_name, p.family_name) for p in get_record(db, known.id).team}
    for member in _team(db, work, row):
        if (member.person.given_name, member.person.family_name) not in there:
            people.add_team_member(db, known.id, member, at=work.at)
    for name in ("rems_setting", "rems_method", "rems_verified_at", "rems_verified_by", "rems_evidence"):
        setattr(known, name, getattr(said, name))
    known.external_digest = row.digest
    _record(db, row, known)
    return done


def _differing(known: Location, said: Location) -> str:
    """What a dry run would change, field by field."""
    pairs = ((name, getattr(known, name), getattr(said, name)) for name in sorted(listings.EDITABLE))
    return "; ".join(f"{name}: {before!r} → {now!r}" for name, before, now in pairs if before != now) or "nothing shown"


def _record(db: Session, row: csv_rows.Row, location: Location) -> None:
    for check in csv_evidence.checks_of(row):
        verification.record(
            db, location.id, [check.group], method=check.method, by=LOADER, at=check.at, source=check.source
        )


def _team(db: Session, work: Import, row: csv_rows.Row) -> list[people.TeamMember]:
    found = csv_evidence.prescriber_of(row, at=work.at)
    if found is None:
        return []
    person, licences = found
    known = find_practitioner_by_npi(db, person.npi) if person.npi else None
    if known is not None:
        person = known
        held = {(q.state, q.number) for q in find_qualifications(db, known.id)}
        licences = [new for new in licences if (new.state, new.number) not in held]
    return [people.TeamMember(person=person, roles=("PRESCRIBER",), qualifications=licences)]


def _publish(db: Session, work: Import, row: csv_rows.Row, location: Location, done: Done) -> None:
    checks = csv_evidence.checks_of(row)
    if not checks:  # no surprise, and thousands of lines that say so help nobody
        done.counts.append("kept")
        return
    confirmed = csv_rows.moment(row.values.get("confirmed_on")) or min(check.at for check in checks)
    try:
        with db.begin_nested():
            listings.set_confirmed(db, location.id, by=str(LOADER), at=confirmed)
            verification.publish(db, location.id, by=LOADER, at=work.at)
    except DirectoryError as problem:
        done.counts.append("kept")
        done.words = f"line {row.line}: kept as a candidate: {problem.message}"
        return
    done.counts.append("published")
    done.published = location.id


def _refuse(work: Import, line: int, problem: csv_rows.Unfit) -> None:
    work.counts["refused"] += 1
    work.words.append(f"line {line}: refused: {'; '.join(problem.reasons)}")


def but_for_candidates(dispatch: Dispatch) -> Dispatch:
    """A dispatch that leaves out what changed of listings."""
    # Candidates are in no search; what was published is put there in one go at the end of its batch.
    return lambda db, event: None if isinstance(event, ListingChanged) else dispatch(db, event)


def tell(work: Import, progress: str = "") -> None:
    """Say what came of a batch, and how far the run is; the words are not kept."""
    for words in work.words:
        sys.stdout.write(f"{words}\n")
    work.words.clear()
    sys.stdout.flush()
    sys.stderr.write("\r" + (progress or f"{work.counts['rows']:,} rows"))
    sys.stderr.flush()


def print_counts(work: Import, words_of: Mapping[str, str] = WORDS) -> None:
    """The counts in the order of `words_of`, those that are nothing left out."""
    if work.dry_run:
        sys.stdout.write("dry run: nothing was changed\n")
    for name, words in words_of.items():
        if work.counts[name] or name in ("rows", "new", "refused"):
            sys.stdout.write(f"{work.counts[name]:>9,}  {words}\n")
