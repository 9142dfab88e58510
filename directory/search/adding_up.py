"""Numbers that pages add to in memory, written down each minute by a thread: a page that is read never writes.

A process that dies loses a minute. What cannot be written down is kept for the next time.
"""

import datetime as dt
import logging
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from typing import Final, Generic, TypeVar

from sqlmodel import Session

from directory.lib.db import Databases, unit_of_work

log = logging.getLogger("directory.search")
FLUSH_S: Final = 60.0
WhatT = TypeVar("WhatT")


class AddedUp(ABC, Generic[WhatT]):
    """Counts of this process, by month (its first day) and what is counted."""

    name: str

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._counts: Counter[tuple[dt.date, WhatT]] = Counter()

    @abstractmethod
    def _write(self, db: Session, counts: Mapping[tuple[dt.date, WhatT], int]) -> None:
        """Add `counts` to the rows there are."""

    def flush(self) -> None:
        """Write down what was added up, in a transaction of its own; kept for the next time when that fails."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            with unit_of_work(self._databases) as db:
                self._write(db, counts)
        except Exception as error:
            log.error("%s could not be written down: %s", self.name, type(error).__name__)
            with self._lock:
                self._counts += counts

    def start(self) -> None:
        """Flush each minute in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Flush what there is and end the thread."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.wait(FLUSH_S):
            self.flush()
        self.flush()
