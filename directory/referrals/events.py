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
    """A request cannot go on without a person of ours.

    `why`: undeliverable, no_route, sender_check, silence, clinic_gone or sent_by_mistake.
    """

    task_id: UUID
    location_id: UUID
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWaitsNoMore:
    """A request that waited for a person goes on, or is closed."""

    task_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresCounted:
    """How a clinic answered its requests of the last 90 days, counted from the log of steps at `at`.

    `median_minutes` to the first answer; `answered_at`: the last answer.
    """

    location_id: UUID
    asked: int
    acknowledged: int
    decided: int
    median_minutes: int | None
    answered_at: dt.datetime | None
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsUnanswered:
    """A second request in a row was closed because the clinic did not answer."""

    location_id: UUID
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRoom:
    """A clinic said twice within 14 days that it has no room."""

    location_id: UUID
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRefused:
    """A clinic refused what a line of its listing offers: a treatment, or (`payer` set) a payer of it."""

    location_id: UUID
    treatment: str
    payer: str
    at: dt.datetime
