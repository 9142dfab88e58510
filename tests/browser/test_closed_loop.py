"""A referral that cannot vanish: one clinic's mailbox bounces, the next has no room, the third sees it through; its
sender and its patient follow it, each on a page of their own."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from directory.lib import clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.models import Endpoint, Location
from directory.referrals import vetting
from tests.support.databases import Maker, ring_for_tests
from tests.support.hands import fill_in, go_through, last_part, press
from tests.support.journeys import AGREED, PAT, RIVERA
from tests.support.mail import MailServer
from tests.support.service import Service

MAILBOX = "rivera@example.com"
PATIENT = "quillfeather@example.org"
CODE = re.compile(r"\b\d{6}\b")
LINK = re.compile(r"https?://\S+/answer/\S+")
FOLLOW = re.compile(r"https?://\S+/requests\?reference=\S+")
TREATMENT = "SPRAVATO"
SAM = "Sam Otherwise"
DONE = "Much better after eight sessions."


@pytest.fixture
def database_url(make_database: Callable[[str], Maker]) -> str:
    """A database with the demonstration's clinics."""
    return make_database("sqlite").demo()


@pytest.fixture
def service(database_url: str, start: Callable[..., Service], smtp: MailServer, keys_file: Path) -> Service:
    """The whole service, its mail going to a real server. Dr Rivera is known as a sender."""
    databases = Databases(database_url, keys=ring_for_tests())
    with unit_of_work(databases) as db:
        vetting.remember(db, MAILBOX, RIVERA["sender"]["npi"], by="moderator:mo", at=clock.now())
    databases.close()
    running = start("serve", database_url=database_url, smtp_url=smtp.url, keys_file=keys_file, demo="yes")
    running.wait_until_ready()
    return running


class Post:
    """Everybody's mail, read in the order in which it comes; no mail is read twice."""

    def __init__(self, smtp: MailServer) -> None:
        self.smtp = smtp
        self.read: set[int] = set()

    def next(self, wanted: re.Pattern[str], subject: str, *, mailbox: str | None = None) -> tuple[str, str]:
        """What `wanted` finds in the next unread mail with this subject (to a mailbox); and whose mail it is."""
        for _mail in range(80):
            seen = len(self.smtp.messages)
            for place, mail in enumerate(self.smtp.messages):
                body = mail.message.get_body(("plain",))
                hit = wanted.search(body.get_content()) if body is not None else None
                fits = mailbox is None or mail.recipients == (mailbox,)
                if place not in self.read and fits and hit and subject in str(mail.message["subject"]):
                    self.read.add(place)
                    return hit.group(), mail.recipients[0]
            self.smtp.wait_for(seen + 1)
        raise AssertionError(f"no mail {subject!r}: {self.smtp.subjects()}")


def clinics(service: Service, database_url: str) -> list[tuple[str, str, str]]:
    """(slug, name, mailbox) of clinics near New York that can be asked for the treatment, the nearest first.

    Sites that share a mailbox are one here: whoever reads it would answer for both.
    """
    with service.client() as client:
        found = client.get(f"/api/v1/search?near=10001&radius=100&treatment={TREATMENT}").json()["results"]
        hits = [hit for hit in found if 'name="agree' in client.get(f"/clinics/{hit['slug']}/refer").text]
    databases = Databases(database_url, keys=ring_for_tests())
    with reading(databases) as db:
        asked = select(Location.slug, Endpoint.address).join(Endpoint, col(Endpoint.location_id) == Location.id)
        mailboxes = dict(db.exec(asked).all())
    databases.close()
    nearest = {mailboxes[hit["slug"]]: (hit["slug"], hit["name"], mailboxes[hit["slug"]]) for hit in reversed(hits)}
    return [nearest[mailboxes[hit["slug"]]] for hit in hits if nearest[mailboxes[hit["slug"]]][0] == hit["slug"]]


