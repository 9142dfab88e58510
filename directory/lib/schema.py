"""The schema's version: bringing a database to the newest migration, and telling whether it is there."""

# Alembic takes half a second to import, and a start that finds everything in place does not need it.
# ruff: noqa: PLC0415

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from directory.lib.db import Databases

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def migrate(databases: Databases, revision: str = "head") -> None:
    """Run what is missing up to `revision`, all of it in one transaction."""
    from alembic import command

    with rebuilding(databases) as connection:
        command.upgrade(configuration(connection), revision)


def downgrade(databases: Databases, revision: str) -> None:
    """Undo migrations down to `revision` (`base` for all of them)."""
    from alembic import command

    with rebuilding(databases) as connection:
        command.downgrade(configuration(connection), revision)


@contextmanager
def rebuilding(databases: Databases) -> Iterator[Connection]:
    """A connection in one transaction in which tables may be rebuilt; undone whole when anything fails."""
    # SQLite alters a table by copying it and dropping the old one; with foreign keys on, the drop would empty every
    # table that refers to it. They can only be switched off outside a transaction, and are checked before the end.
    with databases.writer.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        if databases.is_sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if databases.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("the migration left rows that refer to nothing")
        finally:
            if databases.is_sqlite:
                raw.execute("PRAGMA foreign_keys=ON")


def revision_of(databases: Databases) -> str | None:
    """The migration this database stands at, or None for an empty one."""
    with databases.reader.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def newest() -> str | None:
    """The newest migration we have: they are numbered in their order, and the file's name begins with its number."""
    return max((path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py")), default=None)


def configuration(connection: Connection | None = None) -> Any:
    """What Alembic is told (a Config): where the migrations are, and the connection to run them on."""
    from alembic.config import Config

    config = Config()
    config.attributes["connection"] = connection
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config
