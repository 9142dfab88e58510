"""A clinic together with what stands behind its facts. Nothing here writes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from directory.listings import queries as listings
from directory.listings.models import HealthcareService, Location
from directory.listings.queries import IDS_AT_ONCE
from directory.listings.records import ClinicRecord
from directory.terminology.listing_status import PUBLIC
from directory.terminology.proofs import FACT_GROUPS, METHODS, FactGroup, Outcome
from directory.verification.figures import SHOWN_FROM, Figures
from directory.verification.models import LineDoubt, ResponseFigures, VerificationResult
from directory.verification.proofs import VerifiedClinic, verified


def get_clinic(db: Session, slug: str, *, at: dt.datetime) -> VerifiedClinic:
    """The clinic with a page at `/clinics/{slug}`, with its proofs at `at`. Raises NotFound as listings does."""
    return _with_proofs(db, [listings.get_clinic(db, slug)], at=at)[0]


def get_verified(db: Session, location_id: UUID, *, at: dt.datetime) -> VerifiedClinic:
    """A location in any status, with its proofs at `at`. Raises NotFound."""
    return _with_proofs(db, [listings.get_record(db, location_id)], at=at)[0]


def find_verified(db: Session, location_ids: Iterable[UUID], *, at: dt.datetime) -> list[VerifiedClinic]:
    """Those locations that exist, in any status, with their proofs; a dozen statements for 400 of them."""
    return _with_proofs(db, listings.find_records(db, list(location_ids)), at=at)


def _with_proofs(db: Session, clinics: list[ClinicRecord], *, at: dt.datetime) -> list[VerifiedClinic]:
    ids = [clinic.location_id for clinic in clinics]
    results, figures, doubts = find_results(db, ids), find_figures(db, ids), find_doubts(db, ids)
    return [
        verified(clinic, results[i], at=at, figures=figures.get(i), doubts=doubts[i])
        for i, clinic in zip(ids, clinics, strict=True)
    ]


def find_results(db: Session, location_ids: Iterable[UUID]) -> dict[UUID, list[VerificationResult]]:
    """All checks of these locations, by location; an empty list for one without."""
    wanted = list(location_ids)
    found: dict[UUID, list[VerificationResult]] = defaultdict(list)
    for start in range(0, len(wanted), IDS_AT_ONCE):
        part = col(VerificationResult.location_id).in_(wanted[start : start + IDS_AT_ONCE])
        for row in db.exec(select(VerificationResult).where(part)).all():
            found[row.location_id].append(row)
    return found


def find_figures(db: Session, location_ids: Iterable[UUID]) -> dict[UUID, Figures]:
    """How these locations answered their requests, of those that were asked often enough to say so."""
    wanted = list(location_ids)
    found: dict[UUID, Figures] = {}
    for start in range(0, len(wanted), IDS_AT_ONCE):
        part = col(ResponseFigures.location_id).in_(wanted[start : start + IDS_AT_ONCE])
        asked = select(ResponseFigures).where(part, col(ResponseFigures.asked) >= SHOWN_FROM)
        found |= {row.location_id: figures_in(row) for row in db.exec(asked).all()}
    return found


def find_doubts(db: Session, location_ids: Iterable[UUID]) -> dict[UUID, list[LineDoubt]]:
    """The lines of these locations that somebody gave reason to doubt, by location; also those settled since."""
    wanted = list(location_ids)
    found: dict[UUID, list[LineDoubt]] = defaultdict(list)
    for start in range(0, len(wanted), IDS_AT_ONCE):
        part = col(LineDoubt.location_id).in_(wanted[start : start + IDS_AT_ONCE])
        for row in db.exec(select(LineDoubt).where(part)).all():
            found[row.location_id].append(row)
    return found


def figures_in(row: ResponseFigures) -> Figures:
    """The figures that a row holds."""
    return Figures(
        asked=row.asked,
        acknowledged=row.acknowledged,
        decided=row.decided,
        median_minutes=row.median_minutes,
        answered_at=row.answered_at,
    )


def find_unconfirmed(db: Session, status: str, *, since: dt.datetime, limit: int) -> list[UUID]:
    """Locations in `status` that nobody has confirmed after `since`, the longest silent first."""
    asked = (
        select(Location.id)
        .where(Location.status == status, col(Location.confirmed_at) <= since)
        .order_by(col(Location.confirmed_at))
        .limit(limit)
    )
    return list(db.exec(asked).all())


def find_outlived(db: Session, group: FactGroup, *, since: dt.datetime, limit: int) -> list[UUID]:
    """Public locations on which no check of ours of this group is younger than `since`."""
    young = (
        select(VerificationResult.id)
        .where(VerificationResult.location_id == Location.id, VerificationResult.fact_group == group)
        .where(VerificationResult.outcome == Outcome.CONFIRMED, col(VerificationResult.at) > since)
        .where(col(VerificationResult.method).in_([row.code for row in METHODS if row.independent]))
    )
    asked = select(Location.id).where(col(Location.status).in_(sorted(PUBLIC)), ~young.exists())
    return list(db.exec(asked.order_by(col(Location.id)).limit(limit)).all())


def find_rems_outlived(db: Session, *, since: dt.datetime, limit: int) -> list[UUID]:
    """Public locations with Spravato whose REMS certificate nobody has confirmed after `since`."""
    spravato = select(HealthcareService.id).where(
        HealthcareService.location_id == Location.id,
        HealthcareService.treatment == "SPRAVATO",
        col(HealthcareService.active).is_(True),
    )
    asked = select(Location.id).where(
        col(Location.status).in_(sorted(PUBLIC)), col(Location.rems_verified_at) <= since, spravato.exists()
    )
    return list(db.exec(asked.order_by(col(Location.id)).limit(limit)).all())


def find_faded(db: Session, *, after: dt.datetime, until: dt.datetime) -> list[UUID]:
    """Public locations of which a group of facts has passed its half-life, or twice that, between two instants."""
    passed = [
        and_(
            col(VerificationResult.fact_group) == group.code,
            col(VerificationResult.at) > after - age,
            col(VerificationResult.at) <= until - age,
        )
        for group in FACT_GROUPS
        for age in (dt.timedelta(days=times * (group.half_life_days + 1)) for times in (1, 2))
    ]
    asked = select(VerificationResult.location_id).distinct().where(or_(*passed))
    public = select(Location.id).where(col(Location.status).in_(sorted(PUBLIC)))
    return list(db.exec(asked.where(col(VerificationResult.location_id).in_(public))).all())
