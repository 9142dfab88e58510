"""The journeys of patient, clinician and clinic: every page and state on the way, without scripts, without a mouse."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.support.accessibility import DESKTOP, glance
from tests.support.databases import Maker
from tests.support.mail import MailServer
from tests.support.service import Service
from tests.support.walk import CLINICIAN, PATIENT, fill, press, walk

MAILBOX = PATIENT["email"]


@dataclass(frozen=True)
class Stage:
    """A running demonstration whose mail arrives here, and a clinic in it that takes requests."""

    service: Service
    smtp: MailServer
    slug: str

    def url(self, path: str) -> str:
        return self.service.url + path.format(slug=self.slug)

    def found(self, pattern: str, to: str, *, after: int = 0) -> str:
        """What `pattern` finds in a mail to `to` that came after the first `after` mails; waits for it."""
        for count in range(after + 1, after + 10):
            self.smtp.wait_for(count)
            for received in self.smtp.messages[after:]:
                text = received.message.get_body(("plain",))
                assert text is not None
                hit = re.search(pattern, text.get_content()) if received.recipients == (to,) else None
                if hit:
                    return hit.group()
        raise AssertionError(f"no mail to {to} holds {pattern}: {self.smtp.subjects()}")

    def enter_code(self, page: Page, mailbox: str, *, after: int) -> None:
        page.locator("main [name=code]").fill(self.found(r"\b\d{6}\b", mailbox, after=after))
        press(page)


@pytest.fixture
def stage(make_database: Callable[[str], Maker], start: Callable[..., Service], smtp: MailServer) -> Stage:
    service = start("serve", database_url=make_database("sqlite").demo(), smtp_url=smtp.url, demo="yes")
    service.wait_until_ready()
    with service.client() as client:
        found = client.get("/api/v1/search?near=10001&radius=100").json()["results"]
        asks = (hit["slug"] for hit in found if 'name="agree' in client.get(f"/clinics/{hit['slug']}/ask").text)
        return Stage(service, smtp, next(asks))


def looking() -> tuple[Callable[[Page, str], None], list[str]]:
    """A look that writes down what is wrong, and the list it writes to."""
    found: list[str] = []

    def look(page: Page, state: str) -> None:
        found.extend(f"{page.url} {state}: {told}" for told in glance(page))

    return look, found


def test_every_page_from_a_patients_question_to_the_clinics_answer_can_be_used(
    stage: Stage, new_page: Callable[..., Page]
) -> None:
    look, found = looking()
    pat, noor = (new_page(viewport=DESKTOP, reduced_motion="reduce") for _ in range(2))

    pat.goto(stage.url("/clinics/{slug}/ask"))
    walk(pat, PATIENT, until="/ask/sent", look=look)
    look(pat, "sent")

    link = stage.found(r"http\S+/answer/\S+", _clinic_mailbox(stage))
    noor.goto(link)
    look(noor, "something waits")
    before = len(stage.smtp.messages)
    press(noor)
    look(noor, "code")
    press(noor)
    look(noor, "no code")
    stage.enter_code(noor, _clinic_mailbox(stage), after=before)
    look(noor, "the request")
    noor.goto(stage.url("/answer/current/decline"))
    look(noor, "as it comes")
    noor.locator("main form button").last.click()
    look(noor, "no reason")
    noor.goto(stage.url("/answer/current/accept"))
    press(noor)
    look(noor, "accepted")
    noor.goto(stage.url("/clinic/update"))
    look(noor, "as it comes")

    pat.goto(stage.url("/requests"))
    look(pat, "as it comes")
    press(pat)
    look(pat, "with errors")
    pat.locator("[name=reference]").fill(stage.found(r"R-\w{4}-\w\w", MAILBOX))
    pat.locator("main input[type=email]").fill(MAILBOX)
    before = len(stage.smtp.messages)
    press(pat)
    stage.enter_code(pat, MAILBOX, after=before)
    look(pat, "accepted")
    pat.goto(stage.url("/requests/current/withdraw"))
    look(pat, "as it comes")
    assert found == []


def test_every_page_of_a_clinicians_referral_can_be_used(stage: Stage, new_page: Callable[..., Page]) -> None:
    look, found = looking()
    page = new_page(viewport=DESKTOP, reduced_motion="reduce")
    page.goto(stage.url("/clinics/{slug}/refer"))
    walk(page, CLINICIAN, until="/refer/code", look=look)
    look(page, "as it comes")
    stage.enter_code(page, CLINICIAN["sender_mailbox"], after=0)
    assert page.url.endswith("/refer/sent")
    look(page, "sent")
    assert found == []


def test_a_patient_asks_and_learns_the_answer_without_scripts(stage: Stage, new_page: Callable[..., Page]) -> None:
    pat = new_page(java_script_enabled=False)
    noor = new_page(java_script_enabled=False)
    pat.goto(stage.url("/"))
    pat.get_by_role("textbox").first.fill("10001")
    press(pat)
    pat.goto(stage.url("/clinics/{slug}"))
    pat.get_by_role("link", name="Ask to be seen").click()
    walk(pat, PATIENT | {"phone": "207 555 0124"}, until="/ask/sent")

    noor.goto(stage.found(r"http\S+/answer/\S+", _clinic_mailbox(stage)))
    before = len(stage.smtp.messages)
    press(noor)
    stage.enter_code(noor, _clinic_mailbox(stage), after=before)
    noor.get_by_role("link", name="Accept", exact=True).click()
    press(noor)
    assert noor.url.endswith("/answer/done")

    pat.goto(stage.url("/requests"))
    fill(pat, {"reference": stage.found(r"R-\w{4}-\w\w", MAILBOX)})
    pat.locator("main input[type=email]").fill(MAILBOX)
    before = len(stage.smtp.messages)
    press(pat)
    stage.enter_code(pat, MAILBOX, after=before)
    assert "The clinic says yes" in pat.locator("main").inner_text()


def test_a_patient_asks_with_the_keyboard_alone(stage: Stage, page: Page) -> None:
    page.goto(stage.url("/clinics/{slug}/ask"))
    walk(page, PATIENT | {"phone": "207 555 0125"}, until="/ask/sent", keys=True)
    assert page.get_by_role("heading", level=1).inner_text() == "Your request is sent"


def _clinic_mailbox(stage: Stage) -> str:
    """Who was sent the link to answer with."""
    for count in range(1, 10):
        stage.smtp.wait_for(count)
        for received in stage.smtp.messages:
            text = received.message.get_body(("plain",))
            if text is not None and "/answer/" in text.get_content():
                return received.recipients[0]
    raise AssertionError(f"no mail holds a link to answer with: {stage.smtp.subjects()}")
