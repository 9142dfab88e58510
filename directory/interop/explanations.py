"""Why results stand in their order, as data: every key that has a say, with its value and what it was made from.

The order is made anew here, from what is published alone, and not taken from the index.
"""

import datetime as dt
from typing import Any

from directory.interop.answers import encoded, next_url, place
from directory.search import ranking
from directory.search.asking import Asked, centre_of, why
from directory.search.index import Hit
from directory.search.ranking import Order

PATH = "/api/v1/search/explain"


def explain(asked: Asked, *, today: dt.date) -> bytes:
    """The whole answer for one page of results; `beyond` as in a search, always nearest first."""
    query, answer = asked.query, asked.answer
    following = asked.first_rank - 1 + len(answer.hits) < answer.total
    return encoded(
        {
            "place": place(asked.place),
            "from": {"latitude": asked.place.point.latitude, "longitude": asked.place.point.longitude},
            "radius_miles": asked.radius,
            "today": today.isoformat(),
            "order": query.order.value,
            "rule": str(ranking.RULES[query.order]),
            "keys": _keys(query.order),
            "filters": {name: list(codes) for name, codes in query.filters.items()},
            "filters_say": "Filters and radius decide who is in the list. They have no say in its order.",
            "payment": "None. Nobody can pay to be listed or to stand higher, and nothing about who asks is used.",
            "total": answer.total,
            "results": _rows(answer.hits, asked, query.order, asked.first_rank, today),
            "next": next_url(query, PATH) if following else None,
            "beyond_keys": _keys(Order.DISTANCE),
            "beyond": _rows(answer.beyond, asked, Order.DISTANCE, 1, today),
        }
    )


def _keys(order: Order) -> list[dict[str, str]]:
    return [
        {
            "name": key.name,
            "direction": "ascending" if key.ascending else "descending",
            "unknown": "last",
            "meaning": key.meaning,
        }
        for key in ranking.KEYS[order]
    ]


def _rows(hits: list[Hit], asked: Asked, order: Order, first: int, today: dt.date) -> list[dict[str, Any]]:
    centre = centre_of(asked.place)
    valued = [(hit, _values(hit, order)) for hit in hits]
    return [
        {
            "rank": rank,
            "slug": hit.record.slug,
            "keys": values,
            "inputs": _inputs(hit, order, today),
            "why": why(order, hit, rank, centre=centre, today=today),
            "published": f"/api/v1/clinics/{hit.record.slug}",
        }
        for rank, (hit, values) in enumerate(ranking.in_order(valued, order, lambda row: row[1]), first)
    ]


def _values(hit: Hit, order: Order) -> dict[str, Any]:
    confirmed_at = hit.record.confirmed_at
    known = {
        "distance_m": hit.distance_m,
        "slug": hit.record.slug,
        "intake_days": hit.intake_days,
        "confirmed_at": confirmed_at.isoformat() if confirmed_at else None,
    }
    return {key.name: known[key.name] for key in ranking.KEYS[order]}


def _inputs(hit: Hit, order: Order, today: dt.date) -> dict[str, Any]:
    """What of the clinic's published facts the keys were made from."""
    entry = hit.record.entry()
    found: dict[str, Any] = {"latitude": entry.latitude, "longitude": entry.longitude}
    if order is Order.INTAKE:
        named = (
            today + dt.timedelta(days=hit.intake_days) if hit.intake_stated and hit.intake_days is not None else None
        )
        found |= {"next_intake_on": named.isoformat() if named else None, "wait_days": entry.wait_days}
    if order is Order.CONFIRMED:
        found["confirmed_at"] = entry.confirmed_at.isoformat() if entry.confirmed_at else None
    return found
