"""A clinic's inbox of 10,000 requests: its first page, one deep in it, what is overdue, and one filtered."""

import datetime as dt
import statistics
import tempfile
import time
from pathlib import Path
from uuid import UUID

from litestar.testing import TestClient
from sqlalchemy import insert
from sqlmodel import select

from directory import app as application
from directory import settings as settings_module
from directory.accounts.permissions import Role
from directory.lib import clock, ids, schema
from directory.lib.db import Databases, unit_of_work
from directory.listings.models import Location
from directory.referrals.models import Referral, ReferralTask, Source
from directory.seeding import bulk
from directory.terminology.referral_status import OPEN, TERMINAL
from tests.bench.table import Table
from tests.support.databases import ring_for_tests
from tests.support.people import sign_in
from tests.support.site import SECRET, share_keys

REQUESTS = 10_000
GOAL_MS = 150
ROUNDS = 25
HOME = "/clinic/requests"
PAGES = {
    "first page": f"{HOME}?tab=us",
    "page 30": f"{HOME}?tab=us&page=30",
    "overdue": f"{HOME}?tab=overdue",
    "filtered": f"{HOME}?tab=them&source=clinician&urgency=soon",
}
STATES = (*sorted(OPEN - {"draft", "held_for_sender_check"}), *sorted(TERMINAL))
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def reference(number: int) -> str:
    """One of our references for a number."""
    found = ""
    for _place in range(6):
        number, rest = divmod(number, len(_LETTERS))
        found += _LETTERS[rest]
    return f"R-{found[:4]}-{found[4:]}"


def fill(databases: Databases) -> UUID:
    """REQUESTS requests of every state at one site, sent over the last weeks; the organization's id."""
    bulk.load(databases, lines=600)
    now = clock.now()
    with unit_of_work(databases) as db:
        place = db.exec(select(Location).order_by(Location.slug)).first()
        assert place is not None
        site, organization_id, zone = place.id, place.organization_id, place.time_zone
    referrals, tasks = [], []
    for number in range(REQUESTS):
        status, at = STATES[number % len(STATES)], now - dt.timedelta(minutes=number * 5)
        row_id, urgency = ids.new_id(), "soon" if number % 3 == 0 else "routine"
        referrals.append(
            {"id": row_id, "reference": reference(number), "urgency": urgency, "part2_source": False,
             "source": (Source.CLINICIAN if number % 2 else Source.PATIENT).value, "has_mailbox": False,
             "content_sealed": b"x" * 1500, "key_wrapped": b"x" * 60, "key_ring_id": "bench", "consent_version": "1",
             "notice_version": "1", "disclosure_version": "1", "consented_at": at, "consent_network": "x",
             "idempotency_key": str(row_id), "request_digest": "x", "created_at": at, "version": 1}
        )  # fmt: skip
        tasks.append(
            {"id": ids.new_id(), "referral_id": row_id, "location_id": site, "rank": 1, "urgency": urgency,
             "time_zone": zone, "status": status, "status_at": at, "steps": 1, "waiting_from_at": at,
             "reason": "no_capacity" if status == "declined" else None,
             "returns_to": "accepted" if status == "info_needed" else None, "appointment_at": at,
             "expected_on": at.date(), "answer_due_at": at + dt.timedelta(days=9) if status in OPEN else None}
        )  # fmt: skip
    with unit_of_work(databases) as db:
        db.execute(insert(Referral), referrals)
        db.execute(insert(ReferralTask), tasks)
    return organization_id


def run(table: Table) -> None:
    """Fill a database and ask for each page again and again, as somebody of the clinic's intake."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/inbox.sqlite3"
        databases = Databases(url, keys=ring_for_tests())
        schema.migrate(databases)
        organization_id = fill(databases)
        data_dir = Path(folder) / "var"
        share_keys(data_dir)
        given = {"DIRECTORY_DATABASE_URL": url, "DIRECTORY_DATA_DIR": str(data_dir), "DIRECTORY_SECRET": SECRET}
        whole = application.create(settings_module.load(given), loops=False)
        with TestClient(whole, base_url="http://127.0.0.1:8000") as client:  # type: ignore[arg-type]
            sign_in(client, databases, Role.INTAKE, organization_id)
            for name, path in PAGES.items():
                taken = []
                for _round in range(ROUNDS):
                    begun = time.perf_counter()
                    assert client.get(path).status_code == 200
                    taken.append((time.perf_counter() - begun) * 1000)
                median = statistics.median(taken)
                goal = f"≤ {GOAL_MS} ms"
                table.add(f"inbox of {REQUESTS:,}, {name}", f"{median:.0f} ms median", goal, reached=median <= GOAL_MS)
        databases.close()
