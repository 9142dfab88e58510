"""Verbs of the sender, and of the patient who follows: reply, log a call, change how contact is safe, delete."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from directory.accounts import actions as accounts
from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind, system
from directory.accounts.events import RoleTaken
from directory.accounts.permissions import Role
from directory.accounts.queries import get_user
from directory.lib import sealed
from directory.lib.errors import Forbidden, Refused
from directory.referrals import actions, attachments, content, messages, notes, patients, queries, templates, vetting
from directory.referrals.clinic_actions import Said, act
from directory.referrals.lifecycle import CLINIC_MAY_READ, WITHDRAWN
from directory.referrals.models import Referral, ReferralTask, Source, Who
from directory.referrals.stepping import take_step
from directory.terminology.referral_status import TERMINAL
from directory.wording.say import _

CONTACT = ("voicemail", "through", "reach_note")
"""The answers that say how contact is safe."""


def reply(db: Session, referral_id: UUID, text: str, *, by: Actor, at: dt.datetime, version: int) -> ReferralTask:
    """Answer the clinic's question; the clinic's clock goes on. `version` counts the steps that the sender had seen.

    Raises Forbidden for a patient whom the clinic did not ask.
    """
    task = queries.find_task_of(db, referral_id)
    of_patient = patients.side_of(by, queries.get_referral(db, referral_id)) is Who.PATIENT
    if of_patient and task.status == "info_needed" and not notes.is_put_to_patient(db, task):
        raise Forbidden(_("You may not do that with this request."))
    return act(db, task.id, "reply", by=by, at=at, version=version, said=Said(reply=text))


def heard_by_phone(
    db: Session, referral_id: UUID, *, accepted: bool, phone: str, by: Actor, at: dt.datetime, version: int
) -> ReferralTask:
    """The clinic said yes or no by phone. `phone` says who told whom what, and when; it counts as its answer."""
    task = queries.find_task_of(db, referral_id)
    said = Said(phone=phone)
    if accepted:
        return act(db, task.id, "accept_by_phone", by=by, at=at, version=version, said=said)
    return act(db, task.id, "decline_by_phone", by=by, at=at, version=version, said=said, reason="other")


def change_contact(db: Session, referral_id: UUID, wishes: Mapping[str, Any], *, by: Actor, at: dt.datetime) -> None:
    """How contact is safe, said anew: sealed over what was said before, and the clinic is told to look.

    `wishes` are the answers of `CONTACT`. Raises Refused once the request is closed.
    """
    task = queries.get_task(db, queries.find_task_of(db, referral_id).id, to_change=True)
    referral = queries.get_referral(db, referral_id)
    if task.status in TERMINAL | WITHDRAWN or referral.purged_at is not None:
        raise Refused(_("This request is closed. The clinic can no longer read what you change."))
    ring = sealed.ring_of(db)
    before = content.answers_of(ring, referral)
    after = before | {name: wishes[name] for name in CONTACT}
    if after == before:
        return
    referral.content_sealed = content.seal_answers(content.key_of(ring, referral), referral, after)
    referral.version += 1
    db.add(referral)
    # A clinic that has not opened it yet reads the new wishes first; one that has may be about to phone.
    if task.status in CLINIC_MAY_READ - {"sent", "completed"}:
        messages.tell_clinic(db, referral, task, messages.CLINIC_CHANGED)
    audit.append(db, by, "contact_changed", subject_type="referral", subject_id=referral.id)
    patient = patients.find_of(db, referral_id)
    if patient is not None and after["through"]:
        patients.wants_mail(db, patient, False, by=by, at=at)


def report_error(
    db: Session, referral_id: UUID, *, by: Actor, at: dt.datetime, version: int | None = None
) -> ReferralTask:
    """It should never have been sent (the wrong patient): the clinic's access ends at once, and a person of ours says
    whether it was one. Twice is once."""
    task = queries.get_task(db, queries.find_task_of(db, referral_id).id, to_change=True)
    if task.status not in {"error_reported", "entered_in_error"}:
        actions.refuse_when_changed(task, version)
        take_step(db, task, "report_error", by=by, at=at, reason="raised_in_error")
    return task


def delete(db: Session, referral_id: UUID, *, by: Actor, at: dt.datetime) -> Referral:
    """Forget what was asked and answered, at once: an open request is withdrawn and closed first. Twice is once.

    Who asked which clinic when, and each step, stays for six years, without a word on person or health.
    """
    queries.get_task(db, queries.find_task_of(db, referral_id).id, to_change=True)
    referral = queries.get_referral(db, referral_id)
    db.refresh(referral)  # it was read before it was held: who pressed twice is told once
    if referral.purged_at is not None:
        return referral
    close(db, referral_id, by=by, at=at)
    # One mail says all of it, and needs no page: without the mailboxes nobody can open one any more.
    messages.tell_both(db, referral, messages.DELETED, patient=messages.DELETED)
    attachments.forget(db, referral_id, at=at)
    actions.purge(db, referral_id, by=by, at=at)
    return referral


def close(db: Session, referral_id: UUID, *, by: Actor, at: dt.datetime, tell: bool = False) -> None:
    """Withdraw what is open, and do the bookkeeping that would be left: what is to be forgotten must be closed.

    Where `tell`, the people hear of the withdrawal.
    """
    task = queries.get_task(db, queries.find_task_of(db, referral_id).id, to_change=True)
    if task.status not in TERMINAL | WITHDRAWN:
        actions.withdraw(db, referral_id, by=by, at=at, tell=tell)
        task = queries.get_task(db, task.id, to_change=True)
    if task.status == "cancel_requested":
        take_step(db, task, "confirm_cancel", by=system("deleted"), at=at, tell=False)
    if task.status == "error_reported":
        take_step(db, task, "count_as_withdrawn", by=system("deleted"), at=at, tell=False)


# --- an account of one's own ------------------------------------------------------------------------------------------


def may_keep(referral: Referral) -> bool:
    """Whether a clinician who sent this as a guest can be offered an account: the mailbox on file has been proved."""
    is_guest = referral.source == Source.CLINICIAN and referral.sent_by_user_id is None
    return is_guest and referral.mailbox_proved_at is not None and referral.mailbox_sealed is not None


def keep_together(db: Session, referral_id: UUID, *, by: Actor) -> None:
    """An invitation to the mailbox on file; or, where its reader has an account by now, the referrals are theirs."""
    referral = queries.get_referral(db, referral_id)
    mailbox = content.mailbox_of(sealed.ring_of(db), referral) if may_keep(referral) else None
    if mailbox is None:
        return
    account = vetting.find_account(db, mailbox)
    if account is not None:
        adopt(db, account)
    else:
        accounts.offer_referrer(db, mailbox=mailbox, by=by)


def adopt(db: Session, user_id: UUID) -> None:
    """Earlier referrals that came from the proved mailbox of an account are its holder's: they stand on the board."""
    digest = vetting.digest_of_mailbox(db, get_user(db, user_id).mailbox)
    asked = select(Referral).where(
        Referral.mailbox_digest == digest,
        Referral.source == Source.CLINICIAN.value,
        col(Referral.sent_by_user_id).is_(None),
        col(Referral.mailbox_proved_at).is_not(None),
    )
    found = db.exec(asked.order_by(col(Referral.created_at))).all()
    holder = Actor(ActorKind.CLINICIAN, get_user(db, user_id).reference)
    for referral in found:
        referral.sent_by_user_id = user_id
        db.add(referral)
        audit.append(db, holder, "taken_over", subject_type="referral", subject_id=referral.id)
    if found and found[-1].content_sealed is not None and not templates.own_data(db, user_id):
        answers = content.answers_of(sealed.ring_of(db), found[-1])
        templates.remember(db, user_id, answers, at=found[-1].created_at)


def role_taken(db: Session, event: RoleTaken) -> None:
    """Somebody refers with an account from now on."""
    if event.role == Role.REFERRER:
        adopt(db, event.user_id)
