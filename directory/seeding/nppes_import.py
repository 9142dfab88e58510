"""Brings organizations of the NPI registry's monthly file in as candidates: those with a taxonomy of ours, nobody else.

Some eight million rows pass one at a time. Each batch commits together with how far the run is, so that a run that was
broken off goes on; a second run over the same file changes nothing. Mailing addresses and people are never brought in.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import Session, col, select

from directory.lib import clock
from directory.lib.big_files import count, digest, records
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.events import Dispatch
from directory.listings.models import Location, Organization
from directory.listings.rules import normal_phone
from directory.seeding import csv_import
from directory.seeding.csv_import import Import, Undone, but_for_candidates
from directory.seeding.csv_map import ImportMap
from directory.terminology.taxonomy import specialties
from directory.verification import runs
from directory.verification.models import ImportRun
from directory.verification.sources.nppes_file import DOING_BUSINESS_AS, Layout, layout_of

KIND = SOURCE = "nppes"
MENTIONED = "mentions "
"""Names the counts by taxonomy in `ImportRun.counts`."""
ENOUGH_TO_TELL = 30
"""Of fewer mentions, a tenth is no more than chance."""
CANDIDATES_AT_ONCE, ROWS_AT_ONCE = 200, 50_000
_FIELDS = ("name", "legal_name", "npi", "address1", "address2", "city", "state", "zip", "phone", "fax")
MAP = ImportMap(
    source=SOURCE,
    id_columns=("npi",),
    columns={name: (name,) for name in _FIELDS},
    cut_at=None,
)
WORDS = {
    "read": "rows read",
    "people": "people: never brought in",
    "inactive": "numbers no longer in use",
    "other": "organizations without a taxonomy of ours",
    "abroad": "organizations outside the United States",
    "elsewhere": "listed here already under the same number",
    **{name: words for name, words in csv_import.WORDS.items() if name not in ("rows", "kept", "published")},
}


@dataclass(slots=True)
class Batch:
    """Candidates' rows, and where the file stands after them."""

    rows: list[tuple[int, dict[str, str | None]]] = field(default_factory=list)
    position: int = 0
    line: int = 0


def run(
    databases: Databases,
    dispatch: Dispatch,
    file: Path,
    *,
    dry_run: bool = False,
    shrunk_is_right: bool = False,
    tell: Callable[[Import, str], None] = csv_import.tell,
) -> int:
    """Import `file`. Prints counts, refused rows with line and reason, and of a dry run what would change.

    1 when the file seems cut short, else 0. Raises big_files.Unreadable when it cannot be used.
    """
    layout, header = layout_of(file)
    known_as, size = digest(file), file.stat().st_size
    with reading(databases) as db:
        last, going_on = runs.find_last(db, KIND), None if dry_run else runs.find_unfinished(db, KIND, known_as)
    mentions: dict[str, int] = {}
    if going_on is None:
        lines, mentions = _count(file)
        stopped = _why_cut_short(last, lines - header.number, mentions) if last and not shrunk_is_right else None
        if stopped is not None:
            sys.stderr.write(f"{stopped}\n")
            return 1
    work = Import(given=MAP, publish=False, dry_run=dry_run, at=clock.now().replace(microsecond=0), apart=True)
    csv_import.remember(databases, work)
    work.counts.update(mentions)
    begin = Batch(position=header.end, line=header.number)
    if going_on is not None:
        work.counts.update({name: n for name, n in going_on.counts.items() if name != "line"})
        begin = Batch(position=going_on.position, line=going_on.counts["line"])
        sys.stderr.write(f"going on after row {work.counts['read']:,}\n")
    row = going_on or ImportRun(kind=KIND, file_digest=known_as, started_at=work.at)
    for batch in _batches(file, layout, begin, work):
        with suppress(Undone), unit_of_work(databases, but_for_candidates(dispatch)) as db:
            row = _settle(db, work, batch, row)
        tell(work, f"{work.counts['read']:,} rows, {100 * batch.position / size:.0f} %")
    if not dry_run:
        with unit_of_work(databases) as db:
            row = db.merge(row)
            runs.finish(row, rows=work.counts["read"], counts=work.counts, at=clock.now())
    sys.stderr.write("\n")
    csv_import.print_counts(work, WORDS)
    return 0


