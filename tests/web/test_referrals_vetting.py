"""Referrals of guests whom nobody knows wait for a moderator; the same patient is not sent to the same clinic twice."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import Session, select

from directory import wiring
from directory.accounts.models import AuditEvent
from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, Forbidden
from directory.listings.queries import get_record
from directory.moderation.models import QueueItem
from directory.referrals import actions, queries, sameness, vetting
from directory.referrals.models import Referral, ReferralTask, VettedSender
from directory.referrals.opened import request_for_clinic
from tests.support.clinics import AT
from tests.support.forms import Client, leads_to, submit, words_of
from tests.support.journeys import PAT, Mail, answer_all, begin, sender_opens
from tests.support.people import MO, person, sign_in
from tests.support.people import RIVERA as RIVERA_SIGNS_IN
from tests.support.requests import CLINICIAN, NOOR, ready_clinic, sent_request
from tests.support.requests import MO as MODERATOR
from tests.support.time import Clock


@pytest.fixture
def clinic(databases: Databases, clock: Clock) -> Any:
    """Harbour Clinic, and nobody who is vetted."""
    location_id = ready_clinic(databases)
    with unit_of_work(databases) as db:
        db.execute(delete(VettedSender))
    Mail(databases).read()
    return location_id


def statuses(databases: Databases) -> list[str]:
    with reading(databases) as db:
        return sorted(db.exec(select(ReferralTask.status)).all())


def item_of(databases: Databases) -> QueueItem:
    with reading(databases) as db:
        return db.exec(select(QueueItem).where(QueueItem.kind == "UNVETTED_SENDER")).one()


def test_a_guest_whom_nobody_knows_waits_and_the_clinic_hears_and_sees_nothing(
    clinic: Any, databases: Databases, client: Client
) -> None:
    referral = sent_request(databases, clinic, clinician=True)
    mail = Mail(databases)
    found = mail.read()
    assert [name for name, _to, _words in found] == ["request_held"]
    assert "Until then nobody else gets it or sees anything of it." in " ".join(found[0][2].text.split())
    with reading(databases) as db:
        task = queries.find_task_of(db, referral.id)
    assert task.status == "held_for_sender_check"
    with pytest.raises(Forbidden), unit_of_work(databases, wiring.dispatch) as db:
        actions.open_by_clinic(db, task.id, by=NOOR, at=AT)
    words = words_of(sender_opens(client, mail, referral.reference, "rivera@example.com").text)
    assert "We are checking the sender before the clinic sees any health information." in words
    assert "A person of ours looks at it by Wednesday, March 11, 2026" in words


def test_a_moderator_sees_who_sent_it_recorded_first_and_never_what_it_says_then_lets_it_through(
    clinic: Any, databases: Databases, client: Client
) -> None:
    odd = {"patient_name": "Mickey Mouse", "sender_name": "Dr Test Person"}
    for number, npi in enumerate(("1234567893", "1003000126")):
        sent_request(databases, clinic, key=f"odd-{number}", clinician=True, npi=npi, **odd)
    with reading(databases) as db:
        [item, _other] = db.exec(select(QueueItem).where(QueueItem.kind == "UNVETTED_SENDER")).all()
    mail = Mail(databases)
    mail.read()
    sign_in(client, databases, Role.MODERATOR)
    page = client.get(f"/queue/{item.id}")
    words = words_of(page.text)
    for told in ("Dr Test Person", "rivera@example.com", "Rivera Psychiatry", "The sender’s name looks like a test."):
        assert told in words
    assert "The patient’s name looks like a test." in words
    assert "The same mailbox was used with another NPI." in words
    assert not any(secret in page.text for secret in ("Mickey", "F332", "F33.2", "esketamine", "555-0123", "1980"))
    with reading(databases) as db:
        looks = db.exec(select(AuditEvent).where(AuditEvent.action == "viewed")).all()
    assert [look.subject_id for look in looks] == [item.about_id]
    assert submit(client, f"/queue/{item.id}", action=f"/queue/{item.id}", choice="release").status_code == 422
    leads_to(submit(client, f"/queue/{item.id}", action=f"/queue/{item.id}", choice="release", words="I phoned them."))
    assert statuses(databases) == ["held_for_sender_check", "sent"]
    assert "referral_arrived" in [name for name, _to, _words in mail.read()]


def test_refused_the_sender_reads_why_and_the_clinic_never_hears_of_it(
    clinic: Any, databases: Databases, client: Client, make_client: Callable[..., Client], database_url: str
) -> None:
    referral = sent_request(databases, clinic, clinician=True)
    item, mail = item_of(databases), Mail(databases)
    mail.read()
    sign_in(client, databases, Role.MODERATOR)
    at = f"/queue/{item.id}"
    leads_to(submit(client, at, action=at, choice="refuse", words="Nobody of this name works there."))
    assert [name for name, _to, _words in mail.read()] == ["request_news"]
    pat = make_client(database_url=database_url)
    words = words_of(sender_opens(pat, mail, referral.reference, "rivera@example.com").text)
    assert "We could not check who sent this request." in words
    assert "We write:" in words
    assert "Nobody of this name works there." in words
    assert statuses(databases) == ["cancelled"]


def test_checked_once_a_sender_is_known_for_twelve_months(clinic: Any, databases: Databases) -> None:
    referral = sent_request(databases, clinic, clinician=True)
    with unit_of_work(databases, wiring.dispatch) as db:
        task = queries.find_task_of(db, referral.id)
        actions.release(db, task.id, by=MODERATOR, at=AT)
    with reading(databases) as db:
        mailbox, npi = CLINICIAN["sender_mailbox"], CLINICIAN["npi"]
        for days, known in ((0, True), (364, True), (366, False)):
            assert vetting.is_known(db, mailbox.upper(), npi, at=AT + dt.timedelta(days=days)) is known
        assert not vetting.is_known(db, mailbox, "1003000126", at=AT)
        assert not vetting.is_known(db, "other@example.com", npi, at=AT)


def test_a_clinician_with_an_account_is_known_by_it_and_the_referral_is_theirs(
    clinic: Any, databases: Databases
) -> None:
    user = person(databases, RIVERA_SIGNS_IN)
    referral = sent_request(databases, clinic, clinician=True)
    assert statuses(databases) == ["sent"]
    with reading(databases) as db:
        assert queries.get_referral(db, referral.id).sent_by_user_id == user.id
        assert vetting.find_account(db, MO.mailbox) is None


def test_patients_are_never_held(clinic: Any, databases: Databases) -> None:
    sent_request(databases, clinic)
    assert statuses(databases) == ["sent"]


def test_only_the_proved_sender_of_the_first_request_learns_of_it_when_sending_a_second(
    clinic: Any, databases: Databases
) -> None:
    first = sent_request(databases, clinic, clinician=True)
    again = CLINICIAN | {"patient_name": "  PÁT   quillfeather"}

    def judge(answers: Any = again, *, mailbox: str, proved: bool, at: dt.datetime = AT) -> None:
        with unit_of_work(databases) as db:
            sameness.refuse_second(db, answers, clinic, mailbox=mailbox, mailbox_proved=proved, at=at)

    mine = {"mailbox": "Rivera@example.com", "proved": True}
    with pytest.raises(Conflict, match=first.reference):
        judge(**mine)
    for mailbox, proved in (("rivera@example.com", False), ("other@example.com", True), ("", False)):
        judge(mailbox=mailbox, proved=proved)
    judge(**mine, at=AT + dt.timedelta(days=91))
    judge(again | {"born": "1980-05-07"}, **mine)
    with reading(databases) as db:
        row = queries.get_referral(db, first.id)
        assert row.subject_digest == sameness.digest(db, again)
        assert "quillfeather" not in f"{row.subject_digest}{row.mailbox_digest}{row.sender_digest}".lower()
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.withdraw(db, first.id, by=actions.sender_of(first), at=AT)
    judge(**mine)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.purge(db, first.id, at=AT)
        row = queries.get_referral(db, first.id)
        assert (row.subject_digest, row.mailbox_digest, row.sender_digest) == (None, None, None)


def test_the_clinic_and_who_checks_the_sender_read_of_another_request_about_the_same_patient(
    clinic: Any, databases: Databases
) -> None:
    same = {"born": CLINICIAN["born"], "clinician": True}
    with unit_of_work(databases) as db:
        vetting.remember(db, CLINICIAN["sender_mailbox"], CLINICIAN["npi"], by="tests", at=AT)
    first = sent_request(databases, clinic, **same)
    second = sent_request(databases, clinic, key="second", sender_mailbox="other@example.com", **same)
    with unit_of_work(databases, wiring.dispatch) as db:
        known, held = (queries.find_task_of(db, referral.id) for referral in (first, second))
        assert (known.status, held.status) == ("sent", "held_for_sender_check")
        assert any("same patient" in words for words in vetting.identity_of(db, held, at=AT).warnings)
        assert flags(db, known) == "", "what is held is nothing the clinic knows of"
        actions.release(db, held.id, by=MODERATOR, at=AT)
    with reading(databases) as db:
        assert f"same patient as in {second.reference}" in flags(db, queries.find_task_of(db, first.id))
        assert f"same patient as in {first.reference}" in flags(db, queries.find_task_of(db, second.id))


def flags(db: Session, task: ReferralTask) -> str:
    """What the clinic reads first, of other requests."""
    asked = request_for_clinic(db, task, get_record(db, task.location_id))
    return " ".join(flag.text for flag in asked.flags if "same patient" in flag.text)


def test_two_of_one_sender_in_the_same_moment_are_one(clinic: Any, databases: Databases) -> None:
    def send(number: int) -> str:
        try:
            return sent_request(databases, clinic, key=f"at-once-{number}", clinician=True, born="1980-01-02").reference
        except Conflict as conflict:
            return conflict.message

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(send, range(6)))
    with reading(databases) as db:
        [only] = db.exec(select(Referral.reference)).all()
    assert all(only in words for words in told)
    assert told.count(only) == 1


@pytest.mark.parametrize(
    ("status", "reason", "counts"),
    [
        ("declined", "not_eligible_clinical", True),
        ("declined", "insurance_not_accepted", True),
        ("declined", "no_capacity", False),
        ("declined", "could_not_contact_patient", False),
        ("completed", None, True),
        ("cancelled", None, False),
        ("expired", None, False),
        ("entered_in_error", None, False),
    ],
)
def test_a_closed_request_counts_for_ninety_days_unless_it_came_to_nothing(
    status: str, reason: str | None, counts: bool, clinic: Any, databases: Databases
) -> None:
    first = sent_request(databases, clinic, clinician=True)
    with unit_of_work(databases) as db:
        task = queries.find_task_of(db, first.id)
        task.status, task.reason = status, reason
        db.add(task)
    late = AT + dt.timedelta(days=89)
    if counts:
        with pytest.raises(Conflict, match=f"{first.reference} has been answered"):
            sent_request(databases, clinic, key="again", clinician=True, born=CLINICIAN["born"], at=late)
        late = AT + dt.timedelta(days=91)
    sent_request(databases, clinic, key="again", clinician=True, born=CLINICIAN["born"], at=late)


def test_a_patient_who_has_proved_no_mailbox_is_not_told_of_another_request(
    clinic: Any, databases: Databases, client: Client, clock: Clock
) -> None:
    for _number in range(2):
        assert answer_all(client, begin(client), PAT) == "/ask/check"
        clock.advance(minutes=5)
        assert submit(client, "/ask/check").status_code == 303
    with reading(databases) as db:
        assert len(db.exec(select(Referral)).all()) == 2
