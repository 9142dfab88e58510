"""Whether a site is open, until when, and when it opens next: pure, on the wall clock of the site's own zone."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

LOOK_AHEAD_DAYS = 60
"""How far the next opening is looked for; a closure longer than that is "no opening known"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningPeriod:
    """One stretch on one weekday (0 is Monday). Without `opens` and `closes` it is the whole day."""

    weekday: int
    opens: dt.time | None = None
    closes: dt.time | None = None

    @property
    def all_day(self) -> bool:
        """Whether it has no hours but the day's."""
        return self.opens is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosurePeriod:
    """Days off, both ends included, whatever the hours say."""

    starts_on: dt.date
    ends_on: dt.date
    reason: str = ""

    def covers(self, day: dt.date) -> bool:
        """Whether the site is closed on `day`."""
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The answer for one moment. Instants are in the site's zone, so that they can be said as they are.

    `closes_at` is set when open (None: no end in sight), `opens_at` when closed and an opening is in sight.
    `closure` is the closure that covers the site's today. `known`: the site has told any hours at all.
    """

    known: bool
    is_open: bool
    closes_at: dt.datetime | None = None
    opens_at: dt.datetime | None = None
    closure: ClosurePeriod | None = None


def opening(
    periods: Sequence[OpeningPeriod], closures: Sequence[ClosurePeriod], *, time_zone: str, at: dt.datetime
) -> Opening:
    """Whether the site is open at the instant `at` (aware), and what comes next."""
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    zone = ZoneInfo(time_zone)
    at = at.astimezone(dt.UTC)
    today = at.astimezone(zone).date()
    closure = next((c for c in closures if c.covers(today)), None)
    if not periods:
        return Opening(known=False, is_open=False, closure=closure)
    for opens_at, closes_at in _stretches(periods, closures, zone, today):
        if closes_at <= at:
            continue
        if opens_at <= at:
            ends_in_sight = closes_at < _midnight(today + dt.timedelta(days=LOOK_AHEAD_DAYS), zone)
            closes = closes_at.astimezone(zone) if ends_in_sight else None
            return Opening(known=True, is_open=True, closes_at=closes, closure=closure)
        return Opening(known=True, is_open=False, opens_at=opens_at.astimezone(zone), closure=closure)
    return Opening(known=True, is_open=False, closure=closure)


def week(periods: Sequence[OpeningPeriod]) -> list[tuple[int, list[OpeningPeriod]]]:
    """Monday to Sunday, each with its stretches in order; a day without any is closed."""
    in_order = sorted(periods, key=lambda p: (p.weekday, p.opens or dt.time.min))
    return [(weekday, [p for p in in_order if p.weekday == weekday]) for weekday in range(7)]


def coming_closures(closures: Sequence[ClosurePeriod], *, on: dt.date, days: int = 60) -> list[ClosurePeriod]:
    """Closures that are under way on `on` or begin within `days`, soonest first."""
    last = on + dt.timedelta(days=days)
    return sorted((c for c in closures if c.ends_on >= on and c.starts_on <= last), key=lambda c: c.starts_on)


def local_day(time_zone: str, *, at: dt.datetime) -> dt.date:
    """The site's own day at the instant `at`."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=zone).astimezone(dt.UTC)


def _stretches(
    periods: Sequence[OpeningPeriod], closures: Sequence[ClosurePeriod], zone: ZoneInfo, today: dt.date
) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Stretches of opening from yesterday on, as UTC instants, those that touch made one (a night between whole days).

    Wall times are turned into instants one by one: a day may have 23 or 25 hours, and 2:30 may not exist on it.
    """
    pending: tuple[dt.datetime, dt.datetime] | None = None
    for offset in range(-1, LOOK_AHEAD_DAYS + 1):
        day = today + dt.timedelta(days=offset)
        if any(c.covers(day) for c in closures):
            continue
        for period in sorted((p for p in periods if p.weekday == day.weekday()), key=lambda p: p.opens or dt.time.min):
            stretch = _instants(period, day, zone)
            if pending is not None and stretch[0] <= pending[1]:
                pending = pending[0], max(pending[1], stretch[1])
            else:
                if pending is not None:
                    yield pending
                pending = stretch
    if pending is not None:
        yield pending


def _instants(period: OpeningPeriod, day: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    if period.opens is None or period.closes is None:
        return _midnight(day, zone), _midnight(day + dt.timedelta(days=1), zone)
    opens = dt.datetime.combine(day, period.opens, tzinfo=zone).astimezone(dt.UTC)
    closes = dt.datetime.combine(day, period.closes, tzinfo=zone).astimezone(dt.UTC)
    return opens, max(opens, closes)
