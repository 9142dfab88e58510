"""A listing is claimed by two independent proofs; and every way a thief tries ends nowhere."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts import actions as accounts
from directory.accounts import codes
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.models import Invitation, Membership, User
from directory.accounts.permissions import Role
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, Gone, Refused
from directory.listings import actions as listings
from directory.listings import revisions
from directory.listings.fields import Section
from directory.listings.models import Endpoint
from directory.listings.queries import get_location, get_record
from directory.verification import claiming, claims, editing
from directory.verification.claim import Claim, ClaimProof, ProofKind
from directory.verification.claiming import Listed
from tests.support.clinics import AT
from tests.support.published import harbour as published
from tests.support.time import Clock

SECRET = "a secret of forty characters, for tests."
MO = Actor(ActorKind.MODERATOR, "mo")
OLD_CONTACT = Actor(ActorKind.CLINIC, "listed-contact")
OLA = "ola@harbour.example"
PHONE, LETTER, MAIL, OFFICIAL = (
    ProofKind.PHONE_CODE,
    ProofKind.LETTER,
    ProofKind.WEBSITE_MAIL,
    ProofKind.REGISTRY_OFFICIAL,
)
LATER = AT + dt.timedelta(days=60)


@pytest.fixture
def harbour(databases: Databases, clock: Clock) -> UUID:
    """A listing with a website, a phone, and a mailbox that requests go to."""
    clock.travel(to=LATER)
    location_id = published(databases, url="https://www.harbour.example/about")
    with unit_of_work(databases, wiring.dispatch) as db:
        listings.set_endpoint(db, location_id, Endpoint(address="old@harbour.example", created_at=AT), at=AT)
    return location_id


class Claiming:
    """One person's claim, step by step."""

    def __init__(self, databases: Databases, location_id: UUID, mailbox: str = OLA) -> None:
        self.databases = databases
        with unit_of_work(databases, wiring.dispatch) as db:
            self.id = claims.begin(db, location_id, mailbox=mailbox, at=LATER).id
            claims.prove_mailbox(db, claims.get_claim(db, self.id), at=LATER)

    @property
    def state(self) -> str:
        with reading(self.databases) as db:
            return claims.get_claim(db, self.id).state

    def proved(self) -> set[str]:
        with reading(self.databases) as db:
            return claiming.proved(claims.find_proofs(db, self.id))

    def ask(self, kind: ProofKind) -> ClaimProof:
        with unit_of_work(self.databases, wiring.dispatch) as db:
            return claims.ask_for(db, claims.get_claim(db, self.id), kind, at=LATER)

    def given(self, kind: ProofKind) -> str:
        row = self.ask(kind)
        with unit_of_work(self.databases, wiring.dispatch) as db:
            claims.give(db, row.id, by=MO, at=LATER)
        return codes.code_for(SECRET, row.id)

    def type(self, kind: ProofKind, code: str, *, at: dt.datetime = LATER) -> str:
        with unit_of_work(self.databases, wiring.dispatch) as db:
            return claims.type_code(db, claims.get_claim(db, self.id), kind, code, secret=SECRET, at=at)


def changed(databases: Databases, location_id: UUID, section: Section, **facts: Any) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        author = revisions.Author(by="clinic:U-THIEF")
        revisions.change(db, location_id, section, facts, author=author, at=LATER - dt.timedelta(days=3))


def told(databases: Databases) -> list[str]:
    with reading(databases) as db:
        return [row.message for row in db.exec(select(OutboxMessage)).all()]


def test_a_mailbox_at_the_website_and_a_code_by_phone_make_an_owner(databases: Databases, harbour: UUID) -> None:
    ola = Claiming(databases, harbour)
    assert ola.proved() == {MAIL}
    assert told(databases) == ["listing_claimed"]
    assert ola.type(PHONE, ola.given(PHONE)) == ""
    assert ola.state == "GRANTED"
    with reading(databases) as db:
        invitation = db.exec(select(Invitation)).one()
        assert (invitation.mailbox, invitation.role) == (OLA, "owner")
        assert invitation.organization_id == get_location(db, harbour).organization_id


