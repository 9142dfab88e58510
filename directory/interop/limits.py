"""How often one network may ask the JSON API: counted in the memory of each process, never in the database.

An exact count (`lib.throttle`) would cost a write for each cheap read. What this one lets through too much, as many
times over as there are processes, harms nobody. No address is kept: digests under a key that is drawn at the start.
"""

import hashlib
import secrets
from collections import OrderedDict
from math import ceil
from typing import Final

SPAN_S: Final = 60.0
MOST_KEPT: Final = 50_000
"""Networks known at a time. Who is pushed out begins anew, which takes nothing from anybody."""


class Limits:
    """A bucket of `per_minute` questions for each network, filled up evenly; 0 lets everything through.

    Each bucket is one number, the second at which it is full again, and is dropped once that has passed. Asked on the
    event loop alone, so nothing is locked.
    """

    def __init__(self, per_minute: int, *, most: int = MOST_KEPT) -> None:
        self._apart_s = SPAN_S / per_minute if per_minute else 0.0
        self._most = most
        self._key = secrets.token_bytes(32)
        self._full_at: OrderedDict[bytes, float] = OrderedDict()

    def wait_s(self, what: str, network: str, *, at: float) -> int:
        """Counts a question of the kind `what` and says 0, or in how many whole seconds the next one may come.

        `at` is in seconds of a clock that never goes back. A refused question is not counted.
        """
        if not self._apart_s:
            return 0
        self._drop_full(at)
        who = hashlib.blake2b(f"{what}|{network}".encode(), key=self._key, digest_size=16).digest()
        full_at = max(self._full_at.get(who, at), at)
        too_early_s = full_at + self._apart_s - at - SPAN_S
        if too_early_s > 1e-6:
            return ceil(too_early_s)
        self._full_at[who] = full_at + self._apart_s
        self._full_at.move_to_end(who)
        return 0

    def _drop_full(self, at: float) -> None:
        # The one that asked longest ago stands first; two a question, so that they go faster than they come.
        for _each in range(2):
            who = next(iter(self._full_at), None)
            if who is None or (self._full_at[who] > at and len(self._full_at) < self._most):
                return
            del self._full_at[who]
