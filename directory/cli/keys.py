"""`directory keys`: make the key ring that seals health data, or put a new key first in it."""

import argparse

from directory.lib import sealed
from directory.settings import Settings, SettingsError


def keys(settings: Settings, asked: argparse.Namespace) -> int:
    """Make a new key ring file (0400), or put a new key first in an existing one."""
    if asked.act == "new":
        if asked.file.exists():
            raise SettingsError(f"{asked.file} is there already; a key ring is never overwritten.")
        sealed.load_ring(asked.file, create=True)
        print(f"{asked.file}: a new key ring. Back it up apart from the database.")
        return 0
    name = sealed.rotate_ring(asked.file)
    print(f"{asked.file}: {name} seals from the next start on; the older keys still open what they sealed.")
    return 0
