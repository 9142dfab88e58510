"""From a person's words to a place: find one, ask which, or say why not; suggest while typing. Never a silent guess."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Final

from directory.geography import zip_codes
from directory.geography.gazetteer import gazetteer
from directory.geography.names import key, plain_words, spelled_out
from directory.geography.place import Ambiguous, Answer, County, Found, Place, Unknown
from directory.geography.point import Point
from directory.geography.state_names import COUNTRY_NAMES, state_code, states_beginning, states_one_letter_off
from directory.geography.typos import one_letter_off
from directory.terminology.states import STATES
from directory.wording.say import _

__all__ = (
    "Ambiguous", "Answer", "County", "Found", "Place", "Unknown", "counties", "county_of", "find", "nearest_zip",
    "suggest",
)  # fmt: skip

LONGEST: Final = 100
"""Characters. The longest label has 55; what is longer is not a place."""
MOST_SUGGESTIONS: Final = 8
STATE_NAME_TOWN_POPULATION: Final = 100_000
"""A state's name alone means the state, unless a town of that name is as big as this: New York and Washington ask."""

_DIGITS: Final = frozenset("0123456789")
_POST_OFFICE_WORDS: Final = ("city of ", "town of ", "village of ", "borough of ")


def find(text: str) -> Answer:
    """The place that `text` means: a ZIP, ZIP+4, town, "town, ST", "town state", state name or code, or a nickname.

    One place of that name in the country is Found; several are Ambiguous however big one is; what cannot be searched
    from (unknown, military, a ZIP without an area) is Unknown with a sentence. Any string is taken, in bounded time.
    """
    cleaned = _clean(text)
    if not cleaned:
        return Unknown(problem="empty", reason_sentence=_("Type a ZIP code, a town or a state."))
    if len(cleaned) > LONGEST:
        sentence = _("That is too long for the name of a place. Type a ZIP code, a town or a state.")
        return Unknown(problem="too_long", reason_sentence=sentence)
    if zip_codes.is_military_address(cleaned):
        return zip_codes.military()
    if read := zip_codes.read(cleaned):
        return _zip_with_words(read.answer(), read.words)
    return _by_name(cleaned)


def suggest(prefix: str, limit: int = MOST_SUGGESTIONS) -> list[Place]:
    """What the typed beginning may become: ZIPs for digits, else towns and states, the most populous first.

    "springf", "st lo", "springfield, m" and "san fran ca" all work; a town without an area of its own is never offered.
    """
    cleaned = _clean(prefix)
    if not cleaned or len(cleaned) > LONGEST:
        return []
    if cleaned[0] in _DIGITS:
        return zip_codes.suggest(cleaned, limit)
    book = gazetteer()
    name, comma, state = cleaned.rpartition(",")
    if comma:
        return _beginning(name.replace(",", " "), states_beginning(state), limit)
    numbers: list[int] = []
    for start in _beginnings(plain_words(cleaned)):
        numbers += book.biggest(*book.range_of(start), limit)
    code = state_code(cleaned)
    found = [*([book.place(book.state_number(code))] if code else []), *_ranked(numbers)]
    words = cleaned.split()
    for cut in range(1, min(5, len(words))):
        if not found:
            found = _beginning(" ".join(words[:-cut]), states_beginning(" ".join(words[-cut:])), limit)
    return list(dict.fromkeys(found))[:limit]


def nearest_zip(point: Point) -> Place | None:
    """The ZIP with an area whose point is nearest to a visitor's own rounded position; None beyond 250 km, which is
    abroad or at sea."""
    number = gazetteer().nearest_zip(point)
    return None if number is None else gazetteer().zip_place(number)


def county_of(zip5: str) -> County | None:
    """The county a ZIP lies in, for counts by county; of a ZIP in several counties the one GeoNames names. None for a
    ZIP that is not known."""
    book = gazetteer()
    number = book.zip_number(zip5)
    return None if number is None else book.county(book.zip_place(number).county_fips or "")


@cache
def counties() -> list[County]:
    """Every county that a ZIP or a town lies in, by state and name."""
    return sorted(gazetteer().counties(), key=lambda county: (county.state, county.name))


# -- by name ----------------------------------------------------------------------------------------------------------


