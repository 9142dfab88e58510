"""Fixtures for the two real databases: `databases`, `database_url`, and empty ones for migrations and restores."""

import base64
import importlib
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import directory
from directory import wiring
from directory.lib import schema
from directory.lib.db import Databases
from directory.lib.sealed import KeyRing
from directory.lib.tables import metadata
from directory.seeding import demo
from tests.support import postgres_reuse
from tests.support.postgres import Cluster, locked, programs, running_cluster
from tests.support.run import shared_folder

_numbers = itertools.count()
_free: dict[Path, list[str]] = {}
"""Databases of this process that have all tables and no rows again, by the folder that a run shares."""
_reusable: dict[str, str] = {}
"""The shape of each database that this process may empty and give to another test."""
DEMO_CLINICS = 30
TEST_KEY = bytes(range(32))
"""The one key of the ring that `databases` carries; a process started by a test makes the same ring of it."""


def import_all_tables() -> None:
    """Import every module of `directory` that declares a table, so that the metadata knows them all."""
    package = Path(directory.__path__[0])
    for path in sorted(package.rglob("*.py")):
        if "table=True" in path.read_text():
            importlib.import_module(".".join(["directory", *path.relative_to(package).with_suffix("").parts]))


def bring_up_to_date(databases: Databases) -> None:
    """Make the tables in an empty database: by the migrations, or from the models before the first migration."""
    if schema.newest() is not None:
        schema.migrate(databases)
    else:
        import_all_tables()
        metadata.create_all(databases.writer)


def with_demo(databases: Databases) -> None:
    """All tables, and the first DEMO_CLINICS invented clinics in them; days are counted back from the real now."""
    bring_up_to_date(databases)
    demo.load(databases, wiring.dispatch, count=DEMO_CLINICS)


TEMPLATES: dict[str, Callable[[Databases], None]] = {"migrated": bring_up_to_date, "demo": with_demo}


def ring_for_tests() -> KeyRing:
    """The ring of every database a test makes, and of every process that it starts."""
    return KeyRing({"k1-tests": TEST_KEY})


def ring_file_for_tests(shared: Path) -> Path:
    """The same ring as a file, for DIRECTORY_KEYS_FILE."""
    path = shared / "keys"
    with locked(shared, "keys"):
        if not path.exists():
            path.write_text(f"k1-tests = {base64.b64encode(TEST_KEY).decode()}\n")
            path.chmod(0o400)
    return path


class Maker:
    """Makes throw-away databases of one kind, empty or with all tables, each under its own URL."""

    def __init__(self, kind: str, folder: Path, shared: Path, cluster: Callable[[], Cluster]) -> None:
        self.kind = kind
        self._folder = folder
        self._shared = shared
        self._cluster = cluster
        self._made: list[str] = []
        self._admin: psycopg.Connection[tuple[object, ...]] | None = None

    def empty(self) -> str:
        """The URL of a database without tables."""
        return self._sqlite(None) if self.kind == "sqlite" else self._postgresql("template0")

    def migrated(self) -> str:
        """The URL of a database with all tables and no rows."""
        if self.kind == "postgresql" and _free.get(self._shared):
            self._made.append(_free[self._shared].pop())
            return self._cluster().url(self._made[-1])
        url = self._copy_of("migrated")
        if self.kind == "postgresql":
            _reusable[self._made[-1]] = postgres_reuse.shape(self._cluster().conninfo(self._made[-1]))
        return url

    def demo(self) -> str:
        """The URL of a database with the first DEMO_CLINICS invented clinics, all public."""
        return self._copy_of("demo")

    def close(self) -> None:
        """Drop what was made, or empty it for the next test; SQLite files go with their folder."""
        while self._made:
            name = self._made.pop()
            if name in _reusable and postgres_reuse.emptied(self._cluster().conninfo(name), _reusable[name]):
                _free.setdefault(self._shared, []).append(name)
            else:
                self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if self._admin is not None:
            self._admin.close()
            self._admin = None

    def _copy_of(self, template: str) -> str:
        with locked(self._shared, f"{template}-{self.kind}"):
            note = self._shared / f"{template}-{self.kind}.ready"
            file = self._shared / f"{template}.sqlite3"
            if not note.exists():
                if self.kind == "postgresql":
                    self._execute(f"DROP DATABASE IF EXISTS {template} WITH (FORCE)")
                    self._execute(f"CREATE DATABASE {template} TEMPLATE template0")
                url = f"sqlite:///{file}" if self.kind == "sqlite" else self._cluster().url(template)
                databases = Databases(url, keys=ring_for_tests())
                TEMPLATES[template](databases)
                databases.close()
                note.touch()
        return self._sqlite(file) if self.kind == "sqlite" else self._postgresql(template)

    def _sqlite(self, template: Path | None) -> str:
        path = self._folder / f"{next(_numbers)}.sqlite3"
        if template is not None:
            shutil.copyfile(template, path)
        return f"sqlite:///{path}"

    def _postgresql(self, template: str) -> str:
        name = f"t{os.getpid()}_{next(_numbers)}"
        self._made.append(name)
        # Templates cannot be copied by two at once while somebody is connected to them.
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._cluster().url(name)

    def _execute(self, statement: str) -> None:
        if self._admin is None:
            self._admin = psycopg.connect(self._cluster().conninfo(), autocommit=True)
        self._admin.execute(statement)


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """The PostgreSQL cluster of this test run. A machine without PostgreSQL fails here; nothing is skipped."""
    if programs() is None:
        pytest.fail("PostgreSQL's server programs are missing: `make test` installs them.", pytrace=False)
    shared, owner = shared_folder(request.config)
    return running_cluster(shared, owner)


@pytest.fixture
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Maker]]:
    """`make_database("sqlite" or "postgresql")` gives a Maker of throw-away databases."""
    shared, _ = shared_folder(request.config)
    makers: list[Maker] = []

    def make(kind: str) -> Maker:
        makers.append(Maker(kind, tmp_path, shared, lambda: request.getfixturevalue("cluster")))
        return makers[-1]

    yield make
    for maker in makers:
        maker.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Both databases, one after the other: whoever asks for this runs twice."""
    return str(request.param)


@pytest.fixture
def empty_database_url(database_kind: str, make_database: Callable[[str], Maker]) -> str:
    """The URL of a database without tables; runs on both."""
    return make_database(database_kind).empty()


@pytest.fixture
def database_url(database_kind: str, make_database: Callable[[str], Maker]) -> str:
    """The URL of a database with all tables and no rows; runs on both."""
    return make_database(database_kind).migrated()


@pytest.fixture
def demo_database_url(database_kind: str, make_database: Callable[[str], Maker]) -> str:
    """The URL of a database with DEMO_CLINICS invented clinics; runs on both."""
    return make_database(database_kind).demo()


@pytest.fixture(scope="session")
def keys_file(request: pytest.FixtureRequest) -> Path:
    """The key ring that opens what test databases hold, as a file."""
    shared, _ = shared_folder(request.config)
    return ring_file_for_tests(shared)


@pytest.fixture
def databases(database_url: str) -> Iterator[Databases]:
    """The engines of a database with all tables and no rows; runs on both."""
    found = Databases(database_url, keys=ring_for_tests())
    yield found
    found.close()
