"""A clinic edits its published listing: at once, after a check, after the cooling-off; nobody saves over anybody."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts.actor import Actor, ActorKind
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, Gone, Refused
from directory.listings import actions as listings
from directory.listings import revisions
from directory.listings.fields import Section
from directory.listings.models import Endpoint
from directory.listings.queries import get_record
from directory.listings.records import ClinicRecord
from directory.listings.revision import Revision, RevisionState
from directory.terminology.proofs import Method
from directory.terminology.rems import RemsMethod
from directory.verification import editing
from directory.verification.models import VerificationResult
from tests.support.clinics import AT
from tests.support.published import harbour
from tests.support.time import Clock

LATER = AT + dt.timedelta(hours=1)
OLA = editing.Editor(actor=Actor(ActorKind.CLINIC, "U-OLA"), user_id=UUID(int=7))
THIEF = editing.Editor(actor=Actor(ActorKind.CLINIC, "U-THIEF"), user_id=UUID(int=9))
MO = Actor(ActorKind.MODERATOR, "mo")
OLD_CONTACT = Actor(ActorKind.CLINIC, "old-contact")


@pytest.fixture(autouse=True)
def _on_that_day(clock: Clock) -> None:
    """The gate asks what day it is: the one on which the clinic was checked."""


def saved(
    databases: Databases, location_id: UUID, section: Section, typed: dict[str, Any], **more: Any
) -> editing.Saved:
    given: dict[str, Any] = {"seen": None, "by": OLA, "at": LATER} | more
    with unit_of_work(databases, wiring.dispatch) as db:
        return editing.save(db, location_id, section, typed, **given)


def approved(databases: Databases, row: Revision, *, at: dt.datetime = LATER, **more: Any) -> Revision:
    with unit_of_work(databases, wiring.dispatch) as db:
        return editing.approve(db, row.id, method=Method.PHONE, by=MO, at=at, **more)


def record(databases: Databases, location_id: UUID) -> ClinicRecord:
    with reading(databases) as db:
        return get_record(db, location_id)


def with_mailbox(databases: Databases) -> UUID:
    location_id = harbour(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        listings.set_endpoint(db, location_id, Endpoint(address="intake@harbour.example", created_at=AT), at=AT)
    return location_id


def test_what_needs_no_check_is_live_at_once_with_its_proof(databases: Databases) -> None:
    location_id = harbour(databases)
    done = saved(databases, location_id, Section.HOURS, {"accepting_patients": "nopt", "wait_days": 40})
    assert (done.waiting, done.because) == ((), ())
    assert record(databases, location_id).accepting_patients == "nopt"
    with reading(databases) as db:
        proofs = db.exec(select(VerificationResult).where(VerificationResult.at == LATER)).all()
    assert [(row.fact_group, row.method, row.by) for row in proofs] == [("accepting", "PORTAL", "clinic:U-OLA")]


def test_what_needs_a_check_waits_and_says_why(databases: Databases) -> None:
    location_id = harbour(databases)
    done = saved(databases, location_id, Section.ABOUT, {"name": "Harbor Clinic", "description": "We stay with you."})
    assert done.because == ("the name is how people and registries know you",)
    now = record(databases, location_id)
    assert (now.name, now.description) == ("Harbour Clinic", "We stay with you.")
    approved(databases, done.waiting[0])
    assert record(databases, location_id).name == "Harbor Clinic"


def test_saving_again_what_waits_keeps_its_place_and_something_else_takes_it(databases: Databases) -> None:
    location_id = harbour(databases)
    first = saved(databases, location_id, Section.ABOUT, {"name": "Harbor Clinic"}).waiting[0]
    assert saved(databases, location_id, Section.ABOUT, {"name": "Harbor Clinic"}).waiting[0].id == first.id
    second = saved(databases, location_id, Section.ABOUT, {"name": "The Harbor"}).waiting[0]
    saved(databases, location_id, Section.ABOUT, {"name": "Harbour Clinic"})
    with reading(databases) as db:
        states = {row.id: row.state for row in revisions.find_history(db, location_id)}
    assert states == {first.id: "UNDONE", second.id: "UNDONE"}


def test_the_second_of_two_people_sees_both_and_nothing_is_saved_over_the_first(databases: Databases) -> None:
    location_id = harbour(databases)
    with reading(databases) as db:
        mark = editing.mark_of(editing.facts_now(db, location_id, Section.ACCESS), Section.ACCESS)
    saved(databases, location_id, Section.ACCESS, {"languages": ["en", "fr"]}, seen=mark)
    with pytest.raises(editing.SeenChanged) as caught:
        saved(databases, location_id, Section.ACCESS, {"languages": ["en", "de"]}, seen=mark)
    assert caught.value.now["languages"] == ["en", "fr"]
    assert record(databases, location_id).languages == ("en", "fr")
    same = saved(databases, location_id, Section.ACCESS, {"languages": ["en", "fr"]}, seen=mark)
    assert same.live is None


def test_a_change_of_another_section_is_no_conflict(databases: Databases) -> None:
    location_id = harbour(databases)
    with reading(databases) as db:
        mark = editing.mark_of(editing.facts_now(db, location_id, Section.ACCESS), Section.ACCESS)
    saved(databases, location_id, Section.HOURS, {"wait_days": 3})
    assert saved(databases, location_id, Section.ACCESS, {"languages": ["de"]}, seen=mark).live is not None


def test_whoever_would_pause_the_listing_is_told_first_and_may_still_say_the_truth(databases: Databases) -> None:
    location_id = harbour(databases)
    with pytest.raises(editing.WouldPause) as caught:
        saved(databases, location_id, Section.SUPERVISION, {"supervision.oxygen": False})
    assert [reason.code for reason in caught.value.reasons] == ["S7"]
    assert record(databases, location_id).status == "PUBLISHED"
    saved(databases, location_id, Section.SUPERVISION, {"supervision.oxygen": False}, pause=True)
    assert record(databases, location_id).status == "SUSPENDED"


def test_a_new_certificate_needs_more_than_the_clinics_word(databases: Databases) -> None:
    location_id = harbour(databases)
    gone = saved(databases, location_id, Section.TREATMENTS, {"lines.SPRAVATO.active": False})
    assert gone.live is not None
    saved(databases, location_id, Section.TREATMENTS, {"rems_setting": "NOT_CERTIFIED"})
    typed = {"rems_setting": "OUTPATIENT_CERTIFIED", "lines.SPRAVATO.active": True, "lines.SPRAVATO.minimum_age": 18}
    done = saved(databases, location_id, Section.TREATMENTS, typed)
    assert done.live is None
    for given in ({}, {"rems_method": RemsMethod.SELF_ATTESTED}):
        with pytest.raises(Refused):
            approved(databases, done.waiting[0], **given)
    approved(databases, done.waiting[0], rems_method=RemsMethod.REMS_PHONE)
    now = record(databases, location_id)
    assert (now.rems.certified, now.offers_spravato, now.status) == (True, True, "PUBLISHED")


def test_somebody_new_is_checked_for_exclusion_before_the_page_names_them(databases: Databases) -> None:
    location_id, person = harbour(databases), str(uuid4())
    new = {"given_name": "Ana", "family_name": "Example", "credential": "RN", "roles": ["MONITORING"]}
    typed = {f"people.{person}.{name}": value for name, value in new.items()}
    row = saved(databases, location_id, Section.PEOPLE, typed).waiting[0]
    with pytest.raises(Refused):
        approved(databases, row)
    approved(databases, row, exclusions_clear=True)
    now = record(databases, location_id)
    assert ([p.name for p in now.team], now.status) == (["Noor Example, MD", "Ana Example, RN"], "PUBLISHED")


def test_nobody_approves_their_own_change(databases: Databases) -> None:
    location_id = harbour(databases)
    row = saved(databases, location_id, Section.ABOUT, {"name": "Mo's"}, by=editing.Editor(actor=MO)).waiting[0]
    with pytest.raises(Refused):
        approved(databases, row)


def test_a_new_phone_is_live_only_when_checked_and_72_hours_old(databases: Databases) -> None:
    location_id = with_mailbox(databases)
    row = saved(databases, location_id, Section.CONTACT, {"phone": "+12075550199"}).waiting[0]
    with reading(databases) as db:
        assert [m.message for m in db.exec(select(OutboxMessage)).all()] == ["contact_changes"]
    approved(databases, row)
    assert record(databases, location_id).phone == "+12075550142"
    almost = LATER + dt.timedelta(hours=72) - dt.timedelta(seconds=1)
    assert editing.settle_cooled(databases, wiring.dispatch, at=almost) == 0
    assert editing.settle_cooled(databases, wiring.dispatch, at=LATER + dt.timedelta(hours=72)) == 1
    assert record(databases, location_id).phone == "+12075550199"


def test_after_72_hours_nothing_is_live_that_nobody_has_checked(databases: Databases) -> None:
    location_id = with_mailbox(databases)
    saved(databases, location_id, Section.CONTACT, {"endpoint": "thief@evil.example"}, by=THIEF)
    assert editing.settle_cooled(databases, wiring.dispatch, at=LATER + dt.timedelta(days=30)) == 0


def test_an_objection_stops_the_change_for_good_and_freezes_the_ways_in(databases: Databases) -> None:
    location_id = with_mailbox(databases)
    row = saved(databases, location_id, Section.CONTACT, {"phone": "+12075550199"}, by=THIEF).waiting[0]
    approved(databases, row)
    for _press in range(2):
        with unit_of_work(databases, wiring.dispatch) as db:
            editing.object_to(db, row.id, by=OLD_CONTACT, at=LATER)
    assert editing.settle_cooled(databases, wiring.dispatch, at=LATER + dt.timedelta(days=4)) == 0
    with pytest.raises(Refused):
        saved(databases, location_id, Section.CONTACT, {"fax": "+12075550198"}, by=THIEF, at=LATER)
    with pytest.raises(Conflict):
        approved(databases, row)
    assert record(databases, location_id).phone == "+12075550142"


def test_an_objection_after_it_is_live_leads_to_a_person(databases: Databases) -> None:
    location_id = with_mailbox(databases)
    row = saved(databases, location_id, Section.CONTACT, {"phone": "+12075550199"}).waiting[0]
    approved(databases, row)
    editing.settle_cooled(databases, wiring.dispatch, at=LATER + dt.timedelta(hours=73))
    with unit_of_work(databases, wiring.dispatch) as db, pytest.raises(Gone):
        editing.object_to(db, row.id, by=OLD_CONTACT, at=LATER + dt.timedelta(hours=74))
    with unit_of_work(databases, wiring.dispatch) as db:
        editing.roll_back(db, row.id, by=editing.Editor(actor=MO), at=LATER + dt.timedelta(hours=75))
    assert record(databases, location_id).phone == "+12075550142"


def test_the_clinic_takes_back_at_once_what_was_live_at_once_and_asks_for_the_rest(databases: Databases) -> None:
    location_id = harbour(databases)
    live = saved(databases, location_id, Section.HOURS, {"wait_days": 40}).live
    named = saved(databases, location_id, Section.ABOUT, {"name": "Harbor Clinic"}).waiting[0]
    assert live is not None
    with unit_of_work(databases, wiring.dispatch) as db:
        editing.take_back(db, live.id, by=OLA, at=LATER)
    assert record(databases, location_id).wait_days == 14
    approved(databases, named)
    with unit_of_work(databases, wiring.dispatch) as db:
        assert editing.take_back(db, named.id, by=OLA, at=LATER).waiting[0].after == {"name": "Harbour Clinic"}
    assert record(databases, location_id).name == "Harbor Clinic"


def test_a_refusal_needs_words(databases: Databases) -> None:
    location_id = harbour(databases)
    row = saved(databases, location_id, Section.ABOUT, {"name": "Harbor Clinic"}).waiting[0]
    with unit_of_work(databases, wiring.dispatch) as db:
        with pytest.raises(Refused):
            editing.give_back(db, row.id, RevisionState.REFUSED, words=" ", by=MO, at=LATER)
        done = editing.give_back(db, row.id, RevisionState.RETURNED, words="Send a photo of the sign.", by=MO, at=LATER)
        assert (done.state, done.words) == ("RETURNED", "Send a photo of the sign.")
