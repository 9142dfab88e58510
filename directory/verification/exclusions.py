"""What is done about possible exclusions: found, confirmed or dismissed by a person, lifted when off the list again.

An exact NPI match hides the person at once; a match by name changes nothing. Nothing is paused without a yes.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind, system
from directory.lib import events
from directory.lib.errors import Conflict, NotFound, Refused
from directory.listings import people
from directory.listings.models import Organization, Practitioner
from directory.terminology.exclusions import Exclusion
from directory.verification import actions
from directory.verification.events import ExclusionLifted, PossibleExclusion
from directory.verification.models import ExclusionMatch, MatchState
from directory.verification.namesakes import STRENGTH
from directory.verification.sources.leie import Excluded
from directory.wording.say import _

LIST_READER = system("exclusion-list")
_ONLY = frozenset({"exclusion"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A row of the list that may mean somebody (`practitioner_id`) or an organization."""

    row: Excluded
    kind: Exclusion
    practitioner_id: UUID | None = None
    organization_id: UUID | None = None


def found(db: Session, hit: Hit, *, at: dt.datetime) -> ExclusionMatch | None:
    """Keep a match and ask a person, once a row; None when it is known already.

    A no stands for that row until it fits better than it did (an NPI instead of a name).
    """
    match = _known(db, hit)
    if match is not None and match.state in (MatchState.OPEN, MatchState.CONFIRMED, MatchState.DISMISSED):
        stronger = STRENGTH[hit.kind] > STRENGTH[Exclusion(match.kind)]
        if not stronger or match.state == MatchState.CONFIRMED:
            return None
    match = match or ExclusionMatch(
        practitioner_id=hit.practitioner_id,
        organization_id=hit.organization_id,
        kind=hit.kind,
        row_key=hit.row.key,
        found_at=at,
    )
    match.kind, match.row, match.state = hit.kind, hit.row.kept, MatchState.OPEN
    match.decided_at = match.decided_by = None
    db.add(match)
    db.flush()
    exact = hit.kind is Exclusion.NPI_MATCH
    who = subject_of(db, match)
    if exact and isinstance(who, Practitioner):
        people.hold(db, who, at=at)
    events.record(db, PossibleExclusion(match_id=match.id, exact=exact))
    return match


def confirm(db: Session, match_id: UUID, *, note: str, by: Actor, at: dt.datetime) -> ExclusionMatch:
    """Yes, it is them: nobody lists them, and every public listing they stand behind is paused by the gate."""
    match = _decide(db, match_id, MatchState.CONFIRMED, note=note, by=by, at=at)
    who = subject_of(db, match)
    _audit(db, by, "EXCLUSION_CONFIRMED", match)
    if isinstance(who, Practitioner):
        people.release(db, who)
    people.set_exclusion(db, who, Exclusion(match.kind), by=str(by), at=at)
    return match


def dismiss(db: Session, match_id: UUID, *, note: str, by: Actor, at: dt.datetime) -> ExclusionMatch:
    """No, it is somebody else: all is as it was, and this row does not ask again."""
    match = _decide(db, match_id, MatchState.DISMISSED, note=note, by=by, at=at)
    _audit(db, by, "EXCLUSION_DISMISSED", match)
    _settle(db, match, by=by, at=at)
    return match


def lift(db: Session, match_id: UUID, *, note: str, at: dt.datetime) -> list[UUID]:
    """The row says that they are reinstated, or is gone: whoever was held or paused for it alone comes back.

    Gives the listings that are public again.
    """
    match = get_match(db, match_id)
    if match.state not in (MatchState.OPEN, MatchState.CONFIRMED):
        return []
    match.state, match.note = MatchState.LIFTED, note
    match.decided_at, match.decided_by = at, str(LIST_READER)
    db.add(match)
    db.flush()
    events.record(db, ExclusionLifted(match_id=match.id))
    _settle(db, match, by=LIST_READER, at=at)
    sites = people.find_sites_of(db, subject_of(db, match))
    return [site for site in sites if actions.lift_pause(db, site, _ONLY, by=LIST_READER, at=at)]


def get_match(db: Session, match_id: UUID) -> ExclusionMatch:
    """The row of a match. Raises NotFound."""
    match = db.get(ExclusionMatch, match_id)
    if match is None:
        raise NotFound(_("There is no such match."))
    return match


def subject_of(db: Session, match: ExclusionMatch) -> Practitioner | Organization:
    """Whom a match may mean."""
    if match.practitioner_id is not None:
        return db.get_one(Practitioner, match.practitioner_id)
    return db.get_one(Organization, match.organization_id)


def find_open(db: Session, *, limit: int = 200) -> list[ExclusionMatch]:
    """What waits for a person, exact matches first, then the oldest."""
    asked = select(ExclusionMatch).where(ExclusionMatch.state == MatchState.OPEN)
    exact = col(ExclusionMatch.kind) == Exclusion.NPI_MATCH
    return list(db.exec(asked.order_by(exact.desc(), col(ExclusionMatch.found_at)).limit(limit)).all())


def waits(db: Session, who: Practitioner | Organization) -> bool:
    """Whether a row of the list stands against somebody: a person must decide, or has said yes."""
    return any(row.state in (MatchState.OPEN, MatchState.CONFIRMED) for row in _matches_of(db, who))


def _settle(db: Session, match: ExclusionMatch, *, by: Actor, at: dt.datetime) -> None:
    """After a no or a lifting: nothing is left of it, unless another row of the list still stands against them."""
    who = subject_of(db, match)
    others = [row for row in _matches_of(db, who) if row.id != match.id]
    held = any(row.state == MatchState.OPEN and row.kind == Exclusion.NPI_MATCH for row in others)
    if isinstance(who, Practitioner) and who.held_since is not None and not held:
        people.release(db, who)
    if not any(row.state in (MatchState.OPEN, MatchState.CONFIRMED) for row in others):
        people.set_exclusion(db, who, Exclusion.NO_MATCH, by=str(by), at=at)


def _matches_of(db: Session, who: Practitioner | Organization) -> list[ExclusionMatch]:
    about = (
        ExclusionMatch.practitioner_id == who.id
        if isinstance(who, Practitioner)
        else ExclusionMatch.organization_id == who.id
    )
    return list(db.exec(select(ExclusionMatch).where(about)).all())


def _known(db: Session, hit: Hit) -> ExclusionMatch | None:
    asked = select(ExclusionMatch).where(
        ExclusionMatch.row_key == hit.row.key,
        col(ExclusionMatch.practitioner_id) == hit.practitioner_id
        if hit.practitioner_id is not None
        else col(ExclusionMatch.organization_id) == hit.organization_id,
    )
    return db.exec(asked).one_or_none()


def _decide(db: Session, match_id: UUID, state: MatchState, *, note: str, by: Actor, at: dt.datetime) -> ExclusionMatch:
    if by.kind not in (ActorKind.VERIFIER, ActorKind.MODERATOR):
        raise Refused(_("Only a person of ours can decide this."))
    match = get_match(db, match_id)
    if match.state != MatchState.OPEN:
        raise Conflict(_("Somebody has decided this already."))
    match.state, match.note, match.decided_at, match.decided_by = state, note, at, str(by)
    db.add(match)
    db.flush()
    return match


def _audit(db: Session, by: Actor, action: str, match: ExclusionMatch) -> None:
    audit.append(db, by, action, subject_type="exclusion_match", subject_id=match.id)
