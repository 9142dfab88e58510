"""The one place that reads the time, so that every rule can be given it and every test can set it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

_set_to: dt.datetime | None = None


def now() -> dt.datetime:
    """The present instant, aware, in UTC."""
    return _set_to if _set_to is not None else dt.datetime.now(dt.UTC)


def held() -> dt.datetime | None:
    """The moment the clock is held at by a test, or None when it runs."""
    return _set_to


def today() -> dt.date:
    """The present day in UTC. A clinic's own day needs its time zone: see `listings.hours`."""
    return now().date()


@contextmanager
def standing_at(moment: dt.datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) inside the block; blocks nest."""
    global _set_to  # noqa: PLW0603 - the clock is one per process by design
    if moment.tzinfo is None:
        raise ValueError("the clock is set to an aware moment")
    before, _set_to = _set_to, moment.astimezone(dt.UTC)
    try:
        yield
    finally:
        _set_to = before
