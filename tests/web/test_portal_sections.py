"""A signed-in clinic keeps its listing page by page: live at once or sent for checking, and nothing typed is lost."""

from typing import Any
from uuid import UUID

import pytest

from directory import wiring
from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.listings.fields import Section
from directory.listings.queries import find_location_ids, find_records, get_location, get_record
from directory.listings.records import ClinicRecord
from tests.support import clinics
from tests.support.forms import Client, form_of, leads_to, words_of
from tests.support.people import sign_in
from tests.support.published import harbour as published
from tests.support.time import Clock
from tests.support.typing_in import filled

SLUG = "harbour-clinic-portland-me"
HOME = f"/clinic/sites/{SLUG}"


@pytest.fixture
def harbour(databases: Databases, clock: Clock) -> UUID:
    """Harbour Clinic's location, published."""
    return published(databases)


@pytest.fixture
def ola(client: Client, databases: Databases, harbour: UUID) -> Client:
    """Ola's browser: the owner of Harbour Clinic, signed in."""
    with reading(databases) as db:
        organization_id = get_location(db, harbour).organization_id
    sign_in(client, databases, Role.OWNER, organization_id)
    return client


def record(databases: Databases, location_id: UUID) -> ClinicRecord:
    with reading(databases) as db:
        return get_record(db, location_id)


def saved(browser: Client, section: str, **typed: Any) -> Any:
    """Open a section, type, and save: whatever is not named stays as the page showed it."""
    page = browser.get(f"{HOME}/{section}")
    assert page.status_code == 200, words_of(page.text)[:400]
    named = {name.replace("__", "."): value for name, value in typed.items()}
    return browser.post(f"{HOME}/{section}", data={**filled(page.text), "then": "save", **named})


@pytest.mark.parametrize("section", list(Section))
def test_every_section_shows_what_stands_and_saved_untouched_changes_nothing(
    ola: Client, databases: Databases, harbour: UUID, section: Section
) -> None:
    before = record(databases, harbour)
    assert leads_to(saved(ola, section)) == f"{HOME}/{section}?done=same"
    assert record(databases, harbour) == before


def test_hours_and_closures_are_live_as_soon_as_they_are_saved(
    ola: Client, databases: Databases, harbour: UUID
) -> None:
    typed = {"hours.5": "9-12, 1-3:30", "closures.1.starts": "2026-07-03", "closures.1.reason": "Holiday"}
    answer = saved(ola, "hours", **typed, accepting_patients="nopt", wait_days="40")
    assert leads_to(answer) == f"{HOME}/hours?done=live"
    now = record(databases, harbour)
    assert (now.accepting_patients, now.wait_days) == ("nopt", 40)
    assert [p.opens.hour for p in now.periods if p.weekday == 5 and p.opens] == [9, 13]
    assert now.closures[0].reason == "Holiday"
    assert "Saved. It is live now." in words_of(ola.get(f"{HOME}/hours?done=live").text)
    assert "9 a.m. to noon, 1 p.m. to 3:30 p.m." in ola.get(f"{HOME}/hours").text


def test_a_new_name_is_sent_for_checking_and_says_why(ola: Client, databases: Databases, harbour: UUID) -> None:
    assert leads_to(saved(ola, "about", name="Harbor Clinic")) == f"{HOME}/about?done=waits"
    words = words_of(ola.get(f"{HOME}/about?done=waits").text)
    assert "Sent for checking" in words
    assert "because the name is how people and registries know you" in words
    assert record(databases, harbour).name == "Harbour Clinic"
    assert "Harbor Clinic" in words_of(ola.get(f"{HOME}/preview").text)
    assert "Harbor Clinic" not in words_of(ola.get(f"/clinics/{SLUG}").text)


def test_words_that_may_not_stand_come_back_shown_with_the_rest_as_typed(
    ola: Client, databases: Databases, harbour: UUID
) -> None:
    answer = saved(ola, "about", description="We guarantee that you feel better.", name="Harbor Clinic")
    assert answer.status_code == 422
    words = words_of(answer.text)
    assert "Leave out “guarantee”." in words
    assert "may not promise a result" in words
    assert 'value="Harbor Clinic"' in answer.text
    assert "We guarantee that you feel better." in answer.text
    assert record(databases, harbour).description.startswith("A small clinic")


