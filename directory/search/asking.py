"""From a query to an answer: the place its words mean, then the index. Shared by pages and JSON API. No database."""

import datetime as dt
from dataclasses import dataclass

from directory.geography import places
from directory.geography.place import Ambiguous, Place, Unknown
from directory.geography.point import miles_to_metres
from directory.lib.errors import Unavailable
from directory.search import ranking
from directory.search.freshness import LiveIndex
from directory.search.index import Answer, Hit, Index, Question
from directory.search.query import PER_PAGE, SearchQuery
from directory.search.ranking import Order
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The place that was meant, the radius in miles that was searched (None: its whole state), and the answer.

    `index` is the state of the index that answered, for counts that must agree with the answer.
    """

    query: SearchQuery
    place: Place
    radius: int | None
    answer: Answer
    index: Index

    def would_find(self, query: SearchQuery) -> int:
        """How many locations another choice of radius and filters would find from the same place."""
        radius = None if self.radius is None and not query.radius_chosen else query.radius
        return self.index.count(_question(query, self.place, radius))

    @property
    def pages(self) -> int:
        """How many pages the results have; at least one."""
        return max(1, -(-self.answer.total // PER_PAGE))

    @property
    def first_rank(self) -> int:
        """The rank of the first result of this page, from 1."""
        return (self.query.page - 1) * PER_PAGE + 1

    @property
    def is_beyond_the_last_page(self) -> bool:
        """Whether there is no such page of this list."""
        return self.query.page > self.pages


def ask(live: LiveIndex, query: SearchQuery, *, today: dt.date) -> Asked | Ambiguous | Unknown:
    """Answer `query`, or say that its place is several or none. A state's name alone searches the whole state.

    Raises Unavailable before the index was loaded: an empty list would be a lie.
    """
    index = loaded(live)
    found = places.find(query.near)
    if isinstance(found, Ambiguous | Unknown):
        return found
    place = found.place
    radius = None if place.kind == "state" and not query.radius_chosen else query.radius
    answer = index.ask(_question(query, place, radius), today)
    return Asked(query=query, place=place, radius=radius, answer=answer, index=index)


def _question(query: SearchQuery, place: Place, radius: int | None) -> Question:
    return Question(
        point=place.point,
        radius_m=None if radius is None else miles_to_metres(radius),
        state=place.state,
        filters=query.filters,
        order=query.order,
        offset=(query.page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )


def loaded(live: LiveIndex) -> Index:
    """The newest state of the index. Raises Unavailable before there is one."""
    if not live.loaded:
        raise Unavailable(_("The list of clinics is not loaded yet. Please try again in a moment."))
    return live.index


def centre_of(place: Place) -> str:
    """What distances are measured from, in words."""
    if place.kind == "zip":
        return _("the center of ZIP {zip}").format(zip=place.zip5)
    return _("the center of {place}").format(place=place.label)


def why(order: Order, hit: Hit, rank: int, *, centre: str, today: dt.date) -> str:
    """Why a result stands where it stands in its list, which is in `order`; what lies beyond is always by distance.

    `centre` is `centre_of` the place, put into words once a page.
    """
    return ranking.why(
        order,
        rank=rank,
        distance_m=hit.distance_m,
        centre=centre,
        intake_days=hit.intake_days,
        intake_stated=hit.intake_stated,
        confirmed_at=hit.record.confirmed_at,
        today=today,
    )
