"""A thief tries to take a listing that has long had a phone, a website and an address: six ways, over HTTP."""

import re
from uuid import UUID

import pytest

from directory import wiring
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.permissions import Role
from directory.lib import clock as moment
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.listings.fields import Section
from directory.listings.models import Endpoint
from directory.listings.queries import get_location, get_record
from directory.terminology.proofs import Method
from directory.verification import editing
from tests.support.clinics import AT
from tests.support.forms import Client, form_of, leads_to, submit, words_of
from tests.support.journeys import Mail
from tests.support.people import OLA, person, sign_in, sign_out
from tests.support.published import harbour
from tests.support.time import Clock

SLUG = "harbour-clinic-portland-me"
THIEF = "thief@gmail.com"
YOURS = "The clinic is yours to keep"


@pytest.fixture
def place(databases: Databases, clock: Clock) -> UUID:
    location_id = harbour(databases, url="https://www.harbour.example")
    with unit_of_work(databases, wiring.dispatch) as db:
        listings.set_endpoint(db, location_id, Endpoint(address="old@harbour.example", created_at=AT), at=AT)
    clock.advance(days=60)
    return location_id


def claims(client: Client, databases: Databases, mailbox: str = THIEF) -> str:
    """Begin a claim and prove one's mailbox; the words of its page."""
    leads_to(submit(client, f"/claim/{SLUG}", mailbox=mailbox, may_speak="yes"))
    leads_to(submit(client, "/claim/code", code=Mail(databases).code()))
    return words_of(client.get("/claim/current").text)


def types(client: Client, kind: str, code: str) -> str:
    """What is said to a code that is typed."""
    client.post("/claim/current/code", data={"kind": kind, "code": code})
    return words_of(client.get("/claim/current").text)


def code_read_out(client: Client, databases: Databases) -> str:
    """What our staff read out to the listed phone, with the claimant's cookies kept for later."""
    kept = dict(client.cookies)
    sign_in(client, databases, Role.MODERATOR)
    desk = client.get("/desk/claims").text
    found = re.search(r'class="reference">(\d{6})<', desk)
    leads_to(client.post(form_of(desk).action))
    sign_out(client)
    client.cookies.update(kept)
    assert found is not None
    return found[1]


def one_a_domain_that_looks_alike(client: Client, databases: Databases, place: UUID, clock: Clock) -> str:
    return claims(client, databases, "ola@harbour-example.org")


def two_the_same_proof_twice(client: Client, databases: Databases, place: UUID, clock: Clock) -> str:
    claims(client, databases)
    client.post("/claim/current/ask", data={"kind": "PHONE_CODE"})
    code = code_read_out(client, databases)
    types(client, "PHONE_CODE", code)
    return types(client, "PHONE_CODE", code)


def three_a_phone_that_was_changed_just_before(client: Client, databases: Databases, place: UUID, clock: Clock) -> str:
    by = editing.Editor(actor=Actor(ActorKind.CLINIC, "U-X"))
    with unit_of_work(databases, wiring.dispatch) as db:
        phone = {"phone": "+12075550666"}
        row = editing.save(db, place, Section.CONTACT, phone, seen=None, by=by, at=moment.now()).waiting[0]
        mo = Actor(ActorKind.MODERATOR, "U-MO")
        editing.approve(db, row.id, method=Method.PHONE, by=mo, at=moment.now())
    editing.settle_cooled(databases, wiring.dispatch, at=clock.advance(hours=73))
    seen = claims(client, databases)
    assert "listed less than 30 days ago" in seen
    return words_of(client.post("/claim/current/ask", data={"kind": "PHONE_CODE"}).text)


def four_guessing_the_code(client: Client, databases: Databases, place: UUID, clock: Clock) -> str:
    claims(client, databases, "ola@harbour.example")  # even with the mailbox of the clinic
    client.post("/claim/current/ask", data={"kind": "PHONE_CODE"})
    code = code_read_out(client, databases)
    for guess in range(5):
        types(client, "PHONE_CODE", f"{(int(code) + guess + 1) % 1_000_000:06d}")
    return types(client, "PHONE_CODE", code)


def five_a_clinic_with_an_owner(client: Client, databases: Databases, place: UUID, clock: Clock) -> str:
    with reading(databases) as db:
        organization_id = get_location(db, place).organization_id
    person(databases, OLA, organization_id)
    refused = submit(client, f"/claim/{SLUG}", mailbox=THIEF, may_speak="yes")
    assert refused.status_code == 422
    assert "has an owner here already" in words_of(refused.text)
    return words_of(client.get("/claim/current").text)


def six_patience_against_the_old_contact(client: Client, databases: Databases, place: UUID, clock: Clock) -> str:
    claims(client, databases)
    [mail] = [words for name, _to, words in Mail(databases).read() if name == "listing_claimed"]
    link = re.search(r"(/objections/\S+)", mail.text)
    assert link is not None
    assert "Stopped" in words_of(client.post(link[1]).text)
    clock.advance(minutes=20)
    seen = words_of(client.post("/claim/current/ask", data={"kind": "LETTER"}).text)
    assert "This claim is closed." in seen
    refused = submit(client, f"/claim/{SLUG}", mailbox="thief2@gmail.com", may_speak="yes")
    assert "Somebody has objected" in words_of(refused.text)
    return seen


WAYS = (
    one_a_domain_that_looks_alike,
    two_the_same_proof_twice,
    three_a_phone_that_was_changed_just_before,
    four_guessing_the_code,
    five_a_clinic_with_an_owner,
    six_patience_against_the_old_contact,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_thief_tries_to_take_a_listing_six_ways_and_cannot(
    client: Client, databases: Databases, place: UUID, clock: Clock, way: object
) -> None:
    with reading(databases) as db:
        before = get_record(db, place)
    assert callable(way)
    assert YOURS not in way(client, databases, place, clock)
    invited = {to for name, to, _words in Mail(databases).read() if name == "invitation"}
    assert invited == set()
    assert client.get(f"/clinic/sites/{SLUG}").status_code in (303, 401, 403, 404)
    with reading(databases) as db:
        after = get_record(db, place)
    if way is not three_a_phone_that_was_changed_just_before:
        assert (after.name, after.phone, after.url) == (before.name, before.phone, before.url)
