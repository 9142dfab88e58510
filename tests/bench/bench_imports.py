"""Files from outside: the exclusion list against everybody listed, and the NPI registry's file as a stream."""

import contextlib
import csv
import datetime as dt
import io
import random
import resource
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert
from sqlmodel import func, select

from directory import wiring
from directory.geography.gazetteer import gazetteer
from directory.lib import ids, schema
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.models import Location, Practitioner
from directory.seeding import nppes_import
from directory.terminology.identifiers import npi_check_digit
from directory.verification import list_check
from directory.verification.models import ExclusionMatch
from directory.verification.sources.leie import COLUMNS
from tests.bench.table import Table
from tests.support.databases import ring_for_tests

PEOPLE, LISTED = 100_000, 80_000
GOAL_S = 60
ROWS = 1_000_000
LAYOUT = Path(__file__).resolve().parents[1] / "data" / "lists" / "nppes.csv"
AT = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


def npi(number: int) -> str:
    """A valid NPI for each number."""
    nine = f"1{number:08d}"
    return f"{nine}{npi_check_digit(nine)}"


def name(chance: random.Random) -> str:
    """An invented name of three syllables: some fifty thousand, so that some are alike."""
    return "".join(chance.choice("bcdfghklmnprstvz") + chance.choice("aeiou") for _ in range(3)).title()


def fill(databases: Databases, chance: random.Random) -> None:
    """PEOPLE practitioners, each with a number and a name."""
    for start in range(0, PEOPLE, 10_000):
        rows = [
            {"id": ids.new_id(), "given_name": name(chance), "family_name": name(chance), "credential": "MD",
             "npi": npi(number), "dea_attested": False, "exclusion": "NOT_CHECKED", "is_demo": False, "created_at": AT}
            for number in range(start, start + 10_000)
        ]  # fmt: skip
        with unit_of_work(databases) as db:
            db.execute(insert(Practitioner), rows)


def write_list(file: Path, chance: random.Random) -> None:
    """A month's file: a tenth with a number, of which one in forty is somebody's listed here."""
    with file.open("w", newline="") as stream:
        out = csv.writer(stream, quoting=csv.QUOTE_ALL)
        out.writerow(COLUMNS)
        for line in range(LISTED):
            row = dict.fromkeys(COLUMNS, "") | {"REINDATE": "00000000", "WAIVERDATE": "00000000", "NPI": "0000000000"}
            row |= {"LASTNAME": name(chance), "FIRSTNAME": name(chance), "STATE": "ME", "EXCLTYPE": "1128b4"}
            row |= {"EXCLDATE": "20240318", "DOB": "19610203", "ADDRESS": f"{line} Invented Street"}
            if line % 10 == 0:
                row["NPI"] = npi(line if line % 400 == 0 else PEOPLE + line)
            out.writerow(row.values())


def leie(table: Table) -> None:
    """The list against everybody, with what follows from it, on SQLite."""
    chance = random.Random(20260105)
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases(f"sqlite:///{folder}/bench.sqlite3", keys=ring_for_tests())
        schema.migrate(databases)
        fill(databases, chance)
        write_list(Path(folder) / "leie.csv", chance)
        begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        checked = list_check.run(databases, wiring.dispatch, Path(folder) / "leie.csv")
        spent = time.perf_counter() - begun
        with reading(databases) as db:
            kept = db.exec(select(func.count()).select_from(ExclusionMatch)).one()
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        assert kept == checked.counts["new NPI_MATCH"] == LISTED // 400, checked.counts
        databases.close()
    table.add(
        f"exclusion list, {LISTED:,} rows against {PEOPLE:,} people", f"{spent:.1f} s, {grown:.0f} MB more",
        f"{GOAL_S} s", reached=spent <= GOAL_S,
    )  # fmt: skip


def write_registry(file: Path, chance: random.Random) -> None:
    """ROWS rows of 330 columns, as the registry writes them: eight in ten people, one in 250 a candidate."""
    with LAYOUT.open(newline="") as stream:
        header = next(csv.reader(stream))
    at = {title: place for place, title in enumerate(header)}
    address = "Provider Business Practice Location Address"
    places = [("PORTLAND", "ME", "041011234"), ("DENVER", "CO", "802021234"), ("NAPA", "CA", "945594515")]

    def row(number: int) -> str:
        cells = [""] * len(header)
        kind = "1" if number % 10 < 8 else "2"
        city, state, zip9 = chance.choice(places)
        said = {
            "NPI": npi(number), "Entity Type Code": kind, "Last Update Date": "05/15/2025",
            "Provider Organization Name (Legal Business Name)": f"{name(chance).upper()} CARE {number}",
            "Provider First Line Business Practice Location Address": f"{number} INVENTED ST",
            f"{address} City Name": city, f"{address} State Name": state, f"{address} Postal Code": zip9,
            f"{address} Country Code (If outside U.S.)": "US", f"{address} Telephone Number": "2075550142",
            "Healthcare Provider Taxonomy Code_1": "261QM0850X" if number % 250 == 9 else "251G00000X",
        }  # fmt: skip
        for title, value in said.items():
            cells[at[title]] = value
        return ",".join(f'"{cell}"' for cell in cells)

    with file.open("w") as stream:
        stream.write(",".join(f'"{title}"' for title in header) + "\n")
        stream.writelines(row(number) + "\n" for number in range(ROWS))


def nppes(table: Table) -> None:
    """A million rows through the import, on SQLite: rows a second and how much memory grows."""
    chance = random.Random(20260106)
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases(f"sqlite:///{folder}/bench.sqlite3", keys=ring_for_tests())
        schema.migrate(databases)
        file = Path(folder) / "npidata.csv"
        write_registry(file, chance)
        gazetteer()  # what every process holds anyway
        begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            assert nppes_import.run(databases, wiring.dispatch, file) == 0
        spent = time.perf_counter() - begun
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        with reading(databases) as db:
            made = db.exec(select(func.count()).select_from(Location)).one()
        assert made == ROWS // 250, made
        databases.close()
    table.add(
        f"NPI registry's file, {ROWS:,} rows of 330 columns, {made:,} candidates",
        f"{ROWS / spent:,.0f} rows/s, {grown:.0f} MB more", "100 MB more", reached=grown <= 100,
    )  # fmt: skip


def run(table: Table) -> None:
    """All of it; the stream first, so that its memory is its own."""
    nppes(table)
    leie(table)
