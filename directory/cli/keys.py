"""`directory keys`: make the key ring that seals health data, put a new key first in it, take the old ones out."""

import argparse
import time

from directory.lib import schema, sealed
from directory.lib.db import Databases
from directory.lib.opening import open_databases, ring_path
from directory.settings import Settings, SettingsError
from directory.wiring import rotation

TOLD_EVERY_S = 5.0


def keys(settings: Settings, asked: argparse.Namespace) -> int:
    """`new` makes a ring (0400), `rotate` puts a new key first and re-wraps, `rewrap` goes on, `retire` ends it."""
    if asked.act == "new":
        if asked.file.exists():
            raise SettingsError(f"{asked.file} is there already; a key ring is never overwritten.")
        sealed.load_ring(asked.file, create=True)
        print(f"{asked.file}: a new key ring. Back it up apart from the database.")
        return 0
    if asked.act == "rotate":
        name = sealed.rotate_ring(asked.file)
        print(f"{asked.file}: {name} seals from now on; the older keys still open what they sealed.", flush=True)
    if asked.file.resolve() != ring_path(settings).resolve():
        print("It is not the ring of this service, so nothing was re-wrapped.")
        return 0
    databases = open_databases(settings)
    try:
        if schema.revision_of(databases) != schema.newest():
            raise SettingsError("The database is not at the newest schema, so nothing was re-wrapped: migrate first.")
        return _retire(databases, asked) if asked.act == "retire" else _rewrap(databases, asked)
    finally:
        databases.close()


def _rewrap(databases: Databases, asked: argparse.Namespace) -> int:
    begun = told_at = time.monotonic()

    def tell(done: int) -> None:
        nonlocal told_at
        if time.monotonic() > told_at + TOLD_EVERY_S:
            told_at = time.monotonic()
            print(f"{done} re-wrapped …", flush=True)

    done = rotation.rewrap_all(databases, told=tell)
    took = time.monotonic() - begun
    print(f"{done} re-wrapped in {took:.0f} s. When that has stood for a minute: directory keys retire {asked.file}")
    print("If this was broken off: directory keys rewrap goes on where it stopped.")
    return 0


def _retire(databases: Databases, asked: argparse.Namespace) -> int:
    left = rotation.keys_in_use(databases) + rotation.rewrap_all(databases)
    if left:
        raise SettingsError(f"{left} were still sealed by an older key and are re-wrapped now. Ask again in a minute.")
    ring = sealed.load_ring(asked.file, create=False)
    for name in ring.ids[1:]:
        sealed.retire_key(asked.file, name)
    print(f"{asked.file}: only {ring.active_id} is left. Keep a copy of the older keys for as long as older backups.")
    return 0
