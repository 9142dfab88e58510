"""What examines uploads: it needs little memory whatever it is given, and what it gives back hides nothing."""

import io
import tempfile
import time
import zlib

import pytest
from PIL import Image
from pypdf import PdfReader

from directory.lib import examiner, uploads
from directory.lib.uploads import Unfit
from tests.support import documents

MB = 1024 * 1024


def examined(content: bytes, mode: str = "rewrite", largest: int = 5 * MB) -> bytes:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return b"".join(uploads.examine(file, mode, largest=largest))


def swollen(objects: bool) -> bytes:
    """A PDF of two megabytes that unpacks to 400, in a page's content or where its objects lie."""
    packed = zlib.compress(b"5 0 " + b" " * (400 * MB), 1)
    if not objects:
        stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)
        return documents.with_catalogue(b"", stream, page=b"/Contents 4 0 R")
    body, places = b"%PDF-1.7\n", [(0, 0, 65535)]
    first = (b"<< /Type /Catalog /Pages 2 0 R /Extra 5 0 R >>", documents.PAGES, documents.PAGE % b"")
    head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(packed)
    for number, text in enumerate((*first, b"%s\nstream\n%s\nendstream" % (head, packed)), start=1):
        places.append((1, len(body), 0))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    places += [(2, 4, 0), (1, len(body), 0)]
    table = b"".join(bytes([kind]) + place.to_bytes(3) + last.to_bytes(2) for kind, place, last in places)
    head = b"<< /Type /XRef /Size 7 /W [1 3 2] /Root 1 0 R /Length %d >>" % len(table)
    end = b"startxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"6 0 obj\n%s\nstream\n%s\nendstream\nendobj\n%s" % (head, table, end)


def test_its_memory_is_a_quarter_of_a_gigabyte() -> None:
    assert examiner.MEMORY == 256 * MB


@pytest.mark.parametrize("name", documents.HOSTILE_PDFS)
def test_a_hostile_pdf_is_never_written_anew(name: str) -> None:
    with pytest.raises(Unfit):
        examined(documents.HOSTILE_PDFS[name])


def test_a_pdf_that_unpacks_to_far_more_than_that_is_refused_or_never_unpacked() -> None:
    begun = time.perf_counter()
    with pytest.raises(Unfit):
        examined(swollen(objects=True))
    kept = examined(swollen(objects=False))
    assert len(kept) < 3 * MB
    assert time.perf_counter() - begun < 2 * uploads.TIMEOUT_S


def test_a_pdf_of_very_many_objects_is_refused() -> None:
    many = [b"<< /Type /Annot /Subtype /Text /Rect [0 0 1 1] >>"] * (examiner.MOST_OBJECTS + 1)
    with pytest.raises(Unfit, match="too_big"):
        examined(documents.with_catalogue(b"", *many))


def test_a_pdf_written_anew_keeps_its_page_and_nothing_that_was_stuck_to_it() -> None:
    plain = documents.pdf(lambda writer: writer.add_metadata({"/Author": "Dr Secretive", "/Title": "Pat"}))
    end = plain.rindex(b"startxref")
    stuck = plain[:end] + b"%PK\x03\x04<html><script>alert(1)</script>\n" + plain[end:]
    kept = examined(stuck)
    assert kept.startswith(b"%PDF-")
    assert not [word for word in (b"PK\x03\x04", b"script", b"Secretive", b"(Pat)") if word in kept]
    page = PdfReader(io.BytesIO(kept)).pages[0]
    assert (page.mediabox.width, page.mediabox.height) == (200, 200)


@pytest.mark.parametrize("mode", ["1", "L", "I;16", "P", "RGB", "RGBA"])
def test_a_picture_of_25_megapixels_in_any_colours_fits_into_that_memory(mode: str) -> None:
    drawn = io.BytesIO()
    Image.new(mode, (5000, 5000)).save(drawn, "PNG")
    with Image.open(io.BytesIO(examined(drawn.getvalue(), "image"))) as kept:
        assert kept.size == (2500, 2500)


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photo_stands_upright_and_forgets_the_rest(turned: int) -> None:
    plain = Image.new("RGB", (40, 20), (255, 255, 255))
    plain.paste((200, 0, 0), (0, 0, 20, 10))
    upside = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[turned]  # what the camera did, undone by the tag
    shown = plain if upside is None else plain.transpose(Image.Transpose(upside))
    exif, made = Image.Exif(), io.BytesIO()
    exif[0x0112] = turned
    shown.save(made, "PNG", exif=exif)
    with Image.open(io.BytesIO(examined(made.getvalue(), "image"))) as kept:
        assert kept.size == (40, 20)
        assert kept.convert("RGB").getpixel((5, 5)) == (200, 0, 0)
        assert dict(kept.getexif()) == {}
