"""Every message: complete, the same in text and HTML, and without anything that tells what its reader looked for."""

import datetime as dt
import email
import email.policy
import re
import uuid
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from directory import settings
from directory.accounts import codes, links
from directory.accounts.renderer import Letters
from directory.delivery.actions import LANGUAGE
from directory.delivery.catalogue import MESSAGES, Link
from directory.delivery.leases import Job
from directory.delivery.letters import Letter, Rendered, Sender, as_email
from directory.lib import clock
from directory.lib.languages import ENGLISH, SPANISH
from directory.web.templates import FOLDER, environment

SECRET = "a secret of forty characters, for tests."
TASK, CODE, PLACE = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
BASE = "https://lanternway.example"
SENDER = Sender("Lanternway", "no-reply@lanternway.example")
OTHER = uuid.uuid4()
IDS = {
    "reference": "R-7F3K-92",
    "task": str(TASK),
    "code": str(CODE),
    "location": str(PLACE),
    "endpoint": str(OTHER),
    "objection": str(TASK),
    "sign_in": str(OTHER),
    "invitation": str(OTHER),
    "change": str(OTHER),
    "what": "added",
    "decision": str(OTHER),
    "invited": str(OTHER),
    "waiting": "12",
    "wait": str(OTHER),
    "overdue": "1",
}

# The specialty, what is treated and with what, who is meant, and the crisis line (a mail that names it says why).
TELLING = re.compile(
    r"ketamin|spravato|esketamin|depress|psychiat|mental|suicid|crisis|\b988\b|therap|treat|clinic|patient|doctor"
    r"|diagnos|condition|health|medic|dose|infusion|nasal|insur|referr|consent|birth|phone number of",
    re.IGNORECASE,
)

TELLING_IN_SPANISH = re.compile(
    r"ketamin|spravato|esketamin|depres|psiqui|mental|suicid|crisis|\b988\b|terap|tratamiento|cl[ií]nic|pacient|m[eé]dic"
    r"|doctor|diagn|enferm|salud|dosis|infusi|nasal|asegurad|seguro m|referid|consent|nacimiento|condici",
    re.IGNORECASE,
)


