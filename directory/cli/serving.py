"""Starting the service: what must hold before anyone is let in, then the server or the worker."""

import argparse
import os
from dataclasses import replace

from sqlmodel import Session, select

from directory.cli import data
from directory.lib import schema
from directory.lib.db import SQLITE_FLOOR, Databases, reading, sqlite_version
from directory.lib.opening import open_databases
from directory.listings.models import Organization
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
        with reading(databases) as db:
            nothing = db.exec(select(Organization.id).limit(1)).first() is None
        if nothing:
            data.load_demo(databases)
        if "DIRECTORY_DEMO" not in os.environ:
            with reading(databases) as db:
                demo = holds_demo(db)
            os.environ["DIRECTORY_DEMO"] = "yes" if demo else "no"
            settings = replace(settings, demo=demo)
    databases.close()
    return settings


def refuse_to_start(settings: Settings) -> None:
    """Raise SettingsError in words when the service would start on sand."""
    databases = Databases(settings.database_url)
    try:
        if schema.revision_of(databases) != schema.newest():
            raise SettingsError("The database is not at the newest schema: run `directory migrate` first.")
        if not settings.is_production:
            return
        if databases.is_sqlite and sqlite_version() < SQLITE_FLOOR:
            found = ".".join(map(str, sqlite_version()))
            raise SettingsError(f"SQLite {found} can corrupt a WAL database; 3.51.3 or later is needed.")
        with reading(databases) as db:
            if holds_demo(db):
                raise SettingsError("In production there can be no demo data, and this database holds some.")
    finally:
        databases.close()


def holds_demo(db: Session) -> bool:
    """Whether any organization of this database is invented."""
    return db.exec(select(Organization.id).where(Organization.is_demo).limit(1)).first() is not None
