"""Who may be on the exclusion list: hidden at once by an exact number, asked about by name, paused only by a yes."""

import datetime as dt
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from directory import wiring
from directory.accounts.actor import system
from directory.cli import main
from directory.lib.big_files import Unreadable
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, Refused
from directory.listings import actions as listings
from directory.listings import people
from directory.listings.models import Location, Organization, Practitioner
from directory.search.clinic_view import view_of
from directory.terminology.exclusions import Exclusion
from directory.terminology.proofs import FactGroup, Method
from directory.verification import actions, exclusions, list_check, queries
from directory.verification.list_check import Checked
from directory.verification.models import ExclusionMatch, ImportRun
from directory.verification.namesakes import business_key, person_key
from tests.support import clinics
from tests.support.clinics import AT
from tests.support.published import MO, NOOR
from tests.support.time import Clock

LIST = Path(__file__).resolve().parents[1] / "data" / "lists" / "leie.csv"


def ask(databases: Databases, file: Path = LIST, **given: Any) -> Checked:
    return list_check.run(databases, wiring.dispatch, file, **given)


def public(databases: Databases, *others: people.TeamMember, org: Organization | None = None, **person: Any) -> UUID:
    """Harbour Clinic in Maine, public, with one prescriber and whoever else."""
    with unit_of_work(databases, wiring.dispatch) as db:
        body = listings.add_organization(db, org or clinics.organization())
        site = clinics.site(body, location=clinics.location(body), team=(clinics.prescriber(**person), *others))
        location_id = listings.add_site(db, site, by=str(NOOR), at=AT).id
        groups = [FactGroup.IDENTITY, FactGroup.SUPERVISION]
        actions.record(db, location_id, groups, method=Method.PHONE, by=MO, at=AT)
        actions.publish(db, location_id, by=MO, at=AT)
    return location_id


def nurse(**changes: Any) -> people.TeamMember:
    member = clinics.prescriber(**{"npi": None, "credential": "RN", "dea_attested": False} | changes)
    return people.TeamMember(person=member.person, roles=("MONITORING",))


def location(databases: Databases, location_id: UUID) -> Location:
    with reading(databases) as db:
        return db.get_one(Location, location_id)


def named(databases: Databases, location_id: UUID) -> list[str]:
    """Whom the page names."""
    with reading(databases) as db:
        return [person.name for person in view_of(queries.get_verified(db, location_id, at=AT)).team]


def matches(databases: Databases) -> dict[str, ExclusionMatch]:
    with reading(databases) as db:
        return {row.kind: row for row in db.exec(select(ExclusionMatch)).all()}


def without(tmp_path: Path, *words: str) -> Path:
    """Next month's file: without the rows that hold one of `words`."""
    file = tmp_path / "next.csv"
    lines = LIST.read_text().splitlines()
    file.write_text("\n".join(line for line in lines if not any(word in line for word in words)))
    return file


def test_an_exact_number_hides_the_person_at_once_and_the_listing_waits_for_a_yes(
    databases: Databases, clock: Clock
) -> None:
    location_id = public(databases, nurse(given_name="Nia"))
    checked = ask(databases)
    assert checked.counts["new NPI_MATCH"] == 1
    assert location(databases, location_id).status == "PUBLISHED"
    assert named(databases, location_id) == ["Nia Example, RN"]
    match = matches(databases)["NPI_MATCH"]
    assert match.row["LASTNAME"] == "INVENTED-ONE"
    assert not {"DOB", "ADDRESS"} & set(match.row)
    with unit_of_work(databases, wiring.dispatch) as db:
        exclusions.confirm(db, match.id, note="the same licence number", by=MO, at=AT)
    row = location(databases, location_id)
    assert (row.status, row.status_by, row.status_note) == ("SUSPENDED", "system:publish-gate", "exclusion")


def test_a_no_names_the_person_again_and_is_not_asked_twice(databases: Databases, clock: Clock) -> None:
    location_id = public(databases)
    ask(databases)
    assert named(databases, location_id) == []
    with unit_of_work(databases, wiring.dispatch) as db:
        exclusions.dismiss(db, matches(databases)["NPI_MATCH"].id, note="a typing mistake", by=MO, at=AT)
    assert named(databases, location_id) == ["Noor Example, MD"]
    assert ask(databases).counts["new NPI_MATCH"] == 0
    assert named(databases, location_id) == ["Noor Example, MD"]


