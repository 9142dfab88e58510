"""How often each clinic's public page was shown in a month: a number, with nothing of who saw it or when.

Robots count too, because to tell them apart one would have to look at who asks.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session

from directory.lib import clock
from directory.search import actions
from directory.search.adding_up import AddedUp
from directory.search.unmet import month_of

KEPT: Final = dt.timedelta(days=730)
"""How long a month's number is kept after the month began."""
MONTHS_SHOWN: Final = 3


class Seen(AddedUp[UUID]):
    """The counts of this process. `notice` is told which page was shown, and nothing else."""

    name = "page views"

    def notice(self, location_id: UUID) -> None:
        """The page of this location was shown once."""
        with self._lock:
            self._counts[month_of(clock.today()), location_id] += 1

    def _write(self, db: Session, counts: Mapping[tuple[dt.date, UUID], int]) -> None:
        actions.add_views(db, counts)


def is_ahead_of_a_reader(headers: Mapping[str, Any]) -> bool:
    """Whether a browser fetches a page before anybody asked for it (Fetch standard, `Sec-Purpose`)."""
    return any("prefetch" in headers.get(name, "").lower() for name in ("sec-purpose", "purpose", "x-moz"))
