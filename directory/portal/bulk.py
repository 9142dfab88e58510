"""A group's sites as one CSV file: what each says now as a template, and what an edited file would change.

One row a site, found by its `site` column; one column a fact. An empty cell changes nothing, a dash empties the fact;
several codes are separated by semicolons.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from directory.listings import revising
from directory.listings.field_list import FIELDS, field_of
from directory.listings.fields import Facts, Field, Handling, Kind, Section
from directory.listings.telling import Told, tell
from directory.portal import answers
from directory.wording.say import _

KEY = "site"
MOST_ROWS = 200
MOST_CHARACTERS = 400_000
_LEFT_OUT = (Kind.HIDDEN, Kind.CLOSURES, Kind.POINT)
COLUMNS = tuple(
    name
    for name, one in FIELDS.items()
    if "*" not in name
    and one.kind not in _LEFT_OUT
    and one.section not in (Section.SUPERVISION, Section.PEOPLE)
    and one.group != "address"
)
"""Facts of a site that a file can hold: no address, no person, nothing that is attested."""


@dataclass(slots=True, kw_only=True)
class Row:
    """What one line of a file says of one site."""

    line: int
    slug: str
    name: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    changes: list[Told] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    """Labels of what will be sent for checking."""


def template(sites: Mapping[str, Facts]) -> str:
    """The file as it stands now, one row for each slug."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([KEY, *COLUMNS])
    for slug, facts in sites.items():
        writer.writerow([slug, *(_cell(field_of(name), facts.get(name)) for name in COLUMNS)])
    return out.getvalue()


def read(text: str, sites: Mapping[str, tuple[str, Facts]]) -> list[Row]:
    """What a file would change, line by line. `sites`: slug → name and facts of those that are one's own.

    Raises ValueError in words when it is no such file at all.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(_("This file is too long for one group."))
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    names = [name for name in reader.fieldnames or [] if name]
    if KEY not in names:
        raise ValueError(_("The first line must name the columns, and one of them must be “site”. Use our template."))
    if unknown := [name for name in names if name != KEY and name not in COLUMNS]:
        raise ValueError(_("These columns are not known: {names}.").format(names=", ".join(unknown[:10])))
    rows: list[Row] = []
    for record in reader:
        if any((value or "").strip() for name, value in record.items() if name):
            rows.append(_row(reader.line_num, record, sites, {row.slug for row in rows}))
        if len(rows) > MOST_ROWS:
            raise ValueError(_("At most {number} sites at once.").format(number=MOST_ROWS))
    if not rows:
        raise ValueError(_("There is no site in this file."))
    return rows


def by_section(facts: Facts) -> dict[Section, dict[str, Any]]:
    """The facts of a row by the section in which they are saved."""
    found: dict[Section, dict[str, Any]] = {}
    for name, value in facts.items():
        found.setdefault(field_of(name).section, {})[name] = value
    return found


def _row(line: int, record: Mapping[str, str | None], sites: Mapping[str, tuple[str, Facts]], before: set[str]) -> Row:
    row = Row(line=line, slug=(record.get(KEY) or "").strip())
    if row.slug in before:
        row.problems.append(_("This site stands in the file twice."))
    if row.slug not in sites:
        row.problems.append(_("This site is not one of yours."))
        return row
    row.name, now = sites[row.slug]
    for name in COLUMNS:
        cell = (record.get(name) or "").strip()
        if cell:
            try:
                row.facts[name] = _read(field_of(name), cell)
            except ValueError as problem:
                row.problems.append(f"{name}: {problem}")
    found = revising.changes(now, row.facts, row.facts)
    row.changes = tell(found, now)
    waiting = [c for kind, part in revising.split(found).items() if kind is not Handling.AT_ONCE for c in part]
    row.waits = [told.label for told in tell(waiting, now)]
    row.facts = {change.name: change.after for change in found}
    return row


def _read(one: Field, cell: str) -> Any:
    if cell == "-":
        return answers.read(one, "")
    if one.kind in (Kind.CODES, Kind.WEEKDAYS):
        return answers.read(one, [code.strip() for code in cell.split(";") if code.strip()])
    if one.kind in (Kind.SAID, Kind.YES_NO) and cell.casefold() not in ("yes", "no"):
        raise ValueError(_("write yes or no"))
    return answers.read(one, cell.casefold() if one.kind in (Kind.SAID, Kind.YES_NO) else cell)


def _cell(one: Field, value: Any) -> str:
    if one.kind is Kind.YES_NO:
        return "yes" if value else "no"
    shown = answers.shown(one, value)
    text = ";".join(shown) if isinstance(shown, list) else str(shown)
    # A spreadsheet would run a cell that begins so as a formula.
    return f" {text}" if text[:1] in ("=", "+", "@", "\t") else text
