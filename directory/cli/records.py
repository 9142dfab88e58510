"""`directory audit` proves the log; `directory person` gives out, or destroys, what is held of one person."""

import argparse
import json
import sys

from directory.accounts import audit as log
from directory.accounts.actor import system
from directory.accounts.queries import normal_mailbox
from directory.lib import clock
from directory.lib.db import reading, unit_of_work
from directory.lib.opening import open_databases
from directory.moderation import subject_access
from directory.settings import Settings, SettingsError
from directory.wiring import dispatch

DESK = system("command-line")


def audit(settings: Settings, asked: argparse.Namespace) -> int:
    """Walk the whole chain. With --head, that of an earlier run: nothing was cut off or written anew since."""
    known = _head(asked.head) if asked.head else None
    databases = open_databases(settings)
    with reading(databases) as db:
        broken, head = log.verify(db, known=known), log.head(db)
    databases.close()
    if broken is not None:
        print(f"audit: the chain breaks at number {broken.seq}: {broken.why}", file=sys.stderr)
        return 1
    print(f"audit: {head.seq} entries, the chain holds. Keep this elsewhere, for --head of the next run:")
    print(f"{head.seq}:{head.chain}")
    return 0


def person(settings: Settings, asked: argparse.Namespace) -> int:
    """Print all that is held of whoever reads a mailbox as JSON, or destroy it and say what the law keeps."""
    mailbox = normal_mailbox(asked.mailbox)
    if mailbox is None:
        raise SettingsError(f"{asked.mailbox!r} is not one mailbox such as pat@example.net.")
    databases = open_databases(settings)
    try:
        with unit_of_work(databases, dispatch) as db:
            if asked.act == "forget":
                print("\n".join(subject_access.forget(db, mailbox, by=DESK, at=clock.now())))
            else:
                log.append(db, DESK, "PERSON_EXPORTED", subject_type="user")
                print(json.dumps(subject_access.export(db, mailbox), ensure_ascii=False, indent=2))
    finally:
        databases.close()
    return 0


def _head(text: str) -> log.Head:
    number, _, chain = text.partition(":")
    if not number.isdigit() or len(chain) != 64:
        raise SettingsError("--head is what an earlier run printed: a number, a colon and 64 characters.")
    return log.Head(int(number), chain)
