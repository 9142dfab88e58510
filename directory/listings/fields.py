"""What a clinic can say of itself, as plain named facts: the section each stands in, its kind, and what a change needs.

A fact has a flat name: `phone`, `lines.KET_IV.comment`, `supervision.oxygen`, `hours.0`, `people.ID.roles`,
`people.ID.licences.ID.number`. Its value is plain JSON, so that a revision can keep it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from directory.terminology.proofs import FactGroup

Facts = Mapping[str, Any]
"""Facts by name. A name that is missing is the same as None."""

SITE_WORDS = ("description", "transport", "ride_home_rule", "driving_rule")
LINE_WORDS = ("comment", "exclusions")
"""What a clinic may write in its own words, and again in Spanish under the same name with `_es`."""


class Section(StrEnum):
    """A page of the clinic's rooms."""

    ABOUT = "about"
    TREATMENTS = "treatments"
    SUPERVISION = "supervision"
    PEOPLE = "people"
    HOURS = "hours"
    CONTACT = "contact"
    PRICES = "prices"
    ACCESS = "access"


class Kind(StrEnum):
    """What a fact looks like: decides how it is asked, checked and said."""

    NAME = "name"
    TEXT = "text"
    PHONE = "phone"
    WEB = "web"
    MAILBOX = "mailbox"
    ZIP = "zip"
    ZIP4 = "zip4"
    NPI = "npi"
    CODE = "code"
    CODES = "codes"
    NUMBER = "number"
    YES_NO = "yes_no"
    SAID = "said"
    """Yes, no, or not said."""
    DAY = "day"
    WEEKDAYS = "weekdays"
    STRETCHES = "stretches"
    CLOSURES = "closures"
    NAMES = "names"
    POINT = "point"
    HIDDEN = "hidden"
    """Kept with a revision so that it can be put back whole; neither asked nor shown."""


class Handling(StrEnum):
    """What a change of a fact needs before the public sees it."""

    AT_ONCE = "at_once"
    CHECKED = "checked"
    COOLED = "cooled"
    """Checked by a person, and held for 72 hours in which the old contact can object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One fact of the dictionary. `because` finishes "sent for checking, because …"."""

    name: str
    section: Section
    label: str
    kind: Kind
    group: FactGroup
    handling: Handling = Handling.AT_ONCE
    because: str = ""
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    most: int = 0
    """The greatest number, or the most characters; 0 for the kind's own."""
    needed: str = ""
    """The sentence for when it is empty; without one it may be."""
    one_site: bool = False
    """Belongs to one place and is never applied to other sites."""


def general(name: str) -> str:
    """The name in the dictionary of a fact: `lines.KET_IV.comment` is `lines.*.comment`."""
    parts = name.split(".")
    return ".".join("*" if index % 2 else part for index, part in enumerate(parts)) if len(parts) > 2 else name


def owner_of(name: str) -> str:
    """What a repeated fact belongs to: `lines.KET_IV`, `people.ID`, `people.ID.licences.ID`; else an empty text."""
    parts = name.split(".")
    return ".".join(parts[:-1]) if len(parts) > 2 else ""


def same(one: Any, other: Any) -> bool:
    """Whether two values say the same: nothing, an empty text and an empty list are alike; codes have no order."""
    if isinstance(one, list) and isinstance(other, list) and all(isinstance(each, str) for each in [*one, *other]):
        return sorted(one) == sorted(other)
    return one == other or (one in (None, "", []) and other in (None, "", []))
