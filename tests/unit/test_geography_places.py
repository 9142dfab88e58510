"""What people type and what it means: found, asked, or refused in words; suggestions while typing."""

import pytest

from directory.geography.places import Ambiguous, Found, Place, Unknown, find, nearest_zip, suggest
from directory.geography.point import Point


def found(text: str) -> Place:
    answer = find(text)
    assert isinstance(answer, Found), answer
    return answer.place


def asked(text: str) -> list[str]:
    answer = find(text)
    assert isinstance(answer, Ambiguous), answer
    return [place.label for place in answer.candidates]


def refused(text: str) -> Unknown:
    answer = find(text)
    assert isinstance(answer, Unknown), answer
    return answer


def offered(text: str) -> list[str]:
    return [place.label for place in refused(text).suggestions]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("10001", "10001 (New York, NY)"),
        (" 10001 ", "10001 (New York, NY)"),
        ("10001-1234", "10001 (New York, NY)"),
        ("10001 1234", "10001 (New York, NY)"),
        ("100011234", "10001 (New York, NY)"),
        ("ZIP code 10001", "10001 (New York, NY)"),
        ("１０００１", "10001 (New York, NY)"),
        ("10001 (New York, NY)", "10001 (New York, NY)"),
        ("601 Elmwood Ave, Rochester, NY 14642", "14642 (Rochester, NY)"),
        ("Rochester NY 14642-0001", "14642 (Rochester, NY)"),
        ("00601", "00601 (Adjuntas, PR)"),
        ("00913", "00913 (San Juan, PR)"),
        ("96799", "96799 (Pago Pago, AS)"),
        ("99723", "99723 (Utqiagvik, AK)"),
    ],
)
def test_a_zip_is_found_however_it_is_written(text: str, label: str) -> None:
    assert found(text).label == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("St. Louis, MO", "St. Louis, MO"),
        ("st louis mo", "St. Louis, MO"),
        ("Saint Louis, Missouri", "St. Louis, MO"),
        ("ST.LOUIS MISSOURI", "St. Louis, MO"),
        ("Ft Worth", "Fort Worth, TX"),
        ("ft. worth tx", "Fort Worth, TX"),
        ("Mt Vernon NY", "Mount Vernon, NY"),
        ("N Las Vegas", "North Las Vegas, NV"),
        ("E St Louis, IL", "East Saint Louis, IL"),
        ("Winston Salem", "Winston-Salem, NC"),
        ("Coeur dAlene", "Coeur d'Alene, ID"),
        ("O’Fallon, Ill.", "O'Fallon, IL"),
        ("bayamon pr", "Bayamón, PR"),
        ("Hagatna", "Hagåtña, GU"),
        ("bronx", "The Bronx, NY"),
        ("Utqiaġvik", "Utqiagvik, AK"),
        ("Barrow", "Utqiagvik, AK"),
        ("NYC", "New York, NY"),
        ("new york city", "New York, NY"),
        ("New York New York", "New York, NY"),
        ("philly", "Philadelphia, PA"),
        ("Washington, D.C.", "Washington, DC"),
        ("washington dc", "Washington, DC"),
        ("Chicago, USA", "Chicago, IL"),
        ("city of chicago", "Chicago, IL"),
        ("Charleston, W. Va.", "Charleston, WV"),
        ("Charleston West Virginia", "Charleston, WV"),
        ("Kansas City Kansas", "Kansas City, KS"),
        ("Indiana PA", "Indiana, PA"),
        ("Franklin, Macon County, NC", "Franklin, Macon County, NC"),
        ("Franklin (Macon County), NC", "Franklin, Macon County, NC"),
        ("Marlboro MA", "Marlborough, MA"),
        ("St Thomas, VI", "St. Thomas, VI"),
    ],
)
def test_a_town_is_found_however_it_is_written(text: str, label: str) -> None:
    assert found(text).label == label


@pytest.mark.parametrize(
    ("text", "label", "near"),
    [
        ("Vermont", "Vermont", "VT"),
        ("VT", "Vermont", "VT"),
        ("vt.", "Vermont", "VT"),
        ("Calif.", "California", "CA"),
        ("Washington State", "Washington State", "WA"),
        ("state of new york", "New York State", "NY"),
        ("Puerto Rico", "Puerto Rico", "PR"),
        ("Guam", "Guam", "GU"),
        ("USVI", "U.S. Virgin Islands", "VI"),
        ("D.C.", "District of Columbia", "DC"),
        ("Georgia", "Georgia", "GA"),
        ("Louisiana", "Louisiana", "Louisiana"),
    ],
)
def test_a_state_is_found_whole(text: str, label: str, near: str) -> None:
    place = found(text)
    assert (place.kind, place.label, place.near) == ("state", label, near)
    assert place.county_fips is None


