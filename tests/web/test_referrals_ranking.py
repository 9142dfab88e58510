"""Whom to ask when the clinic cannot: one short page, and a list that no clinic sees."""

import pytest
from sqlmodel import select

from directory import wiring
from directory.lib import sealed
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.actions import set_referrals_on
from directory.listings.queries import find_location_by_slug
from directory.referrals import content, queries
from directory.referrals.models import Referral, ReferralTask
from tests.support.clinics import AT
from tests.support.forms import Client, leads_to, submit, title_of, words_of
from tests.support.journeys import PAT, answer_all, begin
from tests.support.requests import ranked_clinics
from tests.support.time import Clock

PAGE = "/ask/ranking"


@pytest.fixture
def site(client: Client, databases: Databases, clock: Clock) -> Client:
    """The application with three clinics in it, and Pat at the page on whom to ask next of the first."""
    ranked_clinics(databases, 3)
    at = answer_all(client, begin(client, slug="harbour-clinic"), PAT, until="ranking")
    assert at == PAGE
    return client


def test_the_nearest_that_fit_are_offered_and_nobody_is_chosen(site: Client) -> None:
    page = site.get(PAGE).text
    for slug in ("lantern-clinic", "orchard-clinic"):
        assert page.count(f'<option value="{slug}">') == 4


def test_a_list_is_kept_shown_before_sending_and_never_part_of_what_a_clinic_gets(
    site: Client, databases: Databases, clock: Clock
) -> None:
    after = leads_to(submit(site, PAGE, third="orchard-clinic", second="lantern-clinic"))
    assert answer_all(site, after, PAT) == "/ask/check"
    checked = words_of(site.get("/ask/check").text)
    assert "the others get them only when it is their turn" in checked
    clock.advance(minutes=3)
    assert leads_to(submit(site, "/ask/check")) == "/ask/sent"
    with reading(databases) as db:
        referral = db.exec(select(Referral)).one()
        ranked = [row.location_id for row in queries.find_ranked(db, referral.id)]
        wanted = [find_location_by_slug(db, slug) for slug in ("lantern-clinic", "orchard-clinic")]
        assert ranked == [place.id for place in wanted if place is not None]
        assert db.exec(select(ReferralTask.rank)).all() == [1]
        given = content.answers_of(sealed.ring_of(db), referral)
    assert set(given).isdisjoint({"second", "third", "fourth", "fifth"})


def test_a_clinic_chosen_twice_comes_back_with_a_sentence(site: Client) -> None:
    page = submit(site, PAGE, second="lantern-clinic", fourth="lantern-clinic")
    assert page.status_code == 422
    assert title_of(page.text).startswith("Error: ")
    assert "You have chosen this clinic already" in words_of(page.text)


@pytest.mark.parametrize("slug", ["harbour-clinic", "no-such-clinic", "orchard-clinic"])
def test_a_clinic_that_cannot_be_asked_comes_back_with_a_sentence(
    site: Client, databases: Databases, slug: str
) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        place = find_location_by_slug(db, "orchard-clinic")
        assert place is not None
        set_referrals_on(db, place.id, False, version=None, at=AT)
    page = submit(site, PAGE, second=slug)
    assert page.status_code == 422
    assert "This clinic cannot be asked from here" in words_of(page.text)