def ask_for_sam(page: Page, service: Service, slug: str) -> None:
    page.goto(f"{service.url}/clinics/{slug}/ask")
    fill_in(page, AGREED)
    press(page, "Agree and start")
    given = {
        name: answers | ({"patient_name": SAM} if "patient_name" in answers else {}) for name, answers in PAT.items()
    }
    go_through(page, given | {"treatment": PAT["treatment"] | {"treatment": TREATMENT}})
    press(page, "Send the request")
    page.wait_for_url("**/ask/sent")


def refer(page: Page, service: Service, post: Post, slugs: list[str]) -> str:
    """Dr Rivera refers to three clinics, one after the other; the reference."""
    page.goto(f"{service.url}/clinics/{slugs[0]}/refer")
    fill_in(page, {"agree_terms": "yes"})
    press(page, "Agree and start")
    here = {"patient": RIVERA["patient"] | {"zip5": "10001"}, "question": RIVERA["question"] | {"treatment": TREATMENT}}
    agreed = {"contact": RIVERA["contact"] | {"email": PATIENT, "patient_mail": "yes"}}
    given = RIVERA | here | agreed | {"sender": RIVERA["sender"] | {"sender_mailbox": MAILBOX}}
    go_through(page, given, until="ranking")
    fill_in(page, {"second": slugs[1], "third": slugs[2]})
    press(page, "Continue")
    go_through(page, given)
    press(page, "Mail me the code")
    page.locator("#code").fill(post.next(CODE, "Your code", mailbox=MAILBOX)[0])
    press(page, "Send the referral")
    page.wait_for_url("**/refer/sent")
    return page.locator(".reference").inner_text()


def open_next(page: Page, post: Post, *, of: str = "Pat Quillfeather") -> str:
    """Whichever clinic is mailed next opens what waits for it; its mailbox."""
    link, mailbox = post.next(LINK, "A new request waits")
    page.goto(link)
    press(page, "Mail me the code")
    page.locator("#code").fill(post.next(CODE, "Your code", mailbox=mailbox)[0])
    press(page, "Open")
    expect(page.get_by_text(of).first).to_be_visible()
    return mailbox


def follow(page: Page, post: Post) -> None:
    """Pat, who was referred, comes by the one mail that says so."""
    page.goto(post.next(FOLLOW, "A request was sent for you", mailbox=PATIENT)[0])
    page.locator("#mailbox").fill(PATIENT)
    press(page, "Mail me the code")
    page.locator("#code").fill(post.next(CODE, "Your code", mailbox=PATIENT)[0])
    press(page, "Open my request")
    page.locator("#born").fill("5/6/1980")  # asked once: the clinician may have mistyped the address
    press(page, "Continue")
    expect(page).to_have_title("Your request – Lanternway")


def reads(page: Page, *words: str) -> None:
    """Pat's page says this now."""
    page.reload()
    for each in words:
        expect(page.get_by_text(each).first).to_be_visible()


def answer_as_patient(page: Page, service: Service) -> None:
    """Pat answers what the clinic asked Pat."""
    reads(page, "Who drives you home?")
    press(page, "Answer the clinic’s question")
    page.locator("main textarea").fill("My sister does.")
    page.locator("main .button--primary").click()
    expect(page.get_by_text("My sister does.").first).to_be_visible()


def decline_for_room(page: Page) -> None:
    press(page, "Decline")
    fill_in(page, {"reason": "no_capacity"})
    press(page, "Decline the request")
    expect(page).to_have_url(re.compile("/answer/done$"))


def do(page: Page, service: Service, link: str, button: str, typed: dict[str, str], *, says: str) -> None:
    """One step of the clinic's, from the page of the request."""
    page.goto(f"{service.url}/answer/current")
    page.get_by_role("link", name=link, exact=True).click()
    fill_in(page, typed)
    press(page, button)
    expect(page.get_by_text(says).first).to_be_visible()


