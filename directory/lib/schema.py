"""The schema's version: bringing a database to the newest migration, and telling whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from directory.lib.db import Databases

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def migrate(databases: Databases, revision: str = "head") -> None:
    """Run what is missing up to `revision`, each migration in its own transaction."""
    with databases.writer.connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def downgrade(databases: Databases, revision: str) -> None:
    """Undo migrations down to `revision` (`base` for all of them)."""
    with databases.writer.connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()


def revision_of(databases: Databases) -> str | None:
    """The migration this database stands at, or None for an empty one."""
    with databases.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The newest migration we have."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config
