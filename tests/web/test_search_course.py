"""What a course at a clinic asks: the page adds it up, keeps nothing, and says what it does not know."""

from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from directory.lib.db import Databases
from tests.support.databases import Maker, ring_for_tests
from tests.support.forms import Client, words_of
from tests.support.published import harbour
from tests.support.time import Clock

CLINIC = "/clinics/harbour-clinic-portland-me"
PAGE = f"{CLINIC}/course"
NOT_CLEAR = [
    ("Springfield", "", "There are several places of this name. Choose yours."),
    ("ME", "", "A state is too large to tell how far you would go. Type a ZIP code or a town."),
    ("99999", "", "99999"),
    ("04101", "&treatment=KET_HOME", "This clinic does not list that treatment."),
    ("04101", "&plan=OWN", "Type how many visits the clinic told you."),
    ("04101", "&plan=OWN&visits=1000", "The number of visits is a whole number from 1 to 60"),
    ("04101", "&minutes=far", "The drive is a whole number of minutes from 1 to 600"),
]


@pytest.fixture
def visitor(
    make_client: Callable[..., TestClient[Litestar]], make_database: Callable[[str], Maker], clock: Clock
) -> Client:
    """A client of a directory with Harbour Clinic. On SQLite alone: the page reads what the clinic's page reads."""
    url = make_database("sqlite").migrated()
    databases = Databases(url, keys=ring_for_tests())
    harbour(databases, ride_home_rule="Somebody you know takes you home.")
    databases.close()
    return make_client(database_url=url)


def said(client: Client, query: str) -> str:
    answer = client.get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return words_of(answer.text)


def test_the_course_is_added_up_and_what_is_not_known_is_said(visitor: Client) -> None:
    page = said(visitor, "?near=04240&treatment=SPRAVATO&plan=SPRAVATO_TRD")
    assert "21 to 30 visits in the first 26 weeks" in page
    assert "31 miles each way in a straight line from the center of ZIP 04240. Roads are longer." in page
    assert "Weeks 1 to 4 twice a week 8 visits 40 hours 491 miles" in page
    assert "about 5 hours, with the way there and back" in page
    assert "105 to 150 hours" in page
    assert "If they drive home in between: 4 hours 40 minutes of driving a visit, 98 to 140 hours in all." in page
    assert "A visit of 2 hours 40 minutes at the clinic fits its hours on 5 days a week." in page
    assert "Do not drive until the next day, after a restful sleep." in page
    assert "68 percent fewer of those who lived 30 to 39 miles from a center began Spravato" in page
    assert "The effectiveness of Spravato in preventing suicide" in page
    assert "The first visit, at which you are examined" in page

    infusions = said(visitor, "?near=04103&treatment=KET_IV")
    assert "6 visits in 3 weeks" in infusions
    assert "$450 to $550 a session" in infusions
    assert "If you pay yourself, as the clinic said on January 5, 2026; not a quote." in infusions
    assert "At that price, 6 visits would come to $2,700 to $3,300." in infusions
    assert "at least 1 hour 30 minutes, as this clinic says" in infusions
    assert "we found no study of it" in infusions

    bare = said(visitor, "")
    assert "about 2 hours 40 minutes at the clinic" in bare
    assert "How far you would come. It is left out of the hours until you type a place." in bare
    assert "many people do not begin" not in bare

    told = said(visitor, "?near=04101&plan=OWN&visits=6&minutes=45")
    assert "Visits 6 visits" in told
    assert "45 minutes, as you typed" in told
    assert "about 4 hours 10 minutes, with the way there and back" in told
    assert "25 hours" in told


def test_how_often_a_clinic_gives_sessions_is_said_where_it_told(demo_client: Client) -> None:
    page = demo_client.get("/clinics/harbour-clinic-new-york-ny/course?treatment=SPRAVATO").text
    assert "This clinic says that it gives 2 sessions a week at first." in words_of(page)


def test_what_is_not_clear_is_said_and_nothing_typed_is_lost(visitor: Client) -> None:
    for near, more, sentence in NOT_CLEAR:
        answer = visitor.get(f"{PAGE}?near={near}{more}")
        assert answer.status_code == 422, more
        assert answer.headers["cache-control"] == "private, no-cache", "the address says where somebody lives"
        assert sentence in words_of(answer.text), more
        assert f'value="{near}"' in answer.text
    springfield = visitor.get(f"{PAGE}?near=Springfield").text
    assert f'href="{PAGE}?near=Springfield%2C+MO&amp;treatment=SPRAVATO' in springfield
    assert visitor.get("/clinics/no-such-clinic/course").status_code == 404


def test_typical_prices_stand_with_their_sources_and_are_no_quote(visitor: Client) -> None:
    for path in (PAGE, CLINIC):
        page = words_of(visitor.get(path).text)
        assert "About $1,050 a session for the drug and the visit: half of the clinics ask more, half less" in page
        assert "ketaminetherapyfordepression.org, read in 2026" in page
        assert "They are not a quote." in page
        assert "If you have insurance" in page
    assert f'href="{PAGE}?treatment=SPRAVATO"' in visitor.get(CLINIC).text


def test_a_result_leads_to_its_course_from_the_place_searched_from(visitor: Client) -> None:
    page = visitor.get("/search?near=04103&treatment=KET_IV").text
    assert f'href="{PAGE}?near=04103&amp;treatment=KET_IV"' in page
    assert f'href="{PAGE}?near=Portland%2C+ME"' in visitor.get("/search?near=Portland, ME").text
    assert f'href="{PAGE}?"' in visitor.get("/search?near=Maine").text, "a state is no place to come from"


def test_the_clinics_english_is_marked_for_a_reader_in_spanish_and_shows_no_tags(visitor: Client) -> None:
    page = visitor.get(f"/es{PAGE}?near=04103&treatment=SPRAVATO").text
    assert '<li>La clínica dice: <span lang="en">Somebody you know takes you home.</span></li>' in page
    assert "&lt;span" not in page
