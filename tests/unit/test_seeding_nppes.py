"""The NPI registry's file: organizations with a taxonomy of ours become candidates; the run can be broken off."""

import csv
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from directory import wiring
from directory.cli import main
from directory.lib import big_files
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.listings.models import Location, Organization, Practitioner
from directory.seeding import nppes_import
from directory.seeding.csv_import import Import
from directory.verification.models import ImportRun
from tests.support import clinics
from tests.support.clinics import AT
from tests.support.time import Clock

FILE = Path(__file__).resolve().parents[1] / "data" / "lists" / "nppes.csv"


def bring(databases: Databases, file: Path = FILE, **given: Any) -> int:
    return nppes_import.run(databases, wiring.dispatch, file, **given)


def places(databases: Databases) -> dict[str, Location]:
    with reading(databases) as db:
        return {row.name: row for row in db.exec(select(Location)).all()}


def counts(printed: str) -> dict[str, int]:
    lines = (line.strip().partition("  ") for line in printed.splitlines())
    return {words: int(number.replace(",", "")) for number, _, words in lines if number.replace(",", "").isdigit()}


ONCE = {
    "rows read": 13,
    "people: never brought in": 1,
    "numbers no longer in use": 2,
    "organizations without a taxonomy of ours": 1,
    "organizations outside the United States": 1,
    "new candidates": 4,
    "refused": 4,
}


