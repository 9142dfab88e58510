"""Where a registry and the listings differ: found, kept once for a person to decide, never mended by itself."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind
from directory.lib import events
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, NotFound, Refused
from directory.listings.models import Location, Organization, Practitioner, PractitionerRole
from directory.listings.rules import normal_phone
from directory.terminology.listing_status import ListingState
from directory.verification.events import DifferenceSettled, SourceDiffers
from directory.verification.models import DifferenceState, SourceDifference
from directory.verification.namesakes import business_key, person_key
from directory.verification.primary import Answer, PrimarySource, RegistryRecord
from directory.wording.say import _

AT_ONCE = 200
_UNWATCHED = (ListingState.CANDIDATE, ListingState.REJECTED, ListingState.CLOSED, ListingState.NEVER_LIST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What the listings say of a number: of a person, or of an organization with its sites."""

    npi: str
    practitioner_id: UUID | None = None
    organization_id: UUID | None = None
    family_name: str = ""
    given_name: str = ""
    names: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    zips: frozenset[str] = frozenset()


def compare(ours: Ours, answer: Answer) -> Iterator[tuple[str, str, str]]:
    """(field, ours, theirs) where they differ; nothing when the registry could not be asked. Pure."""
    theirs = answer.record
    if answer.failed:
        return
    if theirs is None or not theirs.active:
        yield "active", "listed", "not in the registry" if theirs is None else "deactivated"
        return
    if theirs.is_person != (ours.practitioner_id is not None):
        yield "kind", *(("a person", "an organization") if ours.practitioner_id else ("an organization", "a person"))
        return
    yield from _of_person(ours, theirs) if ours.practitioner_id is not None else _of_body(ours, theirs)
    if theirs.states and ours.states and not theirs.states & ours.states:
        yield "state", ", ".join(sorted(ours.states)), ", ".join(sorted(theirs.states))


def _of_person(ours: Ours, theirs: RegistryRecord) -> Iterator[tuple[str, str, str]]:
    if person_key(ours.family_name, ours.given_name) != person_key(theirs.family_name, theirs.given_name):
        yield "name", f"{ours.given_name} {ours.family_name}", f"{theirs.given_name} {theirs.family_name}"


def _of_body(ours: Ours, theirs: RegistryRecord) -> Iterator[tuple[str, str, str]]:
    known = {business_key(name) for name in ours.names}
    if not known & {business_key(theirs.organization_name), business_key(theirs.other_name)}:
        yield "name", ours.names[0], theirs.organization_name
    phone = normal_phone(theirs.phone)
    if phone is not None and ours.phones and phone not in ours.phones:
        yield "phone", ", ".join(sorted(ours.phones)), phone
    if theirs.zip5 and ours.zips and theirs.zip5 not in ours.zips:
        yield "zip", ", ".join(sorted(ours.zips)), theirs.zip5


def compare_all(
    databases: Databases, dispatch: events.Dispatch, source: PrimarySource, *, at: dt.datetime
) -> Counter[str]:
    """Ask a source about every number behind a listing that is worked on; keep what differs. Gives counts by name.

    No transaction is open while the source is asked.
    """
    with reading(databases) as db:
        asked = find_numbers(db)
    counts: Counter[str] = Counter(asked=len(asked))
    batch: list[Answer] = []
    for answer in source.look_up(list(asked)):
        batch.append(answer)
        counts["failed" if answer.failed else "answered"] += 1
        if len(batch) == AT_ONCE:
            counts.update(_keep(databases, dispatch, source.code, asked, batch, at=at))
            batch = []
    counts.update(_keep(databases, dispatch, source.code, asked, batch, at=at))
    return counts


def _keep(
    databases: Databases,
    dispatch: events.Dispatch,
    source: str,
    asked: dict[str, list[Ours]],
    batch: list[Answer],
    *,
    at: dt.datetime,
) -> Counter[str]:
    counts: Counter[str] = Counter()
    with unit_of_work(databases, dispatch) as db:
        for answer in batch:
            for ours in asked[answer.npi] if not answer.failed else ():
                counts.update(note(db, ours, answer, source=source, at=at))
    return counts