def test_what_was_typed_and_not_saved_is_there_again_tomorrow(ola: Client, clock: Clock, databases: Databases) -> None:
    page = ola.get(f"{HOME}/about")
    typed = {**filled(page.text), "description": "Half a sen", "then": "draft"}
    assert leads_to(ola.post(f"{HOME}/about", data=typed)) == f"{HOME}/about?done=draft"
    again = ola.get(f"{HOME}/about")
    assert "Half a sen" in again.text
    assert "Your draft is filled in below" in words_of(again.text)
    assert "finish what you began" in words_of(ola.get(HOME).text)
    by_script = ola.post(f"{HOME}/about", data={**filled(again.text), "description": "Half a sentence", "then": "keep"})
    assert (by_script.status_code, by_script.content) == (204, b"")
    again = ola.get(f"{HOME}/about")
    assert "Half a sentence" in again.text
    gone = ola.post(f"{HOME}/about", data={**filled(again.text), "then": "discard"})
    assert leads_to(gone) == f"{HOME}/about"
    assert "Half a sen" not in ola.get(f"{HOME}/about").text


def test_the_second_of_two_people_sees_both_and_chooses(ola: Client, databases: Databases, harbour: UUID) -> None:
    mine = filled(ola.get(f"{HOME}/hours").text)
    leads_to(saved(ola, "hours", wait_days="3", accepting_patients="existptonly"))
    answer = ola.post(f"{HOME}/hours", data={**mine, "wait_days": "30", "accepting_patients": "nopt", "then": "save"})
    assert answer.status_code == 409
    words = words_of(answer.text)
    assert "Yours: 30" in words
    assert "Stands now: 3" in words
    assert record(databases, harbour).wait_days == 3
    chosen = filled(answer.text) | {"choose.wait_days": "mine", "choose.accepting_patients": "theirs", "then": "save"}
    assert leads_to(ola.post(f"{HOME}/hours", data=chosen)) == f"{HOME}/hours?done=live"
    now = record(databases, harbour)
    assert (now.wait_days, now.accepting_patients) == (30, "existptonly")


def test_saved_twice_by_a_double_click_is_saved_once(ola: Client, databases: Databases, harbour: UUID) -> None:
    mine = filled(ola.get(f"{HOME}/hours").text) | {"wait_days": "30", "then": "save"}
    assert leads_to(ola.post(f"{HOME}/hours", data=mine)) == f"{HOME}/hours?done=live"
    assert leads_to(ola.post(f"{HOME}/hours", data=mine)) == f"{HOME}/hours?done=same"


def test_an_answer_that_pauses_the_listing_is_asked_for_twice(ola: Client, databases: Databases, harbour: UUID) -> None:
    answer = saved(ola, "supervision", **{"supervision.oxygen": "no"})
    assert answer.status_code == 422
    assert "Readiness for an emergency is not attested in full." in words_of(answer.text)
    assert record(databases, harbour).status == "PUBLISHED"
    sure = filled(answer.text) | {"pause": "yes", "then": "save"}
    assert leads_to(ola.post(f"{HOME}/supervision", data=sure)) == f"{HOME}/supervision?done=live"
    assert record(databases, harbour).status == "SUSPENDED"
    assert "Readiness for an emergency" in words_of(ola.get(HOME).text)


def test_a_price_is_live_and_prices_that_make_no_sense_come_back(
    ola: Client, databases: Databases, harbour: UUID
) -> None:
    wrong = saved(ola, "prices", **{"lines.KET_IV.price_max": "100"})
    assert wrong.status_code == 422
    assert "The highest price is not below the lowest" in words_of(wrong.text)
    right = {
        "lines.KET_IV.price_min": "$300",
        "lines.KET_IV.price_max": "1,200",
        "lines.KET_IV.plans": "Acme\nBest Plan",
    }
    assert leads_to(saved(ola, "prices", **right)) == f"{HOME}/prices?done=live"
    line = record(databases, harbour).lines[1]
    assert line.price is not None
    assert (line.price.lowest, line.price.highest, line.plans) == (300, 1200, ("Acme", "Best Plan"))


def test_somebody_new_and_a_licence_are_sent_for_checking(ola: Client, databases: Databases, harbour: UUID) -> None:
    new = {"given_name": "Ana", "family_name": "Example", "credential": "RN", "roles": ["MONITORING"]}
    licence = {"kind": "LICENCE", "title": "Registered nurse", "state": "ME", "number": "RN7", "status": "ACTIVE"}
    typed = {f"people.new.{name}": value for name, value in new.items()}
    typed |= {f"people.new.licences.new.{name}": value for name, value in licence.items()}
    assert leads_to(saved(ola, "people", **typed)) == f"{HOME}/people?done=waits"
    words = words_of(ola.get(f"{HOME}/people").text)
    assert "we check each person's license and the federal exclusion list first" in words
    assert "Ana Example" in words
    assert [p.name for p in record(databases, harbour).team] == ["Noor Example, MD"]
    assert leads_to(saved(ola, "people")) == f"{HOME}/people?done=same"


