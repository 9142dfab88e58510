"""A busy clinician refers without leaving the keyboard, and finds a diagnosis by its words."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support.databases import Maker
from tests.support.hands import Keys, fill_in, go_through, last_part, press
from tests.support.journeys import RIVERA
from tests.support.mail import MailServer
from tests.support.service import Service

CODE = re.compile(r"\b\d{6}\b")


@pytest.fixture
def begins_at(make_database: Callable[[str], Maker], start: Callable[..., Service], smtp: MailServer) -> str:
    """The address at which a clinic's referral form begins, in a running demonstration whose mail arrives here."""
    service = start("serve", database_url=make_database("sqlite").demo(), smtp_url=smtp.url, demo="yes")
    service.wait_until_ready()
    with service.client() as client:
        found = client.get("/api/v1/search?near=10001&radius=100&treatment=SPRAVATO").json()["results"]
        paths = (f"/clinics/{hit['slug']}/refer" for hit in found)
        return service.url + next(path for path in paths if 'name="agree' in client.get(path).text)


def mailed_code(smtp: MailServer) -> str:
    for count in range(1, 5):
        smtp.wait_for(count)
        for received in smtp.messages:
            text = received.message.get_body(("plain",))
            hit = CODE.search(text.get_content()) if text is not None else None
            if hit and received.recipients == ("rivera@example.com",):
                return hit.group()
    raise AssertionError(f"no code was mailed: {smtp.subjects()}")


def of_people(keys: Keys) -> None:
    keys.fill({"sender_name": "Dr Rosa Rivera, MD", "npi": "1234567893", "organization": "Rivera Psychiatry"})
    keys.fill({"sender_phone": "2075550177", "sender_mailbox": "rivera@example.com"}, last=True)
    keys.enter(to="reply")
    keys.fill({"role": "Psychiatrist"}, last=True)
    keys.enter(to="patient", ctrl=True)
    keys.fill({"patient_name": "Pat Quillfeather", "birth": "5/6/1980", "zip5": "10001"}, last=True)
    keys.enter(to="contact")
    keys.fill({"phone": "2075550123"}, last=True)
    keys.enter(to="risk")


def of_illness(keys: Keys) -> None:
    keys.choose("risk", "LOW")
    keys.fill({"risk_on": "today", "safety_plan": "YES"}, last=True)
    keys.enter(to="question")
    keys.choose("treatment", "SPRAVATO")
    keys.lines("question", "Please evaluate for esketamine.")
    keys.enter(to="diagnosis", ctrl=True)
    keys.fill({"diagnosis": "F33.2", "episode_start": "6/2024"}, last=True)
    keys.enter(to="trials")
    more = "7/2024, 13 weeks, no response, as prescribed"
    keys.lines("trials_typed", f"sertraline 200 mg, {more}", f"venlafaxine 225 mg, {more}")
    keys.enter(to="medicines", ctrl=True)
    keys.fill({"medicines": "venlafaxine 225 mg", "allergies": "none"})
    keys.at("cns_depressant")
    keys.letters("N")
    keys.page.get_by_text("5 questions that you had left open now say no.").wait_for()
    keys.on("main .button--primary:focus")
    keys.enter(to="scales")
    keys.lines("scales_typed", "PHQ-9 19 today")
    keys.enter(to="before", ctrl=True)
    keys.at("had_psychotherapy")
    keys.letters("yN")
    keys.page.get_by_text("5 questions that you had left open now say no.").wait_for()
    keys.on("main .button--primary:focus")
    keys.enter(to="screen")
    keys.at("aneurysm")
    keys.letters("nnnnn")
    keys.on("main .button--primary:focus")
    keys.enter(to="precautions")
    keys.at("cv_recent")
    keys.letters("N")
    keys.page.get_by_text("8 questions that you had left open now say no.").wait_for()
    keys.on("main .button--primary:focus")
    keys.enter(to="body")
    keys.fill({"bp": "128/82", "bp_on": "today"})
    keys.at("pregnant")
    keys.letters("nn")
    keys.fill({"hepatic": "NONE"}, last=True)
    keys.enter(to="coverage")


def of_the_rest(keys: Keys) -> None:
    keys.fill({"payer": "Commercial PPO", "pa_status": "Not s", "investigate": "yes"}, last=True)
    keys.enter(to="checks")
    keys.at("pdmp_on")
    keys.enter(to="needs")
    keys.fill({"ride": "yes"}, last=True)
    keys.enter(to="ranking")
    keys.enter(to="consent", ctrl=True)
    keys.choose("basis", "agreed")
    keys.fill({"part2": "no"}, last=True)
    keys.enter(to="documents")
    keys.enter(to="check", ctrl=True)


def test_a_whole_referral_takes_fewer_than_ninety_presses_of_the_keyboard(
    new_page: Callable[..., Page], begins_at: str, smtp: MailServer
) -> None:
    """From the clinic's form to "sent", with two antidepressants, a scale, and every question that must be answered.

    What a press is, `Keys` says: a field or a line filled, each Tab, a letter or digit that answers a question, Enter.
    The patient is a plain one: no precaution, no other medicine, psychotherapy only.
    """
    page = new_page(viewport={"width": 1280, "height": 800})
    page.goto(begins_at)
    keys = Keys(page)
    keys.tab()
    keys.enter()  # skip to the main part
    keys.tab(3)
    keys.fill({"agree_terms": "yes"}, last=True)
    keys.enter(to="refer/sender")
    of_people(keys)
    of_illness(keys)
    of_the_rest(keys)
    keys.on("main a:focus")
    keys.enter()
    keys.at("send")
    keys.enter(to="code")
    keys.fill({"code": mailed_code(smtp)}, last=True)
    keys.enter(to="sent")
    assert re.fullmatch(r"R-\w{4}-\w{2}", page.locator(".reference").inner_text())
    assert keys.presses < 90, f"{keys.presses} presses; {keys.steps} with a field and its Tab as one"


def test_words_find_a_diagnosis_in_a_list_that_answers_to_the_arrows(
    new_page: Callable[..., Page], begins_at: str
) -> None:
    page = new_page(viewport={"width": 320, "height": 800})
    page.goto(begins_at)
    fill_in(page, {"agree_terms": "yes"})
    press(page, "Agree and start")
    go_through(page, RIVERA, until="diagnosis")
    field = page.locator("#diagnosis")
    assert field.get_attribute("role") == "combobox"
    page.keyboard.type("severe depression")
    shown = page.get_by_role("option").all_inner_texts()
    assert len(shown) > 1
    assert all("severe" in text for text in shown)
    page.keyboard.press("Escape")
    assert page.get_by_role("option").count() == 0
    page.keyboard.press("ArrowDown")
    active = field.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    assert last_part(page) == "diagnosis", "Enter takes the code and does not send the page yet"
    assert field.input_value() == shown[0].split()[0]
    page.keyboard.press("Enter")
    page.wait_for_url("**/trials")
