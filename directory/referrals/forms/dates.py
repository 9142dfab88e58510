"""Days as busy people type them: 3/27/1988, 27 March 1988, 3/2024, today, hoy; kept in ISO 8601, as exact as typed.

Pure: today is an argument.
"""

import datetime as dt
import re

from directory.wording.say import _

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONG = {
    name: number
    for number, names in enumerate(
        (
            ("january", "enero", "ene"),
            ("february", "febrero"),
            ("march", "marzo"),
            ("april", "abril", "abr"),
            ("may", "mayo"),
            ("june", "junio"),
            ("july", "julio"),
            ("august", "agosto", "ago"),
            ("september", "sept", "septiembre", "setiembre"),
            ("october", "octubre"),
            ("november", "noviembre"),
            ("december", "diciembre", "dic"),
        ),
        start=1,
    )
    for name in (*names, MONTHS[number - 1])
}
FILLERS = {"st", "nd", "rd", "th", "of", "in", "de", "del", "en"}
TODAY, YESTERDAY = {"today", "hoy"}, {"yesterday", "ayer"}
NOW = "now"
"""What is kept for a medicine that is still taken."""
_ONGOING = {"now", "ongoing", "current", "present", "still", "ahora", "todavía", "actual", *TODAY}
_WEEKS = re.compile(r"(\d{1,3}) ?(?:w|wk|wks|week|weeks|sem|semana|semanas)\.?")
_MONTHS_LONG = re.compile(r"(\d{1,2}) ?(?:mo|mos|month|months|mes|meses)\.?")
WEEKS_A_MONTH = 52 / 12


def day_of(text: str, today: dt.date, *, short_years: bool = True) -> dt.date:
    """The day that was typed. ValueError in words when it is none, or only a month."""
    word = text.strip().lower()
    if word in TODAY | YESTERDAY:
        return today - dt.timedelta(days=word in YESTERDAY)
    year, month, day = _parts(word, today, short_years=short_years)
    if month is None or day is None:
        raise ValueError(_("Enter month, day and year, like 3/27/2026"))
    return dt.date(year, month, day)


def since(text: str, today: dt.date) -> str:
    """A day, a month or a year as ISO 8601, as exact as it was typed (`2024-03-15`, `2024-03`, `2024`)."""
    word = text.strip().lower()
    if word in TODAY:
        return today.isoformat()
    year, month, day = _parts(word, today, short_years=True)
    if month is None:
        return f"{year:04}"
    return f"{year:04}-{month:02}" if day is None else f"{year:04}-{month:02}-{day:02}"


def until(text: str, today: dt.date) -> str:
    """When something ended: as `since`; `now` while it goes on; or how long it lasted, as `8 weeks`."""
    word = " ".join(text.lower().split())
    if word in _ONGOING:
        return NOW
    if found := _WEEKS.fullmatch(word):
        return f"{int(found.group(1))} weeks"
    if found := _MONTHS_LONG.fullmatch(word):
        return f"{round(int(found.group(1)) * WEEKS_A_MONTH)} weeks"
    return since(word, today)


def weeks_between(start: str, end: str, today: dt.date) -> int | None:
    """Whole weeks from `since` to `until`; the middle of a month stands for the month. None when it cannot be told."""
    if end.endswith(" weeks"):
        return int(end.removesuffix(" weeks"))
    first, last = _middle(start), today if end == NOW else _middle(end)
    return (last - first).days // 7 if first is not None and last is not None else None


def earliest(partial: str) -> dt.date:
    """The first day that a partial date can mean."""
    parts = [int(part) for part in partial.split("-")]
    return dt.date(*[*parts, 1, 1][:3])


def _middle(partial: str) -> dt.date | None:
    parts = [int(part) for part in partial.split("-")] if partial else []
    if len(parts) < 2:
        return None
    return dt.date(parts[0], parts[1], parts[2] if len(parts) == 3 else 15)


def _parts(text: str, today: dt.date, *, short_years: bool) -> tuple[int, int | None, int | None]:
    words = [word for word in re.findall(r"[0-9]+|[^\W\d_]+", text) if word not in FILLERS]
    named = [LONG[word] for word in words if word in LONG]
    digits = [word for word in words if word.isascii() and word.isdigit()]
    try:
        if len(named) > 1 or len(named) + len(digits) != len(words):
            raise ValueError
        year, month, day = _ordered(named, digits)
        if len(year) == 2 and short_years:
            year = str(min(2000 + int(year), 2000 + int(year) - 100 * (2000 + int(year) > today.year)))
        if len(year) != 4:
            raise ValueError
        found = (int(year), int(month) if month else None, int(day) if day else None)
        dt.date(found[0], found[1] or 1, found[2] or 1)
    except (ValueError, OverflowError):
        raise ValueError(_("Enter a date, like 3/27/2026")) from None
    return found


def _ordered(named: list[int], digits: list[str]) -> tuple[str, str, str]:
    """(year, month, day) as typed; what is not there is empty. ValueError when the order cannot be told."""
    if named:
        *day, year = digits
        return year, str(named[0]), _only(day)
    if len(digits) == 1:
        only = digits[0]
        return (only[4:], only[:2], only[2:4]) if len(only) == 8 else (only, "", "")
    if len(digits) == 2:
        return (digits[0], digits[1], "") if len(digits[0]) == 4 else (digits[1], digits[0], "")
    first, second, third = digits
    return (first, second, third) if len(first) == 4 else (third, first, second)


def _only(day: list[str]) -> str:
    if len(day) > 1:
        raise ValueError
    return day[0] if day else ""
