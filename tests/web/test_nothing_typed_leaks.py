"""Marks typed into every field of both forms, and looked for wherever they must not be.

In addresses, titles, cookies, mails, logs and pages of errors; in the database, its write-ahead log and a backup. A new
field is marked by itself; one that takes no free text must be named here.
"""

import argparse
import re
import tarfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlmodel import select

from directory.accounts.permissions import Role
from directory.cli import backups
from directory.delivery.letters import Rendered
from directory.lib import clock as service_clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.moderation.models import QueueItem
from directory.referrals import queries, vetting
from directory.settings import Settings
from tests.support.forms import Client, form_of, leads_to, submit
from tests.support.journeys import PAT, RIVERA, Mail, begin, clinic_opens, sender_opens
from tests.support.people import sign_in
from tests.support.requests import ready_clinic, sent_request
from tests.support.time import Clock

MARK = "Zqmark"
DISTINCT = {
    "phone": ("207 555 0147", "5550147"),
    "sender_phone": ("207 555 0148", "5550148"),
    "email": ("zqpatient@example.net", "zqpatient"),
    "sender_fax": ("207 555 0149", "5550149"),
    "sender_direct": ("zqdirect@example.com", "zqdirect"),
    "sender_mailbox": ("zqsender@example.com", "zqsender"),
    "birth": ("7/13/1961", "1961-07-13"),
}
"""Fields of a fixed shape → what is typed, and how it would be found again."""
SHAPED = {
    *("initial_diagnosis", "final_diagnosis"),
    *("zip5", "npi", "diagnosis", "diagnosis_2", "diagnosis_3", "episode_start", "bp", "weight", "age"),
    *("trials_typed", "scales_typed", "therapy_sessions"),
    *("trials-*-drug", "trials-*-dose", "trials-*-start", "trials-*-end", "scales-*-total", "trials-*-weeks"),
    "trials-*-percent",
}
"""Text fields that take a code, a number or a medicine's name and no free text; days end in `_on` or `-on`."""
MARKS = (MARK.lower(), *(mark for _typed, mark in DISTINCT.values()))


class _Fields(HTMLParser):
    """The fields of a page in which something can be typed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        writable = tag == "textarea" or (tag == "input" and (given.get("type") or "text") in {"text", "email", "tel"})
        if writable and given.get("name"):
            self.names.append(str(given["name"]))


class Watch:
    """Everything that a client's browser, its mails and our logs hold on the way."""

    def __init__(self, client: Client) -> None:
        self.marked: set[str] = set()
        self.elsewhere: list[str] = []
        """What must hold no mark: addresses, headers, titles, mails."""
        self.number = 0
        client.event_hooks["response"].append(self._note)

    def typed(self, page: str, known: dict[str, Any]) -> dict[str, Any]:
        """What is typed on a page: what is known of it, and a mark of its own in every field for words."""
        given = dict(known)
        for name in _Fields(page).names:
            general = re.sub(r"-\d+-", "-*-", name)
            row = re.match(r".+-\d+-", name)
            if row and not any(each.startswith(row.group()) for each in known):
                continue  # a row that was left empty stays so: half a row would be asked about
            if general in DISTINCT:
                given[name] = DISTINCT[general][0]
            elif general not in SHAPED and not name.endswith(("_on", "-on")) and "trap" not in name:
                self.number += 1
                given[name] = f"{given.get(name) or ''} {MARK}{self.number}".strip()
            else:
                continue
            self.marked.add(name)
        return given

    def _note(self, answer: Any) -> None:
        answer.read()
        self.elsewhere += [str(answer.request.url), str(answer.headers), str(answer.request.headers.get("referer"))]
        self.elsewhere += re.findall(r"<title>.*?</title>", answer.text, re.DOTALL)


class Kept(Mail):
    """Mails, and all that they ever said."""

    def __init__(self, databases: Databases, watch: Watch) -> None:
        super().__init__(databases)
        self._watch = watch

    def read(self) -> list[tuple[str, str, Rendered]]:
        found = super().read()
        for name, _mailbox, words in found:
            self._watch.elsewhere += [name, words.subject, words.text, words.html, str(dict(words.data))]
        return found


def fill_in(client: Client, watch: Watch, form: str, answers: dict[str, dict[str, Any]]) -> None:
    """From the first page of a form to its last, marks in every field."""
    at = begin(client, form=form)
    for _page in range(40):
        name = at.split("?", maxsplit=1)[0].rsplit("/", 1)[1]
        if name == "check":
            return
        at = leads_to(submit(client, at, **watch.typed(client.get(at).text, answers.get(name, {}))))
    raise AssertionError(f"still at {at}")


