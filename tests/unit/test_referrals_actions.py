"""Sending, opening, answering, taking back and forgetting a request, on both databases."""

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, inspect, text
from sqlmodel import Session, col, select

from directory import wiring
from directory.accounts import audit
from directory.accounts.models import AuditEvent
from directory.delivery.actions import mailbox_of as recipient_of
from directory.delivery.events import DeliveryDelayed, DeliveryFailed, DeliverySent
from directory.delivery.models import OutboxMessage
from directory.lib import events, sealed
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, Forbidden, Refused
from directory.lib.ids import new_id, token_digest
from directory.listings import actions as listings
from directory.listings import queries as listing_queries
from directory.referrals import actions, clinic_actions, content, notes, queries
from directory.referrals.models import Referral, ReferralTask, StatusChange
from directory.verification.models import VerificationResult
from tests.support.clinics import AT
from tests.support.requests import CLINIC_MAILBOX, NOOR, PATIENT_MAILBOX, ready_clinic, sent_request
from tests.support.time import Clock

LATER = AT + dt.timedelta(hours=3)


@pytest.fixture(autouse=True)
def _at_the_start(clock: Clock) -> None:
    """The clock stands at AT: what the clinics' fixtures say holds then."""


def mails(databases: Databases) -> list[tuple[str, str]]:
    """(message, mailbox) of all that is queued, in alphabetical order: the clock stands, so time orders nothing."""
    with reading(databases) as db:
        rows = db.exec(select(OutboxMessage).where(OutboxMessage.state == "queued")).all()
        return sorted((row.message, recipient_of(db, row)) for row in rows)


def task_of(databases: Databases, referral: Referral) -> ReferralTask:
    with reading(databases) as db:
        return queries.find_task_of(db, referral.id)


def opened(databases: Databases, referral: Referral) -> ReferralTask:
    with unit_of_work(databases, wiring.dispatch) as db:
        return actions.open_by_clinic(db, queries.find_task_of(db, referral.id).id, by=NOOR, at=LATER)


def count(databases: Databases, table: type) -> int:
    with reading(databases) as db:
        return db.exec(select(func.count()).select_from(table)).one()


def test_a_sent_request_stands_with_its_task_its_first_step_and_two_mails(databases: Databases) -> None:
    referral = sent_request(databases, ready_clinic(databases))
    task = task_of(databases, referral)
    assert (task.status, task.steps, task.rank, task.waiting_from_at) == ("sent", 1, 1, AT)
    assert mails(databases) == [("referral_arrived", CLINIC_MAILBOX), ("request_received", PATIENT_MAILBOX)]
    with reading(databases) as db:
        told = db.exec(select(AuditEvent.action).where(AuditEvent.subject_id == referral.id)).all()
        assert "consent_given" in told
        assert audit.verify(db) is None


def test_the_database_holds_no_word_of_what_was_typed(databases: Databases) -> None:
    location_id = ready_clinic(databases)
    sent_request(databases, location_id)
    typed = ["Quillfeather", "2075550123", PATIENT_MAILBOX, "pat@", "in the morning", "after 5", "TRD"]
    with reading(databases) as db:
        held = ""
        for table in inspect(databases.reader).get_table_names():
            if table in {"healthcare_service", "search_entry"}:  # what the clinic says of itself, in the same codes
                continue
            held += "".join(str(row) for row in db.execute(text(f'SELECT * FROM "{table}"')))
    assert [word for word in typed if word in held] == []


def test_the_clinic_reads_what_was_typed(databases: Databases) -> None:
    referral = sent_request(databases, ready_clinic(databases))
    with reading(databases) as db:
        again = queries.get_referral(db, referral.id)
        ring = sealed.ring_of(db)
        assert content.answers_of(ring, again)["patient_name"] == "Pat Quillfeather"
        assert content.mailbox_of(ring, again) == PATIENT_MAILBOX


def test_the_same_key_twice_is_one_request(databases: Databases) -> None:
    location_id = ready_clinic(databases)
    first, second = sent_request(databases, location_id), sent_request(databases, location_id)
    assert first.id == second.id
    assert (count(databases, Referral), len(mails(databases))) == (1, 2)


