"""The moderators' queue with 50,000 things in it: its first page, one deep in it, and one of a kind."""

import datetime as dt
import statistics
import tempfile
import time
from pathlib import Path

from litestar.testing import TestClient
from sqlalchemy import insert
from sqlmodel import select

from directory import app as application
from directory import settings as settings_module
from directory.accounts.permissions import Role
from directory.lib import clock, ids, schema
from directory.lib.db import Databases, unit_of_work
from directory.listings.models import Location
from directory.moderation import rules
from directory.moderation.kinds import KINDS
from directory.moderation.models import QueueItem
from directory.seeding import bulk
from tests.bench.table import Table
from tests.support.databases import ring_for_tests
from tests.support.people import sign_in
from tests.support.site import SECRET, share_keys

ITEMS = 50_000
GOAL_MS = 150
ROUNDS = 25
PAGES = {"first page": "/queue", "page 500": "/queue?page=500", "one kind": "/queue?kind=REPORT&page=20"}


def fill(databases: Databases) -> None:
    """ITEMS items of every kind about a few hundred clinics, opened over the last weeks."""
    bulk.load(databases, lines=600)
    now = clock.now()
    with unit_of_work(databases) as db:
        places = list(db.exec(select(Location.id)).all())
    kinds = list(KINDS)
    rows = []
    for number in range(ITEMS):
        kind, opened = kinds[number % len(kinds)], now - dt.timedelta(minutes=number)
        rows.append(
            {"id": ids.new_id(), "kind": kind.code, "about_id": ids.new_id(), "priority": kind.priority,
             "location_id": places[number % len(places)], "opened_at": opened, "state": "OPEN",
             "due_at": rules.due_at(kind, opened)}
        )  # fmt: skip
    with unit_of_work(databases) as db:
        db.execute(insert(QueueItem), rows)


def run(table: Table) -> None:
    """Fill a database and ask for each page again and again, as a moderator."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/queue.sqlite3"
        databases = Databases(url, keys=ring_for_tests())
        schema.migrate(databases)
        fill(databases)
        data_dir = Path(folder) / "var"
        share_keys(data_dir)
        given = {"DIRECTORY_DATABASE_URL": url, "DIRECTORY_DATA_DIR": str(data_dir), "DIRECTORY_SECRET": SECRET}
        whole = application.create(settings_module.load(given), loops=False)
        with TestClient(whole, base_url="http://127.0.0.1:8000") as client:  # type: ignore[arg-type]
            sign_in(client, databases, Role.MODERATOR)
            for name, path in PAGES.items():
                taken = []
                for _round in range(ROUNDS):
                    begun = time.perf_counter()
                    assert client.get(path).status_code == 200
                    taken.append((time.perf_counter() - begun) * 1000)
                median = statistics.median(taken)
                goal = f"≤ {GOAL_MS} ms"
                table.add(f"queue of {ITEMS:,}, {name}", f"{median:.0f} ms median", goal, reached=median <= GOAL_MS)
        databases.close()