def test_both_names_of_the_northernmost_town_lie_at_71_29_north() -> None:
    for text in ("99723", "Utqiagvik", "Barrow, AK"):
        assert found(text).point.latitude == pytest.approx(71.29, abs=0.005)


def test_springfield_is_asked_about_by_population() -> None:
    labels = asked("Springfield")
    assert labels[:3] == ["Springfield, MO", "Springfield, MA", "Springfield, IL"]
    assert len(labels) > 20


@pytest.mark.parametrize(
    ("text", "first", "also"),
    [
        ("St Louis", "St. Louis, MO", "Saint Louis, MI"),
        ("boston", "Boston, MA", "Boston, NY"),
        ("Kansas City", "Kansas City, MO", "Kansas City, KS"),
        ("New York", "New York State", "New York, NY"),
        ("Washington", "Washington State", "Washington, DC"),
        ("LA", "Louisiana", "Los Angeles, CA"),
        ("Twin Cities", "Minneapolis, MN", "Saint Paul, MN"),
        ("Franklin, NC", "Franklin, Macon County, NC", "Franklin, Rowan County, NC"),
        ("Boston, MA 10001", "10001 (New York, NY)", "Boston, MA"),
    ],
)
def test_several_places_of_one_name_are_asked_about_however_big_one_is(text: str, first: str, also: str) -> None:
    labels = asked(text)
    assert labels[0] == first
    assert also in labels


def test_small_namesakes_of_a_state_are_named_beside_it() -> None:
    answer = find("Vermont")
    assert isinstance(answer, Found)
    assert [place.label for place in answer.others] == ["Vermont, WI", "Vermont, IL"]


@pytest.mark.parametrize(
    "text",
    [
        "APO AP 96350",
        "apo",
        "FPO AE 09012",
        "FPO",
        "DPO, AA 34050",
        "AE",
        "AP 96350",
        "09012",
        "34050",
        "96350",
        "96699",
    ],
)
def test_the_military_post_is_refused_in_words(text: str) -> None:
    answer = refused(text)
    assert answer.problem == "military"
    assert "not on the map" in answer.reason_sentence


def test_a_zip_of_boxes_gets_a_sentence_its_town_and_its_neighbours() -> None:
    answer = refused("10116")
    assert answer.problem == "zip_without_area"
    assert "PO boxes" in answer.reason_sentence
    assert offered("10116")[0] == "New York, NY"
    assert len(offered("10116")) == 4
    assert all(isinstance(find(place.near), Found) for place in answer.suggestions)


def test_an_unknown_zip_offers_its_neighbours_in_the_same_part_of_the_country() -> None:
    answer = refused("10000")
    assert answer.problem == "unknown_zip"
    assert offered("10000") == ["10001 (New York, NY)", "10002 (New York, NY)", "10003 (New York, NY)"]
    assert refused("00000").suggestions == ()


def test_a_zip_beyond_the_territories_is_said_to_be_outside() -> None:
    assert refused("96960").problem == "not_covered"


def test_a_zip_that_lost_its_first_zeros_or_doubled_a_digit_is_offered() -> None:
    assert offered("6708")[0] == "06708 (Waterbury, CT)"
    assert offered("601")[0] == "00601 (Adjuntas, PR)"
    assert "10001 (New York, NY)" in offered("100001")
    assert refused("6708").problem == "not_a_zip"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Springfeild IL", "Springfield, IL"),
        ("Chicgo", "Chicago, IL"),
        ("Chicagoo", "Chicago, IL"),
        ("Chixago", "Chicago, IL"),
        ("Vermnt", "Vermont"),
        ("Springfield, Ilinois", "Springfield, IL"),
        ("Chicago, MA", "Chicago, IL"),
        ("601 Elmwood Ave, Rochester, NY", "Rochester, NY"),
        ("Minneap", "Minneapolis, MN"),
    ],
)
def test_what_is_nearly_right_is_offered_and_never_assumed(text: str, label: str) -> None:
    assert offered(text)[0] == label


