"""The clinic's side of a request behind the mailed code: every step, wrong input, and who was faster."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts.models import AuditEvent
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.queries import get_record
from directory.referrals import (
    actions,
    clinic_actions,
    letter,
    notes,
    outcomes,
    own_data,
    queries,
    sender_actions,
    sender_view,
    terms,
)
from directory.referrals.clinic_actions import Said
from directory.referrals.clinic_side import STEPS
from directory.referrals.lifecycle import TRANSITIONS
from directory.referrals.models import Referral, ReferralTask, Who
from tests.support.clinics import AT
from tests.support.forms import Client, form_of, leads_to, submit, words_of
from tests.support.journeys import Mail, clinic_opens
from tests.support.requests import NOOR, ready_clinic, sent_request
from tests.support.time import Clock

HERE = "/answer/current"
DAY = {"appointment_month": "3", "appointment_day": "24", "appointment_year": "2026", "time": "2:30 pm"}


@pytest.fixture
def referral(databases: Databases, clock: Clock) -> Referral:
    """What Dr Rivera sent to Harbour Clinic."""
    return sent_request(databases, ready_clinic(databases), clinician=True)


@pytest.fixture
def noor(client: Client, databases: Databases, referral: Referral) -> Client:
    """Noor's browser, past the code."""
    mail = Mail(databases)
    clinic_opens(client, mail, mail.link())
    return client


def task_of(databases: Databases, referral: Referral) -> ReferralTask:
    with reading(databases) as db:
        return queries.find_task_of(db, referral.id)


def do(noor: Client, name: str, **typed: Any) -> str:
    """Take a step as the page offers it; what the request's page says then."""
    assert f'href="{HERE}/{name}"' in noor.get(HERE).text, f"{name} is not offered"
    at = leads_to(submit(noor, f"{HERE}/{name}", **typed))
    return words_of(noor.get(at).text)


