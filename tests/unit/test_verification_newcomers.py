"""Who joins after the month's exclusion list was read: held back, then held against the list that was kept."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.cli import main
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.listings import people
from directory.listings.models import Location, Practitioner
from directory.terminology.exclusions import Exclusion
from directory.verification import exclusions, list_check, newcomers
from directory.verification.models import ExclusionMatch
from tests.support import clinics
from tests.support.clinics import AT
from tests.support.published import MO, harbour
from tests.support.time import Clock

LIST = Path(__file__).resolve().parents[1] / "data" / "lists" / "leie.csv"
UNCHECKED = {"exclusion": "NOT_CHECKED", "exclusion_checked_at": None, "exclusion_checked_by": None, "npi": None}


@pytest.fixture
def place(databases: Databases, clock: Clock, tmp_path: Path) -> UUID:
    """Harbour Clinic, public, after this month's import; its prescriber has another number than the list's."""
    location_id = harbour(databases)
    with unit_of_work(databases) as db:
        db.exec(select(Practitioner)).one().npi = None
    list_check.run(databases, wiring.dispatch, LIST)
    newcomers.keep(tmp_path, LIST, supplement=False)
    return location_id


def join(databases: Databases, location_id: UUID, **person: Any) -> None:
    member = clinics.prescriber(**UNCHECKED | {"credential": "RN", "dea_attested": False} | person)
    with unit_of_work(databases, wiring.dispatch) as db:
        people.add_team_member(db, location_id, people.TeamMember(person=member.person, roles=("MONITORING",)), at=AT)


def check(databases: Databases, folder: Path) -> dict[str, int]:
    return dict(newcomers.check(databases, wiring.dispatch, folder, at=AT))


def status(databases: Databases, location_id: UUID) -> str:
    with reading(databases) as db:
        return db.get_one(Location, location_id).status


def test_a_newcomer_holds_the_listing_back_until_the_kept_list_clears_them(
    databases: Databases, place: UUID, tmp_path: Path
) -> None:
    assert check(databases, tmp_path) == {}
    join(databases, place, given_name="Nia", family_name="Newcomer")
    assert status(databases, place) == "SUSPENDED"
    assert check(databases, tmp_path) == {"cleared": 1}
    assert status(databases, place) == "PUBLISHED"
    with reading(databases) as db:
        row = db.exec(select(Practitioner).where(Practitioner.given_name == "Nia")).one()
        assert (row.exclusion, row.exclusion_checked_by) == ("NO_MATCH", "system:exclusion-list")
    assert check(databases, tmp_path) == {}


def test_a_newcomer_on_the_list_is_asked_about_and_stays_held_back_until_a_no(
    databases: Databases, place: UUID, tmp_path: Path
) -> None:
    join(databases, place, given_name="Carla", family_name="de la Invented")
    assert check(databases, tmp_path) == {"new NAME_STATE_POSSIBLE": 1, "cleared": 0}
    assert check(databases, tmp_path) == {}, "it waits for a person now"
    assert status(databases, place) == "SUSPENDED"
    with unit_of_work(databases, wiring.dispatch) as db:
        match = db.exec(select(ExclusionMatch)).one()
        exclusions.dismiss(db, match.id, note="another person", by=MO, at=AT)
    assert check(databases, tmp_path) == {"cleared": 1}
    assert status(databases, place) == "PUBLISHED"


def test_whom_a_person_cleared_by_hand_is_held_against_the_list_all_the_same(
    databases: Databases, place: UUID, tmp_path: Path
) -> None:
    by_hand = {"exclusion": "NO_MATCH", "exclusion_checked_at": AT, "exclusion_checked_by": str(MO)}
    join(databases, place, **by_hand, npi="1234567893", given_name="Ada")
    assert status(databases, place) == "PUBLISHED"
    assert check(databases, tmp_path)["new NPI_MATCH"] == 1
    with reading(databases) as db:
        row = db.exec(select(Practitioner).where(Practitioner.given_name == "Ada")).one()
        assert row.held_since is not None, "not named meanwhile"
        assert row.exclusion == Exclusion.NO_MATCH, "nobody is paused without a yes"
    assert status(databases, place) == "PUBLISHED"


def test_supplements_count_until_the_next_whole_list(databases: Databases, place: UUID, tmp_path: Path) -> None:
    header, *rows = LIST.read_text().splitlines()
    supplement = tmp_path / "supplement.csv"
    supplement.write_text("\n".join([header, rows[2].replace("DE LA INVENTED", "SUPPLEMENTED")]))
    newcomers.keep(tmp_path, supplement, supplement=True)
    join(databases, place, given_name="Carla", family_name="Supplemented")
    assert check(databases, tmp_path)["new NAME_STATE_POSSIBLE"] == 1
    newcomers.keep(tmp_path, LIST, supplement=False)
    assert [file.name for file in newcomers.kept(tmp_path)] == ["leie-whole.csv"]


def test_without_a_list_nobody_is_cleared_and_candidates_are_not_looked_at(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    harbour(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        other = listings.add_organization(db, clinics.organization(**UNCHECKED, name="Candidate"))
        site = clinics.site(other, location=clinics.location(other, slug="candidate"), team=())
        listings.add_site(db, site, by="x", at=AT)
        listings.set_public(db, site.location.id, "CANDIDATE", by="x", at=AT)
    assert check(databases, tmp_path) == {}
    with reading(databases) as db:
        assert other.id not in newcomers.find_newcomers(db)


def test_the_import_keeps_what_it_read_and_a_dry_run_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIRECTORY_DATABASE_URL", database_url)
    monkeypatch.setenv("DIRECTORY_DATA_DIR", str(tmp_path))
    assert main(["import", "leie", str(LIST), "--dry-run"]) == 0
    assert newcomers.kept(tmp_path) == []
    assert main(["import", "leie", str(LIST)]) == 0
    assert [file.read_bytes() for file in newcomers.kept(tmp_path)] == [LIST.read_bytes()]
