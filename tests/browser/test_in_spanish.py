"""Somebody who reads only Spanish, on a phone: what Spravato is, three clinics near Fresno, and one that is asked."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from directory import wiring
from directory.lib import clock
from directory.lib.db import Databases, unit_of_work
from directory.lib.languages import SPANISH
from directory.search import actions as search
from directory.seeding import demo
from directory.seeding.invention import invent
from scripts import messages
from tests.support.browser import sideways_overflow
from tests.support.databases import Maker, ring_for_tests
from tests.support.hands import fill_in, go_through, press
from tests.support.journeys import AGREED, PAT
from tests.support.mail import MailServer
from tests.support.run import shared_folder
from tests.support.service import Service
from tests.support.unmarked import LONG

NEAR_FRESNO = (240, 241, 242)
"""Numbers of the invented clinics there that give Spravato; the first two wrote their page in Spanish too."""
PHONE = {"width": 320, "height": 640}
LUZ = PAT | {
    "name": {"patient_name": "Luz Quillfeather"},
    "contact": {"phone": "559 555 0123", "email": "luz@example.net", "prefers": "email"},
    "place": {"zip5": "93721"},
    "insurance": {"payer": "medi", "plan": ""},
    "needs": {"accessibility": [], "ride": "not_sure"},
    "note": {"note": "Puedo ir por las mañanas."},
}
"""What Luz answers, by page; that she would talk in Spanish stands there already."""
SHOWN = """() => {
  const copy = document.body.cloneNode(true);
  for (const gone of copy.querySelectorAll("script, style, [lang=en]")) gone.remove();
  const named = [...copy.querySelectorAll("[aria-label], [title], [placeholder], [alt]")].flatMap((one) =>
    ["aria-label", "title", "placeholder", "alt"].map((name) => one.getAttribute(name) || ""));
  return [document.title, copy.textContent, ...named].join("\\n").replace(/\\s+/g, " ");
}"""
"""What a page says to eyes and ears, but for what it says itself is English."""


@cache
def spanish(sentence: str) -> str:
    """The Spanish of a sentence of ours."""
    message = messages.read(SPANISH).get(sentence)
    assert message is not None, f"no page says {sentence!r}"
    assert message.string not in {"", sentence}
    return str(message.string)


@cache
def english() -> tuple[str, ...]:
    """Every sentence of ours of some length that reads otherwise in Spanish."""
    said = [
        (str(key), str(value))
        for message in messages.read(SPANISH)
        if message.id
        for key, value in _forms(message.id, message.string)
    ]
    return tuple(key for key, value in said if len(key) >= LONG and key != value and not re.search(r"[{<]|%\(", key))


def _forms(keys: str | tuple[str, ...], values: str | tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(keys, str) or isinstance(values, str):
        yield str(keys), str(values)
    else:
        yield from zip(keys, values, strict=False)


def in_english(text: str) -> list[str]:
    """Sentences of ours that stand in a text though its reader reads Spanish."""
    text = " ".join(text.split())
    return [sentence for sentence in english() if " ".join(sentence.split()) in text]


@dataclass(frozen=True)
class Town:
    """The running service with three clinics around Fresno, and where its mail goes."""

    url: str
    smtp: MailServer

    def mail(self, mailbox: str, subject: str) -> EmailMessage:
        """The first mail to a mailbox whose subject begins like this, once it is there."""
        for count in range(1, 20):
            found = [mail for mail in self.smtp.to(mailbox) if str(mail["subject"]).startswith(subject)]
            if found:
                return found[0]
            self.smtp.wait_for(count)
        raise AssertionError(f"no mail {subject!r}: {self.smtp.subjects()}")


@pytest.fixture
def town(request: pytest.FixtureRequest, tmp_path: Path, keys_file: Path) -> Iterator[Town]:
    """The demonstration's first clinics, and those around Fresno."""
    shared, _owner = shared_folder(request.config)
    url = Maker("sqlite", tmp_path, shared, lambda: request.getfixturevalue("cluster")).demo()
    databases, now = Databases(url, keys=ring_for_tests()), clock.now().replace(microsecond=0)
    with unit_of_work(databases, wiring.dispatch) as db:
        search.refresh(db, [demo.bring_to_life(db, invent(number, now=now), now=now) for number in NEAR_FRESNO])
    databases.close()
    smtp = MailServer()
    given = {"database_url": url, "smtp_url": smtp.url, "keys_file": keys_file, "demo": "yes"}
    service = Service("serve", tmp_path / "var", **given)
    yield Town(service.wait_until_ready().url, smtp)
    service.stop()
    smtp.stop()


def heading(page: Page) -> Locator:
    """The one heading that says what the page is."""
    return page.get_by_role("heading", level=1)