def reply(page: Page, service: Service, post: Post, reference: str) -> None:
    """Dr Rivera opens the request with a code, and answers what the clinic asks."""
    page.goto(f"{service.url}/requests?reference={reference}")
    page.locator("#mailbox").fill(MAILBOX)
    press(page, "Mail me the code")
    page.locator("#code").fill(post.next(CODE, "Your code", mailbox=MAILBOX)[0])
    press(page, "Open my request")
    expect(page.get_by_text("Which mornings?").first).to_be_visible()
    press(page, "Answer the clinic’s question")
    assert last_part(page) == "reply"
    page.locator("main textarea").fill("Mondays and Tuesdays.")
    page.locator("main .button--primary").click()
    expect(page.get_by_text("Mondays and Tuesdays.").first).to_be_visible()


def see_it_through(page: Page, service: Service) -> None:
    """The clinic says yes; nobody comes the first time; the second time it ends with an outcome."""
    soon = clock.today() + dt.timedelta(days=7)
    day = {"appointment_month": f"{soon.month}", "appointment_day": f"{soon.day}", "appointment_year": f"{soon.year}"}
    make, save = "Make an appointment", "Save the appointment"
    do(page, service, "Accept", "Accept the request", {}, says="You accepted the request")
    do(page, service, make, save, day | {"time": "2:30 pm"}, says="at 2:30 p.m.")
    do(page, service, "Nobody came", "Save", {"reason": "transport"}, says="Could not get there")
    do(page, service, make, save, day | {"time": "9 am"}, says="at 9 a.m.")
    outcome = {"note": DONE, "sessions": "8", "dose": "84", "plan": "Weekly."}
    do(page, service, "Write the outcome", "Send the outcome and close", outcome, says=DONE)


def test_a_referral_outlives_a_bounce_and_a_full_clinic_and_comes_back_with_its_outcome(
    service: Service, database_url: str, smtp: MailServer, new_page: Callable[..., Page]
) -> None:
    post, rivera = Post(smtp), new_page()
    (first, _name, gone), (second, full, busy), (third, seeing, open_to) = clinics(service, database_url)[:3]
    sam, clerk, desk, pat = new_page(), new_page(), new_page(), new_page()
    ask_for_sam(sam, service, second)
    assert open_next(clerk, post, of=SAM) == busy
    decline_for_room(clerk)
    smtp.close(gone)

    reference = refer(rivera, service, post, [first, second, third])
    follow(pat, post)
    assert open_next(clerk, post) == busy
    reads(pat, "The clinic has opened your request.")
    decline_for_room(clerk)
    clerk.goto(f"{service.url}/answer/current")
    assert clerk.get_by_text("Pat Quillfeather").count() == 0

    assert open_next(desk, post) == open_to
    question = {"question": "Which mornings?"}
    do(desk, service, "Ask a question", "Send the question", question, says="You asked")
    assert pat.get_by_text("Which mornings?").count() == 0
    reply(rivera, service, post, reference)
    asked = {"whom": "patient", "question": "Who drives you home?"}
    do(desk, service, "Ask a question", "Send the question", asked, says="You asked the patient")
    answer_as_patient(pat, service)
    see_it_through(desk, service)

    rivera.goto(f"{service.url}/requests/current")
    expect(rivera.get_by_role("heading", name="The outcome")).to_be_visible()
    expect(rivera.get_by_text(DONE).first).to_be_visible()
    expect(rivera.get_by_text(seeing).first).to_be_visible()
    expect(rivera.get_by_text("My sister does.").first).to_be_visible()
    reads(
        pat,
        "The clinic has finished this request.",
        "The appointment was missed",
        "An appointment was made",
        "Declined",
    )
    assert pat.get_by_text(DONE).count() == 0
    letter = rivera.context.request.get(f"{service.url}/requests/current/letter.pdf")
    assert (letter.status, letter.body()[:5]) == (200, b"%PDF-")
    sam.goto(f"{service.url}/clinics/{second}")
    expect(sam.get_by_role("heading", level=1)).to_contain_text(full)
    expect(sam.get_by_text("New patients: not confirmed", exact=True)).to_be_visible()
