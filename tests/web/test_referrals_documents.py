"""Documents of a referral over HTTP: added and removed without scripts, saved by the clinic alone, looks recorded."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlmodel import col, select

from directory.accounts.models import AuditEvent
from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading
from directory.lib.ids import token_digest
from directory.listings.models import Location
from directory.referrals import attachments
from directory.referrals.models import Attachment, Referral
from tests.support import documents
from tests.support.forms import Client, form_of, leads_to, links_of, submit, words_of
from tests.support.journeys import RIVERA, Mail, answer_all, begin, clinic_opens, sender_opens
from tests.support.people import RIVERA as RIVERA_SIGNS_IN
from tests.support.people import person, sign_in, sign_out
from tests.support.requests import ready_clinic
from tests.support.routes import litestar_of
from tests.support.time import Clock

HERE = "/refer/documents"


@pytest.fixture
def rivera(client: Client, databases: Databases, clock: Clock) -> Client:
    """Dr Rivera's browser, at the last page of the form."""
    ready_clinic(databases)
    assert answer_all(client, begin(client, form="refer"), RIVERA, until="documents") == HERE
    return client


@pytest.fixture
def noor(make_client: Callable[..., Client], database_url: str, rivera: Client) -> Client:
    """Noor's browser at Harbour Clinic, at the same service."""
    return make_client(database_url=database_url, data_dir=folder(rivera))


def folder(client: Client) -> Path:
    found: Path = litestar_of(client).state.settings.data_dir
    return found


def put(client: Client, content: bytes, name: str = "labs.pdf", press: str = "add") -> Any:
    hidden = form_of(client.get(HERE).text, with_field="file").hidden
    typed = hidden | ({press: "yes"} if press else {})
    return client.post(HERE, data=typed, files={"file": (name, content, "text/html")}, follow_redirects=False)


def send(client: Client, mail: Mail, clock: Clock) -> None:
    clock.advance(minutes=5)
    assert leads_to(submit(client, "/refer/check")) == "/refer/code"
    assert leads_to(submit(client, "/refer/code", code=mail.code())) == "/refer/sent"


def test_documents_are_added_listed_and_removed_and_none_is_needed(rivera: Client) -> None:
    page = rivera.get(HERE).text
    assert "Do not attach psychotherapy notes" in words_of(page)
    assert "42 CFR part 2 prohibits" in words_of(page)
    assert leads_to(put(rivera, documents.pdf(), "Labs of Pat.pdf")) == HERE
    assert leads_to(put(rivera, documents.image("PNG"), "ECG <b>.png")) == HERE
    shown = words_of(rivera.get(HERE).text)
    assert "Labs of Pat.pdf PDF, 1 KB" in shown
    assert "ECG <b>.png" in shown
    assert "You can add 3 more" in shown
    check = words_of(rivera.get("/refer/check").text)
    assert "Labs of Pat.pdf" in check
    hidden = form_of(rivera.get(HERE).text, with_field="draft").hidden
    for _press in range(2):
        assert leads_to(rivera.post(HERE, data={**hidden, "remove": "1"}, follow_redirects=False)) == HERE
    assert "Labs of Pat.pdf" not in rivera.get(HERE).text
    assert leads_to(rivera.post(HERE, data=hidden, follow_redirects=False)) == "/refer/check"
    assert leads_to(put(rivera, documents.pdf(), "last.pdf", press="")) == "/refer/check", "a chosen file goes along"
    assert "last.pdf" in rivera.get("/refer/check").text


