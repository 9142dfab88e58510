"""Documents as people upload them, and as people with other plans do: made here, byte by byte."""

import io
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject


def pdf(change: Callable[[PdfWriter], Any] = lambda _writer: None) -> bytes:
    """A PDF of one page; `change` may do something to it first."""
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def raw_pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF written by hand: objects numbered from 1, the first its catalogue."""
    body, places = b"%PDF-1.7\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    return body + head + table + b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(places) + 1, trailer, len(body),
    )  # fmt: skip


PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] %s >>"


def with_catalogue(entry: bytes, *more: bytes, page: bytes = b"") -> bytes:
    """A page, and a catalogue that holds `entry` as well; `more` objects are numbered from 4."""
    return raw_pdf(b"<< /Type /Catalog /Pages 2 0 R %s >>" % entry, PAGES, PAGE % page, *more)


def _packed() -> bytes:
    """An object stream: what is in it is compressed, so that nobody finds its names by reading the file."""
    inner = b"5 0 << /S /JavaScript /JS (app.alert(1)) >>"
    stream = zlib.compress(inner)
    objects = [b"<< /Type /Catalog /Pages 2 0 R /Extra 5 0 R >>", PAGES, PAGE % b""]
    body, places = b"%PDF-1.7\n", [(0, 0, 65535)]
    for number, text in enumerate(objects, start=1):
        places.append((1, len(body), 0))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    places.append((1, len(body), 0))
    head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(stream)
    body += b"4 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (head, stream)
    places += [(2, 4, 0), (1, len(body), 0)]
    table = b"".join(bytes([kind]) + place.to_bytes(3) + last.to_bytes(2) for kind, place, last in places)
    head = b"<< /Type /XRef /Size 7 /W [1 3 2] /Root 1 0 R /Length %d >>" % len(table)
    start = len(body)
    return body + b"6 0 obj\n%s\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (head, table, start)


def _launching(writer: PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("a.exe")})
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Link"),
            NameObject("/Rect"): ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)]),
            NameObject("/A"): action,
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])


SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"
HOSTILE_PDFS: dict[str, bytes] = {
    "a script at opening": with_catalogue(b"/OpenAction 4 0 R", SCRIPT),
    "an action at opening": with_catalogue(b"/OpenAction [3 0 R /Fit]"),
    "an action by another spelling": with_catalogue(b"/Open#41ction 4 0 R", SCRIPT),
    "a page with its own action": with_catalogue(b"", page=b"/AA << /O << /S /URI /URI (http://x) >> >>"),
    "a link that starts a program": pdf(_launching),
    "another file inside": pdf(lambda w: w.add_attachment("a.exe", b"MZ")),
    "a script nobody refers to": with_catalogue(b"", SCRIPT),
    "a script in a compressed place": _packed(),
    "a form that sends": with_catalogue(b"/Form 4 0 R", b"<< /S /SubmitForm /F (http://x) >>"),
    "a form with a program": with_catalogue(b"/AcroForm << /XFA [(a) 4 0 R] >>", b"<< >>"),
    "nested without end": with_catalogue(b"/Extra " + b"[" * 5000 + b"]" * 5000),
    "locked": pdf(lambda w: w.encrypt("secret", algorithm="RC4-128")),
    "no page": raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"),
    "pages in a ring": raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
    "only a beginning": b"%PDF-1.7\n",
    "a page of the web": b"%PDF-1.7\n<html><script>alert(1)</script></html>",
    "cut short": pdf()[:-40],
}


def image(kind: str, size: tuple[int, int] = (8, 6), **more: Any) -> bytes:
    """A picture."""
    made = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(made, format=kind, **more)
    return made.getvalue()


def photo_with_place() -> bytes:
    """A JPEG as a telephone makes it: with where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "Taken at home"
    exif.get_ifd(0x8825)[1] = "N"
    return image("JPEG", exif=exif)


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 60,000 pixels wide and high."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)

    head = (60_000).to_bytes(4) + (60_000).to_bytes(4) + b"\x08\x02\x00\x00\x00"
    packed = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
