"""What we say ourselves passes the claims lint too; the few sentences that may hold a listed word are written down."""

import csv
import re

import pytest

from directory.lib.languages import LANGUAGES
from directory.terminology.reference import REFERENCE_FOLDER
from directory.wording.claims import allowed_sentences, find_claims, find_house_claims, in_one_form
from tests.support.words import all_of_ours, of_catalogues, of_learn, of_scripts, of_templates, of_the_code


def rows() -> list[dict[str, str]]:
    with (REFERENCE_FOLDER / "allowed_sentences.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_no_sentence_of_ours_makes_a_claim_that_nobody_allowed() -> None:
    found = {f"{where}: {said}": claims for where, said in all_of_ours() if (claims := find_house_claims(said))}
    assert found == {}, "write it otherwise, or put the very sentence into allowed_sentences.csv with why and source"


def test_every_kind_of_text_is_read() -> None:
    assert len(list(of_templates())) > 1000
    assert len(list(of_the_code())) > 5000
    assert len(list(of_scripts())) > 100
    assert ("locale/es", "Aprobado por la FDA") in of_catalogues()
    told = [where for where, _said in of_learn()]
    assert [sum(where.startswith(f"learn/{language}/") for where in told) > 800 for language in LANGUAGES] == [
        True,
        True,
    ]


def test_every_allowed_sentence_is_needed_and_says_why_and_from_where() -> None:
    ours = {in_one_form(part) for _where, said in all_of_ours() for part in re.split(r"(?<=[.!?;])\s+", said)}
    for row in rows():
        assert row["why"].endswith("."), row
        assert row["source"], row
        assert find_house_claims(row["sentence"], allowed=()), f"needs no leave: {row['sentence']}"
        assert in_one_form(row["sentence"]) in ours, f"is said nowhere: {row['sentence']}"


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Compounded products are not FDA-approved.", 0),
        ("COMPOUNDED PRODUCTS are not FDA\u2011approved.", 0),
        ("Compounded products are FDA-approved.", 1),
        ("Compounded products are not FDA-approved. Ours are FDA-approved.", 1),
        ("It does not replace hospitalization. It replaces hospitalization.", 1),
        ("This clinic says: Compounded products are not FDA-approved.", 1),
    ],
)
def test_only_the_very_sentence_is_allowed(text: str, claims: int) -> None:
    assert len(find_house_claims(text)) == claims


def test_a_clinic_may_not_borrow_our_sentences() -> None:
    assert all(find_claims(sentence) for sentence in allowed_sentences())
