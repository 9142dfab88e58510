"""A file of map tiles (PMTiles, version 3) that the operator put on this machine: what it holds, read once."""

import hashlib
import html
import json
import re
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from directory.settings import SettingsError

_HEADER: Final = struct.Struct("<7sB11Q6B4iB2i")
_VERSION: Final = 3
_KINDS: Final = {1: "vector", 2: "raster", 3: "raster", 4: "raster", 5: "raster"}
"""Tile type in the header → how it is drawn: 1 is MVT, the others PNG, JPEG, WebP and AVIF."""
_READABLE: Final = {0, 1, 2}
"""Compressions browsers open: not said, none, gzip."""
_GZIP: Final = 2
_GZIP_WINDOW: Final = 31
_LARGEST_METADATA: Final = 4_000_000
_DRAWN: Final = {"earth", "roads"}
"""Layers without which a vector tile is of another layout than the one we draw (Protomaps basemap, version 4)."""
_TAG: Final = re.compile(r"<[^>]*>")
_DEGREE: Final = 1e7
_OSM: Final = "© OpenStreetMap contributors"


@dataclass(frozen=True, slots=True)
class Archive:
    """A file of tiles as it was when the service started."""

    path: Path
    size_bytes: int
    changed_ns: int
    version: str
    """12 hex digits; another file, or the same one changed, has others."""
    kind: str
    """`vector` or `raster`."""
    zooms: tuple[int, int]
    bounds: tuple[float, float, float, float]
    """West, south, east, north in degrees."""
    attribution: str
    """Whom to name, in plain text; empty when the file names nobody."""

    @property
    def url(self) -> str:
        """Where browsers ask for it."""
        return f"/tiles/{self.version}.pmtiles"

    @property
    def is_of_openstreetmap(self) -> bool:
        """Whether the licence asks for the way to OpenStreetMap's copyright page."""
        return "openstreetmap" in self.attribution.lower()


@cache
def archive(path: Path) -> Archive:
    """What the file holds, read once in a process. Raises SettingsError with a sentence for a person."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER.size)
            found = path.stat()
            fields = _fields(path, head, found.st_size)
            file.seek(fields["metadata_at"])
            metadata = _metadata(path, file.read(fields["metadata_bytes"]), fields["internal"])
    except OSError as error:
        raise SettingsError(f"DIRECTORY_TILES names {path}, which cannot be read: {error.strerror}.") from error
    kind = _KINDS[fields["type"]]
    if kind == "vector":
        _refuse_another_layout(path, metadata)
    digest = hashlib.sha256(head + f"{found.st_size} {found.st_mtime_ns}".encode())
    west, south, east, north = (degrees / _DEGREE for degrees in fields["bounds"])
    return Archive(
        path=path,
        size_bytes=found.st_size,
        changed_ns=found.st_mtime_ns,
        version=digest.hexdigest()[:12],
        kind=kind,
        zooms=fields["zooms"],
        bounds=(west, south, east, north),
        attribution=_plain(str(metadata.get("attribution") or "")) or (_OSM if kind == "vector" else ""),
    )


def _fields(path: Path, head: bytes, size_bytes: int) -> dict[str, Any]:
    if not head.startswith(b"PMTiles"):
        raise SettingsError(f"DIRECTORY_TILES names {path}, which is no PMTiles file.")
    version = head[7] if len(head) > 7 else 0
    if version != _VERSION:
        raise SettingsError(
            f"DIRECTORY_TILES names {path}, a PMTiles file of version {version}; version {_VERSION} is needed: "
            "`pmtiles convert` makes one."
        )
    if len(head) < _HEADER.size:
        raise SettingsError(f"DIRECTORY_TILES names {path}, which ends before its tiles do: was it copied whole?")
    _, _, *numbers = _HEADER.unpack(head)
    places, (_, internal, compression, type_, least, most), bounds = numbers[:11], numbers[11:17], numbers[17:21]
    parts = [(places[i], places[i + 1]) for i in (0, 2, 4, 6)]
    if max(at + length for at, length in parts) > size_bytes:
        raise SettingsError(f"DIRECTORY_TILES names {path}, which ends before its tiles do: was it copied whole?")
    if type_ not in _KINDS:
        raise SettingsError(
            f"DIRECTORY_TILES names {path}, whose tiles are of a type we cannot draw ({type_}); "
            "we draw MVT, PNG, JPEG, WebP and AVIF."
        )
    if internal not in _READABLE or compression not in _READABLE:
        raise SettingsError(f"DIRECTORY_TILES names {path}, compressed as browsers cannot open it; gzip or none is.")
    return {
        "metadata_at": parts[1][0],
        "metadata_bytes": min(parts[1][1], _LARGEST_METADATA),
        "internal": internal,
        "type": type_,
        "zooms": (least, most),
        "bounds": bounds,
    }


def _metadata(path: Path, packed: bytes, compression: int) -> dict[str, Any]:
    try:
        body = (
            zlib.decompressobj(_GZIP_WINDOW).decompress(packed, _LARGEST_METADATA) if compression == _GZIP else packed
        )
        read = json.loads(body or b"{}")
    except (ValueError, zlib.error) as error:
        raise SettingsError(f"DIRECTORY_TILES names {path}, whose description (its metadata) is damaged.") from error
    return read if isinstance(read, dict) else {}


def _refuse_another_layout(path: Path, metadata: dict[str, Any]) -> None:
    said = metadata.get("vector_layers")
    layers = {str(layer.get("id")) for layer in said if isinstance(layer, dict)} if isinstance(said, list) else set()
    if not layers >= _DRAWN:
        raise SettingsError(
            f"DIRECTORY_TILES names {path}, whose vector tiles are laid out in a way we cannot draw (layers: "
            f"{', '.join(sorted(layers)) or 'none named'}). Extract them from a Protomaps basemap (docs/tiles.md)."
        )


def _plain(attribution: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", attribution)).split())[:200]
