"""Brings sites of HSDS 3 organizations in as candidates, from JSON (one, a list, a page of an API) or JSON lines.

What they offer is never read off: a service's words say nothing about how people are watched over.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from directory.lib import clock
from directory.lib.big_files import Unreadable
from directory.lib.db import Databases, unit_of_work
from directory.lib.events import Dispatch
from directory.listings.rules import normal_phone
from directory.seeding import csv_import
from directory.seeding.csv_import import AT_ONCE, Import, Undone, but_for_candidates
from directory.seeding.csv_map import ImportMap
from directory.terminology.languages import LANGUAGES

LARGEST_JSON = 64 << 20
_FIELDS = (
    "id", "name", "organization", "description", "address1", "address2", "city", "state", "zip", "latitude",
    "longitude", "phone", "url", "languages", "transport",
)  # fmt: skip
Record = dict[str, str | None]


def run(databases: Databases, dispatch: Dispatch, file: Path, *, source: str, dry_run: bool = False) -> int:
    """Import `file`. Prints counts and refused sites by their number; 0. Raises Unreadable when it cannot be used."""
    columns: dict[str, tuple[str, ...]] = {name: (name,) for name in _FIELDS if name != "id"}
    given = ImportMap(source=f"hsds-{source}", id_columns=("id",), columns=columns)
    work = Import(given=given, publish=False, dry_run=dry_run, at=clock.now().replace(microsecond=0))
    csv_import.remember(databases, work)
    batch: list[tuple[int, Record]] = []
    for number, record in enumerate(_sites(file), start=1):
        batch.append((number, record))
        if len(batch) == AT_ONCE:
            _bring(databases, dispatch, work, batch)
            batch = []
    _bring(databases, dispatch, work, batch)
    sys.stderr.write("\n")
    csv_import.print_counts(work)
    return 0


def _bring(databases: Databases, dispatch: Dispatch, work: Import, batch: list[tuple[int, Record]]) -> None:
    with suppress(Undone), unit_of_work(databases, but_for_candidates(dispatch)) as db:
        csv_import.bring_rows(db, work, batch)
    if work.dry_run:
        csv_import.remember(databases, work)
    csv_import.tell(work)


def _sites(file: Path) -> Iterator[Record]:
    for organization in _organizations(file):
        if not isinstance(organization, dict) or not isinstance(organization.get("locations", []), list):
            raise Unreadable(f"{file} is not HSDS: an organization is an object with a list of locations.")
        for place in organization.get("locations", ()):
            if isinstance(place, dict) and place.get("location_type", "physical") == "physical":
                yield _site(organization, place)


def _organizations(file: Path) -> Iterator[Any]:
    """Organizations one by one: a line each, or all of a document of at most 64 MB."""
    try:
        with file.open(encoding="utf-8-sig") as stream:
            if file.suffix in (".jsonl", ".ndjson"):
                yield from (json.loads(line) for line in stream if line.strip())
                return
            if file.stat().st_size > LARGEST_JSON:
                raise Unreadable(f"{file} is larger than 64 MB: bring it as JSON lines, one organization a line.")
            found = json.load(stream)
    except OSError as problem:
        raise Unreadable(f"{file} cannot be read: {problem.strerror}.") from None
    except (ValueError, RecursionError) as problem:
        raise Unreadable(f"{file} is not JSON: {problem}.") from None
    if isinstance(found, dict) and isinstance(found.get("contents"), list):  # a page of an HSDS API
        found = found["contents"]
    yield from found if isinstance(found, list) else [found]


def _site(organization: dict[str, Any], place: dict[str, Any]) -> Record:
    address = _first(place, "addresses", lambda one: one.get("address_type", "physical") == "physical")
    phone = _first(place, "phones") or _first(organization, "phones")
    number = _text(phone, "number").strip('"')
    spoken = [_text(one, "code") for one in place.get("languages") or () if isinstance(one, dict)]
    return {
        "id": _text(place, "id"),
        "name": _text(place, "name") or _text(organization, "name"),
        "organization": _text(organization, "name"),
        "description": _text(place, "description")[:2000],
        "address1": _text(address, "address_1"),
        "address2": _text(address, "address_2"),
        "city": _text(address, "city"),
        "state": _text(address, "state_province"),
        "zip": _text(address, "postal_code"),
        "latitude": _text(place, "latitude"),
        "longitude": _text(place, "longitude"),
        "phone": number if normal_phone(number) else "",
        "url": _text(place, "url") or _text(organization, "website"),
        "languages": ";".join(code for code in spoken if code in LANGUAGES),
        "transport": _text(place, "transportation")[:2000],
    }


def _first(of: dict[str, Any], name: str, fits: Any = lambda _one: True) -> dict[str, Any]:
    rows = [one for one in of.get(name) or () if isinstance(one, dict)]
    return next((one for one in rows if fits(one)), rows[0] if rows else {})


def _text(of: dict[str, Any], name: str) -> str:
    value = of.get(name)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
