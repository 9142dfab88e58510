"""A program of its own: reads an upload nobody trusts on stdin, under limits, and says whether it may be kept.

Run as `python -I examiner.py image|pdf`. A picture comes back on stdout drawn anew, without what else was in the file.
Exit 0: it may; 3: it may not, and why is one word on stderr; anything else: it could not be read.
"""

import io
import re
import resource
import sys
from typing import Any, NoReturn

LARGEST = 10 * 1024 * 1024
LARGEST_PICTURE = 25_000_000
"""Pixels. A few kilobytes can unpack into gigabytes otherwise."""
ENOUGH = 12_000_000
"""Pixels. A picture with more is kept at half its width and height: as easy to read, and four times as fast to draw."""
MOST_PAGES, MOST_OBJECTS, DEEPEST = 100, 50_000, 40
MEMORY = 640 * 1024 * 1024
"""Address space, of which the libraries alone take a third."""
SECONDS = 5
ACTIVE = frozenset(
    {
        "/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/Filespec",
        "/RichMedia", "/XFA", "/ImportData", "/SubmitForm", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Rendition",
    }
)  # fmt: skip
_NAME = re.compile(rb"/[^\x00\t\n\x0c\r ()<>\[\]{}/%]+")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")


def refuse(why: str) -> NoReturn:
    """It may not be kept."""
    sys.stderr.write(why)
    raise SystemExit(3)


def limit() -> None:
    """From here on: little memory, little time, no file written."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def picture(content: bytes) -> bytes:
    """A PNG or JPEG drawn anew: whatever hides behind, between or beside its pixels is gone, places of photos too."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - only this program pays for it

    limit()
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as found:
        if found.width * found.height > LARGEST_PICTURE:
            refuse("too_big")
        kind = found.format
        if found.width * found.height > ENOUGH:  # a JPEG is unpacked at half its size at once
            found.draft("RGB", (found.width // 2, found.height // 2))
        upright = ImageOps.exif_transpose(found)
        if upright.width * upright.height > ENOUGH:
            upright = (upright if upright.mode in ("L", "RGB", "RGBA") else upright.convert("RGBA")).reduce(2)
        plain = upright.convert("RGB" if kind == "JPEG" or "A" not in upright.getbands() else "RGBA")
    drawn = io.BytesIO()
    plain.info.clear()
    plain.save(drawn, format=kind, **({"quality": 90} if kind == "JPEG" else {}))
    if drawn.tell() > LARGEST:
        refuse("too_big")
    return drawn.getvalue()


def document(content: bytes) -> None:
    """A PDF that does nothing by itself, carries nothing else and is not locked."""
    from pypdf import PdfReader  # noqa: PLC0415 - only this program pays for it
    from pypdf.generic import IndirectObject  # noqa: PLC0415

    limit()
    if b"%%EOF" not in content[-1024:]:
        refuse("unreadable")
    # Also what no reference leads to any more: another reader may find it. Short names would be met by chance.
    written = {_HEX.sub(lambda m: bytes([int(m[1], 16)]), name).decode("latin-1") for name in _NAME.findall(content)}
    if {name for name in written & ACTIVE if len(name) > 5}:
        refuse("active")
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted or "/Encrypt" in written:
        refuse("locked")
    if len(reader.pages) > MOST_PAGES:
        refuse("too_big")
    if not reader.pages:
        refuse("unreadable")
    places = {(number, generation) for generation, rows in reader.xref.items() for number in rows}
    places |= {(number, 0) for number in reader.xref_objStm}
    if len(places) > MOST_OBJECTS:
        refuse("too_big")
    walk(reader.trailer, 0)
    for number, generation in sorted(places):
        walk(reader.get_object(IndirectObject(number, generation, reader)), 0)


def walk(found: Any, depth: int) -> None:
    """Look at one object and what stands in it; what it refers to has its own turn."""
    if depth > DEEPEST:
        refuse("too_big")
    if isinstance(found, dict):
        for key, value in found.items():
            if str(key) in ACTIVE:
                refuse("active")
            walk(dict.__getitem__(found, key) if type(value).__name__ == "IndirectObject" else value, depth + 1)
    elif isinstance(found, list):
        for value in list.__iter__(found):
            walk(value, depth + 1)
    elif isinstance(found, str) and found in ACTIVE:
        refuse("active")


def main() -> None:
    """Examine what comes in."""
    content = sys.stdin.buffer.read(LARGEST + 1)
    if len(content) > LARGEST:
        refuse("too_big")
    if sys.argv[1] == "image":
        sys.stdout.buffer.write(picture(content))
    else:
        document(content)


if __name__ == "__main__":
    main()
