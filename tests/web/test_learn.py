"""Learn on the web: the index, the box, each page with its sources and its way to clinics."""

import datetime as dt
import json
import re

import pytest

from directory.learn.library import library
from directory.lib.db import Databases
from directory.lib.languages import speaking
from directory.wording.say import _
from tests.support.forms import Client
from tests.support.requests import SLUG, ready_clinic
from tests.support.time import Clock

PAGES = list(library().by_slug.values())
IN_SPANISH = library("es").by_slug


def test_the_index_leads_to_every_page_and_the_menu_to_the_index(demo_client: Client) -> None:
    shown = demo_client.get("/learn").text
    assert [article.slug for article in PAGES if f'href="{article.href}"' not in shown] == []
    assert '<a href="/learn" aria-current="true">Learn</a>' in shown
    assert '<a href="/learn">Learn</a>' in demo_client.get("/").text


def test_every_page_shows_its_sources_its_state_of_review_and_help(demo_client: Client, clock: Clock) -> None:
    clock.travel(to=dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC))
    for article in PAGES:
        shown = demo_client.get(article.href).text
        assert "awaiting review by a clinician" in shown
        assert "Past its review date" not in shown
        assert "tel:988" in shown
        assert ("If you are in crisis, do not wait" in shown) is article.needs_crisis_box
        named = set(re.findall(r'href="#source-(\d+)"', shown))
        assert (
            named == set(re.findall(r'id="source-(\d+)"', shown)) == {str(n + 1) for n in range(len(article.sources))}
        )
        outside = re.findall(r'<a href="(https?://[^"]+)"([^>]*)>', shown.split('<main id="main"')[1])
        assert all(url.startswith("https://") and "noreferrer" in rest for url, rest in outside if "988" not in url)
        assert not re.search(r"javascript:|<script(?! type=\"(?:module|application/ld\+json)\")| on\w+=", shown)


def test_in_spanish_the_index_the_pages_and_their_links_are_spanish(demo_client: Client) -> None:
    shown = demo_client.get("/es/learn").text
    for article in IN_SPANISH.values():
        assert f'<a href="/es{article.href}">{article.about.title}</a>' in shown, article.slug
        page = demo_client.get(f"/es{article.href}").text
        assert '<html lang="es">' in page
        assert article.about.title in page
        assert str(article.html).replace('href="/', 'href="/es/') in page
        assert f'<span lang="en">{article.sources[0].name}</span>' in page
        assert 'aria-label="Fuente 1"' in page
        assert re.findall(r'<a href="(/learn[^"]*)"', page) == []
        assert ("tel:988" in page, page.count('class="crisis-box"')) == (True, int(article.needs_crisis_box))


def test_a_translation_awaits_a_person_of_its_own(demo_client: Client, clock: Clock) -> None:
    clock.travel(to=dt.datetime(2027, 5, 24, 12, tzinfo=dt.UTC))
    with speaking("es"):
        waits, overdue = (
            str(_("Translated from English; awaiting review by a qualified person.")),
            str(_("Past its review date")),
        )
    shown = demo_client.get("/es/learn/risks").text
    assert waits in shown
    assert overdue in shown
    assert waits not in demo_client.get("/learn/risks").text


def test_a_page_past_its_review_date_says_so(demo_client: Client, clock: Clock) -> None:
    clock.travel(to=dt.datetime(2027, 5, 24, 12, tzinfo=dt.UTC))
    assert "Past its review date" in demo_client.get("/learn/risks").text


def test_every_link_of_every_page_leads_somewhere(demo_client: Client) -> None:
    ours = {href.partition("#")[0] for article in PAGES for href in article.links} - {""}
    assert {href: demo_client.get(href).status_code for href in ours if demo_client.get(href).status_code != 200} == {}
    for article in PAGES:
        shown = demo_client.get(article.href).text
        for link in re.findall(r'href="#([^"]+)"', shown):
            assert f'id="{link}"' in shown, f"{article.slug}#{link}"


