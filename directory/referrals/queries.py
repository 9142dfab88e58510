"""Questions about requests: one by its id or reference, its task, its history, what is due. Nothing here writes."""

import datetime as dt
from uuid import UUID

from sqlmodel import Session, col, select

from directory.lib.errors import Gone, NotFound
from directory.lib.ids import normal_reference, token_digest
from directory.referrals.models import Draft, RankedClinic, Referral, ReferralTask, StatusChange
from directory.wording.say import _


def get_referral(db: Session, referral_id: UUID) -> Referral:
    """The request. Raises NotFound."""
    found = db.get(Referral, referral_id)
    if found is None:
        raise NotFound(_("There is no such request."))
    return found


def find_by_reference(db: Session, typed: str) -> Referral | None:
    """The request with a reference as a person typed it, or None."""
    return db.exec(select(Referral).where(Referral.reference == normal_reference(typed))).first()


def find_by_key(db: Session, idempotency_key: str) -> Referral | None:
    """The request that was sent under a key, or None."""
    return db.exec(select(Referral).where(Referral.idempotency_key == token_digest(idempotency_key))).first()


def get_task(db: Session, task_id: UUID, *, to_change: bool = False) -> ReferralTask:
    """A task as it stands now; `to_change` holds it until the transaction ends. Raises NotFound."""
    asked = select(ReferralTask).where(ReferralTask.id == task_id).execution_options(populate_existing=True)
    found = db.exec(asked.with_for_update() if to_change else asked).first()
    if found is None:
        raise NotFound(_("There is no such request."))
    return found


def find_task_of(db: Session, referral_id: UUID) -> ReferralTask:
    """The task of a request that counts now: of the clinic asked last."""
    asked = select(ReferralTask).where(ReferralTask.referral_id == referral_id)
    return db.exec(asked.order_by(col(ReferralTask.rank).desc()).limit(1)).one()


def find_tasks(db: Session, referral_id: UUID) -> list[ReferralTask]:
    """Every clinic that a request was asked of, in the order in which they were asked."""
    asked = select(ReferralTask).where(ReferralTask.referral_id == referral_id)
    return list(db.exec(asked.order_by(col(ReferralTask.rank))).all())


def find_ranked(db: Session, referral_id: UUID, *, waiting: bool = False) -> list[RankedClinic]:
    """The clinics that may be asked after the first, by rank; `waiting`: only those whose turn has not come yet."""
    asked = select(RankedClinic).where(RankedClinic.referral_id == referral_id)
    if waiting:
        asked = asked.where(col(RankedClinic.asked_at).is_(None), col(RankedClinic.passed_at).is_(None))
    return list(db.exec(asked.order_by(col(RankedClinic.rank))).all())


def find_history(db: Session, task_id: UUID) -> list[StatusChange]:
    """The steps of a task, first to last."""
    asked = select(StatusChange).where(StatusChange.task_id == task_id).order_by(col(StatusChange.number))
    return list(db.exec(asked).all())


def find_due(db: Session, now: dt.datetime, *, at_most: int) -> list[UUID]:
    """Tasks to which time does something by `now`, the longest due first."""
    asked = select(ReferralTask.id).where(col(ReferralTask.next_due_at) <= now)
    return list(db.exec(asked.order_by(col(ReferralTask.next_due_at)).limit(at_most)).all())


def find_to_purge(db: Session, now: dt.datetime, *, at_most: int) -> list[UUID]:
    """Closed requests whose content has had its time."""
    asked = select(Referral.id).where(col(Referral.purge_at) <= now, col(Referral.purged_at).is_(None))
    return list(db.exec(asked.order_by(col(Referral.purge_at)).limit(at_most)).all())


def find_for_person(db: Session) -> list[ReferralTask]:
    """What waits for a person of ours, the oldest first."""
    asked = select(ReferralTask).where(col(ReferralTask.for_person_at).is_not(None))
    return list(db.exec(asked.order_by(col(ReferralTask.for_person_at))).all())


def find_draft(db: Session, token: str, *, kind: str, now: dt.datetime, to_change: bool = False) -> Draft | None:
    """The form that a browser's cookie stands for, while it lasts; None otherwise."""
    if not token:
        return None
    asked = select(Draft).where(Draft.token_digest == token_digest(token), Draft.kind == kind)
    asked = asked.where(col(Draft.expires_at) > now)
    return db.exec(asked.with_for_update() if to_change else asked).first()


def get_draft(db: Session, token: str, *, kind: str, now: dt.datetime, to_change: bool = False) -> Draft:
    """The form that a browser's cookie stands for. Raises Gone when there is none any more."""
    found = find_draft(db, token, kind=kind, now=now, to_change=to_change)
    if found is None:
        raise Gone(no_form())
    return found


def no_form() -> str:
    """What is said where a form is looked for and none is there."""
    return _(
        "There is no form to go on with here. Forms are kept for 24 hours in the browser they were begun in."
        " Please start again from the clinic’s page."
    )
