"""Runs over files from outside: how far each came and what it counted, so that a file cut short is noticed."""

import datetime as dt
from collections.abc import Mapping

from sqlmodel import Session, col, select

from directory.verification.models import ImportRun

MAY_SHRINK = 0.10
"""By how much a count may fall from one run to the next before the file is taken for cut short."""


def find_last(db: Session, kind: str) -> ImportRun | None:
    """The newest run that came to its end."""
    asked = select(ImportRun).where(ImportRun.kind == kind, col(ImportRun.finished_at).is_not(None))
    return db.exec(asked.order_by(col(ImportRun.finished_at).desc()).limit(1)).one_or_none()


def find_unfinished(db: Session, kind: str, file_digest: str) -> ImportRun | None:
    """A run over the same file that was broken off, to go on with."""
    asked = select(ImportRun).where(
        ImportRun.kind == kind, ImportRun.file_digest == file_digest, col(ImportRun.finished_at).is_(None)
    )
    return db.exec(asked.order_by(col(ImportRun.started_at).desc()).limit(1)).one_or_none()


def why_cut_short(what: str, before: int, now: int) -> str | None:
    """A sentence when a count fell by more than a tenth; None when it is as expected."""
    if not before or now >= before * (1 - MAY_SHRINK):
        return None
    share = 100 * (before - now) / before
    return (
        f"There are {now:,} {what}, {share:.0f} % fewer than the {before:,} of the last run: the file may be cut "
        "short. Nothing was changed. If it is right, say --shrunk-is-right."
    )


def finish(run: ImportRun, *, rows: int, counts: Mapping[str, int], at: dt.datetime) -> None:
    """The end of the file was reached."""
    run.rows, run.counts, run.finished_at = rows, dict(counts), at
