"""Cleans what stands in the cells of lists: lost zeros, ".0" of spreadsheets, words for nothing, entities. Pure."""

import datetime as dt
import html
import re
import unicodedata
from collections.abc import Collection

NOTHING = frozenset(
    {
        "", "na", "n/a", "nan", "null", "none", "nil", "-", "--", "---", ".", "?", "<unavail>", "unavailable",
        "unknown", "not available", "http://", "https://", "#n/a",
    }
)  # fmt: skip
_DOUBLED = re.compile(r"(?<!:)([,;/|])(?:\s*[,;/|])+")
_EDGES = " ,;/|"
_WHOLE = re.compile(r"(-?\d+)\.0*")
_DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%Y%m%d", "%b-%d-%Y", "%d-%b-%Y", "%m/%d/%y")
_YES, _NO = frozenset({"y", "yes", "true", "1", "x"}), frozenset({"n", "no", "false", "0"})


class Unclear(ValueError):
    """A cell that cannot be read; the message says why, in words."""


def text(cell: str | None, empty: Collection[str] = ()) -> str:
    """A cell as a person would have typed it: entities resolved, spaces and separators single, no words for nothing."""
    if cell is None:
        return ""
    value = html.unescape(html.unescape(cell))  # lists that went through two systems hold &amp;amp;
    value = unicodedata.normalize("NFC", value)
    value = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    if value.casefold() in NOTHING or value.casefold() in empty:
        return ""
    return _DOUBLED.sub(r"\1", value).strip(_EDGES).rstrip("-– ")  # a leading minus is a sign


def whole(value: str) -> str:
    """Digits that a spreadsheet made a decimal: "6708.0" is "6708"."""
    match = _WHOLE.fullmatch(value)
    return match[1] if match else value


def zip_codes(value: str, plus_four: str = "") -> tuple[str, str]:
    """(five digits, four digits or ""), with lost leading zeros put back. Raises Unclear."""
    value = whole(value)
    digits = re.sub(r"[ -]", "", value)
    if not digits.isascii() or not digits.isdigit() or len(digits) not in (3, 4, 5, 7, 8, 9):
        raise Unclear(f"{value!r} is not a ZIP code" if value else "there is no ZIP code")
    length = 5 if len(digits) <= 5 else 9
    digits = digits.zfill(length)
    more = digits[5:] or whole(plus_four)
    more = more.zfill(4) if more.isascii() and more.isdigit() and 0 < len(more) <= 4 else ""
    return digits[:5], "" if more == "0000" else more


def number(value: str) -> int | None:
    """A whole number, or None for nothing; dollar signs and thousands' commas are ignored. Raises Unclear."""
    plain = whole(value.replace("$", "").replace(",", "").strip())
    if not plain:
        return None
    if not re.fullmatch(r"-?\d{1,9}", plain):
        raise Unclear(f"{value!r} is not a whole number")
    return int(plain)


def degrees(value: str) -> float | None:
    """A latitude or longitude, or None for nothing. Raises Unclear."""
    if not value:
        return None
    try:
        found = float(value)
    except ValueError:
        raise Unclear(f"{value!r} is not a number of degrees") from None
    if not -180 <= found <= 180:
        raise Unclear(f"{value!r} is not a number of degrees")
    return found


def day(value: str) -> dt.date | None:
    """A day in one of the ways lists write it; zeros are nothing. Raises Unclear."""
    plain = whole(value)
    if not plain.strip("0-/"):
        return None
    for shape in _DAYS:
        try:
            return dt.datetime.strptime(plain, shape).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise Unclear(f"{value!r} is not a day")


def npi(value: str) -> str | None:
    """An NPI as it was given, or None for nothing; zeros are nothing."""
    plain = whole(value)
    return plain if plain.strip("0") else None


def yes(value: str) -> bool | None:
    """Yes, no or nothing said. Raises Unclear."""
    word = value.casefold()
    if not word:
        return None
    if word in _YES or word in _NO:
        return word in _YES
    raise Unclear(f"{value!r} is neither yes nor no")


def several(value: str) -> list[str]:
    """The parts of a cell that holds a list, each once."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[;|,]", value) if part.strip()))


def web_address(value: str) -> str | None:
    """A web address with its scheme, or None for nothing or for something else."""
    if not value or " " in value or "." not in value or "@" in value:
        return None
    full = value if value.lower().startswith(("http://", "https://")) else f"https://{value}"
    return full if re.fullmatch(r"(?i)https?://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(/\S*)?", full) else None
