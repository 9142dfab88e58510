"""What treatments typically cost people who pay themselves: what sources tell, each with its year. Never a quote.

Read once from `seed/reference/typical_prices.csv`. A treatment without a row has no price that a source told.
"""

import csv
from dataclasses import dataclass
from functools import cache

from directory.terminology.course_plans import Source, source_of
from directory.terminology.reference import REFERENCE_FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class TypicalPrice:
    """Whole US dollars. `figure` is range or middle (half of the clinics ask more, half less); `per` as in listings.

    `holds` is visit, or drug_and_visit.
    """

    treatment: str
    figure: str
    lowest: int
    highest: int
    per: str
    holds: str
    source: Source


def prices_for(treatment: str) -> tuple[TypicalPrice, ...]:
    """The typical prices of a treatment, ranges first; none where no source tells one."""
    return tuple(price for price in _prices() if price.treatment == treatment)


@cache
def _prices() -> tuple[TypicalPrice, ...]:
    with (REFERENCE_FOLDER / "typical_prices.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            TypicalPrice(
                treatment=row["treatment"],
                figure=row["figure"],
                lowest=int(row["lowest"]),
                highest=int(row["highest"]),
                per=row["per"],
                holds=row["holds"],
                source=source_of(row),
            )
            for row in csv.DictReader(file)
        )
