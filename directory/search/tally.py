"""Searches that found nobody, added up in memory per county and month, and written down each minute.

No row and no write a request; a process that dies loses a minute. To count no robot twice, keyed digests of network and
county are kept in memory until midnight (UTC), under a key that is drawn anew each day and written nowhere.
"""

import datetime as dt
import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping
from typing import Final

from sqlmodel import Session

from directory.lib import clock
from directory.lib.db import Databases
from directory.search import actions
from directory.search.adding_up import AddedUp
from directory.search.unmet import month_of

COUNTIES_A_DAY: Final = 5
"""Counties that one network is counted in on one day: a person looks here and there, a robot everywhere."""
SEARCHES_A_DAY: Final = 5
"""Searches that are counted for one county on one day, whoever makes them: many networks on one day make no class."""
MOST_SEEN: Final = 200_000
"""Networks and counties remembered in a day; beyond, nothing is counted: that many are no patients."""


class Tally(AddedUp[str]):
    """The counts of this process, by county. `notice` is called by many, and never waits for a database."""

    name = "unmet need"

    def __init__(self, databases: Databases) -> None:
        super().__init__(databases)
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
        """Write down what was added up; what is remembered of yesterday's networks goes, though nobody searches."""
        with self._lock:
            self._begin(clock.today())
        super().flush()

    def _write(self, db: Session, counts: Mapping[tuple[dt.date, str], int]) -> None:
        actions.add_unmet(db, counts)

    def _begin(self, today: dt.date) -> None:
        """A new day knows nothing of the one before."""
        if today != self._day:
            self._day, self._key = today, secrets.token_bytes(32)
            self._seen.clear()
            self._counties_of.clear()
            self._searches_in.clear()

    def _digest(self, words: str) -> bytes:
        return hashlib.blake2b(words.encode(), key=self._key, digest_size=12).digest()
