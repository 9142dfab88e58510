"""An address at its ZIP code's centre is asked about once, by an operator's own geocoder; answers are judged."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import UUID

import pytest

from directory import wiring
from directory.geography import geocode
from directory.geography.point import Point
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions, geocoding
from directory.listings.models import Location
from directory.settings import SettingsError, load
from tests.support import clinics
from tests.support.clinics import AT
from tests.support.time import Clock

NEAR, FAR = Point(latitude=43.66, longitude=-70.26), Point(latitude=44.9, longitude=-70.26)
LATER = AT + dt.timedelta(hours=1)


@pytest.fixture
def harbour(databases: Databases, clock: Clock) -> UUID:
    """Harbour Clinic, placed at its ZIP code."""
    with unit_of_work(databases) as db:
        org = actions.add_organization(db, clinics.organization())
        site = clinics.site(org, location=clinics.location(org, position_source="ZIP_CENTRE"))
        return actions.add_site(db, site, by="x", at=AT).id


def place(databases: Databases, location_id: UUID) -> Location:
    with reading(databases) as db:
        return db.get_one(Location, location_id)


def run(databases: Databases, answer: Point | None, *, at: dt.datetime = LATER) -> tuple[int, list[str]]:
    """How many pins were moved, and what was asked."""
    asked: list[str] = []

    def ask(address: str) -> Point | None:
        asked.append(address)
        return answer

    return geocoding.run_due(databases, wiring.dispatch, ask, at=at), asked


def test_an_answer_near_the_zip_code_moves_the_pin_once(databases: Databases, harbour: UUID) -> None:
    assert run(databases, NEAR) == (1, ["1 Wharf Street, Portland, ME 04101"])
    now = place(databases, harbour)
    assert (now.latitude, now.position_source) == (43.66, "GEOCODED")
    assert run(databases, NEAR, at=LATER + dt.timedelta(days=1)) == (0, [])


def test_an_answer_far_from_the_zip_code_is_not_believed(databases: Databases, harbour: UUID) -> None:
    assert run(databases, FAR)[0] == 0
    assert place(databases, harbour).position_source == "ZIP_CENTRE"


def test_an_answer_counts_only_if_the_address_is_unchanged(databases: Databases, harbour: UUID) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.change_site(db, harbour, version=None, at=LATER, address1="2 Wharf Street")
        assert not geocoding.settle(db, harbour, "1 Wharf Street, Portland, ME 04101", NEAR, at=LATER)
    assert run(databases, NEAR, at=LATER)[1] == ["2 Wharf Street, Portland, ME 04101"]


def test_a_pin_that_was_set_by_hand_stays(databases: Databases, harbour: UUID) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.change_site(db, harbour, version=None, at=LATER, position_source="GIVEN")
        assert not geocoding.settle(db, harbour, "1 Wharf Street, Portland, ME 04101", NEAR, at=LATER)
    assert run(databases, NEAR)[1] == []


def test_silence_is_asked_again_and_given_up_after_five_times(databases: Databases, harbour: UUID) -> None:
    times = [LATER + dt.timedelta(hours=6 * number) for number in range(8)]
    assert sum(len(run(databases, None, at=at)[1]) for at in times) == 5


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps([{"lat": "43.66", "lon": "-70.26", "display_name": "1 Wharf Street"}]).encode()
        if "nowhere" in self.path:
            body = b"[]"
        self.send_response(500 if "broken" in self.path else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def nominatim() -> Iterator[str]:
    """The setting of a geocoder on this machine."""
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"nominatim+http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_real_geocoder_is_asked_and_its_troubles_are_no_answer(nominatim: str) -> None:
    ask = geocode.open_geocoder(nominatim)
    assert ask is not None
    assert ask("1 Wharf Street, Portland, ME 04101") == NEAR
    assert ask("nowhere") is None
    assert ask("broken") is None


def test_nobody_is_asked_unless_an_operator_says_whom() -> None:
    assert geocode.open_geocoder(load({}).geocoder) is None
    with pytest.raises(SettingsError):
        load({"DIRECTORY_GEOCODER": "https://nominatim.openstreetmap.org"})
