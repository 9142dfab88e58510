"""Which clinics can be ticked for a comparison: those chosen already, and those near the place. No database."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from directory.geography import places
from directory.geography.place import Found, Place
from directory.search.asking import Asked, ask, centre_of
from directory.search.comparing import MOST, Pick
from directory.search.freshness import LiveIndex
from directory.search.query import RADII, SearchQuery
from directory.search.results import distance_words
from directory.wording.say import _

OFFERED: Final = 12
"""As many clinics near the place are offered beside those chosen."""
Option = tuple[str, str, str]
"""The value, the label and the hint of a box to tick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The boxes, the way back to the list, and the place that distances are from, in words; "" for none.

    `unclear` is the place as it was typed, where it means several places or none.
    """

    options: tuple[Option, ...]
    back: str
    centre: str
    unclear: str


def place_of(near: str) -> Place | None:
    """The place that the words mean; None for no words, and for words that could mean several places or none."""
    found = places.find(near) if near else None
    return found.place if isinstance(found, Found) else None


def choice(live: LiveIndex, near: str, picks: Sequence[Pick], *, today: dt.date) -> Choice:
    """What can be ticked: the clinics chosen so far, then, unless those are too many, the nearest."""
    place = place_of(near)
    have = {pick.slug for pick in picks}
    more = (
        [offer for offer in _nearby(live, place, today) if offer[0] not in have] if place and len(picks) <= MOST else []
    )
    return Choice(
        options=(*((pick.slug, pick.name, pick.town) for pick in picks), *more[:OFFERED]),
        back=SearchQuery(near=place.near).url() if place else "/",
        centre=centre_of(place) if place else "",
        unclear=near if near and place is None else "",
    )


def _nearby(live: LiveIndex, place: Place, today: dt.date) -> list[Option]:
    if not live.loaded:
        return []
    asked = ask(live, SearchQuery(near=place.near, radius=RADII[-1], radius_chosen=True), today=today)
    if not isinstance(asked, Asked):
        return []
    words = _("{city}, {state}, {distance}")
    found = [(hit.record.entry(), distance_words(hit.distance_m)) for hit in asked.answer.hits or asked.answer.beyond]
    return [(e.slug, e.name, words.format(city=e.city, state=e.state, distance=away)) for e, away in found]