@pytest.mark.parametrize(
    ("kind", "person"),
    [
        ("NAME_DOB_MATCH", {"family_name": "O’Invented", "given_name": "Ben", "birth_on": dt.date(1970, 4, 5)}),
        ("NAME_STATE_POSSIBLE", {"family_name": "de la Invented", "given_name": "Carla M."}),
    ],
)
def test_a_name_alone_changes_nothing_until_a_yes(
    databases: Databases, clock: Clock, kind: str, person: dict[str, Any]
) -> None:
    location_id = public(databases, npi=None, **person)
    before, shown = location(databases, location_id).model_dump(), named(databases, location_id)
    ask(databases)
    assert list(matches(databases)) == [kind]
    assert location(databases, location_id).model_dump() == before
    assert named(databases, location_id) == shown
    assert len(shown) == 1
    with unit_of_work(databases, wiring.dispatch) as db:
        exclusions.confirm(db, matches(databases)[kind].id, note="", by=MO, at=AT)
    assert location(databases, location_id).status == "SUSPENDED"


@pytest.mark.parametrize(
    "person",
    [
        {"family_name": "O'Invented", "given_name": "Ben", "birth_on": dt.date(1999, 1, 1), "npi": None},
        {"family_name": "Invented-One", "given_name": "Ada", "npi": "1003000126"},
        {"family_name": "de la Invented", "given_name": "Carlos", "npi": None},
        {"family_name": "Wrong", "given_name": "Digitalis", "npi": None},
        {"family_name": "Invented", "given_name": "Dora", "npi": "1245319599"},
    ],
)
def test_another_number_birth_date_or_first_name_is_another_person_and_a_reinstated_one_is_free(
    databases: Databases, clock: Clock, person: dict[str, Any]
) -> None:
    public(databases, **person)
    ask(databases)
    assert matches(databases) == {}


def test_an_organization_on_the_list_is_asked_about_and_paused_by_a_yes(databases: Databases, clock: Clock) -> None:
    location_id = public(databases, npi=None, org=clinics.organization(legal_name="Invented Care LLC"))
    ask(databases)
    match = matches(databases)["NAME_STATE_POSSIBLE"]
    assert match.organization_id is not None
    assert location(databases, location_id).status == "PUBLISHED"
    with unit_of_work(databases, wiring.dispatch) as db:
        exclusions.confirm(db, match.id, note="", by=MO, at=AT)
    assert location(databases, location_id).status == "SUSPENDED"


