"""The gazetteer against addresses whose points are known, and against another list of ZIPs."""

from pathlib import Path

import pytest

from directory.geography.places import Found, Unknown, find
from tests.support import geocoded

CHECKED_BY_HAND = {
    "82938", "84083", "84728", "87539", "88020", "89412", "96769",
    "99573", "99574", "99576", "99586", "99615", "99625", "99676", "99714", "99726", "99734", "99762", "99780",
}  # fmt: skip
"""Over 50 km from the other list, which has the middle of a huge, empty area; ours is the settlement, looked up one by
one (Kodiak, Nome, Cordova, Dillingham, Prudhoe Bay, Wendover and the like)."""


def quantile(ordered: list[float], share: float) -> float:
    """The value below which that share of an ordered list lies."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def test_zip_points_are_near_the_buildings_that_bear_the_zip(test_data: Path) -> None:
    rows = geocoded.addresses(test_data)
    errors = geocoded.errors_km(rows)
    assert len(errors) > 26_000
    assert quantile(errors, 0.5) <= 2.1
    assert quantile(errors, 0.99) <= 15


def test_nearly_every_zip_of_a_real_address_is_placed(test_data: Path) -> None:
    rows = [row for row in geocoded.addresses(test_data) if not row.zip5.startswith(("09", "962", "963"))]
    answers = [find(row.zip5) for row in rows]
    assert sum(isinstance(answer, Found) for answer in answers) > 0.985 * len(rows)
    assert sum(isinstance(a, Unknown) and a.problem == "unknown_zip" for a in answers) < 0.001 * len(rows)


def test_no_zip_is_far_from_another_list_unless_it_was_looked_up(test_data: Path) -> None:
    assert far_from_sheet(test_data) == CHECKED_BY_HAND


def test_the_military_zips_of_another_list_are_refused_all(test_data: Path) -> None:
    military = [
        row.zip5
        for row in geocoded.answer_sheet(test_data)
        if row.zip5.startswith(("09", "340", "962", "963", "964", "965", "966"))
    ]
    assert len(military) > 500
    assert {problem_of(zip5) for zip5 in military} == {"military"}


def test_invented_addresses_with_the_same_traps_are_read_and_near() -> None:
    rows = geocoded.addresses(geocoded.INVENTED)
    errors = geocoded.errors_km(rows)
    assert len(rows) == 11
    assert len(errors) == 9, "the military ZIP is not placed, and one address is its ZIP's own point"
    assert errors[-1] < 10


def test_the_invented_list_differs_where_its_point_is_wrong() -> None:
    assert far_from_sheet(geocoded.INVENTED) == {"99723"}
    assert [problem_of(row.zip5) for row in geocoded.answer_sheet(geocoded.INVENTED)] == [
        None, "military", None, "zip_without_area", "military", None, "not_covered", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "zip5"),
    [("6708", "06708"), ("2118.0", "02118"), ("14620-0001", "14620"), ("146200001", "14620"), ("<UNAVAIL>", None)],
)
def test_a_spoilt_zip_of_a_public_file_is_read_or_refused(text: str, zip5: str | None) -> None:
    assert geocoded.zip5_of(text) == zip5


def far_from_sheet(folder: Path) -> set[str]:
    """ZIPs that both lists place, more than 50 km apart."""
    far = set()
    for row in geocoded.answer_sheet(folder):
        answer = find(row.zip5)
        if row.point and isinstance(answer, Found) and geocoded.kilometres(answer.place.point, row.point) > 50:
            far.add(row.zip5)
    return far


def problem_of(zip5: str) -> str | None:
    """What is said against a ZIP, or None."""
    answer = find(zip5)
    return answer.problem if isinstance(answer, Unknown) else None
