"""From settings to open databases: the key ring found (in development made), and carried by every session."""

from directory.lib import sealed
from directory.lib.db import Databases
from directory.settings import Settings, SettingsError


def key_ring(settings: Settings) -> sealed.KeyRing:
    """The ring of `settings`; development makes DATA_DIR/keys at the first start. Raises SettingsError in words."""
    path = settings.keys_file or settings.data_dir / "keys"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return sealed.load_ring(path, create=not settings.is_production)
    except sealed.RingRefused as refusal:
        raise SettingsError(str(refusal)) from refusal


def open_databases(settings: Settings) -> Databases:
    """The databases of `settings` with the key ring in every session."""
    return Databases(settings.database_url, keys=key_ring(settings))