def note(db: Session, ours: Ours, answer: Answer, *, source: str, at: dt.datetime) -> Counter[str]:
    """Keep each difference once. What a person has decided stays decided; what is gone needs nobody any more."""
    counts: Counter[str] = Counter()
    about = ours.practitioner_id or ours.organization_id
    said_on = answer.record.updated_on if answer.record else None
    standing = set()
    for field, mine, theirs in compare(ours, answer):
        key = hashlib.sha256(f"{source}|{about}|{field}|{mine}|{theirs}".encode()).hexdigest()[:32]
        standing.add(key)
        row = db.exec(select(SourceDifference).where(SourceDifference.key == key)).one_or_none()
        if row is not None and row.state != DifferenceState.GONE:
            continue
        row = row or SourceDifference(
            source=source,
            practitioner_id=ours.practitioner_id,
            organization_id=ours.organization_id,
            field=field,
            ours=mine,
            theirs=theirs,
            key=key,
            found_at=at,
        )
        row.state, row.said_on = DifferenceState.OPEN, said_on
        db.add(row)
        db.flush()
        events.record(db, SourceDiffers(difference_id=row.id))
        counts["new"] += 1
    open_rows = select(SourceDifference).where(
        SourceDifference.source == source,
        SourceDifference.state == DifferenceState.OPEN,
        col(SourceDifference.practitioner_id) == ours.practitioner_id
        if ours.practitioner_id is not None
        else col(SourceDifference.organization_id) == ours.organization_id,
    )
    for row in db.exec(open_rows).all():
        if row.key not in standing:
            row.state = DifferenceState.GONE
            db.add(row)
            events.record(db, DifferenceSettled(difference_id=row.id))
            counts["gone"] += 1
    return counts


def decide(db: Session, difference_id: UUID, *, taken: bool, note: str, by: Actor, at: dt.datetime) -> SourceDifference:
    """A person of ours says who is right. If the registry is, the listing is corrected by an edit like any other."""
    if by.kind not in (ActorKind.VERIFIER, ActorKind.MODERATOR):
        raise Refused(_("Only a person of ours can decide this."))
    row = db.get(SourceDifference, difference_id)
    if row is None:
        raise NotFound(_("There is no such difference."))
    if row.state != DifferenceState.OPEN:
        raise Conflict(_("Somebody has decided this already."))
    row.state = DifferenceState.TAKEN if taken else DifferenceState.DISMISSED
    row.note, row.decided_at, row.decided_by = note, at, str(by)
    db.add(row)
    audit.append(db, by, f"DIFFERENCE_{row.state}", subject_type="source_difference", subject_id=row.id)
    events.record(db, DifferenceSettled(difference_id=row.id))
    return row


def subject_of(db: Session, difference_id: UUID) -> Practitioner | Organization:
    """Of whom a difference is."""
    row = db.get_one(SourceDifference, difference_id)
    if row.practitioner_id is not None:
        return db.get_one(Practitioner, row.practitioner_id)
    return db.get_one(Organization, row.organization_id)


def find_open(db: Session, *, limit: int = 200) -> list[SourceDifference]:
    """What waits for a person, the oldest first."""
    asked = select(SourceDifference).where(SourceDifference.state == DifferenceState.OPEN)
    return list(db.exec(asked.order_by(col(SourceDifference.found_at)).limit(limit)).all())


def find_numbers(db: Session) -> dict[str, list[Ours]]:
    """What the listings say, by NPI, of everybody behind a listing that is worked on: no candidate, nothing closed."""
    watched = col(Location.status).not_in([str(status) for status in _UNWATCHED])
    found: dict[str, list[Ours]] = {}
    for body_id in db.exec(select(Location.organization_id).where(watched).distinct()).all():
        body = db.get_one(Organization, body_id)
        sites = db.exec(select(Location).where(Location.organization_id == body_id, watched)).all()
        if body.npi:
            ours = Ours(
                npi=body.npi,
                organization_id=body.id,
                names=(body.legal_name, body.name, *(site.name for site in sites)),
                states=frozenset(site.state for site in sites),
                phones=frozenset(site.phone for site in sites if site.phone),
                zips=frozenset(site.zip5 for site in sites),
            )
            found.setdefault(body.npi, []).append(ours)
    works = (
        select(Practitioner, Location.state)
        .join(PractitionerRole, col(PractitionerRole.practitioner_id) == col(Practitioner.id))
        .join(Location, col(Location.id) == col(PractitionerRole.location_id))
        .where(watched, col(Practitioner.npi).is_not(None), col(PractitionerRole.active).is_(True))
        .distinct()
    )
    people: dict[UUID, tuple[Practitioner, set[str]]] = {}
    for person, state in db.exec(works).all():
        people.setdefault(person.id, (person, set()))[1].add(state)
    for person, states in people.values():
        ours = Ours(
            npi=str(person.npi),
            practitioner_id=person.id,
            family_name=person.family_name,
            given_name=person.given_name,
            states=frozenset(states),
        )
        found.setdefault(ours.npi, []).append(ours)
    return found
