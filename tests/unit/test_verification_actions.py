"""Publishing, attesting, doubting and what time does, on both databases."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.models import AuditEvent
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, Refused
from directory.listings import actions as listings
from directory.listings import people
from directory.listings import queries as listing_queries
from directory.listings.events import ListingChanged
from directory.terminology.exclusions import Exclusion
from directory.terminology.proofs import FACT_GROUPS, FactGroup, Method
from directory.terminology.rems import RemsMethod, RemsSetting
from directory.verification import actions, checking, queries, timers
from directory.verification.models import Attestation, VerificationResult
from directory.verification.proofs import Freshness
from tests.support import clinics
from tests.support.clinics import AT
from tests.support.time import Clock

MO = Actor(ActorKind.MODERATOR, "mo")
NOOR = Actor(ActorKind.CLINIC, "harbour-clinic-portland-me")


def dispatch(db: Session, event: Any) -> None:
    actions.recheck(db, event)


def status(databases: Databases, location_id: UUID) -> str:
    with reading(databases) as db:
        return listing_queries.get_location(db, location_id).status


def version(databases: Databases, location_id: UUID) -> int:
    with reading(databases) as db:
        return listing_queries.get_location(db, location_id).version


def draft(databases: Databases, *, member: Any = None, slug: str = "harbour-clinic-portland-me") -> UUID:
    with unit_of_work(databases, dispatch) as db:
        org = listings.add_organization(db, clinics.organization())
        place = clinics.location(org, slug=slug)
        site = clinics.site(org, location=place, team=(member or clinics.prescriber(),))
        return listings.add_site(db, site, by=str(NOOR), at=AT).id


def checked(db: Session, location_id: UUID) -> None:
    actions.record(db, location_id, [FactGroup.IDENTITY], method=Method.REGISTRY, by=MO, at=AT, source="NPPES")
    actions.record(db, location_id, [FactGroup.SUPERVISION], method=Method.PHONE, by=MO, at=AT)


def published(databases: Databases, **given: Any) -> UUID:
    location_id = draft(databases, **given)
    with unit_of_work(databases, dispatch) as db:
        checked(db, location_id)
        actions.publish(db, location_id, by=MO, at=AT)
    return location_id


def test_a_listing_is_published_only_with_evidence_and_else_every_reason_is_named(
    databases: Databases, clock: Clock
) -> None:
    location_id = draft(databases)
    with pytest.raises(Refused, match=r"Nobody has checked yet who runs.*how people are watched"):  # noqa: SIM117
        with unit_of_work(databases, dispatch) as db:
            actions.publish(db, location_id, by=MO, at=AT)
    assert status(databases, location_id) == "DRAFT"
    with unit_of_work(databases, dispatch) as db:
        checked(db, location_id)
        actions.publish(db, location_id, by=MO, at=AT)
    with reading(databases) as db:
        found = queries.get_clinic(db, "harbour-clinic-portland-me", at=AT)
        assert found.clinic.status == "PUBLISHED"
        assert found.confirmed_at == AT
        assert found.proofs[FactGroup.IDENTITY].words == "Confirmed in a public registry, March 10, 2026"
        said = [row.action for row in db.exec(select(AuditEvent)).all()]
        assert said == ["LISTING_PUBLISH"]
        assert audit.verify(db) is None


def test_a_status_that_does_not_allow_a_verb_is_a_conflict(databases: Databases, clock: Clock) -> None:
    location_id = published(databases)
    for verb in (actions.submit, actions.reinstate, actions.publish):
        with pytest.raises(Conflict), unit_of_work(databases, dispatch) as db:
            verb(db, location_id, by=MO, at=AT)
    with unit_of_work(databases, dispatch) as db:
        actions.never_list(db, location_id, by=MO, at=AT)
    with pytest.raises(Conflict), unit_of_work(databases, dispatch) as db:
        actions.close(db, location_id, by=MO, at=AT)


def test_a_pause_is_lifted_only_through_the_gate(databases: Databases, clock: Clock) -> None:
    location_id = published(databases)
    with unit_of_work(databases, dispatch) as db:
        actions.suspend(db, location_id, note="licence in question", by=MO, at=AT)
        person = listing_queries.find_practitioner_by_npi(db, "1234567893")
        assert person is not None
        people.set_exclusion(db, person, Exclusion.NAME_STATE_POSSIBLE, by=str(MO), at=AT)
        person_id = person.id
    with pytest.raises(Refused, match="exclusion list"), unit_of_work(databases, dispatch) as db:
        actions.reinstate(db, location_id, by=MO, at=AT)
    with unit_of_work(databases, dispatch) as db:
        person = listing_queries.find_practitioner_by_npi(db, "1234567893")
        assert person is not None
        assert person.id == person_id
        people.set_exclusion(db, person, Exclusion.NO_MATCH, by=str(MO), at=AT)
        actions.reinstate(db, location_id, by=MO, at=AT)
    assert status(databases, location_id) == "PUBLISHED"


def test_a_change_that_fails_the_gate_pauses_the_listing_in_the_same_transaction(
    databases: Databases, clock: Clock
) -> None:
    location_id = published(databases)
    with unit_of_work(databases, dispatch) as db:
        listings.change_site(db, location_id, version=None, at=AT, description="We cure everything.")
    with reading(databases) as db:
        row = listing_queries.get_location(db, location_id)
        assert (row.status, row.status_by, row.status_note) == ("SUSPENDED", "system:publish-gate", "claim")


def test_offering_ketamine_at_home_pauses_a_listing_at_once(databases: Databases, clock: Clock) -> None:
    location_id = published(databases)
    with unit_of_work(databases, dispatch) as db:
        actions.set_home_use(db, location_id, True, by=MO, at=AT)
    assert status(databases, location_id) == "SUSPENDED"
    with pytest.raises(Refused, match="at home"), unit_of_work(databases, dispatch) as db:
        actions.reinstate(db, location_id, by=MO, at=AT)


def test_all_still_correct_renews_what_a_clinics_word_can_renew(databases: Databases, clock: Clock) -> None:
    location_id = published(databases)
    later = clock.advance(days=80)
    seen = version(databases, location_id)
    with unit_of_work(databases, dispatch) as db:
        actions.attest_all_correct(db, location_id, version=seen, by=NOOR, at=later)
    with reading(databases) as db:
        found = queries.get_verified(db, location_id, at=later)
        kept = db.exec(select(Attestation)).one()
    assert found.confirmed_at == later
    assert found.accepting_confirmed
    assert (kept.listing_version, kept.by) == (seen, "clinic:harbour-clinic-portland-me")
    assert found.proofs[FactGroup.IDENTITY].at == AT
    assert found.proofs[FactGroup.LICENCES].freshness is Freshness.NONE
    renewed = {code for code, proof in found.proofs.items() if proof.at == later}
    assert renewed == {row.code for row in FACT_GROUPS if row.clinic_can_attest}


def test_attesting_what_has_changed_meanwhile_is_a_conflict(databases: Databases, clock: Clock) -> None:
    location_id = published(databases)
    seen = version(databases, location_id)
    with unit_of_work(databases, dispatch) as db:
        listings.set_accepting(db, location_id, "nopt", at=AT)
    with pytest.raises(Conflict), unit_of_work(databases, dispatch) as db:
        actions.attest_all_correct(db, location_id, version=seen, by=NOOR, at=AT)


def test_the_quick_update_is_live_at_once_with_its_proof(databases: Databases, clock: Clock) -> None:
    location_id = published(databases)
    later = clock.advance(days=10)
    with unit_of_work(databases, dispatch) as db:
        actions.update_quickly(
            db,
            location_id,
            version=version(databases, location_id),
            accepting="existptonly",
            wait_days=45,
            next_intake_on=dt.date(2026, 5, 6),
            referrals_on=False,
            by=NOOR,
            at=later,
        )
        actions.close_for_days(
            db,
            location_id,
            version=listing_queries.get_location(db, location_id).version,
            starts_on=dt.date(2026, 7, 3),
            ends_on=dt.date(2026, 7, 5),
            reason="Holiday",
            by=NOOR,
            at=later,
        )
    with reading(databases) as db:
        found = queries.get_verified(db, location_id, at=later)
    assert (found.clinic.accepting_patients, found.clinic.wait_days) == ("existptonly", 45)
    assert found.proofs[FactGroup.ACCEPTING].words == "Confirmed by the clinic, March 20, 2026"
    assert found.proofs[FactGroup.HOURS].fresh
    assert found.confirmed_at == AT


def test_a_channel_is_proved_by_an_answered_test_and_lost_by_a_bounce(databases: Databases, clock: Clock) -> None:
    location_id = published(databases)
    with unit_of_work(databases, dispatch) as db:
        endpoint = listing_queries.find_endpoint(db, location_id)
        assert endpoint is not None
        assert not queries.get_verified(db, location_id, at=AT).clinic.takes_requests
        actions.test_endpoint(db, endpoint.id, by=NOOR, at=AT)
    with reading(databases) as db:
        assert queries.get_verified(db, location_id, at=AT).clinic.takes_requests
    with unit_of_work(databases, dispatch) as db:
        actions.channel_failed(db, location_id, at=clock.advance(hours=1))
    with reading(databases) as db:
        found = queries.get_verified(db, location_id, at=clock.now())
        assert not found.clinic.takes_requests
        assert found.proofs[FactGroup.REFERRAL_CHANNEL].freshness is Freshness.DOUBTED
    with unit_of_work(databases, dispatch) as db:
        endpoint_id = endpoint.id
        actions.test_endpoint(db, endpoint_id, by=NOOR, at=clock.advance(hours=1))
        actions.record_answer(db, location_id, at=clock.advance(hours=1))
    with reading(databases) as db:
        found = queries.get_verified(db, location_id, at=clock.now())
        assert found.clinic.takes_requests
        assert found.proofs[FactGroup.REFERRAL_CHANNEL].words.startswith("Confirmed by an answered request")


def test_a_coded_refusal_puts_a_fact_in_doubt(databases: Databases, clock: Clock) -> None:
    location_id = published(databases)
    with unit_of_work(databases, dispatch) as db:
        actions.record(db, location_id, [FactGroup.PAYERS], method=Method.PORTAL, by=NOOR, at=AT)
        actions.challenge(
            db,
            location_id,
            FactGroup.PAYERS,
            note="insurance_not_accepted",
            by=NOOR,
            at=AT + dt.timedelta(days=1),
            method=Method.ANSWERED_REFERRAL,
        )
    with reading(databases) as db:
        proof = queries.get_verified(db, location_id, at=AT + dt.timedelta(days=2)).proofs[FactGroup.PAYERS]
    assert proof.freshness is Freshness.DOUBTED
    assert "Last confirmed March 10, 2026" in proof.words
    assert status(databases, location_id) == "PUBLISHED"


def test_a_silent_listing_is_stale_at_91_days_and_unlisted_at_120_and_comes_back_when_confirmed(
    databases: Databases, clock: Clock
) -> None:
    location_id = published(databases)
    assert timers.sweep(databases, dispatch, at=clock.advance(days=90, hours=23)).stale == 0
    assert timers.sweep(databases, dispatch, at=clock.advance(hours=1)).stale == 1
    assert status(databases, location_id) == "STALE"
    assert timers.sweep(databases, dispatch, at=clock.advance(days=28, hours=23)).unlisted == 0
    assert timers.sweep(databases, dispatch, at=clock.advance(hours=1)).unlisted == 1
    assert timers.sweep(databases, dispatch, at=clock.now()).unlisted == 0
    assert status(databases, location_id) == "UNLISTED"
    with unit_of_work(databases, dispatch) as db:
        seen = listing_queries.get_location(db, location_id).version
        actions.attest_all_correct(db, location_id, version=seen, by=NOOR, at=clock.now())
    assert status(databases, location_id) == "PUBLISHED"


def test_attesting_does_not_lift_a_pause(databases: Databases, clock: Clock) -> None:
    location_id = published(databases)
    with unit_of_work(databases, dispatch) as db:
        actions.suspend(db, location_id, note="x", by=MO, at=AT)
        seen = listing_queries.get_location(db, location_id).version
        actions.attest_all_correct(db, location_id, version=seen, by=NOOR, at=AT)
    assert status(databases, location_id) == "SUSPENDED"


def test_a_lapsed_licence_pauses_the_listing_the_same_day(databases: Databases, clock: Clock) -> None:
    member = clinics.prescriber(clinics.licence(expires_on=dt.date(2026, 3, 31)))
    location_id = published(databases, member=member)
    clock.travel(to=dt.datetime(2026, 4, 1, 11, 0, tzinfo=dt.UTC))
    assert timers.sweep(databases, dispatch, at=clock.now()).licences_expired == 0
    clock.travel(to=dt.datetime(2026, 4, 1, 12, 30, tzinfo=dt.UTC))
    assert timers.sweep(databases, dispatch, at=clock.now()).licences_expired == 1
    assert status(databases, location_id) == "SUSPENDED"


def test_a_check_of_ours_that_is_outlived_pauses_a_listing_that_is_else_kept_fresh(
    databases: Databases, clock: Clock
) -> None:
    member = clinics.prescriber(clinics.licence(expires_on=None))
    location_id = published(databases, member=member)
    other = published(databases, member=clinics.prescriber(clinics.licence(expires_on=None), npi=None), slug="other")
    for _ in range(5):
        clock.advance(days=72)
        with unit_of_work(databases, dispatch) as db:
            for each in (location_id, other):
                checking.check_rems(
                    db, each, RemsSetting.OUTPATIENT_CERTIFIED, method=RemsMethod.REMS_PHONE, evidence="REMS program",
                    by=MO, at=clock.now(),
                )  # fmt: skip
                seen = listing_queries.get_location(db, each).version
                actions.attest_all_correct(db, each, version=seen, by=NOOR, at=clock.now())
            actions.record(db, other, [FactGroup.SUPERVISION], method=Method.DOCUMENT, by=MO, at=clock.now())
    assert timers.sweep(databases, dispatch, at=clock.now()).outlived == 0
    swept = timers.sweep(databases, dispatch, at=clock.advance(days=3))
    assert swept.outlived == 1
    assert (status(databases, location_id), status(databases, other)) == ("SUSPENDED", "PUBLISHED")


def test_every_change_of_listing_or_proof_is_announced(databases: Databases, clock: Clock) -> None:
    location_id = published(databases)
    heard: list[object] = []
    with unit_of_work(databases, lambda _, event: heard.append(event)) as db:
        actions.record(db, location_id, [FactGroup.PHONE, FactGroup.HOURS], method=Method.PHONE, by=MO, at=AT)
    assert heard == [ListingChanged(location_id=location_id)]


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("fact_group_known", {"fact_group": "weather"}),
        ("method_known", {"method": "DREAM"}),
        ("outcome_known", {"outcome": "FINE", "next_due_on": None}),
        ("confirmed_has_a_next_day", {"next_due_on": None}),
        ("confirmed_has_a_next_day", {"outcome": "FAILED"}),
    ],
)
def test_a_check_holds_its_decisions_by_itself(databases: Databases, constraint: str, changes: dict[str, Any]) -> None:
    location_id = draft(databases)
    with unit_of_work(databases) as db:
        checked(db, location_id)
        with pytest.raises(IntegrityError, match=constraint):
            db.execute(update(VerificationResult).values(**changes))
        db.rollback()


def test_an_attestation_names_a_version(databases: Databases) -> None:
    location_id = draft(databases)
    with unit_of_work(databases) as db:
        db.add(Attestation(location_id=location_id, listing_version=0, by="x", at=AT))
        with pytest.raises(IntegrityError, match="version_positive"):
            db.flush()
        db.rollback()
