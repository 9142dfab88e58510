"""A clinician refers a patient, page by page; a code proves the mailbox before anything is sent."""

import re
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
    assert "PHQ-9: 19 (moderately severe), on March 9, 2026" in shown
    assert "sertraline (SSRI), up to 200 mg a day, July 1, 2024 to October 1, 2024 (13 weeks): No response" in shown
    assert leads_to(submit(site, "/refer/check")) == "/refer/code"
    assert requests(databases) == []
    assert leads_to(submit(site, "/refer/code", code=mail.code())) == "/refer/sent"
    [referral] = requests(databases)
    assert (referral.source, referral.urgency, referral.part2_source) == (Source.CLINICIAN, "soon", True)
    assert referral.mailbox_proved_at is not None
    assert referral.consent_version == "clinician-2026-11-23"
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
    young = {"patient_name": "Young Person", "birth": "3/11/2008", "zip5": "04101"}
    assert leads_to(submit(site, at, **young)) == "/refer/under-18"
    assert "Spravato is not approved for them" in words_of(site.get("/refer/under-18").text)
    assert leads_to(site.get("/refer/check")) == "/refer/patient"
    assert "Young Person" not in site.get("/refer/patient").text


def test_nothing_is_chosen_beforehand_where_a_no_must_be_said(site: Client) -> None:
    at = answer_all(site, begin(site, form="refer"), RIVERA, until="screen")
    assert "checked" not in site.get(at).text
    answer = submit(site, at, aneurysm="NO", avm="NO", ich="NO", bp_hazard="NO")
    assert answer.status_code == 422
    assert "Choose no, yes or not known for “Hypersensitivity to esketamine" in words_of(answer.text)


def test_the_picker_lists_codes_that_can_be_billed_and_no_headers(site: Client) -> None:
    at = answer_all(site, begin(site, form="refer"), RIVERA, until="diagnosis")
    page = site.get(at).text
    assert 'list="codes"' in page
    assert '<option value="F33.2">' in page
    assert '<option value="F42">' not in page
    answer = submit(site, at, diagnosis="F42")
    assert answer.status_code == 422
    assert "F42 is a heading" in words_of(answer.text)
    assert 'type="radio" id="diagnosis-meant-1" name="diagnosis" value="F42.2"' in answer.text


def test_words_list_the_codes_they_may_mean_and_choosing_one_goes_on(site: Client) -> None:
    at = answer_all(site, begin(site, form="refer"), RIVERA, until="diagnosis")
    answer = submit(site, at, diagnosis="recurrent severe depression")
    assert answer.status_code == 422
    words = words_of(answer.text)
    assert "Choose the code that you mean by “recurrent severe depression”" in words
    assert "F33.2 Major depressive disorder, recurrent severe without psychotic features" in words
    assert "F32.2 Major" not in words.split("Choose one, or change")[1].split("episode begin")[0]
    hidden = form_of(answer.text).hidden
    assert (
        leads_to(site.post(at, data={**hidden, "diagnosis": ["recurrent severe depression", "F33.2"]}))
        == "/refer/trials"
    )


def test_a_row_is_added_without_scripts_and_nothing_typed_is_lost(site: Client) -> None:
    at = answer_all(site, begin(site, form="refer"), RIVERA, until="trials")
    assert form_of(site.get(at).text).names >= {"trials-1-drug", "trials-2-drug"}
    answer = submit(site, at, **RIVERA["trials"], more="row")
    assert answer.status_code == 200
    assert 'name="trials-3-drug" type="text" value=""' in answer.text
    assert 'value="Zoloft"' in answer.text
    assert "There is a problem" not in answer.text
    wrong = submit(site, at, **RIVERA["trials"] | {"trials-2-end": "3/2024", "trials-3-drug": "lithium"})
    assert wrong.status_code == 422
    assert 'href="#trials-2-end"' in wrong.text
    assert 'id="trials-2-end-error"' in wrong.text
    assert 'href="#trials-3-outcome"' in wrong.text
    assert 'value="lithium"' in wrong.text


