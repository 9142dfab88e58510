"""Verbs of requests: send, open, withdraw, close, forget. The clinic's own stand in `clinic_actions`."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind, system
from directory.delivery.events import DeliveryDelayed, DeliveryFailed, DeliverySent
from directory.lib import events, ids, sealed
from directory.lib.db import database_now
from directory.lib.errors import Conflict, Forbidden, Refused
from directory.lib.languages import current
from directory.listings.queries import find_endpoint, get_record
from directory.referrals import (
    cascade,
    content,
    lifecycle,
    messages,
    notes,
    outcomes,
    own_number,
    patients,
    queries,
    rules,
    sameness,
    second_way,
    vetting,
)
from directory.referrals.consent import Versions
from directory.referrals.events import ChannelFailed, RequestWaits
from directory.referrals.models import NoteKind, PersonWhy, Referral, ReferralTask, Source, Who
from directory.referrals.stepping import take_step
from directory.wording.say import _

_REFERENCE_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """What is to be sent. `mailbox` may be empty; `network` is where consent came from."""

    source: Source
    location_id: UUID
    answers: Mapping[str, Any] = field(repr=False)
    mailbox: str = field(repr=False)
    mailbox_proved: bool
    versions: Versions
    consented_at: dt.datetime
    network: str = field(repr=False)
    idempotency_key: str = field(repr=False)
    then: tuple[UUID, ...] = ()
    """Whom to ask, one after the other, when this clinic cannot: consented to with the rest."""


def send(db: Session, new: NewRequest, *, at: dt.datetime) -> Referral:
    """Send a request to one clinic; under the same key a second time it is the first one again.

    Raises Refused in words when the clinic takes no requests, or when the key was used for something else; Conflict
    when it has been asked about this patient already (`sameness`).
    """
    earlier = queries.find_by_key(db, new.idempotency_key)
    if earlier is not None:
        return _the_same(db, earlier, new)
    clinic = get_record(db, new.location_id)
    why_not = rules.why_no_request(clinic)
    if why_not is not None:
        raise Refused(why_not)
    sameness.refuse_second(
        db, new.answers, new.location_id, mailbox=new.mailbox, mailbox_proved=new.mailbox_proved, at=at
    )
    referral = _insert(db, new, at)
    if referral is None:  # somebody sent the same at the same moment, and was first
        winner = queries.find_by_key(db, new.idempotency_key)
        if winner is None:
            raise Conflict(_("The request could not be sent just now. Please press the button again."))
        return _the_same(db, winner, new)
    sender = sender_of(referral)
    task = ReferralTask(
        id=ids.new_id(),
        referral_id=referral.id,
        location_id=clinic.location_id,
        urgency=referral.urgency,
        time_zone=clinic.time_zone,
        status="draft",
        status_at=at,
    )
    db.add(task)
    cascade.keep_ranking(db, referral, clinic.location_id, new.then)
    key = content.key_of(sealed.ring_of(db), referral)
    detail: dict[str, str | int | bool | None]
    detail = {"consent": new.versions.consent, "notice": new.versions.notice, "disclosures": new.versions.disclosures}
    if patients.keep(db, referral, key, new.answers, sender=new.mailbox, consent_version=new.versions.mail):
        detail["mail_to_patient"] = new.versions.mail
    audit.append(db, sender, "consent_given", subject_type="referral", subject_id=referral.id, detail=detail)
    if new.source is Source.CLINICIAN and not vetting.is_known(db, new.mailbox, _npi(new), at=at):
        take_step(db, task, "hold", by=system("vetting"), at=at)
    else:
        take_step(db, task, "send", by=sender, at=at)
    return referral


def release(db: Session, task_id: UUID, *, by: Actor, at: dt.datetime) -> ReferralTask:
    """A person of ours has checked the sender: the clinic is asked now, and this sender is known for twelve months.

    Why is written with the decision. Raises Conflict when it waits no more.
    """
    task = queries.get_task(db, task_id, to_change=True)
    take_step(db, task, "release", by=by, at=at, note=True)
    vetting.remember_sender_of(db, queries.get_referral(db, task.referral_id), by=str(by), at=at)
    return task


def refuse_sender(db: Session, task_id: UUID, words: str, *, by: Actor, at: dt.datetime) -> ReferralTask:
    """The sender cannot be vetted: the clinic gets nothing, and the sender reads `words`. Raises Conflict."""
    task = queries.get_task(db, task_id, to_change=True)
    take_step(db, task, "refuse_sender", by=by, at=at, note=True)
    notes.add(db, task, NoteKind.WORDS, words, by=by, side=Who.MODERATOR, at=at)
    return task


def keep_words(db: Session, task_id: UUID, words: str, *, by: Actor, at: dt.datetime) -> None:
    """What a person of ours wrote along with a decision, for people of ours alone; sealed with the request."""
    task = queries.get_task(db, task_id)
    if queries.get_referral(db, task.referral_id).purged_at is None:
        notes.add(db, task, NoteKind.COMMENT, words, by=by, side=Who.MODERATOR, at=at)


def settle_error(db: Session, task_id: UUID, words: str, *, mistake: bool, by: Actor, at: dt.datetime) -> ReferralTask:
    """A person of ours says whether it was sent by mistake; if not, it counts as withdrawn, and the sender reads
    `words`. The clinic reads nothing either way. Raises Conflict."""
    task = queries.get_task(db, task_id, to_change=True)
    if mistake:
        take_step(db, task, "enter_in_error", by=by, at=at, reason="raised_in_error")
        return task
    take_step(db, task, "count_as_withdrawn", by=by, at=at, note=True)
    notes.add(db, task, NoteKind.WORDS, words, by=by, side=Who.MODERATOR, at=at)
    return task


def sender_of(referral: Referral) -> Actor:
    """Who acts when the sender does, named by the reference alone."""
    kind = ActorKind.CLINICIAN if referral.source == Source.CLINICIAN else ActorKind.PATIENT
    return Actor(kind, referral.reference)


def open_by_clinic(db: Session, task_id: UUID, *, by: Actor, at: dt.datetime) -> ReferralTask:
    """The clinic opens it. The first time, that is a step; also proof that it was delivered after all.

    Raises Forbidden when nothing is left for it to do.
    """
    task = queries.get_task(db, task_id, to_change=True)
    if task.status == "undeliverable":
        take_step(db, task, "redeliver", by=system("opened"), at=at, tell=False)
    if task.status == "sent":
        take_step(db, task, "open", by=by, at=at)
    refuse_when_closed(task)
    return task


def refuse_when_closed(task: ReferralTask) -> None:
    """Raises Forbidden, in words, when there is nothing to open for the clinic, not even by a code."""
    if task.status not in lifecycle.CLINIC_MAY_ENTER:
        refuse_unless_readable(task)


def refuse_unless_readable(task: ReferralTask) -> None:
    """Raises Forbidden, in words, when the clinic may not read the request in this state."""
    if task.status not in lifecycle.CLINIC_MAY_READ:
        raise Forbidden(_("This request is closed. It can no longer be read here, and nothing is left to do."))


def withdraw(
    db: Session, referral_id: UUID, *, by: Actor, at: dt.datetime, version: int | None = None, tell: bool = True
) -> ReferralTask:
    """Sender or patient take it back. The clinic's access ends at once: no grant, link or queued mail opens this state.

    `version` counts the steps that were seen; Conflict when another one was taken meanwhile. `tell` as in `take_step`.
    """
    task = queries.get_task(db, queries.find_task_of(db, referral_id).id, to_change=True)
    if task.status in {"cancelled"} | lifecycle.WITHDRAWN:
        return task
    refuse_when_changed(task, version)
    by_patient = patients.side_of(by, queries.get_referral(db, referral_id)) is Who.PATIENT
    reason = "patient_declined" if by_patient else "no_longer_required"
    take_step(db, task, "withdraw", by=by, at=at, tell=tell, reason=reason)
    return task


def refuse_when_changed(task: ReferralTask, version: int | None) -> None:
    """Raises Conflict, in words, when steps were taken that the sender had not seen."""
    if version is not None and version != task.steps:
        raise Conflict(_("The clinic has taken a step since you opened this page. Look at it, then press again."))


def redeliver(db: Session, task_id: UUID, *, by: Actor, at: dt.datetime) -> ReferralTask:
    """A person of ours has found the way to the clinic: it is sent again. Raises Refused while no channel is proved."""
    task = queries.get_task(db, task_id, to_change=True)
    endpoint = find_endpoint(db, task.location_id)
    if endpoint is None or endpoint.proved_at is None:
        raise Refused(_("No way to this clinic is proved. Test one first."))
    take_step(db, task, "redeliver", by=by, at=at)
    return task


def give_up(db: Session, task_id: UUID, *, by: Actor, at: dt.datetime) -> ReferralTask:
    """A person of ours has found no way to the clinic: the next ranked one is asked, or the request is closed."""
    task = queries.get_task(db, task_id, to_change=True)
    take_step(db, task, "give_up", by=by, at=at)
    return task


def take_system_step(db: Session, task: ReferralTask, verb: str, *, at: dt.datetime) -> None:
    """A step that time takes."""
    take_step(db, task, verb, by=system("timers"), at=at)


def hand_to_a_person(db: Session, task: ReferralTask, why: PersonWhy, *, at: dt.datetime) -> None:
    """Put a request on the list of a person of ours."""
    task.for_person_at, task.for_person_why = at, why.value
    db.add(task)
    if why is PersonWhy.SILENCE:  # the others wait for a person since they came into their state
        events.record(db, RequestWaits(task_id=task.id, location_id=task.location_id, why=why.value))


def mailbox_proved(db: Session, referral_id: UUID, *, at: dt.datetime) -> None:
    """The sender entered a code that was mailed to the mailbox on file."""
    referral = queries.get_referral(db, referral_id)
    if referral.mailbox_proved_at is None:
        referral.mailbox_proved_at = at
        db.add(referral)


def purge(db: Session, referral_id: UUID, *, at: dt.datetime, by: Actor | None = None) -> None:
    """Destroy the content of a closed request with its key; who asked whom when, and each step, stays.

    `by` is None when its time is over.
    """
    referral = queries.get_referral(db, referral_id)
    referral.content_sealed = referral.mailbox_sealed = referral.key_wrapped = None
    referral.subject_digest = referral.mailbox_digest = referral.sender_digest = None
    referral.consent_network = ""
    referral.purged_at = at
    db.add(referral)
    patients.forget(db, referral_id)
    notes.destroy(db, referral_id)
    outcomes.destroy(db, referral_id)
    own_number.destroy(db, referral_id)
    audit.append(db, by or system("timers"), "content_purged", subject_type="referral", subject_id=referral.id)


# --- what delivery tells us -----------------------------------------------------------------------------------------


def delivery_failed(db: Session, event: DeliveryFailed) -> None:
    """It did not reach the clinic: the request says just that, a person looks into it, and it goes the next way.

    Where it is refused for good and the sender has named another clinic, that one is asked instead.
    """
    task = _told_about(db, event.message, event.about_id)
    if task is None:
        return
    now, moves_on = database_now(db), event.given_up and cascade.goes_on(db, task.referral_id)
    others = second_way.other_ways(db, task, event, may_begin=not moves_on)
    if not others.through:
        given_up = event.given_up and not others.trying
        not_delivered(db, task, by=system("delivery"), at=now, given_up=given_up)
    # An hour's delay may be our own mail server's; a refusal is about this mailbox.
    if event.given_up and not others.is_second:
        events.record(db, ChannelFailed(location_id=task.location_id, at=now))


def not_delivered(db: Session, task: ReferralTask, *, by: Actor, at: dt.datetime, given_up: bool) -> None:
    """There is no way to the clinic: a person looks for one, unless it is given up and another clinic can be asked."""
    moves_on = given_up and cascade.goes_on(db, task.referral_id)
    if task.status == "sent":
        take_step(db, task, "fail_delivery", by=by, at=at, tell=not moves_on)
    if task.status == "undeliverable" and moves_on:
        take_step(db, task, "give_up", by=by, at=at)


def delivery_delayed(db: Session, event: DeliveryDelayed) -> None:
    """It has not got through for half an hour: the sender's page says so, and the sender is told to look."""
    task = _told_about(db, event.message, event.about_id)
    if task is not None and task.status == "sent" and event.message == messages.ARRIVED:
        messages.tell_sender(db, queries.get_referral(db, task.referral_id), messages.DELAYED)


