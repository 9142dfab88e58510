"""The NPI registry's monthly file: 330 columns read by name, some eight million rows, one at a time.

DOMAIN 2.3. Mailing addresses can be homes: no column of them is ever read.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from directory.lib.big_files import Line, Unreadable, records
from directory.verification.primary import Answer, RegistryRecord, said

PRACTICE = "Provider Business Practice Location Address"
NAMES = {
    "npi": "NPI",
    "entity": "Entity Type Code",
    "organization": "Provider Organization Name (Legal Business Name)",
    "other_organization": "Provider Other Organization Name",
    "other_kind": "Provider Other Organization Name Type Code",
    "family": "Provider Last Name (Legal Name)",
    "given": "Provider First Name",
    "address1": "Provider First Line Business Practice Location Address",
    "address2": "Provider Second Line Business Practice Location Address",
    "city": f"{PRACTICE} City Name",
    "state": f"{PRACTICE} State Name",
    "zip": f"{PRACTICE} Postal Code",
    "country": f"{PRACTICE} Country Code (If outside U.S.)",
    "phone": f"{PRACTICE} Telephone Number",
    "fax": f"{PRACTICE} Fax Number",
    "updated": "Last Update Date",
    "deactivated": "NPI Deactivation Date",
    "reactivated": "NPI Reactivation Date",
}
TAXONOMY = "Healthcare Provider Taxonomy Code_{}"
DOING_BUSINESS_AS = "3"


class Layout:
    """Where the columns that are read stand in this very file. Raises Unreadable when one is missing."""

    def __init__(self, header: Sequence[str], file: Path) -> None:
        at = {name.strip(): place for place, name in enumerate(header)}
        taxonomies = [TAXONOMY.format(number) for number in range(1, 16)]
        if missing := [name for name in (*NAMES.values(), *taxonomies) if name not in at]:
            raise Unreadable(f"{file} is not the registry's file: it lacks {'; '.join(missing[:5])}.")
        self.width = len(header)
        self.at = {short: at[name] for short, name in NAMES.items()}
        self._taxonomies = [at[name] for name in taxonomies]

    def cell(self, cells: Sequence[str], short: str) -> str:
        """One cell, by its key in NAMES."""
        return said(cells[self.at[short]])

    def taxonomies(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The taxonomy codes of a row, in its order."""
        return tuple(filter(None, (cells[place] for place in self._taxonomies)))

    def is_active(self, cells: Sequence[str]) -> bool:
        """Whether the number is in use: never deactivated, or reactivated since."""
        return not cells[self.at["deactivated"]] or bool(cells[self.at["reactivated"]])

    def record(self, cells: Sequence[str]) -> RegistryRecord:
        """What the row says. Of a deactivated number the file has nothing but the day."""
        state = self.cell(cells, "state").upper()
        return RegistryRecord(
            npi=cells[self.at["npi"]],
            is_person=cells[self.at["entity"]] == "1",
            active=self.is_active(cells),
            family_name=self.cell(cells, "family"),
            given_name=self.cell(cells, "given"),
            organization_name=self.cell(cells, "organization"),
            other_name=self.cell(cells, "other_organization"),
            phone=self.cell(cells, "phone"),
            zip5=self.cell(cells, "zip")[:5],
            states=frozenset({state} if state else ()),
            taxonomies=self.taxonomies(cells),
            updated_on=_day(self.cell(cells, "updated")),
        )


def layout_of(file: Path) -> tuple[Layout, Line]:
    """The layout of a file and its header's line. Raises Unreadable."""
    header = next(records(file), None)
    if header is None:
        raise Unreadable(f"{file} is empty.")
    return Layout(header.cells, file), header


class MonthlyFile:
    """The file as a source: one pass over it, memory for the numbers asked about only."""

    code = "nppes_file"

    def __init__(self, file: Path) -> None:
        self._file = file
        self._layout, self._header = layout_of(file)

    def look_up(self, npis: Iterable[str]) -> Iterator[Answer]:
        """Answers in the file's order; numbers it does not have, last. Raises Unreadable where it breaks off."""
        wanted, layout = set(npis), self._layout
        place = layout.at["npi"]
        for row in records(self._file, start=self._header.end, number=self._header.number):
            if len(row.cells) == layout.width and row.cells[place] in wanted:
                wanted.discard(row.cells[place])
                yield Answer(npi=row.cells[place], record=layout.record(row.cells))
        yield from (Answer(npi=npi) for npi in sorted(wanted))


def _day(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
