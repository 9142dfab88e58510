"""Antidepressants and what is added to them, by class, for the trials that a clinician tells of. Others may be typed.

Read from `seed/reference/antidepressants.csv` on first use.
"""

import csv
from dataclasses import dataclass
from functools import cache

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList
from directory.terminology.reference import REFERENCE_FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugClass:
    """A class that payers tell apart. `antidepressant` is False for what is only added to one."""

    code: str
    label: str
    antidepressant: bool = True


CLASSES: CodeList[DrugClass] = CodeList(
    "classes of antidepressants",
    (
        DrugClass(code="SSRI", label=_("SSRI")),
        DrugClass(code="SNRI", label=_("SNRI")),
        DrugClass(code="NDRI", label=_("NDRI")),
        DrugClass(code="TCA", label=_("tricyclic or tetracyclic")),
        DrugClass(code="MAOI", label=_("MAO inhibitor")),
        DrugClass(code="SARI", label=_("SARI")),
        DrugClass(code="MIRTAZAPINE", label=_("mirtazapine")),
        DrugClass(code="OTHER", label=_("other antidepressant")),
        DrugClass(code="ADD_ON", label=_("add-on"), antidepressant=False),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Antidepressant:
    """A generic name, its class, and the brands it is known by."""

    name: str
    drug_class: DrugClass
    brands: tuple[str, ...]

    @property
    def label(self) -> str:
        """The generic name with its brands and class, as a picker shows it."""
        known_as = f" ({', '.join(self.brands)})" if self.brands else ""
        return f"{self.name}{known_as}, {self.drug_class.label}"


@cache
def _table() -> tuple[Antidepressant, ...]:
    with (REFERENCE_FOLDER / "antidepressants.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Antidepressant(
                name=row["name"],
                drug_class=CLASSES[row["class"]],
                brands=tuple(brand for brand in row["brands"].split(";") if brand),
            )
            for row in csv.DictReader(file)
        )


@cache
def _by_name() -> dict[str, Antidepressant]:
    named = {row.name.casefold(): row for row in _table()}
    plain = {row.name.split(" (")[0].casefold(): row for row in _table()}
    return {brand.casefold(): row for row in _table() for brand in row.brands} | plain | named


def offered() -> tuple[Antidepressant, ...]:
    """All of them, for a picker."""
    return _table()


def find(text: str) -> Antidepressant | None:
    """The row for a generic name or a brand in any case, alone or as the picker's line; None for what is not listed."""
    word = " ".join(text.split()).casefold()
    plain = word.split(",")[0].split(" (")[0].strip()
    return _by_name().get(word) or _by_name().get(plain)
