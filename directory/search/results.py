"""The page of results, put together from moulds of its templates: frame, cards, filters, and what stands around.

Templates stay the only place where the page is written; plain rendering of 20 cards and 80 filters takes ten times the
search itself.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup

from directory.geography.place import Place
from directory.geography.point import METRES_PER_MILE
from directory.lib.languages import ENGLISH, current, speaking
from directory.search import asking, choices, course_query, nothing, ranking
from directory.search.asking import Asked
from directory.search.cards import Cards
from directory.search.filters import FilterForm
from directory.search.index import Hit
from directory.search.query import SearchQuery
from directory.terminology.states import STATES
from directory.web.kept import Mark, Mould, text
from directory.wording import say
from directory.wording.say import _, ngettext

FEW: Final = 10
"""With fewer results than this, ways to look farther are offered."""
_TENTH_M: Final = METRES_PER_MILE / 10
"""Distances are said to a tenth of a mile at most, so words for each tenth are enough."""
Sentence = Callable[[Hit, int], bytes]
"""From a result and its rank to why it stands there, escaped."""
_FRAME: Final = ("query", "heading", "near", "kept", "lead", "chips", "filters", "results")


class ResultsByLanguage:
    """The results page in each language, made when it is first asked for; English at once."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._made: dict[str, ResultPages] = {}
        self._of(ENGLISH)

    def page(self, asked: Asked, today: dt.date) -> bytes:
        """The whole page for what was found, in the reader's language."""
        return self._of(current()).page(asked, today)

    def _of(self, language: str) -> "ResultPages":
        made = self._made.get(language)
        if made is None:
            with speaking(language):
                made = self._made[language] = ResultPages(self._environment)
        return made


