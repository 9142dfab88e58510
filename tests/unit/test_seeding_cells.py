"""The traps that lists hold, cell by cell, and the maps that say where things stand."""

import datetime as dt
from typing import Any

import pytest

from directory.seeding import csv_cells as cells
from directory.seeding import csv_map
from directory.seeding.csv_map import Unusable


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("  Harbor   Clinic ", "Harbor Clinic"),
        ("Smith &amp; Daughters", "Smith & Daughters"),
        ("Smith &amp;amp; Daughters", "Smith & Daughters"),
        ("Children&#39;s", "Children's"),
        ("Caf\u0065\u0301", "Caf\u00e9"),
        ("Line\nBreak\x00", "Line Break"),
        ("3 Street,, ,Floor 2", "3 Street,Floor 2"),
        ("Clinic, ", "Clinic"),
        ("Clinic -", "Clinic"),
        ("-73.0638", "-73.0638"),
        ("<UNAVAIL>", ""),
        ("N/A", ""),
        ("NA", ""),
        ("--", ""),
        ("http://", ""),
        (None, ""),
    ],
)
def test_a_cell_reads_as_a_person_would_have_typed_it(cell: str | None, expected: str) -> None:
    assert cells.text(cell) == expected


def test_a_list_may_have_its_own_words_for_nothing() -> None:
    assert cells.text("Ask us", {"ask us"}) == ""


@pytest.mark.parametrize(
    ("value", "more", "expected"),
    [
        ("6708", "2460", ("06708", "2460")),
        ("6708.0", "NA", ("06708", "")),
        ("901", "", ("00901", "")),
        ("04101", "", ("04101", "")),
        ("04101-1234", "", ("04101", "1234")),
        ("41011234", "", ("04101", "1234")),
        ("067082460", "", ("06708", "2460")),
        ("10001", "12.0", ("10001", "0012")),
    ],
)
def test_a_zip_gets_its_lost_zeros_back(value: str, more: str, expected: tuple[str, str]) -> None:
    assert cells.zip_codes(value, more) == expected


@pytest.mark.parametrize("value", ["", "AB123", "12", "123456", "١٢٣٤٥"])
def test_what_is_no_zip_is_said_to_be_none(value: str) -> None:
    with pytest.raises(cells.Unclear, match="ZIP"):
        cells.zip_codes(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-01", dt.date(2026, 3, 1)),
        ("03/01/2026", dt.date(2026, 3, 1)),
        ("20260301", dt.date(2026, 3, 1)),
        ("20260301.0", dt.date(2026, 3, 1)),
        ("Mar-01-2026", dt.date(2026, 3, 1)),
        ("00000000", None),
        ("0000-00-00", None),
        ("", None),
    ],
)
def test_a_day_is_read_in_the_ways_lists_write_it(value: str, expected: dt.date | None) -> None:
    assert cells.day(value) == expected


def test_what_is_unclear_is_never_guessed() -> None:
    for read, value in (
        (cells.day, "2026-13-01"),
        (cells.day, "soon"),
        (cells.number, "12.5"),
        (cells.number, "many"),
        (cells.degrees, "north"),
        (cells.degrees, "1e9"),
        (cells.yes, "perhaps"),
    ):
        with pytest.raises(cells.Unclear):
            read(value)


def test_numbers_words_and_addresses_are_read_plainly() -> None:
    assert (cells.number("$1,050"), cells.number("14.0"), cells.number("")) == (1050, 14, None)
    assert (cells.yes("Y"), cells.yes("no"), cells.yes("")) == (True, False, None)
    assert (cells.npi("0000000000"), cells.npi("1234567893.0")) == (None, "1234567893")
    assert cells.several("SPRAVATO; KET_IV|KET_IV, ") == ["SPRAVATO", "KET_IV"]
    assert cells.web_address("www.example.org") == "https://www.example.org"
    assert cells.web_address("http://example.org/a?b=c") == "http://example.org/a?b=c"
    assert [cells.web_address(v) for v in ("none", "a@b.org", "http://a b.org", "javascript:alert(1).x")] == [None] * 4


GOOD: dict[str, Any] = {
    "source": "list",
    "id": "no",
    "columns": {"name": ["n1", "n2"], "address1": "a", "city": "c", "state": "s", "zip": "z"},
}


def test_a_good_map_names_what_a_file_lacks() -> None:
    read = csv_map.parse(GOOD)
    assert read.columns["name"] == ("n1", "n2")
    assert read.missing_from(["no", "n1", "a", "c", "s"]) == ["n2", "z"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": ""}, "must name its list"),
        ({"id": []}, "id of the map"),
        ({"id": 7}, "id of the map"),
        ({"cut_at": "x"}, "cut_at"),
        ({"colums": {}}, "colums"),
        ({"columns": {"name": "n"}}, "address1, city, state, zip"),
        ({"columns": GOOD["columns"] | {"nmae": "n"}}, "'nmae'"),
        ({"fixed": {"favourite": "x"}}, "'favourite'"),
        ({"values": 3}, "a table"),
    ],
)
def test_a_wrong_map_is_refused_in_a_sentence(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Unusable, match=words):
        csv_map.parse(GOOD | changes)
