"""The main job in a real browser with real mail: a request is sent, answered through its link, and the answer read."""

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlmodel import select

from directory import wiring
from directory.accounts import sessions
from directory.accounts.models import Factor
from directory.lib import clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.models import Endpoint, Location
from directory.search import actions as search
from directory.search import waiting
from directory.search.models import Waiting
from directory.seeding import demo
from directory.seeding.invention import invent
from tests.support.accessibility import in_every_scheme, on_a_phone, with_large_text, with_the_keyboard
from tests.support.browser import axe, sideways_overflow
from tests.support.databases import Maker, ring_for_tests
from tests.support.hands import fill_in, go_through, last_part, press, tab_to, type_in
from tests.support.journeys import AGREED, PAT, RIVERA
from tests.support.mail import MailServer
from tests.support.people import NOOR, person
from tests.support.requests import ready
from tests.support.run import shared_folder
from tests.support.service import Service

PHONE = {"width": 320, "height": 640}
IN_FRESNO = 240
"""The number of an invented clinic that the demonstration does not have, in a town where it has none."""


_numbers = itertools.count(1)


@dataclass(frozen=True)
class Place:
    """The running demonstration, one of its clinics that takes requests, and a patient: other ones in each test,
    because a mailbox gets no more than three codes an hour."""

    url: str
    slug: str
    mailbox: str
    treatment: str
    pat: str

    def at(self, path: str) -> str:
        """The address of a page."""
        return self.url + path


@dataclass(frozen=True)
class Running:
    """The whole service with the demonstration's clinics, its mail going to a real server."""

    service: Service
    database_url: str
    smtp: MailServer
    clinics: list[tuple[Location, Endpoint, str]]


@pytest.fixture(scope="module")
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, keys_file: Path
) -> Iterator[Running]:
    """One for all tests of this module: it takes a while to start."""
    folder = tmp_path_factory.mktemp("requests")
    shared, _owner = shared_folder(request.config)
    url = Maker("sqlite", folder, shared, lambda: request.getfixturevalue("cluster")).demo()
    smtp = MailServer()
    given = {"database_url": url, "smtp_url": smtp.url, "keys_file": keys_file, "demo": "yes"}
    service = Service("serve", folder / "var", **given)
    yield Running(service.wait_until_ready(), url, smtp, ready(url))
    service.stop()
    smtp.stop()


@pytest.fixture
def smtp(running: Running) -> MailServer:
    """Where its mail goes."""
    return running.smtp


@pytest.fixture
def place(running: Running) -> Place:
    """A clinic and a patient that no other test uses."""
    number = next(_numbers)
    location, endpoint, treatment = running.clinics[number]
    return Place(running.service.url, location.slug, endpoint.address, treatment, f"pat-{number}@example.net")


