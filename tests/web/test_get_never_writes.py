"""A GET changes nothing: not through its session, and not beside it."""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.testing import TestClient
from sqlalchemy import insert, inspect, text

from directory.lib.db import Databases, unit_of_work
from directory.lib.throttle import Throttle
from directory.web.routes import AnyRequest, Db, Page, anyone, reads
from directory.web.shell import HTML
from tests.support.routes import ways


def contents(databases: Databases) -> dict[str, str]:
    """A digest of all rows of every table."""
    with databases.reader.connect() as connection:
        return {
            table: hashlib.sha256(
                "\n".join(sorted(map(repr, connection.execute(text(f'SELECT * FROM "{table}"'))))).encode()
            ).hexdigest()
            for table in inspect(connection).get_table_names()
        }


def test_no_page_that_can_be_read_changes_a_row(
    make_client: Callable[..., TestClient[Litestar]], database_url: str, databases: Databases
) -> None:
    client = make_client(database_url=database_url)
    before = contents(databases)
    assert len(before) > 5
    for path in sorted({way.path for way in ways(litestar_of(client)) if way.method == "GET" and "{" not in way.path}):
        assert client.get(path).status_code < 500, path
    assert contents(databases) == before


def litestar_of(client: TestClient[Litestar]) -> Litestar:
    """The application inside its outer layers."""
    inside: Any = client.app
    while not isinstance(inside, Litestar):
        inside = next(cell.cell_contents for cell in inside.__closure__ if callable(cell.cell_contents))
    return inside


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
