"""Starting the service: what must hold before anyone is let in, then the server or the worker."""

import argparse
import os
from dataclasses import replace

from sqlalchemy import text

from directory.lib import pmtiles, schema
from directory.lib.db import SQLITE_FLOOR, Databases, sqlite_version
from directory.lib.opening import open_databases
from directory.settings import Settings, SettingsError


def serve(settings: Settings, asked: argparse.Namespace) -> int:
    """Run the server processes until they are told to stop."""
    from granian import Granian  # noqa: PLC0415 - only the server needs it
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    if asked.prepare:
        settings = prepare(settings)
    refuse_to_start(settings)
    print(f"Lanternway on {settings.base_url} (stop with Ctrl-C)", flush=True)
    Granian(
        "directory.app:from_environment",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        respawn_failed_workers=True,
        websockets=False,
        log_access=False,  # an address holds a place and filters: nobody writes those down
        log_level=LogLevels.warning,
        workers_kill_timeout=20,
    ).serve()
    return 0


def worker(settings: Settings, asked: argparse.Namespace) -> int:
    """Run the worker until it is told to stop."""
    from directory import worker as process  # noqa: PLC0415 - brings the whole application in

    refuse_to_start(settings)
    process.run(settings)
    return 0


def migrate(settings: Settings, asked: argparse.Namespace) -> int:
    """Bring the schema to the newest migration."""
    databases = Databases(settings.database_url)
    before = schema.revision_of(databases)
    schema.migrate(databases)
    print(f"schema: {before or 'empty'} → {schema.revision_of(databases)}")
    databases.close()
    return 0


def prepare(settings: Settings) -> Settings:
    """Migrate, and in development load the demo into an empty database; server processes inherit what is set here."""
    databases = open_databases(settings)
    if schema.revision_of(databases) != schema.newest():
        schema.migrate(databases)
    if not settings.is_production:
        if not _holds(databases, "SELECT 1 FROM organization LIMIT 1"):
            from directory.cli import data  # noqa: PLC0415 - brings the whole application in; only a first start needs it

            data.load_demo(databases)
        if "DIRECTORY_DEMO" not in os.environ:
            demo = holds_demo(databases)
            os.environ["DIRECTORY_DEMO"] = "yes" if demo else "no"
            settings = replace(settings, demo=demo)
    databases.close()
    return settings


def refuse_to_start(settings: Settings) -> None:
    """Raise SettingsError in words when the service would start on sand."""
    if settings.tiles:
        pmtiles.archive(settings.tiles)
    databases = Databases(settings.database_url)
    try:
        if schema.revision_of(databases) != schema.newest():
            raise SettingsError("The database is not at the newest schema: run `directory migrate` first.")
        if not settings.is_production:
            return
        if databases.is_sqlite and sqlite_version() < SQLITE_FLOOR:
            found = ".".join(map(str, sqlite_version()))
            raise SettingsError(f"SQLite {found} can corrupt a WAL database; 3.51.3 or later is needed.")
        if holds_demo(databases):
            raise SettingsError("In production there can be no demo data, and this database holds some.")
    finally:
        databases.close()


def holds_demo(databases: Databases) -> bool:
    """Whether any organization of this database is invented."""
    return _holds(databases, "SELECT 1 FROM organization WHERE is_demo LIMIT 1")


def _holds(databases: Databases, statement: str) -> bool:
    # Plain SQL: the models take as long to import as all else that the server's parent process needs.
    with databases.reader.connect() as connection:
        return connection.execute(text(statement)).first() is not None
