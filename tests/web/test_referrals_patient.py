"""The patient of a clinician's referral: one neutral mail, then a page of their own behind the same reference."""

import datetime as dt
import json
from typing import Any

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts.models import AuditEvent
from directory.lib.db import Databases, reading, unit_of_work
from directory.referrals import actions, clinic_actions, consent, messages, notes, patients, queries, sender_actions
from directory.referrals.clinic_actions import Said
from directory.referrals.models import NoteKind, Referral, ReferralTask, Who
from tests.support.clinics import AT
from tests.support.forms import Client, leads_to, links_of, submit, title_of, words_of
from tests.support.journeys import Mail, clinic_opens, sender_opens
from tests.support.requests import CLINIC_MAILBOX, MO, NOOR, ranked_clinics, ready_clinic, sent_request
from tests.support.time import Clock

HERE = "/requests/current"
PAT, RIVERA = "pat@example.net", "rivera@example.com"
CALL = {"spoken_month": "3", "spoken_day": "10", "spoken_year": "2026", "what": "Markerphone"}
FOLLOWED = {"email": PAT, "patient_mail": "yes", "question": "Markerquestion?", "reach_note": "Markerreach"}
UNSAFE = ("Marker", "Quillfeather", "Harbour", "esketamine", "Spravato", "clinic", "depress", "treatment")


@pytest.fixture
def mail(databases: Databases) -> Mail:
    """What waits in the outbox."""
    return Mail(databases)


@pytest.fixture
def referral(databases: Databases, clock: Clock) -> Referral:
    """Dr Rivera's referral of Pat, who agreed to be written to."""
    return sent_request(databases, ready_clinic(databases), clinician=True, **FOLLOWED)


@pytest.fixture
def pat(client: Client, referral: Referral, mail: Mail) -> Client:
    """Pat's browser, past the code."""
    mail.read()
    sender_opens(client, mail, referral.reference, PAT)
    return client


def clinic_does(databases: Databases, referral: Referral, verb: str, **given: Any) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        task = queries.find_task_of(db, referral.id)
        clinic_actions.act(db, task.id, verb, by=NOOR, at=AT, version=task.steps, **given)


def task_of(databases: Databases, referral: Referral) -> ReferralTask:
    with reading(databases) as db:
        return queries.find_task_of(db, referral.id)


def mailed(mail: Mail) -> set[tuple[str, str]]:
    """(message, whom) of all that waits, after a look at every word of it."""
    found = set()
    for name, whom, letter in mail.read():
        if whom != CLINIC_MAILBOX:
            said = f"{letter.subject} {letter.text} {letter.html}"
            assert [word for word in UNSAFE if word.lower() in said.lower()] == []
            found.add((name, whom))
    return found


