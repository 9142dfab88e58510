"""A new key for the ring: so many data keys re-wrapped, and how long the longest wait of a writer beside it was."""

import os
import tempfile
import threading
import time
from pathlib import Path

from sqlalchemy import insert
from sqlmodel import select

from directory.lib import clock, ids, schema, sealed
from directory.lib.db import Databases, database_now, unit_of_work
from directory.lib.sealed import RingFile
from directory.referrals.models import Referral
from directory.wiring import rotation
from tests.bench.table import Table
from tests.support.requests import ready_clinic, sent_request
from tests.support.time import START

GOAL_KEYS, GOAL_S = 100_000, 600.0


def fill(databases: Databases, keys: int) -> None:
    """So many requests, each with a data key of its own."""
    with clock.standing_at(START):
        sent_request(databases, ready_clinic(databases))
    with unit_of_work(databases) as db:
        ring = sealed.ring_of(db)
        like = db.exec(select(Referral)).one().model_dump()
        rows = []
        for number in range(keys):
            data = sealed.new_data_key(ring)
            own = {
                "id": ids.new_id(),
                "reference": f"R-{number // 100:04d}-{number % 100:02d}",
                "idempotency_key": f"bench-{number}",
            }
            rows.append({**like, **own, "key_wrapped": data.wrapped, "key_ring_id": data.ring_key_id})
        db.execute(insert(Referral), rows)


def run(table: Table) -> None:
    """Turn the ring under BENCH_KEYS requests (10,000) and reckon with the goal."""
    keys = int(os.environ.get("BENCH_KEYS", "10000"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ring"
        sealed.load_ring(path, create=True)
        databases = Databases(f"sqlite:///{folder}/keys.sqlite3", keys=RingFile(path, create=False))
        schema.migrate(databases)
        fill(databases, keys)
        beside = Databases(f"sqlite:///{folder}/keys.sqlite3", keys=RingFile(path, create=False))
        sealed.rotate_ring(path)
        waits, over = [0.0], threading.Event()

        def write() -> None:
            while not over.wait(0.05):
                begun = time.perf_counter()
                with unit_of_work(beside) as db:
                    database_now(db)  # takes the lock
                    waits.append(time.perf_counter() - begun)

        writer = threading.Thread(target=write)
        writer.start()
        begun = time.perf_counter()
        done = rotation.rewrap_all(databases)
        took = time.perf_counter() - begun
        over.set()
        writer.join()
        assert done >= keys
        assert rotation.keys_in_use(databases) == 0
        beside.close()
        databases.close()
    whole = took * GOAL_KEYS / keys
    note = f"a writer beside it waited {max(waits) * 1000:.0f} ms at most"
    table.add(
        f"{keys:,} data keys re-wrapped, SQLite", f"{took:.1f} s, so {whole:.0f} s for {GOAL_KEYS:,}",
        f"≤ {GOAL_S:.0f} s for {GOAL_KEYS:,}", note, reached=whole <= GOAL_S,
    )  # fmt: skip