def test_what_cannot_be_kept_is_said_beside_the_field_with_its_status_and_nothing_typed_is_lost(rivera: Client) -> None:
    for content, status, words in (
        (b"<html>", 415, "Send a PDF, a PNG or a JPEG"),
        (b"PK\x03\x04", 415, "Send a PDF, a PNG or a JPEG"),
        (documents.HOSTILE_PDFS["a script at opening"], 422, "holds scripts"),
        (documents.HOSTILE_PDFS["locked"], 422, "locked by a password"),
        (documents.image("JPEG", (900, 900))[:3000], 422, "cannot be read"),
        (b"%PDF-" + b"0" * attachments.LARGEST, 413, "larger than 5 MB"),
        (b"%PDF-" + b"0" * (attachments.LARGEST + 600_000), 413, "larger than 5 MB"),
    ):
        answer = put(rivera, content)
        assert (answer.status_code, words in words_of(answer.text)) == (status, True), words_of(answer.text)[:300]
    answer = rivera.post(HERE, data=form_of(rivera.get(HERE).text).hidden | {"add": "yes"})
    assert (answer.status_code, "Choose a file" in answer.text) == (422, True)
    for _number in range(5):
        leads_to(put(rivera, documents.image("PNG")))
    hidden = form_of(rivera.get(HERE).text).hidden
    answer = rivera.post(HERE, data=hidden | {"add": "yes"}, files={"file": ("6.pdf", documents.pdf())})
    assert (answer.status_code, "at most five documents" in answer.text) == (422, True)
    assert "Pat Quillfeather" in rivera.get("/refer/check").text
    assert len(list(attachments.files(folder(rivera)))) == 5


def test_the_sender_takes_them_back_while_they_are_kept_by_code_or_signed_in_each_look_recorded(
    rivera: Client, noor: Client, databases: Databases, clock: Clock
) -> None:
    person(databases, RIVERA_SIGNS_IN)
    leads_to(put(rivera, documents.pdf(), "Labs of Pat.pdf"))
    mail = Mail(databases)
    mail.read()
    send(rivera, mail, clock)
    with reading(databases) as db:
        [referral] = db.exec(select(Referral)).all()
    assert rivera.get("/requests/current/documents/1").status_code == 403
    page = sender_opens(rivera, mail, referral.reference, "rivera@example.com")
    assert "Labs of Pat.pdf" in page.text
    by_code = rivera.get("/requests/current/documents/1")
    assert by_code.content.startswith(b"%PDF-")
    assert by_code.headers["content-disposition"] == f'attachment; filename="{referral.reference}-document-1.pdf"'
    assert rivera.get("/requests/current/documents/2").status_code == 404
    sign_in(noor, databases, Role.REFERRER)
    mine = f"/referrals/{referral.reference}"
    assert f"{mine}/documents/1" in links_of(noor.get(mine).text)
    assert noor.get(f"{mine}/documents/1").content == by_code.content
    with reading(databases) as db:
        looked = db.exec(select(AuditEvent).where(AuditEvent.subject_type == "attachment")).all()
    assert [event.actor_kind for event in looked] == ["clinician", "clinician"]
    leads_to(submit(rivera, "/requests/current/withdraw"))
    assert rivera.get("/requests/current/documents/1").status_code == 404
    assert "Labs of Pat.pdf" not in noor.get(mine).text


