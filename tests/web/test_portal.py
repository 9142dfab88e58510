"""The clinic's quick update after the code: live at once, each with its proof, never over somebody else's change."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.listings.models import Location
from directory.referrals.models import Referral
from directory.verification.models import Attestation, VerificationResult
from tests.support.forms import Client, form_of, leads_to, submit, words_of
from tests.support.journeys import Mail, clinic_opens
from tests.support.requests import ready_clinic, sent_request
from tests.support.time import Clock

UPDATE = "/clinic/update"


@pytest.fixture
def harbour(databases: Databases, clock: Clock) -> UUID:
    """Harbour Clinic's location."""
    return ready_clinic(databases)


@pytest.fixture
def noor(client: Client, databases: Databases, harbour: UUID, clock: Clock) -> Client:
    """Noor's browser, after the code, an hour after the request came."""
    sent_request(databases, harbour)
    clock.advance(hours=1)
    mail = Mail(databases)
    clinic_opens(client, mail, mail.link())
    return client


def place(databases: Databases, location_id: UUID) -> Location:
    with reading(databases) as db:
        return db.get_one(Location, location_id)


def proofs(databases: Databases, clock: Clock) -> list[tuple[str, str, str]]:
    with reading(databases) as db:
        found = db.exec(select(VerificationResult).where(VerificationResult.at == clock.now())).all()
        return sorted((row.fact_group, row.method, row.by) for row in found)


def saved(noor: Client, **typed: Any) -> Any:
    given = {"accepting_patients": "nopt", "wait_days": "30", "next_intake_on": "2026-05-06", "requests": "off"}
    return submit(noor, UPDATE, action=UPDATE, **given | typed)


def test_a_quick_update_is_live_at_once_and_confirmed_by_the_clinic(
    noor: Client, databases: Databases, harbour: UUID, clock: Clock
) -> None:
    assert leads_to(saved(noor)) == "/clinic/update?done=saved"
    now = place(databases, harbour)
    assert (now.accepting_patients, now.wait_days, now.referrals_on) == ("nopt", 30, False)
    assert proofs(databases, clock) == [("accepting", "PORTAL", "clinic:harbour-clinic-portland-me")]
    assert "Saved. It is live now." in words_of(noor.get("/clinic/update?done=saved").text)
    public = words_of(noor.get("/clinics/harbour-clinic-portland-me").text)
    assert "Not accepting patients now" in public
    refused = noor.post("/clinics/harbour-clinic-portland-me/ask", data={"agree_collect": "yes", "agree_share": "yes"})
    assert refused.status_code == 422


def test_the_page_begins_with_what_stands_now(noor: Client) -> None:
    page = noor.get(UPDATE).text
    assert 'value="newpt" checked' in page
    assert 'value="14"' in page
    assert "(207) 555-0142" in page
    assert "Spravato" in page


def test_what_makes_no_sense_comes_back_as_typed(noor: Client, databases: Databases, harbour: UUID) -> None:
    wrong: list[tuple[dict[str, str], str]] = [
        ({"wait_days": "soon"}, "Enter a number of days, such as 14"),
        ({"wait_days": "731"}, "Enter a number of days up to 730"),
        ({"accepting_patients": "maybe"}, "Choose whether you accept new patients"),
        ({"next_intake_on": "May 6"}, "Enter a day, such as 2026-05-04"),
        ({"requests": ""}, "Choose whether requests can be sent to you"),
    ]
    for typed, words in wrong:
        answer = saved(noor, **typed)
        assert answer.status_code == 422
        assert words in words_of(answer.text)
    assert place(databases, harbour).accepting_patients == "newpt"


def test_a_change_over_somebody_elses_shows_both_and_saves_neither(
    noor: Client, databases: Databases, harbour: UUID, clock: Clock
) -> None:
    page = form_of(noor.get(UPDATE).text, action=UPDATE)
    with unit_of_work(databases, wiring.dispatch) as db:
        listings.set_accepting(db, harbour, "existptonly", at=clock.now())
    typed = {"accepting_patients": "nopt", "wait_days": "30", "next_intake_on": "", "requests": "on"}
    answer = noor.post(UPDATE, data={**page.hidden, **typed})
    assert answer.status_code == 409
    words = words_of(answer.text)
    assert "Nothing of yours is saved yet." in words
    assert "Not accepting patients Existing patients only" in words
    assert place(databases, harbour).accepting_patients == "existptonly"
    again = form_of(answer.text, action=UPDATE)
    assert leads_to(noor.post(UPDATE, data={**again.hidden, **typed})) == "/clinic/update?done=saved"
    assert place(databases, harbour).accepting_patients == "nopt"


def test_saved_twice_by_a_double_click_is_saved_once(noor: Client, databases: Databases, harbour: UUID) -> None:
    page = form_of(noor.get(UPDATE).text, action=UPDATE)
    typed = {"accepting_patients": "nopt", "wait_days": "30", "next_intake_on": "", "requests": "on"}
    for _press in range(2):
        assert leads_to(noor.post(UPDATE, data={**page.hidden, **typed})) == "/clinic/update?done=saved"


def test_all_still_correct_renews_what_a_clinics_word_can_renew(
    noor: Client, databases: Databases, harbour: UUID, clock: Clock
) -> None:
    assert leads_to(submit(noor, UPDATE, action="/clinic/confirm")) == "/clinic/update?done=confirmed"
    groups = {group for group, _method, _by in proofs(databases, clock)}
    assert {"phone", "hours", "payers", "accepting"} <= groups
    assert groups.isdisjoint({"identity", "licences", "rems", "supervision", "referral_channel"})
    with reading(databases) as db:
        attestation = db.exec(select(Attestation)).one()
    assert (attestation.by, attestation.at) == ("clinic:harbour-clinic-portland-me", clock.now())
    assert place(databases, harbour).confirmed_at == clock.now()


def test_what_was_not_on_the_page_cannot_be_confirmed(
    noor: Client, databases: Databases, harbour: UUID, clock: Clock
) -> None:
    page = form_of(noor.get(UPDATE).text, action="/clinic/confirm")
    with unit_of_work(databases, wiring.dispatch) as db:
        listings.set_accepting(db, harbour, "nopt", at=clock.now())
    answer = noor.post("/clinic/confirm", data=page.hidden)
    assert answer.status_code == 409
    assert "Nothing is confirmed yet." in words_of(answer.text)


def test_after_a_decline_the_listing_can_still_be_updated_but_the_request_not_read(
    noor: Client, databases: Databases, harbour: UUID
) -> None:
    leads_to(submit(noor, "/answer/current/decline", reason="no_capacity"))
    assert leads_to(saved(noor)) == "/clinic/update?done=saved"
    assert noor.get("/answer/current").status_code == 403


def test_without_the_code_and_after_half_an_hour_nothing_can_be_changed(
    client: Client, noor: Client, databases: Databases, harbour: UUID, clock: Clock
) -> None:
    page = form_of(noor.get(UPDATE).text, action=UPDATE)
    clock.advance(minutes=31)
    answer = noor.post(UPDATE, data={**page.hidden, "accepting_patients": "nopt", "requests": "on"})
    assert answer.status_code in {403, 410}
    client.cookies.clear()
    assert client.get(UPDATE).status_code == 403
    assert client.post("/clinic/confirm", data=page.hidden).status_code == 403
    assert place(databases, harbour).accepting_patients == "newpt"
    with reading(databases) as db:
        assert db.exec(select(Referral)).one()