def delivery_sent(db: Session, event: DeliverySent) -> None:
    """It got through after all."""
    task = _told_about(db, event.message, event.about_id)
    if task is not None and task.status == "undeliverable":
        take_step(db, task, "redeliver", by=system("delivery"), at=database_now(db))


def _told_about(db: Session, message: str, about_id: UUID | None) -> ReferralTask | None:
    if message not in {messages.ARRIVED, messages.REMINDER} or about_id is None:
        return None
    return queries.get_task(db, about_id, to_change=True)


# --- inside ---------------------------------------------------------------------------------------------------------


def _the_same(db: Session, earlier: Referral, new: NewRequest) -> Referral:
    """The earlier request, if it is this one. Raises Refused when the key was used for another."""
    try:
        key = content.key_of(sealed.ring_of(db), earlier)
    except sealed.KeyDestroyed:  # deleted meanwhile: what it held can be compared with nothing
        raise Refused(_("This form was sent already, and the request was deleted since.")) from None
    if content.digest(key, _body(new)) != earlier.request_digest:
        raise Refused(_("This form was sent already with other answers. Start a new one from the clinic’s page."))
    return earlier


def _npi(new: NewRequest) -> str:
    return str(new.answers.get("npi", ""))


def _body(new: NewRequest) -> dict[str, Any]:
    body = {
        "to": str(new.location_id),
        "source": new.source.value,
        "mailbox": new.mailbox,
        "answers": dict(new.answers),
    }
    return body | ({"then": [str(each) for each in new.then]} if new.then else {})


