"""Wakes the sending loop of this process as soon as something it should send has been committed."""

import threading

_BELL = threading.Event()


def ring() -> None:
    """Something is due now."""
    _BELL.set()


def wait(seconds: float) -> bool:
    """Waits for the bell, `seconds` at most, and silences it; True when it rang."""
    rang = _BELL.wait(seconds)
    _BELL.clear()
    return rang
