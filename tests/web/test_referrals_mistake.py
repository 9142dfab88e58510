"""Sent by mistake: shut to the clinic at the sender's press, and closed as a mistake only by a person of ours."""

from collections.abc import Callable

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.queries import get_location
from directory.moderation.models import QueueItem
from directory.referrals import actions, queries, timers
from directory.referrals.models import Referral
from tests.support.clinics import AT
from tests.support.forms import Client, leads_to, submit, words_of
from tests.support.journeys import Mail, sender_opens
from tests.support.people import sign_in
from tests.support.requests import NOOR, ready_clinic, sent_request
from tests.support.time import Clock

HERE = "/requests/current"


@pytest.fixture
def referral(databases: Databases, clock: Clock) -> Referral:
    """A clinician's referral that Harbour Clinic has opened."""
    found = sent_request(databases, ready_clinic(databases), clinician=True)
    with unit_of_work(databases, wiring.dispatch) as db:
        actions.open_by_clinic(db, queries.find_task_of(db, found.id).id, by=NOOR, at=AT)
    return found


def marked(client: Client, databases: Databases, referral: Referral) -> Mail:
    """The clinician has marked it."""
    mail = Mail(databases)
    mail.read()
    sender_opens(client, mail, referral.reference, "rivera@example.com")
    leads_to(submit(client, f"{HERE}/mistake", sure="yes"))
    return mail


def item_of(databases: Databases) -> QueueItem:
    with reading(databases) as db:
        return db.exec(select(QueueItem).where(QueueItem.kind == "SENT_BY_MISTAKE")).one()


def status_of(databases: Databases, referral: Referral) -> str:
    with reading(databases) as db:
        return queries.find_task_of(db, referral.id).status


def test_the_clinic_is_shut_out_at_once_and_a_person_of_ours_closes_it(
    client: Client, databases: Databases, referral: Referral, make_client: Callable[..., Client], database_url: str
) -> None:
    mail = marked(client, databases, referral)
    words = words_of(client.get(HERE).text)
    assert "a person of ours looks at it before it counts as one" in words
    assert "A person of ours looks at it by Wednesday, March 11, 2026" in words
    assert f"{HERE}/withdraw" not in client.get(HERE).text
    assert [name for name, _to, _words in mail.read()] == ["referral_withdrawn", "request_withdrawn"]
    mo = make_client(database_url=database_url)
    sign_in(mo, databases, Role.MODERATOR)
    item = item_of(databases)
    page = mo.get(f"/queue/{item.id}")
    words = words_of(page.text)
    for told in ("Sent by mistake", referral.reference, "Stood at Opened", "Opened by the clinic March 10, 2026"):
        assert told in words
    assert not any(secret in page.text for secret in ("F332", "F33.2", "esketamine", "1980"))
    leads_to(submit(mo, f"/queue/{item.id}", action=f"/queue/{item.id}", choice="mistake"))
    assert status_of(databases, referral) == "entered_in_error"
    assert item_of(databases).state == "DONE"
    assert [name for name, _to, _words in mail.read()] == ["request_news"]
    assert "Closed: entered in error." in words_of(client.get(HERE).text)


def test_no_mistake_it_counts_as_withdrawn_and_the_sender_reads_why(
    client: Client, databases: Databases, referral: Referral, make_client: Callable[..., Client], database_url: str
) -> None:
    mail = marked(client, databases, referral)
    mail.read()
    mo = make_client(database_url=database_url)
    sign_in(mo, databases, Role.MODERATOR)
    at = f"/queue/{item_of(databases).id}"
    assert submit(mo, at, action=at, choice="withdrawn").status_code == 422
    leads_to(submit(mo, at, action=at, choice="withdrawn", words="You told me it was the right patient."))
    assert status_of(databases, referral) == "cancelled"
    assert [name for name, _to, _words in mail.read()] == ["request_news"]
    words = words_of(client.get(HERE).text)
    assert "You told me it was the right patient." in words
    assert "It was closed as withdrawn" in words


def test_nobody_decides_and_after_fourteen_days_it_counts_as_withdrawn(
    client: Client, databases: Databases, referral: Referral, clock: Clock
) -> None:
    marked(client, databases, referral)
    for days in (2, 13):
        clock.advance(days=days)
        timers.run_due(databases, dispatch=wiring.dispatch)
    assert status_of(databases, referral) == "cancelled"
    assert item_of(databases).state == "DONE"


def test_in_the_clinics_inbox_it_stands_among_the_closed_ones_and_cannot_be_read(
    client: Client, databases: Databases, referral: Referral, make_client: Callable[..., Client], database_url: str
) -> None:
    marked(client, databases, referral)
    noor = make_client(database_url=database_url)
    with reading(databases) as db:
        organization_id = get_location(db, queries.find_task_of(db, referral.id).location_id).organization_id
    sign_in(noor, databases, Role.INTAKE, organization_id=organization_id)
    assert referral.reference in noor.get("/clinic/requests?tab=closed").text
    assert referral.reference not in noor.get("/clinic/requests?tab=us").text
    page = noor.get(f"/clinic/requests/{referral.reference}")
    assert "This request is closed." in words_of(page.text)
    assert "Quillfeather" not in page.text