def test_an_address_is_placed_at_its_zip_code_once_it_is_live(ola: Client, databases: Databases, harbour: UUID) -> None:
    wrong = saved(ola, "contact", zip5="10001")
    assert wrong.status_code == 422
    assert "ZIP code 10001 is in NY" in words_of(wrong.text)
    assert leads_to(saved(ola, "contact", address1="9 Other Street", zip5="04102")) == f"{HOME}/contact?done=waits"
    assert "9 Other Street" in words_of(ola.get(f"{HOME}/preview").text)
    assert record(databases, harbour).address1 == "1 Wharf Street"


def test_a_pin_near_its_zip_code_moves_at_once_and_a_far_one_is_looked_at(
    ola: Client, databases: Databases, harbour: UUID
) -> None:
    near = {"point.by": "pin", "point.latitude": "43.66", "point.longitude": "-70.26"}
    assert leads_to(saved(ola, "contact", **near)) == f"{HOME}/contact?done=live"
    assert record(databases, harbour).point.latitude == 43.66
    assert leads_to(saved(ola, "contact", **near | {"point.latitude": "44.9"})) == f"{HOME}/contact?done=waits"
    nowhere = saved(ola, "contact", **near | {"point.latitude": "north"})
    assert nowhere.status_code == 422
    assert "Enter the place in degrees" in words_of(nowhere.text)


def test_history_tells_who_changed_what_and_puts_it_back(ola: Client, databases: Databases, harbour: UUID) -> None:
    leads_to(saved(ola, "hours", wait_days="40"))
    page = ola.get(f"{HOME}/history")
    words = words_of(page.text)
    assert "New patients, hours and closures Live" in words
    assert "Ola, March 10, 2026" in words
    assert "Days until a new patient's first visit 14 40" in words
    undo = form_of(page.text)
    assert leads_to(ola.post(undo.action, data=undo.hidden)) == f"{HOME}/history?done=back"
    assert record(databases, harbour).wait_days == 14
    assert ola.post(undo.action, data=undo.hidden).status_code == 409


def test_one_press_confirms_what_was_on_the_page(
    ola: Client, databases: Databases, harbour: UUID, clock: Clock
) -> None:
    clock.advance(days=80)
    sign_in(ola, databases, Role.OWNER, _organization(databases, harbour))
    assert "Confirm that everything is still correct" in words_of(ola.get(HOME).text)
    page = form_of(ola.get(f"{HOME}/confirm").text)
    assert leads_to(ola.post(f"{HOME}/confirm", data=page.hidden)) == f"{HOME}?done=confirmed"
    assert record(databases, harbour).confirmed_at == clock.now()
    assert ola.post(f"{HOME}/confirm", data=page.hidden).status_code == 409


def test_nobody_from_elsewhere_comes_in_and_intake_does_not_edit(
    client: Client, databases: Databases, harbour: UUID, clock: Clock
) -> None:
    sign_in(client, databases, Role.OWNER, UUID(int=5))
    for path in (HOME, f"{HOME}/about", f"{HOME}/preview", f"{HOME}/history", f"{HOME}/confirm"):
        assert client.get(path).status_code == 404
    assert client.get("/clinic/sites/no-such-clinic").status_code == 404
    assert client.post(f"{HOME}/about", data={"name": "Mine"}).status_code == 404
    sign_in(client, databases, Role.INTAKE, _organization(databases, harbour))
    assert client.get(HOME).status_code == 200
    assert client.get(f"{HOME}/about").status_code == 403
    assert client.post(f"{HOME}/about", data={"name": "Mine"}).status_code == 403
    assert record(databases, harbour).name == "Harbour Clinic"


def test_the_same_is_changed_at_the_sites_that_were_chosen_and_at_no_other(
    ola: Client, databases: Databases, harbour: UUID
) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        ours = get_location(db, harbour).organization_id
        org = clinics.organization(id=ours)
        for name in ("north", "south"):
            member = clinics.prescriber(npi=None, given_name=name)
            place = clinics.location(org, slug=name, name=f"Harbour {name}")
            listings.add_site(db, clinics.site(org, location=place, team=(member,)), by="x", at=clinics.AT)
    assert "Change the same at other sites too?" in words_of(ola.get(f"{HOME}/hours").text)
    assert leads_to(saved(ola, "hours", wait_days="40", also=["north"])) == f"{HOME}/hours?done=live"
    with reading(databases) as db:
        waits = {r.slug: r.wait_days for r in find_records(db, find_location_ids(db))}
    assert waits == {SLUG: 40, "north": 40, "south": 14}
    assert "Your clinics" in words_of(ola.get("/clinic").text)


def _organization(databases: Databases, location_id: UUID) -> UUID:
    with reading(databases) as db:
        return get_location(db, location_id).organization_id
