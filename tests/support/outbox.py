"""What the tests of the outbox share: a plain renderer, a channel that answers as told, and ears for events."""

import uuid
from typing import Any

from sqlmodel import Session

from directory.delivery import actions
from directory.delivery.channels import NotTaken
from directory.delivery.leases import Job
from directory.delivery.letters import Letter, Rendered
from directory.delivery.models import Lane, OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work

CLINIC = "intake@harbour.example"


def plain(_db: Session, job: Job) -> Rendered:
    """A renderer without templates."""
    return Rendered(job.message, f"Reference {job.ids.get('reference', '')}\n", "<p>Reference</p>")


class Recorder:
    """A channel that answers as scripted, then takes everything."""

    name = "recorder"
    lane = Lane.MAIL

    def __init__(self, *answers: NotTaken | Exception) -> None:
        self.letters: list[Letter] = []
        self._answers = list(answers)

    def send(self, letter: Letter) -> int:
        if self._answers:
            raise self._answers.pop(0)
        self.letters.append(letter)
        return 250

    def close(self) -> None:
        """Nothing is kept open."""


class Heard:
    """A dispatch that remembers."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def __call__(self, _db: Session, event: Any) -> None:
        self.events.append(event)

    def kinds(self) -> list[type]:
        return [type(event) for event in self.events]


def promise(databases: Databases, message: str = "referral_arrived", **more: Any) -> uuid.UUID:
    with unit_of_work(databases) as db:
        names = {"reference": "R-7F3K-92", "task": str(uuid.uuid4()), "code": str(uuid.uuid4())}
        return actions.queue(db, message=message, mailbox=CLINIC, ids=names, **more).id


def row_of(databases: Databases, outbox_id: uuid.UUID) -> OutboxMessage:
    with reading(databases) as db:
        return db.get_one(OutboxMessage, outbox_id)


def refused(code: int | None = 451, *, permanent: bool = False, reason: str = "refused") -> NotTaken:
    return NotTaken(reason, code=code, permanent=permanent)