def test_sent_the_patient_gets_one_neutral_mail_and_each_mailbox_opens_its_own_page(
    client: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    assert mailed(mail) == {("request_received", RIVERA), ("request_for_you", PAT)}
    page = sender_opens(client, mail, referral.reference, PAT)
    assert title_of(page.text) == "Your request – Lanternway"
    words = words_of(page.text)
    assert "Your request was sent." in words or "We are delivering your request" in words
    assert "A request was sent for you" in words
    assert not {f"{HERE}/letter.pdf", f"{HERE}/sent", f"{HERE}/mistake"} & set(links_of(page.text))
    assert "Marker" not in page.text.replace("Markerreach", "")
    sender = sender_opens(client, mail, referral.reference, RIVERA)
    assert "You sent the request" in words_of(sender.text)
    assert "Your patient agreed to our mails" in words_of(sender.text)
    assert f"{HERE}/letter.pdf" in links_of(sender.text)
    with reading(databases) as db:
        patient = patients.find_of(db, referral.id)
        looks = db.exec(select(AuditEvent).where(AuditEvent.action == "viewed")).all()
        given = db.exec(select(AuditEvent).where(AuditEvent.action == "consent_given")).one()
    assert patient is not None
    assert patient.id != referral.id
    assert [row.actor_kind for row in looks] == ["patient", "clinician"]
    assert given.detail["mail_to_patient"] == consent.MAIL
    assert patient.consent_version == consent.MAIL


@pytest.mark.parametrize(
    "changes",
    [{"patient_mail": ""}, {"email": "", "patient_mail": "yes"}, {"email": RIVERA, "patient_mail": "yes"}],
    ids=["no consent", "no mailbox", "the sender's own mailbox"],
)
def test_nobody_is_written_to_without_consent_and_a_mailbox_of_ones_own(
    client: Client, databases: Databases, clock: Clock, mail: Mail, changes: dict[str, str]
) -> None:
    referral = sent_request(databases, ready_clinic(databases), clinician=True, **FOLLOWED | changes)
    assert mailed(mail) == {("request_received", RIVERA)}
    leads_to(submit(client, "/requests", reference=referral.reference, mailbox=PAT))
    assert mail.read() == [], "whoever is not on file gets no code"


def test_the_patient_of_a_sender_who_is_not_vetted_hears_of_it_only_once_it_is_sent(
    client: Client, databases: Databases, clock: Clock, mail: Mail
) -> None:
    place = ready_clinic(databases)
    held = sent_request(databases, place, clinician=True, sender_mailbox="new@example.com", **FOLLOWED)
    assert task_of(databases, held).status == "held_for_sender_check"
    assert mailed(mail) == {("request_held", "new@example.com")}
    leads_to(submit(client, "/requests", reference=held.reference, mailbox=PAT))
    assert mail.read() == []
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.release(db, queries.find_task_of(db, held.id).id, by=MO, at=AT)
    assert ("request_for_you", PAT) in mailed(mail)


def test_a_question_put_to_the_patient_is_answered_there_and_the_clinicians_own_stays_between_them(
    pat: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    clinic_does(databases, referral, "ask", said=Said(question="Markerdose?"))
    words = words_of(pat.get(HERE).text)
    assert "The clinic asked the clinician who referred you a question" in words
    assert "Markerdose" not in words
    assert f"{HERE}/reply" not in links_of(pat.get(HERE).text)
    assert pat.get(f"{HERE}/reply").status_code == 409
    assert pat.post(f"{HERE}/reply", data={"version": "2", "reply": "Markeranswer"}).status_code == 403
    assert mailed(mail) == {("request_question", RIVERA)}
    clinic_does(databases, referral, "reply", said=Said(reply="Markerlearned"))
    clinic_does(databases, referral, "ask", said=Said(to_patient="Which days suit you?"))
    assert mailed(mail) == {("request_news", RIVERA), ("request_question", PAT)}
    assert "The clinic asks: Which days suit you?" in words_of(pat.get(HERE).text)
    assert "read your answer" in words_of(pat.get(f"{HERE}/reply").text)
    said = words_of(pat.get(leads_to(submit(pat, f"{HERE}/reply", reply="Mondays."))).text)
    assert "You answered:" in said
    assert "Markerlearned" not in said
    assert mailed(mail) == {("request_news", RIVERA)}
    sender = words_of(sender_opens(pat, mail, referral.reference, RIVERA).text)
    assert "The patient answered:" in sender
    assert "Mondays." in sender
    with reading(databases) as db:
        task = queries.find_task_of(db, referral.id)
        last = queries.find_history(db, task.id)[-1]
        [note] = notes.find(db, task.id, kinds=(NoteKind.REPLY,))[-1:]
    assert (last.by_role, last.by_actor, note.by) == ("patient", f"patient:{referral.reference}", Who.PATIENT)


def test_withdrawn_by_the_patient_it_ends_and_the_sender_is_told_in_neutral_words(
    pat: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    clinic_does(databases, referral, "accept")
    mail.read()
    assert "is told by mail that the request is withdrawn" in words_of(pat.get(f"{HERE}/withdraw").text)
    words = words_of(pat.get(leads_to(submit(pat, f"{HERE}/withdraw"))).text)
    assert "You withdrew it" in words
    assert mailed(mail) == {("request_withdrawn", RIVERA), ("request_withdrawn", PAT)}
    assert task_of(databases, referral).status == "cancel_requested"
    assert pat.get(f"{HERE}/withdraw").status_code == 409
    assert "The patient withdrew it" in words_of(sender_opens(pat, mail, referral.reference, RIVERA).text)
    with reading(databases) as db:
        steps = db.exec(select(AuditEvent).where(AuditEvent.action == "status_changed")).all()
    assert steps[-1].actor_kind == "patient"


def test_a_decline_is_read_by_its_plain_words_and_never_by_its_comment_or_reason(
    pat: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    said = Said(words="Please ask again in spring.", comment="Markercomment")
    clinic_does(databases, referral, "decline", reason="not_eligible_clinical", said=said)
    page = pat.get(HERE).text
    words = words_of(page)
    assert "Please ask again in spring." in words
    assert "Markercomment" not in page
    assert "eligible" not in words
    assert mailed(mail) == {("request_declined", RIVERA), ("request_declined", PAT)}
    for kind in ("txt", "json"):
        assert "Markercomment" not in pat.get(f"{HERE}/data/{kind}").text
    for name in ("reply", "by-phone", "contact", "withdraw"):
        assert pat.get(f"{HERE}/{name}").status_code == 409


def test_the_outcome_goes_to_the_clinician_and_the_patient_reads_that_it_is_done(
    pat: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    clinic_does(databases, referral, "accept")
    clinic_does(databases, referral, "schedule", appointment_at=dt.datetime(2026, 3, 24, 18, 30, tzinfo=dt.UTC))
    assert "Appointment: March 24, 2026 at 2:30 p.m. EDT" in words_of(pat.get(HERE).text)
    mail.read()
    clinic_does(databases, referral, "complete", said=Said(outcome={"note": "Markeroutcome", "sessions": 8}))
    assert mailed(mail) == {("request_completed", RIVERA), ("request_news", PAT)}
    words = words_of(pat.get(HERE).text)
    assert "The clinic’s last note went to the clinician who referred you." in words
    assert "Markeroutcome" not in words
    found = json.loads(pat.get(f"{HERE}/data/json").text)
    assert found["outcomes"][0]["note"] == "Markeroutcome"
    assert found["answers"]["question"] == "Markerquestion?"
    assert pat.get(f"{HERE}/letter.pdf").status_code == 404
    assert pat.get(f"{HERE}/sent").status_code == 404


def test_contact_said_anew_by_the_patient_can_end_our_mails_and_a_person_between_ends_them(
    pat: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    assert 'value="Markerreach"' in pat.get(f"{HERE}/contact").text
    typed = {"voicemail": "no", "through": "", "reach_note": "", "mail": "no"}
    leads_to(submit(pat, f"{HERE}/contact", **typed))
    clinic_does(databases, referral, "accept")
    assert mailed(mail) == {("request_accepted", RIVERA)}
    leads_to(submit(pat, f"{HERE}/contact", **typed | {"mail": "yes"}))
    clinic_does(databases, referral, "record_visit", said=Said(outcome={"note": "Markernote"}))
    assert mailed(mail) == {("request_news", RIVERA), ("request_news", PAT)}
    leads_to(submit(pat, f"{HERE}/contact", **typed | {"mail": "yes", "through": "Robin 207 555 0100"}))
    clinic_does(databases, referral, "decline", reason="no_capacity")
    assert mailed(mail) == {("request_declined", RIVERA)}
    with pytest.raises(Exception, match="does not follow"):
        clinic_does(databases, second(databases), "ask", said=Said(to_patient="When?"))


def second(databases: Databases) -> Referral:
    [place] = ranked_clinics(databases, 1, series=7)
    return sent_request(databases, place, key="second", clinician=True)


def test_a_call_is_logged_by_the_patient_and_deletion_is_told_in_one_mail_to_both(
    pat: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    leads_to(submit(pat, f"{HERE}/by-phone", **CALL, spoke_with="I with Noor", answer="yes"))
    assert task_of(databases, referral).status == "accepted"
    assert mailed(mail) == {("request_accepted", RIVERA)}
    words = words_of(pat.get(leads_to(submit(pat, f"{HERE}/delete", sure="yes"))).text)
    assert "What was asked and answered has been deleted." in words
    assert mailed(mail) == {("request_deleted", RIVERA), ("request_deleted", PAT)}
    with reading(databases) as db:
        assert patients.find_of(db, referral.id) is None
    leads_to(submit(pat, "/requests", reference=referral.reference, mailbox=PAT))
    assert mail.read() == []


def test_what_was_sent_by_mistake_shows_the_patient_no_answers_of_somebody_else(
    pat: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    clinic_does(databases, referral, "ask", said=Said(to_patient="Markerdays?"))
    assert "Markerdays?" in pat.get(HERE).text
    with unit_of_work(databases, wiring.dispatch) as db:
        sender_actions.report_error(db, referral.id, by=actions.sender_of(referral), at=AT)
    assert ("request_withdrawn", RIVERA) in mailed(mail)
    page = pat.get(HERE)
    assert "This request was withdrawn." in words_of(page.text)
    assert "Marker" not in page.text
    assert f"{HERE}/delete" not in links_of(pat.get(f"{HERE}/data").text)
    assert pat.post(f"{HERE}/delete", data={"sure": "yes"}).status_code == 403
    for kind in ("txt", "json"):
        text = pat.get(f"{HERE}/data/{kind}").text
        assert "may be about somebody else" in text
        assert "Marker" not in text
    for name in ("contact", "withdraw", "mistake", "by-phone"):
        assert pat.get(f"{HERE}/{name}").status_code == 409


def test_one_patients_grant_opens_no_other_request_and_none_of_the_senders_doors(
    pat: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    [other] = ranked_clinics(databases, 1, series=8)
    theirs = sent_request(databases, other, key="other", clinician=True, email="kim@example.net", patient_mail="yes")
    assert theirs.reference not in pat.get(HERE).text
    assert pat.post(f"{HERE}/mistake", data={"version": "1", "sure": "yes"}).status_code == 403
    assert pat.post(f"{HERE}/elsewhere", data={"clinic": "harbour-clinic"}).status_code == 404
    mail.read()
    sender_opens(pat, mail, referral.reference, RIVERA)  # proves the sender's mailbox: an account may be offered
    sender_opens(pat, mail, referral.reference, PAT)
    assert pat.post(f"{HERE}/account").status_code == 403
    assert mail.read() == [], "an account is the sender's to ask for, and nobody vouches for it"
    for mailbox in (PAT, RIVERA.replace("rivera", "kim")):
        leads_to(submit(pat, "/requests", reference=theirs.reference, mailbox=mailbox))
        assert mail.read() == [], "another request's mailbox gets no code"
    pat.post("/requests/done")
    assert pat.get(HERE).status_code in {403, 410}


def test_the_patient_is_told_when_nobody_answers_and_when_the_next_clinic_is_asked(
    databases: Databases, clock: Clock, mail: Mail
) -> None:
    first, then = ranked_clinics(databases, 2)
    sent = sent_request(databases, first, then=(then,), clinician=True, **FOLLOWED)
    mail.read()
    clinic_does(databases, sent, "decline", reason="no_capacity")
    told = {(name, whom) for name, whom, _letter in mail.read()}
    assert {("request_moved_on", RIVERA), ("request_news", PAT)} <= told
    assert messages.TOLD["hold"].patient == ""


def test_the_clinic_puts_a_question_to_the_patient_where_there_is_one(
    client: Client, databases: Databases, referral: Referral, mail: Mail, clock: Clock
) -> None:
    clinic_opens(client, mail, mail.link())
    page = client.get("/answer/current/ask").text
    assert "Who should answer?" in words_of(page)
    at = leads_to(submit(client, "/answer/current/ask", whom="patient", question="Which days?"))
    assert "You asked the patient" in words_of(client.get(at).text)
    assert ("request_question", PAT) in mailed(mail)


def test_a_patient_reads_and_prints_what_the_patient_sent(
    client: Client, databases: Databases, clock: Clock, mail: Mail
) -> None:
    own = sent_request(databases, ready_clinic(databases))
    assert f"{HERE}/sent" in links_of(sender_opens(client, mail, own.reference).text)
    page = client.get(f"{HERE}/sent")
    assert title_of(page.text) == "What you sent – Lanternway"
    words = words_of(page.text)
    assert "I would rather come in the morning." in words
    assert "Pat Quillfeather" in words


def test_a_mailbox_that_was_mistyped_opens_nothing_without_the_date_of_birth(
    client: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    born = mail.born(referral.reference)
    mail.read()
    at = leads_to(submit(client, "/requests", reference=referral.reference, mailbox=PAT))
    assert leads_to(submit(client, at, code=mail.code())) == HERE
    for path in (HERE, f"{HERE}/data", f"{HERE}/data/json", f"{HERE}/withdraw", f"{HERE}/delete", f"{HERE}/sent"):
        assert leads_to(client.get(path)) == f"{HERE}/birth", path
    page = client.get(f"{HERE}/birth")
    assert "Marker" not in page.text
    assert not [word for word in UNSAFE if word in page.text.split("<main")[1].split("</main>")[0]]
    hidden = {"withdraw": "yes", "reason": "other"}
    assert leads_to(client.post(f"{HERE}/withdraw", data=hidden)) == f"{HERE}/birth"
    assert task_of(databases, referral).status == "sent"
    for typed, status in (("soon", 422), ("1/2/1990", 422), ("1/3/1990", 422)):
        assert submit(client, f"{HERE}/birth", born=typed).status_code == status, typed
    assert leads_to(submit(client, f"{HERE}/birth", born=born)) == HERE
    assert client.get(HERE).status_code == 200
    sender_opens(client, mail, referral.reference, PAT)  # asked once, and never again
    assert leads_to(client.get(f"{HERE}/birth")) == HERE


def test_dates_of_birth_cannot_be_tried_one_after_the_other(
    client: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    born = mail.born(referral.reference)
    mail.read()
    at = leads_to(submit(client, "/requests", reference=referral.reference, mailbox=PAT))
    leads_to(submit(client, at, code=mail.code()))
    answers = [submit(client, f"{HERE}/birth", born=f"1/{day}/1990").status_code for day in range(1, 8)]
    assert answers == [422] * 5 + [429] * 2
    assert submit(client, f"{HERE}/birth", born=born).status_code == 429
