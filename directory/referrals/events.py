"""What happens to requests, for packages above and beside: ids and codes only."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAnswered:
    """A clinic accepted or declined. `reason` is the decline's code; the instants are UTC."""

    task_id: UUID
    location_id: UUID
    answer: str
    reason: str | None
    asked_at: dt.datetime
    answered_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFailed:
    """The clinic's mailbox refused a request for good: the channel is not proved any more."""

    location_id: UUID
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWaits:
    """A request cannot go on without a person of ours. `why`: undeliverable, no_route, sender_check or silence."""

    task_id: UUID
    location_id: UUID
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWaitsNoMore:
    """A request that waited for a person goes on, or is closed."""

    task_id: UUID
