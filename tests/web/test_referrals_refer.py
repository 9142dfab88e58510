"""A clinician refers a patient, page by page; a code proves the mailbox before anything is sent."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import select

from directory.accounts import codes
from directory.lib import sealed
from directory.lib.db import Databases, reading
from directory.referrals import content
from directory.referrals.models import Referral, ReferralTask, Source
from tests.support.forms import Client, form_of, leads_to, links_of, submit, words_of
from tests.support.journeys import RIVERA, Mail, answer_all, begin
from tests.support.requests import ready_clinic
from tests.support.site import SECRET
from tests.support.time import Clock


@pytest.fixture
def site(client: Client, databases: Databases, clock: Clock) -> Client:
    """The application with Harbour Clinic in it."""
    ready_clinic(databases)
    return client


@pytest.fixture
def mail(site: Client, databases: Databases) -> Mail:
    """What is mailed from now on."""
    found = Mail(databases)
    found.read()
    return found


def requests(databases: Databases) -> list[Referral]:
    with reading(databases) as db:
        return list(db.exec(select(Referral)).all())


def finished(site: Client, clock: Clock, **changed: dict[str, Any]) -> None:
    assert answer_all(site, begin(site, form="refer"), RIVERA | changed) == "/refer/check"
    clock.advance(minutes=5)


def test_a_referral_is_sent_when_the_code_has_come_back(
    site: Client, databases: Databases, clock: Clock, mail: Mail
) -> None:
    finished(site, clock)
    shown = words_of(site.get("/refer/check").text)
    assert "F33.2 Major depressive disorder, recurrent severe without psychotic features" in shown
    assert "PHQ-9: 19 (moderately severe), on March 1, 2026" in shown
    assert leads_to(submit(site, "/refer/check")) == "/refer/code"
    assert requests(databases) == []
    assert leads_to(submit(site, "/refer/code", code=mail.code())) == "/refer/sent"
    [referral] = requests(databases)
    assert (referral.source, referral.urgency, referral.part2_source) == (Source.CLINICIAN, "soon", True)
    assert referral.mailbox_proved_at is not None
    assert referral.consent_version == "clinician-2026-11-01"
    assert referral.reference in site.get("/refer/sent").text
    assert sorted(name for name, _mailbox, _words in mail.read()) == ["referral_arrived", "request_received"]
    with reading(databases) as db:
        kept = content.answers_of(sealed.ring_of(db), db.exec(select(Referral)).one())
        assert db.exec(select(ReferralTask.urgency)).one() == "soon"
    assert (kept["diagnosis"], kept["avm"], kept["born"]) == ("F332", "YES", "1980-05-06")


def test_a_wrong_code_sends_nothing_and_says_how_many_tries_are_left(
    site: Client, databases: Databases, clock: Clock, mail: Mail
) -> None:
    finished(site, clock)
    leads_to(submit(site, "/refer/check"))
    right = mail.code()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    answer = submit(site, "/refer/code", code=wrong)
    assert answer.status_code == 422
    assert "You can try 4 more times" in words_of(answer.text)
    assert "rivera@example.com" in answer.text
    assert requests(databases) == []
    assert leads_to(submit(site, "/refer/code", code=f" {right[:3]} {right[3:]} ")) == "/refer/sent"


def test_the_code_opens_nothing_in_another_browser(
    site: Client, databases: Databases, clock: Clock, mail: Mail
) -> None:
    finished(site, clock)
    leads_to(submit(site, "/refer/check"))
    code = mail.code()
    form = form_of(site.get("/refer/code").text)
    site.cookies.delete("code-sender")
    assert site.post("/refer/code", data={**form.hidden, "code": code}).status_code == 422
    assert requests(databases) == []


def test_sent_twice_it_is_one_referral(site: Client, databases: Databases, clock: Clock, mail: Mail) -> None:
    finished(site, clock)
    leads_to(submit(site, "/refer/check"))
    code = mail.code()
    form = form_of(site.get("/refer/code").text)
    for _press in range(2):
        assert leads_to(site.post("/refer/code", data={**form.hidden, "code": code})) == "/refer/sent"
    assert leads_to(site.get("/refer/code")) == "/refer/sent"
    assert len(requests(databases)) == 1


def test_pressed_twice_at_once_both_answers_lead_to_the_one_referral(
    site: Client, databases: Databases, clock: Clock, mail: Mail
) -> None:
    finished(site, clock)
    leads_to(submit(site, "/refer/check"))
    typed = {**form_of(site.get("/refer/code").text).hidden, "code": mail.code()}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _press: site.post("/refer/code", data=typed), range(2)))
    assert [leads_to(answer) for answer in answers] == ["/refer/sent", "/refer/sent"]
    assert len(requests(databases)) == 1


def test_a_press_whose_twin_has_used_the_code_and_not_yet_sent_leads_to_the_referral(
    site: Client, databases: Databases, clock: Clock, mail: Mail
) -> None:
    finished(site, clock)
    leads_to(submit(site, "/refer/check"))
    typed = {**form_of(site.get("/refer/code").text).hidden, "code": mail.code()}
    browser = site.cookies["code-sender"]
    assert isinstance(
        codes.check(databases, SECRET, purpose="sender", browser=browser, typed=typed["code"]), codes.Proved
    )
    for _press in range(2):
        assert leads_to(site.post("/refer/code", data=typed)) == "/refer/sent"
    assert len(requests(databases)) == 1


def test_a_high_level_stops_the_form_with_what_to_do_instead(site: Client, databases: Databases) -> None:
    at = answer_all(site, begin(site, form="refer"), RIVERA, until="risk")
    assert leads_to(submit(site, at, risk="HIGH")) == "/refer/emergency"
    page = site.get("/refer/emergency").text
    assert "needs an emergency evaluation, not an outpatient referral" in words_of(page)
    assert {"tel:911", "tel:988"} <= set(links_of(page))
    assert leads_to(site.get("/refer/check")) == "/refer/risk"
    assert "checked" not in site.get("/refer/risk").text


def test_a_patient_under_eighteen_stops_the_form(site: Client) -> None:
    at = answer_all(site, begin(site, form="refer"), RIVERA, until="patient")
    young = {"patient_name": "Young Person", "born_month": "3", "born_day": "11", "born_year": "2008"}
    assert leads_to(submit(site, at, **young)) == "/refer/under-18"
    assert "Spravato is not approved for them" in words_of(site.get("/refer/under-18").text)
    assert leads_to(site.get("/refer/check")) == "/refer/patient"
    assert "Young Person" not in site.get("/refer/patient").text


def test_nothing_is_chosen_beforehand_where_a_no_must_be_said(site: Client) -> None:
    at = answer_all(site, begin(site, form="refer"), RIVERA, until="screen")
    assert "checked" not in site.get(at).text
    answer = submit(site, at, aneurysm="NO", avm="NO", ich="NO")
    assert answer.status_code == 422
    assert "Choose no, yes or not known for hypersensitivity" in words_of(answer.text)


def test_the_picker_lists_codes_that_can_be_billed_and_no_headers(site: Client) -> None:
    at = answer_all(site, begin(site, form="refer"), RIVERA, until="diagnosis")
    page = site.get(at).text
    assert 'list="codes"' in page
    assert '<option value="F33.2">' in page
    assert '<option value="F42">' not in page
    answer = submit(site, at, diagnosis="F42", failed_trials="0")
    assert answer.status_code == 422
    assert "F42 is a heading" in words_of(answer.text)


def test_nothing_is_asked_of_a_clinician_before_the_disclosures(site: Client) -> None:
    page = site.get("/clinics/harbour-clinic-portland-me/refer")
    words = words_of(page.text)
    assert "What clinics pay. Nothing." in words
    assert "Do not send psychotherapy notes." in words
    refused = submit(site, "/clinics/harbour-clinic-portland-me/refer")
    assert refused.status_code == 422
