"""The sender's page behind the mailed code: reply, log a call, change safe contact, take along, take back, delete."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts.models import AuditEvent
from directory.lib import sealed
from directory.lib.db import Databases, reading, unit_of_work
from directory.referrals import actions, attachments, clinic_actions, content, notes, queries, sender_actions
from directory.referrals.clinic_actions import Said
from directory.referrals.models import NoteKind, Referral, ReferralTask
from tests.support.clinics import AT
from tests.support.forms import Client, form_of, leads_to, links_of, submit, title_of, words_of
from tests.support.journeys import Mail, clinic_opens, sender_opens
from tests.support.requests import NOOR, ranked_clinics, ready_clinic, sent_request
from tests.support.time import Clock

HERE = "/requests/current"
CALL = {"spoke_with": "I with Noor", "spoken_month": "3", "spoken_day": "10", "spoken_year": "2026", "what": "Marker"}


@pytest.fixture
def mail(databases: Databases) -> Mail:
    """What waits in the outbox."""
    return Mail(databases)


@pytest.fixture
def referral(databases: Databases, clock: Clock) -> Referral:
    """What Pat asked of Harbour Clinic."""
    return sent_request(databases, ready_clinic(databases))


@pytest.fixture
def pat(client: Client, referral: Referral, mail: Mail) -> Client:
    """Pat's browser, past the code."""
    sender_opens(client, mail, referral.reference)
    return client


def task_of(databases: Databases, referral: Referral) -> ReferralTask:
    with reading(databases) as db:
        return queries.find_task_of(db, referral.id)


def answers_of(databases: Databases, referral: Referral) -> dict[str, Any]:
    with reading(databases) as db:
        return content.answers_of(sealed.ring_of(db), queries.get_referral(db, referral.id))


def clinic_does(databases: Databases, referral: Referral, verb: str, **given: Any) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        task = queries.find_task_of(db, referral.id)
        clinic_actions.act(db, task.id, verb, by=NOOR, at=AT, version=task.steps, **given)