def _by_name(text: str) -> Answer:
    """A town or state by its words, with commas or without."""
    parts = [part.strip() for part in re.split(r"[,;()]", text) if part.strip()]
    while len(parts) > 1 and key(parts[-1]) in COUNTRY_NAMES:
        parts.pop()
    if not parts:
        return _unknown(text)
    if len(parts) == 1:
        return _by_words(parts[0])
    state = state_code(parts[-1])
    if state is None:
        return _in_unknown_state(parts)
    if len(parts) == 2:
        return _in_state(parts[0], state)
    return _in_county_or_street(parts, state)


def _by_words(text: str) -> Answer:
    """Without a comma: the whole as a name, and every way to read its last words as a state."""
    book = gazetteer()
    words = text.split()
    if len(words) > 1 and key(words[-1]) in COUNTRY_NAMES:
        words.pop()
    whole = " ".join(words)
    numbers = _named(whole)
    if (code := state_code(whole)) and book.state_number(code) not in numbers:
        numbers.append(book.state_number(code))
    splits = _splits(words)
    for name, state in splits:
        numbers += [number for number in _named(name) if _is_town_in(number, state) and number not in numbers]
    if not numbers:
        numbers = book.second_named(key(whole))
    if numbers:
        return _one_or_ask(numbers)
    for name, state in splits:
        answer = _in_state(name, state)
        if not isinstance(answer, Unknown) or answer.suggestions:
            return answer
    return _unknown(whole)


def _in_state(name: str, state: str) -> Answer:
    """A town in a state that was named."""
    book = gazetteer()
    numbers = [number for number in _named(name) if _is_town_in(number, state)]
    numbers = numbers or [number for number in book.second_named(key(name)) if _is_town_in(number, state)]
    if numbers:
        return _one_or_ask(numbers)
    if state_code(name) == state:
        return Found(place=book.place(book.state_number(state)))
    sentence = _("We do not know a place called “{name}” in {state}.").format(
        name=_short(name), state=STATES.label(state)
    )
    similar = [number for number in _similar(key(name)) if _is_town_in(number, state)]
    elsewhere = [number for number in _named(name) if not book.is_state(number)]
    offered = [*_ranked(similar), *_beginning(name, frozenset({state}), 4), *_ranked(elsewhere)]
    return Unknown(problem="unknown", reason_sentence=sentence, suggestions=_first(offered))


def _in_county_or_street(parts: list[str], state: str) -> Answer:
    """ "Franklin, Venango County, PA" is how towns of one name in one state are told apart; a street is not needed."""
    book = gazetteer()
    *before, middle, _state = parts
    numbers = [number for number in _named(before[-1]) if _is_town_in(number, state)]
    wanted = key(middle).removesuffix("county")
    here = [
        place
        for place in map(book.place, numbers)
        if key(book.county(place.county_fips or "").name).removesuffix("county") == wanted
    ]
    if here:  # one whose post office only bears the name comes after the one that bears it
        return Found(place=min(here, key=lambda place: key(place.label.split(",")[0]) != key(before[-1])))
    offered = [number for number in _named(middle) if _is_town_in(number, state)] + numbers
    sentence = _("Leave out the street and the house: the town and the state are enough.")
    return Unknown(problem="street", reason_sentence=sentence, suggestions=_first(_ranked(offered)))


def _in_unknown_state(parts: list[str]) -> Unknown:
    """Something after the comma that is no state: offer the town in the state that was perhaps meant, then anywhere."""
    meant = states_one_letter_off(parts[-1])
    numbers = [number for number in _named(parts[0]) if not gazetteer().is_state(number)]
    numbers = [n for n in numbers if gazetteer().state_of(n) in meant] or numbers or _similar(key(parts[0]))
    sentence = _("We do not know a state called “{name}”.").format(name=_short(parts[-1]))
    return Unknown(problem="unknown", reason_sentence=sentence, suggestions=_first(_ranked(numbers)))


def _unknown(text: str) -> Unknown:
    """Nothing bears the name: offer what is one letter away, then what begins like it."""
    sentence = _("We do not know a place called “{name}”. Check the spelling, or type a ZIP code.")
    offered = [*_ranked(_similar(key(text))), *suggest(text, 4)]
    return Unknown(problem="unknown", reason_sentence=sentence.format(name=_short(text)), suggestions=_first(offered))