def test_a_row_is_taken_away_without_scripts_and_the_others_stay(site: Client) -> None:
    at = answer_all(site, begin(site, form="refer"), RIVERA, until="trials")
    assert "Remove medicine" not in words_of(site.get(at).text)
    more = submit(site, at, **RIVERA["trials"], more="row").text
    assert "Remove medicine 2 venlafaxine" in words_of(more)
    answer = submit(site, at, **RIVERA["trials"], more="without-1")
    assert answer.status_code == 200
    assert 'value="Zoloft"' not in answer.text
    assert re.search('name="trials-1-drug"[^>]* value="venlafaxine"', answer.text)
    for odd in ("without-99", "without-x", "without-", "nonsense"):
        assert 'value="Zoloft"' in submit(site, at, **RIVERA["trials"], more=odd).text


def test_medicines_typed_as_lines_become_rows_and_what_was_not_understood_comes_back(site: Client) -> None:
    at = answer_all(site, begin(site, form="refer"), RIVERA, until="trials")
    good = "sertraline 200 mg, 7/2024, 13 weeks, no response, adequate dose"
    wrong = submit(site, at, trials_typed=f"{good}\nvenlafaxine, something odd")
    assert wrong.status_code == 422
    assert 'href="#trials_typed"' in wrong.text
    assert "What stands here could not be read" in words_of(wrong.text)
    assert ">venlafaxine, something odd</textarea>" in wrong.text
    assert re.search('name="trials-1-drug"[^>]* value="sertraline"', wrong.text)
    assert (
        leads_to(submit(site, at, trials_typed=f"{good}\nvenlafaxine, 1/2020 to 3/2020, partial")) == "/refer/medicines"
    )
    assert re.search('name="trials-2-drug"[^>]* value="venlafaxine"', site.get(at).text)


def test_what_is_usual_stands_there_to_begin_with_and_is_never_put_over_an_answer(site: Client) -> None:
    at = answer_all(site, begin(site, form="refer"), RIVERA, until="contact")
    assert re.search('value="call"[^>]* checked', site.get(at).text)
    leads_to(submit(site, at, phone="", prefers="email", voicemail="yes", email="pat@example.net"))
    page = site.get(at).text
    assert re.search('value="email"[^>]* checked', page)
    assert not re.search('value="call"[^>]* checked', page)


def test_one_press_says_no_to_what_is_left_open_and_is_looked_over_before_it_counts(site: Client) -> None:
    at = answer_all(site, begin(site, form="refer"), RIVERA, until="precautions")
    answer = submit(site, at, sud="YES", more="no")
    assert answer.status_code == 200
    assert "7 questions that you had left open now say no." in words_of(answer.text)
    assert answer.text.count(" checked") == 8
    assert "checked" not in site.get(at).text
    screen = submit(site, "/refer/screen", more="no")
    assert screen.status_code == 422, "each contraindication is answered by itself"


def test_the_check_names_what_a_payer_may_still_ask_and_leads_to_where_it_is_added(site: Client, clock: Clock) -> None:
    finished(site, clock)
    page = site.get("/refer/check")
    words = words_of(page.text)
    assert "A payer may still ask for 5 things" in words
    assert (
        "An add-on medicine beside an antidepressant QualChoice (two); BCBS North Dakota; read November 23, 2026"
        in words
    )
    assert "You can send without." in words
    assert "/refer/checks?return=check" in links_of(page.text)
    assert leads_to(submit(site, "/refer/checks?return=check", pdmp_on="3/9/2026")) == "/refer/check"
    assert "A payer may still ask for 4 things" in words_of(site.get("/refer/check").text)
    assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in words


def test_a_patient_who_pays_alone_has_no_payer_to_ask(site: Client, clock: Clock) -> None:
    finished(site, clock, coverage=RIVERA["coverage"] | {"payer": "selfpay"})
    assert "A payer may still ask" not in words_of(site.get("/refer/check").text)


def test_what_was_answered_is_shown_again_as_it_would_be_typed(site: Client) -> None:
    answer_all(site, begin(site, form="refer"), RIVERA)
    assert 'value="5/6/1980"' in site.get("/refer/patient").text
    trials = site.get("/refer/trials").text
    for value in ("sertraline", "7/1/2024", "11/2024", "now"):
        assert f'value="{value}"' in trials


def test_nothing_is_asked_of_a_clinician_before_the_disclosures(site: Client) -> None:
    page = site.get("/clinics/harbour-clinic-portland-me/refer")
    words = words_of(page.text)
    assert "What clinics pay. Nothing." in words
    assert "Do not send psychotherapy notes." in words
    refused = submit(site, "/clinics/harbour-clinic-portland-me/refer")
    assert refused.status_code == 422