def answers(place: Place, given: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """The same with a treatment that this clinic gives."""
    fitting = {name: page | {"treatment": place.treatment} for name, page in given.items() if "treatment" in page}
    if "sender" in given:
        return given | fitting | {"sender": given["sender"] | {"sender_mailbox": place.pat}}
    return given | fitting | {"contact": given["contact"] | {"email": place.pat}}


def code_for(smtp: MailServer, mailbox: str, *, count: int = 1) -> str:
    found = re.search(r"\b(\d{6})\b", smtp.newest(mailbox, "Your code", count=count))
    assert found is not None
    return found.group(1)


def link_for(smtp: MailServer, mailbox: str, *, count: int = 1) -> str:
    found = re.search(r"https?://\S+/answer/\S+", smtp.newest(mailbox, "A new request waits", count=count))
    assert found is not None
    return found.group(0)


def ask(page: Page, place: Place, *, phone: str = "207 555 0123") -> str:
    """Pat asks; the reference. With the same phone it would be the same patient, who is not sent twice."""
    page.goto(place.at(f"/clinics/{place.slug}/ask"))
    fill_in(page, AGREED)
    press(page, "Agree and start")
    go_through(page, answers(place, PAT | {"contact": PAT["contact"] | {"phone": phone}}))
    press(page, "Send the request")
    assert page.url == place.at("/ask/sent")
    return page.locator(".reference").inner_text()


def open_for_clinic(page: Page, place: Place, smtp: MailServer, *, count: int = 1) -> None:
    page.goto(link_for(smtp, place.mailbox, count=count))
    press(page, "Mail me the code")
    page.locator("#code").fill(code_for(smtp, place.mailbox, count=count))
    press(page, "Open")
    assert page.url == place.at("/answer/current")


def open_for_sender(page: Page, place: Place, smtp: MailServer, reference: str, *, count: int = 1) -> None:
    page.goto(place.at(f"/requests?reference={reference}"))
    assert page.locator("#reference").input_value() == reference
    page.locator("#mailbox").fill(place.pat)
    press(page, "Mail me the code")
    page.locator("#code").fill(code_for(smtp, place.pat, count=count))
    press(page, "Open my request")
    assert page.url == place.at("/requests/current")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_request_is_answered_and_another_is_withdrawn(
    new_page: Callable[..., Page], place: Place, smtp: MailServer, scripts: bool
) -> None:
    pat, noor = new_page(java_script_enabled=scripts), new_page(java_script_enabled=scripts)
    first = ask(pat, place)
    open_for_clinic(noor, place, smtp)
    assert noor.get_by_text("Pat Quillfeather").first.is_visible()
    noor.get_by_role("link", name="Accept", exact=True).click()
    noor.locator("#words").fill("We call you on Monday.")
    press(noor, "Accept the request")
    assert noor.url == place.at("/answer/done")
    open_for_sender(pat, place, smtp, first)
    assert pat.get_by_text("The clinic says yes.").is_visible()
    assert pat.get_by_text("We call you on Monday.").is_visible()

    second = ask(pat, place, phone="207 555 0124")
    assert second != first
    open_for_clinic(noor, place, smtp, count=2)
    open_for_sender(pat, place, smtp, second, count=2)
    press(pat, "Withdraw the request")
    press(pat, "Withdraw the request")
    assert pat.get_by_text("This request was withdrawn.").is_visible()
    noor.goto(place.at("/answer/current"))
    assert noor.get_by_text("It can no longer be read here").is_visible()
    assert noor.get_by_text("Pat Quillfeather").count() == 0
    press(pat, "Done on this computer")
    assert pat.get_by_role("heading", name="Done on this computer").is_visible()


def sign_in_intake(page: Page, running: Running, place: Place) -> None:
    """Noor signs in with an account of this clinic's intake."""
    databases = Databases(running.database_url, keys=ring_for_tests())
    with reading(databases) as db:
        organization_id = db.exec(select(Location.organization_id).where(Location.slug == place.slug)).one()
    user = person(databases, NOOR, organization_id)
    with unit_of_work(databases) as db:
        token = sessions.begin(db, user.id, factor=Factor.TOTP, browser="Chrome on Linux")
    databases.close()
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "session", "value": token, "url": place.url}])


def test_a_clinic_takes_a_request_from_a_question_to_the_outcome(
    new_page: Callable[..., Page], place: Place, smtp: MailServer, running: Running
) -> None:
    pat, noor = new_page(), new_page(reduced_motion="reduce")
    wrong: list[str] = []

    def look() -> None:
        wrong.extend(f"{noor.url}: {told}" for told in in_every_scheme(noor) + on_a_phone(noor))

    def do(link: str, button: str, typed: dict[str, object] | None = None, *, says: str) -> None:
        noor.goto(place.at("/answer/current"))
        noor.get_by_role("link", name=link, exact=True).click()
        look()
        fill_in(noor, typed or {})
        press(noor, button)
        assert noor.get_by_text(says).first.is_visible()

    reference = ask(pat, place)
    open_for_clinic(noor, place, smtp)
    look()
    do("Ask a question", "Send the question", {"question": "Which mornings?"}, says="You asked")
    do("I have the answer", "Go on with the request", {"reply": "All of them."}, says="All of them.")
    do("Accept", "Accept the request", says="You accepted the request")
    soon = clock.today() + dt.timedelta(days=7)
    day = {"appointment_month": soon.month, "appointment_day": soon.day, "appointment_year": soon.year}
    typed = {name: str(value) for name, value in day.items()} | {"time": "2:30 pm"}
    do("Make an appointment", "Save the appointment", typed, says="at 2:30 p.m.")
    do("Nobody came", "Save", {"reason": "transport"}, says="Could not get there")
    do("Make an appointment", "Save the appointment", typed | {"time": "9 am"}, says="at 9 a.m.")
    outcome = {"note": "Much better after eight sessions.", "sessions": "8", "dose": "84", "plan": "Weekly."}
    do("Write the outcome", "Send the outcome and close", outcome, says="Much better after eight sessions.")
    look()
    assert noor.get_by_role("link", name="Decline", exact=True).count() == 0
    sign_in_intake(noor, running, place)
    noor.goto(place.at("/clinic/requests?tab=closed"))
    look()
    noor.keyboard.press("?")
    assert noor.get_by_role("dialog", name="Keys").is_visible()
    look()
    noor.keyboard.press("Escape")
    noor.keyboard.press("j")
    noor.keyboard.press("Enter")
    noor.wait_for_url(f"**/clinic/requests/{reference}")
    look()
    assert wrong == []
    open_for_sender(pat, place, smtp, reference)
    assert pat.get_by_text("The clinic has finished this request.").first.is_visible()


