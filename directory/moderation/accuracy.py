"""How true this directory is, computed from the database: what the public page says, kept for a minute."""

import datetime as dt
import threading
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from directory.lib import clock
from directory.lib.db import Databases, reading
from directory.listings.models import Location
from directory.moderation.models import Report
from directory.terminology.listing_status import PUBLIC
from directory.terminology.proofs import VERIFY_INTERVAL_DAYS

KEPT_FOR = dt.timedelta(minutes=1)
LATELY = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of clinics and reports; ages in whole days, None where there is nothing to count."""

    at: dt.datetime
    listed: int
    confirmed: int
    median_age_days: int | None
    open_reports: int
    median_report_age_days: int | None
    oldest_report_age_days: int | None
    answered_lately: int
    unlisted: int

    @property
    def share(self) -> int | None:
        """Of 100 listed clinics, how many were confirmed within 90 days; None without clinics. Rounded down."""
        return self.confirmed * 100 // self.listed if self.listed else None


def figures(db: Session, *, at: dt.datetime) -> Figures:
    """The figures as they stand. The demo's clinics count like others: a demo shows how the page works."""
    public = col(Location.status).in_(sorted(PUBLIC))
    ages = select(Location.confirmed_at).where(public, col(Location.confirmed_at).is_not(None))
    listed = db.exec(select(func.count()).select_from(Location).where(public)).one()
    since = at - dt.timedelta(days=VERIFY_INTERVAL_DAYS + 1)  # a day begun counts, as on the clinics' own pages
    fresh = select(func.count()).select_from(Location).where(public, col(Location.confirmed_at) > since)
    waiting = select(Report.at).where(col(Report.answered_at).is_(None))
    answered = select(func.count()).select_from(Report).where(col(Report.answered_at) > at - LATELY)
    gone = select(func.count()).select_from(Location).where(Location.status == "UNLISTED")
    reported = sorted(db.exec(waiting).all())
    middle = db.exec(ages.order_by(col(Location.confirmed_at)).offset(listed // 2).limit(1)).first() if listed else None
    return Figures(
        at=at,
        listed=listed,
        confirmed=db.exec(fresh).one(),
        median_age_days=(at - middle).days if middle else None,
        open_reports=len(reported),
        median_report_age_days=(at - reported[len(reported) // 2]).days if reported else None,
        oldest_report_age_days=(at - reported[0]).days if reported else None,
        answered_lately=db.exec(answered).one(),
        unlisted=db.exec(gone).one(),
    )


class KeptFigures:
    """The figures of this process, counted anew at most once a minute."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._lock = threading.Lock()
        self._kept: Figures | None = None

    def now(self) -> Figures:
        """Those of the last minute."""
        with self._lock:
            now = clock.now()
            if self._kept is None or not dt.timedelta(0) <= now - self._kept.at < KEPT_FOR:
                with reading(self._databases) as db:
                    self._kept = figures(db, at=now)
            return self._kept
