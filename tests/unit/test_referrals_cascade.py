"""Ranked clinics: one asked after the other, in one transaction, and never two at once; on both databases."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts.models import AuditEvent
from directory.delivery.actions import mailbox_of as recipient_of
from directory.delivery.events import DeliveryFailed
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, Forbidden, Refused
from directory.lib.ids import new_id
from directory.listings.actions import set_referrals_on
from directory.moderation.models import QueueItem
from directory.referrals import actions, cascade, clinic_actions, notes, queries, timers, vetting
from directory.referrals.models import Referral, ReferralTask
from directory.verification import actions as verification
from tests.support.clinics import AT
from tests.support.requests import (
    CLINICIAN,
    MO,
    PATIENT_MAILBOX,
    clinic_actor,
    new_request,
    ranked_clinics,
    sent_request,
)
from tests.support.time import Clock

LATER = AT + dt.timedelta(hours=3)


@pytest.fixture(autouse=True)
def _at_the_start(clock: Clock) -> None:
    """The clock stands at AT: what the clinics' fixtures say holds then."""


def sent(databases: Databases, count: int, **changes: Any) -> tuple[Referral, list[UUID]]:
    """A request with so many ranked clinics, sent to the first."""
    places = ranked_clinics(databases, count)
    referral = sent_request(databases, places[0], then=places[1:], **changes)
    forget_mail(databases)
    return referral, places


def forget_mail(databases: Databases) -> list[tuple[str, str]]:
    """(message, mailbox) of what waits, which then counts as sent."""
    with unit_of_work(databases) as db:
        rows = db.exec(select(OutboxMessage).where(OutboxMessage.state == "queued")).all()
        found = sorted((row.message, recipient_of(db, row)) for row in rows)
        for row in rows:
            row.state = "sent"
            db.add(row)
    return found


def tasks(databases: Databases, referral: Referral) -> list[ReferralTask]:
    with reading(databases) as db:
        return queries.find_tasks(db, referral.id)


def decline(databases: Databases, referral: Referral, *, reason: str = "no_capacity", at: dt.datetime = LATER) -> None:
    """The clinic that is asked now opens it and says no."""
    task = tasks(databases, referral)[-1]
    by = clinic_actor(task.rank - 1)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.open_by_clinic(db, task.id, by=by, at=at)
    with unit_of_work(databases, wiring.dispatch) as db:
        seen = queries.get_task(db, task.id).steps
        clinic_actions.decline(db, task.id, by=by, at=at, version=seen, reason=reason, comment="for us", words="sorry")


def bounce(databases: Databases, referral: Referral, *, given_up: bool = True) -> None:
    task = tasks(databases, referral)[-1]
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.delivery_failed(db, DeliveryFailed(new_id(), "referral_arrived", task.id, given_up=given_up))


def closed_at(databases: Databases, referral: Referral) -> dt.datetime | None:
    with reading(databases) as db:
        return queries.get_referral(db, referral.id).closed_at


def test_a_no_asks_the_next_clinic_at_once_and_tells_the_sender_who_is_asked_now(databases: Databases) -> None:
    referral, places = sent(databases, 3)
    decline(databases, referral)
    first, second = tasks(databases, referral)
    assert (first.status, second.status, second.location_id, second.rank) == ("declined", "sent", places[1], 2)
    assert forget_mail(databases) == [
        ("referral_arrived", "intake@lantern.example.org"),
        ("request_moved_on", PATIENT_MAILBOX),
        ("request_opened", PATIENT_MAILBOX),
    ]
    assert closed_at(databases, referral) is None
    with reading(databases) as db:
        [step] = queries.find_history(db, second.id)
    assert (step.verb, step.by_role, step.by_actor) == ("send", "system", "system:cascade")


def test_a_clinic_whose_turn_is_over_reads_nothing_any_more(databases: Databases) -> None:
    referral, _places = sent(databases, 2)
    decline(databases, referral)
    with pytest.raises(Forbidden), unit_of_work(databases, wiring.dispatch) as db:
        actions.open_by_clinic(db, tasks(databases, referral)[0].id, by=clinic_actor(0), at=LATER)


def test_a_bounce_asks_the_next_and_the_sender_hears_that_alone(databases: Databases) -> None:
    referral, places = sent(databases, 2)
    bounce(databases, referral)
    first, second = tasks(databases, referral)
    assert (first.status, second.status, second.location_id) == ("expired", "sent", places[1])
    assert forget_mail(databases) == [
        ("referral_arrived", "intake@lantern.example.org"),
        ("request_moved_on", PATIENT_MAILBOX),
    ]
    with reading(databases) as db:
        assert {item.state for item in db.exec(select(QueueItem))} <= {"DONE"}


def test_a_mail_that_may_still_get_through_asks_nobody_else(databases: Databases) -> None:
    referral, _places = sent(databases, 2)
    bounce(databases, referral, given_up=False)
    assert [task.status for task in tasks(databases, referral)] == ["undeliverable"]


def test_the_last_clinic_bounces_into_a_persons_queue(databases: Databases) -> None:
    referral, _places = sent(databases, 2)
    decline(databases, referral)
    bounce(databases, referral)
    assert [task.status for task in tasks(databases, referral)] == ["declined", "undeliverable"]
    with reading(databases) as db:
        assert [item.kind for item in db.exec(select(QueueItem).where(QueueItem.state == "OPEN"))] == ["UNDELIVERABLE"]


def test_silence_asks_the_next(databases: Databases, clock: Clock) -> None:
    referral, places = sent(databases, 2)
    clock.travel(to=AT + dt.timedelta(days=31))
    timers.run_due(databases, dispatch=wiring.dispatch)
    assert [(task.status, task.location_id) for task in tasks(databases, referral)] == [
        ("expired", places[0]),
        ("sent", places[1]),
    ]


