"""The `clock` fixture: the service's clock, held where a test puts it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from directory.lib import clock as real

START = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)
"""A Tuesday, 11:00 in New York on summer time since two days."""


class Clock:
    """Stands at START until it is moved; never runs by itself."""

    def __init__(self) -> None:
        self._held = ExitStack()

    def travel(self, to: dt.datetime) -> dt.datetime:
        """Stand at `to` (aware)."""
        self._held.close()
        self._held.enter_context(real.standing_at(to))
        return real.now()

    def advance(self, **units: float) -> dt.datetime:
        """Move on by timedelta's arguments: `clock.advance(days=1, minutes=30)`."""
        return self.travel(to=real.now() + dt.timedelta(**units))

    def now(self) -> dt.datetime:
        """Where it stands."""
        return real.now()

    def release(self) -> None:
        """Let the clock run again."""
        self._held.close()


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The service's clock in this process, standing at START."""
    held = Clock()
    held.travel(to=START)
    yield held
    held.release()
