"""The exclusion list of the Office of Inspector General (LEIE): its monthly file, row by row. Pure but for reading.

DOMAIN 2.6: 18 columns; only about a tenth of the rows carry an NPI ("0000000000" is none); days are YYYYMMDD, zeros
are none. Reinstated parties are missing from the next file, or carry the day of it in REINDATE.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from directory.lib.big_files import Unreadable, records
from directory.terminology.identifiers import is_npi

COLUMNS = (
    "LASTNAME", "FIRSTNAME", "MIDNAME", "BUSNAME", "GENERAL", "SPECIALTY", "UPIN", "NPI", "DOB", "ADDRESS", "CITY",
    "STATE", "ZIP", "EXCLTYPE", "EXCLDATE", "REINDATE", "WAIVERDATE", "WVRSTATE",
)  # fmt: skip
_KEY = ("LASTNAME", "FIRSTNAME", "MIDNAME", "BUSNAME", "DOB", "STATE", "EXCLTYPE", "EXCLDATE")
_KEPT = (
    "LASTNAME", "FIRSTNAME", "MIDNAME", "BUSNAME", "GENERAL", "SPECIALTY", "NPI", "CITY", "STATE", "EXCLTYPE",
    "EXCLDATE", "WAIVERDATE", "WVRSTATE",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """One usable row. `npi` and `birth_on` are None where the list has none that can be used."""

    line: int
    family_name: str
    given_name: str
    business: str
    npi: str | None
    birth_on: dt.date | None
    state: str
    reinstated_on: dt.date | None
    cells: Mapping[str, str]

    @property
    def key(self) -> str:
        """What identifies the row in every month's file: without the NPI, which is often added later."""
        said = "\x1f".join(" ".join(self.cells[name].upper().split()) for name in _KEY)
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    @property
    def kept(self) -> dict[str, str]:
        """What is kept for whoever decides: no street, no birth date."""
        return {name: self.cells[name] for name in _KEPT if self.cells[name].strip("0 ")}


@dataclass(frozen=True, slots=True)
class Unfit:
    """A row that cannot be used, and why."""

    line: int
    why: str


def read(file: Path) -> Iterator[Excluded | Unfit]:
    """Every row of a month's file. Raises Unreadable when it is not such a file at all."""
    found = records(file)
    header = next(found, None)
    names = [cell.strip().upper() for cell in header.cells] if header else []
    if missing := [name for name in COLUMNS if name not in names]:
        raise Unreadable(f"{file} is not the exclusion list: it lacks {', '.join(missing)}.")
    for row in found:
        if len(row.cells) != len(names):
            yield Unfit(row.number, f"it has {len(row.cells)} cells, and the header has {len(names)}")
        else:
            yield _row(row.number, {name: cell.strip() for name, cell in zip(names, row.cells, strict=True)})


def _row(line: int, cells: dict[str, str]) -> Excluded | Unfit:
    if not cells["LASTNAME"] and not cells["BUSNAME"]:
        return Unfit(line, "it names nobody")
    try:
        excluded_on, reinstated_on = _day(cells["EXCLDATE"]), _day(cells["REINDATE"])
        birth_on = _day(cells["DOB"])
    except ValueError as problem:
        return Unfit(line, str(problem))
    if excluded_on is None:
        return Unfit(line, "it does not say since when")
    return Excluded(
        line=line,
        family_name=cells["LASTNAME"],
        given_name=cells["FIRSTNAME"],
        business=cells["BUSNAME"],
        npi=cells["NPI"] if is_npi(cells["NPI"]) else None,
        birth_on=birth_on,
        state=cells["STATE"].upper(),
        reinstated_on=reinstated_on,
        cells=cells,
    )


def _day(cell: str) -> dt.date | None:
    if not cell.strip("0"):
        return None
    try:
        if len(cell) != 8:
            raise ValueError
        return dt.datetime.strptime(cell, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise ValueError(f"{cell!r} is not a day of the form YYYYMMDD") from None
