"""The outbox: queued mails drained by one worker into a local mail server, on both databases."""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

from sqlalchemy import func
from sqlmodel import select

from directory import settings as settings_module
from directory.accounts.renderer import Letters
from directory.delivery import actions, sending
from directory.delivery.channels.smtp import SmtpChannel
from directory.delivery.letters import Sender
from directory.delivery.models import OutboxMessage, OutboxState
from directory.lib import schema
from directory.lib.db import Databases, reading, unit_of_work
from directory.web import templates
from tests.bench.table import Table
from tests.support.databases import Maker, ring_for_tests
from tests.support.mail import MailServer
from tests.support.postgres import running_cluster
from tests.support.site import SECRET

GOAL_A_SECOND = 200


def run(table: Table) -> None:
    """Queue so many mails (BENCH_MAILS, 10,000) with real words, and drain them; on either database."""
    mails = int(os.environ.get("BENCH_MAILS", "10000"))
    with tempfile.TemporaryDirectory() as folder:
        _drain(table, "SQLite", f"sqlite:///{folder}/outbox.sqlite3", mails)
        maker = Maker("postgresql", Path(folder), Path(folder), lambda: running_cluster(Path(folder), os.getpid()))
        _drain(table, "PostgreSQL", maker.empty(), mails)
        maker.close()


def _drain(table: Table, name: str, database_url: str, mails: int) -> None:
    with _mail_server() as url:
        databases = Databases(database_url, keys=ring_for_tests())
        schema.migrate(databases)
        for start in range(0, mails, 500):
            with unit_of_work(databases) as db:
                for number in range(start, min(start + 500, mails)):
                    box = f"pat{number}@example.org"
                    actions.queue(db, message="request_opened", mailbox=box, ids={"reference": "R-7F3K-92"})
        settings = settings_module.load({"DIRECTORY_SECRET": SECRET})
        letters = Letters(templates.environment(settings), base_url=settings.base_url, secret=SECRET)
        sender = Sender("Lanternway", "no-reply@example.org", "bounces@example.org", SECRET)
        begun, busy = time.perf_counter(), time.process_time()
        sending.deliver_due(databases, SmtpChannel(url, sender), letters)
        took, busy = time.perf_counter() - begun, time.process_time() - busy
        with reading(databases) as db:
            sent = db.exec(select(func.count()).where(OutboxMessage.state == OutboxState.SENT)).one()
        assert sent == mails
        databases.close()
    rate = mails / took
    note = f"{busy / took:.0%} of it our own computing"
    table.add(
        f"{mails:,} queued mails, one worker, {name}", f"{rate:.0f} a second", f"≥ {GOAL_A_SECOND}", note,
        reached=rate >= GOAL_A_SECOND,
    )  # fmt: skip


@contextmanager
def _mail_server() -> Iterator[str]:
    """A server in a process of its own: it must not share the worker's interpreter."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    over = context.Event()
    process = context.Process(target=_serve, args=(theirs, over))
    process.start()
    yield ours.recv()
    over.set()
    process.join()


def _serve(told: "multiprocessing.connection.Connection", over: Event) -> None:
    server = MailServer()
    told.send(server.url)
    over.wait()
    server.stop()
