"""Documents over HTTP: staff put them there and save them; nothing is ever shown by a page of ours."""

import re
from uuid import UUID

import pytest

from directory.accounts.permissions import Role
from directory.lib.db import Databases
from tests.support import documents
from tests.support.forms import Client, leads_to, words_of
from tests.support.people import sign_in
from tests.support.requests import SLUG, ready_clinic
from tests.support.time import Clock

HERE = f"/house/clinics/{SLUG}/evidence"


@pytest.fixture
def vera(client: Client, databases: Databases, clock: Clock) -> Client:
    """Vera, a verifier."""
    ready_clinic(databases)
    sign_in(client, databases, Role.VERIFIER)
    return client


def upload(client: Client, content: bytes, *, group: str = "licences", name: str = "../../x.html") -> object:
    typed = {"group": group, "title": "Board letter"}
    return client.post(HERE, data=typed, files={"file": (name, content, "text/html")}, follow_redirects=False)


def test_a_document_is_kept_and_saved_only_as_a_download(vera: Client) -> None:
    plain = documents.pdf()
    assert leads_to(upload(vera, plain)) == HERE
    page = vera.get(HERE).text
    found = re.search(r"/house/evidence/([0-9a-f-]{36})", page)
    assert found is not None
    assert UUID(found[1])
    assert "x.html" not in page
    answer = vera.get(found[0])
    assert answer.content == plain
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="document-')
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["cache-control"] == "no-store"
    assert leads_to(vera.post(f"{found[0]}/remove", follow_redirects=False)) == HERE
    assert vera.get(found[0]).status_code == 404


def test_what_cannot_be_kept_is_said_beside_the_field_and_nothing_typed_is_lost(vera: Client) -> None:
    for content, words in (
        (documents.HOSTILE_PDFS["an action at opening"], "Print it to a plain PDF"),
        (b"<html>", "Send a PDF, a PNG or a JPEG"),
        (b"%PDF-" + b"0" * 10_500_000, "larger than 10 MB"),
    ):
        answer = upload(vera, content)
        assert answer.status_code == 422  # type: ignore[attr-defined]
        assert words in words_of(answer.text)  # type: ignore[attr-defined]
        assert 'value="Board letter"' in answer.text  # type: ignore[attr-defined]
    assert upload(vera, documents.pdf(), group="horoscope").status_code == 422  # type: ignore[attr-defined]
    assert upload(vera, b"0" * 12_000_000).status_code == 413  # type: ignore[attr-defined]
    assert "No documents" in words_of(vera.get(HERE).text)