def test_of_the_key_that_a_sender_chose_a_digest_alone_is_kept(databases: Databases) -> None:
    key = "Pat Quillfeather, born 1988, asks for Spravato at Harbour Clinic in Portland"
    location_id = ready_clinic(databases)
    first = sent_request(databases, location_id, key=key)
    assert sent_request(databases, location_id, key=key).id == first.id
    assert first.idempotency_key == token_digest(key)


@pytest.mark.parametrize(
    "changes", [{"note": "Something else."}, {"email": "other@example.net"}, {"accessibility": ["mobility"]}]
)
def test_the_same_key_with_other_answers_is_refused(databases: Databases, changes: dict[str, Any]) -> None:
    location_id = ready_clinic(databases)
    sent_request(databases, location_id)
    with pytest.raises(Refused, match="other answers"):
        sent_request(databases, location_id, **changes)
    assert count(databases, Referral) == 1


def test_twenty_five_who_send_the_same_key_at_once_make_one_request(databases: Databases) -> None:
    location_id = ready_clinic(databases)
    with ThreadPoolExecutor(25) as pool:
        sent = list(pool.map(lambda _n: sent_request(databases, location_id), range(25)))
    assert len({referral.reference for referral in sent}) == 1
    assert (count(databases, Referral), count(databases, ReferralTask), len(mails(databases))) == (1, 1, 2)


def test_without_a_mailbox_only_the_clinic_is_written_to(databases: Databases) -> None:
    referral = sent_request(databases, ready_clinic(databases), email="")
    assert mails(databases) == [("referral_arrived", CLINIC_MAILBOX)]
    assert (referral.has_mailbox, referral.mailbox_sealed) == (False, None)


