"""What can be done when a search finds nothing, or nobody who takes new patients: counted ways to a longer list."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from directory.search import choices
from directory.search.asking import Asked
from directory.search.query import RADII, SearchQuery
from directory.terminology.states import STATES
from directory.wording.say import _, listing

WHOLE_STATE: Final = "state"
TELL_ME_RADII: Final = (25, 50, 100)
"""Miles within which somebody may wait for a place to open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Another search that finds something: what is different, how many locations it finds, and its address."""

    words: str
    total: int
    href: str


def larger(asked: Asked) -> list[tuple[str, SearchQuery]]:
    """The same search in every larger radius and in the whole state, each in words."""
    query, radius = asked.query, asked.radius
    if radius is None:
        return []
    found = [(_("{n} miles").format(n=wider), query.within(wider)) for wider in RADII if wider > radius]
    state = STATES.label(asked.place.state)
    return [*found, (_("all of {state}").format(state=state), query.within(None))]


def wider(asked: Asked) -> list[Way]:
    """Those of the larger areas in which something is found."""
    return _that_find([(words, query, asked.would_find(query)) for words, query in larger(asked)])


def looser(asked: Asked) -> list[Way]:
    """The same area with one group of filters taken off, the longest list first; then without any filter."""
    query = asked.query
    ways = []
    for group in choices.GROUPS:
        codes = query.filters.get(group.name)
        if codes:
            rest = {name: kept for name, kept in query.filters.items() if name != group.name}
            words = listing([choice.chip for code in codes if (choice := group.find(code))])
            loose = query.with_filters(rest)
            ways.append((_("without “{filters}”").format(filters=words), loose, asked.would_find(loose)))
    ways.sort(key=lambda way: -way[2])
    if len(ways) > 1:
        bare = query.unfiltered()
        ways.append((_("without any filter"), bare, asked.would_find(bare)))
    return _that_find(ways)


def nobody_takes_new_patients(asked: Asked) -> bool:
    """Whether something was found, and none of it says that it takes new patients."""
    return bool(asked.answer.total) and not asked.answer.facets["accepting"].get("newpt", 0)


def tell_me_href(asked: Asked) -> str:
    """The address of the form "tell me when one opens", with this place, distance and treatment filled in."""
    radius, treatments = asked.radius, asked.query.filters.get("treatment", ())
    reach = WHOLE_STATE if radius is None else str(next((each for each in TELL_ME_RADII if each >= radius), radius))
    pairs = [("near", asked.place.near), ("radius", reach)]
    if len(treatments) == 1:
        pairs.append(("treatment", treatments[0]))
    return f"/tell-me?{urlencode(pairs)}"


def _that_find(ways: list[tuple[str, SearchQuery, int]]) -> list[Way]:
    return [Way(words=words, total=total, href=query.url()) for words, query, total in ways if total]
