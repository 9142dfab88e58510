"""An end to every wait on a connection: a server that sends a byte now and then outlasts every timeout of a read."""

import math
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Deadline:
    """Hangs up `connection` when what is done `within` a time lasts longer; one thread for as long as it is open.

    Works on a second handle of the same connection, because TLS takes the first one over.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._handle = socket.socket(fileno=os.dup(connection.fileno()))
        self._changed = threading.Condition()
        self._until: float | None = None
        self._closed = False
        self._wakes_at = math.inf
        """Until when the thread sleeps: it is woken only for a deadline that comes before that."""
        self.overdue = False
        self._thread = threading.Thread(target=self._watch, name="deadline", daemon=True)
        self._thread.start()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Hangs up, and sets `overdue`, unless the block ends within `seconds`."""
        with self._changed:
            self._until = time.monotonic() + seconds
            if self._until < self._wakes_at:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._until = None

    def close(self) -> None:
        """Ends the thread; the connection's owner closes the connection."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        self._handle.close()

    def _watch(self) -> None:
        with self._changed:
            while not self._closed:
                if self._until is not None and self._until <= time.monotonic():
                    self.overdue, self._until = True, None
                    with suppress(OSError):
                        self._handle.shutdown(socket.SHUT_RDWR)
                self._wakes_at = math.inf if self._until is None else self._until
                self._changed.wait(None if self._until is None else self._until - time.monotonic())
