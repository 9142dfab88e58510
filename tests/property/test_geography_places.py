"""True of every place and of every text: names lead back, nothing breaks, nearest is nearest."""

from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.geography.gazetteer import gazetteer
from directory.geography.names import key
from directory.geography.places import Ambiguous, Found, Place, Unknown, find, nearest_zip, suggest
from directory.geography.point import Point
from directory.geography.typos import one_letter_off

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def test_what_stands_in_the_url_finds_exactly_that_place_again() -> None:
    book = gazetteer()
    for number in book.every_number():
        place = book.place(number)
        answer = find(place.near)
        assert isinstance(answer, Found), place
        assert answer.place == place
    for number in range(len(book.zips)):
        if book.has_area(number):
            place = book.zip_place(number)
            assert find(place.near) == Found(place=place)


def test_what_a_reader_sees_finds_that_place_too() -> None:
    book = gazetteer()
    numbers = [*list(book.every_number())[::7], *(book.state_number(code) for code in book.states)]
    places = [book.place(n) for n in numbers] + [
        book.zip_place(n) for n in range(0, len(book.zips), 7) if book.has_area(n)
    ]
    for place in places:
        answer = find(place.label)
        assert isinstance(answer, Found), place
        assert answer.place == place


@given(st.text(max_size=300))
@settings(max_examples=600, deadline=None)
def test_any_text_has_an_answer_and_any_beginning_a_list(text: str) -> None:
    answer = find(text)
    if isinstance(answer, Ambiguous):
        assert len(answer.candidates) > 1
        assert len(set(answer.candidates)) == len(answer.candidates)
    if isinstance(answer, Unknown):
        assert answer.reason_sentence.endswith(".")
        assert len(answer.reason_sentence) < 260
        assert len(answer.suggestions) <= 8
    assert len(suggest(text)) <= 8


@given(st.from_regex(r"[0-9]{5}(-[0-9]{4})?", fullmatch=True))
@settings(max_examples=300, deadline=None)
def test_five_digits_are_a_zip_or_refused_with_a_reason(text: str) -> None:
    answer = find(text)
    if isinstance(answer, Found):
        assert answer.place.zip5 == text[:5]
        assert not text.startswith(("09", "340", "962", "963", "964", "965", "966"))
    else:
        assert isinstance(answer, Unknown)
        assert answer.problem in {"military", "not_covered", "unknown_zip", "zip_without_area"}


def placed(answer: Found | Ambiguous | Unknown) -> tuple[Place, ...]:
    return (answer.place,) if isinstance(answer, Found) else answer.candidates if isinstance(answer, Ambiguous) else ()


@given(st.integers(0, 30_000), st.data())
@settings(max_examples=300, deadline=None)
def test_spelling_a_town_in_capitals_or_without_marks_changes_nothing(number: int, data: st.DataObject) -> None:
    label = gazetteer().place(number).label
    other = data.draw(st.sampled_from([label.upper(), label.lower(), f"  {label} ", f"{label}, USA", label + "\x00"]))
    assert placed(find(other)) == placed(find(label))


@given(st.integers(0, 30_000), st.data())
@settings(max_examples=300, deadline=None)
def test_a_letter_too_many_is_offered_or_is_a_name_of_its_own(number: int, data: st.DataObject) -> None:
    place = gazetteer().place(number)
    name = place.label.split(",")[0]
    at, letter = data.draw(st.integers(1, len(name))), data.draw(st.sampled_from(LETTERS))
    typo = f"{name[:at]}{letter}{name[at:]}"
    length = len(key(name))
    answer = find(f"{typo}, {place.state}")
    if isinstance(answer, Unknown) and 4 <= length < 40 and key(name) in set(one_letter_off(key(typo))):
        namesakes = [other for other in answer.suggestions if other.state == place.state]
        assert place in namesakes or len(answer.suggestions) == 8


@given(st.floats(17, 71), st.floats(-170, -65))
@settings(max_examples=25, deadline=None)
def test_the_nearest_zip_is_the_nearest_by_the_geodesic(latitude: float, longitude: float) -> None:
    point = Point(latitude=round(latitude, 2), longitude=round(longitude, 2))
    book = gazetteer()
    place = nearest_zip(point)
    others = (book.zip_place(number).point for number in range(0, len(book.zips), 9) if book.has_area(number))
    close = [other for other in others if abs(other.latitude - point.latitude) < 2.3]
    nearest = min((metres(point, other) for other in close), default=1e9)
    if place is None:
        assert nearest > 249_000
    else:
        assert metres(point, place.point) <= nearest + 1


def metres(a: Point, b: Point) -> float:
    away: float = geodesic((a.latitude, a.longitude), (b.latitude, b.longitude)).meters
    return away
