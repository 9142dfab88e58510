"""Commands that fill the directory: the demo, invented lines in bulk, the search entries."""

import argparse
import gc

from sqlmodel import select

from directory import wiring
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.opening import open_databases
from directory.listings.models import Location
from directory.search import actions as search
from directory.search.actions import AT_ONCE
from directory.seeding import bulk, cast, demo
from directory.settings import Settings, SettingsError


def seed(settings: Settings, asked: argparse.Namespace) -> int:
    """Load the demo, or with --size that many invented treatment lines."""
    if settings.is_production:
        raise SettingsError("In production there can be no demo data.")
    databases = open_databases(settings)
    if asked.size:
        bulk.load(databases, lines=asked.size)
    else:
        load_demo(databases)
    databases.close()
    return 0


def load_demo(databases: Databases) -> None:
    """The invented clinics, through the actions that people use."""
    gc.freeze()  # what is imported by now stays: looking through it again and again takes a fifth of the time
    loaded = demo.load(databases, wiring.dispatch)
    people = cast.load(databases, wiring.dispatch)
    print(f"demo: {loaded} invented clinics, {people} people", flush=True)


def reindex(settings: Settings, asked: argparse.Namespace) -> int:
    """Write every listing's search entry anew; running servers pick the change up within two seconds."""
    databases = open_databases(settings)
    with reading(databases) as db:
        everywhere = list(db.exec(select(Location.id)).all())
    for start in range(0, len(everywhere), AT_ONCE):
        with unit_of_work(databases, wiring.dispatch) as db:
            search.refresh(db, everywhere[start : start + AT_ONCE])
    count = len(everywhere)
    print(f"reindexed {count} clinics")
    databases.close()
    return 0
