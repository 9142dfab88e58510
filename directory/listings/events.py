"""What listings announce."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingChanged:
    """Something that search or a page shows of this location has changed, or the location ceased to be public."""

    location_id: UUID
