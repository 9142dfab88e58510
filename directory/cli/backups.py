"""Backup and restore: one file with the whole database and a note of what it is. Keys are never in it."""

import argparse
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import text

from directory.lib import clock, schema
from directory.lib.db import Databases
from directory.settings import Settings, SettingsError

NOTE = "backup.json"
SQLITE_FILE = "directory.sqlite3"
POSTGRESQL_FILE = "directory.dump"


def backup(settings: Settings, asked: argparse.Namespace) -> int:
    """Write the database, as it stands in one moment, into a new file. Writers go on meanwhile."""
    target: Path = asked.file
    if target.exists():
        raise SettingsError(f"{target} is there already; a backup never overwrites.")
    databases = Databases(settings.database_url)
    note = {
        "made_at": clock.now().isoformat(),
        "database": "sqlite" if databases.is_sqlite else "postgresql",
        "schema": schema.revision_of(databases),
    }
    with tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder:
        dump = Path(folder) / (SQLITE_FILE if databases.is_sqlite else POSTGRESQL_FILE)
        _dump(databases, dump)
        (Path(folder) / NOTE).write_text(json.dumps(note, indent=1))
        unfinished = Path(folder) / "unfinished"
        with tarfile.open(unfinished, "w:gz") as archive:
            for path in (Path(folder) / NOTE, dump):
                archive.add(path, arcname=path.name)
        unfinished.chmod(0o600)
        unfinished.rename(target)  # whole or not at all
    databases.close()
    print(
        f"{target}: {target.stat().st_size:,} bytes. Keep the key ring somewhere else: without it nothing sealed opens."
    )
    return 0


def restore(settings: Settings, asked: argparse.Namespace) -> int:
    """Bring a backup back into the configured database; refuses to overwrite unless told to."""
    source: Path = asked.file
    if not source.is_file():
        raise SettingsError(f"There is no file {source}.")
    databases = Databases(settings.database_url)
    kind = "sqlite" if databases.is_sqlite else "postgresql"
    if schema.revision_of(databases) is not None and not asked.replace:
        raise SettingsError("The database holds something already. Say --replace to put the backup in its place.")
    with tempfile.TemporaryDirectory() as folder:
        note = _unpack(source, Path(folder))
        if note["database"] != kind:
            raise SettingsError(f"This backup is of {note['database']}, and DIRECTORY_DATABASE_URL names {kind}.")
        databases.close()
        _load(databases, Path(folder))
    schema.migrate(databases)  # an older backup comes up to date
    databases.close()
    print(f"restored the backup of {note['made_at']}, schema {schema.newest()}. Run `directory check` next.")
    return 0


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        note: dict[str, Any] = json.loads((folder / NOTE).read_text())
    except (tarfile.TarError, OSError, ValueError) as error:
        raise SettingsError(f"{source} is no backup of this service ({type(error).__name__}).") from error
    return note


def _dump(databases: Databases, target: Path) -> None:
    if databases.is_sqlite:
        with databases.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            connection.rollback()
            raw.execute("VACUUM INTO ?", (str(target),))
        return
    _run(["pg_dump", "--format=custom", "--no-owner", f"--file={target}", _libpq(databases)])


def _load(databases: Databases, folder: Path) -> None:
    if databases.is_sqlite:
        path = Path(str(databases.url.database))
        for old in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            old.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        (folder / SQLITE_FILE).replace(path) if _same_device(folder, path.parent) else _copy(folder / SQLITE_FILE, path)
        return
    with databases.writer.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    databases.close()
    _run(
        ["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_libpq(databases)}", str(folder / POSTGRESQL_FILE)]
    )


def _same_device(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def _copy(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes())


def _libpq(databases: Databases) -> str:
    return databases.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - fixed program names
    except FileNotFoundError as error:
        raise SettingsError(f"{command[0]} is not installed here; it comes with PostgreSQL's client.") from error
    except subprocess.CalledProcessError as error:
        raise SettingsError(f"{command[0]} failed: {error.stderr.strip()[:500]}") from error
