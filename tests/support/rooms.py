"""A walk through the clinic's rooms and through a claim, so that every page of them is seen with real data."""

import re
import uuid

from sqlmodel import select

from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading
from directory.listings.fields import Section
from directory.listings.models import Location
from tests.support.forms import Client, leads_to, links_of, submit
from tests.support.journeys import Mail
from tests.support.people import KIT, sign_in, sign_out
from tests.support.requests import sent_request
from tests.support.typing_in import filled


def walk(client: Client, databases: Databases, slug: str) -> None:
    """Every room of a clinic as its owner, with something that waits and something half typed."""
    with reading(databases) as db:
        site = db.exec(select(Location).where(Location.slug == slug)).one()
    asked = sent_request(databases, site.id, key="inbox")
    sign_in(client, databases, Role.OWNER, site.organization_id)
    home = f"/clinic/sites/{slug}"
    page = client.get(f"{home}/contact").text
    leads_to(client.post(f"{home}/contact", data={**filled(page), "phone": "207 555 0199", "then": "save"}))
    half = {**filled(client.get(f"{home}/about").text), "description": "Half", "then": "draft"}
    leads_to(client.post(f"{home}/about", data=half))
    for room in ("", "/preview", "/history", "/confirm", "/evidence", *(f"/{section}" for section in Section)):
        assert client.get(home + room).status_code == 200, room
    assert client.get("/clinic").status_code == 303
    assert asked.reference in client.get("/clinic/requests").text
    assert client.get(f"/clinic/requests/{asked.reference}").status_code == 200
    _channel(client, Mail(databases), home)
    assert client.get("/clinic/bulk").status_code == 200
    sign_in(client, databases, Role.OWNER, uuid.UUID(int=5), somebody=KIT)
    assert client.get("/clinic").status_code == 200
    sign_out(client)


def _channel(client: Client, mail: Mail, home: str) -> None:
    """A test request from its sending to its answer."""
    mail.read()
    leads_to(submit(client, f"{home}/channel", action=f"{home}/channel/test"))
    found = re.search(r"/channel-test/\S+", mail.words("channel_test").text)
    assert found is not None
    leads_to(submit(client, found[0]))
    assert submit(client, "/channel-test/code", code=mail.code()).status_code == 200


def claim(client: Client, databases: Databases, slug: str) -> None:
    """A claim from its first page to our staff's desk, and the old contact's page."""
    mail = Mail(databases)
    mail.read()
    leads_to(submit(client, f"/claim/{slug}", mailbox="ola@gmail.com", may_speak="yes"))
    leads_to(submit(client, "/claim/code", code=mail.code()))
    assert client.get("/claim/current").status_code == 200
    leads_to(client.post("/claim/current/ask", data={"kind": "LETTER"}))
    [words] = [words for name, _mailbox, words in mail.read() if name == "listing_claimed"]
    found = re.search(r"/objections/\S+", words.text)
    assert found is not None
    assert client.get(found[0]).status_code == 200
    sign_in(client, databases, Role.MODERATOR)
    desk = client.get("/desk/claims").text
    letter = next(link for link in links_of(desk) if link.endswith("/letter"))
    assert client.get(letter).status_code == 200
    sign_out(client)
