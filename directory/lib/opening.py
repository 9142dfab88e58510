"""From settings to open databases: the key ring found (in development made), and carried by every session."""

from pathlib import Path

from directory.lib import sealed
from directory.lib.db import Databases
from directory.settings import Settings, SettingsError


def ring_path(settings: Settings) -> Path:
    """Where the key ring of `settings` is."""
    return settings.keys_file or settings.data_dir / "keys"


def key_ring(settings: Settings) -> sealed.RingFile:
    """The ring of `settings`; development makes DATA_DIR/keys at the first start. Raises SettingsError in words."""
    path = ring_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return sealed.RingFile(path, create=not settings.is_production)
    except sealed.RingRefused as refusal:
        raise SettingsError(str(refusal)) from refusal


def open_databases(settings: Settings) -> Databases:
    """The databases of `settings` with the key ring in every session."""
    return Databases(settings.database_url, keys=key_ring(settings))
