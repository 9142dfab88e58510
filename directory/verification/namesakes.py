"""Whether a row of the exclusion list may mean somebody: by NPI, by name and birth date, by name and state. Pure."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from uuid import UUID

from directory.terminology.exclusions import Exclusion
from directory.verification.sources.leie import Excluded

_SUFFIX = re.compile(r" (?:JR|SR|II|III|IV|MD|DO|NP|PA|PHD)$")
_COMPANY = re.compile(r"\b(?:LLC|INC|INCORPORATED|PC|PLLC|LLP|LTD|CORP|CORPORATION|CO|COMPANY|PA|THE)\b")
STRENGTH = {Exclusion.NPI_MATCH: 3, Exclusion.NAME_DOB_MATCH: 2, Exclusion.NAME_STATE_POSSIBLE: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Somebody, or an organization, as the list is compared with them. `states`: where they work or are licensed."""

    id: UUID
    npi: str | None
    birth_on: dt.date | None = None
    states: frozenset[str] = frozenset()


def person_key(family_name: str, given_name: str) -> str:
    """A person's name without case, accents, spaces, suffixes and further given names."""
    family = _SUFFIX.sub("", _plain(family_name))
    given = _plain(given_name).split(" ")[0]
    return f"{family.replace(' ', '')}|{given}"


def business_key(name: str) -> str:
    """An organization's name without case, accents, spaces and legal form."""
    return _COMPANY.sub("", _plain(name)).replace(" ", "")


def how_alike(listed: Listed, row: Excluded) -> Exclusion | None:
    """How a row whose name is the same may mean `listed`; None when it cannot.

    Two different NPIs or birth dates are two people, whatever they are called.
    """
    if row.npi is not None and row.npi == listed.npi:
        return Exclusion.NPI_MATCH
    if row.npi is not None and listed.npi is not None:
        return None
    if row.birth_on is not None and listed.birth_on is not None:
        return Exclusion.NAME_DOB_MATCH if row.birth_on == listed.birth_on else None
    return Exclusion.NAME_STATE_POSSIBLE if row.state in listed.states else None


def _plain(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    return re.sub(r"[^A-Z0-9]+", " ", re.sub(r"[.'’]", "", bare)).strip()
