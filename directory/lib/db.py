"""Engines, sessions, the one place that commits, and all that differs between SQLite and PostgreSQL."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from directory.lib import clock, events
from directory.lib.sealed import KeyRing, RingFile

SQLITE_FLOOR = (3, 51, 3)
"""First release without the WAL-reset corruption bug (sqlite.org, fixed in 3.51.3)."""

_SQLITE_NOW = text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
_POSTGRESQL_NOW = text("SELECT clock_timestamp()")


class Databases:
    """A reader engine that cannot write and a writer engine, for one database URL.

    `sqlite:///path` or `postgresql://…`. Two engines, because toggling read-only on a pooled connection leaks into
    the next request; one writer connection per process on SQLite, because its busy handler is not fair.
    """

    def __init__(self, url: str, *, keys: KeyRing | RingFile | None = None) -> None:
        """`keys` is the ring that every session of these databases carries, for `sealed.ring_of(db)`."""
        self._keys = keys
        self.url = _with_driver(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.reader, self.writer = _sqlite_engines(self.url)
        else:
            self.reader, self.writer = _postgresql_engines(self.url)

    @property
    def keys(self) -> KeyRing | None:
        """The ring as it is now; a session keeps the one that it began with."""
        return self._keys.ring() if isinstance(self._keys, RingFile) else self._keys

    def close(self) -> None:
        """Give all connections back."""
        self.reader.dispose()
        self.writer.dispose()


@contextmanager
def reading(databases: Databases) -> Iterator[Session]:
    """A session in which a write is an error, seen as one snapshot."""
    with Session(databases.reader, info={"keys": databases.keys}) as db:
        yield db


@contextmanager
def unit_of_work(databases: Databases, dispatch: events.Dispatch = events.nobody) -> Iterator[Session]:
    """A session that commits at the end of the block, after the handlers of the recorded events have run in it.

    Anything raised, by the block, a handler or the commit, undoes all of it and goes on to the caller.
    """
    with Session(databases.writer, expire_on_commit=False, info={"keys": databases.keys}) as db:
        try:
            yield db
            db.flush()
            events.hand_out(db, dispatch)
            db.commit()
        except BaseException:
            db.rollback()
            raise
        for callback in db.info.pop("after_commit", []):
            callback()


@contextmanager
def attempt(db: Session) -> Iterator[None]:
    """A part of a unit of work that is undone alone when it raises, with what it announced: its caller goes on.

    For pages that answer a refusal with what was typed: what was written before the refusal must not be kept.
    """
    kept = {name: list(waiting) for name, waiting in db.info.items() if isinstance(waiting, list)}
    try:
        with db.begin_nested():
            yield
    except BaseException:
        for name in [name for name, waiting in db.info.items() if isinstance(waiting, list)]:
            db.info[name] = kept.get(name, [])
        raise


def after_commit(db: Session, callback: Any) -> None:
    """Call `callback()` in this process once the change stands: only to wake a loop that would find it anyway."""
    db.info.setdefault("after_commit", []).append(callback)


def changed(db: Session, statement: Any) -> bool:
    """Run a conditional UPDATE on one row; whether it was ours to change."""
    return int(db.execute(statement).rowcount) == 1  # type: ignore[attr-defined]


def database_now(db: Session) -> dt.datetime:
    """The database's own clock: leases and throttles use it, so that a host with a wrong clock harms nobody.

    Where a test holds the clock, that is the time instead: on a held clock nothing would ever fall due otherwise.
    """
    held = clock.held()
    if held is not None:
        return held
    connection = db.connection()  # not through the session: it would write pending rows first, one round for each
    if connection.dialect.name == "sqlite":
        value = connection.execute(_SQLITE_NOW).scalar_one()
        return dt.datetime.fromisoformat(str(value)).replace(tzinfo=dt.UTC)
    moment: dt.datetime = connection.execute(_POSTGRESQL_NOW).scalar_one()
    return moment.astimezone(dt.UTC)


def sqlite_version() -> tuple[int, ...]:
    """The version of the SQLite library in use."""
    return tuple(int(part) for part in _sqlite_module().sqlite_version.split("."))


def _sqlite_module() -> Any:
    import pysqlite3  # noqa: PLC0415 - only where SQLite is used: PostgreSQL hosts need not have it

    return pysqlite3


def _with_driver(url: URL) -> URL:
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite":
        return url.set(drivername="sqlite+pysqlite")
    raise ValueError(f"the database is SQLite or PostgreSQL, not {url.get_backend_name()!r}")


def _sqlite_engines(url: URL) -> tuple[Engine, Engine]:
    if not url.database or url.database == ":memory:":
        raise ValueError("SQLite needs a file: two engines and several processes share it")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    common: dict[str, Any] = {
        "module": _sqlite_module(),
        "poolclass": QueuePool,
        "hide_parameters": True,  # what people typed must not reach a log through an error's text
        "connect_args": {"check_same_thread": False, "timeout": 10.0},
    }
    writer = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=30, **common)
    reader = create_engine(url, pool_size=8, max_overflow=8, **common)

    def prepare(connection: Any, *, read_only: bool) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.execute("PRAGMA foreign_keys=ON")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    _notice_when_it_is_gone((writer, reader), Path(url.database))

    @event.listens_for(writer, "connect")
    def _writer_connects(connection: Any, _record: Any) -> None:
        prepare(connection, read_only=False)

    @event.listens_for(reader, "connect")
    def _reader_connects(connection: Any, _record: Any) -> None:
        prepare(connection, read_only=True)

    @event.listens_for(writer, "begin")
    def _writer_begins(connection: Any) -> None:
        # Plain BEGIN takes the lock at the first write and then fails at once when somebody else has it.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(reader, "begin")
    def _reader_begins(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return reader, writer


def _notice_when_it_is_gone(engines: tuple[Engine, ...], path: Path) -> None:
    """Refuse connections to a file that was removed or replaced: what is written to it is lost, though nothing fails.

    The system lets a process go on with a deleted file, and SQLite makes an empty one where there is none.
    """
    been_there = False

    def only_if_there(*_parts: Any) -> None:
        if been_there and not path.exists():
            raise _sqlite_module().OperationalError("the database file is gone")

    def remember(_connection: Any, record: Any) -> None:
        nonlocal been_there
        been_there = True
        record.info["file"] = _which(path)

    def compare(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info.get("file") != _which(path):
            raise DisconnectionError("the database file was removed or replaced")

    for engine in engines:
        event.listen(engine, "do_connect", only_if_there)
        event.listen(engine, "connect", remember)
        event.listen(engine, "checkout", compare)


def _which(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _postgresql_engines(url: URL) -> tuple[Engine, Engine]:
    zone = "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=60s"
    writer = create_engine(
        url, pool_size=5, max_overflow=5, pool_pre_ping=True, hide_parameters=True, connect_args={"options": zone}
    )
    reader = create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        connect_args={"options": f"{zone} -c default_transaction_read_only=on"},
    )
    return reader, writer
