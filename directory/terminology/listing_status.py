"""The states of a listing, in words for the public and for staff, with their colours."""

from dataclasses import dataclass
from enum import StrEnum

from directory.lib.languages import translate as _
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
        ListingStatus(code="CANDIDATE", label=_("Candidate"), colour="quiet"),
        ListingStatus(code="DRAFT", label=_("Draft"), colour="quiet"),
        ListingStatus(code="PENDING_REVIEW", label=_("Waits for review"), colour="wait"),
        ListingStatus(code="PUBLISHED", label=_("Published"), colour="good", public=True, searchable=True),
        ListingStatus(
            code="STALE",
            label=_("Not confirmed lately"),
            colour="wait",
            public=True,
            searchable=True,
            notice=_("The clinic has not confirmed these details in the last 90 days. Please phone before you go."),
        ),
        ListingStatus(
            code="UNLISTED",
            label=_("Not listed now"),
            colour="quiet",
            notice=_("This clinic is not listed at the moment, because its details could not be confirmed."),
        ),
        ListingStatus(
            code="SUSPENDED",
            label=_("Paused"),
            colour="quiet",
            notice=_(
                "This listing is paused while its details are checked. This is no statement about the care given."
            ),
        ),
        ListingStatus(code="REJECTED", label=_("Not accepted"), colour="quiet"),
        ListingStatus(
            code="CLOSED",
            label=_("Closed"),
            colour="quiet",
            notice=_("This clinic has closed, or no longer offers this care."),
        ),
        ListingStatus(code="NEVER_LIST", label=_("Asked not to be listed"), colour="quiet"),
    ),
)

PUBLIC: frozenset[str] = frozenset(row.code for row in LISTING_STATUSES if row.public)
SEARCHABLE: frozenset[str] = frozenset(row.code for row in LISTING_STATUSES if row.searchable)
