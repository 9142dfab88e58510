"""Backup and restore: one file with the whole database, the documents and a note of what it is; never a key."""

import argparse
import fcntl
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.exc import DatabaseError

from directory.lib import clock, schema
from directory.lib.db import Databases
from directory.settings import Settings, SettingsError
from directory.verification import evidence

NOTE = "backup.json"
SQLITE_FILE = "directory.sqlite3"
POSTGRESQL_FILE = "directory.dump"
_OPEN_MARK = 128
"""Byte of SQLite's `-shm` file that every connection in WAL mode keeps locked (UNIX_SHM_DMS in os_unix.c)."""


def backup(settings: Settings, asked: argparse.Namespace) -> int:
    """Write the database, as it stands in one moment, and the documents into a new file. Writers go on meanwhile."""
    target: Path = asked.file
    if target.exists():
        raise SettingsError(f"{target} is there already; a backup never overwrites.")
    with closing(Databases(settings.database_url)) as databases:
        revision = schema.revision_of(databases)
        if revision is None:
            raise SettingsError(
                "The database is empty: is DIRECTORY_DATABASE_URL (or DIRECTORY_DATA_DIR) the right one?"
            )
        note = {
            "made_at": clock.now().isoformat(),
            "database": "sqlite" if databases.is_sqlite else "postgresql",
            "schema": revision,
        }
        with tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder:
            dump = Path(folder) / (SQLITE_FILE if databases.is_sqlite else POSTGRESQL_FILE)
            _dump(databases, dump)
            (Path(folder) / NOTE).write_text(json.dumps(note, indent=1))
            unfinished = Path(folder) / "unfinished"
            with tarfile.open(unfinished, "w:gz") as archive:
                for path in (Path(folder) / NOTE, dump):
                    archive.add(path, arcname=path.name)
                # After the database: each document it names is there by now, unless somebody has removed it since.
                for path in evidence.files(settings.data_dir):
                    with suppress(FileNotFoundError):
                        archive.add(path, arcname=f"{evidence.FOLDER}/{path.name}")
            unfinished.chmod(0o600)
            unfinished.rename(target)  # whole or not at all
    print(
        f"{target}: {target.stat().st_size:,} bytes. Keep the key ring somewhere else: without it nothing sealed opens."
    )
    return 0


def restore(settings: Settings, asked: argparse.Namespace) -> int:
    """Bring a backup back into the configured database; refuses to overwrite unless told to."""
    source: Path = asked.file
    if not source.is_file():
        raise SettingsError(f"There is no file {source}.")
    with closing(Databases(settings.database_url)) as databases:
        kind = "sqlite" if databases.is_sqlite else "postgresql"
        if not asked.replace and _holds_something(databases):
            raise SettingsError("The database holds something already. Say --replace to put the backup in its place.")
        with tempfile.TemporaryDirectory() as folder:
            note = _unpack(source, Path(folder))
            if note["database"] != kind:
                raise SettingsError(f"This backup is of {note['database']}, and DIRECTORY_DATABASE_URL names {kind}.")
            if note["schema"] > (schema.newest() or ""):
                raise SettingsError(
                    f"This backup is of schema {note['schema']}, newer than this version: update first."
                )
            databases.close()
            # Before the database: no row stands there without its document.
            documents = evidence.put_back(settings.data_dir, Path(folder) / evidence.FOLDER)
            _load(databases, Path(folder))
        schema.migrate(databases)  # an older backup comes up to date
    put_back = f", {documents:,} documents" if documents else ""
    print(f"restored the backup of {note['made_at']}, schema {schema.newest()}{put_back}. Run `directory check` next.")
    return 0


def _holds_something(databases: Databases) -> bool:
    if databases.is_sqlite and not Path(str(databases.url.database)).exists():
        return False
    try:
        with databases.reader.connect() as connection:
            return bool(inspect(connection).get_table_names())
    except DatabaseError:  # damaged: what is there may still be worth something to somebody
        if not databases.is_sqlite:
            raise
        return True


def _unpack(source: Path, folder: Path) -> dict[str, str]:
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        note: dict[str, Any] = json.loads((folder / NOTE).read_text())
        return {name: str(note[name]) for name in ("made_at", "database", "schema")}
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{source} is no backup of this service ({type(error).__name__}).") from error


def _dump(databases: Databases, target: Path) -> None:
    if databases.is_sqlite:
        with databases.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            connection.rollback()
            raw.execute("VACUUM INTO ?", (str(target),))
        return
    _run(databases, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def _load(databases: Databases, folder: Path) -> None:
    if databases.is_sqlite:
        _load_sqlite(folder / SQLITE_FILE, Path(str(databases.url.database)))
        return
    script = folder / "restore.sql"
    _run(None, "pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(folder / POSTGRESQL_FILE))
    first = "SET lock_timeout = '30s'; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    # In one transaction: should anything fail, all that was there before is there still.
    psql = ("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction")
    _run(databases, *psql, f"--command={first}", f"--file={script}")


def _load_sqlite(kept: Path, path: Path) -> None:
    if _is_open_elsewhere(path):
        raise SettingsError("A server or a worker still has this database open: stop it first.")
    _refuse_damaged(kept)
    path.parent.mkdir(parents=True, exist_ok=True)
    arriving = path.with_name(path.name + "-arriving")
    shutil.copyfile(kept, arriving)
    with arriving.open("rb") as file:
        os.fsync(file.fileno())
    # The old log goes first: SQLite would play it into the new file.
    for old in ("-wal", "-shm"):
        path.with_name(path.name + old).unlink(missing_ok=True)
    arriving.replace(path)


def _is_open_elsewhere(path: Path) -> bool:
    try:
        with path.with_name(path.name + "-shm").open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _OPEN_MARK)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _refuse_damaged(kept: Path) -> None:
    found = "unreadable"
    databases = Databases(f"sqlite:///{kept}")
    try:
        with databases.writer.connect() as connection:
            found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    except DatabaseError:
        pass
    finally:
        databases.close()
    if found != "ok":
        raise SettingsError("The backup is damaged. Nothing was changed.")


def _run(databases: Databases | None, *command: str) -> None:
    """Run one of PostgreSQL's programs, connected to `databases` if it needs a connection."""
    environment = dict(os.environ)
    if databases is not None:
        url = databases.url.set(drivername="postgresql")
        command += (f"--dbname={url._replace(password=None).render_as_string()}",)
        if url.password:  # not among the arguments: everybody on this machine can read those
            environment["PGPASSWORD"] = str(url.password)
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, env=environment)  # noqa: S603 - fixed names
    except FileNotFoundError as error:
        raise SettingsError(f"{command[0]} is not installed here; it comes with PostgreSQL's client.") from error
    except subprocess.CalledProcessError as error:
        raise SettingsError(f"{command[0]} failed: {error.stderr.strip()[:500]}") from error
