"""Files that machines ask every site for: whom to tell, what to read, and every public page there is."""

import datetime as dt
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from directory import wiring
from directory.interop import files
from directory.learn.library import library
from directory.lib.db import Databases, unit_of_work
from directory.verification import actions as verification
from tests.support.clinics import AT
from tests.support.forms import Client
from tests.support.requests import MO, SLUG, ready_clinic
from tests.support.time import Clock

HERE = "http://lanternway.example"
NAMES = {"": "http://www.sitemaps.org/schemas/sitemap/0.9", "xhtml": "http://www.w3.org/1999/xhtml"}


@pytest.fixture
def site(client: Client, databases: Databases, clock: Clock) -> Client:
    """The application with Harbour Clinic in it; runs on both databases."""
    ready_clinic(databases)
    return client


def entries(site: Client, name: str) -> dict[str, tuple[str | None, dict[str, str]]]:
    """Address → the day of its last change, and its other languages, of one sitemap."""
    answer = site.get(f"/sitemaps/{name}.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    found = {}
    for url in ElementTree.fromstring(answer.content).findall("url", NAMES):
        others = {str(link.get("hreflang")): str(link.get("href")) for link in url.findall("xhtml:link", NAMES)}
        assert {link.get("rel") for link in url.findall("xhtml:link", NAMES)} == {"alternate"}
        found[url.findtext("loc", "", NAMES)] = (url.findtext("lastmod", None, NAMES), others)
    return found


def test_the_index_names_sitemaps_that_are_there_and_they_pages_that_are(site: Client) -> None:
    root = ElementTree.fromstring(site.get("/sitemap.xml").content)
    named = [str(loc.text) for loc in root.findall("sitemap/loc", NAMES)]
    assert named == [f"{HERE}/sitemaps/{name}.xml" for name in ("pages", "learn", "clinics-1")]
    for url in named:
        for page in entries(site, url.split("/")[-1].removesuffix(".xml")):
            assert site.get(page.removeprefix(HERE)).status_code == 200, page
    assert [
        site.get(f"/sitemaps/{name}").status_code
        for name in ("clinics-2.xml", "clinics-0.xml", "clinics-1", "clinics-x.xml", "clinics-²³.xml", "people.xml")
    ] == [404] * 6


def test_each_page_stands_in_both_languages_and_names_itself_in_the_other(make_client: Callable[..., Client]) -> None:
    found = entries(make_client(), "pages")
    home = {"en": f"{HERE}/", "es": f"{HERE}/es/", "x-default": f"{HERE}/"}
    assert found[f"{HERE}/"][1] == found[f"{HERE}/es/"][1] == home
    contact = {"en": f"{HERE}/contact", "es": f"{HERE}/es/contact", "x-default": f"{HERE}/contact"}
    assert found[f"{HERE}/es/contact"][1] == contact
    assert len(found) == 2 * len(files.PAGES)


def test_only_public_clinics_stand_there_with_the_day_of_their_last_change(
    site: Client, databases: Databases, clock: Clock
) -> None:
    here = f"{HERE}/clinics/{SLUG}"
    hidden = ready_clinic(databases, slug="hidden-clinic", mailbox="hidden@example.org", npi="1234567885")
    with unit_of_work(databases, wiring.dispatch) as db:
        verification.suspend(db, hidden, by=MO, at=AT, note="for this test")
    found = entries(site, "clinics-1")
    assert set(found) == {here, f"{HERE}/es/clinics/{SLUG}"}
    assert found[here][0] == AT.date().isoformat()
    pages = [site.get(f"/clinics/{slug}").text for slug in (SLUG, "hidden-clinic")]
    assert ['<script type="application/ld+json">{"@context": "https://schema.org"' in page for page in pages] == [
        True,
        False,
    ]


def test_a_page_that_explains_has_the_day_of_its_writing_or_review(make_client: Callable[..., Client]) -> None:
    found = entries(make_client(), "learn")
    for page in library().by_slug.values():
        about = page.about
        assert found[HERE + page.href][0] == max(about.written_on, about.reviewed_on or dt.date.min).isoformat()


def test_robots_may_read_pages_and_walk_through_no_searches_and_forms(make_client: Callable[..., Client]) -> None:
    said = make_client().get("/robots.txt").text
    refused = re.findall(r"^Disallow: (.+)$", said, re.MULTILINE)
    assert {"/search", "/en/search", "/es/search", "/clinics/*/ask", "/es/tell-me"} <= set(refused)
    assert not any(path.startswith(rule.split("*")[0]) for path in files.PAGES for rule in refused if "*" not in rule)
    assert said.endswith(f"\nSitemap: {HERE}/sitemap.xml\n")


def test_of_a_demonstration_robots_read_nothing(make_client: Callable[..., Client]) -> None:
    assert "\nDisallow: /\n" in make_client(demo="yes").get("/robots.txt").text


def test_whom_to_tell_of_a_fault_is_said_and_never_out_of_date(
    make_client: Callable[..., Client], clock: Clock
) -> None:
    site = make_client(security_mailbox="security@example.org")
    for today in (dt.date(2026, 11, 23), dt.date(2029, 2, 28)):
        clock.travel(to=dt.datetime.combine(today, dt.time(9), tzinfo=dt.UTC))
        answer = site.get("/.well-known/security.txt")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
        assert set(fields) == {"Contact", "Expires", "Preferred-Languages", "Canonical", "Policy"}
        assert fields["Contact"] == "mailto:security@example.org"
        assert fields["Canonical"] == f"{HERE}/.well-known/security.txt"
        left = dt.datetime.fromisoformat(fields["Expires"]) - clock.now()
        assert dt.timedelta(days=150) < left < dt.timedelta(days=366)
        assert 'id="security"' in site.get(fields["Policy"].removeprefix(HERE).partition("#")[0]).text


def test_without_a_mailbox_for_faults_the_contact_is_named(make_client: Callable[..., Client]) -> None:
    site = make_client(contact_mailbox="care@example.org")
    assert "Contact: mailto:care@example.org" in site.get("/.well-known/security.txt").text
