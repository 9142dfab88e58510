"""Every decision that the tables of requests hold by themselves, on both databases."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from directory.lib.db import Databases, unit_of_work
from directory.lib.ids import new_id
from directory.listings.models import Location
from directory.referrals.models import Draft, Referral, ReferralTask, StatusChange
from tests.support import rows

AT = rows.AT


def referral(**changes: Any) -> Referral:
    given = {
        "reference": "R-7F3K-92",
        "source": "PATIENT",
        "content_sealed": b"sealed",
        "mailbox_sealed": b"sealed",
        "has_mailbox": True,
        "key_wrapped": b"wrapped",
        "key_ring_id": "k1",
        "consent_version": "1",
        "notice_version": "1",
        "disclosure_version": "1",
        "consented_at": AT,
        "consent_network": "0" * 64,
        "idempotency_key": "key",
        "request_digest": "0" * 64,
        "created_at": AT,
    }
    return Referral(**given | changes)


def task(of: Referral, at: Location, **changes: Any) -> ReferralTask:
    given = {
        "referral_id": of.id,
        "location_id": at.id,
        "time_zone": "America/New_York",
        "status": "sent",
        "status_at": AT,
        "waiting_from_at": AT,
    }
    return ReferralTask(**given | changes)


def draft(at: Location, **changes: Any) -> Draft:
    given = {
        "token_digest": "0" * 64,
        "kind": "PATIENT",
        "location_id": at.id,
        "answers_sealed": b"sealed",
        "key_wrapped": b"wrapped",
        "key_ring_id": "k1",
        "consent_version": "1",
        "notice_version": "1",
        "disclosure_version": "1",
        "consented_at": AT,
        "idempotency_key": "key",
        "created_at": AT,
        "expires_at": AT + dt.timedelta(hours=24),
    }
    return Draft(**given | changes)


def change(of: ReferralTask, **changes: Any) -> StatusChange:
    given = {
        "task_id": of.id,
        "number": 1,
        "verb": "send",
        "from_status": "draft",
        "to_status": "sent",
        "by_role": "sender",
        "by_actor": "patient",
        "at": AT,
    }
    return StatusChange(**given | changes)


def add_all(db: Session) -> tuple[Referral, ReferralTask]:
    site: Location = rows.add_all(db)[Location]
    asked = referral()
    of_clinic = task(asked, site)
    for row in (asked, of_clinic, change(of_clinic), draft(site)):
        db.add(row)
        db.flush()
    return asked, of_clinic


CLOSED = {"closed_at": AT, "purge_at": AT}
GONE = {"content_sealed": None, "key_wrapped": None, "purged_at": AT}

BROKEN: list[tuple[type, str, dict[str, Any]]] = [
    (Referral, "source_known", {"source": "FRIEND"}),
    (Referral, "urgency_known", {"urgency": "emergent"}),
    (Referral, "reference_shape", {"reference": "7F3K92"}),
    (Referral, "closed_has_a_day_of_purging", {"closed_at": AT}),
    (Referral, "only_closed_is_purged", GONE | {"mailbox_sealed": None}),
    (Referral, "purged_holds_nothing", CLOSED | {"purged_at": AT, "mailbox_sealed": None}),
    (Referral, "purged_holds_nothing", {"content_sealed": None}),
    (Referral, "purged_holds_nothing", CLOSED | GONE | {"mailbox_sealed": None, "key_wrapped": b"kept"}),
    (Referral, "purged_knows_no_mailbox", CLOSED | GONE),
    (Referral, "proved_mailbox_exists", {"has_mailbox": False, "mailbox_proved_at": AT}),
    (Referral, "version_positive", {"version": 0}),
    (ReferralTask, "status_known", {"status": "maybe"}),
    (ReferralTask, "urgency_known", {"urgency": "emergent"}),
    (ReferralTask, "returns_to_known", {"status": "info_needed", "returns_to": "maybe"}),
    (ReferralTask, "reason_known", {"reason": "because"}),
    (ReferralTask, "for_person_why_known", {"for_person_at": AT, "for_person_why": "because"}),
    (ReferralTask, "rank_known", {"rank": 6}),
    (ReferralTask, "declined_with_a_reason", {"status": "declined"}),
    (ReferralTask, "question_knows_its_way_back", {"status": "info_needed"}),
    (ReferralTask, "question_knows_its_way_back", {"returns_to": "sent"}),
    (ReferralTask, "scheduled_for_a_time", {"status": "scheduled"}),
    (ReferralTask, "waitlisted_for_a_week", {"status": "waitlisted"}),
    (ReferralTask, "asked_at_some_time", {"waiting_from_at": None}),
    (ReferralTask, "for_person_whole", {"for_person_at": AT}),
    (ReferralTask, "steps_counted", {"steps": -1}),
    (StatusChange, "from_status_known", {"from_status": "maybe"}),
    (StatusChange, "to_status_known", {"to_status": "maybe"}),
    (StatusChange, "by_role_known", {"by_role": "stranger"}),
    (StatusChange, "number_positive", {"number": 0}),
    (Draft, "kind_known", {"kind": "FRIEND"}),
    (Draft, "ends_after_it_begins", {"expires_at": AT}),
    (Draft, "answers_with_their_key", {"key_wrapped": None}),
]


def _refusal(db: Session, table: type, changes: dict[str, Any]) -> str:
    try:
        with db.begin_nested():
            db.execute(update(table).values(**changes))
    except IntegrityError as refused:
        return str(refused.orig)
    return "nothing"


def test_a_row_that_breaks_a_decision_is_refused_by_name(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        asked, _task = add_all(db)
        sent_with_answers = {"referral_id": asked.id}
        broken = [*BROKEN, (Draft, "sent_keeps_no_answers", sent_with_answers)]
        refusals = [(constraint, _refusal(db, table, changes)) for table, constraint, changes in broken]
    assert [pair for pair in refusals if pair[0] not in pair[1]] == []


def test_every_check_of_these_tables_is_broken_above() -> None:
    tested = {(table.__name__, constraint) for table, constraint, _ in BROKEN}
    declared = {
        (table.__name__, str(constraint.name).removeprefix(f"ck_{table.__tablename__}_"))
        for table in (Referral, ReferralTask, StatusChange, Draft)
        for constraint in table.__table__.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert declared == tested | {("Draft", "sent_keeps_no_answers")}


def test_a_request_is_open_at_one_clinic_at_a_time(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        asked, first = add_all(db)
        first_site = db.get_one(Location, first.location_id)
        second = task(asked, first_site, rank=2)
        with pytest.raises(IntegrityError), db.begin_nested():
            db.add(second)
            db.flush()
        first.status, first.reason = "declined", "no_capacity"
        db.add(first)
        db.flush()
        db.add(task(asked, first_site, rank=2))
        db.flush()


@pytest.mark.parametrize("taken", ["reference", "idempotency_key"])
def test_a_reference_and_an_idempotency_key_exist_once(databases: Databases, taken: str) -> None:
    given = {"reference": "R-2222-22", "idempotency_key": "other"}
    given.pop(taken)
    with unit_of_work(databases) as db:
        add_all(db)
        with pytest.raises(IntegrityError), db.begin_nested():
            db.add(referral(**given))
            db.flush()


def test_two_steps_cannot_take_the_same_number(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        _asked, of_clinic = add_all(db)
        with pytest.raises(IntegrityError), db.begin_nested():
            db.add(change(of_clinic, id=new_id(), verb="accept", from_status="sent", to_status="accepted"))
            db.flush()
