"""What may stand in a listing at all: each rule gives problems in words, by field. Pure.

Whether a listing may be *public* is another question: see `verification.rules`.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from directory.listings.fields import LINE_WORDS, SITE_WORDS
from directory.listings.models import (
    Endpoint,
    HealthcareService,
    Location,
    Organization,
    Practitioner,
    Qualification,
)
from directory.terminology.accepting import ACCEPTING
from directory.terminology.accessibility import ACCESSIBILITY
from directory.terminology.code_list import CodeList
from directory.terminology.conditions import CONDITIONS
from directory.terminology.credentials import CREDENTIALS
from directory.terminology.identifiers import is_npi, is_nucc_code
from directory.terminology.languages import INTERPRETERS, LANGUAGES
from directory.terminology.licences import LICENCE_STATUSES
from directory.terminology.payers import PAYERS
from directory.terminology.states import STATES
from directory.terminology.treatments import LISTABLE
from directory.wording.say import _

LONGEST_NAME = 120
LONGEST_TEXT = 2000
LONGEST_WAIT_DAYS = 730
_ZIP5 = re.compile(r"[0-9]{5}")
_ZIP4 = re.compile(r"(?:[0-9]{4})?")
_E164_US = re.compile(r"\+1[2-9][0-9]{9}")
_MAILBOX = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_ZONES = frozenset(available_timezones())


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A field and what is wrong with it, in a sentence for the person who filled it in."""

    field: str
    words: str


def normal_phone(text: str) -> str | None:
    """A US phone number as people write it, in E.164; None when it is none (an extension is cut off)."""
    digits = re.sub(r"[^0-9]", "", re.split(r"(?i)ext|x", text, maxsplit=1)[0])
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    number = f"+1{digits}"
    return number if _E164_US.fullmatch(number) else None


def slug_for(name: str, city: str, state: str, taken: Collection[str] = ()) -> str:
    """An address for a page, such as `harbour-clinic-portland-me`; numbered when `taken`."""
    plain = unicodedata.normalize("NFKD", f"{name} {city} {state}").encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:100].strip("-") or "clinic"
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def monday_of(day: dt.date) -> dt.date:
    """The Monday of the week of `day`: intake is promised by the week."""
    return day - dt.timedelta(days=day.weekday())


def organization_problems(row: Organization) -> list[Problem]:
    """What is wrong with an organization."""
    return _problems(
        _text("name", row.name, most=LONGEST_NAME, needed=_("Enter the organization's name")),
        _text("legal_name", row.legal_name, most=LONGEST_NAME, needed=_("Enter the legal name")),
        ("npi", row.npi is None or is_npi(row.npi), _("This NPI has a wrong digit")),
        _web_address("url", row.url),
    )


def site_problems(row: Location) -> list[Problem]:
    """What is wrong with a site by itself."""
    return _problems(
        _text("name", row.name, most=LONGEST_NAME, needed=_("Enter the clinic's name")),
        _text("description", row.description),
        _text("address1", row.address1, most=LONGEST_NAME, needed=_("Enter the street address")),
        _text("city", row.city, most=LONGEST_NAME, needed=_("Enter the town")),
        ("state", row.state in STATES, _("Choose a state or territory")),
        ("zip5", bool(_ZIP5.fullmatch(row.zip5)), _("Enter a ZIP code of five digits")),
        ("zip4", bool(_ZIP4.fullmatch(row.zip4)), _("The part after the ZIP code has four digits")),
        ("point", -90 <= row.latitude <= 90 and -180 <= row.longitude <= 180, _("This point is not on the map")),
        ("point", (row.latitude, row.longitude) != (0, 0), _("This point lies in the sea off Africa")),
        ("time_zone", row.time_zone in _ZONES, _("Choose a time zone")),
        ("phone", row.phone is None or bool(_E164_US.fullmatch(row.phone)), _("Enter a US phone number")),
        ("fax", row.fax is None or bool(_E164_US.fullmatch(row.fax)), _("Enter a US fax number")),
        _web_address("url", row.url),
        ("accepting_patients", row.accepting_patients in ACCEPTING, _("Choose whether you accept new patients")),
        (
            "wait_days",
            row.wait_days is None or 0 <= row.wait_days <= LONGEST_WAIT_DAYS,
            _("The wait is between 0 and 730 days"),
        ),
        _codes("languages", row.languages, LANGUAGES),
        ("interpreter", row.interpreter in INTERPRETERS, _("Choose an interpreter service")),
        _codes("accessibility", row.accessibility, ACCESSIBILITY),
        _text("transport", row.transport),
        _text("ride_home_rule", row.ride_home_rule),
        _text("driving_rule", row.driving_rule),
        *(_text(f"{name}_es", getattr(row, f"{name}_es")) for name in SITE_WORDS),
    )


