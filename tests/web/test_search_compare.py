"""Comparing clinics, and questions to take along: plain addresses, each choice answered in words, nothing kept."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import col, select

from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import moved
from directory.listings.models import Location
from tests.support.clinics import AT
from tests.support.databases import Maker

NEAR = "near=10001"


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def ticked(html: str) -> list[str]:
    return re.findall(r'name="c" value="([^"]+)"[^>]* checked', html)


@pytest.fixture
def demo(make_database: Callable[[str], Maker]) -> str:
    """The invented clinics, on SQLite alone: what the pages ask the database is tested on both beside this."""
    return make_database("sqlite").demo()


@pytest.fixture
def databases(demo: str) -> Iterator[Databases]:
    found = Databases(demo)
    yield found
    found.close()


@pytest.fixture
def client(make_client: Callable[..., TestClient[Litestar]], demo: str) -> TestClient[Litestar]:
    return make_client(database_url=demo, demo="yes")


@pytest.fixture
def slugs(client: TestClient[Litestar]) -> list[str]:
    """Clinics near the place, nearest first."""
    return [row["slug"] for row in client.get(f"/api/v1/search?{NEAR}&radius=100").json()["results"]]


def names(databases: Databases, slugs: list[str]) -> list[str]:
    with reading(databases) as db:
        rows = db.exec(select(Location).where(col(Location.slug).in_(slugs))).all()
        found = {row.slug: row.name for row in rows}
    return [found[slug] for slug in slugs]


def change(databases: Databases, slug: str, **values: Any) -> UUID:
    with unit_of_work(databases) as db:
        row = db.exec(select(Location).where(Location.slug == slug)).one()
        for name, value in values.items():
            setattr(row, name, value)
        return row.id


def compared(slugs: list[str], near: str = NEAR) -> str:
    return f"/compare?{near}&" + "&".join(f"c={slug}" for slug in slugs)


def test_each_card_has_a_box_that_belongs_to_a_plain_form(client: TestClient[Litestar], slugs: list[str]) -> None:
    page = client.get(f"/search?{NEAR}&radius=100").text
    boxes = re.findall(r'<input[^>]+type="checkbox" name="c" value="([^"]+)" form="compare"', page)
    assert boxes == slugs[: len(boxes)]
    form = page.split('id="compare" action="/compare" method="get"')[1].split("</form>")[0]
    assert 'name="near" value="10001"' in form
    assert 'type="submit"' in form


def test_clinics_stand_side_by_side_in_the_order_of_the_address(
    client: TestClient[Litestar], databases: Databases, slugs: list[str]
) -> None:
    chosen = [slugs[2], slugs[0], slugs[1]]
    page = client.get(compared(chosen))
    assert page.status_code == 200
    assert re.findall(r'scope="col"><a class="compare__name" href="/clinics/([^"]+)"', page.text)[:3] == chosen
    said = words(page.text)
    assert said.index("What differs") < said.index("The same at all") < said.rindex("About these treatments")
    assert "miles away" in said
    assert "straight line from the center of ZIP 10001" in said
    assert re.search(r"Confirmed [a-z ]+, [A-Z][a-z]+ \d+, 20\d\d", said), "proofs stand with the facts"
    assert "FDA has not reviewed it for these uses" in said or "has not been demonstrated" in said
    assert all(name in said for name in names(databases, chosen))


def test_without_a_place_there_are_no_distances_and_one_that_is_not_clear_is_said(
    client: TestClient[Litestar], slugs: list[str]
) -> None:
    head = client.get(compared(slugs[:2], near="")).text.split('id="others"')[0]
    assert "miles away" not in head
    said = words(client.get(compared(slugs[:2], near="near=Springfield")).text)
    assert "we could not tell which place “Springfield” is" in said


def test_too_many_are_said_and_stay_ticked(client: TestClient[Litestar], databases: Databases) -> None:
    with reading(databases) as db:
        slugs = list(db.exec(select(Location.slug).order_by(Location.slug).limit(6)).all())
    page = client.get(compared(slugs))
    assert page.status_code == 422
    assert "6 clinics are ticked, and four fit side by side." in words(page.text)
    assert ticked(page.text) == slugs


def test_one_alone_is_said_and_others_near_are_offered(client: TestClient[Litestar], slugs: list[str]) -> None:
    page = client.get(compared(slugs[:1]))
    assert page.status_code == 200
    assert "One clinic is chosen. Tick one to three more" in words(page.text)
    assert ticked(page.text) == slugs[:1]
    assert f'name="c" value="{slugs[1]}"' in page.text


@pytest.mark.parametrize("path", ["/compare", "/compare/questions"])
def test_none_at_all_is_asked_for(client: TestClient[Litestar], path: str) -> None:
    page = client.get(path)
    assert page.status_code == 422
    assert "Tick two to four clinics." in words(page.text)
    assert 'action="/search"' in page.text


def test_clinics_that_left_or_were_merged_are_said_in_words(
    client: TestClient[Litestar], databases: Databases, slugs: list[str]
) -> None:
    kept, merged, closed, other = slugs[:4]
    before = names(databases, slugs[:4])
    kept_id, merged_id = change(databases, kept), change(databases, merged, status="CLOSED")
    change(databases, closed, status="CLOSED")
    with unit_of_work(databases) as db:
        moved.move(db, merged_id, kept_id, at=AT)
    page = client.get(compared([merged, closed, other, "no-such-clinic"]))
    assert page.status_code == 200
    said = words(page.text)
    assert f"{before[1]} and {before[0]} turned out to be the same clinic." in said
    assert f"{before[2]}: This clinic has closed, or no longer offers this care." in said
    assert "1 of the clinics in this address is not in the directory." in said
    assert "no-such-clinic" not in said
    assert f'href="/clinics/{kept}"' in page.text
    gone = client.get(compared([closed, "no-such-clinic"]))
    assert gone.status_code == 200
    assert "None of these clinics can be compared now." in words(gone.text)


def test_what_an_address_holds_cannot_become_markup_or_break_the_page(client: TestClient[Litestar]) -> None:
    for query in ("c=%3Cscript%3Ex&c=b", "near=%22%3E%3Cscript%3Ex&c=a", "c=%00&c=a%00b", "c=" + "x" * 9_000):
        page = client.get(f"/compare?{query}")
        assert page.status_code in {200, 422}
        assert "<script>x" not in page.text
    assert client.get("/compare?" + "&".join(f"c=x{n}" for n in range(500))).status_code == 422


def test_a_link_cannot_make_the_page_say_anything(client: TestClient[Litestar], slugs: list[str]) -> None:
    for sent in ("zap 555 0100 now", "zap-555-0100-now", "ZAPPING", "“zap”"):
        page = client.get("/compare", params={"c": [*slugs[:2], sent]})
        assert page.status_code == 200
        assert "is not in the directory. It may have been removed." in words(page.text)
        assert sent not in words(page.text)
        alone = client.get("/compare", params={"c": sent})
        assert sent not in words(alone.text)


def test_nothing_of_a_comparison_is_kept(client: TestClient[Litestar], slugs: list[str]) -> None:
    for path in (compared(slugs[:2]), compared(slugs[:2]).replace("/compare", "/compare/questions")):
        page = client.get(path)
        assert "set-cookie" not in page.headers
        assert page.headers["cache-control"] == "private, no-cache"
        assert '<meta name="robots" content="noindex">' in page.text


def test_the_clinics_page_leads_to_its_questions_and_to_a_comparison(
    client: TestClient[Litestar], databases: Databases, slugs: list[str]
) -> None:
    slug = slugs[0]
    page = client.get(f"/clinics/{slug}").text
    assert f'href="/clinics/{slug}/questions"' in page
    assert re.search(rf'href="/compare\?near=\d{{5}}&amp;c={slug}"', page)
    change(databases, slug, wait_days=None)
    said = words(client.get(f"/clinics/{slug}/questions").text)
    assert "This page does not say for sure whether new patients are taken, and how long the wait is." in said
    assert "What everybody should ask" in said
    assert "Who may take me home? When may I drive?" in said


def test_the_sheet_for_several_names_the_clinics_at_each_line(
    client: TestClient[Litestar], databases: Databases, slugs: list[str]
) -> None:
    change(databases, slugs[0], wait_days=None)
    change(databases, slugs[1], wait_days=7)
    page = client.get(compared(slugs[:2]).replace("/compare", "/compare/questions"))
    first, second = names(databases, slugs[:2])
    asked = page.text.split("Do you take new patients now")[1].split("</li>")[0]
    assert first in asked
    assert second not in asked


def test_there_are_no_questions_for_a_clinic_without_a_page(
    client: TestClient[Litestar], databases: Databases, slugs: list[str]
) -> None:
    assert client.get("/clinics/no-such-clinic/questions").status_code == 404
    kept_id = change(databases, slugs[0])
    closed_id = change(databases, slugs[1], status="CLOSED")
    assert client.get(f"/clinics/{slugs[1]}/questions").status_code == 404
    with unit_of_work(databases) as db:
        moved.move(db, closed_id, kept_id, at=AT)
    answer = client.get(f"/clinics/{slugs[1]}/questions")
    assert (answer.status_code, answer.headers["location"]) == (301, f"/clinics/{slugs[0]}/questions")
