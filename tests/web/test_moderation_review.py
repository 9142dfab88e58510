"""People of the house at the queue: who sees what, one decision, two people where it takes two, and who is told."""

from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts import links
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.models import AuditEvent
from directory.accounts.permissions import Role
from directory.accounts.renderer import DECISION
from directory.delivery.events import DeliveryFailed
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.listings.fields import Section
from directory.listings.models import Endpoint, Location, Qualification
from directory.listings.revision import Revision
from directory.moderation import actions, inbox
from directory.moderation.kinds import Kind
from directory.moderation.models import Decision, QueueItem
from directory.referrals import actions as referrals
from directory.referrals.queries import find_task_of
from directory.verification import editing
from directory.verification.events import LicenceExpiring
from tests.support import clinics
from tests.support.clinics import AT
from tests.support.forms import Client, leads_to, submit, words_of
from tests.support.people import ANA, KIT, MO, OLA, Somebody, person, sign_in, sign_out
from tests.support.published import harbour
from tests.support.requests import ready_clinic, sent_request
from tests.support.site import SECRET
from tests.support.time import Clock

EDITOR = editing.Editor(actor=Actor(ActorKind.CLINIC, "U-OLA"), user_id=UUID(int=7))
SLUG = "harbour-clinic-portland-me"


