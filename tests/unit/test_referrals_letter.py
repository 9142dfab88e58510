"""The referral letter: all that was answered, its notice on each page, nothing read as markup, for all to read."""

import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from directory.lib import typesetting
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import NotFound
from directory.referrals import actions, letter, queries
from directory.referrals.models import Referral
from tests.support.clinics import AT
from tests.support.letters import FULL
from tests.support.requests import ready_clinic, sent_request
from tests.support.time import Clock

NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."


def pages_of(databases: Databases, **given: object) -> tuple[Referral, bytes, list[str]]:
    referral = sent_request(databases, ready_clinic(databases), clinician=True, **(FULL | given))
    with reading(databases) as db:
        made = letter.as_pdf(db, queries.find_task_of(db, referral.id), site_name="Lanternway")
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(made)).pages]
    return referral, made, pages


def test_the_letter_says_what_a_colleague_needs_on_two_pages(databases: Databases, clock: Clock) -> None:
    referral, _made, pages = pages_of(databases)
    assert len(pages) == 2
    first, last = pages
    for words in (
        "Rivera Psychiatry", "Dr Rosa Rivera, MD, Psychiatrist", "Phone (207) 555-0177", "NPI 1234567893",
        "Harbour Clinic 1 Wharf Street Portland, ME 04101", "March 10, 2026", "To be seen soon",
        "Re: Pat Quillfeather, born May 6, 1980 (45 years)", "I refer this patient to you for Spravato",
        "Please evaluate her", "I stay the treating clinician. Please answer by phone.",
        "F33.2 Major depressive disorder", "sertraline (SSRI) 200 mg daily July 1, 2024 to October 1, 2024 13",
        "aripiprazole (add-on) 5 mg daily March 2025 to June 2025 13 Not tolerated", "better by 40 %",
    ):  # fmt: skip
        assert words in first, words
    for words in (
        "TMS 2024, 30 sessions", "MADRS, rated by: a clinician 31",
        "History of intracerebral hemorrhage", "128/82 mmHg", "Medicare Part B",
        "Prior authorization Not started", "Language Spanish", "(207) 555-0123", "The patient agreed",
        f"Sent through Lanternway on March 10, 2026, reference {referral.reference}; not signed by hand.",
    ):  # fmt: skip
        assert words in last, words
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of 2" in page
        assert referral.reference in page
        assert NOTICE in page


def test_without_part_2_records_the_notice_is_nowhere(databases: Databases, clock: Clock) -> None:
    _referral, _made, pages = pages_of(databases, part2="no", part2_consent="", urgency="routine")
    assert all(NOTICE not in page for page in pages)
    assert all("To be seen soon" not in page for page in pages)


def test_it_can_be_read_by_a_screen_reader_and_says_no_name_in_its_title(databases: Databases, clock: Clock) -> None:
    referral, made, _pages = pages_of(databases)
    found = PdfReader(io.BytesIO(made))
    root = found.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert found.metadata is not None
    assert found.metadata.title == f"Referral letter {referral.reference}"
    fonts = {str(font["/BaseFont"]) for page in found.pages for font in _fonts(page)}
    assert all(re.fullmatch(r"/[A-Z]{6}\+Source(Serif4|Sans3)-\w+(-Identity-H)?", font) for font in fonts), fonts


def _fonts(page: dict) -> list[dict]:  # type: ignore[type-arg]
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


def test_what_was_typed_is_never_read_as_markup_and_reads_no_file(databases: Databases, clock: Clock) -> None:
    typed = '#read("/etc/passwd") #import "@preview/a:1.0.0" *bold* $x$ <b> \\ // /* `code` {page} R&D'
    _referral, _made, pages = pages_of(databases, question=typed, risk_note=typed, organization=typed[:120])
    assert pages[0].count('#read("/etc/passwd")') >= 3
    assert "root:" not in " ".join(pages)
    assert "*bold* $x$ <b>" in pages[0]


def test_names_of_many_alphabets_and_long_words_are_set(databases: Databases, clock: Clock) -> None:
    _referral, _made, pages = pages_of(
        databases, patient_name="Nguyễn Thị Łukasz Ђорђе Ελένη", question="W" * 1500, allergies="漢字 😀 עברית"
    )
    assert "Nguyễn Thị Łukasz Ђорђе Ελένη" in pages[0]
    assert len(pages) <= 4


def test_a_patient_s_own_request_has_no_letter_nor_has_one_that_was_forgotten(
    databases: Databases, clock: Clock
) -> None:
    location_id = ready_clinic(databases)
    own = sent_request(databases, location_id)
    referred = sent_request(databases, location_id, clinician=True, key="key-2")
    with unit_of_work(databases) as db:
        row = db.get_one(Referral, referred.id)
        row.closed_at = row.purge_at = AT
        actions.purge(db, referred.id, at=AT)
    with reading(databases) as db:
        for referral in (own, referred):
            with pytest.raises(NotFound):
                letter.as_pdf(db, queries.find_task_of(db, referral.id), site_name="Lanternway")


def test_a_letter_that_cannot_be_set_is_said_and_nothing_hangs() -> None:
    with pytest.raises(typesetting.NotSet):
        typesetting.as_pdf(letter.TEMPLATE, letter.FONTS, {"words": {}}, made_at=0)


def test_a_template_reads_no_file_beside_its_own_and_imports_no_package(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (tmp_path / "outside.txt").write_text("secret")
    for source in ('#read("../outside.txt")', '#read("/etc/hostname")', '#import "@local/cetz:0.3.0"'):
        (folder / "bad.typ").write_text(source)
        with pytest.raises(typesetting.NotSet):
            typesetting.as_pdf(folder / "bad.typ", letter.FONTS, {}, made_at=0)
    (folder / "good.typ").write_text("#set document(title: [x])\n#json(bytes(sys.inputs.letter)).word")
    assert typesetting.as_pdf(folder / "good.typ", letter.FONTS, {"word": "yes"}, made_at=0)
