"""Files from outside: the exclusion list against everybody listed, and the NPI registry's file as a stream."""

import csv
import datetime as dt
import random
import resource
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert
from sqlmodel import func, select

from directory import wiring
from directory.lib import ids, schema
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.models import Practitioner
from directory.terminology.identifiers import npi_check_digit
from directory.verification import list_check
from directory.verification.models import ExclusionMatch
from directory.verification.sources.leie import COLUMNS
from tests.bench.table import Table
from tests.support.databases import ring_for_tests

PEOPLE, LISTED = 100_000, 80_000
GOAL_S = 60
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


def run(table: Table) -> None:
    """All of it."""
    leie(table)
