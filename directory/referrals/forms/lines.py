"""Rows that were typed as lines, one a row: quicker than fields, and a list can be pasted. Pure.

A line is read whole or not at all: what is not understood stays where it was typed, and nothing is guessed.
"""

import datetime as dt
import re
from collections.abc import Callable
from contextlib import suppress

from directory.referrals.clinical import ADHERENCE, OUTCOMES
from directory.referrals.forms import dates
from directory.terminology.scales import SCALES
from directory.web.forms import MOST_ROWS, Sent

Row = dict[str, str]
Reader = Callable[[str, dt.date], Row | None]
_MG = r"(?:up to )?(?P<dose>\d[\d.]* ?mg)(?:/d| ?a day| ?daily)?"
_DRUG = re.compile(rf"(?P<drug>\D.*?)(?:\s+{_MG})?", re.IGNORECASE)
_DOSE = re.compile(_MG, re.IGNORECASE)
_FROM_TO = re.compile(r"(?:from |desde )?(?P<start>.+?) ?(?: to | until | a | hasta |–| - )\s*(?P<end>.+)")
_NUMBER = re.compile(r"(?<=[\s:=])\d{1,3}(?=[\s,;])")
_FEWEST_LETTERS = 3
SHORT = {
    "outcome": {
        "none": "NO_RESPONSE",
        "failed": "NO_RESPONSE",
        "nonresponse": "NO_RESPONSE",
        "intolerant": "INTOLERANT",
        "side effects": "INTOLERANT",
        "relapse": "RELAPSE",
        "relapsed": "RELAPSE",
    },
    "adherence": {"adherent": "GOOD", "good adherence": "GOOD", "poor adherence": "POOR", "not adherent": "POOR"},
    "adequate": {"adequate": "YES", "adequate dose": "YES", "inadequate": "NO", "inadequate dose": "NO"},
    "in_episode": {"this episode": "YES", "earlier episode": "NO", "another episode": "NO"},
}
"""Words of notes, besides the words of the lists themselves: field → words → code."""


def spread(form: Sent, rows: str, reader: Reader, today: dt.date) -> Sent:
    """The same form with every line of `<rows>_typed` that can be read as a row of `rows`; the others stay there."""
    field = f"{rows}_typed"
    text = str(form.get(field) or "")
    if not text.strip():
        return form
    pairs = [(name, value) for name, value in form.multi_items() if name != field]
    taken = {name.split("-")[1] for name, value in pairs if name.startswith(f"{rows}-") and str(value).strip()}
    free = [number for number in range(1, MOST_ROWS + 1) if str(number) not in taken]
    left = []
    for line in filter(None, map(str.strip, text.splitlines())):
        row = reader(line, today) if free else None
        if row is None:
            left.append(line)
            continue
        number = free.pop(0)
        pairs = [pair for pair in pairs if not pair[0].startswith(f"{rows}-{number}-")]
        pairs += [(f"{rows}-{number}-{name}", value) for name, value in row.items()]
    return Sent([*pairs, (field, "\n".join(left))])


def without_row(form: Sent, rows: str, number: int) -> Sent:
    """The same form without one of its rows."""
    return Sent([pair for pair in form.multi_items() if not pair[0].startswith(f"{rows}-{number}-")])


def trial(line: str, today: dt.date) -> Row | None:
    """A medicine: "sertraline 200 mg, 7/2024, 13 weeks, no response, as prescribed"; or None."""
    first, *parts = (part.strip() for part in re.split(r"[,;]", line.strip(" .,;")))
    named = _DRUG.fullmatch(first)
    if named is None:
        return None
    row = {name: text for name, text in named.groupdict().items() if text}
    for part in filter(None, parts):
        found = _told(part) or _dose(part) or _stopped(part) or _when(part, today, begun="start" in row)
        if found is None or found.keys() & row.keys():
            return None
        row |= found
    return row


def scale(line: str, today: dt.date) -> Row | None:
    """A scale: "PHQ-9 19 today", "MADRS: 31, 3/1/2026"; or None."""
    for number in _NUMBER.finditer(line):
        named, on = _scale_named(line[: number.start()]), line[number.end() :].strip(" ,;")
        with suppress(ValueError):
            if named:
                day = dates.day_of(on.removeprefix("on ").removeprefix("el "), today)
                return {"scale": named, "total": number.group(), "on": day.isoformat()}
    return None


def _told(part: str) -> Row | None:
    word = part.casefold()
    for field, listed in (("outcome", OUTCOMES), ("adherence", ADHERENCE), ("adequate", ()), ("in_episode", ())):
        if word in SHORT[field]:
            return {field: SHORT[field][word]}
        # In the reader's language and in English: notes are often kept in English whoever reads the page.
        for said in (str, str.__str__):
            meant = [code for code, label in listed if said(label).casefold().startswith(word)]
            if len(word) >= _FEWEST_LETTERS and len(meant) == 1:
                return {field: meant[0]}
    return None


def _dose(part: str) -> Row | None:
    found = _DOSE.fullmatch(part)
    return {"dose": found["dose"]} if found else None


def _stopped(part: str) -> Row | None:
    _begin, stopped, why = part.partition("stopped")
    return {"stopped": why.strip(" :")} if stopped and not _begin and why.strip(" :") else None


def _when(part: str, today: dt.date, *, begun: bool) -> Row | None:
    words = part.casefold()
    both = _FROM_TO.fullmatch(words)
    with suppress(ValueError):
        for since in ("since ", "desde "):
            if words.startswith(since) and not both:
                return {"start": dates.since(words.removeprefix(since), today), "end": dates.NOW}
        if both:
            return {"start": dates.since(both["start"], today), "end": dates.until(both["end"], today)}
        end = dates.until(words.removeprefix("until ").removeprefix("for "), today)
        is_end = begun or end == dates.NOW or end.endswith(" weeks") or words.startswith("until ")
        return {"end" if is_end else "start": end}
    return None


def _scale_named(text: str) -> str:
    typed = _plain(text)
    exact = [row.code for row in SCALES if typed in {_plain(row.code), _plain(row.label)}]
    begun = [row.code for row in SCALES if typed and _plain(row.label).startswith(typed)]
    return exact[0] if exact else begun[0] if len(begun) == 1 else ""


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
