"""The inbox of who is signed in: tabs, filters, one request from opening to the outcome, and nothing for strangers."""

import datetime as dt
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts.models import AuditEvent
from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.models import Location
from directory.referrals import actions, clinic_actions, lifecycle, queries
from directory.referrals.models import Referral, ReferralTask, Who
from tests.support.clinics import AT
from tests.support.forms import Client, leads_to, links_of, submit, words_of
from tests.support.people import EDDA, KIT, OLA, sign_in
from tests.support.requests import NOOR, ready_clinic, sent_request
from tests.support.routes import litestar_of
from tests.support.time import Clock

HOME = "/clinic/requests"
SECRETS = ("Quillfeather", "pat@example.net", "5550123", "Spravato", "F33", "rivera")


@pytest.fixture
def harbour(databases: Databases, clock: Clock) -> UUID:
    """Harbour Clinic; its organization's id."""
    location_id = ready_clinic(databases)
    with reading(databases) as db:
        return db.get_one(Location, location_id).organization_id


@pytest.fixture
def noor(client: Client, databases: Databases, harbour: UUID) -> Client:
    """Noor of Harbour's intake, signed in."""
    sign_in(client, databases, Role.INTAKE, harbour)
    return client


@pytest.fixture
def browser(make_client: Callable[..., Client], database_url: str) -> Callable[[], Client]:
    """Makes another browser."""
    return lambda: make_client(database_url=database_url)


@pytest.fixture
def referral(databases: Databases, harbour: UUID) -> Referral:
    """What Dr Rivera sent."""
    return sent(databases, harbour, "one", clinician=True)


def sent(databases: Databases, harbour: UUID, key: str, *, clinician: bool = False) -> Referral:
    with reading(databases) as db:
        location_id = db.exec(select(Location.id).where(Location.organization_id == harbour)).one()
    return sent_request(databases, location_id, key=key, clinician=clinician)


def opened(noor: Client, referral: Referral) -> str:
    here = f"{HOME}/{referral.reference}"
    assert leads_to(submit(noor, here)) == here
    return here


def task_of(databases: Databases, referral: Referral) -> ReferralTask:
    with reading(databases) as db:
        return queries.find_task_of(db, referral.id)


def test_the_list_tells_reference_state_and_age_and_nothing_of_a_person_or_of_health(
    noor: Client, databases: Databases, harbour: UUID, referral: Referral
) -> None:
    patients = sent(databases, harbour, "two")
    page = noor.get(HOME)
    words = words_of(page.text)
    assert f"{HOME}/{referral.reference}" in links_of(page.text)
    assert "New 2 Waiting on us 0 Waiting on them 0 Overdue 0 Closed 0" in words
    assert "From a clinician" in words
    assert not any(secret in page.text for secret in SECRETS)
    theirs = noor.get(f"{HOME}?source=patient").text
    assert (referral.reference in theirs, patients.reference in theirs) == (False, True)
    only = noor.get(f"{HOME}?urgency=soon").text
    assert (referral.reference in only, patients.reference in only) == (True, False)
    assert "Nothing matches" in words_of(noor.get(f"{HOME}?mine=yes").text)
    assert noor.get(f"{HOME}?tab=nonsense&page=999999&site=x&urgency=now").status_code == 200


def test_looking_changes_nothing_and_a_button_opens_it(noor: Client, databases: Databases, referral: Referral) -> None:
    here = f"{HOME}/{referral.reference}"
    page = noor.get(here)
    assert not any(secret in page.text for secret in SECRETS)
    assert task_of(databases, referral).status == "sent"
    opened(noor, referral)
    assert "Pat Quillfeather" in noor.get(here).text
    assert task_of(databases, referral).status == "delivered_opened"
    with reading(databases) as db:
        looks = db.exec(select(AuditEvent).where(AuditEvent.action == "viewed")).all()
        opening = queries.find_history(db, task_of(databases, referral).id)[1]
    assert [look.actor_kind for look in looks] == ["clinic"]
    assert opening.by_actor.startswith("clinic:U-")


