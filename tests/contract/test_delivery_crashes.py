"""A worker that is killed loses nothing and repeats at most a mail; a host with a wrong clock changes nothing."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from directory.delivery import sending
from directory.delivery.channels.smtp import SmtpChannel
from directory.delivery.models import OutboxState
from directory.lib.db import Databases
from directory.lib.sealed import KeyRing
from tests.support.databases import TEST_KEY, Maker
from tests.support.mail import MailServer
from tests.support.outbox import plain, promise, row_of
from tests.support.outbox_worker import SENDER
from tests.support.postgres import ROOT


def worker(act: str, databases: Databases, smtp: MailServer) -> "subprocess.CompletedProcess[str]":
    url = databases.url.render_as_string(hide_password=False).replace("+psycopg", "").replace("+pysqlite", "")
    return subprocess.run(
        [sys.executable, "-m", "tests.support.outbox_worker", act, url, smtp.url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_worker_killed_between_sending_and_settling_repeats_the_mail_under_the_same_message_id(
    databases: Databases, smtp: MailServer
) -> None:
    outbox_ids = [promise(databases) for _ in range(3)]
    for _ in range(2):
        assert worker("die", databases, smtp).returncode == -signal.SIGKILL
    sending.deliver_due(databases, SmtpChannel(smtp.url, SENDER), plain)
    assert [row_of(databases, each).state for each in outbox_ids] == [OutboxState.SENT] * 3
    received = Counter(str(each.message["message-id"]) for each in smtp.wait_for(5))
    assert set(received) == {f"<{row_of(databases, each).message_key}@lanternway.example>" for each in outbox_ids}
    assert received.total() == 5
    # Taken together by the first worker, then each alone: an attempt that may have been begun counts as one.
    assert [row_of(databases, each).attempts for each in outbox_ids] == [3, 2, 2]


def test_two_workers_one_with_a_wrong_clock_send_each_mail_once(databases: Databases, smtp: MailServer) -> None:
    outbox_ids = [promise(databases) for _ in range(60)]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda act: worker(act, databases, smtp), ["ahead", "plain"]))
    assert [(each.returncode, each.stderr) for each in done] == [(0, "")] * 2
    assert sum(int(each.stdout) for each in done) == 60
    received = Counter(str(each.message["message-id"]) for each in smtp.wait_for(60))
    assert received == Counter(f"<{row_of(databases, each).message_key}@lanternway.example>" for each in outbox_ids)


def test_a_host_whose_clock_is_an_hour_ahead_sends_nothing_twice(
    make_database: Callable[[str], Maker], smtp: MailServer
) -> None:
    # On PostgreSQL alone: with SQLite all workers share one host, and the database's clock is that host's.
    ring = KeyRing({"k1-tests": TEST_KEY})
    databases = Databases(make_database("postgresql").migrated(), keys=ring)
    try:
        held = [promise(databases) for _ in range(3)]
        for _ in held:
            assert sending.claim(databases, "smtp") is not None
        done = worker("ahead", databases, smtp)
        assert (done.returncode, done.stdout, done.stderr) == (0, "0\n", "")
        assert smtp.messages == []
        assert [row_of(databases, each).attempts for each in held] == [1, 1, 1]
    finally:
        databases.close()