def test_the_clinics_question_is_shown_and_answered_and_the_clinic_is_told_by_mail(
    pat: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    clinic_does(databases, referral, "ask", said=Said(question="Which days suit you?"))
    words = words_of(pat.get(HERE).text)
    assert "The clinic asks: Which days suit you?" in words
    assert "Without one the request ends on Tuesday, April 7, 2026." in words
    assert "We remind you on Tuesday, March 17, 2026." in words
    mail.read()
    empty = submit(pat, f"{HERE}/reply")
    assert empty.status_code == 422
    assert "Write your answer" in words_of(empty.text)
    assert "Which days suit you?" in words_of(empty.text)
    at = leads_to(submit(pat, f"{HERE}/reply", reply="Mondays, please."))
    words = words_of(pat.get(at).text)
    assert "Your answer went to the clinic." in words
    assert words.index("Which days suit you?") < words.index("Mondays, please.")
    [letter] = [letter for name, _to, letter in mail.read() if name == "referral_replied"]
    assert "Mondays" not in f"{letter.subject} {letter.text} {letter.html}"
    assert task_of(databases, referral).status == "sent"


def test_an_answer_that_comes_too_late_is_refused_in_words_and_not_lost(
    pat: Client, databases: Databases, referral: Referral
) -> None:
    clinic_does(databases, referral, "ask", said=Said(question="Which days suit you?"))
    page = pat.get(f"{HERE}/reply")
    clinic_does(databases, referral, "reply", said=Said(reply="Learned by phone."))
    late = pat.post(f"{HERE}/reply", data={"version": "2", "reply": "Mondays, please."})
    assert page.status_code == 200
    assert late.status_code == 409
    assert "Mondays, please." in late.text
    assert "What you typed is still here." in words_of(late.text)
    assert pat.get(f"{HERE}/reply").status_code == 409
    assert pat.get(f"{HERE}/nonsense").status_code == 404


def test_a_withdrawal_waits_for_a_second_look_when_the_clinic_was_faster(
    pat: Client, databases: Databases, referral: Referral
) -> None:
    page = form_of(pat.get(f"{HERE}/withdraw").text)
    clinic_does(databases, referral, "accept")
    late = pat.post(f"{HERE}/withdraw", data=page.hidden)
    assert late.status_code == 409
    assert "The clinic has taken a step since you opened this page." in words_of(late.text)
    leads_to(pat.post(f"{HERE}/withdraw", data=form_of(late.text).hidden))
    assert task_of(databases, referral).status == "cancel_requested"


def test_a_machine_reads_what_it_may_do_and_names_the_version_it_read(
    pat: Client, databases: Databases, referral: Referral
) -> None:
    told = pat.get(f"{HERE}/actions")
    assert {"name": "withdraw", "label": "Withdraw the request", "href": f"{HERE}/withdraw"} in told.json()["actions"]
    read = {"If-Match": told.headers["etag"], "Accept": "application/json"}
    clinic_does(databases, referral, "accept")
    unnamed = pat.post(f"{HERE}/withdraw", headers={"Accept": "application/json"})
    stale = pat.post(f"{HERE}/withdraw", headers=read)
    assert (unnamed.status_code, stale.status_code) == (428, 412)
    assert stale.headers["content-type"] == "application/problem+json"
    assert stale.json()["title"] == "Stale version"
    now = {"If-Match": pat.get(f"{HERE}/actions").headers["etag"]}
    leads_to(pat.post(f"{HERE}/withdraw", headers=now))
    assert task_of(databases, referral).status == "cancel_requested"


def test_the_appointment_is_told_in_the_clinics_time_and_the_waiting_list_by_its_week(
    pat: Client, databases: Databases, referral: Referral
) -> None:
    clinic_does(databases, referral, "waitlist", expected_on=dt.date(2026, 4, 6))
    words = words_of(pat.get(HERE).text)
    assert "Expected in the week of April 6, 2026" in words
    assert "We ask the clinic on Thursday, April 9, 2026" in words
    clinic_does(databases, referral, "accept", said=Said(words="Bring your card."))
    clinic_does(databases, referral, "schedule", appointment_at=dt.datetime(2026, 3, 24, 18, 30, tzinfo=dt.UTC))
    words = words_of(pat.get(HERE).text)
    assert "Appointment: March 24, 2026 at 2:30 p.m. EDT" in words
    assert "Bring your card." in words
    assert "An appointment was made" in words


def test_a_patient_reads_the_outcome_as_words_and_a_clinician_in_full(
    pat: Client, databases: Databases, referral: Referral, mail: Mail, make_client: Callable[..., Client]
) -> None:
    given = {"note": "It went well.", "sessions": 8, "scale": "PHQ9", "total_before": 19, "total_after": 7}
    place = task_of(databases, referral).location_id
    riveras = sent_request(databases, place, key="riveras", clinician=True)
    for each in (referral, riveras):
        clinic_does(databases, each, "accept", said=Said(number="MRN 4711"))
        clinic_does(databases, each, "complete", said=Said(outcome=given | {"findings": "Alert."}))
    words = words_of(pat.get(HERE).text)
    assert "It went well." in words
    assert "PHQ-9" not in words
    pat.post("/requests/done")
    mail.read()
    words = words_of(sender_opens(pat, mail, riveras.reference, "rivera@example.com").text)
    assert "PHQ-9 from 19 to 7" in words
    assert "Findings Alert." in words
    assert "The clinic’s number MRN 4711" in words


def test_safe_contact_said_anew_replaces_what_the_clinic_reads_and_is_recorded(
    pat: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    page = pat.get(f"{HERE}/contact").text
    assert 'value="after 5 p.m."' in page
    wrong = submit(pat, f"{HERE}/contact", reach_note="only mornings")
    assert (wrong.status_code, 'value="only mornings"' in wrong.text) == (422, True)
    typed = {"voicemail": "yes", "through": "Robin 207 555 0100", "reach_note": ""}
    assert leads_to(submit(pat, f"{HERE}/contact", **typed)) == f"{HERE}?done=contact"
    assert {name: answers_of(databases, referral)[name] for name in typed} == typed
    assert [name for name, _to, _letter in mail.read()] == [], "who has not opened it yet is not told"
    clinic_opens_it(databases, referral)
    mail.read()
    leads_to(submit(pat, f"{HERE}/contact", **typed | {"voicemail": "no"}))
    [(name, _to, letter)] = mail.read()
    assert (name, "Robin" in letter.text) == ("referral_changed", False)
    with reading(databases) as db:
        rows = db.exec(select(AuditEvent).where(AuditEvent.action == "contact_changed")).all()
    assert [row.actor_label for row in rows] == [referral.reference] * 2


def clinic_opens_it(databases: Databases, referral: Referral) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.open_by_clinic(db, queries.find_task_of(db, referral.id).id, by=NOOR, at=AT)


def test_a_call_is_logged_by_the_sender_and_counts_as_the_clinics_answer(
    pat: Client, databases: Databases, referral: Referral
) -> None:
    wrong = submit(pat, f"{HERE}/by-phone", **CALL | {"spoken_year": "2020"}, answer="yes")
    assert (wrong.status_code, "within the last three months" in words_of(wrong.text)) == (422, True)
    words = words_of(pat.get(leads_to(submit(pat, f"{HERE}/by-phone", **CALL, answer="yes"))).text)
    assert "You noted of a call:" in words
    assert "The clinic said yes by phone" in words
    assert task_of(databases, referral).status == "accepted"


def test_what_the_clinic_noted_of_a_call_for_itself_is_not_shown(
    pat: Client, databases: Databases, referral: Referral
) -> None:
    clinic_does(databases, referral, "accept_by_phone", said=Said(phone="Marker of the clinic"))
    assert "Marker of the clinic" not in pat.get(HERE).text


def test_which_clinic_is_asked_now_and_which_comes_next_is_said(
    client: Client, databases: Databases, clock: Clock, mail: Mail
) -> None:
    first, second, third = ranked_clinics(databases, 3)
    referral = sent_request(databases, first, then=(second, third))
    clinic_does(databases, referral, "decline", reason="no_capacity", said=Said(words="Sorry, we are full."))
    mail.read()
    words = words_of(sender_opens(client, mail, referral.reference).text)
    assert words.index("Declined:") < words.index("May be asked later.")
    assert "Sorry, we are full." in words


def test_my_data_comes_as_text_and_json_with_a_neutral_name_kept_by_no_cache_and_recorded(
    pat: Client, databases: Databases, referral: Referral
) -> None:
    page = pat.get(f"{HERE}/data")
    assert title_of(page.text) == "Your data – Lanternway"
    for kind in ("txt", "json"):
        assert f"{HERE}/data/{kind}" in links_of(page.text)
        answer = pat.get(f"{HERE}/data/{kind}")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-disposition"] == f'attachment; filename="request-{referral.reference}.{kind}"'
        assert "Pat Quillfeather" in answer.text
    found = json.loads(pat.get(f"{HERE}/data/json").text)
    assert found["answers"]["reach_note"] == "after 5 p.m."
    assert [step["verb"] for step in found["clinics"][0]["steps"]] == ["send"]
    assert pat.get(f"{HERE}/data/xml").status_code == 404
    with reading(databases) as db:
        assert len(db.exec(select(AuditEvent).where(AuditEvent.action == "exported")).all()) == 3


def test_records_under_part_2_are_in_no_file(client: Client, databases: Databases, clock: Clock, mail: Mail) -> None:
    referral = sent_request(databases, ready_clinic(databases), clinician=True, part2="yes", part2_consent="yes")
    sender_opens(client, mail, referral.reference, "rivera@example.com")
    for kind in ("txt", "json"):
        text = client.get(f"{HERE}/data/{kind}").text
        assert "42 CFR Part 2" in text
        assert "Quillfeather" not in text
        assert "F332" not in text.replace(".", "")


def test_records_under_part_2_carry_their_notice_on_every_page_that_shows_what_was_written(
    client: Client, databases: Databases, clock: Clock, mail: Mail
) -> None:
    notice = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
    asked = {"part2": "yes", "part2_consent": "yes", "email": "pat@example.net", "patient_mail": "yes"}
    referral = sent_request(databases, ready_clinic(databases), clinician=True, **asked)
    clinic_opens(client, mail, mail.link())
    leads_to(submit(client, "/answer/current/ask", question="Since when?", whom="patient"))
    for page in ("", "/text"):
        assert notice in words_of(client.get(f"/answer/current{page}").text)
    for mailbox in ("rivera@example.com", "pat@example.net"):
        sender_opens(client, mail, referral.reference, mailbox)
        for page in ("", "/reply"):
            assert notice in words_of(client.get(f"{HERE}{page}").text), (mailbox, page)


@pytest.mark.parametrize("verbs", [(), ("accept",), ("accept", "complete")])
def test_deleted_everything_is_gone_at_once_and_only_the_steps_stay(
    pat: Client, databases: Databases, referral: Referral, verbs: tuple[str, ...]
) -> None:
    for verb in verbs:
        clinic_does(databases, referral, verb, said=Said(outcome={"note": "Marker"} if verb == "complete" else None))
    words = words_of(pat.get(f"{HERE}/delete").text)
    assert "What stays for six years" in words
    assert submit(pat, f"{HERE}/delete").status_code == 422
    at = leads_to(submit(pat, f"{HERE}/delete", sure="yes"))
    page = pat.get(at)
    assert "What was asked and answered has been deleted." in words_of(page.text)
    with reading(databases) as db:
        row = queries.get_referral(db, referral.id)
        assert (row.content_sealed, row.mailbox_sealed, row.key_wrapped) == (None, None, None)
        task = queries.find_task_of(db, referral.id)
        assert task.status == ("completed" if "complete" in verbs else "cancelled")
        assert len(queries.find_history(db, task.id)) >= 2
        assert notes.find(db, task.id) == []
        assert attachments.find(db, referral.id) == []
    assert pat.get(f"{HERE}/delete").status_code == 409
    assert pat.get(f"{HERE}/data/json").status_code == 200
    assert leads_to(pat.post(f"{HERE}/delete", data={"sure": "yes"})) == f"{HERE}?done=delete"


def test_of_a_completed_request_that_was_deleted_the_clinic_reads_nothing(
    client: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    clinic_opens(client, mail, mail.link())
    clinic_does(databases, referral, "accept")
    clinic_does(databases, referral, "complete", said=Said(outcome={"note": "Marker"}))
    with unit_of_work(databases, wiring.dispatch) as db:
        sender_actions.delete(db, referral.id, by=actions.sender_of(referral), at=AT)
    page = client.get("/answer/current")
    assert page.status_code == 200
    assert "Quillfeather" not in page.text
    assert client.get("/answer/current/text").status_code == 303


def test_a_clinician_marks_a_mistake_and_a_patient_is_not_offered_that(
    pat: Client, databases: Databases, referral: Referral, mail: Mail
) -> None:
    assert f"{HERE}/mistake" not in links_of(pat.get(HERE).text)
    assert pat.get(f"{HERE}/mistake").status_code == 409
    assert pat.post(f"{HERE}/mistake", data={"version": "1", "sure": "yes"}).status_code == 403
    riveras = sent_request(databases, task_of(databases, referral).location_id, key="riveras", clinician=True)
    pat.post("/requests/done")
    mail.read()
    sender_opens(pat, mail, riveras.reference, "rivera@example.com")
    assert submit(pat, f"{HERE}/mistake").status_code == 422
    at = leads_to(submit(pat, f"{HERE}/mistake", sure="yes"))
    assert "The clinic can read nothing of it any more." in words_of(pat.get(at).text)
    assert task_of(databases, riveras).status == "error_reported"


def test_the_senders_call_is_read_by_the_clinic(databases: Databases, pat: Client, referral: Referral) -> None:
    leads_to(submit(pat, f"{HERE}/by-phone", **CALL, answer="yes"))
    with reading(databases) as db:
        [note] = notes.find(db, task_of(databases, referral).id, kinds=(NoteKind.PHONE,))
    assert note.text == "I with Noor, on March 10, 2026: Marker"