class Text(HTMLParser):
    """The text of an HTML part, its links, and whatever it would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.append(found.get("href") or "")
        if tag in {"img", "link", "script", "iframe", "object", "video"} or "url(" in (found.get("style") or ""):
            self.loads.append(tag)


def rendered(message: str, ids: dict[str, str] | None = None, **given: str) -> Rendered:
    letters = Letters(environment(settings.load(given)), base_url=BASE, secret=SECRET)
    row = {name: IDS[name] for name in MESSAGES[message].ids} if ids is None else ids
    now = clock.now()
    return letters(None, Job(uuid.uuid4(), message, row, None, "a@b.org", "key", now, 1, 0, None, "t"))  # type: ignore[arg-type]


def path(link: str) -> str:
    """What follows our own address in a link of a mail; nothing for the address itself."""
    return link.removeprefix(BASE).strip("/") if link.startswith(BASE) else ""


every_message = pytest.mark.parametrize("message", MESSAGES)


def test_the_catalogue_and_the_folders_name_the_same_messages() -> None:
    assert {folder.name for folder in (FOLDER / "messages").iterdir() if folder.is_dir()} == set(MESSAGES)


@every_message
def test_a_link_in_a_mail_leads_to_the_reader_s_language(message: str) -> None:
    ids = {name: IDS[name] for name in MESSAGES[message].ids}
    in_english = Text(rendered(message, {**ids, LANGUAGE: ENGLISH}).html).links
    in_spanish = Text(rendered(message, {**ids, LANGUAGE: SPANISH}).html).links
    assert [path(link) for link in in_spanish] == ["es/" + path(link) if path(link) else "" for link in in_english]


@every_message
def test_a_message_has_subject_text_and_html(message: str) -> None:
    words = rendered(message)
    assert 5 <= len(words.subject) <= 78
    assert "\n" not in words.subject
    assert len(words.text.split()) > 20
    assert words.html.startswith("<!doctype html>")
    assert {p.name for p in (FOLDER / "messages" / message).iterdir()} == {"subject.txt", "body.txt", "body.html"}


@every_message
def test_text_and_html_say_the_same(message: str) -> None:
    words = rendered(message)
    html = " ".join(Text(words.html).words)
    for paragraph in re.split(r"\n\n|\n(?=http)", words.text.replace("-- \n", "\n\n")):
        said = " ".join(paragraph.split()).removesuffix(".")
        if said:
            assert said in html, said


@every_message
def test_text_is_set_in_lines_that_every_mail_program_shows(message: str) -> None:
    text = rendered(message).text
    assert all(len(line) <= 72 or "://" in line for line in text.splitlines())
    assert "\n\n\n" not in text
    assert text.count("\n-- \n") == 1
    assert not any(line != line.rstrip() for line in text.splitlines() if line != "-- ")


@every_message
def test_no_message_tells_what_its_reader_looked_for(message: str) -> None:
    words = rendered(message)
    html = Text(words.html)
    for said in (words.subject, words.text, " ".join(html.words)):
        assert not TELLING.search(said), TELLING.search(said)
    in_spanish = rendered(message, {**{name: IDS[name] for name in MESSAGES[message].ids}, LANGUAGE: SPANISH})
    for said in (in_spanish.subject, in_spanish.text, " ".join(Text(in_spanish.html).words)):
        assert not TELLING_IN_SPANISH.search(said), TELLING_IN_SPANISH.search(said)


@every_message
def test_nothing_is_loaded_when_a_mail_is_opened_and_links_lead_to_us_alone(message: str) -> None:
    words = rendered(message)
    html = Text(words.html)
    assert html.loads == []
    assert all(link.startswith((BASE, "http://127.0.0.1")) for link in html.links)
    assert all(link in words.text for link in html.links)


@every_message
def test_a_message_prints_what_its_row_names_and_nothing_else_of_it(message: str) -> None:
    words = rendered(message)
    everything = words.subject + words.text + words.html
    assert str(TASK) not in everything
    assert str(CODE) not in everything
    assert str(OTHER) not in everything
    assert ("R-7F3K-92" in words.text) == ("reference" in MESSAGES[message].ids)
    assert "None" not in everything
    assert "a@b.org" not in everything


@every_message
def test_a_link_is_signed_anew_and_a_code_derived_when_sent(message: str) -> None:
    words = rendered(message)
    kind = MESSAGES[message].link
    if kind is Link.ANSWER:
        (token,) = re.findall(rf"^{BASE}/answer/(\S+)$", words.text, re.MULTILINE)
        assert links.read(SECRET, "answer", token, clock.today()) == TASK
    elif kind is Link.CONFIRM:
        (token,) = re.findall(rf"^{BASE}/confirm/(\S+)$", words.text, re.MULTILINE)
        assert links.read(SECRET, "confirm", token, clock.today()) == PLACE
    elif kind is Link.FOLLOW:
        assert f"\n{BASE}/requests?reference=R-7F3K-92\n" in words.text
    else:
        assert "/answer/" not in words.html
    signed = {Link.SIGN_IN: "sign-in/open", Link.INVITATION: "invitation", Link.MAILBOX_CHANGE: "mailbox-change"}
    if kind in signed:
        (token,) = re.findall(rf"^{BASE}/{signed[kind]}/(\S+)$", words.text, re.MULTILINE)
        assert links.read(SECRET, signed[kind].removesuffix("/open"), token, clock.today()) == OTHER
    if "code" in MESSAGES[message].ids:
        assert f"\n{codes.code_for(SECRET, CODE)}\n" in words.text
        assert codes.code_for(SECRET, CODE) not in words.subject


@every_message
def test_a_missing_id_stops_a_message_instead_of_leaving_a_gap(message: str) -> None:
    for name in MESSAGES[message].ids:
        with pytest.raises((KeyError, UndefinedError)):
            rendered(message, {other: IDS[other] for other in MESSAGES[message].ids if other != name})


@every_message
def test_a_demonstration_says_so_in_every_mail(message: str) -> None:
    words = rendered(message, DIRECTORY_DEMO="yes")
    assert "demonstration" in words.text
    assert "demonstration" in words.html
    assert "demonstration" not in rendered(message).text


@every_message
def test_a_message_survives_the_post(message: str, tmp_path: Path) -> None:
    words = rendered(message)
    letter = Letter("pat@example.org", words, "key", dt.datetime(2026, 3, 10, tzinfo=dt.UTC))
    mail = email.message_from_bytes(as_email(letter, SENDER).as_bytes(), policy=email.policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == words.text
    assert html.get_content().split() == words.html.split()
    assert max(len(line) for line in mail.as_bytes().splitlines()) <= 998


def test_a_made_up_reference_cannot_put_markup_into_a_mail() -> None:
    words = rendered("request_received", {"reference": '<b>"&'})
    assert "<b>" not in words.html
    assert '<b>"&' in words.text
