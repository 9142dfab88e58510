"""Wakes the sending loops of this process as soon as something they should send has been committed."""

import threading

_CHANGED = threading.Condition()
_RUNG = [0]


def ring() -> None:
    """Something is due now: whoever listens wakes."""
    with _CHANGED:
        _RUNG[0] += 1
        _CHANGED.notify_all()


class Ear:
    """One listener. What rang since it last woke, it hears at once."""

    def __init__(self) -> None:
        self._heard = _RUNG[0]

    def wait(self, seconds: float) -> bool:
        """Waits for the bell, `seconds` at most; True when it rang."""
        with _CHANGED:
            rang = _CHANGED.wait_for(lambda: _RUNG[0] != self._heard, seconds)
            self._heard = _RUNG[0]
            return rang
