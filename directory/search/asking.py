"""From a query to an answer: the place its words mean, then the index. Shared by pages and JSON API. No database."""

import datetime as dt
from dataclasses import dataclass

from directory.geography import places
from directory.geography.place import Ambiguous, Place, Unknown
from directory.geography.point import METRES_PER_MILE
from directory.search.index import Answer, Index, Question
from directory.search.query import PER_PAGE, SearchQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The place that was meant, the answer, and the query as it was taken (a state's name searches the state)."""

    query: SearchQuery
    place: Place
    answer: Answer

    @property
    def pages(self) -> int:
        """How many pages the results have; at least one."""
        return max(1, -(-self.answer.total // PER_PAGE))

    @property
    def first_rank(self) -> int:
        """The rank of the first result of this page, from 1."""
        return (self.query.page - 1) * PER_PAGE + 1


def ask(index: Index, query: SearchQuery, *, today: dt.date) -> Asked | Ambiguous | Unknown:
    """Answer `query`, or say that its place is several or none."""
    found = places.find(query.near)
    if isinstance(found, Ambiguous | Unknown):
        return found
    place = found.place
    radius = query.radius
    if place.kind == "state" and not query.radius_chosen:
        radius = None
    question = Question(
        point=place.point,
        radius_m=None if radius is None else radius * METRES_PER_MILE,
        state=place.state if radius is None else "",
        filters=query.filters,
        order=query.order,
        offset=(query.page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    return Asked(query=query, place=place, answer=index.ask(question, today))
