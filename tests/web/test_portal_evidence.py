"""A clinic sends a document, a person of ours reads it and writes down what it shows; the clinic sees the answer."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts.permissions import Role
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import people
from directory.listings.models import Location, Practitioner, Qualification
from directory.moderation.models import Decision, QueueItem
from directory.verification.models import EvidenceFile, VerificationResult
from tests.support import documents
from tests.support.forms import Client, leads_to, links_of, submit, words_of
from tests.support.people import KIT, sign_in
from tests.support.published import harbour
from tests.support.time import Clock

SLUG = "harbour-clinic-portland-me"
HERE = f"/clinic/sites/{SLUG}/evidence"


@pytest.fixture
def place(databases: Databases, clock: Clock) -> UUID:
    return harbour(databases)


@pytest.fixture
def ola(client: Client, databases: Databases, place: UUID) -> Client:
    """Ola, who owns the clinic."""
    sign_in(client, databases, Role.OWNER, organization(databases, place))
    return client


def organization(databases: Databases, place: UUID) -> UUID:
    with reading(databases) as db:
        return db.get_one(Location, place).organization_id


def status(databases: Databases, place: UUID) -> str:
    with reading(databases) as db:
        return db.get_one(Location, place).status


def noor(databases: Databases) -> str:
    with reading(databases) as db:
        return str(db.exec(select(Practitioner.id)).one())


def send(client: Client, content: bytes = documents.pdf(), *, name: str = "../../x.html", **typed: str) -> Any:
    data = {"kind": "supervision", "about": "", "title": "Policy of May"} | typed
    return client.post(HERE, data=data, files={"file": (name, content, "text/html")}, follow_redirects=False)


def waiting(databases: Databases, kind: str = "EVIDENCE") -> str:
    with reading(databases) as db:
        asked = select(QueueItem.id).where(QueueItem.state == "OPEN", QueueItem.kind == kind)
        return f"/queue/{db.exec(asked).one()}"


def test_what_cannot_be_taken_is_said_beside_its_question_and_nothing_typed_is_lost(
    ola: Client, databases: Databases
) -> None:
    for content, status_code, words in (
        (b"", 422, "Send a PDF, a PNG or a JPEG"),
        (b"<html>", 422, "Send a PDF, a PNG or a JPEG"),
        (documents.HOSTILE_PDFS["an action at opening"], 422, "Print it to a plain PDF"),
        (b"%PDF-" + b"0" * 10_500_000, 413, "The file is larger than 10 MB. Send a smaller copy"),
    ):
        answer = send(ola, content)
        assert (answer.status_code, words in words_of(answer.text)) == (status_code, True), words_of(answer.text)
        assert 'value="Policy of May"' in answer.text
    assert send(ola, b"0" * 12_000_000).status_code == 413
    assert "Choose whose license it is" in words_of(send(ola, kind="licences").text)
    assert "Choose whom it is about" in words_of(send(ola, about=str(UUID(int=7))).text)
    assert "Choose what it proves" in words_of(send(ola, kind="prices").text)
    with reading(databases) as db:
        assert db.exec(select(EvidenceFile)).all() == []
        assert db.exec(select(QueueItem)).all() == []


def test_a_lapsed_licence_comes_back_by_a_document_that_a_person_reads(
    ola: Client, databases: Databases, place: UUID, clock: Clock
) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        row = db.exec(select(Qualification)).one()
        row.status = "EXPIRED"
        people.set_licence(db, row)
    assert status(databases, place) == "SUSPENDED"
    home = ola.get(f"/clinic/sites/{SLUG}").text
    assert HERE in links_of(home)
    assert leads_to(send(ola, kind="licences", about=noor(databases), title="Board letter")) == f"{HERE}?done=sent"
    page = words_of(ola.get(HERE).text)
    assert "Board letter Waits for a person of ours Licenses, Noor Example, MD." in page
    assert "x.html" not in page

    sign_in(ola, databases, Role.VERIFIER)
    path = waiting(databases)
    review = ola.get(path).text
    assert "About Noor Example, MD" in words_of(review)
    saved = re.search(r"/house/evidence/[0-9a-f-]{36}", review)
    assert saved is not None
    answer = ola.get(saved[0])
    assert answer.content == documents.pdf()
    assert answer.headers["content-disposition"].startswith("attachment;")
    early = submit(ola, path, action=path, choice="proved")
    assert (early.status_code, "Write down what it shows" in words_of(early.text)) == (422, True)
    desk = next(link for link in links_of(review) if "/checks/licence?document=" in link)
    form = ola.get(desk).text
    assert 'value="Document of March 10, 2026"' in form
    done = submit(
        ola, desk, **chosen(form) | {"status": "ACTIVE", "expires_on": "2029-06-30", "source": "The document"}
    )
    assert leads_to(done).endswith("/checks/licence?done=back")
    assert "the listing is public again" in words_of(ola.get(leads_to(done)).text)
    assert status(databases, place) == "PUBLISHED"
    with reading(databases) as db:
        assert db.exec(select(QueueItem.state).where(QueueItem.kind == "EVIDENCE")).one() == "DONE"
        assert db.exec(select(Decision.words)).one().startswith("Your document was read")
        assert [row.ids["what"] for row in db.exec(select(OutboxMessage)).all()] == ["checked"]
    sign_in(ola, databases, Role.OWNER, organization(databases, place))
    assert "Board letter Read and written down" in words_of(ola.get(HERE).text)


def chosen(html: str) -> dict[str, str]:
    """What the selects of a page stand on."""
    found = re.findall(r'<select[^>]* name="([^"]+)".*?</select>', html, re.DOTALL)
    values = {}
    for name in found:
        part = html.split(f'name="{name}"')[1].split("</select>", maxsplit=1)[0]
        selected = re.search(r'value="([^"]*)" selected', part)
        values[name] = selected[1] if selected else ""
    return values


def test_what_shows_nothing_is_answered_in_words_that_the_clinic_reads(
    ola: Client, databases: Databases, place: UUID
) -> None:
    leads_to(send(ola, kind="other", title="Our lease"))
    sign_in(ola, databases, Role.MODERATOR)
    path = waiting(databases)
    assert submit(ola, path, action=path, choice="not_proved").status_code == 422
    words = "The page with the signature is missing."
    assert leads_to(submit(ola, path, action=path, choice="not_proved", words=words)) == "/queue?done=decided"
    sign_in(ola, databases, Role.EDITOR, organization(databases, place))
    page = words_of(ola.get(HERE).text)
    assert "Our lease Not enough Something else, Harbour Clinic." in page
    assert words in page


def test_something_else_needs_no_page_of_its_own_and_a_removed_document_waits_for_nobody(
    ola: Client, databases: Databases, place: UUID
) -> None:
    leads_to(send(ola, kind="other", title="Our lease"))
    leads_to(send(ola, kind="rems", title="The confirmation"))
    with reading(databases) as db:
        rems = db.exec(select(EvidenceFile.id).where(EvidenceFile.fact_group == "rems")).one()
        checks = len(db.exec(select(VerificationResult)).all())
    sign_in(ola, databases, Role.MODERATOR)
    leads_to(ola.post(f"/house/evidence/{rems}/remove", follow_redirects=False))
    path = waiting(databases)
    leads_to(submit(ola, path, action=path, choice="proved"))
    with reading(databases) as db:
        assert len(db.exec(select(VerificationResult)).all()) == checks, "it proves no group of facts"
    sign_in(ola, databases, Role.OWNER, organization(databases, place))
    page = words_of(ola.get(HERE).text)
    assert "Our lease Read and written down" in page
    assert "A document Removed by our staff" in page


def test_another_clinics_people_and_intake_staff_send_nothing(
    client: Client, databases: Databases, place: UUID
) -> None:
    assert leads_to(client.get(HERE)).startswith("/sign-in")
    sign_in(client, databases, Role.INTAKE, organization(databases, place))
    assert client.get(HERE).status_code == 403
    assert send(client).status_code == 403
    sign_in(client, databases, Role.OWNER, UUID(int=5), somebody=KIT)
    assert client.get(HERE).status_code == 404
    assert send(client).status_code == 404


def test_an_account_sends_thirty_documents_an_hour(ola: Client, databases: Databases) -> None:
    for _number in range(30):
        assert send(ola, b"x").status_code == 422
    answer = send(ola)
    assert (answer.status_code, "many documents within an hour" in words_of(answer.text)) == (429, True)
