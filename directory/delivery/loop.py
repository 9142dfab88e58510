"""The loops that send, one a lane, and the one that keeps time; threads inside `serve`, or alone in `worker`."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from directory.delivery import bell

log = logging.getLogger("directory.delivery")

Pass = Callable[[Callable[[], bool]], object]
"""One pass of a lane (`sending.deliver_due` with its arguments); looks at `stopping()` now and then."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do every `every_s` seconds, and once at the start."""

    name: str
    every_s: float
    run: Callable[[], object]


class Loop:
    """Makes each lane's passes at least once a second, at once when the bell rings, until stopped. An error ends none.

    Each lane and the chores have a thread of their own: a mail server that hangs holds up neither partners' servers
    nor the timers.
    """

    def __init__(self, lanes: Sequence[Pass], *, chores: Sequence[Chore] = (), poll_s: float = 1.0) -> None:
        self._lanes = lanes
        self._chores = [(chore, 0.0) for chore in chores]
        self._poll_s = poll_s
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Runs in threads of its own."""
        lanes = [threading.Thread(target=self._deliver, args=(lane,), daemon=True) for lane in self._lanes]
        self._threads = [*lanes, threading.Thread(target=self._keep_time, daemon=True)]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float = 30.0) -> bool:
        """Asks the loops to end after what they have in hand; True when they have, within `timeout_s`."""
        self._stopping.set()
        bell.ring()
        until = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _deliver(self, lane: Pass) -> None:
        ear = bell.Ear()
        while not self._stopping.is_set():
            self._guarded("delivery", lambda: lane(self._stopping.is_set))
            if not self._stopping.is_set():
                ear.wait(self._poll_s)

    def _keep_time(self) -> None:
        while not self._stopping.is_set():
            for place, (chore, next_at) in enumerate(self._chores):
                if time.monotonic() >= next_at and not self._stopping.is_set():
                    self._chores[place] = (chore, time.monotonic() + chore.every_s)
                    self._guarded(chore.name, chore.run)
            self._stopping.wait(self._poll_s)

    def _guarded(self, name: str, run: Callable[[], object]) -> None:
        try:
            run()
        except Exception as error:
            # The type only: a database error carries its statement's values with it.
            log.error("%s failed: %s", name, type(error).__name__)
            self._stopping.wait(1.0)
