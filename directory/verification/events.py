"""What verification announces: what waits for a person. Ids and codes only."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleExclusion:
    """The exclusion list may mean somebody: a person must decide. `exact`: by NPI; they are not named meanwhile."""

    match_id: UUID
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionLifted:
    """What was found on the list is on it no more: nobody has to decide it."""

    match_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceExpiring:
    """A licence behind a listing ends in 60 or 30 days, or has ended (0): somebody should look at its issuer."""

    qualification_id: UUID
    practitioner_id: UUID
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDiffers:
    """A registry says something else than a listing: a person must decide who is right."""

    difference_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceSettled:
    """A person has decided a difference, or the registry agrees again."""

    difference_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceChecked:
    """A person of ours has looked a licence up at its issuer."""

    qualification_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWaits:
    """Somebody of ours is asked to phone, to post a letter or to look into the registry for a claim."""

    claim_id: UUID
    location_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimHandled:
    """What was asked for a claim is done, or the claim is closed."""

    claim_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDoubtWaits:
    """A clinic refused what a line of its listing offers, and has neither confirmed nor corrected it for ten days."""

    doubt_id: UUID
    location_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDoubtSettled:
    """A line in doubt was confirmed or corrected."""

    doubt_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionRaised:
    """The contact that is listed says no to a claim or to a change of how it is reached: a person says who is right."""

    about_id: UUID
    location_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDue:
    """A check of ours of a public listing (REMS, supervision) is due again."""

    location_id: UUID
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChecked:
    """A person of ours has checked a site's REMS certificate or its supervision."""

    location_id: UUID
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceWaits:
    """A clinic has sent a document: a person must read it."""

    evidence_id: UUID
    location_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSettled:
    """A document was read and judged, or removed."""

    evidence_id: UUID