def test_a_request_is_asked_about_accepted_scheduled_missed_made_again_seen_and_completed(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    assert "Your time to answer stands still" in do(noor, "ask", question="Which antidepressants?")
    with unit_of_work(databases, wiring.dispatch) as db:
        sender = actions.sender_of(referral)
        sender_actions.reply(db, referral.id, "Sertraline.", by=sender, at=AT, version=3)
    words = words_of(noor.get(HERE).text)
    assert words.index("Which antidepressants?") < words.index("The sender wrote") < words.index("Sertraline.")
    assert "You accepted the request" in do(noor, "accept", words="We call on Monday.")
    assert "Appointment: March 24, 2026 at 2:30 p.m. EDT" in do(noor, "schedule", **DAY)
    assert "Could not get there" in do(noor, "no-show", reason="transport")
    assert submit(noor, f"{HERE}/cancel-appointment").status_code == 422
    assert submit(noor, f"{HERE}/cancel-appointment", reason="other").status_code == 422
    assert "The patient is ill" in do(noor, "cancel-appointment", reason="ill")
    again = do(noor, "schedule", **DAY | {"appointment_day": "31"})
    assert "March 31, 2026 at" in again
    assert "First session." in do(noor, "visit", note="First session.", sessions="1", dose="56")
    typed = {"note": "Much better.", "sessions": "8", "scale": "PHQ9", "total_before": "19", "total_after": "7"}
    words = do(noor, "complete", **typed, events=["sedation"], plan="Weekly.")
    assert "The outcome went back to the sender." in words
    assert "PHQ-9 from 19 to 7" in words
    assert "What you can do now" not in words
    task = task_of(databases, referral)
    assert task.status == "completed"
    with reading(databases) as db:
        assert [each.final for each in outcomes.find(db, task.id)] == [False, True]


def test_the_waiting_list_takes_the_week_of_the_day_that_was_typed(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    day = {"expected_month": "4", "expected_day": "9", "expected_year": "2026"}
    assert "Expected in the week of April 6, 2026" in do(noor, "waitlist", **day)
    assert task_of(databases, referral).expected_on == dt.date(2026, 4, 6)
    assert "Name another week" in words_of(noor.get(HERE).text)


def test_an_answer_by_phone_is_logged_with_who_when_and_what(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    typed = {"answer": "no", "spoke_with": "Noor with Dr Rivera", "what": "We are full until May."}
    day = {"spoken_month": "3", "spoken_day": "10", "spoken_year": "2026"}
    wrong = submit(noor, f"{HERE}/by-phone", **typed)
    assert wrong.status_code == 422
    assert "Choose a reason" in words_of(wrong.text)
    assert leads_to(submit(noor, f"{HERE}/by-phone", **typed, **day, reason="no_capacity")) == "/answer/done"
    with reading(databases) as db:
        [note] = notes.find(db, task_of(databases, referral).id)
    assert note.text == "Noor with Dr Rivera, on March 10, 2026: We are full until May."


WRONG: tuple[tuple[str, dict[str, str], str], ...] = (
    ("decline", {"words": "Kept words"}, "Choose a reason"),
    ("decline", {"reason": "other", "words": "Kept words"}, "Write a few words on this reason"),
    ("ask", {}, "Write your question"),
    ("waitlist", {"words": "Kept words"}, "Enter a day of the week you expect"),
    ("waitlist", {"expected_month": "2", "expected_day": "31", "expected_year": "2026"}, "Enter a day, like"),
    ("accept", {}, ""),
    ("schedule", DAY | {"time": "25:00", "words": "Kept words"}, "Enter a time, like 2:30 pm"),
    ("schedule", DAY | {"appointment_year": "2031"}, "Enter a day between a month ago"),
    ("complete", {"plan": "Kept words"}, "Write the outcome: the sender waits for it"),
    ("visit", {"note": "n", "scale": "PHQ9", "total_after": "99"}, "PHQ-9 totals run from 0 to 27"),
    ("visit", {"note": "n", "total_after": "9"}, "Choose the scale that this total belongs to"),
    ("visit", {"note": "n", "sessions": "many"}, "Enter a number, like 8"),
)


def test_wrong_input_is_said_and_what_was_typed_is_kept(noor: Client, databases: Databases, referral: Referral) -> None:
    for name, typed, wrong in WRONG:
        answer = submit(noor, f"{HERE}/{name}", **typed)
        if not wrong:
            leads_to(answer)
            continue
        assert answer.status_code == 422, name
        assert wrong in words_of(answer.text)
        assert all(value in answer.text for value in typed.values())
    assert task_of(databases, referral).steps == 3


def test_who_was_slower_reads_what_happened_with_all_that_was_typed_and_may_press_again(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    do(noor, "accept")
    page = form_of(noor.get(f"{HERE}/schedule").text)
    with unit_of_work(databases, wiring.dispatch) as db:
        task = queries.find_task_of(db, referral.id)
        said = Said(outcome={"note": "Seen already."})
        clinic_actions.act(db, task.id, "record_visit", by=NOOR, at=AT, version=task.steps, said=said)
    late = noor.post(f"{HERE}/schedule", data={**page.hidden, **DAY, "words": "Second floor"})
    assert late.status_code == 409
    words = words_of(late.text)
    assert "Somebody was faster" in words
    assert "You wrote a note after a visit" in words
    assert "Second floor" in late.text
    again = noor.post(f"{HERE}/schedule", data={**form_of(late.text).hidden, **DAY, "words": "Second floor"})
    assert leads_to(again) == f"{HERE}?done=schedule"
    assert task_of(databases, referral).status == "scheduled"


def test_a_step_names_the_version_it_was_read_from_in_the_form_or_in_if_match(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    told = noor.get(f"{HERE}/actions")
    assert (told.json()["status"], told.json()["fhir_status"]) == ("delivered_opened", "received")
    assert {"name": "accept", "label": "Accept", "href": f"{HERE}/accept"} in told.json()["actions"]
    machine = {"Accept": "application/json"}
    assert noor.post(f"{HERE}/accept", headers=machine).status_code == 428
    assert noor.post(f"{HERE}/accept", headers=machine | {"If-Match": '"1"'}).status_code == 412
    assert noor.post(f"{HERE}/accept", headers={"If-Match": '"1"'}).status_code == 412
    assert task_of(databases, referral).status == "delivered_opened"
    leads_to(noor.post(f"{HERE}/accept", headers=machine | {"If-Match": told.headers["etag"]}))
    assert task_of(databases, referral).status == "accepted"


def test_who_is_too_late_for_the_step_reads_why_and_can_copy_what_was_typed(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    page = form_of(noor.get(f"{HERE}/decline").text)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.withdraw(db, referral.id, by=actions.sender_of(referral), at=AT)
    late = noor.post(f"{HERE}/decline", data={**page.hidden, "reason": "no_capacity", "words": "Sorry, full"})
    assert late.status_code == 409
    words = words_of(late.text)
    assert "is closed (Withdrawn)" in words
    assert "Sorry, full" in words
    assert "Quillfeather" not in late.text


def test_of_a_withdrawn_request_with_an_appointment_the_clinic_reads_nothing_but_that_it_was(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    do(noor, "accept", words="Marker words")
    do(noor, "schedule", **DAY)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.withdraw(db, referral.id, by=actions.sender_of(referral), at=AT)
    page = noor.get(HERE)
    assert "The sender withdrew this request" in words_of(page.text)
    assert not any(secret in page.text for secret in ("Quillfeather", "Marker", "March 24"))
    assert noor.get(f"{HERE}/text").status_code == 403
    assert leads_to(submit(noor, f"{HERE}/confirm-cancel")) == "/answer/done"
    assert task_of(databases, referral).status == "cancelled"


def test_a_step_that_the_state_does_not_allow_is_a_conflict_and_an_unknown_one_is_not_there(noor: Client) -> None:
    assert noor.get(f"{HERE}/complete").status_code == 409
    assert noor.get(f"{HERE}/nonsense").status_code == 404
    assert noor.post(f"{HERE}/nonsense").status_code == 404


def test_a_note_of_the_clinic_stays_with_the_clinic(noor: Client, databases: Databases, referral: Referral) -> None:
    answer = submit(noor, HERE, action=f"{HERE}/note")
    assert answer.status_code == 422
    assert "Write the note" in words_of(answer.text)
    assert leads_to(submit(noor, HERE, action=f"{HERE}/note", note="Call after five.")) == f"{HERE}#notes"
    assert "Call after five." in noor.get(HERE).text
    with reading(databases) as db:
        assert notes.find(db, task_of(databases, referral).id, kinds=notes.SENDER_READS) == []


def test_the_clinics_own_number_stands_on_its_page_its_text_and_the_senders_page_and_file(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    do(noor, "accept", number="MRN 4711")
    assert "Your own number MRN 4711" in words_of(noor.get(HERE).text)
    number = f"{HERE}/number"
    for typed, wrong in (("4" * 41, "Use 40 characters or fewer"), ("47\n11", "on one line")):
        answer = submit(noor, HERE, action=number, number=typed)
        assert answer.status_code == 422
        assert wrong in words_of(answer.text)
    task = task_of(databases, referral)
    stale = noor.post(number, data={"version": str(task.steps - 1), "number": "MRN 4712"})
    assert stale.status_code == 409
    assert 'value="MRN 4712"' in stale.text, "what was typed is kept"
    assert noor.post(number, data={"number": "x"}, headers={"If-Match": '"1"'}).status_code == 412
    assert noor.post(number, data={"number": "x"}, headers={"Accept": "application/json"}).status_code == 428
    assert leads_to(submit(noor, HERE, action=number, number="MRN 4712")) == f"{HERE}#notes"
    assert "Your own number: MRN 4712" in noor.get(f"{HERE}/text").text
    with reading(databases) as db:
        row = queries.get_referral(db, referral.id)
        view = sender_view.view_of(db, row, now=AT)
        assert view.clinics_number == "MRN 4712"
        assert sender_view.view_of(db, row, now=AT, reader=Who.PATIENT).clinics_number == ""
        [kept] = own_data.as_data(db, row, view)["clinics_own_numbers"]
        assert kept["number"] == "MRN 4712"
        assert "under its own number MRN 4712" in own_data.as_text(db, row, view)
        told = letter.told(row, {}, get_record(db, task.location_id), enclosed=[], site_name="x", number="MRN 4712")
        assert told["reference"].endswith("the clinic’s number MRN 4712")


def test_the_outcome_takes_diagnoses_findings_services_recommendations_and_medication(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    do(noor, "accept")
    assert "<details" in noor.get(f"{HERE}/complete").text
    wrong = submit(noor, f"{HERE}/complete", note="Done.", final_diagnosis="depressive", findings="Kept words")
    assert wrong.status_code == 422
    assert "Choose the code that you mean" in words_of(wrong.text)
    assert "Kept words" in wrong.text
    assert '<details class="details" open>' in wrong.text
    assert 'name="final_diagnosis" value="F33.2"' in wrong.text, "the codes that may be meant are offered"
    given = {"findings": "Alert.", "services": "Eight sessions.", "recommendations": "Monthly.", "medication": "None."}
    words = do(noor, "complete", note="Done.", initial_diagnosis="f332", final_diagnosis="F33.41", **given)
    labels = ("Findings Alert.", "Services given Eight sessions.", "Recommendations Monthly.", "Medication None.")
    for part in ("Initial diagnosis (ICD-10-CM) F33.2 Major", "Final diagnosis (ICD-10-CM) F33.41", *labels):
        assert part in words
    assert "Services given: Eight sessions." in noor.get(f"{HERE}/text").text
    with reading(databases) as db:
        row = queries.get_referral(db, referral.id)
        view = sender_view.view_of(db, row, now=AT)
        assert {each.label: each.value for each in view.returned[0].rows}["Recommendations"] == "Monthly."
        assert "Medication: None." in own_data.as_text(db, row, view)


def test_the_plain_text_holds_the_letter_and_is_never_kept(noor: Client, databases: Databases) -> None:
    do(noor, "ask", question="Which antidepressants?")
    answer = noor.get(f"{HERE}/text")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    for part in ("Pat Quillfeather", "F33.2", "You asked: Which antidepressants?", "REFERRING CLINICIAN"):
        assert part in answer.text
    with reading(databases) as db:
        looks = db.exec(select(AuditEvent).where(AuditEvent.action == "viewed")).all()
    assert len(looks) >= 3


def test_a_request_is_passed_on_to_another_clinic_with_the_patients_yes_and_the_first_one_loses_sight(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    assert "No other clinic near the patient" in words_of(noor.get(f"{HERE}/redirect").text)
    other = ready_clinic(databases, slug="kits-clinic", mailbox="kit@example.org", npi="1003000126")
    typed = {"to": "kits-clinic", "spoke_with": "Noor, by phone, today"}
    refused = submit(noor, f"{HERE}/redirect", **typed)
    assert refused.status_code == 422
    assert "without a yes it cannot go to another clinic" in words_of(refused.text)
    assert submit(noor, f"{HERE}/redirect", **typed | {"to": "nowhere", "agreed": "yes"}).status_code == 422
    own = submit(noor, f"{HERE}/redirect", **typed | {"to": "harbour-clinic-portland-me", "agreed": "yes"})
    assert "This clinic was asked already." in words_of(own.text)
    assert task_of(databases, referral).status == "delivered_opened"
    assert leads_to(submit(noor, f"{HERE}/redirect", **typed, agreed="yes")) == "/answer/done"
    task = task_of(databases, referral)
    assert (task.location_id, task.status, task.rank) == (other, "sent", 2)
    assert noor.get(HERE).status_code == 403
    with reading(databases) as db:
        [first, _second] = queries.find_tasks(db, referral.id)
        assert (first.status, first.reason) == ("declined", "redirected")
        assert notes.find(db, task.id) == []


def test_before_the_first_request_of_a_clinic_somebody_agrees_to_the_terms(
    make_client: Callable[..., Client], database_url: str, databases: Databases, clock: Clock
) -> None:
    sent_request(databases, ready_clinic(databases, terms_accepted=False))
    client, mail = make_client(database_url=database_url), Mail(databases)
    page = clinic_opens(client, mail, mail.link())
    assert f"version {terms.VERSION}" in words_of(page.text)
    for path in (HERE, f"{HERE}/decline", f"{HERE}/text"):
        assert "Quillfeather" not in client.get(path, follow_redirects=True).text
    assert submit(client, HERE).status_code == 422
    assert leads_to(submit(client, HERE, agree="yes")) == HERE
    assert "Pat Quillfeather" in client.get(HERE).text


def test_every_step_of_the_clinic_has_its_page() -> None:
    clinics = {row.verb for row in TRANSITIONS if Who.CLINIC in row.who}
    assert clinics - {"open"} == {verb for step in STEPS.values() for verb in step.verbs}
