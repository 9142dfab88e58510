"""What somebody searches for: read from query parameters, brought into one form, printed back as a URL. Pure.

The URL holds a place in words and filters, never a position. What is not understood is an error in words: a filter that
is dropped in silence shows a person the wrong clinics.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote_plus

from directory.search.choices import BY_NAME, GROUPS
from directory.search.ranking import Order
from directory.wording.say import _

RADII: Final = (5, 10, 25, 50, 100)
"""Miles."""
WHOLE_STATE: Final = "state"
DEFAULT_RADIUS: Final = 25
MOST_PAGES: Final = 10_000
PER_PAGE: Final = 20
_LONGEST_PLACE: Final = 500
_MOST_PARAMETERS: Final = 200
_ALIASES: Final = {"accepting": {"1": "newpt"}, "psychotherapy": {"true": "1"}}
_ANY: Final = {"", "any"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing in a query that cannot be used; `sentence` is for the reader."""

    name: str
    sentence: str


class BadQuery(Exception):
    """The query cannot be used as it is. `understood` is the query without what was wrong."""

    def __init__(self, problems: tuple[Problem, ...], understood: "SearchQuery") -> None:
        super().__init__("; ".join(problem.sentence for problem in problems))
        self.problems = problems
        self.understood = understood


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A place in words, a radius in miles (None: the whole state), filters by group, an order, a page from 1.

    `radius_chosen` is False where nobody said a radius: then a state's name searches the state.
    """

    near: str = ""
    radius: int | None = DEFAULT_RADIUS
    radius_chosen: bool = False
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: Order = Order.DISTANCE
    page: int = 1

    def pairs(self) -> list[tuple[str, str]]:
        """The query parameters in their one order; what is the default is left out."""
        found = [("near", self.near)]
        if self.radius_chosen:
            found.append(("radius", WHOLE_STATE if self.radius is None else str(self.radius)))
        if self.filters:
            for group in GROUPS:
                found += [(group.name, _shown(group.name, code)) for code in self.filters.get(group.name, ())]
        if self.order is not Order.DISTANCE:
            found.append(("order", self.order.value))
        if self.page > 1:
            found.append(("page", str(self.page)))
        return found

    def url(self, path: str = "/search") -> str:
        """The address of this search, the same for the same search however it was typed."""
        # Names are ours and plain, and most values are: urlencode takes five times as long.
        return f"{path}?{'&'.join([f'{name}={_quoted(value)}' for name, value in self.pairs()])}"

    def without(self, group: str, code: str) -> "SearchQuery":
        """The same search with one filter taken off, from its first page."""
        rest = tuple(each for each in self.filters.get(group, ()) if each != code)
        filters = {name: codes for name, codes in (*self.filters.items(), (group, rest)) if codes}
        if not rest:
            filters.pop(group, None)
        return replace(self, filters=filters, page=1)

    def unfiltered(self) -> "SearchQuery":
        """The same place and radius without any filter."""
        return self.with_filters({})

    def with_filters(self, filters: Mapping[str, tuple[str, ...]]) -> "SearchQuery":
        """The same place and radius with these filters instead."""
        return replace(self, filters=filters, page=1)

    def within(self, radius: int | None) -> "SearchQuery":
        """The same search in another radius."""
        return replace(self, radius=radius, radius_chosen=True, page=1)

    def at_page(self, page: int) -> "SearchQuery":
        """Another page of the same search."""
        return replace(self, page=page)

    def from_place(self, near: str) -> "SearchQuery":
        """The same search from another place."""
        return replace(self, near=near, page=1)


def parse(pairs: Iterable[tuple[str, str]]) -> SearchQuery:
    """The search of these query parameters. Raises BadQuery with every problem at once.

    A filter may be given several times or with commas; empty values, which forms send, say nothing.
    """
    values: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for count, (name, value) in enumerate(pairs):
        if count >= _MOST_PARAMETERS:
            problems.append(Problem("", _("There are too many search settings in this address.")))
            break
        if name in BY_NAME:
            values.setdefault(name, []).extend(part for part in value.split(",") if part)
        elif name in ("near", "radius", "order", "page"):
            values.setdefault(name, []).append(value.strip())
        else:
            sentence = _("“{name}” is not a search setting.").format(name=_short(name))
            problems.append(Problem(name, sentence))
    for name in ("near", "radius", "order", "page"):
        if len(set(values.get(name, ()))) > 1:
            problems.append(Problem(name, _("“{name}” is given more than once.").format(name=name)))
    radius = _radius(_last(values, "radius"), problems)
    query = SearchQuery(
        near=" ".join(_last(values, "near").split())[:_LONGEST_PLACE],
        radius=DEFAULT_RADIUS if radius == 0 else radius,
        radius_chosen=radius != 0,
        filters=_filters(values, problems),
        order=_order(_last(values, "order"), problems),
        page=_page(_last(values, "page"), problems),
    )
    if problems:
        raise BadQuery(tuple(problems), query)
    return query


def _last(values: Mapping[str, list[str]], name: str) -> str:
    return values.get(name, [""])[-1]


def _filters(values: Mapping[str, list[str]], problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in GROUPS:
        given = values.get(group.name)
        if not given:
            continue
        aliases = _ALIASES.get(group.name, {})
        wanted = {aliases.get(code, code) for code in given}
        known = tuple(choice.code for choice in group.choices if choice.code in wanted)
        for code in sorted(wanted.difference(known)):
            sentence = _("“{code}” is not a {noun} we know.").format(code=_short(code), noun=group.noun)
            problems.append(Problem(group.name, sentence))
        if known:
            found[group.name] = known
    return found


def _radius(value: str, problems: list[Problem]) -> int | None:
    """Miles, None for the whole state, 0 for nothing said."""
    if value in _ANY:
        return 0
    if value == WHOLE_STATE:
        return None
    if value.isascii() and value.isdigit() and len(value) < 5 and int(value) in RADII:
        return int(value)
    sentence = _("The distance can be 5, 10, 25, 50 or 100 miles, or the whole state, not “{value}”.")
    problems.append(Problem("radius", sentence.format(value=_short(value))))
    return 0


def _order(value: str, problems: list[Problem]) -> Order:
    try:
        return Order(value or "distance")
    except ValueError:
        sentence = _("Results can be ordered by distance, by intake or by confirmed, not by “{value}”.")
        problems.append(Problem("order", sentence.format(value=_short(value))))
        return Order.DISTANCE


def _page(value: str, problems: list[Problem]) -> int:
    if not value:
        return 1
    if value.isascii() and value.isdigit() and len(value) < 6 and 1 <= int(value) <= MOST_PAGES:
        return int(value)
    problems.append(
        Problem("page", _("Pages are counted from 1; “{value}” is not a page.").format(value=_short(value)))
    )
    return 1


def _shown(group: str, code: str) -> str:
    return "1" if (group, code) == ("accepting", "newpt") else code


def _quoted(value: str) -> str:
    return value if value.isascii() and value.isalnum() else quote_plus(value)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
