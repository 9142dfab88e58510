"""The ICD-10-CM subset a clinician may pick from. No code exists for treatment-resistant depression.

Read from `seed/reference/icd10.csv` on first use. Codes are kept without the dot and shown with it.
"""

import csv
from dataclasses import dataclass
from functools import cache

from directory.terminology.reference import REFERENCE_FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Icd10:
    """`code` is undotted (`F332`), `display` dotted (`F33.2`); a header is not `billable` and is never offered.

    `sensitive`: substance-use codes, guarded by 42 CFR Part 2.
    """

    code: str
    display: str
    label: str
    group: str
    billable: bool

    @property
    def sensitive(self) -> bool:
        """Substance-use codes are extra-sensitive (42 CFR Part 2)."""
        return self.group == "SUD"


@cache
def _table() -> dict[str, Icd10]:
    with (REFERENCE_FOLDER / "icd10.csv").open(encoding="utf-8", newline="") as file:
        rows = (
            Icd10(
                code=normalise(row["code"]),
                display=row["code"],
                label=row["label"],
                group=row["condition_group"],
                billable=row["billable"] == "Y",
            )
            for row in csv.DictReader(file)
        )
        return {row.code: row for row in rows}


def normalise(text: str) -> str:
    """A code as it is kept: upper case, no dot, no spaces."""
    return "".join(text.split()).replace(".", "").upper()


def find(text: str) -> Icd10 | None:
    """The row for a code with or without its dot, in any case, billable or not; None when it is not in the subset."""
    return _table().get(normalise(text))


def is_billable(text: str) -> bool:
    """True for a code of the subset that is no header."""
    row = find(text)
    return row is not None and row.billable


def offered(groups: tuple[str, ...] | None = None) -> list[Icd10]:
    """The billable codes for a picker, by group when groups are named, in the file's order."""
    return [row for row in _table().values() if row.billable and (groups is None or row.group in groups)]


def below(text: str) -> list[Icd10]:
    """The billable codes that begin as `text` does: what a header can be made into."""
    typed = normalise(text)
    return [row for row in offered() if typed and row.code.startswith(typed)]


def search(text: str) -> list[Icd10]:
    """Billable codes whose code begins with the first word of `text`, else those in whose label each word occurs.

    A word counts by its first six letters, so "depression" finds "depressive"; the group's short name is a word too.
    """
    words = [word.strip(".,;:()").casefold()[:6] for word in text.split()]
    by_code = below(text.split(maxsplit=1)[0]) if words else []
    return by_code or [row for row in offered() if words and all(_occurs(word, row) for word in words)]


def _occurs(word: str, row: Icd10) -> bool:
    named = f"{row.label} {row.group.replace('_', ' ')}".replace(",", " ").replace("-", " ").casefold().split()
    return any(other.startswith(word) for other in named)
