"""The states of a listing, in words for the public and for staff, with their colours."""

from dataclasses import dataclass
from enum import StrEnum

from directory.terminology.code_list import CodeList


class ListingState(StrEnum):
    """Codes of `Location.status`."""

    CANDIDATE = "CANDIDATE"
    DRAFT = "DRAFT"
    PENDING_REVIEW = "PENDING_REVIEW"
    PUBLISHED = "PUBLISHED"
    STALE = "STALE"
    UNLISTED = "UNLISTED"
    SUSPENDED = "SUSPENDED"
    REJECTED = "REJECTED"
    CLOSED = "CLOSED"
    NEVER_LIST = "NEVER_LIST"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingStatus:
    """`public`: has a page of facts. `searchable`: is among results. `notice`: the neutral line its page opens with."""

    code: str
    label: str
    colour: str
    public: bool = False
    searchable: bool = False
    notice: str | None = None

    @property
    def has_page(self) -> bool:
        """Whether the public address answers at all: with facts, or with the notice alone."""
        return self.public or self.notice is not None


LISTING_STATUSES: CodeList[ListingStatus] = CodeList(
    "listing statuses",
    (
        ListingStatus(code="CANDIDATE", label="Candidate", colour="quiet"),
        ListingStatus(code="DRAFT", label="Draft", colour="quiet"),
        ListingStatus(code="PENDING_REVIEW", label="Waits for review", colour="wait"),
        ListingStatus(code="PUBLISHED", label="Published", colour="good", public=True, searchable=True),
        ListingStatus(
            code="STALE",
            label="Not confirmed lately",
            colour="wait",
            public=True,
            searchable=True,
            notice="The clinic has not confirmed these details in the last 90 days. Please phone before you go.",
        ),
        ListingStatus(
            code="UNLISTED",
            label="Not listed now",
            colour="quiet",
            notice="This clinic is not listed at the moment, because its details could not be confirmed.",
        ),
        ListingStatus(
            code="SUSPENDED",
            label="Paused",
            colour="quiet",
            notice="This listing is paused while its details are checked. This is no statement about the care given.",
        ),
        ListingStatus(code="REJECTED", label="Not accepted", colour="quiet"),
        ListingStatus(
            code="CLOSED",
            label="Closed",
            colour="quiet",
            notice="This clinic has closed, or no longer offers this care.",
        ),
        ListingStatus(code="NEVER_LIST", label="Asked not to be listed", colour="quiet"),
    ),
)

PUBLIC: frozenset[str] = frozenset(row.code for row in LISTING_STATUSES if row.public)
SEARCHABLE: frozenset[str] = frozenset(row.code for row in LISTING_STATUSES if row.searchable)
