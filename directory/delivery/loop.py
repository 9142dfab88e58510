"""The loop that sends, as a thread inside `serve` or alone in `worker`; also runs the chores it is given."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from directory.delivery import bell

log = logging.getLogger("directory.delivery")


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do every `every_s` seconds, and once at the start."""

    name: str
    every_s: float
    run: Callable[[], object]


class Loop:
    """Runs `deliver` at least once a second, at once when the bell rings, until stopped. An error ends no loop."""

    def __init__(self, deliver: Callable[[Callable[[], bool]], int], *, chores: Sequence[Chore] = ()) -> None:
        """`deliver(stopping)` makes one pass (`sending.deliver_due` with its arguments) and looks at `stopping()`."""
        self._deliver = deliver
        self._chores = [(chore, 0.0) for chore in chores]
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def run(self, poll_s: float = 1.0) -> None:
        """Until `stop()`; what is being sent at that moment is finished and settled."""
        while not self._stopping.is_set():
            self._guarded("delivery", lambda: self._deliver(self._stopping.is_set))
            self._do_chores()
            if not self._stopping.is_set():
                bell.wait(poll_s)

    def start(self) -> None:
        """Runs in a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="delivery", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 30.0) -> bool:
        """Asks the loop to end after what it has in hand; True when it has, within `timeout_s`."""
        self._stopping.set()
        bell.ring()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _do_chores(self) -> None:
        for place, (chore, next_at) in enumerate(self._chores):
            if time.monotonic() >= next_at and not self._stopping.is_set():
                self._chores[place] = (chore, time.monotonic() + chore.every_s)
                self._guarded(chore.name, chore.run)

    def _guarded(self, name: str, run: Callable[[], object]) -> None:
        try:
            run()
        except Exception as error:
            # The type only: a database error carries its statement's values with it.
            log.error("%s failed: %s", name, type(error).__name__)
            self._stopping.wait(1.0)
