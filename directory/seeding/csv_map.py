"""The map of an import: which column of somebody's list is which of our fields. TOML, checked before a row is read.

source = "state-list-2026"          # names the list; with a row's id it finds the same row again
id = ["licence no"]                 # columns that identify a row
[columns]
name = ["name1", "name2"]           # several columns are joined by ", "
zip = "zip"
[fixed]
languages = "en"                    # the same for every row
[values.accepting_patients]         # their words for our codes
"Yes" = "newpt"
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TEXTS = (
    "name", "organization", "legal_name", "description", "address1", "address2", "city", "transport", "ride_home_rule",
    "driving_rule", "mailbox", "prescriber_given_name", "prescriber_family_name", "licence_title", "licence_number",
    "licence_source", "identity_source", "rems_evidence",
)  # fmt: skip
CODES = (
    "state", "accepting_patients", "interpreter", "hipaa_covered_entity", "exclusion", "rems_setting", "rems_method",
    "prescriber_credential", "prescriber_exclusion", "licence_status", "licence_method", "supervision_on_site",
    "supervision_monitor", "supervision_method", "identity_method",
)  # fmt: skip
LISTS = ("languages", "accessibility", "treatments", "conditions", "payers", "supervision_attested")
NUMBERS = ("wait_days", "observation_minutes", "price_min", "price_max", "patients_per_monitor")
DAYS = (
    "exclusion_checked_on", "prescriber_exclusion_checked_on", "licence_issued_on", "licence_expires_on",
    "licence_checked_on", "rems_checked_on", "supervision_checked_on", "identity_checked_on", "price_as_of",
    "confirmed_on",
)  # fmt: skip
SPECIAL = (
    "zip", "zip4", "latitude", "longitude", "phone", "fax", "url", "npi", "prescriber_npi", "prescriber_dea",
    "home_use_offered",
)  # fmt: skip
FIELDS = frozenset((*TEXTS, *CODES, *LISTS, *NUMBERS, *DAYS, *SPECIAL))
NEEDED = ("name", "address1", "city", "state", "zip")
_KEYS = {"source", "encoding", "delimiter", "id", "empty", "cut_at", "columns", "fixed", "values", "about"}


class Unusable(Exception):
    """The map or the file cannot be used at all; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMap:
    """A checked map. `empty` are words that mean nothing was said; `cut_at` is where the list cuts its names off."""

    source: str
    id_columns: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    fixed: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()
    cut_at: int | None = None
    encoding: str = "utf-8-sig"
    delimiter: str = ","

    def missing_from(self, header: list[str]) -> list[str]:
        """Columns that the map names and the file lacks."""
        named = dict.fromkeys((*self.id_columns, *(c for columns in self.columns.values() for c in columns)))
        return [column for column in named if column not in header]


def load(path: Path) -> ImportMap:
    """The map of a file. Raises Unusable with a sentence."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise Unusable(f"The map {path} cannot be read: {problem.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise Unusable(f"The map {path} is not TOML: {problem}.") from None
    return parse(given)


def parse(given: dict[str, Any]) -> ImportMap:
    """The map from its TOML. Raises Unusable with a sentence."""
    if unknown := sorted(set(given) - _KEYS):
        raise Unusable(f"The map says {', '.join(unknown)}, which means nothing here.")
    columns = {name: _names(name, value) for name, value in _table(given, "columns").items()}
    fixed = {name: str(value) for name, value in _table(given, "fixed").items()}
    values = _table(given, "values")
    for name in (*columns, *fixed, *values):
        if name not in FIELDS:
            raise Unusable(f"The map names the field {name!r}, and there is none.")
    if lacking := [name for name in NEEDED if name not in columns and name not in fixed]:
        raise Unusable(f"The map must say where to find: {', '.join(lacking)}.")
    source = given.get("source")
    if not isinstance(source, str) or not source.strip():
        raise Unusable('The map must name its list: source = "…".')
    cut_at = given.get("cut_at")
    if cut_at is not None and (not isinstance(cut_at, int) or cut_at < 5):
        raise Unusable("cut_at is the number of characters after which the list cuts names off.")
    return ImportMap(
        source=source.strip(),
        id_columns=_names("id", given.get("id", [])),
        columns=columns,
        fixed=fixed,
        values={name: {str(k).casefold(): str(v) for k, v in table.items()} for name, table in values.items()},
        empty=frozenset(str(word).casefold() for word in given.get("empty", [])),
        cut_at=cut_at,
        encoding=str(given.get("encoding", "utf-8-sig")),
        delimiter=str(given.get("delimiter", ",")),
    )


def _table(given: dict[str, Any], name: str) -> dict[str, Any]:
    table = given.get(name, {})
    if not isinstance(table, dict):
        raise Unusable(f"[{name}] of the map is a table.")
    return table


def _names(field_name: str, value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise Unusable(f"{field_name} of the map is a column or a list of columns.")
    return tuple(names)
