"""The reader's language comes from the address, and every page leads on in it."""

import re
from urllib.parse import urlsplit

import pytest
from sqlmodel import select

from directory.delivery.actions import LANGUAGE
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.languages import ENGLISH, SPANISH, speaking
from directory.listings.models import Location
from directory.referrals.messages import tell_sender
from directory.referrals.queries import get_referral
from tests.support.forms import Client
from tests.support.requests import SLUG, ready_clinic, sent_request
from tests.support.routes import litestar_of
from tests.support.time import Clock

PATHS = ("/", "/search?near=04101", f"/clinics/{SLUG}", "/crisis", "/learn", "/requests", "/about/disclosures")
_LED = re.compile(r'(?:href|action|formaction|hx-get)="(/[^"]*)"')


@pytest.fixture
def site(client: Client, databases: Databases, clock: Clock) -> Client:
    """The application with Harbour Clinic in it; runs on both databases."""
    ready_clinic(databases)
    litestar_of(client).state.search.try_to_catch_up()
    return client


def ours(html: str) -> set[str]:
    """The paths of pages of ours that a page leads to."""
    return {link for link in _LED.findall(html) if not link.startswith(("/assets/", "/api/"))}


def test_a_page_in_spanish_says_so_and_leads_on_in_spanish(site: Client) -> None:
    for path in (*PATHS, "/nowhere"):
        answer = site.get("/es" + path)
        assert '<html lang="es">' in answer.text, path
        assert "pendiente de revisión por una persona calificada" in answer.text, path
        assert {link for link in ours(answer.text) if link.split("/")[1] not in {"es", "en"}} == set(), path
        assert f'href="/en{path if path in PATHS else ""}"' in answer.text, "an error page names no address"


def test_a_page_in_english_offers_the_other_language_and_leads_on_in_english(site: Client) -> None:
    for path in PATHS:
        for before in ("", "/en"):
            answer = site.get(before + path)
            assert '<html lang="en">' in answer.text, path
            in_spanish = {link for link in ours(answer.text) if link.startswith(("/es/", "/en/"))}
            assert {link.partition("?")[0] for link in in_spanish} == {"/es" + path.partition("?")[0]}, path


@pytest.mark.parametrize("path", ["/", "/learn", "/learn/risks", "/crisis", f"/clinics/{SLUG}"])
def test_a_page_names_itself_in_both_languages_from_both(site: Client, path: str) -> None:
    named = [re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', site.get(each).text)
             for each in (path, f"/es{path}")]  # fmt: skip
    assert named[0] == named[1]
    assert [code for code, _href in named[0]] == ["en", "es", "x-default"]
    assert [urlsplit(href).path for _code, href in named[0]] == [path, f"/es{path}", path]


def test_a_browser_that_wishes_spanish_is_offered_it_and_sent_nowhere(site: Client) -> None:
    shown = '<p class="language-offer" lang="es">'
    assert shown in site.get("/", headers={"accept-language": "es-US,es;q=0.9,en;q=0.5"}).text
    assert shown not in site.get("/", headers={"accept-language": "en-US,es;q=0.9"}).text
    answer = site.get("/", headers={"accept-language": "es"})
    assert answer.status_code == 200
    assert "Accept-Language" in answer.headers["vary"]


@pytest.mark.parametrize("wish", ["es-US,es;q=0.9", "en-US,es;q=0.9", ""])
def test_caches_know_what_an_answer_depends_on(site: Client, wish: str) -> None:
    """(what caches may do, whether the browser's wish has a say) of each kind of answer, whoever asks."""
    kept, asked_again, never = "private, no-cache", "no-cache", "no-store"
    table = {
        "/": (asked_again, True),
        "/en/": (asked_again, True),
        "/es/": (asked_again, False),
        "/search?near=04101": (kept, True),
        "/es/search?near=04101": (kept, False),
        "/search?near=Springfield": (never, True),
        "/compare": (kept, True),
        "/learn": (asked_again, True),
        "/learn?q=ketamine": (kept, True),
        f"/clinics/{SLUG}": (asked_again, True),
        f"/es/clinics/{SLUG}": (asked_again, False),
        f"/clinics/{SLUG}/questions": (kept, True),
        "/crisis": (asked_again, True),
        "/unmet-need": (asked_again, True),
        "/about/how-it-works": (asked_again, True),
        "/privacy/nothing-follows-you": (asked_again, True),
        "/tell-me": (never, True),
        "/requests": (never, True),
        "/sign-in": (never, True),
        "/nowhere": (never, True),
        "/es/nowhere": (never, False),
        "/api/docs": (asked_again, True),
        "/api/v1/search?near=04101": (asked_again, False),
        "/api/v1/search?near=Springfield": (never, False),
        "/robots.txt": (asked_again, False),
        "/healthz": (never, False),
    }
    found = {}
    for path in table:
        headers = site.get(path, headers={"accept-language": wish}).headers
        found[path] = (headers["cache-control"], "Accept-Language" in headers.get("vary", ""))
        assert "set-cookie" not in headers, path
    assert found == table


def test_a_redirect_stays_in_the_language(site: Client) -> None:
    answer = site.post("/es/search/here", data={"latitude": "43.66", "longitude": "-70.26"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/es/search?near=")


def test_machines_are_answered_in_english_under_every_prefix(site: Client) -> None:
    path = f"/api/v1/clinics/{SLUG}"
    assert site.get("/es" + path).json() == site.get(path).json()
    wish = {"accept-language": "es"}
    for asked in (path, "/api/v1/search?near=04101", "/api/v1/places?q=port", "/api/v1/openapi.json"):
        assert site.get("/es" + asked, headers=wish).headers["content-language"] == "en", asked
    for asked in ("/api/v1/search?near=xyzzy", "/api/v1/clinics/nowhere"):
        for before in ("", "/es"):
            refused = site.get(before + asked, headers=wish)
            assert refused.headers["content-language"] == "en", asked
            assert refused.json() == site.get(asked).json()
    assert "English" in site.get("/es/api/v1/openapi.json").json()["info"]["description"]
    assert 'hreflang="es"' not in site.get("/api/docs").text, "there is no other than English"


def test_a_path_that_only_begins_like_a_language_is_none(site: Client) -> None:
    assert site.get("/esx/search").status_code == 404
    assert site.get("/es").status_code == 200


def test_a_mail_speaks_the_language_its_recipient_asked_in(site: Client, databases: Databases) -> None:
    with reading(databases) as db:
        place = db.exec(select(Location.id).where(Location.slug == SLUG)).one()
    with speaking(SPANISH):
        asked = sent_request(databases, place, key="in-spanish")
    with unit_of_work(databases) as db:
        referral = get_referral(db, asked.id)
        tell_sender(db, referral, "request_opened")  # the clinic did it, whatever it speaks
        queued = {row.message: row.ids[LANGUAGE] for row in db.exec(select(OutboxMessage)).all()}
    assert queued == {"request_received": SPANISH, "request_opened": SPANISH, "referral_arrived": ENGLISH}
