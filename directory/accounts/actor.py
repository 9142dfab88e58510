"""Who does something: a kind and a label for the record, never a name or anything about health."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The kinds of people (and the one machine) that act here."""

    PATIENT = "patient"
    CLINICIAN = "clinician"
    CLINIC = "clinic"
    VERIFIER = "verifier"
    MODERATOR = "moderator"
    REVIEWER = "reviewer"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts. `label` says which without naming a person: a clinic's slug, a reference (`U-7F3K-92`), a job."""

    kind: ActorKind
    label: str

    def __post_init__(self) -> None:
        if not self.label or len(self.label) > 80 or "@" in self.label or not self.label.isprintable():
            raise ValueError("an actor's label is a slug, a reference or the name of a job")

    def __str__(self) -> str:
        return f"{self.kind}:{self.label}"


def system(job: str) -> Actor:
    """The service itself, doing a named job."""
    return Actor(ActorKind.SYSTEM, job)
