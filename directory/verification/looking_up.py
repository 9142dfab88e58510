"""Asks a registry about the numbers behind listings, each once in thirty days, a few at a time; the worker's chore.

Differences wait for a person as they do after `directory compare`. A registry that fails is left alone for a while.
"""

import datetime as dt
from collections import Counter
from itertools import chain

from sqlmodel import select

from directory.lib import events
from directory.lib.db import Databases, reading, unit_of_work
from directory.verification import differences
from directory.verification.differences import Ours
from directory.verification.models import RegistryLook
from directory.verification.primary import Answer, PrimarySource

EVERY = dt.timedelta(days=30)
AT_ONCE = 20
"""Numbers a run. Hourly, that is 14,000 a month, and never more than one request at a time."""
TRIED_AGAIN = dt.timedelta(hours=6)
LONGEST_PAUSE = dt.timedelta(days=7)
GIVE_UP_AFTER = 3
"""So many failures in a row end a run: a registry that is down is not asked seventeen times more."""


def run_due(databases: Databases, dispatch: events.Dispatch, source: PrimarySource, *, at: dt.datetime) -> Counter[str]:
    """Ask about the numbers that are due, those never asked first. Gives counts by name.

    No transaction is open while the registry is asked.
    """
    with reading(databases) as db:
        listed = differences.find_numbers(db)
        looks = {row.npi: row for row in db.exec(select(RegistryLook)).all()}
    never = sorted(npi for npi in listed if npi not in looks)
    again = sorted((npi for npi in listed if npi in looks and looks[npi].due_at <= at), key=lambda n: looks[n].due_at)
    counts: Counter[str] = Counter()
    in_a_row = 0
    for npi in list(chain(never, again))[:AT_ONCE]:
        for answer in source.look_up([npi]):
            counts["failed" if answer.failed else "answered"] += 1
            in_a_row = in_a_row + 1 if answer.failed else 0
            counts.update(_keep(databases, dispatch, source.code, listed[npi], answer, at=at))
        if in_a_row == GIVE_UP_AFTER:
            break
    return counts


def _keep(
    databases: Databases, dispatch: events.Dispatch, source: str, listed: list[Ours], answer: Answer, *, at: dt.datetime
) -> Counter[str]:
    """One number: what differs, and when it is asked again."""
    counts: Counter[str] = Counter()
    with unit_of_work(databases, dispatch) as db:
        row = db.get(RegistryLook, answer.npi) or RegistryLook(npi=answer.npi, asked_at=at, due_at=at)
        row.failures = row.failures + 1 if answer.failed else 0
        pause = min(TRIED_AGAIN * 2 ** min(row.failures - 1, 10), LONGEST_PAUSE) if answer.failed else EVERY
        row.asked_at, row.due_at = at, at + pause
        db.add(row)
        for ours in listed if not answer.failed else ():
            counts.update(differences.note(db, ours, answer, source=source, at=at))
    return counts
