"""What time does to a listing that nobody touches, as visitors see it; and what one press does against it."""

from uuid import UUID

import pytest

from directory import wiring
from directory.lib.db import Databases, unit_of_work
from directory.listings.queries import get_location
from directory.verification import actions as verification
from directory.verification import timers
from tests.support.forms import Client, words_of
from tests.support.published import NOOR, harbour
from tests.support.routes import litestar_of
from tests.support.time import Clock

SLUG = "harbour-clinic-portland-me"


@pytest.fixture
def place(databases: Databases, clock: Clock) -> UUID:
    return harbour(databases)


def found(client: Client) -> bool:
    """Whether a search around the corner shows the clinic."""
    litestar_of(client).state.search.try_to_catch_up()
    return f"/clinics/{SLUG}" in client.get("/search?near=04101").text


def test_after_121_days_an_untouched_listing_is_off_the_search_and_one_press_brings_it_back(
    client: Client, databases: Databases, place: UUID, clock: Clock
) -> None:
    assert found(client)
    timers.sweep(databases, wiring.dispatch, at=clock.advance(days=92))
    assert found(client)
    assert "has not confirmed these details in the last 90 days" in words_of(client.get(f"/clinics/{SLUG}").text)
    timers.sweep(databases, wiring.dispatch, at=clock.advance(days=29))
    assert not found(client)
    page = client.get(f"/clinics/{SLUG}")
    assert "is not listed at the moment" in words_of(page.text)
    assert "555-0142" not in page.text
    with unit_of_work(databases, wiring.dispatch) as db:
        version = get_location(db, place).version
        verification.attest_all_correct(db, place, version=version, by=NOOR, at=clock.now())
    assert found(client)
