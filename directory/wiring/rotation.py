"""Brings everything sealed under the ring's newest key while the service runs; safe to break off and to repeat."""

import time
from collections.abc import Callable

from directory.accounts import factors
from directory.delivery import actions as delivery
from directory.lib import rewrapping
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.sealed import ring_of
from directory.listings import channels
from directory.moderation import reports
from directory.search import waiting

BATCH = 200
"""Rows of one transaction: on SQLite others wait for it."""
_SMALL = (delivery.reseal, factors.reseal, reports.reseal, channels.reseal, waiting.reseal)
"""Of rows that are sealed by the ring itself and have no data key: each seals some again and says how many."""


def rewrap_all(databases: Databases, *, told: Callable[[int], None] = lambda _done: None, batch: int = BATCH) -> int:
    """Re-wrap every data key and re-seal what has none; how many. `told` hears of each step how many are done.

    What others seal by the older key meanwhile is found in the same run: it ends when nothing is left.
    """
    done = 0
    for wrapped in rewrapping.wrapped_tables():
        while True:
            begun = time.monotonic()
            with unit_of_work(databases) as db:
                found = rewrapping.rewrap_some(db, wrapped, at_most=batch)
            done += found
            told(done)
            if found == 0:
                break
            time.sleep(time.monotonic() - begun)  # half of the time is others': SQLite's lock knows no queue
    for reseal in _SMALL:
        while True:
            with unit_of_work(databases) as db:
                found = reseal(db)
            done += found
            if found == 0:
                break
    return done


def keys_in_use(databases: Databases) -> int:
    """How many data keys are still wrapped by an older key than the newest."""
    with reading(databases) as db:
        return rewrapping.left(db)


def newest_key(databases: Databases) -> str:
    """The id of the key that wraps from now on."""
    with reading(databases) as db:
        return ring_of(db).active_id
