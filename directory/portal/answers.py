"""What people type into a section: one reader for each kind of fact, and what a fact looks like in its field again.

A reader gives a fact's plain value, or raises ValueError with the sentence for the field.
"""

import datetime as dt
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from directory.delivery.rules import one_mailbox
from directory.listings.fields import Field, Kind
from directory.listings.rules import LONGEST_NAME, LONGEST_TEXT, normal_phone
from directory.listings.telling import stretches
from directory.terminology.identifiers import is_npi
from directory.wording.claims import find_claims
from directory.wording.say import _

MOST_CLOSURES = 12
_STRETCH = re.compile(
    r"(?P<from>\d{1,2}(?::\d{2})?)\s*(?P<from_half>[ap]\.?m\.?)?\s*(?:-|–|—|to|until)\s*"
    r"(?P<to>\d{1,2}(?::\d{2})?)\s*(?P<to_half>[ap]\.?m\.?)?",
    re.IGNORECASE,
)
_US_DAY = re.compile(r"(\d{1,2})[/ ](\d{1,2})[/ ](\d{4})")


def read(field: Field, typed: Any) -> Any:
    """The plain value of what was typed. Raises ValueError in words."""
    if isinstance(typed, str):
        typed = typed.strip()
    if typed in ("", [], None):
        if field.needed:
            raise ValueError(field.needed)
        return _EMPTY.get(field.kind)
    return _READ[field.kind](field, typed)


def shown(field: Field, value: Any) -> Any:
    """A fact as its field shows it."""
    if field.kind in _SHOWN:
        return _SHOWN[field.kind](value)
    return "" if value is None else str(value)


def _written(number: str | None) -> str:
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}" if number else ""


def _text(field: Field, typed: str) -> str:
    most = field.most or (LONGEST_TEXT if field.kind is Kind.TEXT else LONGEST_NAME)
    if len(typed) > most:
        raise ValueError(_("{what}: use {number} characters or fewer").format(what=field.label, number=most))
    for claim in find_claims(typed):
        raise ValueError(_("Leave out “{words}”. {why}").format(words=claim.words, why=claim.why))
    return typed


def _names(field: Field, typed: str) -> list[str]:
    return [_text(field, line.strip()) for line in typed.splitlines() if line.strip()][:40]


def _phone(field: Field, typed: str) -> str:
    number = normal_phone(typed)
    if number is None:
        raise ValueError(_("Enter a US phone number with its area code, like 555 555 0123"))
    return number


def _web(field: Field, typed: str) -> str:
    address = typed if "://" in typed else f"https://{typed}"
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or "") or len(address) > 300:
        raise ValueError(_("Enter a web address that begins with https://"))
    return address


def _mailbox(field: Field, typed: str) -> str:
    found = one_mailbox(typed)
    if found is None:
        raise ValueError(_("Enter one email address, like name@example.org"))
    return found


def _digits(length: int, words: str) -> Callable[[Field, str], str]:
    def read_digits(field: Field, typed: str) -> str:
        if not re.fullmatch(rf"[0-9]{{{length}}}", typed):
            raise ValueError(words)
        return typed

    return read_digits


def _npi(field: Field, typed: str) -> str:
    if not is_npi(typed):
        raise ValueError(_("This NPI has a wrong digit"))
    return typed


def _code(field: Field, typed: str) -> str:
    if typed not in dict(field.options):
        raise ValueError(field.needed or _("{what}: choose one of the list").format(what=field.label))
    return typed


def _codes(field: Field, typed: list[str]) -> list[str]:
    given = set(typed)
    if not given <= set(dict(field.options)):
        raise ValueError(_("{what}: choose from the list").format(what=field.label))
    return [code for code, _label in field.options if code in given]


def _number(field: Field, typed: str) -> int:
    plain = typed.replace(",", "").removeprefix("$")
    if not (plain.isascii() and plain.isdigit() and len(plain) < 9) or (field.most and int(plain) > field.most):
        words = _("{what}: enter a whole number up to {most}")
        raise ValueError(words.format(what=field.label, most=f"{field.most:,}"))
    return int(plain)


def _day(field: Field, typed: str) -> str:
    written = _US_DAY.fullmatch(typed)
    try:
        if written:
            return dt.date(int(written[3]), int(written[1]), int(written[2])).isoformat()
        return dt.date.fromisoformat(typed).isoformat()
    except ValueError:
        raise ValueError(_("{what}: enter a day, such as 2026-05-04").format(what=field.label)) from None


def _said(field: Field, typed: str) -> bool | None:
    return {"yes": True, "no": False}.get(typed)