def _named(name: str) -> list[int]:
    """Towns and states of that name; "City of", "the", a final "city" are dropped only where nothing bears it all."""
    book = gazetteer()
    if found := book.named(key(name)):
        return found
    lowered = name.casefold()
    for start in (*_POST_OFFICE_WORDS, "the "):
        if lowered.startswith(start) and (found := book.named(key(name[len(start) :]))):
            return found
    return book.named(key(name[:-5])) if lowered.endswith(" city") else []


def _one_or_ask(numbers: list[int]) -> Answer:
    """Found for one, Ambiguous for several. A state's name alone means the state where its namesakes are small."""
    places = _ranked(numbers)
    if len(places) == 1:
        return Found(place=places[0])
    states = [place for place in places if place.kind == "state"]
    towns = [place for place in places if place.kind != "state"]
    if len(states) == 1 and all(town.population < STATE_NAME_TOWN_POPULATION for town in towns):
        return Found(place=states[0], others=tuple(towns))
    return Ambiguous(candidates=tuple(places))


def _similar(name_key: str) -> list[int]:
    """Towns and states one letter away from a name that nothing bears."""
    book = gazetteer()
    return [number for other in one_letter_off(name_key) if book.is_name(other) for number in book.named(other)]


def _splits(words: list[str]) -> list[tuple[str, str]]:
    """Every (name, state) that the words can be read as: "st louis mo", "charleston west virginia"."""
    pairs = []
    for cut in range(1, min(5, len(words))):
        code = state_code(" ".join(words[-cut:]))
        if code:
            pairs.append((" ".join(words[:-cut]), code))
    return pairs


def _is_town_in(number: int, state: str) -> bool:
    return not gazetteer().is_state(number) and gazetteer().state_of(number) == state


# -- with a ZIP -------------------------------------------------------------------------------------------------------


def _zip_with_words(answer: Answer, words: str) -> Answer:
    """A ZIP that came with a town ("Rochester NY 14642"): the ZIP, unless the words mean a place elsewhere. Where the
    ZIP cannot be searched from, the town is offered first."""
    if not words:
        return answer
    named = _by_name(words)
    places: tuple[Place, ...] = ()
    if isinstance(named, Found):
        places = (named.place,)
    elif isinstance(named, Ambiguous):
        places = named.candidates
    if isinstance(answer, Unknown) and answer.problem != "military":
        return replace(answer, suggestions=_first((*places, *answer.suggestions)))
    if isinstance(answer, Found) and places and all(place.state != answer.place.state for place in places):
        return Ambiguous(candidates=(answer.place, *places))
    return answer


# -- while typing -----------------------------------------------------------------------------------------------------


def _beginning(name: str, states: frozenset[str], limit: int) -> list[Place]:
    """Towns of those states whose name is, or else begins with, `name`."""
    book = gazetteer()
    if not states or not key(name):
        return []
    numbers = book.biggest(*book.range_of(key(name), exactly=True), limit, states=states)
    for start in _beginnings(plain_words(name)):
        if len(numbers) < limit:
            more = book.biggest(*book.range_of(start), limit, states=states)
            numbers += [number for number in more if number not in numbers]
    return [book.place(number) for number in numbers[:limit]]


def _beginnings(words: list[str]) -> list[str]:
    """The keys the typed words may begin: the last word may be unfinished, so "st" is both Stamford's and Saint's."""
    if not words:
        return []
    full = spelled_out(words)
    return list(dict.fromkeys(("".join(full[:-1]) + words[-1], "".join(full))))


def _ranked(numbers: Iterable[int]) -> list[Place]:
    """As places, the most populous first, each once."""
    places = [gazetteer().place(number) for number in dict.fromkeys(numbers)]
    return sorted(places, key=lambda place: (-place.population, place.label))


def _first(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(places))[:MOST_SUGGESTIONS]


# -- text -------------------------------------------------------------------------------------------------------------


def _clean(text: str) -> str:
    """One line of ordinary characters: compatibility forms are folded, control and invisible characters are spaces.
    Of a very long text only enough is kept to see that it is too long."""
    folded = unicodedata.normalize("NFKC", text[: 4 * LONGEST])
    plain = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in folded)
    return " ".join(plain.split())


def _short(text: str) -> str:
    """What was typed, short enough to stand in a sentence."""
    return text if len(text) <= 40 else text[:39] + "…"