def test_a_clinic_that_has_switched_requests_off_is_sent_none(databases: Databases) -> None:
    location_id = ready_clinic(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        listings.set_referrals_on(db, location_id, False, at=AT)
    with pytest.raises(Refused, match="does not take requests"):
        sent_request(databases, location_id)
    assert (count(databases, Referral), mails(databases)) == (0, [])


def test_a_clinic_without_a_proved_mailbox_is_sent_none(databases: Databases) -> None:
    location_id = ready_clinic(databases)
    with unit_of_work(databases) as db:
        endpoint = listing_queries.find_endpoint(db, location_id)
        assert endpoint is not None
        endpoint.proved_at = None
        db.add(endpoint)
    with pytest.raises(Refused, match="no proved way"):
        sent_request(databases, location_id)


def test_the_first_opening_is_a_step_and_the_second_is_not(databases: Databases) -> None:
    referral = sent_request(databases, ready_clinic(databases))
    assert opened(databases, referral).status == "delivered_opened"
    assert opened(databases, referral).steps == 2
    assert ("request_opened", PATIENT_MAILBOX) in mails(databases)


def answered(databases: Databases, task: ReferralTask, verb: str, **given: Any) -> ReferralTask:
    with unit_of_work(databases, wiring.dispatch) as db:
        brought: dict[str, Any] = {"by": NOOR, "at": LATER, "version": task.steps} | given
        return getattr(clinic_actions, verb)(db, task.id, **brought)  # type: ignore[no-any-return]


def test_an_accepted_request_is_told_kept_and_counts_as_proof_of_the_channel(databases: Databases) -> None:
    location_id = ready_clinic(databases)
    referral = sent_request(databases, location_id)
    task = answered(databases, opened(databases, referral), "accept", words="We call on Monday.")
    assert (task.status, task.answered_at) == ("accepted", LATER)
    assert ("request_accepted", PATIENT_MAILBOX) in mails(databases)
    with reading(databases) as db:
        words = notes.words_for_sender(db, task)
        proofs = db.exec(select(VerificationResult).where(VerificationResult.at == LATER)).all()
        assert words == "We call on Monday."
        assert [(proof.fact_group, proof.method) for proof in proofs] == [("referral_channel", "ANSWERED_REFERRAL")]


def test_a_decline_keeps_the_comment_from_the_patient_and_closes_the_door(databases: Databases) -> None:
    referral = sent_request(databases, ready_clinic(databases))
    given = {"reason": "not_eligible_clinical", "comment": "BP 190/110.", "words": "Please see your doctor."}
    task = answered(databases, opened(databases, referral), "decline", **given)
    with reading(databases) as db:
        again = queries.get_referral(db, referral.id)
        assert notes.words_for_sender(db, task) == "Please see your doctor."
        assert (again.closed_at, again.purge_at) == (LATER, LATER + dt.timedelta(days=90))
    with pytest.raises(Forbidden, match="no longer be read"):
        actions.refuse_unless_readable(task)


def test_a_button_pressed_twice_answers_once(databases: Databases) -> None:
    task = opened(databases, sent_request(databases, ready_clinic(databases)))
    assert answered(databases, task, "accept").steps == 3
    assert answered(databases, task, "accept").steps == 3


def test_who_answers_what_was_withdrawn_meanwhile_is_told_so(databases: Databases) -> None:
    referral = sent_request(databases, ready_clinic(databases))
    task = opened(databases, referral)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.withdraw(db, referral.id, by=actions.sender_of(referral), at=LATER)
    with pytest.raises(Conflict, match="is closed"):
        answered(databases, task, "accept")


def test_an_answer_to_an_older_state_is_a_conflict(databases: Databases) -> None:
    task = opened(databases, sent_request(databases, ready_clinic(databases)))
    with pytest.raises(Conflict, match="changed since you opened"):
        answered(databases, task, "accept", version=task.steps - 1)


def test_a_withdrawn_request_ends_for_the_clinic_at_once_and_its_mail_is_held_back(databases: Databases) -> None:
    referral = sent_request(databases, ready_clinic(databases))
    with unit_of_work(databases, wiring.dispatch) as db:
        task = actions.withdraw(db, referral.id, by=actions.sender_of(referral), at=LATER)
    assert task.status == "cancelled"
    assert mails(databases) == [
        ("referral_withdrawn", CLINIC_MAILBOX),
        ("request_received", PATIENT_MAILBOX),
        ("request_withdrawn", PATIENT_MAILBOX),
    ]
    with pytest.raises(Forbidden), unit_of_work(databases, wiring.dispatch) as db:
        actions.open_by_clinic(db, task.id, by=NOOR, at=LATER)


def test_withdrawing_twice_is_withdrawing_once(databases: Databases) -> None:
    referral = sent_request(databases, ready_clinic(databases))
    for _time in range(2):
        with unit_of_work(databases, wiring.dispatch) as db:
            actions.withdraw(db, referral.id, by=actions.sender_of(referral), at=LATER)
    assert task_of(databases, referral).steps == 2


def test_of_a_clinic_and_a_sender_who_act_at_once_one_is_first(databases: Databases) -> None:
    referral = sent_request(databases, ready_clinic(databases))
    task = opened(databases, referral)

    def act(n: int) -> str:
        try:
            if n % 2:
                answered(databases, task, "accept")
            else:
                with unit_of_work(databases, wiring.dispatch) as db:
                    actions.withdraw(db, referral.id, by=actions.sender_of(referral), at=LATER)
        except Conflict:
            return "conflict"
        return "done"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(8)))
    with reading(databases) as db:
        history = queries.find_history(db, task.id)
        assert [change.number for change in history] == list(range(1, len(history) + 1))
        assert history[-1].to_status == queries.get_task(db, task.id).status
        assert all(a.to_status == b.from_status for a, b in pairwise(history))


def hand_out(databases: Databases, event: object) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        events.record(db, event)


def test_a_bounce_is_told_to_the_sender_and_unproves_the_channel(databases: Databases) -> None:
    location_id = ready_clinic(databases)
    referral = sent_request(databases, location_id)
    task = task_of(databases, referral)
    hand_out(databases, DeliveryFailed(new_id(), "referral_arrived", task.id, given_up=True))
    assert task_of(databases, referral).status == "undeliverable"
    assert ("request_undeliverable", PATIENT_MAILBOX) in mails(databases)
    with pytest.raises(Refused, match="no proved way"):
        sent_request(databases, location_id, key="key-2")


