"""Keeps a process's index in step with the database: at once after its own changes, within a second after others'."""

import logging
import threading

from sqlmodel import Session

from directory.lib.db import Databases, reading
from directory.search import bell, queries
from directory.search.index import Index

log = logging.getLogger("directory.search")
POLL_S = 1.0


class LiveIndex:
    """`index` is the newest state; take it once per request. Written by one thread, read by any."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self.index = Index.of()
        self.loaded = False

    def catch_up(self) -> bool:
        """Apply what is new; True when there was something. Builds anew when the database is behind (a restore)."""
        with self._lock, reading(self._databases) as db:
            version = queries.get_version(db)
            if version == self.index.version and self.loaded:
                return False
            self.index = self._newer(db, version)
            self.loaded = True
            return True

    def start(self) -> None:
        """Follow the database in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="search", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """End the thread."""
        self._stopping.set()
        bell.ring()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def missing(self) -> str:
        """For readiness: empty once searches are answered from what the database holds."""
        return "" if self.loaded else "the search index is not loaded"

    def _newer(self, db: Session, version: int) -> Index:
        follows = self.loaded and version > self.index.version
        index = self.index if follows else Index.of(version=version)
        for changes in queries.find_changes(db, after=index.version if follows else 0):
            index = index.changed(changes)
        return index

    def _run(self) -> None:
        while not self._stopping.is_set():
            bell.wait(POLL_S)
            if not self._stopping.is_set():
                self.try_to_catch_up()

    def try_to_catch_up(self) -> None:
        """Catch up, or say in the log that it did not work: a database that is not there is asked again."""
        try:
            self.catch_up()
        except Exception as error:
            # The type only: a database error carries its statement's values with it.
            log.error("the search could not be brought up to date: %s", type(error).__name__)