def line_problems(row: HealthcareService) -> list[Problem]:
    """What is wrong with a treatment line."""
    lowest, highest = row.price_min, row.price_max
    return _problems(
        ("treatment", row.treatment in LISTABLE, _("This treatment cannot be listed here")),
        _text("comment", row.comment),
        _text("exclusions", row.exclusions),
        *(_text(f"{name}_es", getattr(row, f"{name}_es")) for name in LINE_WORDS),
        _codes("conditions", row.conditions, CONDITIONS),
        _codes("payers", row.payers, PAYERS),
        ("minimum_age", 18 <= row.minimum_age <= 120, _("The minimum age is 18 or more")),
        (
            "maximum_age",
            row.maximum_age is None or row.minimum_age <= row.maximum_age <= 120,
            _("The maximum age is not below the minimum"),
        ),
        ("price_min", lowest is None or 0 <= lowest <= 100_000, _("Enter a price in whole dollars")),
        (
            "price_max",
            highest is None or (lowest is not None and lowest <= highest <= 100_000),
            _("The highest price is not below the lowest"),
        ),
        ("price_as_of", (lowest is None) == (row.price_as_of is None), _("Say on which day the price held")),
        (
            "observation_minutes",
            row.observation_minutes is None or 1 <= row.observation_minutes <= 1440,
            _("Enter the minutes of observation"),
        ),
        (
            "sessions_per_week",
            row.sessions_per_week is None or 1 <= row.sessions_per_week <= 7,
            _("Sessions are between 1 and 7 a week"),
        ),
        (
            "next_intake_on",
            row.next_intake_on is None or row.next_intake_on.weekday() == 0,
            _("Give the Monday of the week"),
        ),
    )


def person_problems(row: Practitioner) -> list[Problem]:
    """What is wrong with someone on a team."""
    return _problems(
        _text("given_name", row.given_name, most=LONGEST_NAME, needed=_("Enter a first name")),
        _text("family_name", row.family_name, most=LONGEST_NAME, needed=_("Enter a last name")),
        ("credential", row.credential in CREDENTIALS, _("Choose a credential")),
        ("npi", row.npi is None or is_npi(row.npi), _("This NPI has a wrong digit")),
        ("specialty", row.specialty is None or is_nucc_code(row.specialty), _("This is no taxonomy code")),
    )


def qualification_problems(row: Qualification) -> list[Problem]:
    """What is wrong with a licence or certificate."""
    return _problems(
        _text("title", row.title, most=LONGEST_NAME, needed=_("Enter the type of license")),
        ("status", row.status in LICENCE_STATUSES, _("Choose a status")),
        ("state", row.state in STATES if row.kind == "LICENCE" else True, _("Choose the state of the license")),
        _text("number", row.number, most=40),
        (
            "expires_on",
            row.issued_on is None or row.expires_on is None or row.issued_on <= row.expires_on,
            _("It cannot expire before it was issued"),
        ),
    )


def endpoint_problems(row: Endpoint) -> list[Problem]:
    """What is wrong with the place requests go to."""
    if row.channel == "FAX":
        return _problems(("address", bool(_E164_US.fullmatch(row.address)), _("Enter a US fax number")))
    right = len(row.address) <= 254 and bool(_MAILBOX.fullmatch(row.address))
    called = row.channel != "WEBHOOK" or _is_https(row.hook_url or "")
    return _problems(
        ("address", right, _("Enter one email address")),
        ("hook_url", called, _("Enter the address of your system; it begins with https://")),
    )


def _is_https(address: str) -> bool:
    parts = urlsplit(address)
    plain = not parts.username and not parts.password and not parts.fragment and address.isascii()
    return parts.scheme == "https" and bool(parts.hostname) and plain and len(address) <= 300


_Check = tuple[str, bool, str]


def _problems(*checks: _Check) -> list[Problem]:
    return [Problem(field=field, words=words) for field, right, words in checks if not right]


def _text(field: str, value: str, *, most: int = LONGEST_TEXT, needed: str | None = None) -> _Check:
    if needed is not None and not value.strip():
        return field, False, needed
    return field, len(value) <= most, _("Use {number} characters or fewer").format(number=most)


def _codes(field: str, values: Iterable[str], known: CodeList[Any]) -> _Check:
    wrong = known.unknown(values)
    return field, not wrong, _("Not a choice here: {codes}").format(codes=", ".join(wrong))


def _web_address(field: str, value: str | None) -> _Check:
    if value is None:
        return field, True, ""
    parts = urlsplit(value)
    right = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and len(value) <= 300
    return field, right, _("Enter a web address that begins with https://")


Rule = Callable[[Any], list[Problem]]
RULES: dict[type, Rule] = {
    Organization: organization_problems,
    Location: site_problems,
    HealthcareService: line_problems,
    Practitioner: person_problems,
    Qualification: qualification_problems,
    Endpoint: endpoint_problems,
}


def problems_of(*rows: object) -> list[Problem]:
    """The problems of any rows of the listings that have rules; others pass (their CHECKs hold)."""
    return [problem for row in rows if type(row) in RULES for problem in RULES[type(row)](row)]