class ResultPages:
    """Everything of the results page that can be made before anybody searches, in the language it is made in."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self.cards = Cards(environment)
        self._form = FilterForm(environment)
        self._frame = self._mould("search/results.html", *_FRAME, path="/search")
        self._list = self._mould(
            "search/results/list.html",
            *("latitude", "longitude", "place", "radius", "cards", "near", "rule", "explain", "after"),
        )
        self._beyond = self._mould(
            "search/results/beyond.html", "latitude", "longitude", "place", "radius", "cards", "near"
        )
        self._chips = self._mould("search/results/chips.html", "inner", "clear")
        self._chip = self._mould("search/results/chip.html", "text", "href")
        self._pagination = lru_cache(maxsize=200)(self._pagination_of)

    def page(self, asked: Asked, today: dt.date) -> bytes:
        """The whole page for what was found."""
        query, place, answer = asked.query, asked.place, asked.answer
        heading = heading_of(asked)
        results = self._found(asked, today) if answer.total else self._nothing(asked)
        parts = self._frame.around(
            query=text(query.url().partition("?")[2]),
            heading=text(heading),
            near=text(place.near),
            kept=hidden_fields(query.pairs()),
            lead=_lead(place),
            chips=self._in_force(query),
            filters=self._form.html(query, asked.radius, answer.facets, STATES.label(place.state)),
            results=results,
        )
        return b"".join(parts)

    def _found(self, asked: Asked, today: dt.date) -> list[bytes]:
        place = asked.place
        after = self._pages(asked.query, asked.pages) if asked.pages > 1 else b""
        if asked.answer.total < FEW:
            after += self._widening(asked)
        if nothing.nobody_takes_new_patients(asked):
            after += self._plain("search/results/full.html", tell_me=nothing.tell_me_href(asked))
        return self._list.around(
            latitude=b"%.4f" % place.point.latitude,
            longitude=b"%.4f" % place.point.longitude,
            place=text(place.label),
            radius=_radius(asked),
            cards=self._cards(asked, asked.answer.hits, _sentences(asked, today), asked.first_rank),
            rule=text(ranking.RULES[asked.query.order]),
            explain=text(asked.query.url("/api/v1/search/explain")),
            near=text(place.near),
            after=after,
        )

    def _nothing(self, asked: Asked) -> list[bytes]:
        place, hits = asked.place, asked.answer.beyond
        beyond: list[bytes] = []
        if hits:
            beyond = self._beyond.around(
                latitude=b"%.4f" % place.point.latitude,
                longitude=b"%.4f" % place.point.longitude,
                place=text(place.label),
                radius=_radius(asked),
                cards=self._cards(asked, hits, lambda hit, rank: _beyond_sentence(place, hit), 1),
                near=text(place.near),
            )
        inner = self._plain(
            "search/results/none.html",
            wider=nothing.wider(asked),
            looser=nothing.looser(asked),
            beyond=Markup(b"".join(beyond).decode()),  # noqa: S704 - made by templates
            tell_me=nothing.tell_me_href(asked),
        )
        return [inner]

    def _cards(self, asked: Asked, hits: Sequence[Hit], sentence: Sentence, first: int) -> list[bytes]:
        card, course = self.cards.of, text(course_query.asked_from(asked.place, asked.query.filters))
        parts: list[bytes] = []
        for rank, hit in enumerate(hits, first):
            distance = _away(_tenths(hit.distance_m))
            parts += card(hit.record).pieces(
                number=b"%d" % rank, distance=distance, why=sentence(hit, rank), course=course
            )
        return parts

    def _in_force(self, query: SearchQuery) -> bytes:
        if not query.filters:
            return b""
        inner = b"".join(
            self._chip.fill(
                text=text(choice.chip if choice else code), href=text(query.without(group.name, code).url())
            )
            for group in choices.GROUPS
            for code in query.filters.get(group.name, ())
            for choice in (group.find(code),)
        )
        return self._chips.fill(inner=inner, clear=text(query.unfiltered().url()))

    def _widening(self, asked: Asked) -> bytes:
        """Links to what is larger."""
        links = [(words, query.url()) for words, query in nothing.larger(asked)]
        return self._plain("search/results/widen.html", links=links) if links else b""

    def _plain(self, template: str, **given: Any) -> bytes:
        """A part rendered plainly: short lists are few."""
        return self._environment.get_template(template).render(**given).encode()

    def _pages(self, query: SearchQuery, pages: int) -> bytes:
        return self._pagination(query.page, pages).fill(base=text(query.at_page(1).url()))

    def _pagination_of(self, page: int, pages: int) -> Mould:
        def href(number: int) -> Markup:
            suffix = "" if number == 1 else f"&page={number}"
            return Markup("{}{}").format(Mark("base"), suffix)

        shown = sorted({1, *range(page - 1, page + 2), pages} & set(range(1, pages + 1)))
        entries: list[dict[str, Any]] = []
        for number in shown:
            if entries and number - entries[-1]["number"] > 1:  # after a gap stands a number, so this is never None
                entries.append({"number": None})
            entries.append({"number": number, "href": href(number), "current": number == page})
        template = self._environment.get_template("search/results/pages.html")
        previous = href(page - 1) if page > 1 else ""
        following = href(page + 1) if page < pages else ""
        return Mould(template.render(pages=entries, previous_href=previous, next_href=following))

    def _mould(self, name: str, *slots: str, **more: Any) -> Mould:
        template = self._environment.get_template(name)
        return Mould(template.render({slot: Mark(slot) for slot in slots} | more))


def _away(tenths: int) -> bytes:
    return _away_in(current(), tenths)


def _miles(tenths: int) -> bytes:
    return _miles_in(current(), tenths)


@lru_cache(maxsize=5_000)
def _away_in(_language: str, tenths: int) -> bytes:
    return text(distance_words(tenths * _TENTH_M))


@lru_cache(maxsize=5_000)
def _miles_in(_language: str, tenths: int) -> bytes:
    return text(say.miles(tenths * _TENTH_M))


def _tenths(distance_m: float) -> int:
    return round(distance_m / _TENTH_M)


def distance_words(distance_m: float) -> str:
    """A distance as cards say it: to a tenth of a mile, then as `say.distance` does."""
    return say.distance(_tenths(distance_m) * _TENTH_M)


def heading_of(asked: Asked) -> str:
    """ "12 clinics within 25 miles of 80202", the heading and what is announced when the list changes."""
    total, place = asked.answer.total, asked.place
    if asked.radius is None:
        state = STATES.label(place.state)
        if not total:
            return _("No clinics in {state}").format(state=state)
        sentence = ngettext("{total} clinic in {state}", "{total} clinics in {state}", total)
        return sentence.format(total=say.number(total), state=state)
    if not total:
        return _("No clinics within {n} miles of {place}").format(n=asked.radius, place=place.label)
    sentence = ngettext(
        "{total} clinic within {n} miles of {place}", "{total} clinics within {n} miles of {place}", total
    )
    return sentence.format(total=say.number(total), n=asked.radius, place=place.label)


def _sentences(asked: Asked, today: dt.date) -> Sentence:
    """Why each result stands where it stands."""
    order, centre = asked.query.order, asking.centre_of(asked.place)
    if order is ranking.Order.DISTANCE:
        sentence = Mould(escape(ranking.by_distance(Mark("rank"), Mark("miles"), centre)))
        return lambda hit, rank: sentence.fill(rank=b"%d" % rank, miles=_miles(_tenths(hit.distance_m)))

    return lambda hit, rank: text(asking.why(order, hit, rank, centre=centre, today=today))


def _beyond_sentence(place: Place, hit: Hit) -> bytes:
    sentence = _("Outside the distance you chose: about {miles} from {centre}.")
    return text(sentence.format(miles=say.miles(hit.distance_m), centre=asking.centre_of(place)))


def _lead(place: Place) -> bytes:
    lead = _("Distances are in a straight line from {centre}.").format(centre=asking.centre_of(place))
    return text(lead)


def hidden_fields(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Radius, filters and order as hidden fields, so that another place keeps them."""
    return b"".join(
        b'<input type="hidden" name="%b" value="%b">' % (text(name), text(value))
        for name, value in pairs
        if name not in ("near", "page")
    )


def _radius(asked: Asked) -> bytes:
    """Miles for the map's circle; nothing for a whole state."""
    return b"" if asked.radius is None else b"%d" % asked.radius
