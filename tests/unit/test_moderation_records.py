"""The audit log is searched and proved; a person gets what we hold of them, and has it destroyed."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from directory import wiring
from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind, system
from directory.accounts.models import AuditEvent, User
from directory.accounts.permissions import Role
from directory.cli import main
from directory.delivery import actions as delivery
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Refused
from directory.moderation import audit_search, reports, subject_access
from directory.moderation.audit_search import Wanted
from directory.referrals import actions as referrals
from directory.referrals import clinic_actions, patients, queries, sender_actions
from directory.referrals.models import Referral
from tests.support.clinics import AT
from tests.support.people import NOOR, OLA, person
from tests.support.requests import NOOR as CLINIC
from tests.support.requests import PATIENT_MAILBOX, SLUG, ready_clinic, sent_request
from tests.support.time import Clock

DESK = system("tests")
MO = Actor(ActorKind.MODERATOR, "U-MO")


def found(databases: Databases, **wanted: object) -> list[str]:
    with reading(databases) as db:
        return [row.action for row in audit_search.find_events(db, Wanted(**wanted))]  # type: ignore[arg-type]


def test_the_log_is_found_by_object_actor_and_time(databases: Databases, clock: Clock) -> None:
    place = ready_clinic(databases)
    referral = sent_request(databases, place)
    with unit_of_work(databases) as db:
        audit.append(db, MO, "LOOKED", subject_type="location", subject_id=place)
    assert found(databases, about=SLUG)[0] == "LOOKED"
    assert "LOOKED" in found(databases, about=f"https://x.example/clinics/{SLUG}/")
    assert set(found(databases, about=referral.reference.lower())) == {"consent_given", "status_changed"}
    assert found(databases, about=str(place)) == found(databases, about=SLUG)
    assert found(databases, about="nothing-like-it") == []
    assert found(databases, who="U-MO") == ["LOOKED"]
    assert found(databases, who="U-%") == []
    today = clock.now().date()
    assert "LOOKED" in found(databases, first_on=today, last_on=today)
    assert found(databases, last_on=today.replace(day=today.day - 1)) == []
    assert len(found(databases, before=2)) == 1


@pytest.fixture
def here(database_url: str, monkeypatch: pytest.MonkeyPatch, keys_file: Path, tmp_path: Path) -> None:
    """Commands work on the database of the test."""
    named = {"DATABASE_URL": database_url, "KEYS_FILE": str(keys_file), "DATA_DIR": str(tmp_path / "var")}
    for name, value in named.items():
        monkeypatch.setenv(f"DIRECTORY_{name}", value)


def test_the_command_proves_the_chain_and_finds_a_planted_change(
    databases: Databases, here: None, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    sent_request(databases, ready_clinic(databases))
    assert main(["audit", "verify"]) == 0
    head = capsys.readouterr().out.splitlines()[-1]
    assert main(["audit", "verify", "--head", head]) == 0
    assert main(["audit", "verify", "--head", "nonsense"]) == 1
    with unit_of_work(databases) as db:
        db.execute(update(AuditEvent).where(col(AuditEvent.seq) == 2).values(actor_label="somebody-else"))
    assert main(["audit", "verify"]) == 1
    assert "breaks at number 2: a row was changed" in capsys.readouterr().err


def test_a_person_gets_everything_and_then_it_is_gone(databases: Databases, clock: Clock) -> None:
    place = ready_clinic(databases)
    referral = sent_request(databases, place)
    with unit_of_work(databases, wiring.dispatch) as db:
        reports.file(db, place, "moved", words="My report.", mailbox=PATIENT_MAILBOX, network="a", at=AT)
    with reading(databases) as db:
        held = subject_access.export(db, PATIENT_MAILBOX)
        assert subject_access.export(db, "nobody@example.net")["requests"] == []
    text = json.dumps(held)
    assert held["requests"][0]["reference"] == referral.reference
    assert "Pat Quillfeather" in text
    assert "My report." in text
    with unit_of_work(databases, wiring.dispatch) as db:
        told = subject_access.forget(db, PATIENT_MAILBOX, by=DESK, at=clock.now())
    assert any("six years" in words for words in told)
    with reading(databases) as db:
        row = db.get_one(Referral, referral.id)
        assert (row.content_sealed, row.mailbox_sealed, row.key_wrapped) == (None, None, None)
        assert audit.verify(db) is None
        kept = [m for m in db.exec(select(OutboxMessage)).all() if m.mailbox_sealed is not None]
        assert PATIENT_MAILBOX not in {delivery.mailbox_of(db, mail) for mail in kept}
        after = subject_access.export(db, PATIENT_MAILBOX)
    assert (after["requests"], after["reports"], after["mails"]) == ([], [], [])


def test_a_patient_of_whom_a_sender_wrote_who_was_never_vetted_is_found_too(databases: Databases, clock: Clock) -> None:
    named = {"email": PATIENT_MAILBOX, "patient_mail": "yes", "sender_mailbox": "new@example.com"}
    held = sent_request(databases, ready_clinic(databases), clinician=True, **named)
    with reading(databases) as db:
        assert patients.find_of(db, held.id) is None, "nobody may follow it yet"
        [request] = subject_access.export(db, PATIENT_MAILBOX)["requests"]
    assert request["reference"] == held.reference
    with unit_of_work(databases, wiring.dispatch) as db:
        subject_access.forget(db, PATIENT_MAILBOX, by=DESK, at=clock.now())
    with reading(databases) as db:
        assert db.get_one(Referral, held.id).content_sealed is None
        assert subject_access.export(db, PATIENT_MAILBOX)["requests"] == []


def test_what_a_clinic_agreed_to_or_was_sent_by_mistake_is_closed_and_destroyed_as_well(
    databases: Databases, clock: Clock
) -> None:
    place = ready_clinic(databases)
    agreed = sent_request(databases, place, key="1")
    wrong = sent_request(databases, place, key="2", clinician=True, sender_mailbox=PATIENT_MAILBOX, npi="1234567893")
    with unit_of_work(databases, wiring.dispatch) as db:
        clinic_actions.accept(db, queries.find_task_of(db, agreed.id).id, by=CLINIC, at=AT, version=1)
        sender_actions.report_error(db, wrong.id, by=referrals.sender_of(wrong), at=AT)
    with unit_of_work(databases, wiring.dispatch) as db:
        subject_access.forget(db, PATIENT_MAILBOX, by=DESK, at=clock.now())
    with reading(databases) as db:
        for each in (agreed, wrong):
            row, task = db.get_one(Referral, each.id), queries.find_task_of(db, each.id)
            assert (row.content_sealed, row.key_wrapped, task.status) == (None, None, "cancelled")


def test_records_under_part_2_are_given_out_in_no_file(databases: Databases, clock: Clock) -> None:
    place = ready_clinic(databases)
    sent_request(databases, place, clinician=True, email=PATIENT_MAILBOX, patient_mail="yes", part2="yes")
    with reading(databases) as db:
        for mailbox in (PATIENT_MAILBOX, "rivera@example.com"):
            [request] = subject_access.export(db, mailbox)["requests"]
            assert "answers" not in request
            assert "42 CFR Part 2" in request["left_out"]


def test_an_account_is_closed_but_not_that_of_a_last_owner(databases: Databases, clock: Clock) -> None:
    organization = UUID(int=5)
    person(databases, NOOR, organization)
    person(databases, OLA, organization)
    assert OLA.role is Role.OWNER
    with unit_of_work(databases) as db, pytest.raises(Refused):
        subject_access.forget(db, OLA.mailbox, by=DESK, at=clock.now())
    with unit_of_work(databases) as db:
        subject_access.forget(db, NOOR.mailbox, by=DESK, at=clock.now())
    with reading(databases) as db:
        users = {user.closed_at is not None: user for user in db.exec(select(User)).all()}
    assert users[True].name == ""
    assert "noor" not in users[True].mailbox
    assert users[False].mailbox == OLA.mailbox