def test_a_request_goes_through_the_tabs_until_it_is_closed(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    here = opened(noor, referral)

    def tab(name: str) -> bool:
        return referral.reference in noor.get(f"{HOME}?tab={name}").text

    assert (tab("new"), tab("us"), tab("them")) == (False, True, False)
    assert leads_to(submit(noor, f"{here}/ask", question="Which?")) == f"{here}?done=ask"
    assert (tab("us"), tab("them")) == (False, True)
    leads_to(submit(noor, f"{here}/reply", reply="That."))
    leads_to(submit(noor, f"{here}/accept"))
    leads_to(submit(noor, f"{here}/complete", note="All is well."))
    assert (tab("us"), tab("closed")) == (False, True)
    assert "All is well." in noor.get(here).text
    assert "Closed 1" in words_of(noor.get(HOME).text)


def test_what_is_late_stands_under_overdue_too(
    noor: Client, databases: Databases, harbour: UUID, referral: Referral
) -> None:
    opened(noor, referral)
    with unit_of_work(databases, wiring.dispatch) as db:
        task = queries.find_task_of(db, referral.id)
        assert task.answer_due_at is not None
        task.answer_due_at = AT - dt.timedelta(hours=1)
        db.add(task)
    page = noor.get(f"{HOME}?tab=overdue")
    assert referral.reference in page.text
    assert "due 1 hour ago" in words_of(page.text)


def test_a_declined_request_leaves_its_steps_and_not_a_word_of_what_it_held(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    here = opened(noor, referral)
    leads_to(submit(noor, f"{here}/decline", reason="no_capacity", comment="Marker", words="Marker"))
    page = noor.get(here)
    assert page.status_code == 200
    assert "You declined" in words_of(page.text)
    assert not any(secret in page.text for secret in (*SECRETS, "Marker"))
    assert noor.get(f"{here}/text").status_code == 403
    assert noor.get(f"{here}/accept").status_code == 403


def test_a_request_is_handed_to_a_colleague_who_may_answer_and_to_nobody_else(
    noor: Client, databases: Databases, harbour: UUID, referral: Referral, browser: Callable[[], Client]
) -> None:
    ola = browser()
    person = sign_in(ola, databases, Role.OWNER, harbour)
    editor = sign_in(browser(), databases, Role.EDITOR, harbour)
    here = opened(noor, referral)
    page = noor.get(here).text
    assert (OLA.name in page, EDDA.name in page) == (True, False)
    refused = noor.post(f"{here}/assign", data={"to": str(editor.user_id)})
    assert refused.status_code == 422
    assert leads_to(noor.post(f"{here}/assign", data={"to": str(person.user_id)})) == f"{here}#notes"
    assert leads_to(submit(noor, here, action=f"{here}/number", number="MRN 4711")) == f"{here}#notes"
    assert "Your own number MRN 4711" in words_of(ola.get(here).text)
    assert referral.reference in ola.get(f"{HOME}?tab=us&mine=yes").text
    assert "yours" in words_of(ola.get(f"{HOME}?tab=us").text)
    assert OLA.name in words_of(noor.get(f"{HOME}?tab=us").text)


def test_kit_of_another_clinic_and_an_editor_see_nothing(
    noor: Client, databases: Databases, harbour: UUID, referral: Referral, browser: Callable[[], Client]
) -> None:
    here = opened(noor, referral)
    other = ready_clinic(databases, slug="kits-clinic", mailbox="kit@example.org", npi="1003000126")
    with reading(databases) as db:
        theirs = db.get_one(Location, other).organization_id
    kit, edda = browser(), browser()
    sign_in(kit, databases, Role.INTAKE, theirs, somebody=KIT)
    sign_in(edda, databases, Role.EDITOR, harbour)
    assert referral.reference not in kit.get(f"{HOME}?tab=us&site=harbour-clinic-portland-me").text
    steps = task_of(databases, referral).steps
    for client, status in ((kit, 404), (edda, 403)):
        assert client.get(here).status_code == status
        assert client.post(here).status_code == status
        for name in ("text", "decline", "accept"):
            answer = client.get(f"{here}/{name}")
            assert answer.status_code == status
            assert "Quillfeather" not in answer.text
        for name in ("accept", "note", "assign", "terms"):
            assert client.post(f"{here}/{name}", data={"version": "2", "note": "x"}).status_code == status
    assert task_of(databases, referral).steps == steps
    assert kit.get(f"{HOME}/R-ZZZZ-ZZ").text == kit.get(here).text.replace(referral.reference, "R-ZZZZ-ZZ")


def test_nobody_at_the_clinic_hears_of_a_request_whose_sender_is_being_checked_or_was_refused(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    def put(status: str, verb: str, by: Who, **brings: bool) -> None:
        with unit_of_work(databases) as db:
            task = queries.find_task_of(db, referral.id)
            change = lifecycle.step(task, verb, by=by, actor="test", at=AT, **brings)  # type: ignore[arg-type]
            assert task.status == status
            db.add(task)
            db.add(change)

    with unit_of_work(databases) as db:
        task = queries.find_task_of(db, referral.id)
        task.status = "draft"
        db.add(task)
    put("held_for_sender_check", "hold", Who.SYSTEM)
    for _time in range(2):
        assert noor.get(f"{HOME}/{referral.reference}").status_code == 404
        for tab in ("new", "us", "them", "overdue", "closed"):
            page = noor.get(f"{HOME}?tab={tab}")
            assert referral.reference not in page.text
            assert "Closed 0" in words_of(page.text)
        if task_of(databases, referral).status != "cancelled":
            put("cancelled", "refuse_sender", Who.MODERATOR, note=True)


def test_the_dashboard_says_how_many_requests_wait(noor: Client, databases: Databases, referral: Referral) -> None:
    home = leads_to(noor.get("/clinic", follow_redirects=False))
    assert "1 new, 0 waiting on you" in words_of(noor.get(home).text)
    opened(noor, referral)
    assert "0 new, 1 waiting on you" in words_of(noor.get(home).text)


def test_the_dashboard_tells_a_clinic_how_it_answered_and_why_it_declined(
    noor: Client, databases: Databases, harbour: UUID, referral: Referral
) -> None:
    home = leads_to(noor.get("/clinic", follow_redirects=False))
    assert "Answered 0 of 1 requests in the last 90 days." in words_of(noor.get(home).text)
    all_asked = [referral, *(sent(databases, harbour, f"more-{number}") for number in (1, 2))]
    for asked, reason in zip(all_asked, ("no_capacity", "out_of_area", "no_capacity"), strict=True):
        with unit_of_work(databases, wiring.dispatch) as db:
            task = queries.find_task_of(db, asked.id)
            clinic_actions.decline(db, task.id, by=NOOR, at=AT, version=1, reason=reason)
    words = words_of(noor.get(home).text)
    assert "Answered 3 of 3 requests in the last 90 days." in words
    assert "Half of the first answers came within 1 hour." in words
    assert "Declined: No capacity (2); Out of area (1)." in words


def test_the_dashboard_tells_only_the_clinic_how_often_its_page_was_shown(
    noor: Client, browser: Callable[[], Client], databases: Databases, harbour: UUID, clock: Clock
) -> None:
    home = leads_to(noor.get("/clinic", follow_redirects=False))
    public = f"/clinics/{home.rsplit('/', 1)[1]}"
    visitor = browser()
    for path in (public, f"/es{public}"):
        assert visitor.get(path).status_code == 200
    visitor.head(public)
    visitor.get(public, headers={"Sec-Purpose": "prefetch;prerender"})
    visitor.get(f"{public}/letter")
    visitor.get("/clinics/no-such-clinic")
    litestar_of(visitor).state.seen.flush()
    assert "Page views" not in words_of(noor.get(home).text), "the month still runs"
    clock.advance(days=31)
    sign_in(noor, databases, Role.INTAKE, harbour)
    told = words_of(noor.get(home).text)
    assert "Page views, robots and your own included; nobody who looks is recorded. March 2026: 2." in told
    assert "Page views" not in visitor.get(public).text
    assert browser().get(home, follow_redirects=False).status_code == 303, "whoever is not signed in reads nothing"


def test_what_our_mail_did_not_reach_is_opened_from_the_list(
    noor: Client, databases: Databases, referral: Referral
) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        task = queries.find_task_of(db, referral.id)
        actions.take_system_step(db, task, "fail_delivery", at=AT)
    assert referral.reference in noor.get(HOME).text
    opened(noor, referral)
    assert task_of(databases, referral).status == "delivered_opened"
