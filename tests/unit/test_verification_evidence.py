"""Documents as proof: judged by their bytes, kept sealed under another name, gone when they are removed."""

import io
import os
import stat
import time
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from sqlmodel import select

from directory.accounts.models import AuditEvent
from directory.lib import rewrapping, uploads
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import NotFound, Refused
from directory.lib.sealed import KeyRing
from directory.terminology.proofs import FactGroup
from directory.verification import evidence
from directory.verification.evidence import Examined, examine
from directory.verification.models import EvidenceFile
from tests.support import documents
from tests.support.clinics import AT
from tests.support.databases import TEST_KEY
from tests.support.published import MO, NOOR, harbour
from tests.support.time import Clock


@pytest.mark.parametrize("name", documents.HOSTILE_PDFS)
def test_a_pdf_that_does_carries_or_hides_something_is_refused(name: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(Refused):
        examine(documents.HOSTILE_PDFS[name])
    assert time.perf_counter() - begun < uploads.TIMEOUT_S


def test_a_plain_pdf_is_kept_as_it_is() -> None:
    plain = documents.pdf()
    assert examine(plain) == Examined(media_type="application/pdf", content=plain)
    by_hand = documents.with_catalogue(b"/Lang (en-US)", page=b"/Annots []")
    assert examine(by_hand).content == by_hand


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Send a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "Send a PDF"),
        (b"<html>", "Send a PDF"),
        (b"PK\x03\x04", "Send a PDF"),
        (documents.image("GIF"), "Send a PDF"),
        (b"\x89PNG\r\n\x1a\n", "cannot be read"),
        (b"\xff\xd8\xff<?php", "cannot be read"),
        (documents.bomb(), "too big|cannot be read"),
        (documents.image("PNG", (5001, 5001)), "too big"),
        (b"%PDF-" + b"0" * (10 * 1024 * 1024), "larger than 10 MB"),
    ],
    ids=["nothing", "svg", "html", "zip", "gif", "png", "php", "bomb", "big", "heavy"],
)
def test_what_is_no_document_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        examine(content)


def test_a_photo_forgets_where_it_was_taken_and_what_was_stuck_to_it() -> None:
    kept = examine(documents.photo_with_place() + b"<script>alert(1)</script>PK\x03\x04")
    assert kept.media_type == "image/jpeg"
    assert b"script" not in kept.content
    assert b"PK\x03\x04" not in kept.content
    with Image.open(io.BytesIO(kept.content)) as picture:
        assert picture.size == (8, 6)
        assert dict(picture.getexif()) == {}
    png = examine(documents.image("PNG") + b"<script>")
    assert png.media_type == "image/png"
    assert b"script" not in png.content


def keep(databases: Databases, folder: Path, location_id: UUID, content: bytes) -> UUID:
    with unit_of_work(databases) as db:
        row = evidence.keep(
            db, folder, examine(content), location_id=location_id, group=FactGroup.LICENCES, title=" Board \n letter ",
            by=NOOR, at=AT,
        )  # fmt: skip
        return row.id


def test_a_document_lies_sealed_outside_under_a_name_that_tells_nothing(
    databases: Databases, clock: Clock, tmp_path: Path
) -> None:
    location_id, plain = harbour(databases), documents.pdf()
    row_id = keep(databases, tmp_path, location_id, plain)
    [file] = (tmp_path / "evidence").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.name) == 32
    assert b"PDF" not in file.read_bytes()
    with reading(databases) as db:
        row, content = evidence.open_file(db, tmp_path, row_id)
        assert (content, row.title, row.size) == (plain, "Board letter", len(plain))
        assert [one.id for one in evidence.find_of(db, location_id)] == [row_id]
        assert "EVIDENCE_KEPT" in [event.action for event in db.exec(select(AuditEvent)).all()]


def test_removed_its_key_is_destroyed_and_its_file_deleted(databases: Databases, clock: Clock, tmp_path: Path) -> None:
    location_id = harbour(databases)
    row_id = keep(databases, tmp_path, location_id, documents.pdf())
    with pytest.raises(Refused), unit_of_work(databases) as db:
        evidence.remove(db, tmp_path, row_id, by=NOOR, at=AT)
    with unit_of_work(databases) as db:
        evidence.remove(db, tmp_path, row_id, by=MO, at=AT)
    assert list((tmp_path / "evidence").iterdir()) == []
    with reading(databases) as db:
        assert db.get_one(EvidenceFile, row_id).wrapped_key is None
        assert evidence.find_of(db, location_id) == []
        with pytest.raises(NotFound):
            evidence.open_file(db, tmp_path, row_id)


def test_what_no_row_names_is_swept_away_after_a_day(databases: Databases, clock: Clock, tmp_path: Path) -> None:
    row_id = keep(databases, tmp_path, harbour(databases), documents.pdf())
    lost = tmp_path / "evidence" / ("0" * 32)
    lost.write_bytes(b"of an upload that was undone")
    for file in lost.parent.iterdir():
        os.utime(file, (AT.timestamp(), AT.timestamp()))
    with unit_of_work(databases) as db:
        assert evidence.sweep(db, tmp_path, at=AT) == 0
        assert evidence.sweep(db, tmp_path, at=clock.advance(days=2)) == 1
        assert evidence.open_file(db, tmp_path, row_id)[0].id == row_id


def test_a_new_key_of_the_ring_opens_what_the_old_one_kept(database_url: str, clock: Clock, tmp_path: Path) -> None:
    before = Databases(database_url, keys=KeyRing({"k1-tests": TEST_KEY}))
    row_id = keep(before, tmp_path, harbour(before), documents.pdf())
    before.close()
    after = Databases(database_url, keys=KeyRing({"k2-tests": bytes(range(1, 33)), "k1-tests": TEST_KEY}))
    with unit_of_work(after) as db:
        [files] = [each for each in rewrapping.wrapped_tables() if each.table.name == "evidence_file"]
        assert [rewrapping.rewrap_some(db, files, at_most=10) for _ in "ab"] == [1, 0]
    after.close()
    newest = Databases(database_url, keys=KeyRing({"k2-tests": bytes(range(1, 33))}))
    with reading(newest) as db:
        assert evidence.open_file(db, tmp_path, row_id)[1] == documents.pdf()
    newest.close()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_of_more_pixels_than_a_page_needs_is_kept_at_half_its_size(kind: str) -> None:
    kept = examine(documents.image(kind, (4200, 3000)))
    with Image.open(io.BytesIO(kept.content)) as picture:
        assert (picture.format, picture.size) == (kind, (2100, 1500))
