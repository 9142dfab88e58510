"""Somebody's list becomes candidates; only rows with evidence for every gate are published, and only when asked."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import select

from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import queries
from directory.listings.models import Location, Organization
from directory.search.models import SearchEntry
from directory.seeding import csv_import, csv_map, csv_rows
from directory.verification import actions
from directory.verification import queries as verification
from directory.wiring import dispatch
from tests.support.clinics import AT
from tests.support.time import Clock

ROOT = Path(__file__).resolve().parents[2]
LISTS = ROOT / "tests" / "data" / "lists"
FACILITIES = LISTS / "facilities.csv"
FACILITIES_MAP = ROOT / "seed" / "maps" / "facilities.toml"
EVIDENCE, EVIDENCE_MAP = LISTS / "evidence.csv", LISTS / "evidence.toml"


def bring(databases: Databases, file: Path, given: Path, *, dry_run: bool = False, publish: bool = False) -> int:
    return csv_import.run(databases, dispatch, file, given, dry_run=dry_run, publish=publish)


def locations(databases: Databases) -> dict[str, Location]:
    with reading(databases) as db:
        return {row.name: row for row in db.exec(select(Location)).all()}


def counts(printed: str) -> dict[str, int]:
    found = {}
    for line in printed.splitlines():
        number, _, words = line.strip().partition("  ")
        if number.replace(",", "").isdigit():
            found[words] = int(number.replace(",", ""))
    return found


def test_traps_are_mended_or_refused_with_line_and_reason(
    databases: Databases, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring(databases, FACILITIES, FACILITIES_MAP) == 0
    printed = capsys.readouterr().out
    found = locations(databases)
    assert {row.status for row in found.values()} == {"CANDIDATE"}
    assert found["Invented Center for Care Inc"].zip5 == "06708"
    assert found["Invented Center for Care Inc"].zip4 == "2460"
    assert found["Invented Hospital, Behavioral Health"].zip5 == "06708"
    daughters = found["Invented & Daughters, Family Services"]
    assert (daughters.zip5, daughters.phone, daughters.url) == (
        "01001",
        "+14135550103",
        "https://www.three.example.org",
    )
    caribbean = found["Invented Caribbean Center"]
    assert (caribbean.zip5, caribbean.time_zone, caribbean.url) == ("00901", "America/Puerto_Rico", None)
    assert (caribbean.position_source, daughters.position_source) == ("ZIP_CENTRE", "GIVEN")
    assert found["Invented Behavioral Health and Wellnes"].address1 == "3 Invented Street,Floor 2"
    assert "cut" in found["Invented Behavioral Health and Wellnes"].status_note
    assert found["Invented Line Break"].slug == "invented-line-break-denver-co"
    for words in (
        "line 8: refused: it says the same as line 7",
        "line 9: refused: point: it lies",
        "line 10: refused: zip: 80202 lies in CO, not in CT",
        "line 11: refused: name: there is no name",
        "line 12: refused: phone: '555-0110' is not a US phone number",
        "line 15: refused: zip: 99999 is not known, and there is no point on the map",
    ):
        assert words in printed
    assert counts(printed) == {
        "rows read": 13,
        "new candidates": 7,
        "names that the list may have cut off": 1,
        "refused": 6,
    }


def test_a_dry_run_changes_nothing_and_counts_the_same(
    databases: Databases, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(databases, FACILITIES, FACILITIES_MAP, dry_run=True)
    dry = capsys.readouterr().out
    assert "dry run: nothing was changed" in dry
    with reading(databases) as db:
        assert db.exec(select(Organization)).all() == []
    bring(databases, FACILITIES, FACILITIES_MAP)
    assert counts(dry) == counts(capsys.readouterr().out)


def test_a_second_run_changes_nothing(databases: Databases, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    bring(databases, FACILITIES, FACILITIES_MAP)
    before = {name: row.model_dump() for name, row in locations(databases).items()}
    clock.advance(days=3)
    capsys.readouterr()
    bring(databases, FACILITIES, FACILITIES_MAP)
    assert {name: row.model_dump() for name, row in locations(databases).items()} == before
    assert counts(capsys.readouterr().out) == {
        "rows read": 13,
        "new candidates": 0,
        "known already, nothing new": 7,
        "refused": 6,
    }


def test_a_row_that_says_something_new_changes_its_candidate(
    databases: Databases, clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(databases, FACILITIES, FACILITIES_MAP)
    newer = tmp_path / "newer.csv"
    newer.write_text(FACILITIES.read_text().replace("303-555-0106", "303-555-0199"))
    capsys.readouterr()
    bring(databases, newer, FACILITIES_MAP)
    assert counts(capsys.readouterr().out)["candidates that say something new"] == 1
    twin = locations(databases)["Invented Twin"]
    assert (twin.phone, twin.version) == ("+13035550199", 2)


def test_sites_of_one_name_in_one_state_share_an_organization(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    more = tmp_path / "more.csv"
    more.write_text(FACILITIES.read_text().replace("Invented Line\nBreak", "Invented Twin"))
    bring(databases, more, FACILITIES_MAP)
    with reading(databases) as db:
        made = Counter(str(row.organization_id) for row in db.exec(select(Location)).all())
    assert sorted(made.values()) == [1, 1, 1, 1, 1, 2]


def test_only_rows_with_evidence_for_every_gate_are_published_and_only_when_asked(
    databases: Databases, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(databases, EVIDENCE, EVIDENCE_MAP)
    assert {row.status for row in locations(databases).values()} == {"CANDIDATE"}
    capsys.readouterr()
    bring(databases, EVIDENCE, EVIDENCE_MAP, publish=True)
    printed = capsys.readouterr().out
    found = locations(databases)
    assert {name for name, row in found.items() if row.status == "PUBLISHED"} == {"Invented Harbor Clinic"}
    assert "line 3: kept as a candidate: Spravato is listed, and only the clinic itself has said" in printed
    assert "line 4: kept as a candidate: Ketamine for use at home is offered. Such a clinic is never listed." in printed
    assert "line 6: refused: treatment: This treatment cannot be listed here" in printed
    assert "line 5" not in printed
    assert counts(printed) == {
        "rows read": 5,
        "new candidates": 0,
        "known already, nothing new": 4,
        "published": 1,
        "kept as candidates though --publish was asked": 3,
        "refused": 1,
    }
    with reading(databases) as db:
        clinic = verification.get_clinic(db, found["Invented Harbor Clinic"].slug, at=AT)
        assert [line.treatment for line in clinic.clinic.lines] == ["SPRAVATO", "KET_IV"]
        assert clinic.confirmed_at is not None
        assert clinic.confirmed_at.date().isoformat() == "2026-02-01"
        assert clinic.clinic.accepting_patients == "newpt"
        assert not clinic.clinic.takes_requests
        assert [row.removed for row in db.exec(select(SearchEntry)).all()] == [False]


def test_a_candidate_is_published_in_the_run_that_brings_it(databases: Databases, clock: Clock) -> None:
    bring(databases, EVIDENCE, EVIDENCE_MAP, publish=True)
    assert locations(databases)["Invented Harbor Clinic"].status == "PUBLISHED"


def test_evidence_that_comes_later_is_taken_over(databases: Databases, clock: Clock, tmp_path: Path) -> None:
    bring(databases, EVIDENCE, EVIDENCE_MAP, publish=True)
    better = tmp_path / "better.csv"
    better.write_text(
        EVIDENCE.read_text().replace("SELF_ATTESTED", "FIND_A_CENTER").replace("KET_IV; KET_HOME", "KET_IV")
    )
    bring(databases, better, EVIDENCE_MAP, publish=True)
    found = locations(databases)
    assert found["Invented Pine Clinic"].status == "PUBLISHED"
    assert found["Invented Home Clinic"].status == "PUBLISHED"
    with reading(databases) as db:
        record = queries.get_record(db, found["Invented Home Clinic"].id)
        assert len(record.team) == 1
        assert len(record.team[0].qualifications) == 1


def test_who_asked_never_to_be_listed_stays_out_of_every_list(
    databases: Databases, clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(databases, FACILITIES, FACILITIES_MAP)
    twin = locations(databases)["Invented Twin"]
    with unit_of_work(databases, dispatch) as db:
        actions.never_list(db, twin.id, by=csv_import.LOADER, at=AT)
    capsys.readouterr()
    changed = tmp_path / "changed.csv"
    changed.write_text(FACILITIES.read_text().replace("4 Invented Street", "4 Invented Boulevard"))
    bring(databases, changed, FACILITIES_MAP)
    assert counts(capsys.readouterr().out)["left out: the clinic asked never to be listed"] == 1
    assert locations(databases)["Invented Twin"].status == "NEVER_LIST"
    assert len(locations(databases)) == 7


def test_an_unusable_file_is_refused_in_a_sentence(
    databases: Databases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    for content, words in (
        (b"a,b\n1,2\n", "lacks columns that the map names: licence no, clinic"),
        (b"\xff\xfe\x00", "is not utf-8-sig"),
        (b"", "lacks columns"),
    ):
        file.write_bytes(content)
        assert bring(databases, file, EVIDENCE_MAP) == 1
        assert words in capsys.readouterr().out
    assert bring(databases, tmp_path / "nowhere.csv", EVIDENCE_MAP) == 1
    assert bring(databases, EVIDENCE, tmp_path / "nowhere.toml") == 1
    assert "cannot be read" in capsys.readouterr().out


def _real(test_data: Path) -> Path:
    return test_data / "facilities" / "MentalHealthProviders_Geocoded.csv"


def test_the_real_facilities_file_reads_whole_but_for_doubles_and_one_misplaced_point(test_data: Path) -> None:
    given = csv_map.load(FACILITIES_MAP)
    reasons: Counter[str] = Counter()
    mended = 0
    with _real(test_data).open(encoding=given.encoding, newline="") as stream:
        for number, record in enumerate(csv.DictReader(stream)):
            try:
                row = csv_rows.read(number, record, given)
            except csv_rows.Unfit as refused:
                reasons.update(reason.split(":")[0] for reason in refused.reasons)
            else:
                mended += row.values["zip5"] != record["zip"]
                reasons["read"] += 1
    assert reasons == {"read": 11_374, "point": 1}
    assert mended == 1_123  # of the 1,124 lost zeros, one is on the misplaced row


def test_rows_of_the_real_facilities_file_become_candidates_and_nothing_of_it_is_public(
    test_data: Path, databases: Databases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = tmp_path / "part.csv"
    lines = _real(test_data).read_text().splitlines(keepends=True)
    part.write_text("".join([lines[0], *lines[1::20]]))  # the whole takes a minute
    assert bring(databases, part, FACILITIES_MAP, publish=True) == 0
    found = counts(capsys.readouterr().out)
    assert found["rows read"] == 569
    assert found["new candidates"] > 560
    assert "published" not in found
    rows = locations(databases).values()
    assert {row.status for row in rows} == {"CANDIDATE"}
    assert sum(row.zip5.startswith("0") for row in rows) > 40
