"""What every registry answers about a number, whatever it is asked through: the interface and its values."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryRecord:
    """What a registry says of an NPI. Self-reported by its holder: proof that it exists, not that it is true.

    Texts are as the registry writes them, without its words for nothing; `states` are of practice addresses.
    """

    npi: str
    is_person: bool
    active: bool
    family_name: str = ""
    given_name: str = ""
    organization_name: str = ""
    other_name: str = ""
    phone: str = ""
    zip5: str = ""
    states: frozenset[str] = frozenset()
    taxonomies: tuple[str, ...] = ()
    updated_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One number asked about: its record, None when the registry has none, or why it could not be asked."""

    npi: str
    record: RegistryRecord | None = None
    failed: str = ""


class PrimarySource(Protocol):
    """A registry that can be asked about numbers. It changes nothing; every number gets one answer."""

    @property
    def code(self) -> str:
        """A short name kept with each difference."""
        ...

    def look_up(self, npis: Iterable[str]) -> Iterator[Answer]:
        """The answer for each number, in any order. Never raises for what the registry says or fails to say."""
        ...


def said(value: object) -> str:
    """A registry's text without its words for nothing: "--", "<UNAVAIL>", null."""
    text = " ".join(str(value).split()) if isinstance(value, str | int) else ""
    return "" if text.upper() in ("--", "<UNAVAIL>", "NULL", "NONE", "N/A") else text
