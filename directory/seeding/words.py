"""The authored parts of which invented clinics are made: towns, names, streets, people, sentences (`seed/demo/`)."""

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from directory.geography.point import Point

DEMO_FOLDER = Path(__file__).resolve().parents[2] / "seed" / "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A real town where an invented clinic stands: its ZIP's centre, its zone, and an area code for a 555 number."""

    zip5: str
    city: str
    state: str
    point: Point
    time_zone: str
    area_code: str


@cache
def towns() -> tuple[Town, ...]:
    """All towns, the thirty of the quick start first."""
    with (DEMO_FOLDER / "towns.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Town(
                zip5=row["zip5"],
                city=row["city"],
                state=row["state"],
                point=Point(latitude=float(row["latitude"]), longitude=float(row["longitude"])),
                time_zone=row["time_zone"],
                area_code=row["area_code"],
            )
            for row in csv.DictReader(file)
        )


@cache
def words() -> dict[str, Any]:
    """The tables of `seed/demo/words.toml`."""
    with (DEMO_FOLDER / "words.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def authored() -> dict[str, Any]:
    """What is written, not drawn, of some clinics, by ZIP code: `name`, `profile`, `site` and `lines` by treatment."""
    with (DEMO_FOLDER / "authored.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def stems() -> tuple[str, ...]:
    """Names for organizations such as "Still Water", each once, well mixed, in an order that never changes."""
    first, second = words()["names"]["first"], words()["names"]["second"]
    pairs = ((first[n % len(first)], second[(n * 7 + n // len(first)) % len(second)]) for n in range(len(first) * 6))
    return tuple(dict.fromkeys(f"{a} {b}" for a, b in pairs if a != b))