@pytest.fixture
def place(databases: Databases, clock: Clock) -> UUID:
    location_id = harbour(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        listings.set_endpoint(db, location_id, Endpoint(address="intake@harbour.example", created_at=AT), at=AT)
    return location_id


def edited(databases: Databases, location_id: UUID, section: Section = Section.ABOUT, **typed: str) -> str:
    """A change that waits; the path of its item."""
    with unit_of_work(databases, wiring.dispatch) as db:
        editing.save(db, location_id, section, typed, seen=None, by=EDITOR, at=AT)
    with reading(databases) as db:
        return f"/queue/{db.exec(select(QueueItem.id).where(QueueItem.state == 'OPEN')).one()}"


def location(databases: Databases, location_id: UUID) -> Location:
    with reading(databases) as db:
        return db.get_one(Location, location_id)


def mails(databases: Databases) -> list[tuple[str, str]]:
    with reading(databases) as db:
        rows = db.exec(select(OutboxMessage).where(OutboxMessage.message == "listing_decided")).all()
    return [(row.message, row.ids["what"]) for row in rows]


def test_only_the_house_sees_the_queue_and_verifiers_only_their_kinds(
    client: Client, databases: Databases, place: UUID
) -> None:
    path = edited(databases, place, name="Harbor Clinic")
    with unit_of_work(databases) as db:
        actions.open_item(db, kind=Kind.RECHECK, about_id=place, location_id=place, at=AT)
    assert leads_to(client.get("/queue")).startswith("/sign-in")
    organization_id = location(databases, place).organization_id
    sign_in(client, databases, Role.OWNER, organization_id)
    assert client.get("/queue").status_code == 403
    sign_in(client, databases, Role.VERIFIER)
    seen = words_of(client.get("/queue").text)
    assert "Re-check by phone" in seen
    assert "Sensitive edit" not in seen
    assert client.get(path).status_code == 404
    assert client.get(f"/house/clinics/{SLUG}").status_code == 403
    sign_in(client, databases, Role.MODERATOR)
    assert "Sensitive edit" in words_of(client.get("/queue?kind=SENSITIVE_EDIT").text)
    assert "Re-check by phone, Harbour" not in words_of(client.get("/queue?kind=SENSITIVE_EDIT").text)


def test_a_change_is_shown_field_by_field_beside_the_page_and_approved(
    client: Client, databases: Databases, place: UUID
) -> None:
    path = edited(databases, place, name="Harbor Clinic")
    sign_in(client, databases, Role.MODERATOR)
    page = words_of(client.get(path).text)
    assert "Name Harbour Clinic Harbor Clinic" in page
    assert "The public page goes on saying what it said before." in page
    assert "Confirmed by phone" in page
    missing = submit(client, path, action=path, choice="approve")
    assert missing.status_code == 422
    assert "Say how you checked it" in words_of(missing.text)
    assert leads_to(submit(client, path, action=path, choice="approve", method="PHONE")) == "/queue?done=decided"
    assert location(databases, place).name == "Harbor Clinic"
    assert mails(databases) == [("listing_decided", "approved")]
    with reading(databases) as db:
        told = {row.action for row in db.exec(select(AuditEvent)).all()}
    assert {"REVISION_APPROVED", "QUEUE_APPROVE"} <= told


def test_a_return_needs_words_which_the_clinic_reads(client: Client, databases: Databases, place: UUID) -> None:
    path = edited(databases, place, name="Harbor Clinic")
    sign_in(client, databases, Role.MODERATOR)
    assert submit(client, path, action=path, choice="return").status_code == 422
    words = "Send us the deed of the new name."
    leads_to(submit(client, path, action=path, choice="return", words=words))
    with reading(databases) as db:
        row = db.exec(select(Revision)).one()
    assert (row.state, row.words) == ("RETURNED", words)
    assert mails(databases) == [("listing_decided", "returned")]


def test_where_requests_go_takes_two_people_of_different_organizations(
    client: Client, databases: Databases, place: UUID, clock: Clock
) -> None:
    path = edited(databases, place, Section.CONTACT, endpoint="new@harbour.example")
    with unit_of_work(databases) as db:
        other = listings.add_organization(db, clinics.organization(name="Other Clinic")).id
    for somebody in (MO, ANA):  # both have a role at one other clinic, too
        person(databases, Somebody(somebody.mailbox, somebody.name, Role.INTAKE), other)
    approve = {"choice": "approve", "method": "PHONE"}
    sign_in(client, databases, Role.MODERATOR, somebody=MO)
    assert leads_to(submit(client, path, action=path, **approve)) == "/queue?done=first"
    again = submit(client, path, action=path, **approve)
    assert again.status_code == 422
    assert "A second person must look at it." in words_of(again.text)
    sign_in(client, databases, Role.MODERATOR, somebody=ANA)
    same_house = submit(client, path, action=path, **approve)
    assert "belong to the same organization" in words_of(same_house.text)
    sign_in(client, databases, Role.MODERATOR, somebody=Somebody("third@lanternway.example", "Third", Role.MODERATOR))
    assert leads_to(submit(client, path, action=path, **approve)) == "/queue?done=decided"
    with reading(databases) as db:
        row = db.exec(select(Revision)).one()
        assert row.approved_by is not None
        assert row.state == "WAITING", "the old contact still has time to object"
        assert [d.took_effect for d in db.exec(select(Decision).order_by(Decision.at)).all()] == [False, True]


def test_nobody_decides_about_a_clinic_of_their_own(client: Client, databases: Databases, place: UUID) -> None:
    path = edited(databases, place, name="Harbor Clinic")
    mine = Somebody(KIT.mailbox, KIT.name, Role.OWNER)
    person(databases, mine, location(databases, place).organization_id)
    sign_in(client, databases, Role.MODERATOR, somebody=mine)
    refused = submit(client, path, action=path, choice="approve", method="PHONE", words="It is ours.")
    assert refused.status_code == 422
    assert "You belong to this organization" in words_of(refused.text)
    assert "It is ours.</textarea>" in refused.text


def test_of_a_request_the_house_sees_reference_and_state_only(
    client: Client, databases: Databases, clock: Clock
) -> None:
    referral = sent_request(databases, ready_clinic(databases))
    with unit_of_work(databases, wiring.dispatch) as db:
        task_id = find_task_of(db, referral.id).id
        failed = DeliveryFailed(outbox_id=task_id, message="referral_arrived", about_id=task_id, given_up=True)
        referrals.delivery_failed(db, failed)
    with reading(databases) as db:
        item = db.exec(select(QueueItem)).one()
    assert item.kind == "UNDELIVERABLE"
    sign_in(client, databases, Role.MODERATOR)
    page = words_of(client.get(f"/queue/{item.id}").text)
    assert referral.reference in page
    assert "Harbour Clinic" in page
    for secret in ("Quillfeather", "morning", "TRD", "555-0123", "pat@example.net"):
        assert secret not in page
    refused = submit(client, f"/queue/{item.id}", action=f"/queue/{item.id}", choice="send_again")
    assert "No way to this clinic is proved" in words_of(refused.text)


def test_an_item_in_hand_is_nobody_elses(client: Client, databases: Databases, place: UUID) -> None:
    path = edited(databases, place, name="Harbor Clinic")
    sign_in(client, databases, Role.MODERATOR, somebody=MO)
    leads_to(submit(client, path, action=f"{path}/take"))
    assert "you have it" in words_of(client.get("/queue").text)
    sign_in(client, databases, Role.MODERATOR, somebody=ANA)
    assert "has this in hand" in words_of(client.get(path).text)
    late = client.post(path, data={"choice": "refuse", "words": "Not their name."})
    assert late.status_code == 409
    assert "Mo has this in hand." in words_of(late.text)
    assert "What you typed, which nobody was sent: Not their name." in words_of(late.text)
    leads_to(submit(client, path, action=f"{path}/release"))
    leads_to(submit(client, path, action=path, choice="refuse", words="Not your name."))


def test_whoever_decides_second_reads_both_and_nothing_half_done_is_kept(
    client: Client, databases: Databases, place: UUID
) -> None:
    path = edited(databases, place, Section.TREATMENTS, rems_setting="INPATIENT_CERTIFIED")
    sign_in(client, databases, Role.MODERATOR, somebody=MO)
    refused = submit(client, path, action=path, choice="approve", method="PHONE", words="They are certified.")
    assert refused.status_code == 422
    assert "Say how the REMS certificate was confirmed" in words_of(refused.text)
    assert "They are certified.</textarea>" in refused.text
    with reading(databases) as db:
        assert db.exec(select(Decision)).all() == []
        assert "QUEUE_APPROVE" not in {row.action for row in db.exec(select(AuditEvent)).all()}
    leads_to(submit(client, path, action=path, choice="refuse", words="No certificate was found."))
    sign_in(client, databases, Role.MODERATOR, somebody=ANA)
    second = client.post(path, data={"choice": "return", "words": "Send the certificate."})
    assert second.status_code == 409
    seen = words_of(second.text)
    assert "Mo: No certificate was found." in seen
    assert "What you typed, which nobody was sent: Send the certificate." in seen


def test_a_pause_that_comes_second_keeps_what_was_typed(client: Client, databases: Databases, place: UUID) -> None:
    house = f"/house/clinics/{SLUG}"
    sign_in(client, databases, Role.MODERATOR)
    leads_to(submit(client, house, action=f"{house}/pause", reason="safety", words="Send us your plan."))
    second = client.post(f"{house}/pause", data={"reason": "facts", "words": "Who prescribes?"})
    assert second.status_code == 409
    assert "Who prescribes?" in words_of(second.text)
    mine = Somebody(KIT.mailbox, KIT.name, Role.OWNER)
    person(databases, mine, location(databases, place).organization_id)
    sign_in(client, databases, Role.MODERATOR, somebody=mine)
    own = client.post(f"{house}/return", data={"words": "We are fine again."})
    assert own.status_code == 422
    assert "We are fine again." in words_of(own.text)


def test_a_paused_listing_says_one_neutral_line_and_comes_back_by_two_people(
    client: Client, databases: Databases, place: UUID
) -> None:
    organization_id = location(databases, place).organization_id
    person(databases, OLA, organization_id)
    house = f"/house/clinics/{SLUG}"
    sign_in(client, databases, Role.MODERATOR, somebody=MO)
    assert submit(client, house, action=f"{house}/pause", reason="safety").status_code == 422
    leads_to(submit(client, house, action=f"{house}/pause", reason="safety", words="Send us your emergency plan."))
    public = words_of(client.get(f"/clinics/{SLUG}").text)
    assert "paused while its details are checked" in public
    assert "safety" not in public
    leads_to(submit(client, house, action=f"{house}/return", words="We saw the plan."))
    assert location(databases, place).status == "SUSPENDED"
    with reading(databases) as db:
        path = f"/queue/{db.exec(select(QueueItem.id).where(QueueItem.state == 'OPEN')).one()}"
    assert submit(client, path, action=path, choice="reinstate").status_code == 422
    sign_in(client, databases, Role.MODERATOR, somebody=ANA)
    leads_to(submit(client, path, action=path, choice="reinstate", words="We saw the plan."))
    assert location(databases, place).status == "PUBLISHED"
    assert [what for _message, what in mails(databases)] == ["paused", "reinstated"]


def test_the_link_in_the_mail_shows_what_and_why(
    client: Client, databases: Databases, place: UUID, clock: Clock
) -> None:

    path = edited(databases, place, name="Harbor Clinic")
    sign_in(client, databases, Role.MODERATOR)
    leads_to(submit(client, path, action=path, choice="refuse", words="That is another clinic's name."))
    sign_out(client)
    with reading(databases) as db:
        decision_id = db.exec(select(Decision.id)).one()
    token = links.sign(SECRET, DECISION, decision_id, clock.now().date())
    assert "another clinic's name" in words_of(client.get(f"/decisions/{token}").text)
    clock.advance(days=9)
    assert client.get(f"/decisions/{token}").status_code == 410
    assert client.get(f"/decisions/{decision_id}").status_code == 404


def test_a_licence_is_looked_up_and_what_its_issuer_says_is_kept(
    client: Client, databases: Databases, place: UUID
) -> None:
    with reading(databases) as db:
        licence = db.exec(select(Qualification)).one()
    with unit_of_work(databases, wiring.dispatch) as db:
        holder = licence.practitioner_id
        inbox.licence_expiring(db, LicenceExpiring(qualification_id=licence.id, practitioner_id=holder, days=30))
    with reading(databases) as db:
        path = f"/queue/{db.exec(select(QueueItem.id)).one()}"
    sign_in(client, databases, Role.VERIFIER)
    missing = submit(client, path, action=path, choice="checked", expires_on="soon")
    assert missing.status_code == 422
    assert "Enter a day, such as 2027-06-30" in words_of(missing.text)
    said = {"licence_status": "REVOKED", "source": "https://www.pfr.maine.gov/"}
    leads_to(submit(client, path, action=path, choice="checked", **said))
    with reading(databases) as db:
        assert db.exec(select(Qualification)).one().status == "REVOKED"
    assert location(databases, place).status == "SUSPENDED"
    assert mails(databases) == [("listing_decided", "checked")]