def test_a_letter_and_the_registry_do_as_well(databases: Databases, harbour: UUID) -> None:
    ola = Claiming(databases, harbour, "ola@gmail.com")
    assert ola.type(LETTER, ola.given(LETTER)) == ""
    row = ola.ask(OFFICIAL)
    with unit_of_work(databases, wiring.dispatch) as db:
        with pytest.raises(Refused):
            claims.confirm_official(db, row.id, note=" ", by=MO, at=LATER)
        claims.confirm_official(db, row.id, note="Same name; called the official's number.", by=MO, at=LATER)
    assert ola.state == "GRANTED"


# --- what a thief tries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mailbox",
    [
        "thief@harbour-clinic.example",
        "thief@harbour.example.evil.example",
        "thief@xn--harbur-0nf.example",
        "thief@mail.harbour.example",
        "harbour.example@evil.example",
        "thief@harbour.examp1e",
    ],
)
def test_one_a_mailbox_at_a_domain_that_looks_alike_proves_nothing(
    databases: Databases, harbour: UUID, mailbox: str
) -> None:
    assert Claiming(databases, harbour, mailbox).proved() == set()
    assert not claiming.mail_proves(mailbox, "harbour.example")


@pytest.mark.parametrize("domain", ["gmail.com", "facebook.com", "wixsite.com", "outlook.com", "psychologytoday.com"])
def test_two_a_shared_domain_proves_nothing_even_when_it_is_what_is_listed(domain: str) -> None:
    assert not claiming.mail_proves(f"thief@{domain}", claiming.host_of(f"https://www.{domain}/harbour"))


def test_three_the_same_proof_twice_is_one(databases: Databases, harbour: UUID) -> None:
    thief = Claiming(databases, harbour, "thief@gmail.com")
    code = thief.given(PHONE)
    assert thief.type(PHONE, code) == ""
    assert thief.type(PHONE, code) == "This is proved already."
    assert thief.ask(PHONE).proved_at is not None
    assert (thief.proved(), thief.state) == ({PHONE}, "OPEN")


def test_four_a_phone_that_was_changed_before_or_after_proves_nothing(databases: Databases, harbour: UUID) -> None:
    changed(databases, harbour, Section.CONTACT, phone="+12075550199")
    thief = Claiming(databases, harbour, "thief@gmail.com")
    with pytest.raises(Refused, match="less than 30 days"):
        thief.ask(PHONE)


def test_four_and_a_half_a_phone_that_changes_while_the_claim_runs_proves_nothing(
    databases: Databases, harbour: UUID
) -> None:
    thief = Claiming(databases, harbour, "thief@gmail.com")
    code = thief.given(PHONE)
    changed(databases, harbour, Section.CONTACT, phone="+12075550199")
    assert "has changed since you began" in thief.type(PHONE, code)
    assert thief.proved() == set()


def test_a_website_or_an_address_that_was_changed_lately_proves_nothing(databases: Databases, harbour: UUID) -> None:
    changed(databases, harbour, Section.CONTACT, url="https://thief.example", address1="9 Thief Street")
    thief = Claiming(databases, harbour, "me@thief.example")
    assert thief.proved() == set()
    with pytest.raises(Refused, match="less than 30 days"):
        thief.ask(LETTER)


def test_five_a_clinic_that_has_an_owner_cannot_be_claimed(databases: Databases, harbour: UUID) -> None:
    thief = Claiming(databases, harbour, "thief@gmail.com")
    code = thief.given(PHONE)
    with unit_of_work(databases) as db:
        user = User(reference="U-2222-22", mailbox=OLA, created_at=LATER)
        db.add(user)
        db.flush()
        organization_id = get_location(db, harbour).organization_id
        accounts.give_role(db, user.id, Role.OWNER, organization_id, by="system:tests", at=LATER)
    with pytest.raises(Refused, match="has an owner"):
        Claiming(databases, harbour, "other@gmail.com")
    assert "has an owner" in thief.type(PHONE, code)