def body(mail: EmailMessage, kind: str) -> str:
    """One of the two parts of a mail, `plain` or `html`."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def the_way_to_a_clinic(page: Page, town: Town, look: Callable[[Page], None]) -> str:
    """From a page in English to a request that is sent; its reference. `look` is called on every page."""
    page.goto(town.url)
    page.locator(".language-offer a").click()
    expect(page).to_have_url(f"{town.url}/es/")
    look(page)
    page.get_by_role("navigation").get_by_role("link", name=spanish("Learn"), exact=True).first.click()
    expect(heading(page)).to_have_text(spanish("Learn before you choose"))
    look(page)
    page.locator("main a[href='/es/learn/spravato']").first.click()
    expect(heading(page)).to_contain_text("Spravato")
    expect(page.get_by_role("heading", name=spanish("Sources"))).to_be_visible()
    look(page)
    page.get_by_role("combobox", name=spanish("ZIP code, city, or state")).fill("Fresno, CA")
    page.get_by_role("button", name=spanish("Find care")).click()
    expect(heading(page)).to_contain_text("clínicas a")
    look(page)
    cards = page.locator(".result-card")
    assert cards.count() == len(NEAR_FRESNO)
    for card in cards.all():
        card.get_by_label(spanish("Compare")).check()
    page.locator("#compare").get_by_role("button", name=spanish("Compare"), exact=True).click()
    expect(page.get_by_role("heading", name=spanish("What differs"))).to_be_visible()
    look(page)
    press(page, spanish("Questions to take along"))
    expect(heading(page)).to_have_text(spanish("Questions to take along"))
    expect(page.get_by_role("button", name=spanish("Print the questions"))).to_be_visible()
    look(page)
    page.go_back()
    page.locator(".compare__name:visible", has_text="Clínica Huerta Clara").first.click()
    expect(page.locator("main")).to_contain_text("Somos un consultorio pequeño")
    look(page)
    page.locator("main a[href*='/course']").first.click()
    expect(heading(page)).to_have_text(spanish("What a course would ask of you"))
    fill_in(page, {"near": "93721"})
    press(page, spanish("Show the course"))
    expect(page.locator("main")).to_contain_text("Estacionamiento gratis")
    look(page)
    page.goto(re.sub(r"/course.*", "/ask", page.url))
    expect(heading(page)).to_contain_text("Clínica Huerta Clara")
    look(page)
    fill_in(page, AGREED)
    press(page, spanish("Agree and start"))
    go_through(page, LUZ, look=look, onward=spanish("Continue"))
    expect(page.locator("main")).to_contain_text("Español")
    press(page, spanish("Send the request"))
    expect(page).to_have_url(f"{town.url}/es/ask/sent")
    expect(heading(page)).to_contain_text(spanish("Your request is sent"))
    look(page)
    return page.locator(".reference").inner_text()


def follow(page: Page, town: Town, reference: str, look: Callable[[Page], None]) -> list[str]:
    """From the mail to one's own request; what the mails said."""
    mails = [town.mail("luz@example.net", spanish("We received your request"))]
    link = re.search(r"http\S+", body(mails[0], "plain"))
    assert link is not None
    assert link.group(0).startswith(f"{town.url}/es/requests")
    page.goto(link.group(0))
    assert page.locator("#reference").input_value() == reference
    look(page)
    page.locator("#mailbox").fill("luz@example.net")
    press(page, spanish("Mail me the code"))
    look(page)
    mails.append(town.mail("luz@example.net", spanish("Your code")))
    code = re.search(r"\b(\d{6})\b", body(mails[1], "plain"))
    assert code is not None
    page.locator("#code").fill(code.group(1))
    press(page, spanish("Open my request"))
    expect(page).to_have_url(f"{town.url}/es/requests/current")
    look(page)
    press(page, spanish("Read and print what you sent"))
    expect(page.locator("main")).to_contain_text("Puedo ir por las mañanas.")
    look(page)
    return [f"{mail['subject']} {body(mail, 'plain')} {body(mail, 'html')}" for mail in mails]


def test_who_reads_only_spanish_learns_compares_and_asks(new_page: Callable[..., Page], town: Town) -> None:
    page, wrong = new_page(viewport=PHONE, locale="es-US", reduced_motion="reduce"), list[str]()

    def look(at: Page) -> None:
        path = at.url.removeprefix(town.url)
        assert path.startswith("/es/")
        assert at.locator("html").get_attribute("lang") == SPANISH
        wrong.extend(f"{path} says: {sentence}" for sentence in in_english(at.evaluate(SHOWN)))
        if over := sideways_overflow(at):
            wrong.append(f"{path} is {over} px wider than the window")

    reference = the_way_to_a_clinic(page, town, look)
    assert re.fullmatch(r"R-\w{4}-\w{2}", reference)
    mails = follow(page, town, reference, look)
    assert wrong == []
    assert [in_english(mail) for mail in mails] == [[], []]
