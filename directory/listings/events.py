"""What listings announce."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingChanged:
    """Something that search or a page shows of this location has changed, or the location ceased to be public."""

    location_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionWaits:
    """A change of a listing waits for a person of ours."""

    revision_id: UUID
    location_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionSettled:
    """A change that waited is live, refused, returned or taken back: nobody needs to look at it any more."""

    revision_id: UUID
    location_id: UUID
