"""`directory bounces read`: takes in what came back to the bounce mailbox, from a maildir, an mbox file or a pipe."""

import argparse
import mailbox
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from directory import wiring
from directory.accounts import audit
from directory.accounts.actor import system
from directory.delivery import bounces
from directory.delivery.bounces import Became
from directory.lib.db import Databases, unit_of_work
from directory.lib.opening import open_databases
from directory.settings import Settings, SettingsError


def read(settings: Settings, asked: argparse.Namespace) -> int:
    """Take in every mail of FOLDER (a maildir), of an mbox file, or the one that comes in by `-`; say what it was."""
    databases = open_databases(settings)
    found: Counter[Became] = Counter()
    try:
        for raw in _mails(asked.source):
            found[take(databases, settings, raw)] += 1
    finally:
        databases.close()
    told = ", ".join(f"{found[each]} {each.value}" for each in Became)
    print(f"{found.total()} mails: {told}")
    return 0


def take(databases: Databases, settings: Settings, raw: bytes) -> Became:
    """One mail, in a transaction of its own; taking it in a second time changes nothing."""
    report = bounces.parse(raw, settings.secret)
    if report is None:
        return Became.NOT_OURS
    with unit_of_work(databases, wiring.dispatch) as db:
        became, outbox_id = bounces.take(db, report, settings.operator_mailbox)
        if became is Became.BOUNCED:
            detail = {"status": report.status}
            audit.append(
                db,
                system("bounces"),
                "mail_bounced",
                subject_type="outbox_message",
                subject_id=outbox_id,
                detail=detail,
            )
    return became


def _mails(source: str) -> Iterator[bytes]:
    if source == "-":
        yield sys.stdin.buffer.read()
        return
    path = Path(source)
    if (path / "new").is_dir():
        yield from _of_maildir(path)
    elif path.is_file():
        with_lines = mailbox.mbox(path, create=False)
        for key in with_lines.keys():  # noqa: SIM118 - a mailbox iterates over mails, parsed
            yield with_lines.get_bytes(key)
        with_lines.close()
    else:
        raise SettingsError(f"{source} is neither a maildir (with a folder `new` in it) nor an mbox file.")


def _of_maildir(folder: Path) -> Iterator[bytes]:
    """Each new mail; it counts as seen once it has been taken in, so that a crash repeats at most one."""
    seen = folder / "cur"
    seen.mkdir(exist_ok=True)
    for path in sorted((folder / "new").iterdir()):
        if path.is_file():
            yield path.read_bytes()
            path.rename(seen / f"{path.name.partition(':')[0]}:2,S")
