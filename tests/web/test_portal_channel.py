"""How requests reach a clinic: each way is tried by a test that is answered before anything real goes that way."""

import json
import re
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from directory import wiring
from directory.accounts.permissions import Role
from directory.delivery import sending
from directory.delivery.channels.webhook import WebhookChannel, signature
from directory.lib import clock as service_clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.listings.models import Endpoint
from directory.listings.queries import find_endpoint, get_location, get_record
from directory.terminology.channels import Channel
from directory.verification import actions as verification
from tests.support import clinics
from tests.support.forms import Client, leads_to, submit, words_of
from tests.support.journeys import BASE, Mail
from tests.support.partner import Partner
from tests.support.people import sign_in
from tests.support.published import harbour as published
from tests.support.requests import NOOR, sent_request
from tests.support.time import Clock
from tests.support.typing_in import filled

HOME = "/clinic/sites/harbour-clinic-portland-me"
PAGE = f"{HOME}/channel"


@pytest.fixture
def harbour(databases: Databases, clock: Clock) -> UUID:
    """Harbour Clinic, published, with a way that nobody has proved."""
    location_id = published(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        listings.set_endpoint(db, location_id, clinics.endpoint(), at=service_clock.now())
    return location_id


@pytest.fixture
def ola(client: Client, databases: Databases, harbour: UUID) -> Client:
    """Ola's browser: the owner of Harbour Clinic, signed in."""
    with reading(databases) as db:
        organization_id = get_location(db, harbour).organization_id
    sign_in(client, databases, Role.OWNER, organization_id)
    return client


def way(databases: Databases, location_id: UUID, channel: Channel, hook: str | None = None) -> UUID:
    """Requests go this way from now on; the endpoint's id."""
    with unit_of_work(databases, wiring.dispatch) as db:
        made = Endpoint(
            channel=channel,
            address="intake@harbour.example.org",
            hook_url="https://partner.example/" if hook else None,
            created_at=service_clock.now(),
        )
        listings.set_endpoint(db, location_id, made, at=service_clock.now())
    with unit_of_work(databases) as db:
        row = db.get_one(Endpoint, made.id)
        row.hook_url = hook  # nobody can enter an address of this machine; the test's partner lives on it
        db.add(row)
    return made.id


def endpoint(databases: Databases, location_id: UUID) -> Endpoint:
    with reading(databases) as db:
        found = find_endpoint(db, location_id)
        assert found is not None
        return found


def takes_requests(databases: Databases, location_id: UUID) -> bool:
    with reading(databases) as db:
        return get_record(db, location_id).channel_proved_at is not None


def test_a_mailed_test_is_answered_by_a_code_to_the_same_mailbox(
    ola: Client, databases: Databases, harbour: UUID
) -> None:
    assert "Not proved yet" in words_of(ola.get(PAGE).text)
    assert not takes_requests(databases, harbour)
    assert leads_to(submit(ola, PAGE, action=f"{PAGE}/test")) == f"{PAGE}?done=sent"
    again = submit(ola, PAGE, action=f"{PAGE}/test")
    assert (again.status_code, "on its way already" in words_of(again.text)) == (409, True)
    mail = Mail(databases)
    found = re.search(rf"{BASE}(/channel-test/\S+)", mail.words("channel_test").text)
    assert found is not None
    link = found.group(1)
    assert "A test request" in words_of(ola.get(link).text)
    assert not takes_requests(databases, harbour)
    assert leads_to(submit(ola, link)) == "/channel-test/code"
    assert "From now on" in words_of(submit(ola, "/channel-test/code", code=mail.code()).text)
    assert takes_requests(databases, harbour)
    assert "Proved by a test" in words_of(ola.get(PAGE).text)


def test_a_refused_message_takes_the_proof_back(ola: Client, databases: Databases, harbour: UUID) -> None:
    test_a_mailed_test_is_answered_by_a_code_to_the_same_mailbox(ola, databases, harbour)
    with unit_of_work(databases, wiring.dispatch) as db:
        verification.channel_failed(db, harbour, at=service_clock.now())
    assert not takes_requests(databases, harbour)
    assert "until you have answered a test request" in words_of(ola.get(PAGE).text)


def test_a_webhook_is_proved_by_the_link_that_only_its_server_got(
    ola: Client, databases: Databases, harbour: UUID, partner: Partner
) -> None:
    way(databases, harbour, Channel.WEBHOOK, partner.url)
    page = words_of(ola.get(PAGE).text)
    assert "Draw a secret first" in page
    assert "Send a test request" not in page
    shown = re.search(r"whsec_[A-Za-z0-9+/=]+", submit(ola, PAGE, action=f"{PAGE}/secret").text)
    assert shown is not None
    assert "whsec_" not in ola.get(PAGE).text
    secret = shown.group(0)
    assert secret.encode() not in (endpoint(databases, harbour).secret_sealed or b"")
    assert leads_to(submit(ola, PAGE, action=f"{PAGE}/test")) == f"{PAGE}?done=sent"
    letters = Mail(databases).letters
    sending.deliver_due(databases, WebhookChannel(loopback=True), letters, dispatch=wiring.dispatch)
    [call] = partner.wait_for(1)
    told = json.loads(call.body)
    assert (told["type"], set(told["data"])) == ("channel.test", {"link"})
    stamp = int(call.headers["webhook-timestamp"])
    assert call.headers["webhook-signature"] == signature(secret, call.headers["webhook-id"], stamp, call.body)
    link = urlsplit(told["data"]["link"]).path
    assert not takes_requests(databases, harbour)
    assert "From now on" in words_of(submit(ola, link).text)
    assert takes_requests(databases, harbour)

    reference = sent_request(databases, harbour, at=service_clock.now()).reference
    sending.deliver_due(databases, WebhookChannel(loopback=True), letters, dispatch=wiring.dispatch)
    arrived = json.loads(partner.wait_for(2)[1].body)
    assert arrived["type"] == "referral.arrived"
    assert set(arrived["data"]) == {"reference", "link"}
    assert arrived["data"]["reference"] == reference
    assert b"Quillfeather" not in partner.calls[1].body

    submit(ola, PAGE, action=f"{PAGE}/secret")
    assert not takes_requests(databases, harbour)


def test_a_test_that_never_got_through_proves_nothing(
    ola: Client, databases: Databases, harbour: UUID, partner: Partner
) -> None:
    way(databases, harbour, Channel.WEBHOOK, partner.url)
    submit(ola, PAGE, action=f"{PAGE}/secret")
    submit(ola, PAGE, action=f"{PAGE}/test")
    partner.answer(500)
    letters = Mail(databases).letters
    sending.deliver_due(databases, WebhookChannel(loopback=True), letters, dispatch=wiring.dispatch)
    link = urlsplit(json.loads(partner.wait_for(1)[0].body)["data"]["link"]).path
    answer = submit(ola, link)
    assert answer.status_code == 409
    assert not takes_requests(databases, harbour)


def test_a_link_of_the_old_way_says_nothing_about_the_new_one(ola: Client, databases: Databases, harbour: UUID) -> None:
    submit(ola, PAGE, action=f"{PAGE}/test")
    found = re.search(rf"{BASE}(/channel-test/\S+)", Mail(databases).words("channel_test").text)
    assert found is not None
    way(databases, harbour, Channel.EMAIL)
    assert submit(ola, found.group(1)).status_code == 409
    assert not takes_requests(databases, harbour)


def test_a_request_that_waits_in_the_rooms_is_only_announced_by_mail(
    ola: Client, databases: Databases, harbour: UUID
) -> None:
    proved = way(databases, harbour, Channel.PORTAL)
    with unit_of_work(databases, wiring.dispatch) as db:
        verification.test_endpoint(db, proved, by=NOOR, at=service_clock.now())
    reference = sent_request(databases, harbour, at=service_clock.now()).reference
    text = Mail(databases).words("referral_arrived").text
    assert f"{BASE}/clinic/requests/{reference}" in text
    assert "/answer/" not in text
    assert "code" not in text


def test_a_new_way_waits_three_days_for_the_old_contact_to_object(
    ola: Client, databases: Databases, harbour: UUID
) -> None:
    before = endpoint(databases, harbour)
    typed = filled(ola.get(f"{HOME}/contact").text) | {"then": "save"}
    wrong = ola.post(f"{HOME}/contact", data=typed | {"endpoint_channel": "WEBHOOK", "endpoint_hook": ""})
    assert wrong.status_code == 422
    new = typed | {"endpoint_channel": "WEBHOOK", "endpoint_hook": "https://partner.example/hooks"}
    assert leads_to(ola.post(f"{HOME}/contact", data=new)) == f"{HOME}/contact?done=waits"
    assert endpoint(databases, harbour) == before
    assert [name for name, _mailbox, _words in Mail(databases).read()] == ["contact_changes"]