def test_clinics_that_take_none_any_more_are_passed_over_and_the_history_says_so(databases: Databases) -> None:
    referral, places = sent(databases, 4)
    with unit_of_work(databases, wiring.dispatch) as db:
        verification.close(db, places[1], by=MO, at=AT)
        set_referrals_on(db, places[2], False, version=None, at=AT)
    forget_mail(databases)
    decline(databases, referral)
    assert tasks(databases, referral)[-1].location_id == places[3]
    with reading(databases) as db:
        passed = {row.rank: row.passed_why for row in queries.find_ranked(db, referral.id)}
        told = db.exec(select(AuditEvent.action).where(AuditEvent.subject_id == referral.id)).all()
    assert passed == {2: "not_listed", 3: "no_requests", 4: None}
    assert told.count("clinic_passed_over") == 2


def test_a_clinic_that_its_sender_asked_about_the_same_patient_is_passed_over_and_not_asked_at_a_press(
    databases: Databases,
) -> None:
    with unit_of_work(databases) as db:
        vetting.remember(db, CLINICIAN["sender_mailbox"], CLINICIAN["npi"], by="tests", at=AT)
    referral, places = sent(databases, 3, clinician=True)
    born = {"clinician": True, "born": CLINICIAN["born"]}
    sent_request(databases, places[2], key="another", sender_mailbox="other@example.com", **born)
    sent_request(databases, places[1], key="other", **born)
    with pytest.raises(Refused, match="cannot be passed on to this clinic"), reading(databases) as db:
        cascade.check_can_be_asked(db, referral.id, places[1])
    decline(databases, referral)
    assert tasks(databases, referral)[-1].location_id == places[2]
    with reading(databases) as db:
        assert [row.passed_why for row in queries.find_ranked(db, referral.id)] == ["already_asked", None]


def test_the_end_of_the_list_closes_the_request_and_says_so(databases: Databases) -> None:
    referral, _places = sent(databases, 2)
    decline(databases, referral)
    decline(databases, referral)
    assert [task.status for task in tasks(databases, referral)] == ["declined", "declined"]
    assert closed_at(databases, referral) == LATER
    assert ("request_list_ended", PATIENT_MAILBOX) in forget_mail(databases)


def test_without_a_list_the_answer_is_told_as_before(databases: Databases) -> None:
    referral, _places = sent(databases, 1)
    decline(databases, referral)
    assert ("request_declined", PATIENT_MAILBOX) in forget_mail(databases)


@pytest.mark.parametrize("reason", ["patient_safety_needs_higher_care", "duplicate"])
def test_a_no_that_is_about_the_patient_goes_to_the_sender_and_to_no_other_clinic(
    databases: Databases, reason: str
) -> None:
    referral, _places = sent(databases, 2)
    decline(databases, referral, reason=reason)
    assert len(tasks(databases, referral)) == 1
    assert closed_at(databases, referral) == LATER


def test_what_the_sender_takes_back_goes_to_nobody(databases: Databases) -> None:
    referral, _places = sent(databases, 2)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.withdraw(db, referral.id, by=actions.sender_of(referral), at=LATER)
    assert [task.status for task in tasks(databases, referral)] == ["cancelled"]


def test_while_one_clinic_is_asked_no_other_can_be(databases: Databases) -> None:
    referral, places = sent(databases, 2)
    with pytest.raises(Conflict), unit_of_work(databases, wiring.dispatch) as db:
        cascade.ask_next(db, referral.id, at=LATER, to=places[1])


def test_of_two_who_ask_the_next_clinic_at_once_one_comes_too_late(databases: Databases) -> None:
    places = ranked_clinics(databases, 3)
    referral, others = sent_request(databases, places[0]), places[1:]
    decline(databases, referral)

    def ask(to: UUID) -> bool:
        try:
            with unit_of_work(databases, wiring.dispatch) as db:
                return cascade.ask_next(db, referral.id, at=LATER, to=to) is not None
        except Conflict:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, others)) == [False, True]
    assert len(tasks(databases, referral)) == 2


def test_five_clinics_are_asked_at_most(databases: Databases) -> None:
    places = ranked_clinics(databases, 6)
    referral = sent_request(databases, places[0], then=places[1:5])
    for _ in range(5):
        decline(databases, referral)
    assert [task.rank for task in tasks(databases, referral)] == [1, 2, 3, 4, 5]
    assert closed_at(databases, referral) == LATER
    with pytest.raises(Refused), unit_of_work(databases, wiring.dispatch) as db:
        cascade.ask_next(db, referral.id, at=LATER, to=places[5])


@pytest.mark.parametrize("then", [(0,), (1, 1), (1, 2, 3, 4, 5)])
def test_a_list_names_each_clinic_once_and_five_at_most(databases: Databases, then: tuple[int, ...]) -> None:
    places = ranked_clinics(databases, 6)
    with pytest.raises(Refused), unit_of_work(databases, wiring.dispatch) as db:
        actions.send(db, new_request(places[0], then=[places[number] for number in then]), at=AT)


def test_the_content_is_destroyed_with_the_words_of_every_clinic_asked(databases: Databases) -> None:
    referral, _places = sent(databases, 2)
    decline(databases, referral)
    decline(databases, referral)
    with unit_of_work(databases, wiring.dispatch) as db:
        assert [len(notes.find(db, task.id)) for task in tasks(databases, referral)] == [2, 2]
        actions.purge(db, referral.id, at=LATER + dt.timedelta(days=91))
    with reading(databases) as db:
        assert [notes.find(db, task.id) for task in tasks(databases, referral)] == [[], []]