def test_a_double_click_and_the_back_button_make_one_request(
    new_page: Callable[..., Page], place: Place, smtp: MailServer
) -> None:
    page = new_page()
    page.goto(place.at(f"/clinics/{place.slug}/ask"))
    fill_in(page, AGREED)
    press(page, "Agree and start")
    go_through(page, answers(place, PAT))
    page.get_by_role("button", name="Send the request").dblclick()
    page.wait_for_url("**/ask/sent")
    reference = page.locator(".reference").inner_text()
    page.go_back()
    page.goto(place.at("/ask/check"))
    assert page.url == place.at("/ask/sent")
    assert page.locator(".reference").inner_text() == reference
    smtp.newest(place.mailbox, "A new request waits")
    smtp.newest(place.pat, "We received your request")
    assert len(smtp.to(place.mailbox)) == 1


def test_a_clinician_refers_on_a_phone_and_every_page_holds(
    new_page: Callable[..., Page], place: Place, smtp: MailServer
) -> None:
    page = new_page(viewport=PHONE, reduced_motion="reduce")
    wrong: list[str] = []

    def look(at: Page) -> None:
        name = last_part(at)
        wrong.extend(f"{name}: {told}" for told in axe(at))
        if over := sideways_overflow(at):
            wrong.append(f"{name}: {over} px wider than the window")

    page.goto(place.at(f"/clinics/{place.slug}/refer"))
    look(page)
    fill_in(page, {"agree_terms": "yes"})
    press(page, "Agree and start")
    go_through(page, answers(place, RIVERA), look=look)
    press(page, "Mail me the code")
    look(page)
    page.locator("#code").fill(code_for(smtp, place.pat))
    press(page, "Send the referral")
    assert page.url == place.at("/refer/sent")
    look(page)
    assert wrong == []


