"""A signed-in clinician begins with the own data or a template, and nothing of any patient is in either."""

import datetime as dt
import re
from typing import Any

import pytest
from sqlmodel import select

from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading, unit_of_work
from directory.referrals import templates
from directory.referrals.forms import clinician
from directory.referrals.models import Referral
from directory.referrals.template import Template
from tests.support.clinics import AT
from tests.support.forms import Client, leads_to, links_of, submit, words_of
from tests.support.people import RIVERA, person, sign_in
from tests.support.requests import CLINICIAN, SLUG, ready_clinic, sent_request
from tests.support.time import Clock

HOME, START = "/referrals/templates", f"/referrals/start/{SLUG}"
SAVED = f"{HOME}?done=saved"
REPLY = {"role": "psychiatrist", "stays": "yes", "answer_by": "phone"}


@pytest.fixture
def user(databases: Databases, clock: Clock) -> Any:
    """Dr Rivera, who has an account."""
    return person(databases, RIVERA)


@pytest.fixture
def sent(user: Any, client: Client, databases: Databases) -> Referral:
    """A referral of Dr Rivera's, who is signed in."""
    found = sent_request(databases, ready_clinic(databases), clinician=True, **REPLY)
    sign_in(client, databases, Role.REFERRER)
    return found


def begun(client: Client, **chosen: str) -> str:
    return leads_to(submit(client, START, agree_terms="yes", **chosen))


def test_what_is_kept_of_a_sender_is_what_the_forms_ask_of_one() -> None:
    assert set(templates.SENDER) == {*clinician.Sender.model_fields, *clinician.Reply.model_fields}
    assert {*templates.ASKED, "question"} == set(clinician.Question.model_fields)


def test_before_the_first_referral_the_account_is_known_and_the_rest_is_asked(
    user: Any, client: Client, databases: Databases
) -> None:
    ready_clinic(databases)
    assert START in links_of(client.get(f"/clinics/{SLUG}/refer").text)
    assert client.get(START, follow_redirects=False).status_code == 303, "to the sign-in"
    sign_in(client, databases, Role.REFERRER)
    assert submit(client, START).status_code == 422
    assert begun(client) == "/refer/sender"
    assert 'value="rivera@example.com"' in client.get("/refer/sender").text


def test_the_own_data_of_the_last_referral_are_not_asked_again_and_can_be_changed(
    user: Any, sent: Referral, client: Client, databases: Databases
) -> None:
    with unit_of_work(databases) as db:
        templates.remember(db, user.id, CLINICIAN | REPLY, at=AT)
        templates.remember(db, user.id, CLINICIAN | REPLY | {"organization": "Rivera & Daughters"}, at=AT)
    assert begun(client) == "/refer/patient"
    page = client.get("/refer/patient")
    assert "You refer as Dr Rosa Rivera, MD." in words_of(page.text)
    assert "Quillfeather" not in page.text
    assert "Rivera &amp; Daughters" in client.get("/refer/sender").text
    assert re.search('value="phone"[^>]* checked', client.get("/refer/reply").text)


@pytest.mark.parametrize("name", ["Li Bo", "Ли Бо", "Bo Ú"])
def test_a_patient_with_a_short_name_or_in_other_letters_is_known_by_the_whole_of_it(
    databases: Databases, clock: Clock, name: str
) -> None:
    referral = sent_request(databases, ready_clinic(databases), clinician=True, patient_name=name)
    with reading(databases) as db:
        assert "names the patient" in templates.what_is_wrong(db, referral, f"Please see {name.upper()}, again.")
        assert templates.what_is_wrong(db, referral, "Please see this patient in the lobby again.") == ""