def _count(file: Path) -> tuple[int, dict[str, int]]:
    """The lines of the file, and how often each taxonomy of ours is named in it, of people too."""
    codes = specialties().codes
    lines, found = count(file, [f'"{code}"'.encode() for code in codes])
    return lines, {MENTIONED + code: found[f'"{code}"'] for code in codes if found[f'"{code}"']}


def _why_cut_short(last: ImportRun, rows: int, mentions: dict[str, int]) -> str | None:
    """A file may keep its length and still have lost a whole kind of clinic: each taxonomy counts for itself."""
    stopped = runs.why_cut_short("rows", last.rows, rows)
    for name, before in last.counts.items():
        if stopped is None and name.startswith(MENTIONED) and before >= ENOUGH_TO_TELL:
            code = name.removeprefix(MENTIONED)
            stopped = runs.why_cut_short(f"mentions of taxonomy {code}", before, mentions.get(name, 0))
    return stopped


def _settle(db: Session, work: Import, batch: Batch, row: ImportRun) -> ImportRun:
    """Bring one batch in, and keep in the same transaction how far the file is read."""
    fresh = _not_listed_elsewhere(db, work, batch.rows)
    if not work.dry_run:
        row = db.merge(row)
        row.position, row.rows = batch.position, work.counts["read"]
    csv_import.bring_rows(db, work, fresh)
    row.counts = {**work.counts, "line": batch.line}
    return row


def _batches(file: Path, layout: Layout, begin: Batch, work: Import) -> Iterator[Batch]:
    ours = set(specialties().codes)
    batch, seen = Batch(), 0
    line = None
    for line in records(file, start=begin.position, number=begin.line):
        work.counts["read"] += 1
        seen += 1
        wanted = _wanted(line.cells, layout, ours, work)
        if wanted is not None:
            batch.rows.append((line.number, wanted))
        if len(batch.rows) >= CANDIDATES_AT_ONCE or seen >= ROWS_AT_ONCE:
            batch.position, batch.line = line.end, line.number
            yield batch
            batch, seen = Batch(), 0
    if line is not None and seen:
        batch.position, batch.line = line.end, line.number
        yield batch


def _wanted(cells: Sequence[str], layout: Layout, ours: set[str], work: Import) -> dict[str, str | None] | None:
    """The row of a candidate by our fields; None for what is counted and left out."""
    if len(cells) != layout.width:
        return {"npi": cells[0] if cells else ""}  # refused with its line: it has no name
    if cells[layout.at["entity"]] == "1":
        work.counts["people"] += 1
    elif not layout.is_active(cells):
        work.counts["inactive"] += 1
    elif ours.isdisjoint(layout.taxonomies(cells)):
        work.counts["other"] += 1
    elif layout.cell(cells, "country") not in ("US", ""):
        work.counts["abroad"] += 1
    else:
        return _row(cells, layout)
    return None


def _row(cells: Sequence[str], layout: Layout) -> dict[str, str | None]:
    legal_name = layout.cell(cells, "organization")
    trades_as = layout.cell(cells, "other_organization") if cells[layout.at["other_kind"]] == DOING_BUSINESS_AS else ""
    phones = {name: layout.cell(cells, name) for name in ("phone", "fax")}
    return {
        "name": trades_as or legal_name,
        "legal_name": legal_name,
        **{name: layout.cell(cells, name) for name in ("npi", "address1", "address2", "city", "state", "zip")},
        # A number that is none (zeros) is a registry's way to say nothing: the site is brought in without it.
        **{name: number if normal_phone(number) else "" for name, number in phones.items()},
    }


def _not_listed_elsewhere(
    db: Session, work: Import, rows: list[tuple[int, dict[str, str | None]]]
) -> list[tuple[int, dict[str, str | None]]]:
    """Without organizations that somebody else has brought in under the same number: they are no candidates."""
    numbers = [str(record["npi"]) for _, record in rows]
    asked = (
        select(Organization.npi)
        .join(Location, col(Location.organization_id) == col(Organization.id))
        .where(col(Organization.npi).in_(numbers), col(Location.external_source).is_distinct_from(SOURCE))
    )
    listed = set(db.exec(asked).all())
    fresh = [(line, record) for line, record in rows if record["npi"] not in listed]
    work.counts["elsewhere"] += len(rows) - len(fresh)
    return fresh
