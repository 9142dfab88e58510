"""The NPI registry, over its API and its monthly file: differences become work for a person, never an edit."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.cli import main
from directory.lib.big_files import Unreadable
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, Refused
from directory.listings.models import Location, Organization, Practitioner
from directory.verification import differences
from directory.verification.models import SourceDifference
from directory.verification.primary import Answer
from directory.verification.sources.nppes_api import RegistryApi
from directory.verification.sources.nppes_file import MonthlyFile
from tests.support.clinics import AT
from tests.support.published import MO, NOOR, harbour
from tests.support.registry import Registry, body, person
from tests.support.time import Clock

PERSON, BODY = "1234567893", "2234567891"
LISTS = Path(__file__).resolve().parents[1] / "data" / "lists"


def ask(registry: Registry, number: str) -> Answer:
    [answer] = RegistryApi(registry.url, timeout_s=0.5).look_up([number])
    return answer


def test_a_person_is_read_as_the_registry_writes_them(registry: Registry) -> None:
    registry.records[PERSON] = person(PERSON)
    record = ask(registry, PERSON).record
    assert record is not None
    assert (record.given_name, record.family_name, record.is_person, record.active) == ("NOOR", "EXAMPLE", True, True)
    assert (record.zip5, record.states, record.phone) == ("04101", frozenset({"ME"}), "207-555-0142")
    assert record.taxonomies == ("2084P0800X",)
    assert record.updated_on == dt.date(2025, 5, 28)
    assert registry.asked == [{"version": "2.1", "number": PERSON, "limit": "2"}]


def test_not_found_is_an_empty_list_and_an_error_stands_in_the_body(registry: Registry) -> None:
    assert ask(registry, PERSON) == Answer(npi=PERSON)
    assert ask(registry, "123").failed == "NPI must be 10 digits"


@pytest.mark.parametrize("wrong", ["silent", "500", "torn", "odd", "list", "long", "moved"])
def test_a_registry_that_misbehaves_has_failed_and_has_not_said_no(registry: Registry, wrong: str) -> None:
    registry.records[PERSON], registry.wrong = person(PERSON), wrong
    answer = ask(registry, PERSON)
    assert answer.record is None
    assert answer.failed


def test_a_registry_that_is_not_there_has_failed(registry: Registry) -> None:
    registry.stop()
    assert ask(registry, PERSON).failed == "no answer: ConnectionRefusedError"


def compare(databases: Databases, registry: Registry) -> dict[str, SourceDifference]:
    differences.compare_all(databases, wiring.dispatch, RegistryApi(registry.url), at=AT)
    with reading(databases) as db:
        return {row.field: row for row in db.exec(select(SourceDifference)).all()}


def everything(databases: Databases) -> list[dict[str, object]]:
    with reading(databases) as db:
        return [row.model_dump() for table in (Location, Organization, Practitioner) for row in db.exec(select(table))]


def test_differences_wait_for_a_person_and_change_nothing(
    databases: Databases, registry: Registry, clock: Clock
) -> None:
    harbour(databases)
    before = everything(databases)
    registry.records[PERSON] = person(PERSON)
    registry.records[BODY] = body(BODY, "ANOTHER NAME INC")
    assert set(compare(databases, registry)) == {"name"}
    registry.records[BODY] = body(BODY)
    assert compare(databases, registry)["name"].state == "GONE"
    del registry.records[PERSON]
    found = compare(databases, registry)
    assert (found["active"].theirs, found["active"].state) == ("not in the registry", "OPEN")
    assert everything(databases) == before


def test_a_decision_stands_until_the_registry_says_something_else(
    databases: Databases, registry: Registry, clock: Clock
) -> None:
    harbour(databases)
    registry.records[PERSON] = person(PERSON)
    moved = {"address_purpose": "LOCATION", "state": "TX", "postal_code": "733010000", "telephone_number": "--"}
    registry.records[BODY] = body(BODY, addresses=[moved])
    assert set(compare(databases, registry)) == {"state", "zip"}
    row_id: UUID = compare(databases, registry)["zip"].id
    with pytest.raises(Refused), unit_of_work(databases) as db:
        differences.decide(db, row_id, taken=False, note="", by=NOOR, at=AT)
    with unit_of_work(databases) as db:
        differences.decide(db, row_id, taken=False, note="their billing office", by=MO, at=AT)
    with pytest.raises(Conflict), unit_of_work(databases) as db:
        differences.decide(db, row_id, taken=True, note="", by=MO, at=AT)
    assert compare(databases, registry)["zip"].state == "DISMISSED"
    with reading(databases) as db:
        assert [row.field for row in differences.find_open(db)] == ["state"]


def test_a_registry_that_failed_leaves_open_what_is_open(
    databases: Databases, registry: Registry, clock: Clock
) -> None:
    harbour(databases)
    assert {row.state for row in compare(databases, registry).values()} == {"OPEN"}
    registry.wrong = "500"
    assert {row.state for row in compare(databases, registry).values()} == {"OPEN"}


def monthly() -> Iterator[Answer]:
    return MonthlyFile(LISTS / "nppes.csv").look_up([PERSON, BODY, "1003000126", "1245319599"])


def test_the_monthly_file_answers_the_same_questions() -> None:
    found = {answer.npi: answer.record for answer in monthly()}
    noor, clinic, gone = found[PERSON], found[BODY], found["1003000126"]
    assert noor is not None
    assert clinic is not None
    assert gone is not None
    assert (noor.family_name, noor.is_person, noor.states) == ("EXAMPLE", True, frozenset({"ME"}))
    assert (clinic.organization_name, clinic.zip5, clinic.updated_on) == (
        "HARBOUR CLINIC, LLC",
        "04101",
        dt.date(2025, 5, 15),
    )
    assert not gone.active
    assert found["1245319599"] is None


def test_the_sample_of_the_real_file_is_read(test_data: Path) -> None:
    file = MonthlyFile(test_data / "nppes" / "npidata_pfile_sample_orgs.csv")
    [answer] = file.look_up(["1023011178"])
    assert answer.record is not None
    assert (answer.record.organization_name, answer.record.zip5) == ("COLLABRIA CARE", "94559")


def test_another_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="lacks Entity Type Code"):
        MonthlyFile(LISTS / "leie.csv")
    (tmp_path / "empty.csv").touch()
    with pytest.raises(Unreadable, match="is empty"):
        MonthlyFile(tmp_path / "empty.csv")


def test_the_network_is_off_until_a_setting_names_the_registry(
    database_url: str,
    registry: Registry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DIRECTORY_DATABASE_URL", database_url)
    monkeypatch.setenv("DIRECTORY_DATA_DIR", str(tmp_path))
    assert main(["compare", "api"]) == 1
    assert "DIRECTORY_NPPES_API_URL is not set" in capsys.readouterr().err
    assert registry.asked == []
    monkeypatch.setenv("DIRECTORY_NPPES_API_URL", registry.url)
    assert main(["compare", "api"]) == 0
    assert main(["compare", "file", str(LISTS / "nppes.csv")]) == 0
    monkeypatch.setenv("DIRECTORY_NPPES_API_URL", "http://npiregistry.example.org/")
    assert main(["compare", "api"]) == 1
