"""A GET changes nothing: not through its session, and not beside it."""

import datetime as dt
import hashlib
import re
from collections.abc import Callable

from litestar import Litestar
from litestar.datastructures import State
from litestar.testing import TestClient
from sqlalchemy import insert, inspect, text

from directory.lib.db import Databases, unit_of_work
from directory.lib.throttle import Throttle
from directory.web import assets
from directory.web.routes import AnyRequest, Db, Page, anyone, reads
from directory.web.shell import HTML
from tests.support.routes import litestar_of, ways


def contents(databases: Databases) -> dict[str, str]:
    """A digest of all rows of every table."""
    with databases.reader.connect() as connection:
        return {
            table: hashlib.sha256(
                "\n".join(sorted(map(repr, connection.execute(text(f'SELECT * FROM "{table}"'))))).encode()
            ).hexdigest()
            for table in inspect(connection).get_table_names()
        }


def filled_in(path: str, databases: Databases) -> str:
    """A path with a real value for each of its parameters. A new parameter must be given one here."""
    with databases.reader.connect() as connection:
        slug = connection.execute(text("SELECT slug FROM location ORDER BY slug LIMIT 1")).scalar_one()
    values = {
        "slug": slug,
        "status": "404",
        "path": assets.collected().url("css/site.css").removeprefix("/assets/"),
        "token": "no-such-token",
        "name": "no-such-letter.eml",
        "step": "no-such-step",
        "reference": "R-7F3K-92",
        "section": "about",
        "number": "1",
        "kind": "json",
    }
    nothing = "00000000-0000-0000-0000-000000000007"
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda found: nothing if found[2] == ":uuid" else values[found[1]], path)


def test_no_page_that_can_be_read_changes_a_row(
    make_client: Callable[..., TestClient[Litestar]], demo_database_url: str
) -> None:
    databases = Databases(demo_database_url)
    client = make_client(database_url=demo_database_url, demo="yes")
    before = contents(databases)
    assert len(before) > 5
    paths = sorted({way.path for way in ways(litestar_of(client)) if way.method == "GET"})
    answers = {path: client.get(filled_in(path, databases)).status_code for path in paths}
    assert {path for path, status in answers.items() if status >= 500} == set()
    assert answers["/clinics/{slug:str}"] == 200
    assert contents(databases) == before
    databases.close()


ROW = {
    "bucket": "planted",
    "key_digest": "0" * 64,
    "ends_at": dt.datetime(2026, 3, 10, tzinfo=dt.UTC),
    "attempts": 1,
}


@reads("/sneak", guard=anyone)
def sneak(request: AnyRequest, db: Db) -> Page:
    """A careless reader."""
    db.execute(insert(Throttle).values(**ROW))
    return Page(b"written", media_type=HTML)


def test_a_reader_that_tries_to_write_is_stopped_by_the_database(databases: Databases) -> None:
    before = contents(databases)
    careless = Litestar([sneak], state=State({"databases": databases}), logging_config=None)
    with TestClient(careless, raise_server_exceptions=False) as client:
        assert client.get("/sneak").status_code == 500
    assert contents(databases) == before


def test_a_row_written_beside_the_session_would_show(databases: Databases) -> None:
    before = contents(databases)
    with unit_of_work(databases) as db:
        db.execute(insert(Throttle).values(**ROW))
    after = contents(databases)
    assert {table for table in after if after[table] != before[table]} == {"throttle"}
