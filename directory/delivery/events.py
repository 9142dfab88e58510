"""What delivery announces. `message` is the template's name, `about_id` the row that the queuer named."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeliverySent:
    """The next mail server has taken it over. Nobody has read it."""

    outbox_id: uuid.UUID
    message: str
    about_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class DeliveryDelayed:
    """It has been due for half an hour and has not gone out: whoever waits is told so."""

    outbox_id: uuid.UUID
    message: str
    about_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class DeliveryFailed:
    """It does not get through: refused for good, due for an hour, or (`given_up`) never tried again.

    Announced once at the first of these; a second time, with `given_up`, when an hour's delay ends in the last refusal.
    """

    outbox_id: uuid.UUID
    message: str
    about_id: uuid.UUID | None
    given_up: bool
