"""HSDS 3 organizations become candidates: one document, a page of an API, or a line each."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from directory import wiring
from directory.lib.big_files import Unreadable
from directory.lib.db import Databases, reading
from directory.listings.models import HealthcareService, Location
from directory.seeding import hsds_import
from tests.support.time import Clock


def place(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"3a19ff88-4620-4d17-9830-ac1d859eb5d{number}",
        "location_type": "physical",
        "name": f"Invented Site {number}",
        "latitude": 43.65,
        "longitude": -70.25,
        "languages": [{"code": "es", "name": "Spanish"}, {"code": "tlh"}],
        "addresses": [
            {"address_1": "PO Box 1", "city": "Augusta", "state_province": "ME", "postal_code": "04330",
             "address_type": "postal"},
            {"address_1": f"{number} Wharf Street", "city": "Portland", "state_province": "ME",
             "postal_code": "04101", "country": "US", "address_type": "physical"},
        ],
        "phones": [{"number": '"207 555 0142"'}],
    } | changes  # fmt: skip


def organization(*places: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"id": "d9d5", "name": "Invented Body", "website": "https://body.example.org",
            "services": [{"name": "IV ketamine, cures everything"}], "locations": list(places)} | changes  # fmt: skip


def bring(databases: Databases, tmp_path: Path, document: Any, *, name: str = "list.json", **given: Any) -> int:
    file = tmp_path / name
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return hsds_import.run(databases, wiring.dispatch, file, source="open-maine", **given)


def found(databases: Databases) -> dict[str, Location]:
    with reading(databases) as db:
        assert db.exec(select(HealthcareService)).all() == []
        return {row.name: row for row in db.exec(select(Location)).all()}


def test_physical_sites_become_candidates_and_nothing_is_guessed_of_what_they_offer(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    virtual = place(2, location_type="virtual")
    bring(databases, tmp_path, organization(place(1), virtual))
    [row] = found(databases).values()
    assert (row.status, row.address1, row.zip5, row.phone, row.languages) == (
        "CANDIDATE", "1 Wharf Street", "04101", "+12075550142", ["es"]
    )  # fmt: skip
    assert (row.latitude, row.url) == (43.65, "https://body.example.org")


@pytest.mark.parametrize("shape", ["list", "page", "lines"])
def test_all_shapes_say_the_same_and_twice_changes_nothing(
    databases: Databases, clock: Clock, tmp_path: Path, shape: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bodies = [organization(place(1)), organization(place(2), name="Another Body")]
    document: Any = {"list": bodies, "page": {"contents": bodies}, "lines": "\n".join(map(json.dumps, bodies))}[shape]
    name = "list.jsonl" if shape == "lines" else "list.json"
    bring(databases, tmp_path, document, name=name, dry_run=True)
    assert found(databases) == {}
    bring(databases, tmp_path, document, name=name)
    assert set(found(databases)) == {"Invented Site 1", "Invented Site 2"}
    capsys.readouterr()
    bring(databases, tmp_path, document, name=name)
    assert "        2  known already, nothing new" in capsys.readouterr().out


def test_a_site_that_cannot_be_placed_is_refused_with_its_reason(
    databases: Databases, clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    abroad = [{"address_1": "1 High Street", "city": "Leeds", "state_province": "MyState", "postal_code": "ABC 1234"}]
    bring(databases, tmp_path, organization(place(1, addresses=abroad, latitude=100, longitude=101)))
    assert found(databases) == {}
    assert "line 1: refused: zip: 'ABC 1234' is not a ZIP code" in capsys.readouterr().out


@pytest.mark.parametrize("document", ["{", "[7]", '{"locations": 7}'])
def test_what_is_not_hsds_is_refused_in_words(databases: Databases, tmp_path: Path, document: str) -> None:
    with pytest.raises(Unreadable, match="is not"):
        bring(databases, tmp_path, document)


def test_the_published_example_is_read_and_refused_because_it_lies_nowhere(
    databases: Databases, clock: Clock, test_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = test_data / "hsds" / "organization_full.json"
    assert hsds_import.run(databases, wiring.dispatch, file, source="example") == 0
    assert "refused" in capsys.readouterr().out
    assert found(databases) == {}
