"""A clinic's inbox: its requests by what they wait for, with counts. Nothing sealed is opened for a list."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlmodel import Session, col, select

from directory.lib.ids import normal_reference
from directory.listings.models import Location
from directory.referrals.models import Referral, ReferralTask, Source, StatusChange, Urgency
from directory.terminology.referral_status import OPEN, REFERRAL_STATUSES, TERMINAL, ReferralStatus
from directory.wording.say import _

ON_A_PAGE = 50
OVERDUE, MINE = "overdue", "mine"
TABS: Mapping[str, tuple[str, ...]] = {
    "new": ("sent", "undeliverable"),
    "us": ("delivered_opened", "accepted", "no_show", "appointment_cancelled", "seen_interim", "cancel_requested"),
    "them": ("info_needed", "scheduled", "waitlisted"),
    OVERDUE: tuple(sorted(OPEN - {"draft", "held_for_sender_check", "error_reported"})),
    "closed": (*sorted(TERMINAL), "error_reported"),
}
"""Tab → the states it shows. What is overdue stands in its own tab as well; what was not let through yet in none."""

LABELS: Mapping[str, str] = {
    "new": _("New"),
    "us": _("Waiting on us"),
    "them": _("Waiting on them"),
    OVERDUE: _("Overdue"),
    "closed": _("Closed"),
}
SOURCES: Mapping[str, tuple[str, ...]] = {
    "patient": (Source.PATIENT.value, Source.PROXY.value),
    "clinician": (Source.CLINICIAN.value,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is asked for; values that there are not count as not given. `mine` is who looks."""

    tab: str = "new"
    site: str = ""
    urgency: str = ""
    source: str = ""
    mine: UUID | None = None
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One row of the list: nothing that tells who is meant or what it is about."""

    reference: str
    status: ReferralStatus
    source: str
    soon: bool
    since_at: dt.datetime
    due_at: dt.datetime | None
    late: bool
    site: str
    time_zone: str
    assigned_to: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """One page of a list. `counts` are those of every tab under the same filters."""

    rows: tuple[Listed, ...]
    counts: Mapping[str, int]
    tab: str
    page: int
    pages: int


def find_inbox(db: Session, organization_ids: Collection[UUID], wanted: Wanted, *, at: dt.datetime) -> Inbox:
    """The requests of some organizations, as one of them is asked for; what is due first stands first."""
    tab = wanted.tab if wanted.tab in TABS else "new"
    sites = _sites(db, organization_ids, wanted.site)
    filters = _filters(sites, wanted)
    counts = _counts(db, filters, at)
    pages = max(1, -(-counts[tab] // ON_A_PAGE))
    page = min(max(wanted.page, 1), pages)
    order: tuple[Any, ...] = (col(ReferralTask.status_at), col(ReferralTask.id))
    if tab in {"us", OVERDUE}:
        order = (func.coalesce(col(ReferralTask.answer_due_at), _LAST), *order)
    if tab == "closed":
        order = (col(ReferralTask.status_at).desc(), col(ReferralTask.id))
    asked = (
        select(ReferralTask, Referral.reference, Referral.source, Referral.created_at)
        .join(Referral, col(Referral.id) == col(ReferralTask.referral_id))
        .where(*filters, _in_tab(tab, at))
        .order_by(*order)
        .limit(ON_A_PAGE)
        .offset((page - 1) * ON_A_PAGE)
    )
    rows = tuple(
        Listed(
            reference=reference,
            status=REFERRAL_STATUSES[task.status],
            source="clinician" if source == Source.CLINICIAN else "patient",
            soon=task.urgency == Urgency.SOON,
            since_at=created_at,
            due_at=task.answer_due_at,
            late=task.answer_due_at is not None and task.answer_due_at < at,
            site=sites[task.location_id],
            time_zone=task.time_zone,
            assigned_to=task.assigned_to,
        )
        for task, reference, source, created_at in db.execute(asked).all()
    )
    return Inbox(rows=rows, counts=counts, tab=tab, page=page, pages=pages)


def count_waiting(db: Session, location_ids: Collection[UUID]) -> tuple[int, int]:
    """How many requests are new at some sites, and how many wait for them in another way."""
    counted = dict(
        db.execute(
            select(ReferralTask.status, func.count())
            .where(col(ReferralTask.location_id).in_(location_ids), col(ReferralTask.status).in_(_WAITING))
            .group_by(ReferralTask.status)
        ).all()
    )
    new, waiting = (sum(counted.get(code, 0) for code in TABS[tab]) for tab in ("new", "us"))
    return new, waiting


def find_task(db: Session, reference: str, organization_ids: Collection[UUID]) -> ReferralTask | None:
    """The task that some organizations may know of under this reference: the open one, else the one that ended last."""
    asked = (
        select(ReferralTask)
        .join(Referral, col(Referral.id) == col(ReferralTask.referral_id))
        .join(Location, col(Location.id) == col(ReferralTask.location_id))
        .where(Referral.reference == normal_reference(reference), col(Location.organization_id).in_(organization_ids))
        .where(col(ReferralTask.status).in_((*TABS[OVERDUE], *TABS["closed"])), _WAS_LET_THROUGH)
    )
    return db.exec(asked.order_by(col(ReferralTask.rank).desc()).limit(1)).first()


_LAST = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
_WAITING = (*TABS["new"], *TABS["us"])
_WAS_LET_THROUGH = or_(
    col(ReferralTask.status).not_in(("cancelled", "error_reported", "entered_in_error")),
    ~exists().where(
        col(StatusChange.task_id) == col(ReferralTask.id),
        col(StatusChange.from_status) == "held_for_sender_check",
        col(StatusChange.to_status) != "sent",
    ),
)
"""Not those closed before the clinic was told of them: the sender was refused, or took it back while being checked."""


def _sites(db: Session, organization_ids: Collection[UUID], slug: str) -> dict[UUID, str]:
    asked = select(Location).where(col(Location.organization_id).in_(organization_ids))
    places = db.exec(asked.order_by(col(Location.name))).all()
    chosen = [place for place in places if place.slug == slug] or places
    return {place.id: place.name for place in chosen}


def _filters(sites: Collection[UUID], wanted: Wanted) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = [col(ReferralTask.location_id).in_(list(sites))]
    if wanted.urgency in set(Urgency):
        filters.append(col(ReferralTask.urgency) == wanted.urgency)
    if wanted.source in SOURCES:
        chosen = select(Referral.id).where(col(Referral.source).in_(SOURCES[wanted.source]))
        same = col(Referral.id) == col(ReferralTask.referral_id)
        # The list joins the request as well: without `correlate` the database would be asked about that row alone.
        filters.append(chosen.where(same).correlate(ReferralTask).exists())
    if wanted.mine is not None:
        filters.append(col(ReferralTask.assigned_to) == wanted.mine)
    return filters


def _counts(db: Session, filters: list[ColumnElement[bool]], at: dt.datetime) -> dict[str, int]:
    states = (*TABS[OVERDUE], *TABS["closed"])
    asked = select(ReferralTask.status, func.count()).where(*filters, col(ReferralTask.status).in_(states))
    counted = dict(db.execute(asked.group_by(ReferralTask.status)).all())
    counts = {tab: sum(counted.get(code, 0) for code in codes) for tab, codes in TABS.items()}
    for tab in (OVERDUE, "closed"):
        counts[tab] = db.execute(
            select(func.count()).select_from(ReferralTask).where(*filters, _in_tab(tab, at))
        ).scalar_one()
    return counts


def _in_tab(tab: str, at: dt.datetime) -> ColumnElement[bool]:
    states = col(ReferralTask.status).in_(TABS[tab])
    if tab == OVERDUE:
        return and_(states, col(ReferralTask.answer_due_at) < at)
    return and_(states, _WAS_LET_THROUGH) if tab == "closed" else states
