"""A clinic that closes or falls silent: a person knows, the sender is told, and asks another at a press."""

import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, Forbidden, Refused
from directory.moderation.models import QueueItem
from directory.referrals import actions, clinic_actions, continuity, queries, readdressing, sender_actions
from directory.referrals.models import Referral, ReferralTask
from directory.verification import actions as verification
from tests.support.clinics import AT
from tests.support.requests import MO, clinic_actor, ranked_clinics, sent_request
from tests.support.time import Clock

LATER = AT + dt.timedelta(hours=3)


@pytest.fixture
def places(databases: Databases, clock: Clock) -> list[UUID]:
    """Three clinics at AT."""
    return ranked_clinics(databases, 3)


def task(databases: Databases, referral: Referral) -> ReferralTask:
    with reading(databases) as db:
        return queries.find_task_of(db, referral.id)


def accept(databases: Databases, referral: Referral) -> None:
    row = task(databases, referral)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.open_by_clinic(db, row.id, by=clinic_actor(0), at=LATER)
        clinic_actions.accept(db, row.id, by=clinic_actor(0), at=LATER, version=2)


def told(databases: Databases) -> list[str]:
    with reading(databases) as db:
        rows = db.exec(select(OutboxMessage).where(OutboxMessage.message == "request_look_elsewhere")).all()
        return [row.ids["reference"] for row in rows]


def on_the_list(databases: Databases) -> list[str]:
    with reading(databases) as db:
        return [row.kind for row in db.exec(select(QueueItem).where(QueueItem.state == "OPEN")).all()]


def offered(databases: Databases, referral: Referral, at: dt.datetime = LATER) -> list[str]:
    with reading(databases) as db:
        found = queries.get_referral(db, referral.id)
        return [one.slug for one in readdressing.offers(db, found, queries.find_task_of(db, found.id), now=at)]


def ask(databases: Databases, referral: Referral, slug: str, at: dt.datetime = LATER) -> ReferralTask:
    with unit_of_work(databases, wiring.dispatch) as db:
        return readdressing.ask_another(db, referral.id, slug, by=actions.sender_of(referral), at=at)


def test_a_clinic_that_closes_leaves_no_open_request_unknown(databases: Databases, places: list[UUID]) -> None:
    waits, agreed, other = (
        sent_request(databases, places[0], key="1"),
        sent_request(databases, places[0], key="2", email="kim@example.net"),
        sent_request(databases, places[1], key="3"),
    )
    accept(databases, agreed)
    with unit_of_work(databases, wiring.dispatch) as db:
        verification.close(db, places[0], by=MO, at=LATER)
    for _again in range(2):
        continuity.look_after(databases, wiring.dispatch, at=LATER)
    assert sorted(told(databases)) == sorted([waits.reference, agreed.reference])
    assert on_the_list(databases) == ["CLINIC_GONE", "CLINIC_GONE"]
    assert task(databases, other).for_person_at is None


def test_a_clinic_silent_for_thirty_days_is_known_to_whoever_waits_for_it(
    databases: Databases, places: list[UUID], clock: Clock
) -> None:
    first = sent_request(databases, places[0], key="1")
    clock.travel(to=AT + dt.timedelta(days=20))
    second = sent_request(databases, places[0], key="2", at=AT + dt.timedelta(days=20))
    for days, known in [(29, []), (31, [first.reference, second.reference])]:
        clock.travel(to=AT + dt.timedelta(days=days))
        continuity.look_after(databases, wiring.dispatch, at=AT + dt.timedelta(days=days))
        assert sorted(told(databases)) == sorted(known)


def test_a_clinic_that_is_asked_seldom_and_answers_each_time_is_not_silent(
    databases: Databases, places: list[UUID], clock: Clock
) -> None:
    accept(databases, sent_request(databases, places[0], key="1"))
    clock.travel(to=AT + dt.timedelta(days=60))
    new = sent_request(databases, places[0], key="2", at=AT + dt.timedelta(days=60))
    continuity.look_after(databases, wiring.dispatch, at=AT + dt.timedelta(days=60, hours=1))
    assert told(databases) == []
    assert task(databases, new).for_person_at is None


def test_what_a_silent_clinic_agreed_to_is_listed_too_unless_it_is_heard_of(
    databases: Databases, places: list[UUID], clock: Clock
) -> None:
    agreed, waits = sent_request(databases, places[0], key="1"), sent_request(databases, places[0], key="2")
    accept(databases, agreed)
    kept = sent_request(databases, places[1], key="3")
    left = sent_request(databases, places[1], key="4")
    row = task(databases, kept)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.open_by_clinic(db, row.id, by=clinic_actor(1), at=LATER)
        clinic_actions.accept(db, row.id, by=clinic_actor(1), at=LATER, version=2)
        lately = AT + dt.timedelta(days=28)
        clinic_actions.act(db, row.id, "schedule", by=clinic_actor(1), at=lately, version=3, appointment_at=lately)
    at = AT + dt.timedelta(days=31)
    clock.travel(to=at)
    continuity.look_after(databases, wiring.dispatch, at=at)
    assert sorted(told(databases)) == sorted([agreed.reference, waits.reference])
    assert task(databases, left).for_person_at is None, "that clinic has made an appointment three days ago"