def _insert(db: Session, new: NewRequest, at: dt.datetime) -> Referral | None:
    """The row, under a reference that nobody has; None when the idempotency key was taken meanwhile."""
    ring = sealed.ring_of(db)
    data = sealed.new_data_key(ring)
    row_id = ids.new_id()
    for _try in range(_REFERENCE_TRIES):
        referral = Referral(
            id=row_id,
            reference=ids.new_reference(),
            source=new.source.value,
            language=current(),
            urgency=str(new.answers.get("urgency", "routine")),
            part2_source=new.answers.get("part2") == "yes",
            has_mailbox=bool(new.mailbox),
            mailbox_proved_at=at if new.mailbox_proved else None,
            key_wrapped=data.wrapped,
            key_ring_id=data.ring_key_id,
            consent_version=new.versions.consent,
            notice_version=new.versions.notice,
            disclosure_version=new.versions.disclosures,
            consented_at=new.consented_at,
            consent_network=content.network_digest(ring, new.network),
            sent_by_user_id=vetting.find_account(db, new.mailbox) if new.source is Source.CLINICIAN else None,
            idempotency_key=ids.token_digest(new.idempotency_key),
            request_digest=content.digest(data.key, _body(new)),
            created_at=at,
        )
        referral.content_sealed = content.seal_answers(data.key, referral, new.answers)
        if new.mailbox:
            referral.mailbox_sealed = content.seal_mailbox(data.key, referral, new.mailbox)
        vetting.mark(db, referral, new.answers, new.mailbox)
        referral.subject_digest = sameness.digest(db, new.answers)
        try:
            with db.begin_nested():
                db.add(referral)
                db.flush()
        except IntegrityError:
            if queries.find_by_key(db, new.idempotency_key) is not None:
                return None
            continue
        return referral
    raise Conflict(_("The request could not be sent just now. Please press the button again."))