def test_who_is_gone_from_the_next_file_is_free_again_and_the_listing_back(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    location_id = public(databases)
    ask(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        exclusions.confirm(db, matches(databases)["NPI_MATCH"].id, note="", by=MO, at=AT)
    assert location(databases, location_id).status == "SUSPENDED"
    supplement = ask(databases, without(tmp_path, "INVENTED-ONE"), supplement=True)
    assert supplement.counts["lifted"] == 0
    checked = ask(databases, without(tmp_path, "INVENTED-ONE"), shrunk_is_right=True)
    assert (checked.counts["lifted"], checked.counts["public again"]) == (1, 1)
    assert location(databases, location_id).status == "PUBLISHED"
    assert named(databases, location_id) == ["Noor Example, MD"]


def test_a_day_of_reinstatement_lifts_but_not_what_a_person_paused(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    location_id = public(databases)
    ask(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        exclusions.confirm(db, matches(databases)["NPI_MATCH"].id, note="", by=MO, at=AT)
    with unit_of_work(databases, wiring.dispatch) as db:
        listings.set_public(db, location_id, "SUSPENDED", by=str(MO), at=AT, note="something else as well")
    file = tmp_path / "later.csv"
    first, rest = LIST.read_text().split('"00000000"', 1)
    file.write_text(first + '"20260301"' + rest)
    assert ask(databases, file).counts["lifted"] == 1
    assert matches(databases)["NPI_MATCH"].state == "LIFTED"
    assert location(databases, location_id).status == "SUSPENDED"


def test_everybody_else_is_cleared_and_a_second_run_changes_nothing(databases: Databases, clock: Clock) -> None:
    public(databases, npi=None)
    unchecked = {"npi": None, "exclusion": "NOT_CHECKED", "exclusion_checked_at": None, "exclusion_checked_by": None}
    with unit_of_work(databases) as db:
        db.add(clinics.prescriber(**unchecked, family_name="Later").person)
        db.add(clinics.prescriber(**unchecked, family_name="de la Invented", given_name="Carla").person)

    def people_now(db: Session) -> dict[str, dict[str, Any]]:
        return {row.family_name: row.model_dump() for row in db.exec(select(Practitioner)).all()}

    ask(databases)
    with reading(databases) as db:
        before = people_now(db)
    assert {name: row["exclusion"] for name, row in before.items()}["Later"] == Exclusion.NO_MATCH
    ask(databases)
    with reading(databases) as db:
        assert people_now(db) == before
        assert len(db.exec(select(ImportRun)).all()) == 2


def test_refused_rows_say_why_and_a_dry_run_changes_nothing(databases: Databases, clock: Clock) -> None:
    location_id = public(databases)
    checked = ask(databases, dry_run=True)
    assert [(unfit.line, unfit.why) for unfit in checked.refused] == [
        (9, "it names nobody"),
        (10, "'2024318' is not a day of the form YYYYMMDD"),
        (11, "it does not say since when"),
        (13, "it has 2 cells, and the header has 18"),
    ]
    assert [hit.kind for hit in checked.hits] == ["NPI_MATCH"]
    assert matches(databases) == {}
    assert named(databases, location_id) == ["Noor Example, MD"]
    with reading(databases) as db:
        assert db.exec(select(ImportRun)).all() == []


def test_a_file_that_lost_a_tenth_stops_until_somebody_says_that_it_is_right(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    public(databases)
    ask(databases)
    shorter = without(tmp_path, "INVENTED-ONE")
    stopped = ask(databases, shorter)
    assert stopped.stopped is not None
    assert "12 % fewer" in stopped.stopped
    assert matches(databases)["NPI_MATCH"].state == "OPEN"
    ask(databases, shorter, shrunk_is_right=True)
    assert matches(databases)["NPI_MATCH"].state == "LIFTED"


def test_only_a_person_decides_and_only_once(databases: Databases, clock: Clock) -> None:
    public(databases)
    ask(databases)
    match_id = matches(databases)["NPI_MATCH"].id
    with pytest.raises(Refused), unit_of_work(databases, wiring.dispatch) as db:
        exclusions.confirm(db, match_id, note="", by=system("exclusion-list"), at=AT)
    with unit_of_work(databases, wiring.dispatch) as db:
        exclusions.dismiss(db, match_id, note="", by=MO, at=AT)
    with pytest.raises(Conflict), unit_of_work(databases, wiring.dispatch) as db:
        exclusions.confirm(db, match_id, note="", by=MO, at=AT)


def test_who_is_being_checked_cannot_be_published_anew(databases: Databases, clock: Clock) -> None:
    location_id = public(databases)
    ask(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        listings.set_public(db, location_id, "DRAFT", by=str(MO), at=AT)
    with pytest.raises(Refused, match="is being checked"), unit_of_work(databases, wiring.dispatch) as db:
        actions.publish(db, location_id, by=MO, at=AT)


def test_a_file_that_is_not_the_list_is_refused_in_words(databases: Databases, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("NPI,NAME\n1234567893,Somebody\n")
    with pytest.raises(Unreadable, match="lacks LASTNAME, FIRSTNAME"):
        ask(databases, other)


def test_names_are_compared_without_case_accents_suffixes_and_legal_forms() -> None:
    assert person_key("Peña-Invented, Jr.", "Zoë Ann") == person_key("PENA INVENTED", "ZOE")
    assert person_key("Md", "Ali") != person_key("", "Ali")
    assert business_key("The Invented Clinic, P.C.") == business_key("INVENTED CLINIC INC")


def test_the_command_prints_what_it_did(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIRECTORY_DATABASE_URL", database_url)
    monkeypatch.setenv("DIRECTORY_DATA_DIR", str(tmp_path))
    assert main(["import", "leie", str(LIST), "--dry-run"]) == 0
    assert "        8  rows read" in capsys.readouterr().out
