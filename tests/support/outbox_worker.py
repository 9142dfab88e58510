"""A worker in a process of its own, for tests that end or mislead it.

Run as `python -m tests.support.outbox_worker ACT DATABASE_URL SMTP_URL`. `die` sends one message and is
ended (SIGKILL) before it can settle; `ahead` works with a clock one hour ahead; `plain` just works.
It prints how many messages it tried.
"""

import datetime as dt
import os
import signal
import sys
import time

from directory.delivery import rules, sending
from directory.delivery.channels.smtp import SmtpChannel
from directory.delivery.letters import Letter, Sender
from directory.lib import clock
from directory.lib.db import Databases
from directory.lib.sealed import KeyRing
from tests.support.databases import TEST_KEY
from tests.support.outbox import plain

SENDER = Sender("Lanternway", "no-reply@lanternway.example")


class DiesAfterSending(SmtpChannel):
    """The power fails between the server's answer and the note of it."""

    def send(self, letter: Letter) -> int:
        super().send(letter)
        os.kill(os.getpid(), signal.SIGKILL)
        return 250


def one_hour_ahead() -> None:
    """Put this host's clock wrong, in every way that Python reads it here."""
    real_now, real_time = clock.now, time.time  # noqa: TID251 - this is the clock that is put wrong
    clock.now = lambda: real_now() + dt.timedelta(hours=1)
    time.time = lambda: real_time() + 3600  # noqa: TID251


def main(act: str, url: str, smtp_url: str) -> None:
    """Do as told on the database of `url`."""
    databases = Databases(url, keys=KeyRing({"k1-tests": TEST_KEY}))
    channel = DiesAfterSending(smtp_url, SENDER) if act == "die" else SmtpChannel(smtp_url, SENDER)
    if act == "ahead":
        one_hour_ahead()
    # A worker that dies leaves no lease behind, so that the test need not wait for its end.
    lease = (lambda _lost: dt.timedelta(0)) if act == "die" else rules.lease_after
    tried = sending.deliver_due(databases, channel, plain, lease=lease)
    sys.stdout.write(f"{tried}\n")
    databases.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