def test_pages_of_treatments_and_conditions_lead_to_the_search_with_the_filter_set(demo_client: Client) -> None:
    for article in PAGES:
        shown = demo_client.get(article.href).text
        filters = re.findall(r'<input type="hidden" name="(treatment|condition)" value="(\w+)">', shown)
        about = article.about
        expected = [("treatment", c) for c in about.treatments] or [("condition", c) for c in about.conditions]
        assert filters == expected, article.slug
        if filters:
            found = demo_client.get("/search", params=[("near", "10001"), ("radius", "100"), *filters])
            assert found.status_code == 200
            assert "Filters in force" in found.text


def test_a_clinic_leads_to_the_pages_of_its_treatments(client: Client, databases: Databases, clock: Clock) -> None:
    ready_clinic(databases)
    shown = client.get(f"/clinics/{SLUG}").text
    lines = re.findall(r'<article class="line[^"]*" id="(\w+)">', shown)
    supervision = shown.split('id="supervision"')[1].split("</section>")[0]
    assert "Every other line is what the clinic attests." in supervision
    assert len(re.findall(r'href="/learn/[a-z-]+">What to know about it', shown)) == len(lines) > 0


def test_the_box_finds_pages_clinics_and_places(client: Client, databases: Databases, clock: Clock) -> None:
    ready_clinic(databases)
    pages = client.get("/learn", params={"q": "side effects"})
    assert pages.status_code == 200
    assert 'href="/learn/risks"' in pages.text
    clinics = client.get("/learn", params={"q": "harbour"}).text
    assert f'href="/clinics/{SLUG}"' in clinics
    for place in ("80202", "Portland, OR", "springfield", "New York"):
        answer = client.get("/learn", params={"q": place})
        assert (answer.status_code, answer.headers["location"].split("=")[0]) == (303, "/search?near"), place
    nothing = client.get("/learn", params={"q": 'xyzzy <b>"'})
    assert nothing.status_code == 200
    assert "No page, clinic or place has these words" in nothing.text
    assert "<b>" not in nothing.text.split("<main")[1]
    spanish = client.get("/es/learn", params={"q": "efectos secundarios"}).text
    assert 'href="/es/learn/risks">Riesgos y efectos secundarios<' in spanish
    assert "Riesgos" not in client.get("/learn", params={"q": "efectos secundarios"}).text
    answer = client.get("/es/learn", params={"q": "Fresno, CA"})
    assert (answer.status_code, answer.headers["location"].split("=")[0]) == (303, "/es/search?near")
    assert client.get("/learn", params={"q": "%"}).status_code == 200
    assert client.get("/learn?q=%00" + "x" * 5000).status_code == 200


def test_a_page_that_is_not_there_is_404(client: Client) -> None:
    answer = client.get("/learn/miracles")
    assert answer.status_code == 404
    assert "All pages that explain are listed under Learn" in answer.text


@pytest.mark.parametrize("slug", ["depression", "for-clinicians", "risks"])
def test_the_linked_data_is_json_and_names_no_reviewer(demo_client: Client, slug: str) -> None:
    shown = demo_client.get(f"/learn/{slug}").text
    said = json.loads(shown.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert said["@type"] == "MedicalWebPage"
    assert said["url"] == f"http://lanternway.example/learn/{slug}"
    assert (said["inLanguage"], "translationOfWork" in said) == ("en", False)
    assert "reviewedBy" not in said
    assert said["audience"]["audienceType"] == ("Clinician" if slug == "for-clinicians" else "Patient")


def test_the_linked_data_of_a_translation_names_its_language_and_what_it_translates(demo_client: Client) -> None:
    shown = demo_client.get("/es/learn/depression").text
    said = json.loads(shown.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert said["inLanguage"] == "es"
    assert said["name"] == "Depresión que no ha mejorado con otros tratamientos"
    assert said["url"] == "http://lanternway.example/es/learn/depression"
    assert said["translationOfWork"]["url"] == "http://lanternway.example/learn/depression"
    assert "reviewedBy" not in said
