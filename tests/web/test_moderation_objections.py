"""An objection comes before a person of ours, who sees who changed what, puts it back, and tells both sides."""

import re
from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts import links
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.permissions import Role
from directory.accounts.renderer import OBJECTION
from directory.lib import clock as moment
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Refused
from directory.listings import actions as listings
from directory.listings.fields import Section
from directory.listings.models import Endpoint
from directory.listings.queries import get_location, get_record
from directory.moderation.models import QueueItem
from directory.terminology.proofs import Method
from directory.verification import claims, editing
from directory.verification.claim import ClaimState, ProofKind
from tests.support.clinics import AT
from tests.support.forms import Client, leads_to, submit, words_of
from tests.support.journeys import Mail
from tests.support.people import MO, OLA, person, sign_in, sign_out
from tests.support.published import harbour
from tests.support.site import SECRET
from tests.support.time import Clock

OLD = "old@harbour.example"


@pytest.fixture
def place(databases: Databases, clock: Clock) -> UUID:
    location_id = harbour(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        listings.set_endpoint(db, location_id, Endpoint(address=OLD, created_at=AT), at=AT)
    return location_id


@pytest.fixture
def ola(databases: Databases, place: UUID) -> editing.Editor:
    """Whom the old contact does not know."""
    with reading(databases) as db:
        organization_id = get_location(db, place).organization_id
    user = person(databases, OLA, organization_id)
    return editing.Editor(actor=Actor(ActorKind.CLINIC, user.reference), user_id=user.id)


def changed(databases: Databases, place: UUID, by: editing.Editor, section: Section, **typed: object) -> UUID:
    """The change that came of it: live or waiting."""
    with unit_of_work(databases, wiring.dispatch) as db:
        saved = editing.save(db, place, section, typed, seen=None, by=by, at=moment.now())
    row = saved.live or saved.waiting[0]
    return row.id


def objected(client: Client, about: UUID, clock: Clock) -> str:
    """The words after the button."""
    path = f"/objections/{links.sign(SECRET, OBJECTION, about, clock.now().date())}"
    assert client.get(path).status_code == 200
    return words_of(client.post(path).text)


def item(databases: Databases) -> str:
    """The path of the objection in the queue."""
    with reading(databases) as db:
        return f"/queue/{db.exec(select(QueueItem.id).where(QueueItem.kind == 'OBJECTION')).one()}"


def told(databases: Databases, message: str) -> list[str]:
    return sorted(mailbox for name, mailbox, _words in Mail(databases).read() if name == message)


def test_a_stopped_change_comes_before_a_person_who_puts_more_back_and_tells_both(
    client: Client, databases: Databases, place: UUID, ola: editing.Editor, clock: Clock
) -> None:
    changed(databases, place, ola, Section.HOURS, wait_days=40)
    about = changed(databases, place, ola, Section.CONTACT, phone="+12075550199")
    assert "Stopped" in objected(client, about, clock)
    assert "Stopped" in objected(client, about, clock)
    assert leads_to(client.get(item(databases))).startswith("/sign-in")
    sign_in(client, databases, Role.VERIFIER)
    assert client.get(item(databases)).status_code == 404
    sign_in(client, databases, Role.MODERATOR)
    page = client.get(item(databases))
    seen = words_of(page.text)
    assert "Changed by Ola (owner)" in seen
    assert "(207) 555-0142 (207) 555-0199" in seen
    assert "is frozen for 30 days" in seen
    [back] = re.findall(r'action="(/queue/[^"]+/put-back/[^"]+)"', page.text)
    assert leads_to(client.post(back)) == f"{item(databases)}?done=back"
    with reading(databases) as db:
        assert get_record(db, place).wait_days != 40
    twice = client.post(back)
    assert twice.status_code == 409
    assert "not a live change" in words_of(twice.text)
    assert submit(client, item(databases), action=item(databases), choice="upheld").status_code == 422
    words = "The old contact never agreed to a new number."
    leads_to(submit(client, item(databases), action=item(databases), choice="upheld", words=words))
    sign_out(client)
    mails = {to: words for name, to, words in Mail(databases).read() if name == "objection_decided"}
    assert set(mails) == {OLD, OLA.mailbox}
    link = mails[OLD]
    found = re.search(r"(/decisions/\S+)", link.text)
    assert found is not None
    read = words_of(client.get(found[1]).text)
    assert "The objection was right." in read
    assert words in read


def test_an_objection_that_comes_late_undoes_nothing_by_itself_but_a_person_can_at_once(
    client: Client, databases: Databases, place: UUID, ola: editing.Editor, clock: Clock
) -> None:
    about = changed(databases, place, ola, Section.CONTACT, phone="+12075550199")
    with unit_of_work(databases, wiring.dispatch) as db:
        editing.approve(db, about, method=Method.PHONE, by=Actor(ActorKind.MODERATOR, "U-MO"), at=clock.now())
    clock.advance(hours=73)
    editing.settle_cooled(databases, wiring.dispatch, at=clock.now())
    assert "A person of ours was told" in objected(client, about, clock)
    with reading(databases) as db:
        assert get_record(db, place).phone == "+12075550199"
    sign_in(client, databases, Role.MODERATOR)
    leads_to(submit(client, item(databases), action=item(databases), choice="upheld", words="Not theirs."))
    with reading(databases) as db:
        assert get_record(db, place).phone == "+12075550142"
    with pytest.raises(Refused):
        changed(databases, place, ola, Section.CONTACT, fax="+12075550198")


def test_an_objection_that_is_wrong_lets_the_change_be_tried_again(
    client: Client, databases: Databases, place: UUID, ola: editing.Editor, clock: Clock
) -> None:
    about = changed(databases, place, ola, Section.CONTACT, phone="+12075550199")
    objected(client, about, clock)
    sign_in(client, databases, Role.MODERATOR)
    leads_to(submit(client, item(databases), action=item(databases), choice="overruled", words="We called both."))
    assert changed(databases, place, ola, Section.CONTACT, phone="+12075550199") != about


def test_an_objection_to_a_claim_shows_what_proved_it_and_both_are_told(
    client: Client, databases: Databases, place: UUID, clock: Clock
) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        claim = claims.begin(db, place, mailbox="thief@gmail.com", at=clock.now())
        claims.prove_mailbox(db, claim, at=clock.now())
    assert "Stopped" in objected(client, claim.id, clock)
    assert told(databases, "claim_decided") == ["thief@gmail.com"]
    sign_in(client, databases, Role.MODERATOR)
    seen = words_of(client.get(item(databases)).text)
    assert "Claimed by thief@gmail.com" in seen
    assert "What proved it Nothing yet" in seen
    leads_to(submit(client, item(databases), action=item(databases), choice="upheld", words="Not theirs."))
    assert told(databases, "objection_decided") == sorted([OLD, "thief@gmail.com"])


def test_a_claim_is_refused_with_words_that_its_claimant_reads(
    client: Client, databases: Databases, place: UUID, clock: Clock
) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        claim = claims.begin(db, place, mailbox="thief@gmail.com", at=clock.now())
        claims.prove_mailbox(db, claim, at=clock.now())
        claims.ask_for(db, claim, ProofKind.LETTER, at=clock.now())
    with reading(databases) as db:
        path = f"/queue/{db.exec(select(QueueItem.id)).one()}"
    sign_in(client, databases, Role.MODERATOR, somebody=MO)
    leads_to(submit(client, path, action=path, choice="refuse_claim", words="The phone was never yours."))
    with reading(databases) as db:
        assert claims.get_claim(db, claim.id).state == ClaimState.REFUSED
    assert told(databases, "claim_refused") == ["thief@gmail.com"]
    assert "Mo: The phone was never yours." in words_of(client.get(path).text)