def found_in(where: str) -> list[str]:
    """The marks in a text, each with what stands around it."""
    lower = where.lower()
    return [lower[max(0, lower.index(mark) - 60) :][:160] for mark in MARKS if mark in lower]


def held_by(databases: Databases) -> str:
    """All that a copied database would show: every value of every table, and for SQLite its very files."""
    with reading(databases) as db:
        tables = inspect(databases.reader).get_table_names()
        held = "".join(str(row) for table in tables for row in db.execute(text(f'SELECT * FROM "{table}"')))
    if databases.is_sqlite:
        path = Path(str(databases.url.database))
        files = [path, *path.parent.glob(f"{path.name}-*")]
        held += "".join(file.read_bytes().decode("latin-1") for file in files)
    return held


def test_what_is_typed_into_the_forms_stands_nowhere_in_the_clear(
    client: Client, databases: Databases, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    ready_clinic(databases)
    with unit_of_work(databases) as db:
        vetting.remember(db, DISTINCT["sender_mailbox"][0], "1234567893", by="moderator:mo", at=service_clock.now())
    watch = Watch(client)
    mail = Kept(databases, watch)
    mail.read()
    fill_in(client, watch, "ask", PAT)
    clock.advance(minutes=5)
    assert leads_to(submit(client, "/ask/check")) == "/ask/sent"
    reference = client.get("/ask/sent").text.split('class="reference">')[1][:9]
    assert MARK in clinic_opens(client, mail, mail.link()).text
    client.get("/answer/decline")
    sender_opens(client, mail, reference, mailbox=DISTINCT["email"][0])
    fill_in(client, watch, "refer", RIVERA)
    clock.advance(minutes=5)
    assert leads_to(submit(client, "/refer/check")) == "/refer/code"
    assert leads_to(submit(client, "/refer/code", code=mail.code())) == "/refer/sent"
    assert MARK in clinic_opens(client, mail, mail.link()).text
    assert {"patient_name", "note", "plan", "question", "medicines", "organization", *DISTINCT} <= watch.marked
    assert found_in("\n".join(watch.elsewhere)) == []
    assert found_in(caplog.text) == []
    assert found_in(held_by(databases)) == []
    for public in ("/", "/healthz", "/readyz", "/accuracy", "/search?near=04101"):
        assert found_in(client.get(public).text) == [], public


DAY = {"appointment_month": "3", "appointment_day": "24", "appointment_year": "2026", "time": "2:30 pm"}
WEEK = {"expected_month": "4", "expected_day": "9", "expected_year": "2026"}
CALLED = {"spoken_month": "3", "spoken_day": "10", "spoken_year": "2026"}
SCORED = {"scored_month": "3", "scored_day": "9", "scored_year": "2026"}
BY_CLINIC: tuple[tuple[str, dict[str, Any]], ...] = (
    ("accept", {}),
    ("waitlist", WEEK),
    ("by-phone", {"answer": "yes"} | CALLED),
    ("schedule", DAY),
    ("no-show", {"reason": "ill"}),
    ("cancel-appointment", {"reason": "other"}),
    ("schedule", DAY | {"appointment_day": "31"}),
    ("visit", {"sessions": "1", "dose": "56", "scale": "PHQ9", "total_before": "19", "total_after": "9"} | SCORED),
    ("complete", {"sessions": "8", "scale": "PHQ9", "total_before": "19", "total_after": "7"} | SCORED),
)
"""Steps of a clinic in an order that its states allow, with what takes no words."""
NO_WORDS = {
    *(name for typed in (DAY, WEEK, CALLED, SCORED) for name in typed),
    *("sessions", "total_before", "total_after", "born", "code", "reference"),
}


def write(client: Client, watch: Watch, path: str, action: str = "", **known: Any) -> None:
    """Marks in every field for words of a page, and what is known in the others."""
    typed = watch.typed(client.get(path).text, known)
    for name in NO_WORDS & typed.keys():
        typed[name] = known.get(name, "")
    leads_to(submit(client, path, action=action, **typed))


@pytest.fixture
def staff(make_client: Callable[..., Client], database_url: str, databases: Databases) -> Client:
    """The browser of a moderator."""
    client = make_client(database_url=database_url)
    sign_in(client, databases, Role.MODERATOR)
    return client


def test_what_clinic_sender_and_staff_write_stands_nowhere_in_the_clear(
    clock: Clock, client: Client, databases: Databases, staff: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    place = ready_clinic(databases)
    watch = Watch(client)
    mail = Kept(databases, watch)
    referral = sent_request(databases, place, clinician=True)
    clinic_opens(client, mail, mail.link())
    here, theirs = "/answer/current", "/requests/current"
    write(client, watch, f"{here}/ask")
    sender_opens(client, mail, referral.reference, "rivera@example.com")
    write(client, watch, f"{theirs}/reply")
    write(client, watch, f"{theirs}/contact", voicemail="no")
    for name, known in BY_CLINIC:
        write(client, watch, f"{here}/{name}", **known)
    write(client, watch, here, f"{here}/note")
    write(client, watch, here, f"{here}/number")
    assert MARK in client.get(here).text.split("Your own number")[1][:400], "the clinic reads its own number"
    declined = sent_request(databases, place, key="no", clinician=True)
    clinic_opens(client, mail, mail.link())
    write(client, watch, f"{here}/decline", reason="other")
    heard = sent_request(databases, place, key="phone", clinician=True)
    mail.read()
    sender_opens(client, mail, heard.reference, "rivera@example.com")
    write(client, watch, f"{theirs}/by-phone", answer="no", **CALLED)
    held = [
        sent_request(databases, place, key=key, clinician=True, sender_mailbox=f"{key}@example.com")
        for key in ("let-through", "refused")
    ]
    with reading(databases) as db:
        items = {
            item.about_id: item.id for item in db.exec(select(QueueItem).where(QueueItem.kind == "UNVETTED_SENDER"))
        }
        tasks = [queries.find_task_of(db, each.id) for each in held]
    for task, choice in zip(tasks, ("release", "refuse"), strict=True):
        at = f"/queue/{items[task.id]}"
        write(staff, watch, at, at, choice=choice)
        assert MARK in staff.get(at).text, "people of the house read what one of them wrote"
    mail.read()
    fields = {"question", "reply", "through", "reach_note", "words", "note", "events_note", "plan", "comment", "what"}
    fields |= {"number", "findings", "services", "recommendations", "medication"}
    assert fields | {"spoke_with"} <= watch.marked
    with reading(databases) as db:
        assert queries.find_task_of(db, referral.id).status == "completed"
        assert queries.find_task_of(db, declined.id).status == "declined"
    assert found_in("\n".join(watch.elsewhere)) == []
    assert found_in(caplog.text) == []
    assert found_in(held_by(databases)) == []


def test_a_mistake_of_ours_repeats_nothing_of_what_was_typed(
    client: Client, databases: Databases, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    ready_clinic(databases)
    watch = Watch(client)
    fill_in(client, watch, "ask", PAT)
    clock.advance(minutes=5)
    form = form_of(client.get("/ask/check").text)
    with databases.writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE referral RENAME TO referral_gone")
    answer = client.post(form.action or "/ask/check", data=form.hidden)
    with databases.writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE referral_gone RENAME TO referral")
    assert answer.status_code >= 500
    assert found_in(answer.text) == []
    assert found_in(caplog.text) == []
    lost = client.post(f"/nowhere/{MARK}", data={"patient_name": MARK})
    assert (lost.status_code, found_in(lost.text)) == (404, [])


def test_a_backup_of_it_holds_no_mark(
    client: Client,
    databases: Databases,
    clock: Clock,
    make_settings: Callable[..., Settings],
    tmp_path: Path,
) -> None:
    ready_clinic(databases)
    fill_in(client, Watch(client), "ask", PAT)
    clock.advance(minutes=5)
    submit(client, "/ask/check")
    url = databases.url.render_as_string(hide_password=False).replace("+psycopg", "").replace("+pysqlite", "")
    settings = make_settings(database_url=url)
    assert backups.backup(settings, argparse.Namespace(file=tmp_path / "backup.tar.gz")) == 0
    with tarfile.open(tmp_path / "backup.tar.gz") as archive:
        archive.extractall(tmp_path / "opened", filter="data")
    everything = "".join(
        path.read_bytes().decode("latin-1") for path in (tmp_path / "opened").rglob("*") if path.is_file()
    )
    assert len(everything) > 1000
    assert found_in(everything) == []
