"""Finding care: the list, what is said when a place is not clear, and what an address may hold."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from directory.lib.db import Databases, unit_of_work
from directory.search import actions
from directory.search.entries import Entry, Line
from tests.support.databases import Maker
from tests.support.entries import an_entry


@pytest.fixture
def search(make_client: Callable[..., TestClient[Litestar]], make_database: Callable[[str], Maker]) -> Any:
    """`search(entries…)`: a client whose search holds these. On SQLite alone: pages ask the index."""
    url = make_database("sqlite").migrated()

    def fill(*entries: Entry) -> TestClient[Litestar]:
        databases = Databases(url)
        with unit_of_work(databases) as db:
            actions.write_entries(db, entries)
        databases.close()
        return make_client(database_url=url)

    return fill


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_list_says_how_many_how_far_and_why(search: Any) -> None:
    client = search(an_entry("near"), an_entry("far", latitude=43.90, city="Freeport"))
    page = client.get("/search?near=04101")
    assert page.status_code == 200
    said = words(page.text)
    assert "2 clinics within 25 miles of 04101" in said
    assert said.index("Clinic near") < said.index("Clinic far")
    assert "Number 1 by distance: about" in said
    assert "from the center of ZIP 04101" in said
    assert re.search(r"Clinic far +1[5-9] miles away", said)
    assert "FDA-approved for two depression indications" in said
    assert "Physician (MD) in the building for the whole session." in said
    assert "Registered nurse (RN) watches over you for at least 2 hours." in said
    assert "Confirmed by phone on March 1, 2026" in said
    assert "(207) 555-0142" in said
    assert "about 2 weeks" in said
    assert "Medicare Part B" in said


def test_off_label_use_is_never_called_approved(search: Any) -> None:
    client = search(an_entry("ketamine", lines=(Line(treatment="KET_IV"), Line(treatment="KET_IN_COMPOUNDED"))))
    card = client.get("/search?near=04101").text.split('<li class="result-card"')[1].split("</li>\n</ol>")[0]
    said = words(card)
    assert "Off-label use" in said
    assert not re.search(r"(?<!not )FDA-approved", said, re.IGNORECASE)


def test_filters_narrow_the_list_are_counted_and_can_be_taken_off(search: Any) -> None:
    client = search(
        an_entry("a"),
        an_entry("b", lines=(Line(treatment="KET_IV", payers=("selfpay",)),), languages=("en",)),
        an_entry("c", lines=(Line(treatment="SPRAVATO", payers=("medi",)), Line(treatment="KET_IV"))),
    )
    page = client.get("/search?near=04101&treatment=SPRAVATO&language=es")
    assert "2 clinics" in words(page.text)
    boxes = dict(re.findall(r'value="([A-Za-z_0-9]+)"( checked)?>\s*<label', page.text))
    assert boxes["SPRAVATO"]
    assert not boxes["KET_IV"]
    # Counted with the other groups applied: Spanish leaves a and c.
    assert re.search(r'Spravato.{0,80}facet__count">2<', page.text, re.DOTALL)
    assert 'href="/search?near=04101&amp;language=es"' in page.text
    assert 'href="/search?near=04101"' in page.text


def test_a_filter_must_hold_on_one_line(search: Any) -> None:
    lines = (Line(treatment="SPRAVATO", payers=("medib",)), Line(treatment="KET_IV", payers=("selfpay",)))
    client = search(an_entry("a", lines=lines))
    assert "No clinics" in words(client.get("/search?near=04101&treatment=KET_IV&payer=medib").text)
    assert "1 clinic " in words(client.get("/search?near=04101&treatment=KET_IV&payer=selfpay").text)


def test_nothing_found_is_no_dead_end(search: Any) -> None:
    client = search(an_entry("bangor", latitude=44.8012, longitude=-68.7778, city="Bangor"))
    page = client.get("/search?near=04101&radius=10")
    said = words(page.text)
    assert page.status_code == 200
    assert "No clinics within 10 miles of 04101" in said
    assert "The nearest that fit, farther away" in said
    assert re.search(r"Outside the distance you chose: about 1[01]\d miles from the center of ZIP 04101\.", said)
    assert "988" in said
    assert 'href="/search?near=04101&amp;radius=50"' not in page.text  # finds nothing either
    assert 'href="/search?near=04101&amp;radius=state"' in page.text


def test_what_would_find_something_is_counted(search: Any) -> None:
    client = search(
        an_entry("lewiston", latitude=44.1004, longitude=-70.2148, city="Lewiston"),
        an_entry("bangor", latitude=44.8012, longitude=-68.7778, city="Bangor"),
        an_entry("near", lines=(Line(treatment="KET_IV", payers=("medib",)),), languages=("en",)),
    )
    page = client.get("/search?near=04101&radius=10&treatment=SPRAVATO&payer=medib")
    said = words(page.text)
    assert "50 miles ( 1 clinic )" in said or "50 miles (1 clinic)" in said
    assert "all of Maine (2 clinics)" in said
    assert "100 miles (1 clinic)" in said
    assert "25 miles (" not in said
    assert re.search(r"without “Spravato[^”]*” \(1 clinic\)", said)
    assert "without “Medicare" not in said
    assert "without any filter (1 clinic)" in said
    for href in (
        "near=04101&amp;radius=10&amp;payer=medib",
        "near=04101&amp;radius=10",
        "near=04101&amp;radius=50&amp;",
    ):
        assert f'href="/search?{href}' in page.text
    there = client.get("/search?near=04101&radius=state&treatment=SPRAVATO&payer=medib")
    assert "2 clinics in Maine" in words(there.text)


def test_a_state_without_a_clinic_offers_no_larger_area(search: Any) -> None:
    said = words(search(an_entry("portland")).get("/search?near=Wyoming").text)
    assert "No clinics in Wyoming" in said
    assert "Look farther" not in said
    assert re.search(r"Outside the distance you chose: about 1,\d\d\d miles", said)


def test_who_finds_nothing_is_told_what_video_can_do_and_whom_to_call(search: Any) -> None:
    page = search().get("/search?near=04101&radius=10&treatment=KET_IV")
    said = words(page.text)
    assert "An evaluation by video is not treatment at home." in said
    assert "What video cannot do: give you the treatment, or watch over you." in said
    for href in ("tel:988", "tel:+18006624357", "https://findtreatment.gov/"):
        assert f'href="{href}"' in page.text
    assert 'href="/tell-me?near=04101&amp;radius=25&amp;treatment=KET_IV"' in page.text


def test_where_nobody_takes_new_patients_one_can_wait_for_the_first(search: Any) -> None:
    full = an_entry("full", accepting_patients="nopt")
    assert 'href="/tell-me?near=04101&amp;radius=25"' in search(full).get("/search?near=04101").text
    assert "/tell-me" not in search(full, an_entry("open")).get("/search?near=04101").text


@pytest.mark.parametrize("text", ["Springfield", "springfield"])
def test_an_ambiguous_place_is_asked_about_and_filters_are_kept(search: Any, text: str) -> None:
    page = search().get(f"/search?near={text}&treatment=SPRAVATO")
    assert page.status_code == 422
    assert f"Which “{text}” do you mean?" in words(page.text)
    links = re.findall(r'href="(/search\?near=Springfield[^"]+)"', page.text)
    assert links[0] == "/search?near=Springfield%2C+MO&amp;treatment=SPRAVATO"
    assert len(links) > 5


def test_an_unknown_place_is_said_and_never_guessed(search: Any) -> None:
    page = search().get("/search?near=xyzzy")
    assert page.status_code == 422
    assert "Error:" in page.text
    assert "We do not know a place called “xyzzy”" in words(page.text)
    assert 'value="xyzzy"' in page.text


@pytest.mark.parametrize("query", ["near=04101&treatment=KET_HOME", "near=04101&raduis=50", "near=04101&radius=51"])
def test_a_setting_that_is_not_understood_is_never_dropped_in_silence(search: Any, query: str) -> None:
    page = search(an_entry("a")).get(f"/search?{query}")
    assert page.status_code == 422
    assert "Clinic a" not in page.text
    assert 'href="/search?near=04101"' in page.text


def test_a_page_behind_the_last_is_not_found(search: Any) -> None:
    client = search(*(an_entry(f"c{n}") for n in range(45)))
    assert client.get("/search?near=04101&page=3").text.count('class="result-card"') == 5
    assert client.get("/search?near=04101&page=4").status_code == 404


def test_pages_lead_to_one_another(search: Any) -> None:
    page = search(*(an_entry(f"c{n:02}") for n in range(45))).get("/search?near=04101&payer=medib&page=2").text
    assert 'rel="prev" href="/search?near=04101&amp;payer=medib"' in page
    assert 'rel="next" href="/search?near=04101&amp;payer=medib&amp;page=3"' in page
    assert page.count('data-number="21"') == 1


def test_a_position_is_used_for_the_nearest_zip_and_stands_in_no_address(search: Any) -> None:
    client = search()
    answer = client.post(
        "/search/here",
        data={"latitude": "43.66", "longitude": "-70.26"},
        headers={"Origin": "http://lanternway.example"},
    )
    assert answer.status_code == 303
    assert re.fullmatch(r"/search\?near=041\d\d", answer.headers["location"])
    assert client.get("/search?latitude=43.66&longitude=-70.26").status_code == 422
    assert client.get("/search?near=43.66,-70.26").status_code == 422


@pytest.mark.parametrize("sent", [{}, {"latitude": "x", "longitude": "1"}, {"latitude": "91", "longitude": "1"}])
def test_a_position_that_is_none_is_refused(search: Any, sent: dict[str, str]) -> None:
    answer = search().post("/search/here", data=sent, headers={"Origin": "http://lanternway.example"})
    assert answer.status_code == 422


def test_what_a_clinic_is_called_cannot_become_markup(search: Any) -> None:
    page = search(an_entry("a", name='<script>alert("1")</script> & Sons')).get("/search?near=04101").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_what_is_typed_cannot_become_markup(search: Any) -> None:
    for query in ("near=%22%3E%3Cscript%3Ex", "near=04101&%3Cscript%3E=1", "near=04101&treatment=%3Cscript%3E"):
        assert "<script>x" not in search().get(f"/search?{query}").text.replace("&lt;", "")


def test_a_stale_listing_says_so_neutrally(search: Any) -> None:
    said = words(search(an_entry("a", stale=True)).get("/search?near=04101").text)
    assert "Not confirmed in the last 90 days. Please phone before you go." in said
    assert "Last confirmed by phone on" in said


def test_before_the_index_is_loaded_nobody_is_told_that_there_is_nothing(make_client: Any, tmp_path: Any) -> None:
    client = make_client(database_url=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert client.get("/search?near=04101").status_code == 503
    assert client.get("/").status_code == 200
