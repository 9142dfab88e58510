"""Searches that found nobody, added up in memory per county and month, and written down each minute.

No row and no write a request; a process that dies loses a minute. To count no robot twice, keyed digests of network and
county are kept in memory until midnight (UTC), under a key that is drawn anew each day and written nowhere.
"""

import datetime as dt
import hashlib
import logging
import secrets
import threading
from collections import Counter
from typing import Final

from directory.lib import clock
from directory.lib.db import Databases, unit_of_work
from directory.search import actions
from directory.search.unmet import month_of

log = logging.getLogger("directory.search")
FLUSH_S: Final = 60.0
COUNTIES_A_DAY: Final = 5
"""Counties that one network is counted in on one day: a person looks here and there, a robot everywhere."""
SEARCHES_A_DAY: Final = 5
"""Searches that are counted for one county on one day, whoever makes them: many networks on one day make no class."""
MOST_SEEN: Final = 200_000
"""Networks and counties remembered in a day; beyond, nothing is counted: that many are no patients."""


class Tally:
    """The counts of this process. `notice` is called by many, and never waits for a database."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._counts: Counter[tuple[dt.date, str]] = Counter()
        self._day = dt.date.min
        self._key = b""
        self._seen: set[bytes] = set()
        self._counties_of: Counter[bytes] = Counter()
        self._searches_in: Counter[str] = Counter()

    def notice(self, county_fips: str, *, network: str) -> None:
        """One search from `network` found nobody round this county; counted once a day, in few counties a day."""
        today = clock.today()
        with self._lock:
            self._begin(today)
            who, where = self._digest(network), self._digest(f"{network}|{county_fips}")
            if where in self._seen or self._counties_of[who] >= COUNTIES_A_DAY or len(self._seen) >= MOST_SEEN:
                return
            if self._searches_in[county_fips] >= SEARCHES_A_DAY:
                return
            self._seen.add(where)
            self._counties_of[who] += 1
            self._searches_in[county_fips] += 1
            self._counts[month_of(today), county_fips] += 1

    def flush(self) -> None:
        """Write down what was added up, in a transaction of its own; kept for the next time when that fails."""
        with self._lock:
            self._begin(clock.today())
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            with unit_of_work(self._databases) as db:
                actions.add_unmet(db, counts)
        except Exception as error:
            log.error("unmet need could not be written down: %s", type(error).__name__)
            with self._lock:
                self._counts += counts

    def start(self) -> None:
        """Flush each minute in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="unmet", daemon=True)
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

    def _begin(self, today: dt.date) -> None:
        """A new day knows nothing of the one before."""
        if today != self._day:
            self._day, self._key = today, secrets.token_bytes(32)
            self._seen.clear()
            self._counties_of.clear()
            self._searches_in.clear()

    def _digest(self, words: str) -> bytes:
        return hashlib.blake2b(words.encode(), key=self._key, digest_size=12).digest()