def owned_by_thief(databases: Databases, location_id: UUID) -> tuple[Claiming, editing.Editor]:
    """A thief who somehow got two proofs, took the invitation and signed in."""
    thief = Claiming(databases, location_id, "thief@gmail.com")
    thief.type(PHONE, thief.given(PHONE))
    thief.type(LETTER, thief.given(LETTER))
    assert thief.state == "GRANTED"
    with unit_of_work(databases) as db:
        user = User(reference="U-3333-33", mailbox="thief@gmail.com", created_at=LATER)
        db.add(user)
        db.flush()
        organization_id = get_location(db, location_id).organization_id
        accounts.give_role(db, user.id, Role.OWNER, organization_id, by="system:tests", at=LATER)
        return thief, editing.Editor(actor=Actor(ActorKind.CLINIC, "U-3333-33"), user_id=user.id)


def test_six_an_objection_undoes_the_claim_and_all_that_came_with_it_and_waiting_does_not_help(
    databases: Databases, harbour: UUID
) -> None:
    thief, editor = owned_by_thief(databases, harbour)
    with reading(databases) as db:
        before = get_record(db, harbour)
    with unit_of_work(databases, wiring.dispatch) as db:
        editing.save(db, harbour, Section.ABOUT, {"description": "Mine now."}, seen=None, by=editor, at=LATER)
        editing.save(db, harbour, Section.HOURS, {"accepting_patients": "nopt"}, seen=None, by=editor, at=LATER)
        editing.save(db, harbour, Section.CONTACT, {"phone": "+12075550199"}, seen=None, by=editor, at=LATER)
    with unit_of_work(databases, wiring.dispatch) as db:
        claims.object_to(db, claims.get_claim(db, thief.id), by=OLD_CONTACT, at=LATER + dt.timedelta(hours=70))
    assert editing.settle_cooled(databases, wiring.dispatch, at=LATER + dt.timedelta(days=9)) == 0
    with reading(databases) as db:
        after = get_record(db, harbour)
        assert (after.description, after.accepting_patients, after.phone) == (
            before.description,
            before.accepting_patients,
            before.phone,
        )
        assert all(row.ended_at is not None for row in db.exec(select(Membership)).all())
    assert thief.state == "ENDED"
    with pytest.raises(Refused, match="objected"):
        Claiming(databases, harbour, "thief2@gmail.com")


def test_the_button_stops_after_72_hours_and_a_person_has_to_look(databases: Databases, harbour: UUID) -> None:
    thief, _editor = owned_by_thief(databases, harbour)
    with unit_of_work(databases, wiring.dispatch) as db, pytest.raises(Gone):
        claims.object_to(db, claims.get_claim(db, thief.id), by=OLD_CONTACT, at=LATER + dt.timedelta(hours=73))


def test_a_code_is_guessed_five_times_and_then_dead(databases: Databases, harbour: UUID) -> None:
    thief = Claiming(databases, harbour, "thief@gmail.com")
    code = thief.given(PHONE)
    for _guess in range(5):
        assert thief.type(PHONE, "000000" if code != "000000" else "111111") == "That is not the code."
    assert thief.type(PHONE, code) == "This code no longer works. Ask for a new one."


def test_a_code_that_was_not_given_out_is_too_old_or_of_another_claim_opens_nothing(
    databases: Databases, harbour: UUID
) -> None:
    thief = Claiming(databases, harbour, "thief@gmail.com")
    row = thief.ask(PHONE)
    assert thief.type(PHONE, codes.code_for(SECRET, row.id)) == "The code was not given out yet."
    ola = Claiming(databases, harbour)
    code = ola.given(PHONE)
    assert thief.type(LETTER, code) == "Ask for the code first."
    late = LATER + dt.timedelta(hours=25)
    assert ola.type(PHONE, code, at=late) == "This code no longer works. Ask for a new one."


def test_nothing_is_proved_for_a_mailbox_that_nobody_has_shown_to_read(databases: Databases, harbour: UUID) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        row = claims.begin(db, harbour, mailbox=OLA, at=LATER)
        with pytest.raises(Refused, match="mailbox"):
            claims.ask_for(db, row, PHONE, at=LATER)


def test_a_listing_is_not_claimed_by_many_in_a_day(databases: Databases, harbour: UUID) -> None:
    for number in range(3):
        Claiming(databases, harbour, f"thief{number}@gmail.com")
    with pytest.raises(Refused, match="several times today"):
        Claiming(databases, harbour, "thief9@gmail.com")
    assert Claiming(databases, harbour, "thief0@gmail.com").state == "OPEN"