def test_what_nobody_knows_is_said_so() -> None:
    answer = refused("xyzzy")
    assert answer.problem == "unknown"
    assert answer.reason_sentence == "We do not know a place called “xyzzy”. Check the spelling, or type a ZIP code."
    assert answer.suggestions == ()
    assert refused("Chicago, MA").reason_sentence == "We do not know a place called “Chicago” in Massachusetts."
    assert refused("Springfield, ZZ").reason_sentence == "We do not know a state called “ZZ”."


@pytest.mark.parametrize("text", ["", "   ", "\x00\x07", "\u200b\u202e", "\ud800"])
def test_nothing_typed_asks_for_something(text: str) -> None:
    assert refused(text).problem == "empty"


@pytest.mark.parametrize(
    "text", ["x" * 10_000, "10001 " * 3_000, "Springfield, " * 1_000, "\u0301" * 10_000, "ﷺ" * 400]
)
def test_what_is_too_long_is_refused_unread(text: str) -> None:
    assert refused(text).problem == "too_long"


@pytest.mark.parametrize("text", ["😀", ",,,,", "()", "; ,", "%00", "<script>", "' OR 1=1 --", "١٠٠٠١", "../../etc"])
def test_what_is_no_place_is_refused_in_words(text: str) -> None:
    assert refused(text).problem == "unknown"


def test_a_control_character_is_a_space() -> None:
    assert found("\x00St.\x0bLouis\u2028MO\x7f").label == "St. Louis, MO"


@pytest.mark.parametrize(
    ("prefix", "first"),
    [
        ("springf", ["Springfield, MO", "Springfield, MA", "Springfield, IL"]),
        ("springfield, m", ["Springfield, MO", "Springfield, MA", "Springfield, MI"]),
        ("springfield il", ["Springfield, IL"]),
        ("st l", ["St. Louis, MO"]),
        ("saint lo", ["St. Louis, MO"]),
        ("st. lou", ["St. Louis, MO"]),
        ("ft w", ["Fort Worth, TX", "Fort Wayne, IN"]),
        ("mt ver", ["Mount Vernon, NY"]),
        ("san fran ca", ["San Francisco, CA"]),
        ("new y", ["New York State", "New York, NY"]),
        ("nyc", ["New York, NY"]),
        ("utq", ["Utqiagvik, AK"]),
        ("vermo", ["Vermont"]),
        ("dc", ["District of Columbia"]),
        ("1000", ["10001 (New York, NY)", "10002 (New York, NY)"]),
        ("10001-12", ["10001 (New York, NY)"]),
        ("Bayamo", ["Bayamón, PR"]),
    ],
)
def test_suggestions_begin_with_the_most_populous(prefix: str, first: list[str]) -> None:
    assert [place.label for place in suggest(prefix)][: len(first)] == first


def test_a_beginning_may_be_of_a_spelled_out_word_too() -> None:
    labels = [place.label for place in suggest("st")]
    assert "Stockton, CA" in labels
    assert "St. Louis, MO" in labels


@pytest.mark.parametrize("prefix", ["", " ", "zzzz", "😀", ",", ", MO", "x" * 10_000, "09012", "apo ae", "١٠"])
def test_there_is_nothing_to_suggest_for_what_is_no_beginning(prefix: str) -> None:
    assert suggest(prefix) == []


def test_no_more_is_suggested_than_asked_for() -> None:
    assert len(suggest("s")) == 8
    assert len(suggest("s", limit=3)) == 3


def test_boxes_are_never_suggested() -> None:
    assert [place.zip5 for place in suggest("10116")] == []


def test_the_nearest_zip_of_a_rounded_point_is_the_one_around_it() -> None:
    place = nearest_zip(Point(latitude=44.26, longitude=-72.58))
    assert place is not None
    assert place.label == "05602 (Montpelier, VT)"


def test_far_out_at_sea_and_abroad_no_zip_is_near() -> None:
    assert nearest_zip(Point(latitude=51.5, longitude=-0.12)) is None
    assert nearest_zip(Point(latitude=30.0, longitude=-50.0)) is None


def test_a_state_lies_where_its_people_live() -> None:
    nevada, alaska = found("NV").point, found("AK").point
    assert nevada.latitude < 38, "most of Nevada's people live in Las Vegas"
    assert alaska.latitude < 63, "most of Alaska's in Anchorage"
    assert found("HI").time_zone == "Pacific/Honolulu"
    assert found("ID").time_zone == "America/Boise"
