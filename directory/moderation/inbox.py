"""What opens and closes items of the queue: one function an event, called by wiring in the event's transaction."""

from uuid import UUID

from sqlmodel import Session

from directory.lib import clock
from directory.listings import people
from directory.listings.events import RevisionSettled, RevisionWaits
from directory.listings.models import Practitioner
from directory.moderation import actions
from directory.moderation.kinds import Kind
from directory.referrals.events import RequestWaits, RequestWaitsNoMore
from directory.terminology.proofs import FactGroup
from directory.verification import differences, exclusions
from directory.verification.events import (
    CheckDue,
    ClaimHandled,
    ClaimWaits,
    DifferenceSettled,
    EvidenceSettled,
    EvidenceWaits,
    ExclusionLifted,
    LicenceChecked,
    LicenceExpiring,
    LineDoubtSettled,
    LineDoubtWaits,
    ObjectionRaised,
    PossibleExclusion,
    SiteChecked,
    SourceDiffers,
)

SETTLED = "system:settled"

_OF_REQUESTS = {
    "undeliverable": Kind.UNDELIVERABLE,
    "no_route": Kind.NO_ROUTE,
    "sender_check": Kind.UNVETTED_SENDER,
    "sent_by_mistake": Kind.SENT_BY_MISTAKE,
    "silence": Kind.SILENT_REQUEST,
    "clinic_gone": Kind.CLINIC_GONE,
}
"""Why a request waits for a person → the kind of the item."""
_OF_CHECKS: dict[str, Kind] = {FactGroup.REMS: Kind.REMS_CHECK, FactGroup.SUPERVISION: Kind.SUPERVISION_CHECK}
"""What is checked by us → the kind of the item when that is due again."""


def revision_waits(db: Session, event: RevisionWaits) -> None:
    """A sensitive edit must be looked at."""
    _open(db, Kind.SENSITIVE_EDIT, event.revision_id, event.location_id)


def revision_settled(db: Session, event: RevisionSettled) -> None:
    """It is decided, taken back or replaced."""
    _close(db, Kind.SENSITIVE_EDIT, event.revision_id)


def claim_waits(db: Session, event: ClaimWaits) -> None:
    """Somebody must phone, post a letter or look into the registry."""
    _open(db, Kind.CLAIM, event.claim_id, event.location_id)


def claim_handled(db: Session, event: ClaimHandled) -> None:
    """Done, or the claim is closed."""
    _close(db, Kind.CLAIM, event.claim_id)


def objection_raised(db: Session, event: ObjectionRaised) -> None:
    """The old contact says no to a claim or a change: a person says who is right, and tells both."""
    _open(db, Kind.OBJECTION, event.about_id, event.location_id)


def possible_exclusion(db: Session, event: PossibleExclusion) -> None:
    """Somebody may be on the exclusion list."""
    match = exclusions.get_match(db, event.match_id)
    sites = people.find_sites_of(db, exclusions.subject_of(db, match))
    _open(db, Kind.POSSIBLE_EXCLUSION, event.match_id, sites[0] if sites else None)


def exclusion_lifted(db: Session, event: ExclusionLifted) -> None:
    """Off the list again."""
    _close(db, Kind.POSSIBLE_EXCLUSION, event.match_id)


def licence_expiring(db: Session, event: LicenceExpiring) -> None:
    """A licence ends soon, or has ended."""
    sites = people.find_sites_of(db, db.get_one(Practitioner, event.practitioner_id))
    _open(db, Kind.LICENCE_EXPIRY, event.qualification_id, sites[0] if sites else None)


def licence_checked(db: Session, event: LicenceChecked) -> None:
    """Somebody has looked at its issuer."""
    _close(db, Kind.LICENCE_EXPIRY, event.qualification_id)


def source_differs(db: Session, event: SourceDiffers) -> None:
    """A registry says something else."""
    sites = people.find_sites_of(db, differences.subject_of(db, event.difference_id))
    _open(db, Kind.SOURCE_DIFFERENCE, event.difference_id, sites[0] if sites else None)


def difference_settled(db: Session, event: DifferenceSettled) -> None:
    """It is decided, or the registry agrees again."""
    _close(db, Kind.SOURCE_DIFFERENCE, event.difference_id)


def line_doubt_waits(db: Session, event: LineDoubtWaits) -> None:
    """A clinic refused what its listing offers, and says nothing."""
    _open(db, Kind.LINE_DOUBT, event.doubt_id, event.location_id)


def line_doubt_settled(db: Session, event: LineDoubtSettled) -> None:
    """Confirmed, or corrected."""
    _close(db, Kind.LINE_DOUBT, event.doubt_id)


def check_due(db: Session, event: CheckDue) -> None:
    """A check of ours is due again."""
    _open(db, _OF_CHECKS[event.group], event.location_id, event.location_id)


def site_checked(db: Session, event: SiteChecked) -> None:
    """Somebody has made it."""
    _close(db, _OF_CHECKS[event.group], event.location_id)


def evidence_waits(db: Session, event: EvidenceWaits) -> None:
    """A clinic has sent a document."""
    _open(db, Kind.EVIDENCE, event.evidence_id, event.location_id)


def evidence_settled(db: Session, event: EvidenceSettled) -> None:
    """Somebody has read it, or removed it."""
    _close(db, Kind.EVIDENCE, event.evidence_id)


def request_waits(db: Session, event: RequestWaits) -> None:
    """A request cannot go on by itself."""
    _open(db, _OF_REQUESTS[event.why], event.task_id, event.location_id)


def request_waits_no_more(db: Session, event: RequestWaitsNoMore) -> None:
    """It goes on, or is closed."""
    for kind in _OF_REQUESTS.values():
        _close(db, kind, event.task_id)


def _open(db: Session, kind: Kind, about_id: UUID, location_id: UUID | None) -> None:
    actions.open_item(db, kind=kind, about_id=about_id, location_id=location_id, at=clock.now())


def _close(db: Session, kind: Kind, about_id: UUID) -> None:
    actions.close_about(db, kind, about_id, by=SETTLED, at=clock.now())
