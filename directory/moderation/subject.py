"""The shape of what a review shows: the item's subject, the clinics it is about, what may be put back."""

from dataclasses import dataclass, field
from uuid import UUID

from directory.listings.telling import Told
from directory.terminology.listing_status import ListingStatus

Line = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A clinic as somebody of the house names it."""

    location_id: UUID
    slug: str
    name: str
    town: str
    status: ListingStatus
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherChange:
    """A live change that can be put back at once."""

    revision_id: UUID
    day: str
    rows: tuple[Told, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an item is about. `sides`: what the page says, beside what it would say (or what another listing says)."""

    lines: tuple[Line, ...] = ()
    words: str = ""
    """What somebody wrote."""
    diff: tuple[Told, ...] = ()
    sides: tuple[tuple[str, str, str], ...] = ()
    titles: tuple[str, str] = ("", "")
    places: tuple[Place, ...] = ()
    asks: frozenset[str] = field(default_factory=frozenset)
    """What else the decision needs: `method`, `rems`, `exclusions`, `licence`."""
    changes: tuple[OtherChange, ...] = ()
    """What whoever an objection is about has changed here besides."""
    desk: tuple[str, str] = ("", "")
    """Where the work itself is done, and what that is called."""
    document: UUID | None = None
    """A document to be read."""
