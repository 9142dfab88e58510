"""The operator's file of map tiles, served in pieces: a browser asks for byte ranges of it (RFC 9110 section 14).

Litestar's own file answers know no ranges, so they are worked out here. Nothing is ever read whole into memory.
"""

import os
import re
from collections.abc import Iterator
from typing import Any, Final

from litestar.exceptions import NotFoundException
from litestar.response import Response, Stream

from directory.lib.pmtiles import Archive, archive
from directory.web.edge import is_head
from directory.web.routes import AnyRequest, FromPath, anyone, quick

MEDIA_TYPE: Final = "application/vnd.pmtiles"
IMMUTABLE: Final = "public, max-age=31536000, immutable"
PIECE: Final = 256 * 1024
"""Bytes read at once; a browser's range of a few tiles is smaller, so it is answered in one go."""
_RANGE: Final = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII | re.IGNORECASE)


class Unsatisfiable(Exception):
    """The range begins beyond the end, or is empty."""


def byte_range(header: str, size_bytes: int) -> tuple[int, int] | None:
    """First and last byte of one range, both included; None for what is no single range, and so is ignored.

    Raises Unsatisfiable. RFC 9110 14.1.2 and 14.2: several ranges at once may be ignored, and are.
    """
    match = _RANGE.fullmatch(header.replace(" ", ""))
    if match is None or match[1] == match[2] == "":
        return None
    if not match[1]:
        first, last = max(0, size_bytes - int(match[2])), size_bytes - 1
    else:
        first, last = int(match[1]), int(match[2]) if match[2] else size_bytes - 1
        if match[2] and last < first:
            return None
    if first >= size_bytes:
        raise Unsatisfiable
    return first, min(last, size_bytes - 1)


@quick("/tiles/{name:str}", guard=anyone, sync_to_thread=True)
def serve(request: AnyRequest, name: FromPath[str]) -> Response[Any]:
    """The file, or the part of it that was asked for; 404 once another file stands in its place, until a restart."""
    tiles = archive(request.app.state.settings.tiles)
    if f"/tiles/{name}" != tiles.url or not _is_as_it_was(tiles):
        raise NotFoundException
    tag, size = f'"{tiles.version}"', tiles.size_bytes
    headers = {"ETag": tag, "Accept-Ranges": "bytes", "Cache-Control": IMMUTABLE}
    asked = request.headers
    if "if-match" in asked and not _names(asked["if-match"], tag):
        return Response(b"", status_code=412, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})
    if "if-none-match" in asked and _names(asked["if-none-match"].replace("W/", ""), tag):
        return Response(b"", status_code=304, media_type=MEDIA_TYPE, headers=headers)
    wanted, is_head_only = None, is_head(request.scope)
    if "range" in asked and asked.get("if-range", tag).strip() == tag and not is_head_only:  # 14.2: ranges are for GET
        try:
            wanted = byte_range(asked["range"], size)
        except Unsatisfiable:
            refused = headers | {"Content-Range": f"bytes */{size}", "Cache-Control": "no-store"}
            return Response(b"", status_code=416, media_type=MEDIA_TYPE, headers=refused)
    first, last = wanted or (0, size - 1)
    if wanted:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    status, length = 206 if wanted else 200, last - first + 1
    if not is_head_only and length <= PIECE:
        return Response(
            b"".join(_pieces(tiles, first, length)), status_code=status, media_type=MEDIA_TYPE, headers=headers
        )
    flowing = iter(()) if is_head_only else _pieces(tiles, first, length)
    headers["Content-Length"] = str(length)
    return Stream(flowing, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def _names(header: str, tag: str) -> bool:
    return header.strip() == "*" or tag in (each.strip() for each in header.split(","))


def _is_as_it_was(tiles: Archive) -> bool:
    try:
        found = tiles.path.stat()
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == (tiles.size_bytes, tiles.changed_ns)


def _pieces(tiles: Archive, first: int, length: int) -> Iterator[bytes]:
    with tiles.path.open("rb", buffering=0) as file:
        os.lseek(file.fileno(), first, os.SEEK_SET)
        while length > 0:
            piece = file.read(min(PIECE, length))
            if not piece:
                raise OSError("the file of map tiles became shorter while it was sent")
            length -= len(piece)
            yield piece


ROUTES = [serve]
