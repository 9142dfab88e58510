"""A clinic is claimed on its pages, from the public page to the invitation; the old contact stops it by a button."""

import re
from uuid import UUID

import pytest

from directory import wiring
from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.listings.models import Endpoint
from directory.listings.queries import get_location, get_record
from tests.support.clinics import AT
from tests.support.forms import Client, form_of, leads_to, links_of, submit, words_of
from tests.support.journeys import Mail
from tests.support.people import sign_in, sign_out
from tests.support.published import harbour as published
from tests.support.time import Clock
from tests.support.typing_in import filled

SLUG = "harbour-clinic-portland-me"


@pytest.fixture
def harbour(databases: Databases, clock: Clock) -> UUID:
    """A listing with a website, a phone, and a mailbox that requests go to."""
    location_id = published(databases, url="https://www.harbour.example")
    with unit_of_work(databases, wiring.dispatch) as db:
        listings.set_endpoint(db, location_id, Endpoint(address="old@clinic.example", created_at=AT), at=AT)
    clock.advance(days=60)
    return location_id


def link_in(databases: Databases, message: str) -> str:
    """Where the one waiting message of this name leads."""
    [words] = [words for name, _mailbox, words in Mail(databases).read() if name == message]
    found = re.search(r"(/objections/\S+)", words.text)
    assert found is not None
    return found[1]


def claimed(client: Client, databases: Databases, mailbox: str) -> str:
    """The page of a claim, after the code that was mailed."""
    assert f"/claim/{SLUG}" in links_of(client.get(f"/clinics/{SLUG}").text)
    answer = submit(client, f"/claim/{SLUG}", mailbox=mailbox, may_speak="yes")
    assert leads_to(answer) == "/claim/code"
    code = Mail(databases).code()
    assert leads_to(submit(client, "/claim/code", code=code)) == "/claim/current"
    return str(client.get("/claim/current").text)


def test_a_clinic_is_claimed_by_its_own_mailbox_and_a_call(client: Client, databases: Databases, harbour: UUID) -> None:
    page = claimed(client, databases, "ola@harbour.example")
    assert "Proved on May 9, 2026" in words_of(page)
    asked = client.post("/claim/current/ask", data={"kind": "PHONE_CODE"})
    assert leads_to(asked) == "/claim/current"
    assert "It is done within two working days." in words_of(client.get("/claim/current").text)
    sign_in(client, databases, Role.MODERATOR)
    desk = client.get("/desk/claims").text
    assert "(207) 555-0142" in desk
    code = re.search(r'class="reference">(\d{6})<', desk)
    assert code is not None
    assert leads_to(client.post(form_of(desk).action)) == "/desk/claims?done=given"
    sign_out(client)
    wrong = client.post("/claim/current/code", data={"kind": "PHONE_CODE", "code": "12"})
    assert wrong.status_code == 422
    assert "That is not the code." in words_of(wrong.text)
    assert (
        leads_to(client.post("/claim/current/code", data={"kind": "PHONE_CODE", "code": code[1]})) == "/claim/current"
    )
    assert "The clinic is yours to keep" in words_of(client.get("/claim/current").text)


def test_a_letter_is_printed_for_the_listed_address(client: Client, databases: Databases, harbour: UUID) -> None:
    claimed(client, databases, "ola@gmail.com")
    client.post("/claim/current/ask", data={"kind": "LETTER"})
    sign_in(client, databases, Role.MODERATOR)
    link = next(link for link in links_of(client.get("/desk/claims").text) if link.endswith("/letter"))
    letter = words_of(client.get(link).text)
    assert "1 Wharf Street, Portland, ME, 04101" in letter
    assert re.search(r"\b\d{6}\b", letter)


def test_the_old_contact_stops_a_claim_by_one_button_and_looking_changes_nothing(
    client: Client, databases: Databases, harbour: UUID
) -> None:
    claimed(client, databases, "thief@gmail.com")
    link = link_in(databases, "listing_claimed")
    page = client.get(link)
    assert "Somebody claims your listing" in words_of(page.text)
    assert "Two of these four must hold" in words_of(client.get("/claim/current").text)
    assert "Stopped" in words_of(client.post(link).text)
    assert "This claim is closed." in words_of(client.get("/claim/current").text)
    again = submit(client, f"/claim/{SLUG}", mailbox="thief2@gmail.com", may_speak="yes")
    assert again.status_code == 422
    assert "Somebody has objected" in words_of(again.text)


def test_the_old_contact_stops_a_new_phone_number_by_one_button(
    client: Client, databases: Databases, harbour: UUID
) -> None:
    with reading(databases) as db:
        organization_id = get_location(db, harbour).organization_id
    sign_in(client, databases, Role.OWNER, organization_id)
    here = f"/clinic/sites/{SLUG}/contact"
    page = client.get(here).text
    assert leads_to(client.post(here, data={**filled(page), "phone": "207 555 0199", "then": "save"})).endswith(
        "=waits"
    )
    assert "Your old contact can object until" in words_of(client.get(here).text)
    sign_out(client)
    link = link_in(databases, "contact_changes")
    assert "(207) 555-0142 (207) 555-0199" in words_of(client.get(link).text)
    for _press in range(2):
        assert "Stopped" in words_of(client.post(link).text)
    with reading(databases) as db:
        assert get_record(db, harbour).phone == "+12075550142"


def test_what_is_wrong_with_a_claim_is_said_and_strangers_see_none(
    client: Client, databases: Databases, harbour: UUID
) -> None:
    answer = submit(client, f"/claim/{SLUG}", mailbox="not a mailbox")
    assert answer.status_code == 422
    assert "Tick the box if you may speak for this clinic" in words_of(answer.text)
    assert 'value="not a mailbox"' in answer.text
    assert client.get("/claim/current").status_code == 403
    assert client.get("/claim/code").status_code == 403
    assert client.get("/claim/no-such-clinic").status_code == 404
    assert client.get("/objections/nonsense").status_code == 404
    sign_in(client, databases, Role.VERIFIER)
    assert client.get("/desk/claims").status_code == 403