def test_a_mail_that_only_waits_an_hour_leaves_the_channel_proved(databases: Databases) -> None:
    location_id = ready_clinic(databases)
    referral = sent_request(databases, location_id)
    task = task_of(databases, referral)
    hand_out(databases, DeliveryDelayed(new_id(), "referral_arrived", task.id))
    assert task_of(databases, referral).status == "sent"
    hand_out(databases, DeliveryFailed(new_id(), "referral_arrived", task.id, given_up=False))
    assert task_of(databases, referral).status == "undeliverable"
    hand_out(databases, DeliverySent(new_id(), "referral_arrived", task.id))
    assert task_of(databases, referral).status == "sent"
    told = [message for message, mailbox in mails(databases) if mailbox == PATIENT_MAILBOX]
    assert told == ["request_delayed", "request_received", "request_received", "request_undeliverable"]
    sent_request(databases, location_id, key="key-2")


def test_opening_proves_that_it_was_delivered_after_all(databases: Databases) -> None:
    referral = sent_request(databases, ready_clinic(databases))
    task = task_of(databases, referral)
    hand_out(databases, DeliveryFailed(new_id(), "referral_arrived", task.id, given_up=False))
    assert opened(databases, referral).status == "delivered_opened"


def test_mail_to_the_sender_that_fails_changes_nothing(databases: Databases) -> None:
    referral = sent_request(databases, ready_clinic(databases))
    hand_out(databases, DeliveryFailed(new_id(), "request_received", referral.id, given_up=True))
    assert task_of(databases, referral).status == "sent"


def test_a_purged_request_keeps_its_history_and_nothing_else(databases: Databases) -> None:
    location_id = ready_clinic(databases)
    referral = sent_request(databases, location_id)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.withdraw(db, referral.id, by=actions.sender_of(referral), at=LATER)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.purge(db, referral.id, at=LATER + dt.timedelta(days=90))
    with reading(databases) as db:
        again = queries.get_referral(db, referral.id)
        assert (again.content_sealed, again.mailbox_sealed, again.key_wrapped) == (None, None, None)
        assert (again.consent_network, again.mailbox_digest, again.subject_digest) == ("", None, None)
        assert len(queries.find_history(db, task_of(databases, referral).id)) == 2
        with pytest.raises(sealed.KeyDestroyed):
            content.answers_of(sealed.ring_of(db), again)
    with pytest.raises(Refused, match="deleted since"):
        sent_request(databases, location_id)


def test_every_step_stands_in_the_audit_log_without_a_value(databases: Databases) -> None:
    referral = sent_request(databases, ready_clinic(databases))
    task = answered(databases, opened(databases, referral), "decline", reason="other", comment="Secret words.")
    with reading(databases) as db:
        rows = db.exec(select(AuditEvent).where(AuditEvent.subject_id == task.id).order_by(col(AuditEvent.seq))).all()
    assert [row.detail["verb"] for row in rows] == ["send", "open", "decline"]
    assert "Secret" not in json.dumps([row.detail for row in rows])
    assert {row.actor_label for row in rows} == {referral.reference, "harbour-clinic-portland-me"}


def test_a_reference_that_is_taken_is_drawn_again(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    location_id = ready_clinic(databases)
    first = sent_request(databases, location_id)
    drawn = iter([first.reference, first.reference, "R-ZZZZ-ZZ"])
    monkeypatch.setattr("directory.lib.ids.new_reference", lambda: next(drawn))
    assert sent_request(databases, location_id, key="key-2").reference == "R-ZZZZ-ZZ"


def test_status_changes_are_counted_from_one(databases: Databases) -> None:
    referral = sent_request(databases, ready_clinic(databases), clinician=True)
    with reading(databases) as db:
        change = db.exec(select(StatusChange)).one()
        assert (change.number, change.by_actor) == (1, f"clinician:{referral.reference}")
        assert isinstance(change.id, UUID)
        assert isinstance(db, Session)
