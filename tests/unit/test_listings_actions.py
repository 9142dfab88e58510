"""What people do to listings, on both databases: rules first, versions counted, changes announced once."""

import datetime as dt
from uuid import UUID

import pytest

from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, NotFound, Refused
from directory.listings import actions, people, queries
from directory.listings.events import ListingChanged
from directory.listings.models import AvailableTime, Closure, Endpoint, HealthcareService
from directory.terminology.exclusions import Exclusion
from tests.support import clinics
from tests.support.clinics import AT

LATER = AT + dt.timedelta(hours=1)


class Heard:
    """Remembers what was announced."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def __call__(self, db: object, event: object) -> None:
        self.events.append(event)


def harbour(databases: Databases, **changes: object) -> UUID:
    with unit_of_work(databases) as db:
        org = actions.add_organization(db, clinics.organization())
        return actions.add_site(db, clinics.site(org, **changes), by="clinic:harbour", at=AT).id


def published(databases: Databases) -> UUID:
    location_id = harbour(databases)
    with unit_of_work(databases) as db:
        actions.set_confirmed(db, location_id, by="moderator:mo", at=AT)
        actions.set_public(db, location_id, "PUBLISHED", by="moderator:mo", at=AT)
    return location_id


def test_a_new_site_is_read_back_whole(databases: Databases) -> None:
    location_id = harbour(databases)
    with reading(databases) as db:
        record = queries.get_record(db, location_id)
    assert (record.status, record.version, record.organization.name) == ("DRAFT", 1, "Harbour Clinic")
    assert [line.treatment for line in record.lines] == ["SPRAVATO", "KET_IV"]
    assert record.lines[1].price is not None
    assert (record.lines[1].price.lowest, record.lines[1].price.highest) == (450, 550)
    assert record.lines[0].price is None
    assert [person.name for person in record.team] == ["Noor Example, MD"]
    assert record.team[0].prescribes
    assert record.team[0].role_labels == ("Prescribes", "Medical director")
    assert record.team[0].qualifications[0].number == "MD00123"
    assert record.team[0].on_site_days == (0, 1, 2, 3, 4)
    assert record.supervision is not None
    assert record.supervision.on_site == "MD"
    assert record.opening(AT).is_open
    assert record.languages == ("en", "es")
    assert (record.point.latitude, record.point.longitude) == (43.6569, -70.2589)
    assert not record.takes_requests
    assert record.spravato is not None
    assert [line.treatment for line in record.off_label_lines] == ["KET_IV"]
    assert len(record.required_sentences) == 5


def test_many_records_are_the_same_as_one_by_one(databases: Databases) -> None:
    first = harbour(databases)
    with unit_of_work(databases) as db:
        org = queries.get_location(db, first).organization_id
        member = clinics.prescriber(npi="1245319599", given_name="Ana")
        place = clinics.location(clinics.organization(id=org), slug="second")
        second = actions.add_site(
            db, clinics.site(clinics.organization(id=org), location=place, team=(member,)), by="x", at=AT
        ).id
    with reading(databases) as db:
        together = {record.location_id: record for record in queries.find_records(db, [first, second, UUID(int=1)])}
        assert together == {found: queries.get_record(db, found) for found in (first, second)}


def test_the_public_sees_a_clinic_only_in_a_public_status_and_its_siblings_alike(databases: Databases) -> None:
    location_id = harbour(databases)
    slug = "harbour-clinic-portland-me"
    with reading(databases) as db, pytest.raises(NotFound):
        queries.get_clinic(db, slug)
    with unit_of_work(databases) as db:
        org = queries.get_location(db, location_id).organization_id
        actions.set_confirmed(db, location_id, by="moderator:mo", at=AT)
        actions.set_public(db, location_id, "PUBLISHED", by="moderator:mo", at=AT)
        place = clinics.location(clinics.organization(id=org), slug="second")
        second = actions.add_site(
            db, clinics.site(clinics.organization(id=org), location=place, team=()), by="x", at=AT
        ).id
    with reading(databases) as db:
        record = queries.get_clinic(db, slug)
        assert record.terms.public
        assert record.siblings == ()
    with unit_of_work(databases) as db:
        actions.set_confirmed(db, second, by="moderator:mo", at=AT)
        actions.set_public(db, second, "PUBLISHED", by="moderator:mo", at=AT)
        actions.set_public(db, location_id, "SUSPENDED", by="moderator:mo", at=AT)
    with reading(databases) as db:
        paused = queries.get_clinic(db, slug)
        assert not paused.terms.public
        assert paused.terms.notice is not None
        assert [sibling.slug for sibling in paused.siblings] == ["second"]
    with unit_of_work(databases) as db:
        actions.set_public(db, location_id, "NEVER_LIST", by="moderator:mo", at=AT)
    with reading(databases) as db, pytest.raises(NotFound):
        queries.get_clinic(db, slug)


def test_what_breaks_a_rule_is_refused_in_words_and_nothing_is_kept(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        org = actions.add_organization(db, clinics.organization())
    wrong = clinics.site(
        org, location=clinics.location(org, phone="555", languages=["xx"]), lines=[clinics.spravato(minimum_age=12)]
    )
    with (
        pytest.raises(Refused, match=r"phone: Enter a US phone number.*xx.*minimum_age"),
        unit_of_work(databases) as db,
    ):
        actions.add_site(db, wrong, by="clinic:harbour", at=AT)
    with reading(databases) as db:
        assert queries.find_location_ids(db) == []


def test_a_new_site_never_begins_public(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        org = actions.add_organization(db, clinics.organization())
        place = clinics.location(org, status="PUBLISHED")
        with pytest.raises(Refused, match="draft"):
            actions.add_site(db, clinics.site(org, location=place), by="clinic:harbour", at=AT)


def test_slugs_are_made_from_name_and_town_and_numbered(databases: Databases) -> None:
    harbour(databases)
    with unit_of_work(databases) as db:
        org = actions.add_organization(db, clinics.organization(npi=None))
        slugs = [
            actions.add_site(
                db, clinics.site(org, location=clinics.location(org, slug=None), team=()), by="x", at=AT
            ).slug
            for _ in range(2)
        ]
    assert slugs == ["harbour-clinic-portland-me-2", "harbour-clinic-portland-me-3"]


def test_many_changes_of_one_listing_are_one_announcement(databases: Databases) -> None:
    location_id = published(databases)
    heard = Heard()
    with unit_of_work(databases, heard) as db:
        actions.set_accepting(db, location_id, "nopt", at=LATER)
        actions.set_intake_wait(db, location_id, wait_days=30, next_intake_on=dt.date(2026, 4, 9), at=LATER)
        actions.set_referrals_on(db, location_id, False, at=LATER)
        actions.add_closure(
            db, location_id, starts_on=dt.date(2026, 7, 3), ends_on=dt.date(2026, 7, 5), reason="Holiday", at=LATER
        )
    assert heard.events == [ListingChanged(location_id=location_id)]
    with reading(databases) as db:
        record = queries.get_record(db, location_id)
    assert (record.accepting_patients, record.wait_days, record.referrals_on) == ("nopt", 30, False)
    assert {line.next_intake_on for line in record.lines} == {dt.date(2026, 4, 6)}
    assert [(closure.starts_on.day, closure.reason) for closure in record.closures] == [(3, "Holiday")]
    assert record.version == 3  # one for each transaction


def test_an_edit_of_a_version_that_is_no_longer_there_is_a_conflict(databases: Databases) -> None:
    location_id = harbour(databases)
    with unit_of_work(databases) as db:
        actions.set_accepting(db, location_id, "nopt", version=1, at=LATER)
    with pytest.raises(Conflict), unit_of_work(databases) as db:
        actions.set_accepting(db, location_id, "newpt", version=1, at=LATER)
    with reading(databases) as db:
        assert queries.get_record(db, location_id).accepting_patients == "nopt"


def test_only_columns_of_the_site_are_edited_by_an_edit(databases: Databases) -> None:
    location_id = harbour(databases)
    with pytest.raises(KeyError, match="status"), unit_of_work(databases) as db:
        actions.change_site(db, location_id, version=1, at=LATER, status="PUBLISHED")
    with pytest.raises(Refused, match="time zone"), unit_of_work(databases) as db:
        actions.change_site(db, location_id, version=1, at=LATER, time_zone="Mars/Olympus")


def test_an_unknown_clinic_is_not_found(databases: Databases) -> None:
    with unit_of_work(databases) as db, pytest.raises(NotFound):
        actions.set_accepting(db, UUID(int=7), "newpt", at=LATER)
    with reading(databases) as db, pytest.raises(NotFound):
        queries.get_record(db, UUID(int=7))


def test_closing_the_same_days_twice_is_one_closure_and_can_be_taken_back(databases: Databases) -> None:
    location_id = harbour(databases)
    days = {"starts_on": dt.date(2026, 7, 3), "ends_on": dt.date(2026, 7, 5)}
    with unit_of_work(databases) as db:
        first = actions.add_closure(db, location_id, **days, at=LATER)
        second = actions.add_closure(db, location_id, **days, reason="Holiday", at=LATER)
        assert first.id == second.id
        closure_id = first.id
    with unit_of_work(databases) as db, pytest.raises(Refused, match="cannot be before"):
        actions.add_closure(db, location_id, starts_on=dt.date(2026, 7, 3), ends_on=dt.date(2026, 7, 2), at=LATER)
    with unit_of_work(databases) as db, pytest.raises(NotFound):
        actions.remove_closure(db, UUID(int=7), closure_id, at=LATER)
    with unit_of_work(databases) as db:
        actions.remove_closure(db, location_id, closure_id, at=LATER)
        assert db.get(Closure, closure_id) is None


def test_hours_are_replaced_whole(databases: Databases) -> None:
    location_id = harbour(databases)
    with unit_of_work(databases) as db:
        actions.set_hours(db, location_id, [AvailableTime(weekday=5, all_day=True)], at=LATER)
    with reading(databases) as db:
        assert [(p.weekday, p.all_day) for p in queries.get_record(db, location_id).periods] == [(5, True)]


def test_a_line_is_replaced_by_its_treatment_and_removed_without_being_forgotten(databases: Databases) -> None:
    location_id = harbour(databases)
    with unit_of_work(databases) as db:
        actions.set_line(db, location_id, clinics.iv_ketamine(price_min=600, price_max=700), at=LATER)
        actions.set_line(db, location_id, HealthcareService(treatment="KET_IM", payers=["selfpay"]), at=LATER)
        actions.remove_line(db, location_id, "SPRAVATO", at=LATER)
    with reading(databases) as db:
        record = queries.get_record(db, location_id)
        assert [line.treatment for line in record.lines] == ["KET_IV", "KET_IM"]
        assert record.lines[0].price is not None
        assert record.lines[0].price.lowest == 600
        assert len(queries.find_lines(db, location_id)) == 3
    with unit_of_work(databases) as db, pytest.raises(NotFound):
        actions.remove_line(db, location_id, "KET_SC", at=LATER)


def test_a_new_channel_is_unproved_and_the_old_one_is_kept(databases: Databases) -> None:
    location_id = published(databases)
    with unit_of_work(databases) as db:
        old = queries.find_endpoint(db, location_id)
        assert old is not None
        actions.set_proved(db, old, tested_by="system:test", at=LATER)
    with reading(databases) as db:
        assert queries.get_record(db, location_id).takes_requests
    with unit_of_work(databases) as db:
        moved = Endpoint(address="new@example.org", tested_at=AT, proved_at=AT, created_at=LATER)
        actions.set_endpoint(db, location_id, moved, at=LATER)
    with reading(databases) as db:
        now = queries.find_endpoint(db, location_id)
        assert now is not None
        assert (now.address, now.proved_at) == ("new@example.org", None)
        assert not queries.get_record(db, location_id).takes_requests
        assert queries.get_endpoint(db, old.id).active is False
    with unit_of_work(databases) as db, pytest.raises(Refused, match="email"):
        actions.set_endpoint(db, location_id, Endpoint(address="a@b", created_at=LATER), at=LATER)


def test_an_exclusion_is_announced_for_every_site_it_bears_on(databases: Databases) -> None:
    location_id = harbour(databases)
    heard = Heard()
    with unit_of_work(databases, heard) as db:
        person = queries.find_practitioner_by_npi(db, "1234567893")
        assert person is not None
        people.set_exclusion(db, person, Exclusion.NPI_MATCH, by="moderator:mo", at=LATER)
    assert heard.events == [ListingChanged(location_id=location_id)]
    with reading(databases) as db:
        assert queries.get_record(db, location_id).team[0].exclusion == "NPI_MATCH"


def test_a_card_is_replaced(databases: Databases) -> None:
    location_id = harbour(databases)
    with unit_of_work(databases) as db:
        actions.set_supervision(db, location_id, clinics.supervision(on_site="PA-C", aed=None), at=LATER)
    with reading(databases) as db:
        card = queries.get_record(db, location_id).supervision
        assert card is not None
        assert (card.on_site, card.aed, card.oxygen) == ("PA-C", None, True)