def test_the_clinic_saves_them_each_look_is_recorded_and_it_ends_with_its_access(
    rivera: Client, noor: Client, databases: Databases, clock: Clock
) -> None:
    photo = documents.photo_with_place() + b"<script>"
    leads_to(put(rivera, documents.pdf(), "Labs of Pat.pdf"))
    leads_to(put(rivera, photo, "scan.jpg"))
    mail = Mail(databases)
    mail.read()
    send(rivera, mail, clock)
    assert leads_to(rivera.get(HERE, follow_redirects=False)) == "/refer/sent"
    assert rivera.get("/answer/current/documents/1").status_code == 403
    page = clinic_opens(noor, mail, mail.link())
    if "terms" in form_of(page.text).action:
        assert noor.get("/answer/current/documents/1").status_code == 404, "not before the terms"
        leads_to(submit(noor, "/answer/current", agree="yes"))
        page = noor.get("/answer/current")
    assert "Labs of Pat.pdf" in page.text
    assert re.findall(r"/answer/current/documents/\d", page.text) == [f"/answer/current/documents/{n}" for n in (1, 2)]
    answer = noor.get("/answer/current/documents/2")
    with reading(databases) as db:
        [referral] = db.exec(select(Referral)).all()
        rows = db.exec(select(Attachment).order_by(col(Attachment.number))).all()
        looked = db.exec(select(AuditEvent).where(AuditEvent.subject_type == "attachment")).all()
    assert [event.subject_id for event in looked] == [rows[1].id]
    assert answer.content.startswith(b"\xff\xd8\xff")
    assert b"script" not in answer.content
    assert b"Exif" not in answer.content
    assert {name: answer.headers[name] for name in ("content-type", "cache-control", "x-content-type-options")} == {
        "content-type": "application/octet-stream", "cache-control": "no-store", "x-content-type-options": "nosniff",
    }  # fmt: skip
    assert answer.headers["content-disposition"] == f'attachment; filename="{referral.reference}-document-2.jpg"'
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert noor.get("/answer/current/documents/3").status_code == 404
    with reading(databases) as db:
        organization_id = db.exec(select(Location.organization_id)).one()
    sign_in(rivera, databases, Role.INTAKE, organization_id)
    room = f"/clinic/requests/{referral.reference}"
    assert f"{room}/documents/2" in rivera.get(room).text
    assert rivera.get(f"{room}/documents/2").content == answer.content
    sign_out(rivera)
    assert rivera.get(f"{room}/documents/2", follow_redirects=False).status_code == 303
    submit_withdrawal(rivera, mail, referral.reference)
    assert noor.get("/answer/current/documents/1").status_code == 403
    attachments.sweep(databases, folder(rivera), at=clock.now())
    assert list(attachments.files(folder(rivera))) == []


def test_the_letter_is_for_the_clinic_and_the_sender_and_ends_with_their_access(
    rivera: Client, noor: Client, databases: Databases, clock: Clock
) -> None:
    leads_to(put(rivera, documents.pdf(), "Labs of Pat.pdf"))
    mail = Mail(databases)
    mail.read()
    send(rivera, mail, clock)
    for path in ("/answer/current/letter.pdf", "/requests/current/letter.pdf"):
        assert noor.get(path).status_code == 403
    page = clinic_opens(noor, mail, mail.link())
    assert "/answer/current/letter.pdf" in links_of(page.text)
    answer = noor.get("/answer/current/letter.pdf")
    with reading(databases) as db:
        reference = db.exec(select(Referral.reference)).one()
    assert answer.headers["content-disposition"] == f'attachment; filename="{reference}-letter.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Re: Pat Quillfeather" in text
    assert "Labs of Pat.pdf (PDF)" in text
    mail.read()
    followed = sender_opens(rivera, mail, reference, "rivera@example.com")
    assert "/requests/current/letter.pdf" in links_of(followed.text)
    assert rivera.get("/requests/current/letter.pdf").content.startswith(b"%PDF-")
    with reading(databases) as db:
        looks = db.exec(select(AuditEvent.actor_kind).where(AuditEvent.action == "viewed")).all()
    assert sorted(looks) == ["clinic", "clinic", "clinician", "clinician"]
    leads_to(submit(rivera, "/requests/current/withdraw"))
    assert noor.get("/answer/current/letter.pdf").status_code == 403


def submit_withdrawal(client: Client, mail: Mail, reference: str) -> None:
    mail.read()
    sender_opens(client, mail, reference, "rivera@example.com")
    leads_to(submit(client, "/requests/current/withdraw"))


def test_another_browser_reaches_no_form_of_this_one(
    rivera: Client, noor: Client, databases: Databases, clock: Clock
) -> None:
    leads_to(put(rivera, documents.pdf()))
    hidden = form_of(rivera.get(HERE).text).hidden
    assert noor.get(HERE).status_code == 410
    assert noor.post(HERE, data=hidden | {"remove": "1"}).status_code == 410
    assert token_digest("x") != hidden["draft"]
    clock.advance(hours=25)
    assert rivera.get(HERE).status_code == 410
