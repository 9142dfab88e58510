"""How long a clinic waits when it saves a page of its rooms: the whole request, from the form to the redirect."""

import tempfile
import time
from pathlib import Path
from typing import Any

from litestar.testing import TestClient
from sqlmodel import col, select

from directory import app as application
from directory import settings as settings_module
from directory import wiring
from directory.accounts.permissions import Role
from directory.lib import schema
from directory.lib.db import Databases, reading
from directory.listings.models import Location
from directory.seeding import demo
from tests.bench.table import Table, percentiles
from tests.support.databases import ring_for_tests
from tests.support.people import sign_in
from tests.support.site import share_keys
from tests.support.typing_in import filled

CLINICS = 60
SAVES = 80
MOST_MS = 60.0


def run(table: Table) -> None:
    """Median of saving a section (goal 60 ms), and of opening it, among 60 clinics on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/portal.sqlite3"
        databases = Databases(url, keys=ring_for_tests())
        schema.migrate(databases)
        demo.load(databases, wiring.dispatch, count=CLINICS)
        given = {"DATA_DIR": folder, "DATABASE_URL": url, "BASE_URL": "http://lanternway.example"}
        settings = settings_module.load({f"DIRECTORY_{name}": value for name, value in given.items()})
        share_keys(Path(folder))
        whole: Any = application.create(settings, loops=False)
        with TestClient(whole, base_url=settings.base_url) as client:
            client.follow_redirects = False
            _measure(table, client, databases)
        databases.close()


def _measure(table: Table, client: Any, databases: Databases) -> None:
    with reading(databases) as db:
        asked = select(Location).where(Location.status == "PUBLISHED").order_by(col(Location.slug))
        site = db.exec(asked).first()
    assert site is not None
    sign_in(client, databases, Role.OWNER, site.organization_id)
    here = f"/clinic/sites/{site.slug}/hours"
    opening, saving = [], []
    for number in range(SAVES):
        began = time.perf_counter()
        page = client.get(here)
        opening.append(1000 * (time.perf_counter() - began))
        typed = {**filled(page.text), "wait_days": str(number + 1), "then": "save"}
        began = time.perf_counter()
        answer = client.post(here, data=typed)
        saving.append(1000 * (time.perf_counter() - began))
        assert answer.headers["location"].endswith("done=live"), answer.text
    median, worst = percentiles(saving[10:])
    table.add(
        "save a section of a listing", f"{median:.0f} ms median, {worst:.0f} ms p99", f"{MOST_MS:.0f} ms median",
        reached=median <= MOST_MS,
    )  # fmt: skip
    table.add("open a section of a listing", f"{percentiles(opening[10:])[0]:.0f} ms median")
