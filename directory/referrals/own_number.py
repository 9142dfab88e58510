"""The number under which a clinic keeps a request in its own records (FHIR's filler identifier): sealed, as it may be
the number of a patient's record."""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from directory.lib import sealed
from directory.referrals import content
from directory.referrals.models import Referral, ReferralTask

LENGTH = 40
_PLACE = "referral_task", "own_number"


def keep(db: Session, task: ReferralTask, number: str) -> bool:
    """Keep it, in place of the one before; an empty one takes that away. Whether anything changed."""
    if number == find(db, task):
        return False
    task.own_number_sealed = sealed.seal(_key(db, task), _PLACE[0], task.id, _PLACE[1], number) if number else None
    db.add(task)
    return True


def find(db: Session, task: ReferralTask) -> str:
    """The number; empty when the clinic gave none, and once the request was purged."""
    if task.own_number_sealed is None:
        return ""
    return sealed.unseal(_key(db, task), _PLACE[0], task.id, _PLACE[1], task.own_number_sealed)


def destroy(db: Session, referral_id: UUID) -> None:
    """Every clinic's number of a request is gone."""
    numbered = update(ReferralTask).where(col(ReferralTask.referral_id) == referral_id)
    db.execute(numbered.values(own_number_sealed=None))


def _key(db: Session, task: ReferralTask) -> bytes:
    return content.key_of(sealed.ring_of(db), db.get_one(Referral, task.referral_id))