def test_many_requests_at_clinics_that_answer_hide_none_at_one_that_does_not(
    databases: Databases, places: list[UUID], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(continuity, "AT_ONCE", 1)
    answered, waits = sent_request(databases, places[0], key="1"), sent_request(databases, places[0], key="2")
    silent = sent_request(databases, places[1], key="3")
    row = task(databases, answered)
    lately, at = AT + dt.timedelta(days=29), AT + dt.timedelta(days=31)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.open_by_clinic(db, row.id, by=clinic_actor(0), at=lately)
        clinic_actions.accept(db, row.id, by=clinic_actor(0), at=lately, version=2)
    clock.travel(to=at)
    continuity.look_after(databases, wiring.dispatch, at=at)
    assert told(databases) == [silent.reference]
    assert task(databases, waits).for_person_at is None


def test_a_press_in_an_old_tab_asks_nobody(databases: Databases, places: list[UUID]) -> None:
    referral = sent_request(databases, places[0], key="1")
    decline_by_phone(databases, referral)
    [slug, *_others] = offered(databases, referral)
    old = task(databases, referral)
    seen = (str(old.rank), str(old.steps))
    with unit_of_work(databases, wiring.dispatch) as db:
        readdressing.ask_another(db, referral.id, slug, by=actions.sender_of(referral), at=LATER, seen=seen)
    decline_by_phone(databases, referral)
    others = offered(databases, referral)
    assert others, "the clinic asked last has said no as well"
    with pytest.raises(Conflict, match="has changed since"), unit_of_work(databases, wiring.dispatch) as db:
        readdressing.ask_another(db, referral.id, others[0], by=actions.sender_of(referral), at=LATER, seen=seen)


def decline_by_phone(databases: Databases, referral: Referral) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        by, steps = actions.sender_of(referral), queries.find_task_of(db, referral.id).steps
        phone = "They said no today."
        sender_actions.heard_by_phone(db, referral.id, accepted=False, phone=phone, by=by, at=LATER, version=steps)


def test_one_press_ends_it_there_and_asks_another_under_the_same_consent(
    databases: Databases, places: list[UUID]
) -> None:
    referral = sent_request(databases, places[0], then=[places[2]])
    accept(databases, referral)
    assert offered(databases, referral) == []
    with unit_of_work(databases, wiring.dispatch) as db:
        verification.suspend(db, places[0], note="x", by=MO, at=LATER)
    assert offered(databases, referral) == ["orchard-clinic", "lantern-clinic"]
    before = task(databases, referral)
    asked = ask(databases, referral, "lantern-clinic")
    assert (asked.status, asked.rank, asked.location_id) == ("sent", 2, places[1])
    with reading(databases) as db:
        assert [row.status for row in queries.find_tasks(db, referral.id)] == ["cancelled", "sent"]
        found = queries.get_referral(db, referral.id)
        assert (found.closed_at, found.consent_version) == (None, referral.consent_version)
        line = readdressing.line_up(db, found)
    assert [(each.said, each.is_asked) for each in line] == [
        ("Withdrawn", True),
        ("Sent", True),
        ("May be asked later.", False),
    ]
    with pytest.raises(Forbidden), unit_of_work(databases, wiring.dispatch) as db:
        actions.open_by_clinic(db, before.id, by=clinic_actor(0), at=LATER)


def test_after_the_end_of_the_list_a_press_opens_the_request_again(databases: Databases, places: list[UUID]) -> None:
    referral = sent_request(databases, places[0])
    row = task(databases, referral)
    with unit_of_work(databases, wiring.dispatch) as db:
        clinic_actions.decline(db, row.id, by=clinic_actor(0), at=LATER, version=1, reason="no_capacity")
    assert offered(databases, referral) == ["lantern-clinic", "orchard-clinic"]
    ask(databases, referral, "orchard-clinic")
    with reading(databases) as db:
        assert queries.get_referral(db, referral.id).closed_at is None


def test_while_the_clinic_may_still_answer_no_other_is_offered_or_asked(
    databases: Databases, places: list[UUID]
) -> None:
    referral = sent_request(databases, places[0])
    assert offered(databases, referral) == []
    with pytest.raises(Conflict):
        ask(databases, referral, "lantern-clinic")
    assert offered(databases, referral, at=AT + dt.timedelta(days=8)) == ["lantern-clinic", "orchard-clinic"]
    with pytest.raises(Refused):
        ask(databases, referral, "harbour-clinic", at=AT + dt.timedelta(days=8))
