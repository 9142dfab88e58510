"""`directory import`: lists that people bring, the exclusion list, the NPI registry's file, HSDS."""

import argparse
import sys

from directory import wiring
from directory.lib.big_files import Unreadable
from directory.lib.opening import open_databases
from directory.seeding import csv_import, hsds_import, nppes_import
from directory.settings import Settings
from directory.verification import list_check, newcomers

SHOWN_AT_MOST = 200
WORDS = {
    "rows": "rows read",
    "new NPI_MATCH": "new matches by NPI: not named on any page until somebody has decided",
    "new NAME_DOB_MATCH": "new matches by name and birth date: nothing changes until somebody has decided",
    "new NAME_STATE_POSSIBLE": "new matches by name and state: nothing changes until somebody has decided",
    "lifted": "matches lifted: no longer on the list",
    "public again": "listings public again",
    "refused": "refused",
}


def bring_csv(settings: Settings, asked: argparse.Namespace) -> int:
    """Import a CSV file as candidates. Prints counts and refused rows; 1 when the file is unusable."""
    databases = open_databases(settings)
    result = csv_import.run(
        databases, wiring.dispatch, asked.file, asked.map, dry_run=asked.dry_run, publish=asked.publish
    )
    databases.close()
    return result


def bring_nppes(settings: Settings, asked: argparse.Namespace) -> int:
    """Import the NPI registry's file as candidates; 1 when it is unusable or seems cut short."""
    databases = open_databases(settings)
    try:
        return nppes_import.run(
            databases, wiring.dispatch, asked.file, dry_run=asked.dry_run, shrunk_is_right=asked.shrunk_is_right
        )
    except Unreadable as problem:
        print(problem)
        return 1
    finally:
        databases.close()


def bring_hsds(settings: Settings, asked: argparse.Namespace) -> int:
    """Import HSDS organizations as candidates; 1 when the file is unusable."""
    databases = open_databases(settings)
    try:
        return hsds_import.run(databases, wiring.dispatch, asked.file, source=asked.source, dry_run=asked.dry_run)
    except Unreadable as problem:
        print(problem)
        return 1
    finally:
        databases.close()


def bring_leie(settings: Settings, asked: argparse.Namespace) -> int:
    """Hold everybody against the exclusion list. Prints counts; 1 when the file is unusable or seems cut short."""
    databases = open_databases(settings)
    try:
        checked = list_check.run(
            databases,
            wiring.dispatch,
            asked.file,
            dry_run=asked.dry_run,
            supplement=asked.supplement,
            shrunk_is_right=asked.shrunk_is_right,
        )
        if not asked.dry_run and not checked.stopped:
            newcomers.keep(settings.data_dir, asked.file, supplement=asked.supplement)
    except Unreadable as problem:
        print(problem)
        return 1
    finally:
        databases.close()
    for unfit in checked.refused[:SHOWN_AT_MOST]:
        print(f"line {unfit.line}: refused: {unfit.why}")
    if asked.dry_run:
        print("dry run: nothing was changed")
        for hit in checked.hits[:SHOWN_AT_MOST]:
            print(f"line {hit.row.line}: {hit.kind}: {hit.practitioner_id or hit.organization_id}")
    for name, words in WORDS.items():
        if checked.counts[name] or name in ("rows", "refused"):
            print(f"{checked.counts[name]:>9,}  {words}")
    if checked.stopped:
        print(checked.stopped, file=sys.stderr)
        return 1
    return 0
