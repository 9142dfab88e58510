"""How measured things are said in words: distances, days, hours, durations, waits, prices, phones and lists.

Pure functions from a value to a short phrase; none reads the clock or the database. Python code marks a sentence for
translation by calling `_` from here (`lib.languages` says how it is found).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from directory.lib import languages

_ = languages.translate
ngettext = languages.translate_plural
METRES_PER_MILE = 1609.344
_SOUNDS_AS_I = re.compile(r"h?i(?![aeou])", re.IGNORECASE)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_MONTHS = (
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
)
_WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


def number(n: int) -> str:
    """12,345 with commas."""
    return f"{n:,}"


def file_size(size_bytes: int) -> str:
    """How heavy a file is: "640 KB", "1.2 MB"; never nothing."""
    if size_bytes < 999_500:
        return _("{n} KB").format(n=max(1, round(size_bytes / 1000)))
    return _("{n} MB").format(n=f"{size_bytes / 1_000_000:.1f}".removesuffix(".0"))


def miles(distance_m: float) -> str:
    """A distance in metres as miles: one decimal below 10 miles, whole above: "3.2 miles", "1 mile", "48 miles"."""
    value = distance_m / METRES_PER_MILE
    if value < 0.1:
        return _("less than 0.1 miles")
    text = f"{value:.1f}" if value < 9.95 else number(round(value))
    text = text.removesuffix(".0")
    return _("1 mile") if text == "1" else _("{n} miles").format(n=text)


def distance(distance_m: float) -> str:
    """A distance in metres as a reader meets it on a card: "3.2 miles away"."""
    return _("{miles} away").format(miles=miles(distance_m))


def day(on: date) -> str:
    """A calendar day: "May 12, 2026"."""
    return _("{month} {day}, {year}").format(month=_MONTHS[on.month - 1], day=on.day, year=on.year)


def short_day(on: date) -> str:
    """A calendar day where the year is plain from its surroundings: "May 12"."""
    return _("{month} {day}").format(month=_MONTHS[on.month - 1], day=on.day)


def month(on: date) -> str:
    """A month: "May 2026"."""
    return _("{month} {year}").format(month=_MONTHS[on.month - 1], year=on.year)


def partial_day(text: str) -> str:
    """A day, month or year in ISO 8601 as words: "May 12, 2026", "May 2026", "2026"; another text as it came."""
    parts = _parts(text)
    if len(parts) == 3:
        return day(date(parts[0], parts[1], parts[2]))
    return month(date(parts[0], parts[1], 1)) if len(parts) == 2 else text


def typed_day(text: object) -> str:
    """A day or month in ISO 8601 as people type it, to be shown in its field again: "5/12/2026", "5/2026"."""
    parts = _parts(str(text))
    if len(parts) == 3:
        return f"{parts[1]}/{parts[2]}/{parts[0]}"
    return f"{parts[1]}/{parts[0]}" if len(parts) == 2 else str(text)


def _parts(text: str) -> list[int]:
    return [int(part) for part in text.split("-")] if _ISO.fullmatch(text) else []


def weekday(index: int) -> str:
    """The name of a weekday, 0 being Monday, as `date.weekday()` counts."""
    return _WEEKDAYS[index]


def clock_time(at: time) -> str:
    """A wall-clock time: "9 a.m.", "1:30 p.m.", "noon", "midnight"."""
    if (at.hour, at.minute) == (12, 0):
        return _("noon")
    if (at.hour, at.minute) == (0, 0):
        return _("midnight")
    half = _("a.m.") if at.hour < 12 else _("p.m.")
    hour = at.hour % 12 or 12
    return f"{hour}:{at.minute:02d} {half}" if at.minute else f"{hour} {half}"


def hours(opens: time, closes: time) -> str:
    """Opening hours: "9 a.m. to 5 p.m."."""
    return _("{opens} to {closes}").format(opens=clock_time(opens), closes=clock_time(closes))


def moment(at: datetime, zone: str = "UTC") -> str:
    """An aware instant in a zone, with the zone's abbreviation: "May 12, 2026 at 3:04 p.m. EDT".

    The abbreviation is always printed: a reader may be in another zone than the clinic.
    """
    if at.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    local = at.astimezone(ZoneInfo(zone))
    return _("{day} at {time} {zone}").format(day=day(local), time=clock_time(local.time()), zone=local.tzname())


def ago(at: datetime, now: datetime) -> str:
    """How long ago an instant was: "just now", "5 minutes ago", "3 hours ago", "yesterday", "12 days ago"."""
    seconds = max(0.0, (now - at).total_seconds())
    minutes_passed, hours_passed, days_passed = int(seconds // 60), int(seconds // 3600), int(seconds // 86400)
    if minutes_passed < 1:
        return _("just now")
    if hours_passed < 1:
        return ngettext("{n} minute ago", "{n} minutes ago", minutes_passed).format(n=minutes_passed)
    if days_passed < 1:
        return ngettext("{n} hour ago", "{n} hours ago", hours_passed).format(n=hours_passed)
    if days_passed == 1:
        return _("yesterday")
    return _("{n} days ago").format(n=number(days_passed))


def duration(minutes: int) -> str:
    """A length of time: "40 minutes", "2 hours", "1 hour 30 minutes"."""
    whole, rest = divmod(minutes, 60)
    parts = []
    if whole:
        parts.append(ngettext("{n} hour", "{n} hours", whole).format(n=whole))
    if rest or not whole:
        parts.append(ngettext("{n} minute", "{n} minutes", rest).format(n=rest))
    return " ".join(parts)


def wait(wait_days: int | None) -> str:
    """How long until a first visit, rounded as a person would: "within a week", "about 3 weeks", "not known"."""
    if wait_days is None:
        return _("not known")
    if wait_days <= 7:
        return _("within a week")
    if wait_days < 60:
        weeks = round(wait_days / 7)
        return ngettext("about {n} week", "about {n} weeks", weeks).format(n=weeks)
    months = round(wait_days / 30.4)
    return ngettext("about {n} month", "about {n} months", months).format(n=months)


def dollars(amount: float) -> str:
    """A price in US dollars, without cents when there are none: "$450", "$1,050.50"."""
    return f"${amount:,.0f}" if float(amount).is_integer() else f"${amount:,.2f}"


def price(lowest: float | None, highest: float | None = None) -> str:
    """A price or a range in US dollars: "$450", "$400 to $600"; "not given" when neither end is known."""
    known = [amount for amount in (lowest, highest) if amount is not None]
    if not known:
        return _("not given")
    if min(known) == max(known):
        return dollars(known[0])
    return _("{low} to {high}").format(low=dollars(min(known)), high=dollars(max(known)))


def phone(number_: str) -> str:
    """A US telephone number in E.164 or plain digits as people write it: "(555) 555-0123"; others as they came."""
    digits = "".join(c for c in number_ if c.isdigit())
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    if len(digits) != 10:
        return number_
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"


def phone_href(number_: str) -> str:
    """The `tel:` address of a US telephone number: "tel:+15555550123"."""
    digits = "".join(c for c in number_ if c.isdigit())
    return f"tel:+1{digits}" if len(digits) == 10 else f"tel:+{digits}" if len(digits) > 6 else f"tel:{digits}"


def joined(between: str, words: Iterable[str]) -> str:
    """Words with `between` between them, in the reader's language (`str.join` would take a `Phrase` as English)."""
    return between.join(str(word) for word in words)


def listing(words: Sequence[str]) -> str:
    """Words joined as a sentence does: "a", "a and b", "a, b, and c"."""
    words = [str(word) for word in words]
    if len(words) < 2:
        return "".join(words)
    *most, last = words
    if languages.current() == languages.SPANISH and _SOUNDS_AS_I.match(last):
        return f"{', '.join(most)} e {last}"  # "y" before the sound of an i
    if len(words) == 2:
        return _("{first} and {second}").format(first=words[0], second=words[1])
    return _("{most}, and {last}").format(most=", ".join(words[:-1]), last=words[-1])


FILTERS = {
    "ago": ago,
    "clock_time": clock_time,
    "day": day,
    "distance": distance,
    "dollars": dollars,
    "duration": duration,
    "file_size": file_size,
    "hours": hours,
    "listing": listing,
    "miles": miles,
    "moment": moment,
    "month": month,
    "number": number,
    "phone": phone,
    "phone_href": phone_href,
    "price": price,
    "short_day": short_day,
    "typed_day": typed_day,
    "wait": wait,
    "weekday": weekday,
}
