"""Search answers as JSON: what belongs to a listing is encoded once per version; a request fills in the rest."""

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from directory.geography.place import Place
from directory.search.asking import Asked, centre_of, why
from directory.search.entries import Answers, Entry
from directory.search.index import Hit, Record
from directory.search.query import SearchQuery
from directory.search.ranking import Order

MOST_KEPT: Final = 50_000


class KeptListings:
    """The JSON of listings without its closing part, by location and version; the oldest go first when it is full."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[int, bytes]] = OrderedDict()

    def of(self, record: Record) -> bytes:
        """The object's beginning: everything but `distance_m` and `why`."""
        kept = self._kept.get(record.location_id)
        if kept is not None and kept[0] == record.version:
            return kept[1]
        made = encoded(listing(record.entry()))[:-1]
        self._kept[record.location_id] = (record.version, made)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return made


def encoded(value: Any) -> bytes:
    """Compact JSON. Words in it are English (`with_languages` sees to it): machines go by codes."""
    return msgspec.json.encode(value, enc_hook=str)


def listing(entry: Entry) -> dict[str, Any]:
    """What a result says of a clinic whoever asks."""
    return {
        "slug": entry.slug,
        "name": entry.name,
        "city": entry.city,
        "state": entry.state,
        "latitude": entry.latitude,
        "longitude": entry.longitude,
        "treatments": [line.treatment for line in entry.lines],
        "accepting_patients": entry.accepting_patients or None,
        "confirmed_at": entry.confirmed_at.isoformat() if entry.confirmed_at else None,
        "in_doubt": [*_in_doubt(entry)],
        "answers": _answers(entry.answers),
    }


def _in_doubt(entry: Entry) -> Iterator[dict[str, str | None]]:
    """What a refusal put in doubt: a treatment (`payer` null), or a payer of one."""
    for line in entry.lines:
        if line.doubted:
            yield {"treatment": line.treatment, "payer": None}
        for payer in line.doubted_payers:
            yield {"treatment": line.treatment, "payer": payer}


def _answers(answers: Answers | None) -> dict[str, Any] | None:
    if answers is None:
        return None
    return answer_figures(
        asked=answers.asked,
        acknowledged=answers.acknowledged,
        decided=answers.decided,
        median_minutes=answers.median_minutes,
        last_on=answers.last_on,
    )


def answer_figures(
    *, asked: int, acknowledged: int | None, decided: int, median_minutes: int | None, last_on: dt.date | None
) -> dict[str, Any]:
    """How requests of the last 90 days were answered, as machines get it; only for clinics with five of them."""
    return {
        "asked": asked,
        "acknowledged": acknowledged,
        "decided": decided,
        "median_hours": None if median_minutes is None else round(median_minutes / 60, 1),
        "last_answer_on": last_on.isoformat() if last_on else None,
    }


def place(found: Place) -> dict[str, Any]:
    """A place as machines get it: `label kind near latitude longitude`."""
    return {
        "label": found.label,
        "kind": found.kind,
        "near": found.near,
        "latitude": round(found.point.latitude, 5),
        "longitude": round(found.point.longitude, 5),
    }


def search(asked: Asked, kept: KeptListings, *, today: dt.date) -> bytes:
    """The whole answer: `place total results facets next beyond`."""
    query, answer = asked.query, asked.answer
    results = _results(answer.hits, kept, asked, order=query.order, first=asked.first_rank, today=today)
    beyond = _results(answer.beyond, kept, asked, order=Order.DISTANCE, first=1, today=today)
    following = next_url(query) if asked.first_rank - 1 + len(answer.hits) < answer.total else None
    return b'{"place":%b,"total":%d,"results":[%b],"facets":%b,"next":%b,"beyond":[%b]}' % (
        encoded(place(asked.place)),
        answer.total,
        results,
        encoded(answer.facets),
        encoded(following),
        beyond,
    )


def next_url(query: SearchQuery, path: str = "/api/v1/search") -> str:
    """The address of the next page of the same search."""
    return query.at_page(query.page + 1).url(path)


def _results(hits: list[Hit], kept: KeptListings, asked: Asked, *, order: Order, first: int, today: dt.date) -> bytes:
    centre = centre_of(asked.place)
    return b",".join(
        b'%b,"distance_m":%d,"why":%b}'
        % (
            kept.of(hit.record),
            round(hit.distance_m),
            encoded(why(order, hit, rank, centre=centre, today=today)),
        )
        for rank, hit in enumerate(hits, first)
    )
