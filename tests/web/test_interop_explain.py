"""Anybody can make the order of a search anew from the explanation alone: its keys, or the facts behind them."""

import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from geopy.distance import geodesic
from litestar import Litestar
from litestar.testing import TestClient

from directory.lib.db import Databases, unit_of_work
from directory.lib.ids import new_id
from directory.search import actions
from directory.search.entries import Entry, Line
from tests.support.databases import Maker
from tests.support.forms import Client
from tests.support.time import Clock

TODAY = dt.date(2026, 3, 10)
WHAT = ("", "&treatment=SPRAVATO", "&treatment=KET_IV&payer=selfpay")
WHERE = ("04101&radius=100", "04101&radius=state", "Maine", "99723&radius=5")


def an_entry(chance: Random, number: int) -> Entry:
    """Some stand in one house, were confirmed on one day, or wait equally long: then the next key decides."""
    apart = chance.choice([0.0, 0.0, 0.2, 1.0])

    def day(*days: int) -> dt.date | None:
        return chance.choice([None, *(TODAY + dt.timedelta(days=each) for each in days)])

    return Entry(
        location_id=str(new_id()),
        slug=f"clinic-{chance.randint(0, 9_999):04}-{number}",
        name="Clinic",
        organization="Clinic",
        city="Portland",
        state="ME",
        zip5="04101",
        latitude=round(43.6569 + chance.uniform(-apart, apart), 4),
        longitude=round(-70.2589 + chance.uniform(-apart, apart), 4),
        phone="+12075550142",
        accepting_patients="newpt",
        confirmed_at=day(-1, -2, -40),
        wait_days=chance.choice([None, 0, 5, 14]),
        lines=(
            Line(treatment="SPRAVATO", payers=("medib",), next_intake_on=day(-1, 0, 5)),
            Line(treatment="KET_IV", payers=chance.choice([("selfpay",), ()]), next_intake_on=day(3, 5)),
        ),
    )


@pytest.fixture
def api(
    make_client: Callable[..., TestClient[Litestar]], make_database: Callable[[str], Maker], clock: Clock
) -> Client:
    """A client of a directory of 90 clinics. On SQLite alone: the order is the index's."""
    url = make_database("sqlite").migrated()
    databases, chance = Databases(url), Random(7)
    with unit_of_work(databases) as db:
        actions.write_entries(db, [an_entry(chance, number) for number in range(90)])
    databases.close()
    return make_client(database_url=url)


def made_anew(rows: list[Any], keys: list[Any]) -> list[str]:
    """The slugs as a reader of the document would sort them, who has nothing but the answer."""

    def place(row: Any) -> list[tuple[bool, float | str]]:
        found: list[tuple[bool, float | str]] = []
        for key in keys:
            value = row["keys"][key["name"]]
            if key["name"].endswith("_at") and value is not None:
                value = dt.date.fromisoformat(value).toordinal()
            falling = key["direction"] == "descending"
            found.append((value is None, 0 if value is None else -value if falling else value))
        return found

    return [row["slug"] for row in sorted(rows, key=place)]


def all_pages(api: Client, path: str, query: str) -> tuple[list[Any], Any]:
    rows: list[Any] = []
    first = told = api.get(f"{path}?{query}").json()
    while True:
        rows += told["results"]
        if told["next"] is None:
            return rows, first
        assert told["next"].startswith(path + "?")
        told = api.get(told["next"]).json()


def test_the_order_can_be_made_anew_from_the_explanation_alone(api: Client) -> None:
    looked_at = 0
    for order in ("distance", "intake", "confirmed"):
        for where in WHERE:
            for what in WHAT:
                query = f"near={where}{what}&order={order}"
                found, answer = all_pages(api, "/api/v1/search", query)
                rows, told = all_pages(api, "/api/v1/search/explain", query)
                listed = [each["slug"] for each in found]
                assert made_anew(Random(1).sample(rows, len(rows)), told["keys"]) == listed, query
                assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
                assert [row["why"] for row in rows] == [each["why"] for each in found]
                beyond = [each["slug"] for each in answer["beyond"]]
                assert made_anew(told["beyond"][::-1], told["beyond_keys"]) == beyond
                looked_at += len(rows) + len(beyond)
    assert looked_at > 1_000


def test_the_keys_come_from_facts_that_are_published(api: Client) -> None:
    for order in ("distance", "intake", "confirmed"):
        rows, told = all_pages(api, "/api/v1/search/explain", f"near=04101&radius=100&order={order}")
        origin = (told["from"]["latitude"], told["from"]["longitude"])
        for row in rows:
            facts, keys = row["inputs"], row["keys"]
            metres = geodesic(origin, (facts["latitude"], facts["longitude"])).meters
            assert keys["distance_m"] == pytest.approx(metres, abs=0.1)
            if order == "intake":
                named = facts["next_intake_on"]
                days = facts["wait_days"] if named is None else (dt.date.fromisoformat(named) - TODAY).days
                assert keys["intake_days"] == days
            if order == "confirmed":
                assert keys["confirmed_at"] == facts["confirmed_at"]


def test_the_results_lead_to_why_they_stand_in_this_order(api: Client) -> None:
    page = api.get("/search?near=04101&order=intake").text
    assert "Why this order?" in page
    assert "Nobody can pay to stand higher." in page
    assert 'href="/api/v1/search/explain?near=04101&amp;order=intake"' in page