def test_only_organizations_in_use_with_a_taxonomy_of_ours_become_candidates(
    databases: Databases, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring(databases) == 0
    printed = capsys.readouterr().out
    assert counts(printed) == ONCE
    found = places(databases)
    assert set(found) == {"HARBOUR CLINIC, LLC", "LANTERN INFUSION", "INVENTED AGAIN", 'INVENTED "QUOTED" CENTER'}
    assert {row.status for row in found.values()} == {"CANDIDATE"}
    infusion = found["LANTERN INFUSION"]
    assert (infusion.zip5, infusion.state, infusion.phone, infusion.position_source) == (
        "01001", "MA", "+14135550103", "ZIP_CENTRE"
    )  # fmt: skip
    assert found['INVENTED "QUOTED" CENTER'].phone is None
    with reading(databases) as db:
        of = db.get_one(Organization, infusion.organization_id)
        assert (of.legal_name, of.name) == ("INVENTED & DAUGHTERS INFUSION", "LANTERN INFUSION")
        assert db.exec(select(Practitioner)).all() == []
    for words in (
        "line 8: refused: zip: 04101 lies in ME, not in CT",
        "line 11: refused: npi: This NPI has a wrong digit",
        "line 12: refused: name: there is no name",
        "line 14: refused: ",
    ):
        assert words in printed


def test_no_mailing_address_is_kept_anywhere(databases: Databases, clock: Clock) -> None:
    bring(databases)
    with reading(databases) as db:
        rows = [row.model_dump() for table in (Location, Organization) for row in db.exec(select(table)).all()]
    assert not any(word in str(rows).upper() for word in ("INVENTED HOME", "RENO", "7755550199"))


def test_a_second_run_changes_nothing_and_a_newer_file_changes_its_candidate(
    databases: Databases, clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(databases)
    before = {name: row.model_dump() for name, row in places(databases).items()}
    clock.advance(days=30)
    capsys.readouterr()
    bring(databases)
    assert counts(capsys.readouterr().out) == ONCE | {"new candidates": 0, "known already, nothing new": 4}
    assert {name: row.model_dump() for name, row in places(databases).items()} == before
    newer = tmp_path / "newer.csv"
    newer.write_text(FILE.read_text().replace("4135550103", "4135550104"))
    bring(databases, newer, dry_run=True)
    assert "LANTERN INFUSION: phone: '+14135550103' → '+14135550104'" in capsys.readouterr().out
    assert {name: row.model_dump() for name, row in places(databases).items()} == before
    bring(databases, newer)
    assert places(databases)["LANTERN INFUSION"].phone == "+14135550104"


def test_a_dry_run_counts_the_same_and_keeps_nothing(
    databases: Databases, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(databases, dry_run=True)
    assert counts(capsys.readouterr().out) == ONCE
    assert places(databases) == {}
    with reading(databases) as db:
        assert db.exec(select(ImportRun)).all() == []


def test_what_somebody_else_listed_under_the_same_number_is_no_candidate(
    databases: Databases, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        org = listings.add_organization(db, clinics.organization())
        listings.add_site(db, clinics.site(org), by="x", at=AT)
    bring(databases)
    assert counts(capsys.readouterr().out)["listed here already under the same number"] == 1
    assert len(places(databases)) == 4


class BrokenOff(Exception):
    pass


def test_a_run_that_was_broken_off_goes_on_where_it_was(
    databases: Databases,
    clock: Clock,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nppes_import, "ROWS_AT_ONCE", 4)

    def stop(work: Import, words: str) -> None:
        raise BrokenOff

    with pytest.raises(BrokenOff):
        bring(databases, tell=stop)
    assert len(places(databases)) == 2
    capsys.readouterr()
    assert bring(databases) == 0
    told = capsys.readouterr()
    assert "going on after row 4" in told.err
    assert counts(told.out) == ONCE
    assert len(places(databases)) == 4
    with reading(databases) as db:
        run = db.exec(select(ImportRun)).one()
        assert run.finished_at is not None
        assert (run.rows, run.position) == (13, FILE.stat().st_size)


def test_a_file_that_lost_a_tenth_of_its_rows_stops_and_asks(
    databases: Databases, clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(databases)
    shorter = tmp_path / "shorter.csv"
    shorter.write_text("\n".join(FILE.read_text().splitlines()[:11]).replace("4135550103", "4135550104"))
    assert bring(databases, shorter) == 1
    assert "23 % fewer" in capsys.readouterr().err
    assert places(databases)["LANTERN INFUSION"].phone == "+14135550103"
    assert bring(databases, shorter, shrunk_is_right=True) == 0


def test_the_sample_of_the_real_file_makes_candidates_only(
    databases: Databases, clock: Clock, test_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = test_data / "nppes" / "npidata_pfile_sample_orgs.csv"
    assert bring(databases, sample) == 0
    told = counts(capsys.readouterr().out)
    assert told["rows read"] == 1765
    assert told["new candidates"] + told["refused"] > 38
    assert {row.status for row in places(databases).values()} == {"CANDIDATE"}
    with sample.open(newline="") as file:
        header = next(csv.reader(file))
    with FILE.open(newline="") as file:
        assert next(csv.reader(file)) == header


def test_the_commands_print_what_they_did(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIRECTORY_DATABASE_URL", database_url)
    monkeypatch.setenv("DIRECTORY_DATA_DIR", str(tmp_path))
    assert main(["import", "nppes", str(FILE)]) == 0
    assert "        4  new candidates" in capsys.readouterr().out
    assert main(["import", "nppes", str(FILE.with_name("leie.csv"))]) == 1
    assert "is not the registry's file" in capsys.readouterr().out
    nothing = tmp_path / "none.json"
    assert main(["import", "hsds", str(nothing), "--source", "x"]) == 1
    nothing.write_text("[]")
    assert main(["import", "hsds", str(nothing), "--source", "x", "--dry-run"]) == 0


def test_a_file_of_the_same_length_that_lost_one_kind_of_clinic_stops_and_asks(
    databases: Databases, clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = FILE.read_text().splitlines()
    one = next(line for line in lines if "LANTERN INFUSION" in line and '"261QI0500X"' in line)
    whole, poorer = tmp_path / "whole.csv", tmp_path / "poorer.csv"
    whole.write_text("\n".join([*lines, *[one] * 40]))
    poorer.write_text("\n".join([*lines, *[one] * 30, *[one.replace("261QI0500X", "261QX0000X")] * 10]))
    assert bring(databases, whole) == 0
    capsys.readouterr()
    assert bring(databases, poorer) == 1
    assert "mentions of taxonomy 261QI0500X" in capsys.readouterr().err
    assert bring(databases, poorer, shrunk_is_right=True) == 0


def test_words_are_counted_across_the_seams_of_a_big_file(tmp_path: Path) -> None:
    file = tmp_path / "big"
    edge = big_files._BEGINNING
    file.write_bytes(b"x" * (edge - 3) + b"abcdef" + b"x" * (edge - 6) + b"abc\nabcdef")
    assert big_files.count(file, [b"abcdef", b"zz"]) == (2, {"abcdef": 2, "zz": 0})
    assert big_files.count(file) == (2, {})