def test_a_patient_gets_through_with_the_keyboard_alone(new_page: Callable[..., Page], place: Place) -> None:
    page = new_page()
    page.goto(place.at(f"/clinics/{place.slug}/ask"))
    type_in(page, AGREED)
    page.wait_for_url("**/ask/danger")
    given = answers(place, PAT)
    for _step in range(20):
        name = last_part(page)
        if name == "check":
            break
        type_in(page, given[name])
        page.wait_for_url(lambda url, name=name: not url.endswith(f"/{name}"))
    tab_to(page, page.get_by_role("button", name="Send the request"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/ask/sent")
    assert re.fullmatch(r"R-\w{4}-\w{2}", page.locator(".reference").inner_text())


def test_a_wrong_answer_takes_the_focus_to_what_is_wrong(new_page: Callable[..., Page], place: Place) -> None:
    page = new_page()
    page.goto(place.at(f"/clinics/{place.slug}/ask"))
    press(page, "Agree and start")
    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    page.locator("#error-summary a").first.click()
    assert page.evaluate("document.activeElement.id") == "agree_collect"


def test_yes_to_the_danger_question_takes_the_focus_to_the_help(new_page: Callable[..., Page], place: Place) -> None:
    page = new_page()
    page.goto(place.at(f"/clinics/{place.slug}/ask"))
    fill_in(page, AGREED)
    press(page, "Agree and start")
    fill_in(page, {"danger": "yes"})
    press(page, "Continue")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.locator("main").get_by_role("link", name="Call 988").is_visible()
    press(page, "I am safe. Go on with the form")
    assert page.url == place.at("/ask/for")


def test_the_pages_around_a_request_can_be_used_by_everyone(
    new_page: Callable[..., Page], place: Place, smtp: MailServer
) -> None:
    pat, noor = new_page(reduced_motion="reduce"), new_page(reduced_motion="reduce")
    wrong: list[str] = []

    def look(page: Page, *, keyboard: bool = True) -> None:
        found = in_every_scheme(page) + on_a_phone(page) + with_large_text(page)
        found += with_the_keyboard(page) if keyboard else []
        wrong.extend(f"{page.url}: {told}" for told in found)

    for path in (f"/clinics/{place.slug}/ask", "/privacy/consumer-health", "/about/disclosures", "/requests"):
        pat.goto(place.at(path))
        look(pat)
    reference = ask(pat, place)
    look(pat)
    open_for_clinic(noor, place, smtp)
    look(noor)
    for path in ("/answer/current/decline", "/clinic/update"):
        noor.goto(place.at(path))
        look(noor)
    open_for_sender(pat, place, smtp, reference)
    look(pat)
    pat.goto(place.at("/requests/current/withdraw"))
    look(pat)
    for path in ("/ask/help", "/ask/under-18", "/refer/emergency", "/refer/under-18"):
        pat.goto(place.at(path))
        look(pat, keyboard=False)  # the focus begins at the heading, not at the top
    assert wrong == []


def tell_me_link(smtp: MailServer, mailbox: str, subject: str) -> str:
    found = re.search(r"https?://\S+/tell-me/\S+", smtp.newest(mailbox, subject))
    assert found is not None
    return found.group(0)


def test_who_waits_for_a_clinic_hears_once_when_one_opens(
    new_page: Callable[..., Page], running: Running, smtp: MailServer
) -> None:
    pat, mailbox = new_page(viewport=PHONE), "waiting@example.net"
    pat.goto(running.service.url + "/search?near=Fresno%2C+CA&radius=25&treatment=SPRAVATO")
    press(pat, "Tell me when one opens")
    pat.locator("#mailbox").fill(mailbox)
    press(pat, "Send me the link")
    assert pat.url.endswith("/tell-me/sent")
    pat.goto(tell_me_link(smtp, mailbox, "Please confirm this email address"))
    assert sideways_overflow(pat) == 0
    press(pat, "Yes, tell me")
    assert pat.get_by_role("heading", name="We will tell you").is_visible()
    databases, now = Databases(running.database_url, keys=ring_for_tests()), clock.now().replace(microsecond=0)
    with unit_of_work(databases, wiring.dispatch) as db:
        search.refresh(db, [demo.bring_to_life(db, invent(IN_FRESNO, now=now), now=now)])
    for _again in range(2):  # the worker does so every five minutes
        waiting.tell(databases, at=clock.now())
    link = tell_me_link(smtp, mailbox, "A place you asked about has opened")
    assert len(smtp.to(mailbox)) == 2
    assert all(word not in str(mail) for mail in smtp.to(mailbox) for word in ("Fresno", "pravato", "clinic"))
    with reading(databases) as db:
        assert [row.mailbox_sealed for row in db.exec(select(Waiting)).all()] == [None]
    pat.goto(link)
    assert pat.get_by_text("Your address is deleted here.").is_visible()
    press(pat, "See the clinic")
    pat.wait_for_url("**/search?near=*&radius=25&treatment=SPRAVATO&accepting=1")
    pat.goto(link)
    press(pat, "Delete it all now")
    assert pat.get_by_role("heading", name="It is deleted").is_visible()
    with reading(databases) as db:
        assert db.exec(select(Waiting)).all() == []
    databases.close()
