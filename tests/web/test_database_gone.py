"""With the database really gone, the file taken away or the server stopped: help stands, and nothing false is said."""

import contextlib
import os
import select
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from directory.lib.db import Databases
from directory.web import assets
from tests.support.databases import Maker, bring_up_to_date, ring_for_tests
from tests.support.forms import Client
from tests.support.postgres import running_cluster
from tests.support.requests import SLUG, ready_clinic
from tests.support.routes import litestar_of
from tests.support.time import Clock

HELP = ('href="tel:988"', 'href="sms:988"', 'href="tel:911"')
MORE_HELP = ("1-800-662-4357", "findtreatment.gov", "988lifeline.org")
NEEDS_IT = (
    f"/clinics/{SLUG}",
    f"/clinics/{SLUG}/ask",
    f"/clinics/{SLUG}/refer",
    f"/clinics/{SLUG}/letter",
    "/accuracy",
)
NEEDS_NONE = ("/", "/crisis", "/search?near=04101", "/learn/depression", "/contact", "/privacy/nothing-follows-you")


@dataclass
class Place:
    """A database with Harbour Clinic in it, and what takes it away for good."""

    url: str
    take_away: Callable[[], None]


def _file(folder: Path, make_database: Callable[[str], Maker]) -> Place:
    url = make_database("sqlite").migrated()
    file = Path(url.removeprefix("sqlite:///"))

    def remove() -> None:
        for each in file.parent.glob(f"{file.name}*"):
            each.rename(folder / each.name)

    return Place(url, remove)


def _stop(server: int) -> None:
    """End a PostgreSQL server at once, as a power cut does, and wait until it has ended."""
    watched = os.pidfd_open(server)
    os.kill(server, signal.SIGQUIT)
    assert select.select([watched], [], [], 30)[0], "the server does not end"
    os.close(watched)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path, make_database: Callable[[str], Maker]) -> Iterator[Place]:
    """A database of its own; on PostgreSQL a server of its own too, since it is to be stopped."""
    aside = tmp_path / "aside"
    aside.mkdir()
    if request.param == "sqlite":
        yield _file(aside, make_database)
        return
    cluster = running_cluster(aside, os.getpid())
    server = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
    yield Place(cluster.url("postgres"), lambda: _stop(server))
    with contextlib.suppress(ProcessLookupError):
        _stop(server)


@pytest.fixture
def site(place: Place, make_client: Callable[..., Client], clock: Clock) -> Client:
    """The application while all is well."""
    databases = Databases(place.url, keys=ring_for_tests())
    if not databases.is_sqlite:
        bring_up_to_date(databases)
    ready_clinic(databases)
    databases.close()
    client = make_client(database_url=place.url)
    litestar_of(client).state.search.try_to_catch_up()
    for path in (*NEEDS_IT, *NEEDS_NONE):
        assert client.get(path).status_code == 200, path
    return client


def test_when_the_database_is_gone_every_page_still_helps(site: Client, place: Place) -> None:
    place.take_away()
    litestar_of(site).state.accuracy._kept = None
    for path in NEEDS_NONE:
        answer = site.get(path)
        assert answer.status_code == 200, path
        assert all(each in answer.text for each in HELP), path
    assert "Harbour Clinic" in site.get("/search?near=04101").text
    for path in NEEDS_IT:
        for before, language in (("", "en"), ("/es", "es")):
            answer = site.get(before + path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "30"), path
            assert f'<html lang="{language}"' in answer.text
            assert all(each in answer.text for each in (*HELP, *MORE_HELP)), path
            assert not any(word in answer.text for word in ("Traceback", "sqlite", "psycopg", "Error"))
    sent = site.post(f"/clinics/{SLUG}/ask", data={"agree_send": "yes"})
    assert sent.status_code == 503
    assert "A request was sent only if you saw a reference" in sent.text
    assert site.get(assets.collected().url("css/site.css")).status_code == 200
    assert (site.get("/healthz").status_code, site.get("/readyz").status_code) == (200, 503)


def test_a_file_that_is_put_back_is_read_again_and_none_is_made_in_its_place(
    make_client: Callable[..., Client], make_database: Callable[[str], Maker], tmp_path: Path, clock: Clock
) -> None:
    url = make_database("sqlite").migrated()
    file, aside = Path(url.removeprefix("sqlite:///")), tmp_path / "aside"
    databases = Databases(url, keys=ring_for_tests())
    ready_clinic(databases)
    databases.close()
    site = make_client(database_url=url)
    assert site.get(f"/clinics/{SLUG}").status_code == 200
    file.rename(aside)
    asked = (site.get(f"/clinics/{SLUG}"), site.post(f"/clinics/{SLUG}/ask", data={"agree_send": "yes"}))
    assert [answer.status_code for answer in asked] == [503, 503]
    assert not file.exists()
    aside.rename(file)
    assert site.get(f"/clinics/{SLUG}").status_code == 200