def test_our_staff_cannot_give_out_what_proves_nothing_any_more(databases: Databases, harbour: UUID) -> None:
    thief = Claiming(databases, harbour, "thief@gmail.com")
    row = thief.ask(PHONE)
    changed(databases, harbour, Section.CONTACT, phone="+12075550199")
    with unit_of_work(databases, wiring.dispatch) as db, pytest.raises(Conflict):
        claims.give(db, row.id, by=MO, at=LATER)


# --- the rules alone ------------------------------------------------------------------------------------------------


def listed(**changes: Any) -> Listed:
    given: dict[str, Any] = {
        "status": "PUBLISHED", "has_owner": False, "phone": "+12075550142", "host": "harbour.example",
        "address": "1 Wharf",
    }  # fmt: skip
    return Listed(**given | changes)


def claim(**changes: Any) -> Claim:
    given: dict[str, Any] = {
        "location_id": UUID(int=1), "mailbox": OLA, "mailbox_proved_at": AT, "listed_phone": "+12075550142",
        "listed_host": "harbour.example", "listed_address": "1 Wharf", "begun_at": AT, "state": "OPEN",
    }  # fmt: skip
    return Claim(**given | changes)


def proof(kind: ProofKind, *, holds: bool = True) -> ClaimProof:
    return ClaimProof(claim_id=UUID(int=1), kind=kind, asked_at=AT, expires_at=AT, proved_at=AT if holds else None)


@pytest.mark.parametrize("one", list(ProofKind))
@pytest.mark.parametrize("other", list(ProofKind))
def test_two_different_proofs_are_enough_and_nothing_less(one: ProofKind, other: ProofKind) -> None:
    assert claiming.is_enough([proof(one), proof(other)]) is (one is not other)
    assert not claiming.is_enough([proof(one), proof(other, holds=False)])


@pytest.mark.parametrize(
    ("kind", "facts", "of_claim", "right"),
    [
        (PHONE, {}, {}, True),
        (PHONE, {"phone": "+12075550199"}, {}, False),
        (PHONE, {"phone": None}, {"listed_phone": None}, False),
        (PHONE, {"phone_since": AT - dt.timedelta(days=29)}, {}, False),
        (PHONE, {"phone_since": AT - dt.timedelta(days=31)}, {}, True),
        (PHONE, {"phone_since": AT + dt.timedelta(days=1)}, {}, False),
        (MAIL, {}, {}, True),
        (MAIL, {}, {"mailbox": "ola@other.example"}, False),
        (MAIL, {"host": "other.example"}, {}, False),
        (MAIL, {"host_since": AT - dt.timedelta(days=1)}, {}, False),
        (MAIL, {"host": ""}, {"listed_host": ""}, False),
        (LETTER, {}, {}, True),
        (LETTER, {"address": "2 Wharf"}, {}, False),
        (LETTER, {"address_since": AT - dt.timedelta(days=1)}, {}, False),
        (OFFICIAL, {}, {}, True),
        (OFFICIAL, {"has_owner": True}, {}, False),
        (OFFICIAL, {}, {"state": "ENDED"}, False),
        (OFFICIAL, {}, {"mailbox_proved_at": None}, False),
        (OFFICIAL, {}, {"begun_at": AT - dt.timedelta(days=46)}, False),
    ],
)
def test_a_proof_leads_through_what_has_long_been_listed(
    kind: ProofKind, facts: dict[str, Any], of_claim: dict[str, Any], right: bool
) -> None:
    assert (claiming.why_not_prove(kind, claim(**of_claim), listed(**facts), at=AT) == "") is right


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.Harbour.example/about", "harbour.example"),
        ("http://harbour.example:8080", "harbour.example"),
        ("https://hаrbour.example", "xn--hrbour-3nf.example"),
        ("https://user@evil.example/harbour.example", "evil.example"),
        ("", ""),
        (None, ""),
    ],
)
def test_the_domain_of_a_website_is_read_exactly(url: str | None, host: str) -> None:
    assert claiming.host_of(url) == host


@pytest.mark.parametrize("status", ["NEVER_LIST", "REJECTED"])
def test_what_was_never_to_be_listed_is_not_claimed(status: str) -> None:
    assert claiming.why_not_begin(listed(status=status), begun=[], mailbox=OLA, at=AT)
