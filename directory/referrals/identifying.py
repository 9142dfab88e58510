"""What in a text points to one person: a name, a date, a phone number, an email address, a record's number. Pure.

Templates and what is kept for other patients hold none of it. The sender's own phone and mailbox may stand there.
"""

import re
from collections.abc import Mapping
from typing import Any

from directory.referrals.vetting import plain

_NAME_LETTERS = 3
_FEWEST_DIGITS = 5
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic"
_DAYS = (
    re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})\b"),
    re.compile(r"\b\d{4}[/.-]\d{1,2}[/.-]\d{1,2}\b"),
    re.compile(rf"\b(?:{_MONTHS})[a-z]*\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b", re.IGNORECASE),
    re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: de)? (?:{_MONTHS})[a-z]*\.?,?(?: de)? \d{{4}}\b", re.IGNORECASE),
)
# Begun only where such a run begins: from each of its letters anew, a long text without an @ would take half a minute.
_MAILBOX = re.compile(r"(?<![^\s@<>(),;])[^\s@<>(),;]+@[^\s@<>(),;]+\.[^\s@<>(),;.]+")
_NUMBER = re.compile(r"(?<![\w.])[(+]?\d[\d ().-]*\d(?![\w%])")
_RANGE = re.compile(r"\d{1,3} ?- ?\d{1,3}")
_RECORD = re.compile(r"\b(?:MRN|DOB|SSN|(?:chart|record|member|case) ?(?:no\b\.?|number|#|id\b))\W*\d", re.IGNORECASE)


def names(name: str, text: str) -> bool:
    """Whether a text has somebody's name: a part of it, or all of it where its parts are very short."""
    parts = {part for part in plain(name).split() if len(part) >= _NAME_LETTERS}
    # As it is written too: `plain` knows Latin letters alone.
    whole = [(f" {read(name)} ", f" {read(text)} ") for read in (plain, _words) if read(name)]
    return bool(parts & set(plain(text).split())) or any(named in said for named, said in whole)


def points_to_one(text: str, *, sender: Mapping[str, Any]) -> bool:
    """Whether a text has a whole date, a phone number, an email address or a long number that is not the sender's."""
    left = text
    for found in _MAILBOX.findall(text):
        if found.rstrip(".").casefold() not in _said(sender, "sender_mailbox", "sender_direct"):
            return True
        left = left.replace(found, " ")
    if _RECORD.search(left) or any(day.search(left) for day in _DAYS):
        return True
    own = {_digits(each)[-10:] for each in _said(sender, "sender_phone", "sender_fax", "npi") if each}
    numbers = (_digits(found) for found in _NUMBER.findall(left) if not _RANGE.fullmatch(found))
    return any(len(number) >= _FEWEST_DIGITS and number[-10:] not in own for number in numbers)


def _said(sender: Mapping[str, Any], *fields: str) -> set[str]:
    return {str(sender.get(name) or "").casefold() for name in fields}


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
