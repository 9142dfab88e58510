"""From the reminder's link through a code to "all still correct", for one listing and nothing else."""

import re
from uuid import UUID

from directory import wiring
from directory.lib.db import Databases, reading
from directory.listings.models import Location
from directory.verification import reminders
from tests.support.clinics import AT
from tests.support.forms import Client, leads_to, submit, words_of
from tests.support.journeys import BASE, Mail
from tests.support.requests import ready_clinic
from tests.support.time import Clock


def reminded(databases: Databases, clock: Clock) -> tuple[UUID, str]:
    """A clinic silent for 75 days, and the path in the mail it got."""
    location_id = ready_clinic(databases)
    reminders.remind(databases, wiring.dispatch, at=clock.advance(days=75))
    found = re.search(rf"{BASE}(/confirm/\S+)", Mail(databases).words("listing_confirm").text)
    assert found is not None
    return location_id, found.group(1)


def place(databases: Databases, location_id: UUID) -> Location:
    with reading(databases) as db:
        return db.get_one(Location, location_id)


def test_a_link_a_code_and_one_press_confirm_the_listing(client: Client, databases: Databases, clock: Clock) -> None:
    location_id, link = reminded(databases, clock)
    assert "Something waits for you" in words_of(client.get(link).text)
    assert place(databases, location_id).confirmed_at == AT
    assert leads_to(submit(client, link)) == "/confirm/code"
    code = Mail(databases).code()
    wrong = "000000" if code != "000000" else "111111"
    assert submit(client, "/confirm/code", code=wrong).status_code == 422
    assert leads_to(submit(client, "/confirm/code", code=code)) == "/clinic/update"
    assert leads_to(submit(client, "/clinic/update", action="/clinic/confirm")) == "/clinic/update?done=confirmed"
    assert place(databases, location_id).confirmed_at == clock.now()


def test_the_link_alone_opens_nothing(client: Client, databases: Databases, clock: Clock) -> None:
    _location, link = reminded(databases, clock)
    client.get(link)
    assert client.get("/clinic/update").status_code == 403
    assert client.get("/confirm/code").status_code == 403
    assert client.get(link[:-2] + "xx").status_code == 404
    assert client.get(link.replace("/confirm/", "/answer/")).status_code == 404
    clock.advance(days=9)
    assert client.get(link).status_code == 410
