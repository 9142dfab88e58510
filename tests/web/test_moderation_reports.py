"""Anybody reports a mistake: in a form or by one press, throttled, without a trace of health; and our own accuracy."""

from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.lib.db import Databases, reading, unit_of_work
from directory.moderation import reports
from directory.moderation.models import Report
from directory.moderation.pages.reports import PER_NETWORK
from directory.verification import merging
from tests.support.forms import Client, leads_to, submit, words_of
from tests.support.published import MO, harbour
from tests.support.time import Clock

PAGE = "/clinics/harbour-clinic-portland-me"


@pytest.fixture
def place(databases: Databases, clock: Clock) -> UUID:
    return harbour(databases)


def found(databases: Databases) -> list[Report]:
    with reading(databases) as db:
        return list(db.exec(select(Report)).all())


def test_a_report_is_kept_sealed_and_what_is_wrong_comes_back(
    client: Client, databases: Databases, place: UUID
) -> None:
    assert "Report a mistake" in words_of(client.get(PAGE).text)
    wrong = submit(client, f"{PAGE}/report", reason="", words="They moved.", mailbox="no mailbox")
    assert wrong.status_code == 422
    assert "Choose what is wrong" in words_of(wrong.text)
    assert "They moved." in wrong.text
    trapped = submit(client, f"{PAGE}/report", reason="moved", website="http://spam.example")
    assert trapped.status_code == 422
    assert found(databases) == []
    path = leads_to(submit(client, f"{PAGE}/report", reason="moved", words="They moved.", mailbox="pat@example.net"))
    assert "within five working days" in words_of(client.get(path).text)
    (row,) = found(databases)
    assert row.reason == "moved"
    assert b"moved" not in (row.words_sealed or b"")


def test_one_press_starts_a_call_and_the_second_network_shows_a_neutral_notice(
    client: Client, databases: Databases, place: UUID, clock: Clock
) -> None:
    clock.advance(hours=1)
    path = leads_to(submit(client, PAGE, action=f"{PAGE}/report/no-answer"))
    assert "calls this clinic within three working days" in words_of(client.get(path).text)
    neutral = "People told us that they could not reach this clinic by phone."
    assert neutral not in words_of(client.get(PAGE).text)
    with unit_of_work(databases, wiring.dispatch) as db:
        reports.file(db, place, "nobody_answers", network="another", at=clock.now())
    assert neutral in words_of(client.get(PAGE).text)


def test_floods_are_stopped_and_unknown_clinics_are_not_there(
    client: Client, databases: Databases, place: UUID
) -> None:
    assert client.get("/clinics/nowhere/report").status_code == 404
    for _press in range(PER_NETWORK):
        client.post(f"{PAGE}/report/no-answer")
    assert client.post(f"{PAGE}/report/no-answer").status_code == 429
    flood = client.post(f"{PAGE}/report", data={"reason": "moved", "words": "They moved to Main Street."})
    assert flood.status_code == 429
    assert int(flood.headers["retry-after"]) > 0
    assert "They moved to Main Street.</textarea>" in flood.text


def test_the_page_of_a_merged_clinic_leads_to_the_kept_one(client: Client, databases: Databases, place: UUID) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        other = harbour_again(db, place)
        merging.merge_into(db, other, place, by=MO, at=wiring.loops.clock.now())
    answer = client.get("/clinics/old-harbour")
    assert (answer.status_code, answer.headers["location"]) == (301, PAGE)


def harbour_again(db: object, place: UUID) -> UUID:
    """The same place, entered once more as a draft."""
    from directory.listings import actions as listings
    from directory.listings.models import Location
    from tests.support import clinics
    from tests.support.clinics import AT

    body = listings.add_organization(db, clinics.organization(npi=None))  # type: ignore[arg-type]
    site = clinics.site(body, location=clinics.location(body, slug="old-harbour"), team=(), endpoint=None)
    row: Location = listings.add_site(db, site, by="import", at=AT)  # type: ignore[arg-type]
    return row.id


def test_the_accuracy_page_says_its_figures_and_its_method(client: Client, databases: Databases, place: UUID) -> None:
    page = words_of(client.get("/accuracy").text)
    assert "100% of the clinics listed were confirmed in the last 90 days (1 of 1)" in page
    assert "How this is counted" in page
