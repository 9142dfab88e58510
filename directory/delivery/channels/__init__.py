"""The ways out of the house. A channel takes one letter and says whether the next one along has it."""

from typing import Protocol

from directory.delivery.letters import Letter


class NotTaken(Exception):
    """The letter was not taken: `reason` in one word, `code` as the other side gave it, never its text."""

    def __init__(self, reason: str, *, code: int | None = None, permanent: bool = False) -> None:
        super().__init__(f"{reason} {code or ''}".strip())
        self.reason = reason
        self.code = code
        self.permanent = permanent

    @property
    def is_unreachable(self) -> bool:
        """Whether nothing else would get through just now either."""
        return self.reason == "connect"


class Channel(Protocol):
    """One way to send mail."""

    @property
    def name(self) -> str:
        """What an attempt is recorded under."""

    def send(self, letter: Letter) -> int | None:
        """Hands the letter over and returns the other side's code, if it has codes. Raises NotTaken."""
