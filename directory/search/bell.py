"""Wakes the search of this process as soon as one of its own changes has been committed."""

import threading

_BELL = threading.Event()


def ring() -> None:
    """There is something new."""
    _BELL.set()


def wait(seconds: float) -> None:
    """Until the bell rings, `seconds` at most; silences it."""
    _BELL.wait(seconds)
    _BELL.clear()
