"""A group changes all its sites by one file: the template, the differences, the yes; all of it or nothing."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest

from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading
from directory.listings.queries import get_location, get_record
from tests.support.forms import Client, form_of, leads_to, words_of
from tests.support.people import sign_in
from tests.support.published import harbour as published
from tests.support.time import Clock

SLUG = "harbour-clinic-portland-me"


@pytest.fixture
def harbour(databases: Databases, clock: Clock) -> UUID:
    """Harbour Clinic's location."""
    return published(databases)


@pytest.fixture
def ola(client: Client, databases: Databases, harbour: UUID) -> Client:
    """The owner's browser."""
    with reading(databases) as db:
        organization_id = get_location(db, harbour).organization_id
    sign_in(client, databases, Role.OWNER, organization_id)
    return client


def edited(ola: Client, **cells: str) -> str:
    """The template with some cells changed."""
    rows = list(csv.DictReader(io.StringIO(ola.get("/clinic/bulk/sites.csv").text)))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows([row | cells for row in rows])
    return out.getvalue()


def sent(ola: Client, text: str) -> Any:
    return ola.post("/clinic/bulk", files={"file": ("sites.csv", text.encode(), "text/csv")}, data={"text": ""})


def test_the_template_sent_back_untouched_changes_nothing(ola: Client) -> None:
    answer = sent(ola, edited(ola))
    assert answer.status_code == 200
    assert "the file says what stands there already" in words_of(answer.text)


def test_differences_are_shown_and_saved_after_the_yes(ola: Client, databases: Databases, harbour: UUID) -> None:
    cells = {"wait_days": "40", "languages": "en;de", "phone": "207 555 0199", "hours.0": "9-12", "fax": ""}
    answer = sent(ola, edited(ola, **cells))
    words = words_of(answer.text)
    assert "Days until a new patient's first visit 14 40 Live at once" in words
    assert "Phone (207) 555-0142 (207) 555-0199 Sent for checking" in words
    with reading(databases) as db:
        assert get_record(db, harbour).wait_days == 14
    yes = form_of(answer.text)
    assert leads_to(ola.post("/clinic/bulk", data=yes.hidden)) == "/clinic/bulk?done=saved"
    with reading(databases) as db:
        now = get_record(db, harbour)
    assert (now.wait_days, now.languages, now.phone) == (40, ("en", "de"), "+12075550142")


def test_one_line_that_is_wrong_keeps_all_of_it_from_being_saved(
    ola: Client, databases: Databases, harbour: UUID
) -> None:
    text = edited(ola, wait_days="soon", description="We guarantee a cure.") + "somebody-elses-clinic\n"
    answer = sent(ola, text)
    assert answer.status_code == 422
    words = words_of(answer.text)
    assert "wait_days: Days until a new patient's first visit: enter a whole number" in words
    assert "Leave out “guarantee”." in words
    assert "This site is not one of yours." in words
    again = ola.post("/clinic/bulk", data={"text": text, "confirm": "yes"})
    assert again.status_code == 422
    with reading(databases) as db:
        assert get_record(db, harbour).version == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "one of them must be “site”"),
        ("name,city\na,b\n", "one of them must be “site”"),
        (f"site,npi\n{SLUG},1\n", "These columns are not known: npi."),
        ("site,name\n", "There is no site in this file."),
    ],
)
def test_what_is_no_such_file_is_said_in_words(ola: Client, text: str, words: str) -> None:
    answer = ola.post("/clinic/bulk", data={"text": text})
    assert answer.status_code == 422
    assert words in words_of(answer.text)
