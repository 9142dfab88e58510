"""ZIP codes as people type them: with four more digits, beside a town, cut short, military, or of boxes only."""

import re
from dataclasses import dataclass
from typing import Final

from directory.geography.gazetteer import gazetteer
from directory.geography.names import key
from directory.geography.place import Answer, Found, Place, Unknown
from directory.wording.say import _

MILITARY_PREFIXES: Final = ("09", "340", "962", "963", "964", "965", "966")
"""USPS Publication 28, section 238: APO, FPO and DPO. They have no place on the map, whatever a source says."""
ABROAD_PREFIXES: Final = ("96939", "96940", "96941", "96942", "96943", "96944", "96960", "96970")
"""Palau, Micronesia and the Marshall Islands: served by the US post, neither states nor territories."""

_ZIP: Final = r"([0-9]{5})(?:[-‐‑–— ]?[0-9]{4})?"
_ALONE: Final = re.compile(rf"(?:zip(?: ?code)? )?{_ZIP}", re.IGNORECASE)
_LAST: Final = re.compile(rf"(.*?[^0-9,; -])[ ,;]+{_ZIP}")
_FIRST: Final = re.compile(rf"{_ZIP}[ ,;(]+([^0-9,; ].*)")
_DIGITS: Final = re.compile(r"[0-9][0-9 -]*")
_POST: Final = re.compile(r"\b(?:apo|fpo|dpo)\b", re.IGNORECASE)
_THEATRE: Final = re.compile(r"(?:^|[ ,])(?:aa|ae|ap)(?:[ ,]+[0-9-]*)?$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class TypedZip:
    """Digits that are meant as a ZIP code, right or wrong, and the words beside them."""

    digits: str
    words: str = ""

    def answer(self) -> Answer:
        """Found for a ZIP with an area, else why it cannot be searched from and what is near."""
        if len(self.digits) != 5:
            return _not_five_digits(self.digits)
        return find(self.digits)


def read(text: str) -> TypedZip | None:
    """The ZIP in a cleaned text, or None where there is none. "14642-0001", "ZIP 14642", "Rochester NY 14642"."""
    if match := _ALONE.fullmatch(text):
        return TypedZip(digits=match[1])
    if match := _LAST.fullmatch(text):
        return TypedZip(digits=match[2], words=match[1])
    if match := _FIRST.fullmatch(text):
        return TypedZip(digits=match[1], words=match[2])
    if _DIGITS.fullmatch(text):
        return TypedZip(digits=re.sub(r"[ -]", "", text))
    return None


def find(zip5: str) -> Answer:
    """A ZIP by its five digits."""
    if zip5.startswith(MILITARY_PREFIXES):
        return military()
    book = gazetteer()
    number = book.zip_number(zip5)
    if number is not None and book.has_area(number):
        return Found(place=book.zip_place(number))
    beside = [book.zip_place(other) for other in book.zips_beside(zip5, 3)]
    if zip5 in ABROAD_PREFIXES:
        sentence = _("The ZIP code {zip5} is outside the states and territories of this directory.").format(zip5=zip5)
        return Unknown(problem="not_covered", reason_sentence=sentence)
    if number is None:
        sentence = _("We do not know the ZIP code {zip5}. Check the digits, or type a town and its state.")
        return Unknown(problem="unknown_zip", reason_sentence=sentence.format(zip5=zip5), suggestions=tuple(beside))
    sentence = _(
        "The ZIP code {zip5} has no area on the map: it is for PO boxes or for one organization, or it is very new. "
        "Type the town, or the ZIP code of a street there."
    ).format(zip5=zip5)
    suggestions = dict.fromkeys((*_town_of(number), *beside))
    return Unknown(problem="zip_without_area", reason_sentence=sentence, suggestions=tuple(suggestions))


def suggest(text: str, limit: int) -> list[Place]:
    """ZIPs that begin with the typed digits, those of the biggest towns first."""
    digits = re.match("[0-9]*", text)
    assert digits is not None
    book = gazetteer()
    return [book.zip_place(number) for number in book.zips_from(digits[0][:5], limit)]


def military() -> Unknown:
    """What there is to say to a military address."""
    sentence = _(
        "APO, FPO and DPO addresses and military ZIP codes are not on the map. "
        "Type the town or the ZIP code you are near."
    )
    return Unknown(problem="military", reason_sentence=sentence)


def is_military_address(text: str) -> bool:
    """Whether a text speaks of an army, fleet or diplomatic post office: "APO AP 96350", "FPO", "AE 09012"."""
    return bool(_POST.search(text) or _THEATRE.search(text))


def _not_five_digits(digits: str) -> Unknown:
    """Offer what one digit more or less would make: spreadsheets drop the first zeros, fingers double a digit."""
    book = gazetteer()
    likely = [digits.zfill(5)] if 3 <= len(digits) < 5 else []
    likely += [digits[:at] + digits[at + 1 :] for at in range(len(digits))] if len(digits) == 6 else []
    numbers = [number for zip5 in dict.fromkeys(likely) if (number := book.zip_number(zip5)) is not None]
    places = [book.zip_place(number) for number in numbers if book.has_area(number)]
    if len(digits) < 5:
        places += [place for place in suggest(digits, 4) if place not in places]
    sentence = _("A ZIP code has five digits. Check the number, or type a town and its state.")
    return Unknown(problem="not_a_zip", reason_sentence=sentence, suggestions=tuple(places))


def _town_of(number: int) -> list[Place]:
    """The town a box-only ZIP's post office is named after."""
    book = gazetteer()
    town, state = book.zip_town(number)
    return [book.place(n) for n in book.named(key(town)) if not book.is_state(n) and book.state_of(n) == state]
