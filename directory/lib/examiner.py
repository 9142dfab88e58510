"""A program of its own: reads an upload nobody trusts on stdin, under limits, and says whether it may be kept.

Run as `python -I examiner.py image|pdf|rewrite LARGEST`. A picture comes back on stdout drawn anew, and so does a PDF
that is rewritten: without what else was in the file. LARGEST is in bytes, of what goes in; what comes
out may be twice that, for a picture drawn anew can grow.
Exit 0: it may; 3: it may not, and why is one word on stderr; anything else: it could not be read.
"""

import io
import re
import resource
import sys
from typing import Any, NoReturn

LARGEST_PICTURE = 25_000_000
"""Pixels. A few kilobytes can unpack into gigabytes otherwise."""
ENOUGH = 12_000_000
"""Pixels. A picture with more is kept at half its width and height: as easy to read, and four times as fast to draw."""
MOST_PAGES, MOST_OBJECTS, DEEPEST = 100, 50_000, 40
MEMORY = 256 * 1024 * 1024
"""Address space, of which the libraries take 28 MB for a picture and 54 MB for a PDF (measured)."""
SECONDS = 5
ACTIVE = frozenset(
    {
        "/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/Filespec",
        "/RichMedia", "/XFA", "/ImportData", "/SubmitForm", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Rendition",
    }
)  # fmt: skip
TURNED = {
    2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_270", 7: "TRANSVERSE",
    8: "ROTATE_90",
}  # fmt: skip
"""EXIF orientation → what sets a picture upright (Exif 2.32, tag 274)."""
AS_IT_IS = ("L", "RGB", "RGBA")
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


def picture(content: bytes, largest: int) -> bytes:
    """A PNG or JPEG drawn anew: whatever hides behind, between or beside its pixels is gone, places of photos too."""
    from PIL import Image  # noqa: PLC0415 - only this program pays for it

    limit()
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as found:
        if found.width * found.height > LARGEST_PICTURE:
            refuse("too_big")
        kind = found.format
        if found.width * found.height > ENOUGH:  # a JPEG is unpacked at half its size at once
            found.draft("RGB", (found.width // 2, found.height // 2))
        turned = found.getexif().get(0x0112)
        kept: Image.Image = found
        if kept.width * kept.height > ENOUGH:  # made small before it is turned: two whole copies would not fit
            kept = kept if kept.mode in AS_IT_IS else kept.convert(_colours(kept))
            kept = kept.reduce(2)
        kept = kept.convert(_colours(kept) if kind == "PNG" else "RGB")
    kept.info.clear()
    if turned in TURNED:
        kept = kept.transpose(Image.Transpose[TURNED[turned]])
    drawn = io.BytesIO()
    kept.save(drawn, format=kind, **({"quality": 90} if kind == "JPEG" else {}))
    if drawn.tell() > 2 * largest:
        refuse("too_big")
    return drawn.getvalue()


def _colours(found: Any) -> str:
    """The mode to keep a PNG in: as few bands as show it."""
    if found.mode in ("1", "L", "I", "I;16"):
        return "L"
    return "RGBA" if found.has_transparency_data else "RGB"


def document(content: bytes) -> Any:
    """A PDF that does nothing by itself, carries nothing else and is not locked: its reader."""
    from pypdf import PdfReader  # noqa: PLC0415 - only this program pays for it
    from pypdf.generic import IndirectObject  # noqa: PLC0415

    limit()
    if b"%%EOF" not in content[-1024:]:
        refuse("unreadable")
    # Also what no reference leads to any more: another reader may find it. Short names would be met by chance.
    written = {_HEX.sub(lambda m: bytes([int(m[1], 16)]), m[0]).decode("latin-1") for m in _NAME.finditer(content)}
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
    return reader


def rewritten(content: bytes, largest: int) -> bytes:
    """A PDF written anew from its pages: what hides between, before or behind its objects is gone, and who wrote it."""
    reader = document(content)
    from pypdf import PdfWriter  # noqa: PLC0415

    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    for page in writer.pages:
        for name in ("/Metadata", "/PieceInfo", "/Thumb"):
            page.pop(name, None)
    writer.metadata = None
    made = io.BytesIO()
    writer.write(made)
    if made.tell() > 2 * largest:
        refuse("too_big")
    return made.getvalue()


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
    sys.tracebacklimit = 0
    mode, largest = sys.argv[1], int(sys.argv[2])
    content = sys.stdin.buffer.read(largest + 1)
    if len(content) > largest:
        refuse("too_heavy")
    try:
        if mode == "image":
            sys.stdout.buffer.write(picture(content, largest))
        elif mode == "rewrite":
            sys.stdout.buffer.write(rewritten(content, largest))
        else:
            document(content)
    except MemoryError:
        refuse("too_big")


if __name__ == "__main__":
    main()
