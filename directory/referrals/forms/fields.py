"""Kinds of answer that several forms share: a US telephone number, one mailbox, a ZIP code, a day, a time."""

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator

from directory.delivery.rules import one_mailbox
from directory.wording.say import _

_PHONE = re.compile(r"[2-9][0-9]{2}[2-9][0-9]{6}")
_ZIP = re.compile(r"([0-9]{5})(?:-?[0-9]{4})?")

_TIME = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?\s*(am|pm)?")


def us_phone(text: str) -> str:
    """A number of the North American plan in E.164 (`+15555550123`); an empty text stays empty. ValueError in words."""
    if not text:
        return ""
    digits = re.sub(r"[\s().+/-]", "", text)
    digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    if not _PHONE.fullmatch(digits):
        raise ValueError(_("Enter a US phone number with its area code, like 555 555 0123"))
    return f"+1{digits}"


def mailbox(text: str) -> str:
    """One plain mailbox, its domain in lower case; an empty text stays empty. ValueError in words."""
    if not text:
        return ""
    found = one_mailbox(text)
    if found is None:
        raise ValueError(_("Enter one email address, like name@example.org"))
    return found


def printable(text: str) -> str:
    """One line that shows all that it holds. ValueError in words."""
    if not text.isprintable():
        raise ValueError(_("Use letters, digits and signs on one line"))
    return text


def zip5(text: str) -> str:
    """The five digits of a ZIP code or ZIP+4. ValueError in words."""
    found = _ZIP.fullmatch(text.replace(" ", ""))
    if found is None:
        raise ValueError(_("Enter a ZIP code of five digits, like 80202"))
    return found.group(1)


def day(month: str, day_: str, year: str) -> dt.date | None:
    """The day typed in three parts; None when nothing was typed. ValueError when it is no day."""
    if not (month or day_ or year):
        return None
    try:
        if len(year) != 4:
            raise ValueError
        return dt.date(int(year), int(month), int(day_))
    except ValueError:
        raise ValueError(_("Enter a day, like 3 27 1988")) from None


def time_of_day(text: str) -> dt.time:
    """A time as people in the US type it: `2:30 pm`, `9 a. m.`, `14:30`. ValueError in words."""
    plain = " ".join(text.lower().replace(".", "").split())
    found = _TIME.fullmatch(plain.replace("p m", "pm").replace("a m", "am"))
    if found is None:
        raise ValueError(_("Enter a time, like 2:30 pm"))
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    fits = 1 <= hour <= 12 if half else hour <= 23
    if not fits or minute > 59 or (not half and found[2] is None):
        raise ValueError(_("Enter a time, like 2:30 pm"))
    return dt.time(hour % 12 + (12 if half == "pm" else 0) if half else hour, minute)


OneLine = Annotated[str, AfterValidator(printable)]
Phone = Annotated[str, AfterValidator(us_phone)]
Mailbox = Annotated[str, AfterValidator(mailbox)]
Zip = Annotated[str, AfterValidator(zip5)]
