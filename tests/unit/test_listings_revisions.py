"""Changes of listings: kept with before and after, split by what they need, brought to life, put back."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import pytest

from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, Refused
from directory.listings import actions, queries, revising, revisions
from directory.listings.events import ListingChanged, RevisionSettled, RevisionWaits
from directory.listings.facts import facts_of
from directory.listings.fields import Handling, Section
from directory.listings.models import Endpoint
from directory.listings.records import ClinicRecord
from directory.listings.revising import Change
from directory.listings.revision import RevisionState
from tests.support import clinics
from tests.support.clinics import AT

LATER = AT + dt.timedelta(hours=1)
OWNER = revisions.Author(by="clinic:harbour")


def harbour(databases: Databases, **changes: object) -> UUID:
    with unit_of_work(databases) as db:
        org = actions.add_organization(db, clinics.organization())
        site = clinics.site(org, team=(clinics.prescriber(),), **changes)
        return actions.add_site(db, site, by="clinic:harbour", at=AT).id


def facts(databases: Databases, location_id: UUID) -> dict[str, Any]:
    with reading(databases) as db:
        return facts_of(queries.get_rows(db, location_id))


def record(databases: Databases, location_id: UUID) -> ClinicRecord:
    with reading(databases) as db:
        return queries.get_record(db, location_id)


def changed(databases: Databases, location_id: UUID, section: Section, **given: Any) -> Any:
    with unit_of_work(databases) as db:
        named = {name.replace("__", "."): value for name, value in given.items()}
        return revisions.change(db, location_id, section, named, author=OWNER, at=LATER)


def test_facts_tell_everything_that_a_clinic_can_change(databases: Databases) -> None:
    told = facts(databases, harbour(databases))
    assert told["phone"] == "+12075550142"
    assert told["lines.KET_IV.price_min"] == 450
    assert told["lines.KET_IV.price_as_of"] == "2026-01-05"
    assert told["supervision.oxygen"] is True
    assert told["hours.0"] == [["09:00", "17:00"]]
    assert "lines.KET_IM.active" not in told
    person = next(name.split(".")[1] for name in told if name.startswith("people."))
    assert told[f"people.{person}.roles"] == ["MEDICAL_DIRECTOR", "PRESCRIBER"]
    assert any(name.endswith(".number") and value == "MD00123" for name, value in told.items())


def test_a_change_keeps_what_stood_before_and_counts_the_listing_up_once(databases: Databases) -> None:
    location_id = harbour(databases)
    row = changed(databases, location_id, Section.ABOUT, description="New words.", name="Harbour Clinic")
    assert row.before == {"description": clinics.location(clinics.organization()).description}
    assert row.after == {"description": "New words."}
    assert (row.state, row.based_on, record(databases, location_id).version) == (RevisionState.LIVE, 1, 2)


def test_what_changes_nothing_is_no_revision(databases: Databases) -> None:
    location_id = harbour(databases)
    assert changed(databases, location_id, Section.ABOUT, name="Harbour Clinic") is None
    assert record(databases, location_id).version == 1


def test_what_is_wrong_is_refused_and_nothing_of_it_kept(databases: Databases) -> None:
    location_id = harbour(databases)
    before = record(databases, location_id)
    with unit_of_work(databases) as db:
        wrong = {"phone": "12", "description": "half of it"}
        with pytest.raises(Refused):
            revisions.change(db, location_id, Section.CONTACT, wrong, author=OWNER, at=LATER)
    assert record(databases, location_id) == before


def test_a_treatment_comes_and_goes_and_comes_back_whole(databases: Databases) -> None:
    location_id = harbour(databases)
    before = record(databases, location_id)
    gone = changed(databases, location_id, Section.TREATMENTS, lines__KET_IV__active=False)
    assert [line.treatment for line in record(databases, location_id).lines] == ["SPRAVATO"]
    with unit_of_work(databases) as db:
        revisions.put_back(db, revisions.get(db, gone.id), author=OWNER, at=LATER)
        assert revisions.get(db, gone.id).state == RevisionState.UNDONE
    assert record(databases, location_id).lines == before.lines


def test_where_requests_go_is_unproved_after_a_change_and_proved_again_when_put_back(databases: Databases) -> None:
    proved = Endpoint(
        address="intake@harbour.example", created_at=AT, tested_at=AT, tested_by="clinic:harbour", proved_at=AT
    )
    location_id = harbour(databases, endpoint=proved)
    assert record(databases, location_id).channel_proved_at == AT
    row = changed(databases, location_id, Section.CONTACT, endpoint="new@harbour.example")
    assert record(databases, location_id).channel_proved_at is None
    with unit_of_work(databases) as db:
        revisions.put_back(db, revisions.get(db, row.id), author=OWNER, at=LATER)
    assert record(databases, location_id).channel_proved_at == AT


def test_somebody_new_comes_with_a_licence_and_leaves_again(databases: Databases) -> None:
    location_id = harbour(databases)
    before, person, licence = record(databases, location_id), str(uuid4()), str(uuid4())
    new = {
        f"people.{person}.given_name": "Ana",
        f"people.{person}.family_name": "Example",
        f"people.{person}.credential": "RN",
        f"people.{person}.roles": ["MONITORING"],
        f"people.{person}.on_site_days": ["1", "3"],
        f"people.{person}.licences.{licence}.kind": "LICENCE",
        f"people.{person}.licences.{licence}.title": "Registered nurse",
        f"people.{person}.licences.{licence}.state": "ME",
        f"people.{person}.licences.{licence}.number": "RN7",
    }
    with unit_of_work(databases) as db:
        row = revisions.change(db, location_id, Section.PEOPLE, new, author=OWNER, at=LATER)
        assert row is not None
    now = record(databases, location_id)
    assert [p.name for p in now.team] == ["Noor Example, MD", "Ana Example, RN"]
    assert now.team[1].on_site_days == (1, 3)
    assert now.team[1].qualifications[0].number == "RN7"
    with unit_of_work(databases) as db:
        revisions.put_back(db, revisions.get(db, row.id), author=OWNER, at=LATER)
    assert record(databases, location_id).team == before.team


def test_a_change_that_was_changed_again_is_not_put_back_over_the_newer_one(databases: Databases) -> None:
    location_id = harbour(databases)
    first = changed(databases, location_id, Section.ACCESS, languages=["en"])
    changed(databases, location_id, Section.ACCESS, languages=["en", "fr"])
    with unit_of_work(databases) as db, pytest.raises(Conflict):
        revisions.put_back(db, revisions.get(db, first.id), author=OWNER, at=LATER)


def test_what_waits_is_announced_seen_by_nobody_and_live_once_approved(databases: Databases) -> None:
    location_id, heard = harbour(databases), []
    with unit_of_work(databases, lambda db, event: heard.append(event)) as db:
        found = [Change(name="name", before="Harbour Clinic", after="Harbor Clinic")]
        row = revisions.propose(db, location_id, Section.ABOUT, found, author=OWNER, at=LATER)
    assert heard == [RevisionWaits(revision_id=row.id, location_id=location_id)]
    assert record(databases, location_id).name == "Harbour Clinic"
    with unit_of_work(databases, lambda db, event: heard.append(event)) as db:
        assert revisions.find_waiting(db, location_id) == [revisions.get(db, row.id)]
        kept = revisions.approve(db, revisions.get(db, row.id), method="PHONE", by="moderator:mo", at=LATER)
        revisions.bring_to_life(db, kept, more={}, at=LATER)
    assert record(databases, location_id).name == "Harbor Clinic"
    assert ListingChanged(location_id=location_id) in heard
    assert RevisionSettled(revision_id=row.id, location_id=location_id) in heard
    with unit_of_work(databases) as db, pytest.raises(Conflict):
        revisions.approve(db, revisions.get(db, row.id), method="PHONE", by="moderator:mo", at=LATER)


def handlings(*found: Change, far: bool = False) -> dict[str, Handling]:
    return {c.name: kind for kind, part in revising.split(found, moved_far=far).items() for c in part}


def change(name: str, before: Any = None, after: Any = None) -> Change:
    return Change(name=name, before=before, after=after)


AT_ONCE, CHECKED, COOLED = Handling.AT_ONCE, Handling.CHECKED, Handling.COOLED


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (change("accepting_patients", "newpt", "nopt"), AT_ONCE),
        (change("wait_days", 3, 30), AT_ONCE),
        (change("referrals_on", True, False), AT_ONCE),
        (change("closures", [], [["2026-07-03", "2026-07-04", ""]]), AT_ONCE),
        (change("hours.0", [], [["09:00", "17:00"]]), AT_ONCE),
        (change("lines.KET_IV.price_min", 400, 500), AT_ONCE),
        (change("description", "a", "b"), AT_ONCE),
        (change("name", "a", "b"), CHECKED),
        (change("url", None, "https://a.example"), CHECKED),
        (change("address1", "a", "b"), CHECKED),
        (change("phone", "+12075550142", "+12075550143"), COOLED),
        (change("fax", None, "+12075550143"), COOLED),
        (change("endpoint", None, "a@b.example"), COOLED),
        (change("rems_setting", "UNKNOWN", "OUTPATIENT_CERTIFIED"), CHECKED),
        (change("rems_setting", "OUTPATIENT_CERTIFIED", "NOT_CERTIFIED"), AT_ONCE),
        (change("lines.SPRAVATO.active", None, True), CHECKED),
        (change("lines.SPRAVATO.active", True, False), AT_ONCE),
        (change("lines.KET_IM.active", None, True), AT_ONCE),
        (change("supervision.licensed_prescriber", None, True), CHECKED),
        (change("supervision.dea_registered", None, True), CHECKED),
        (change("supervision.on_premises_only", None, True), CHECKED),
        (change("supervision.no_home_program", None, True), CHECKED),
        (change("supervision.no_home_program", True, False), AT_ONCE),
        (change("supervision.oxygen", None, True), AT_ONCE),
        (change("people.a.roles", None, ["PRESCRIBER"]), CHECKED),
        (change("people.a.roles", ["PRESCRIBER"], []), AT_ONCE),
        (change("people.a.licences.b.number", "1", "2"), CHECKED),
        (change("people.a.on_site_days", ["1"], ["2"]), AT_ONCE),
        (change("point", [1, 1], [1, 1.01]), AT_ONCE),
    ],
    ids=lambda part: part.name if isinstance(part, Change) else "",
)
def test_each_fact_is_live_at_once_or_looked_at_first(given: Change, wanted: Handling) -> None:
    assert handlings(given) == {given.name: wanted}


def test_an_address_waits_together_with_its_place_and_a_far_pin_waits_alone() -> None:
    pin, street = change("point", [1, 1], [2, 2]), change("address1", "a", "b")
    assert handlings(pin, street) == {"point": CHECKED, "address1": CHECKED}
    assert handlings(pin, far=True) == {"point": CHECKED}


def test_somebody_new_and_a_new_spravato_line_wait_in_one_piece() -> None:
    new = [change("people.a.roles", None, ["THERAPIST"]), change("people.a.on_site_days", None, ["1"])]
    line = [change("lines.SPRAVATO.active", None, True), change("lines.SPRAVATO.comment", None, "With a nurse.")]
    assert set(handlings(*new).values()) == {CHECKED}
    assert set(handlings(*line).values()) == {CHECKED}
    assert revising.because(line) == ["we confirm each certificate with the REMS program"]


def test_the_mark_of_a_form_changes_with_what_it_shows_and_with_nothing_else() -> None:
    mark = revising.seen({"name": "a", "description": ""})
    assert mark == revising.seen({"description": None, "name": "a", "time_zone": "America/New_York"})
    assert mark != revising.seen({"name": "b"})
