"""A mail server refuses for good: it goes another way, a person has it in a day, the sender reads just that."""

from uuid import UUID

from sqlmodel import select

from directory import wiring
from directory.delivery import sending
from directory.delivery.channels.smtp import SmtpChannel
from directory.delivery.models import OutboxMessage, OutboxState
from directory.lib.db import Databases, reading
from directory.listings.queries import find_endpoint, get_location
from directory.moderation.models import QueueItem
from directory.referrals import queries
from directory.referrals.models import ReferralTask
from directory.referrals.standing import standing
from tests.support.journeys import Mail
from tests.support.mail import MailServer
from tests.support.outbox_worker import SENDER
from tests.support.people import NOOR, person
from tests.support.requests import CLINIC_MAILBOX, PATIENT_MAILBOX, ready_clinic, sent_request
from tests.support.time import Clock


def test_a_refused_request_has_a_person_within_a_working_day_and_the_sender_reads_just_that(
    databases: Databases, smtp: MailServer, clock: Clock
) -> None:
    location_id = ready_clinic(databases)
    sent_request(databases, location_id, at=clock.now())
    smtp.close(CLINIC_MAILBOX)
    channel, letters = SmtpChannel(smtp.url, SENDER), Mail(databases).letters
    sending.deliver_due(databases, channel, letters, dispatch=wiring.dispatch, operator_mailbox="ops@example.org")
    with reading(databases) as db:
        task = db.exec(select(ReferralTask)).one()
        history = queries.find_history(db, task.id)
        endpoint = find_endpoint(db, location_id)
        [item] = db.exec(select(QueueItem).where(QueueItem.about_id == task.id)).all()
        refused = db.exec(select(OutboxMessage).where(OutboxMessage.message == "referral_arrived")).one()
    assert (refused.state, refused.last_code) == (OutboxState.BOUNCED, 550)
    assert task.status == "undeliverable"
    assert endpoint is not None
    assert endpoint.proved_at is None
    assert (item.state, item.priority) == ("OPEN", 1)
    assert (item.due_at - item.opened_at).days <= 1  # opened on a Tuesday
    told = standing(task, history, source="patient", now=clock.now())
    assert "could not" in told.sentence
    assert told.phone_now
    assert told.others
    subjects = [str(mail["subject"]) for mail in smtp.to(PATIENT_MAILBOX)]
    assert any("not" in subject and "deliver" in subject for subject in subjects), subjects
    assert smtp.to("ops@example.org") != []
    assert smtp.to(CLINIC_MAILBOX) == []


def test_a_refusal_that_passes_tells_the_sender_at_thirty_minutes_and_a_person_at_sixty(
    databases: Databases, smtp: MailServer, clock: Clock
) -> None:
    sent_request(databases, ready_clinic(databases), at=clock.now())
    smtp.close(CLINIC_MAILBOX, "451 4.7.1 later")
    channel, letters = SmtpChannel(smtp.url, SENDER), Mail(databases).letters
    heard: dict[str, int] = {}
    for minute in range(0, 75, 5):
        sending.deliver_due(databases, channel, letters, dispatch=wiring.dispatch)
        sending.deliver_due(databases, channel, letters, dispatch=wiring.dispatch)
        with reading(databases) as db:
            items = db.exec(select(QueueItem.kind)).all()
            status = db.exec(select(ReferralTask.status)).one()
        for mail in smtp.to(PATIENT_MAILBOX):
            heard.setdefault(str(mail["subject"]).partition(".")[0], minute)
        if items:
            heard.setdefault(f"a person ({status})", minute)
        clock.advance(minutes=5)
    assert [minute for what, minute in heard.items() if "not delivered yet" in what.lower()] == [30], heard
    assert heard.get("a person (undeliverable)") == 60, heard
    smtp.open(CLINIC_MAILBOX)
    clock.advance(hours=3)
    sending.deliver_due(databases, channel, letters, dispatch=wiring.dispatch)
    with reading(databases) as db:
        assert db.exec(select(ReferralTask.status)).one() == "sent"
        assert db.exec(select(QueueItem.state)).all() == ["DONE"]


def put_noor_on_the_team(databases: Databases, location_id: UUID) -> None:
    with reading(databases) as db:
        organization_id = get_location(db, location_id).organization_id
    person(databases, NOOR, organization_id)


def test_when_the_mailbox_fails_the_people_who_answer_are_written_to_and_the_request_goes_on(
    databases: Databases, smtp: MailServer, clock: Clock
) -> None:
    location_id = ready_clinic(databases)
    put_noor_on_the_team(databases, location_id)
    sent_request(databases, location_id, at=clock.now())
    smtp.close(CLINIC_MAILBOX)
    channel, letters = SmtpChannel(smtp.url, SENDER), Mail(databases).letters
    sending.deliver_due(databases, channel, letters, dispatch=wiring.dispatch)
    sending.deliver_due(databases, channel, letters, dispatch=wiring.dispatch)
    [mail] = smtp.to(NOOR.mailbox)
    assert "/clinic/requests/" in mail.as_string()
    with reading(databases) as db:
        task = db.exec(select(ReferralTask)).one()
        verbs = [step.verb for step in queries.find_history(db, task.id)]
        endpoint = find_endpoint(db, location_id)
        assert verbs == ["send", "fail_delivery", "redeliver"]
        assert task.status == "sent"
        assert endpoint is not None
        assert endpoint.proved_at is None  # its own mailbox has to be proved again


def test_late_for_an_hour_it_goes_the_second_way_and_a_failure_of_both_is_given_up_once(
    databases: Databases, smtp: MailServer, clock: Clock
) -> None:
    location_id = ready_clinic(databases)
    put_noor_on_the_team(databases, location_id)
    sent_request(databases, location_id, at=clock.now())
    smtp.close(CLINIC_MAILBOX, "451 4.7.1 later")
    smtp.close(NOOR.mailbox, "550 5.1.1 nobody")
    channel, letters = SmtpChannel(smtp.url, SENDER), Mail(databases).letters
    for _two_hours in range(55):  # 72 hours of waits, each a quarter longer at most
        sending.deliver_due(databases, channel, letters, dispatch=wiring.dispatch)
        clock.advance(hours=2)
    with reading(databases) as db:
        arrived = db.exec(select(OutboxMessage).where(OutboxMessage.message == "referral_arrived")).all()
        task = db.exec(select(ReferralTask)).one()
        verbs = [step.verb for step in queries.find_history(db, task.id)]
    assert sorted(row.state for row in arrived) == ["bounced", "dead"]
    assert verbs == ["send", "fail_delivery"]
    assert task.status == "undeliverable"
