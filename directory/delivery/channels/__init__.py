"""The ways out of the house. A channel takes one letter and says whether the next one along has it."""

from typing import Protocol

from directory.delivery.letters import Letter
from directory.delivery.models import Lane


class NotTaken(Exception):
    """The letter was not taken: `reason` in one word, `code` as the other side gave it, never its text."""

    def __init__(
        self, reason: str, *, code: int | None = None, permanent: bool = False, wait_s: float | None = None
    ) -> None:
        super().__init__(f"{reason} {code or ''}".strip())
        self.reason = reason
        self.code = code
        self.permanent = permanent
        self.wait_s = wait_s
        """How long the other side asks us to wait at least."""

    @property
    def is_unreachable(self) -> bool:
        """Whether nothing else would get through just now either."""
        return self.reason == "connect"


class Channel(Protocol):
    """One way out, used by one thread."""

    @property
    def name(self) -> str:
        """What an attempt is recorded under."""

    @property
    def lane(self) -> Lane:
        """Which messages go this way."""

    def send(self, letter: Letter) -> int | None:
        """Hands the letter over and returns the other side's code, if it has codes. Raises NotTaken."""

    def close(self) -> None:
        """Ends what was kept open for the next letter."""