def test_a_template_takes_nothing_of_the_patient_and_is_sealed(
    user: Any, sent: Referral, client: Client, databases: Databases
) -> None:
    at = f"/referrals/{sent.reference}/template"
    assert at in links_of(client.get(f"/referrals/{sent.reference}").text)
    for typed in ({"name": "For Quillfeather"}, {"name": "TRD", "question": "Please see Pat again."}):
        wrong = submit(client, at, **typed)
        assert wrong.status_code == 422
        assert "This names the patient." in words_of(wrong.text)
    numbered = submit(client, at, name="TRD", question="Please see again, born 5/6/1980.")
    assert numbered.status_code == 422
    assert "This looks like it is about one patient." in words_of(numbered.text)
    assert "born 5/6/1980." in numbered.text
    assert leads_to(submit(client, at, name="TRD, second opinion", question="Please evaluate.")) == SAVED
    with reading(databases) as db:
        [row] = db.exec(select(Template).where(Template.number > 0)).all()
        [kept] = templates.find_all(db, user.id)
    assert b"second" not in row.content_sealed
    told = dict(kept.answers)
    assert told.keys() <= {*templates.SENDER, *templates.ASKED, "question"}
    assert (told["treatment"], told["urgency"], told["question"]) == ("SPRAVATO", "soon", "Please evaluate.")
    assert "Quillfeather" not in f"{told}"


def test_a_referral_begins_with_a_template_and_templates_are_changed_and_deleted(
    user: Any, sent: Referral, client: Client, databases: Databases
) -> None:
    leads_to(submit(client, f"/referrals/{sent.reference}/template", name="TRD", question="Please evaluate."))
    page = client.get(HOME)
    assert f"{START}?template=1" in links_of(page.text)
    chosen = client.get(f"{START}?template=1").text
    assert re.search('<option value="1" selected>', chosen)
    assert begun(client, template="1") == "/refer/patient"
    question = client.get("/refer/question").text
    assert ">Please evaluate.</textarea>" in question
    assert re.search('value="SPRAVATO"[^>]* checked', question)
    assert leads_to(client.get("/refer", follow_redirects=False)) == "/refer/patient", "the question is still asked"
    one = f"{HOME}/1"
    assert submit(client, HOME, action=one, name=" ").status_code == 422
    wrong = submit(client, HOME, action=one, name="Esketamine", question="Call pat@example.net")
    assert wrong.status_code == 422
    assert ">Call pat@example.net</textarea>" in wrong.text
    assert leads_to(submit(client, HOME, action=one, name="Esketamine", question="Call rivera@example.com")) == SAVED
    changed = words_of(client.get(SAVED).text)
    assert "The template is saved." in changed
    assert "Esketamine" in changed
    assert "Call rivera@example.com" in changed
    leads_to(submit(client, HOME, action=one, name="x", delete="yes"))
    assert "No templates yet" in words_of(client.get(HOME).text)
    assert submit(client, START, agree_terms="yes", template="1").status_code == 404


def test_anothers_template_is_not_there(sent: Referral, client: Client, databases: Databases) -> None:
    leads_to(submit(client, f"/referrals/{sent.reference}/template", name="TRD"))
    with unit_of_work(databases) as db:
        [row] = db.exec(select(Template).where(Template.number > 0)).all()
        stranger = row.id  # no account has this id
        assert templates.find_all(db, stranger) == []
        templates.delete(db, stranger, 1)
        assert len(templates.find_all(db, row.user_id)) == 1
        templates.delete(db, row.user_id, 0)
        templates.forget(db, row.user_id)
        assert templates.find_all(db, row.user_id) == []
    assert submit(client, f"/referrals/{sent.reference}/template", name="a" * 61).status_code == 422


def test_the_list_is_narrowed_by_an_address_that_can_be_kept(
    sent: Referral, client: Client, databases: Databases, clock: Clock
) -> None:
    here = f"/referrals/{sent.reference}"
    day = AT.date()
    for query, shown in (
        (f"clinic={SLUG}", True),
        ("clinic=another", False),
        ("state=sent", True),
        ("state=completed", False),
        ("waited=1", False),
        (f"since={day}&until={day}", True),
        (f"since={day + dt.timedelta(days=1)}", False),
        (f"until={day - dt.timedelta(days=1)}", False),
        ("waited=x&since=yesterday&until=0001-01-01&state=nonsense", True),
    ):
        page = client.get(f"/referrals?{query}")
        assert page.status_code == 200
        assert (here in links_of(page.text)) is shown, query
    clock.advance(days=2)
    sign_in(client, databases, Role.REFERRER)
    page = client.get("/referrals?waited=1&clinic=" + SLUG)
    assert here in links_of(page.text)
    assert f"/referrals?tab=closed&clinic={SLUG}&waited=1" in links_of(page.text)