_CLOCK_WORDS = {
    "noon": "12 pm",
    "midnight": "12 am",
    "mediodía": "12 pm",
    "medianoche": "12 am",
    "a. m.": "am",
    "p. m.": "pm",
    "de ": "",
    " a ": " to ",
}
"""Words of a day's hours in both languages → what the pattern knows."""


def read_stretches(text: str) -> list[list[str]]:
    """Hours of one day as people write them: "9-12, 1 pm – 5 pm", "9:00-17:00", "all day", "closed"."""
    plain = " ".join(text.split()).casefold()  # what we show has spaces that do not break
    if plain in ("", "closed", "cerrado"):
        return []
    if plain in ("all day", "24 hours", "open all day", "todo el día", "24 horas"):
        return [["", ""]]
    for word, meant in _CLOCK_WORDS.items():
        plain = plain.replace(word, meant)
    found: list[list[str]] = []
    for part in plain.replace(";", ",").split(","):
        if part.strip():
            found.append(_stretch(part, after=found[-1][1] if found else ""))
    if any(earlier[1] > later[0] for earlier, later in pairwise(found)):
        raise ValueError(_("The hours of one day follow one another"))
    return found


def _stretch(text: str, *, after: str) -> list[str]:
    wrong = ValueError(_("Enter hours like 9 am – 5 pm, or several with a comma; or closed, or all day"))
    match = _STRETCH.fullmatch(text.strip())
    if match is None:
        raise wrong
    closes_in = match["to_half"]
    opens, closes = _time(match["from"], match["from_half"]), _time(match["to"], closes_in)
    if opens is None or closes is None:
        raise wrong
    if not closes_in and closes <= opens and closes.hour < 12:  # "9-5"
        closes = closes.replace(hour=closes.hour + 12)
    if (
        not closes_in and not match["from_half"] and opens.isoformat("minutes") < after and closes.hour < 12
    ):  # "9-12, 1-5"
        opens, closes = opens.replace(hour=opens.hour + 12), closes.replace(hour=closes.hour + 12)
    if opens >= closes:
        raise ValueError(_("A day's hours end after they begin; for hours past midnight use two days"))
    return [opens.isoformat("minutes"), closes.isoformat("minutes")]


def _time(text: str, half: str | None) -> dt.time | None:
    hour, _colon, minute = text.partition(":")
    number = int(hour)
    if half:
        if not 1 <= number <= 12:
            return None
        number = number % 12 + (12 if half.startswith("p") else 0)
    return dt.time(number, int(minute or 0)) if number < 24 and int(minute or 0) < 60 else None


_SHOWN: dict[Kind, Callable[[Any], Any]] = {
    Kind.STRETCHES: lambda value: stretches(value or []),
    Kind.SAID: lambda value: {True: "yes", False: "no", None: ""}[value],
    Kind.YES_NO: lambda value: "yes" if value else "",
    Kind.CODES: lambda value: list(value or []),
    Kind.WEEKDAYS: lambda value: list(value or []),
    Kind.NAMES: lambda value: "\n".join(value or []),
    Kind.PHONE: _written,
}
_EMPTY: dict[Kind, Any] = {Kind.YES_NO: False, Kind.CODES: [], Kind.WEEKDAYS: [], Kind.NAMES: [], Kind.STRETCHES: []}
_READ: dict[Kind, Callable[[Field, Any], Any]] = {
    Kind.NAME: _text,
    Kind.TEXT: _text,
    Kind.PHONE: _phone,
    Kind.WEB: _web,
    Kind.MAILBOX: _mailbox,
    Kind.ZIP: _digits(5, _("Enter a ZIP code of five digits")),
    Kind.ZIP4: _digits(4, _("The part after the ZIP code has four digits")),
    Kind.NPI: _npi,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.WEEKDAYS: _codes,
    Kind.NUMBER: _number,
    Kind.DAY: _day,
    Kind.YES_NO: lambda _field, typed: typed == "yes",
    Kind.SAID: _said,
    Kind.STRETCHES: lambda _field, typed: read_stretches(typed),
    Kind.NAMES: _names,
}


def read_closure(row: list[str]) -> list[str]:
    """Days closed: first, last and why. One day alone may leave the last empty."""
    first, last, reason = row[0], row[1] or row[0], row[2]
    try:
        starts_on, ends_on = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    except ValueError:
        raise ValueError(_("Days closed: enter days such as 2026-07-03")) from None
    if ends_on < starts_on:
        raise ValueError(_("The last day closed cannot be before the first."))
    if (ends_on - starts_on).days > 366:
        raise ValueError(_("For more than a year, close the listing instead."))
    for claim in find_claims(reason):
        raise ValueError(_("Leave out “{words}”. {why}").format(words=claim.words, why=claim.why))
    return [first, last, reason[:LONGEST_NAME]]
