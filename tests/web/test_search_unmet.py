"""The page and the file of unmet need, and what a search adds to it."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator

import pytest

from directory.lib.db import Databases, reading, unit_of_work
from directory.search import actions, queries
from tests.support.databases import Maker
from tests.support.forms import Client, words_of
from tests.support.routes import litestar_of
from tests.support.time import Clock

FEBRUARY, MARCH = dt.date(2026, 2, 1), dt.date(2026, 3, 1)
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@pytest.fixture
def databases_here(make_database: Callable[[str], Maker]) -> Iterator[Databases]:
    """SQLite alone: the counts themselves are tried on both elsewhere."""
    found = Databases(make_database("sqlite").migrated())
    yield found
    found.close()


@pytest.fixture
def visitor(make_client: Callable[..., Client], databases_here: Databases) -> Client:
    return make_client(database_url=databases_here.url.render_as_string().replace("+pysqlite", ""))


def counted(databases: Databases, **counts: int) -> None:
    with unit_of_work(databases) as db:
        actions.add_unmet(db, {(FEBRUARY, fips.removeprefix("c")): n for fips, n in counts.items()})


def test_small_numbers_are_shown_nowhere(visitor: Client, databases_here: Databases, clock: Clock) -> None:
    counted(databases_here, c23005=73, c23031=21, c23001=7, c02020=20)
    page = visitor.get("/unmet-need").text
    said = words_of(page)
    assert "February 2026" in said
    assert "These are searches, not people." in said
    assert "Maine 1 1" in said
    assert "Alaska 1 0" in said
    assert "<title>Cumberland County, ME</title>" in page.replace("\n", "")
    assert "Androscoggin" not in page
    assert page.count("<circle") == 3 + 2, "the dots and the key"
    one = visitor.get("/unmet-need?month=2026-02&state=ME")
    said = words_of(one.text)
    for words in ("Cumberland County 50 or more", "York County 10 to 49", "Androscoggin County fewer than 10"):
        assert words in said.replace(" , ", " "), words
    for exact in ("73", ">21<", ">7<", "63"):
        assert exact not in one.text.split("<main")[1].split("</main>")[0]
    file = visitor.get("/unmet-need.csv")
    rows = {row["county_fips"]: row for row in csv.DictReader(io.StringIO(file.text))}
    assert len(rows) > 3_100, "every county: one that is left out would tell that nobody searched there"
    assert rows["23005"] == {
        "month": "2026-02", "state": "ME", "county_fips": "23005", "county": "Cumberland County",
        "searches_not_people": "50 or more",
    }  # fmt: skip
    assert {row["searches_not_people"] for row in rows.values()} == {"fewer than 10", "10 to 49", "50 or more"}
    assert rows["23001"]["searches_not_people"] == rows["23003"]["searches_not_people"] == "fewer than 10"


def test_only_months_that_are_over_are_published(visitor: Client, databases_here: Databases, clock: Clock) -> None:
    with unit_of_work(databases_here) as db:
        actions.add_unmet(db, {(MARCH, "23005"): 99})
    said = words_of(visitor.get("/unmet-need").text)
    assert "No month that was counted is over yet." in said
    assert visitor.get("/unmet-need.csv").status_code == 404
    counted(databases_here, c23005=12)
    for wrong in ("month=2026-03", "month=2025-01", "month=x", "state=XX"):
        assert visitor.get(f"/unmet-need?{wrong}").status_code == 404, wrong
    assert "50 or more" not in visitor.get("/unmet-need.csv").text


def test_a_search_that_finds_nobody_is_added_up_once(visitor: Client, databases_here: Databases, clock: Clock) -> None:
    visitor.get("/search?near=04101&radius=25", headers=BROWSER)
    visitor.get("/search?near=04101&radius=50", headers=BROWSER)
    visitor.get("/search?near=99501", headers={"User-Agent": "Examplebot/1.0"})
    visitor.get("/api/v1/search?near=99501", headers=BROWSER)
    visitor.get("/search?near=Springfield", headers=BROWSER)
    with reading(databases_here) as db:
        assert queries.find_unmet(db, MARCH) == {}
    litestar_of(visitor).state.tally.flush()
    with reading(databases_here) as db:
        assert queries.find_unmet(db, MARCH) == {"23005": 1}
