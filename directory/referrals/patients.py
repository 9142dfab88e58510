"""The patient of a clinician's referral, who agreed to be written to: follows it by the same reference, as another
person than its sender."""

import datetime as dt
import hmac
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, Session, col, select, update

from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind
from directory.lib import ids, sealed
from directory.lib.errors import NotFound
from directory.lib.languages import ENGLISH, SPANISH
from directory.lib.tables import Table, at_field, code_field, id_field, ref_field
from directory.referrals import content
from directory.referrals.models import Referral, ReferralTask, Source, StatusChange, Who
from directory.wording.say import _

AGREED = "patient_mail"
"""The answer that says that the patient agreed to be written to."""


class ReferralPatient(Table, table=True):
    """A grant of this row's id opens the patient's page; one of the referral's own id opens the sender's."""

    __tablename__ = "referral_patient"

    id: UUID = id_field()
    referral_id: UUID = ref_field("referral.id", index=False, unique=True)
    mailbox_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Sealed with the request's key; None once that was purged."""
    language: str = code_field(default=ENGLISH, length=8)
    """The language (BCP 47) that our mails speak there: the one the clinician named, if we speak it."""
    consent_version: str = Field(max_length=20)
    """The words that the patient agreed to, that we write there (`consent.MAIL`)."""
    proved_at: dt.datetime | None = at_field(nullable=True)
    """When whoever reads that mailbox first gave the patient's date of birth; before that its page stays shut."""
    silent_since_at: dt.datetime | None = at_field(nullable=True)
    """From when on no mail goes there but codes that are asked for."""


def keep(
    db: Session, referral: Referral, key: bytes, answers: Mapping[str, Any], *, sender: str, consent_version: str
) -> bool:
    """Keep the patient of a new referral, if a mailbox was given that is not the sender's, and the patient agreed."""
    mailbox = str(answers.get("email") or "")
    agreed = referral.source == Source.CLINICIAN and answers.get(AGREED) == "yes"
    if not agreed or not mailbox or content.is_same_mailbox(sender, mailbox):
        return False
    row = ReferralPatient(id=ids.new_id(), referral_id=referral.id, consent_version=consent_version)
    row.language = SPANISH if answers.get("language") == SPANISH else ENGLISH
    row.mailbox_sealed = sealed.seal(key, "referral_patient", row.id, "mailbox", mailbox)
    db.add(row)
    return True


def find(db: Session, patient_id: UUID) -> ReferralPatient | None:
    """Who a grant names, if it is a patient."""
    return db.get(ReferralPatient, patient_id)


def get(db: Session, patient_id: UUID) -> ReferralPatient:
    """The row that a grant names. Raises NotFound."""
    row = find(db, patient_id)
    if row is None:
        raise NotFound(_("There is no such request."))
    return row


def find_of(db: Session, referral_id: UUID) -> ReferralPatient | None:
    """The patient who may follow this request; nobody before it was sent: a sender who is not vetted invites nobody."""
    row = find_named(db, referral_id)
    if row is None:
        return None
    sent = select(StatusChange.id).join(ReferralTask, col(ReferralTask.id) == col(StatusChange.task_id))
    sent = sent.where(ReferralTask.referral_id == referral_id, StatusChange.to_status == "sent")
    return row if db.exec(sent.limit(1)).first() is not None else None


def find_named(db: Session, referral_id: UUID) -> ReferralPatient | None:
    """The patient whose mailbox is kept with a request, sent or not: for whoever asks us what we keep of them."""
    named = select(ReferralPatient).where(ReferralPatient.referral_id == referral_id)
    return db.exec(named.where(col(ReferralPatient.mailbox_sealed).is_not(None))).first()


def mailbox_of(db: Session, referral: Referral, row: ReferralPatient) -> str | None:
    """The patient's mailbox, or None once it was purged."""
    if row.mailbox_sealed is None or referral.key_wrapped is None:
        return None
    key = content.key_of(sealed.ring_of(db), referral)
    return sealed.unseal(key, "referral_patient", row.id, "mailbox", row.mailbox_sealed)


def must_prove(db: Session, referral: Referral, row: ReferralPatient) -> bool:
    """Whether the page is still shut: a mailbox that a clinician typed may be a stranger's.

    Where the clinician gave an age and no date of birth, there is nothing to ask for.
    """
    return row.proved_at is None and bool(_born(db, referral))


def prove(db: Session, referral: Referral, row: ReferralPatient, born: dt.date, *, at: dt.datetime) -> bool:
    """Opens the page for good when it is the patient's date of birth; False when it is not."""
    if not hmac.compare_digest(_born(db, referral), born.isoformat()):
        return False
    row.proved_at = at
    db.add(row)
    return True


def _born(db: Session, referral: Referral) -> str:
    if referral.content_sealed is None:
        return ""
    return str(content.answers_of(sealed.ring_of(db), referral).get("born") or "")


def find_told(db: Session, referral: Referral) -> ReferralPatient | None:
    """The patient who is told of what changes; None where nobody is to be written to."""
    row = find_of(db, referral.id) if referral.source == Source.CLINICIAN else None
    return row if row is not None and row.silent_since_at is None else None


def wants_mail(db: Session, row: ReferralPatient, wanted: bool, *, by: Actor, at: dt.datetime) -> None:
    """Write to the patient, or write no more."""
    if wanted == (row.silent_since_at is None):
        return
    row.silent_since_at = None if wanted else at
    db.add(row)
    detail: dict[str, str | int | bool | None] = {"mail": wanted}
    audit.append(db, by, "consent_recorded", subject_type="referral", subject_id=row.referral_id, detail=detail)


def forget(db: Session, referral_id: UUID) -> None:
    """The mailbox goes with the content."""
    mine = update(ReferralPatient).where(col(ReferralPatient.referral_id) == referral_id)
    db.execute(mine.values(mailbox_sealed=None))


def actor_of(referral: Referral) -> Actor:
    """Who acts when the patient does, named by the reference alone."""
    return Actor(ActorKind.PATIENT, referral.reference)


def side_of(by: Actor, referral: Referral) -> Who:
    """For which side of a request somebody acts: the patient of a clinician's referral is not its sender."""
    if by.kind is ActorKind.PATIENT and referral.source == Source.CLINICIAN:
        return Who.PATIENT
    return _SIDES[by.kind]


_SIDES = {
    ActorKind.PATIENT: Who.SENDER,
    ActorKind.CLINICIAN: Who.SENDER,
    ActorKind.CLINIC: Who.CLINIC,
    ActorKind.MODERATOR: Who.MODERATOR,
    ActorKind.SYSTEM: Who.SYSTEM,
}
"""Kind of actor → the side of a request that it acts for."""
