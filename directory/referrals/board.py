"""The board of a signed-in clinician: one's own referrals by what they wait for, and the list as data to take along.

Nothing sealed is opened for the list: like the clinic's inbox it names references, clinics and states.
"""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from directory.lib.errors import NotFound
from directory.lib.ids import normal_reference
from directory.listings.models import Location
from directory.referrals.lifecycle import AGREED, WITHDRAWN
from directory.referrals.models import Referral, ReferralTask
from directory.terminology.referral_status import REFERRAL_STATUSES, TERMINAL, ReferralStatus
from directory.wording.say import _

ON_A_PAGE = 50
_OLDEST, _NEWEST = 2000, 2999
TABS: Mapping[str, tuple[str, ...]] = {
    "waiting": ("held_for_sender_check", "sent", "delivered_opened", "undeliverable", "waitlisted"),
    "you": ("info_needed",),
    "going": AGREED,
    "closed": (*sorted(TERMINAL), *sorted(WITHDRAWN)),
}
"""Tab → the states it shows."""
LABELS: Mapping[str, str] = {
    "waiting": _("With the clinic"),
    "you": _("Waiting on you"),
    "going": _("Accepted"),
    "closed": _("Closed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of one's own referrals is asked for, beside the tab. `waited_days`: unchanged for longer than so many days;
    `since` and `until`: sent on these days (UTC) or between."""

    clinic: str = ""
    """Its slug."""
    state: str = ""
    waited_days: int = 0
    since: dt.date | None = None
    until: dt.date | None = None

    def query(self) -> str:
        """As the end of an address, with a leading `&`; nothing when all are asked for. It names no patient."""
        given = {"clinic": self.clinic, "state": self.state, "waited": self.waited_days or ""}
        days = {"since": self.since or "", "until": self.until or ""}
        asked = {name: str(value) for name, value in (given | days).items() if value}
        return f"&{urlencode(asked)}" if asked else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """One referral of the list. `clinic` is the one asked last."""

    reference: str
    status: ReferralStatus
    clinic: str
    town: str
    soon: bool
    sent_at: dt.datetime
    status_at: dt.datetime
    appointment_at: dt.datetime | None
    reason: str | None
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One page of the list. `counts` are those of every tab."""

    rows: tuple[Mine, ...]
    counts: Mapping[str, int]
    tab: str
    page: int
    pages: int
    wanted: Wanted


def read_wanted(query: Mapping[str, str]) -> Wanted:
    """What an address asks for; what cannot be read is as if it were not there."""
    waited, state = query.get("waited", ""), query.get("state", "")
    return Wanted(
        clinic=query.get("clinic", "")[:120],
        state=state if state in REFERRAL_STATUSES else "",
        waited_days=int(waited) if waited.isascii() and waited.isdigit() and len(waited) < 4 else 0,
        since=_day(query.get("since", "")),
        until=_day(query.get("until", "")),
    )


def find_clinics(db: Session, user_id: UUID) -> list[tuple[str, str]]:
    """The clinics of one's own referrals, to choose from: (slug, name), by name."""
    asked = select(Location.slug, Location.name).join(ReferralTask, col(ReferralTask.location_id) == col(Location.id))
    mine = asked.join(Referral, _joined()).where(*_mine(user_id), _last()).distinct()
    return [(slug, name) for slug, name in db.exec(mine.order_by(col(Location.name)))]


def find_board(
    db: Session, user_id: UUID, *, tab: str = "", page: int = 1, wanted: Wanted | None = None, now: dt.datetime
) -> Board:
    """One's own referrals, as one tab of them is asked for; what changed last stands first."""
    wanted = wanted or Wanted()
    last, filters = _last(), (*_mine(user_id), *_conditions(wanted, now))
    if wanted.state:
        tab = next((name for name, states in TABS.items() if wanted.state in states), tab)
    asked = (
        select(ReferralTask.status, func.count())
        .join(Referral, _joined())
        .join(Location, col(Location.id) == col(ReferralTask.location_id))
        .where(*filters, last)
    )
    by_status = dict(db.execute(asked.group_by(ReferralTask.status)).all())
    counts = {name: sum(by_status.get(code, 0) for code in codes) for name, codes in TABS.items()}
    if tab not in TABS:
        tab = next((name for name in ("you", *TABS) if counts[name]), "waiting")
    pages = max(1, -(-counts[tab] // ON_A_PAGE))
    page = min(max(page, 1), pages)
    which = and_(col(ReferralTask.status).in_(TABS[tab]), *filters)
    rows = _find(db, user_id, which, start=(page - 1) * ON_A_PAGE, at_most=ON_A_PAGE)
    return Board(rows=tuple(rows), counts=counts, tab=tab, page=page, pages=pages, wanted=wanted)


def get_mine(db: Session, user_id: UUID, reference: str) -> Referral:
    """One of one's own. Raises NotFound, also for what is another's."""
    asked = select(Referral).where(
        Referral.reference == normal_reference(reference), Referral.sent_by_user_id == user_id
    )
    found = db.exec(asked).first()
    if found is None:
        raise NotFound(_("There is no such referral among yours."))
    return found


def as_rows(db: Session, user_id: UUID) -> list[dict[str, str]]:
    """All of one's own for a file, the newest first; those under 42 CFR Part 2 are left out."""
    return [
        {
            "reference": row.reference,
            "clinic": row.clinic,
            "town": row.town,
            "sent_at": row.sent_at.isoformat(),
            "status": row.status.code,
            "status_at": row.status_at.isoformat(),
            "appointment_at": row.appointment_at.isoformat() if row.appointment_at else "",
            "reason": row.reason or "",
        }
        for row in _find(db, user_id, col(Referral.part2_source).is_(False))
    ]


def _find(
    db: Session, user_id: UUID, wanted: ColumnElement[bool], *, start: int = 0, at_most: int | None = None
) -> list[Mine]:
    asked = (
        select(ReferralTask, Referral, Location)
        .join(Referral, _joined())
        .join(Location, col(Location.id) == col(ReferralTask.location_id))
        .where(*_mine(user_id), _last(), wanted)
        .order_by(col(ReferralTask.status_at).desc(), col(ReferralTask.id))
        .offset(start)
    )
    return [
        Mine(
            reference=referral.reference,
            status=REFERRAL_STATUSES[task.status],
            clinic=place.name,
            town=f"{place.city}, {place.state}",
            soon=task.urgency == "soon",
            sent_at=referral.created_at,
            status_at=task.status_at,
            appointment_at=task.appointment_at if task.status == "scheduled" else None,
            reason=task.reason,
            time_zone=task.time_zone,
        )
        for task, referral, place in db.execute(asked.limit(at_most) if at_most else asked).all()
    ]


def _conditions(wanted: Wanted, now: dt.datetime) -> list[ColumnElement[bool]]:
    found = []
    if wanted.clinic:
        found.append(col(Location.slug) == wanted.clinic)
    if wanted.state:
        found.append(col(ReferralTask.status) == wanted.state)
    if wanted.waited_days:
        found.append(col(ReferralTask.status_at) < now - dt.timedelta(days=wanted.waited_days))
    if wanted.since:
        found.append(col(Referral.created_at) >= _midnight(wanted.since))
    if wanted.until:
        found.append(col(Referral.created_at) < _midnight(wanted.until) + dt.timedelta(days=1))
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=dt.UTC)


def _day(text: str) -> dt.date | None:
    with suppress(ValueError):
        found = dt.date.fromisoformat(text)
        return found if _OLDEST <= found.year <= _NEWEST else None
    return None


def _mine(user_id: UUID) -> tuple[Any, ...]:
    return (col(Referral.sent_by_user_id) == user_id, col(ReferralTask.status) != "draft")


def _joined() -> ColumnElement[bool]:
    return col(Referral.id) == col(ReferralTask.referral_id)


def _last() -> ColumnElement[bool]:
    """Of several clinics that a referral was asked of, the one asked last."""
    other = aliased(ReferralTask)
    newest = select(func.max(other.rank)).where(other.referral_id == col(ReferralTask.referral_id)).scalar_subquery()
    return col(ReferralTask.rank) == newest
