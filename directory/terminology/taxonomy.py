"""The NUCC provider taxonomy subset (v25.0). Specialty is self-reported; no code says "ketamine".

The code set is the AMA's: commercial use needs a licence.
"""

import csv
from dataclasses import dataclass
from functools import cache

from directory.terminology.code_list import CodeList
from directory.terminology.reference import REFERENCE_FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Specialty:
    """One taxonomy code; `individual` is False for the codes of organizations."""

    code: str
    label: str
    grouping: str
    classification: str
    individual: bool


@cache
def specialties() -> CodeList[Specialty]:
    """All specialties of the subset."""
    with (REFERENCE_FOLDER / "nucc.csv").open(encoding="utf-8", newline="") as file:
        return CodeList(
            "NUCC taxonomy",
            [
                Specialty(
                    code=row["code"],
                    label=row["display_name"],
                    grouping=row["grouping"],
                    classification=row["classification"],
                    individual=row["section"] == "Individual",
                )
                for row in csv.DictReader(file)
            ],
        )
