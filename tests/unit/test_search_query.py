"""Queries are read strictly, said back in one form, and never dropped in silence."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.search.choices import GROUPS
from directory.search.query import RADII, BadQuery, Problem, SearchQuery, parse
from directory.search.ranking import Order


def read(text: str) -> SearchQuery:
    return parse(parse_qsl(text, keep_blank_values=True))


def test_a_place_alone_searches_25_miles_round_it_nearest_first() -> None:
    assert read("near=10001") == SearchQuery(near="10001")
    assert read("near=10001").url() == "/search?near=10001"


def test_the_parameters_of_the_api_are_understood() -> None:
    query = read(
        "near=10001&radius=25&treatment=SPRAVATO&condition=TRD&payer=medib&accepting=1&language=es"
        "&order=distance&page=1"
    )
    assert query.filters == {
        "treatment": ("SPRAVATO",),
        "condition": ("TRD",),
        "payer": ("medib",),
        "accepting": ("newpt",),
        "language": ("es",),
    }
    assert query.radius == 25


def test_the_same_search_has_one_address_however_it_was_typed() -> None:
    one = read("page=1&language=vi,es&near=+St++Louis&treatment=KET_IV&treatment=SPRAVATO&order=distance&payer=")
    two = read("near=St Louis&treatment=SPRAVATO,KET_IV&language=es&language=vi")
    assert (
        one.url() == two.url() == ("/search?near=St+Louis&treatment=SPRAVATO&treatment=KET_IV&language=es&language=vi")
    )


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("near=1&treatment=KET_HOME", "treatment", "“KET_HOME” is not a treatment we know."),
        ("near=1&condition=flu", "condition", "“flu” is not a condition we know."),
        ("near=1&radius=30", "radius", "not “30”"),
        ("near=1&radius=-5", "radius", "not “-5”"),
        ("near=1&radius=²", "radius", "not “²”"),
        ("near=1&order=price", "order", "not by “price”"),
        ("near=1&page=0", "page", "“0” is not a page"),
        ("near=1&page=x", "page", "“x” is not a page"),
        ("near=1&raduis=50", "raduis", "“raduis” is not a search setting."),
        ("near=1&near=2", "near", "“near” is given more than once."),
        ("near=1&latitude=40.7", "latitude", "“latitude” is not a search setting."),
    ],
)
def test_what_is_not_understood_is_said_in_words(text: str, name: str, words: str) -> None:
    with pytest.raises(BadQuery) as caught:
        read(text)
    assert [problem.name for problem in caught.value.problems] == [name]
    assert words in caught.value.problems[0].sentence


def test_all_problems_are_told_at_once_and_the_rest_is_kept() -> None:
    with pytest.raises(BadQuery) as caught:
        read("near=Boston&treatment=X,SPRAVATO&radius=7&colour=red")
    assert {problem.name for problem in caught.value.problems} == {"treatment", "radius", "colour"}
    assert caught.value.understood.url() == "/search?near=Boston&treatment=SPRAVATO"


def test_a_filter_can_be_taken_off_and_the_list_begins_again() -> None:
    query = read("near=Boston&treatment=SPRAVATO,KET_IV&payer=medi&page=3")
    assert query.without("treatment", "SPRAVATO").url() == "/search?near=Boston&treatment=KET_IV&payer=medi"
    assert query.without("payer", "medi").url() == "/search?near=Boston&treatment=SPRAVATO&treatment=KET_IV"
    assert query.unfiltered().url() == "/search?near=Boston"


def test_the_whole_state_is_a_radius_of_its_own() -> None:
    query = read("near=Boston&radius=state")
    assert query.radius is None
    assert query.url() == "/search?near=Boston&radius=state"
    assert query.within(100).url() == "/search?near=Boston&radius=100"


filters = st.fixed_dictionaries(
    {}, optional={g.name: st.sets(st.sampled_from([c.code for c in g.choices]), min_size=1) for g in GROUPS}
)


@given(
    near=st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), max_size=40),
    radius=st.sampled_from([*RADII, None]),
    wanted=filters,
    order=st.sampled_from(list(Order)),
    page=st.integers(1, 500),
)
def test_every_search_can_be_shared_as_a_url(
    near: str, radius: int | None, wanted: dict[str, set[str]], order: Order, page: int
) -> None:
    in_order = {
        g.name: tuple(c.code for c in g.choices if c.code in wanted[g.name]) for g in GROUPS if g.name in wanted
    }
    query = SearchQuery(near=near, radius=radius, radius_chosen=True, filters=in_order, order=order, page=page)
    assert read(urlsplit(query.url()).query) == query


def read_or_refused(pairs: list[tuple[str, str]]) -> tuple[SearchQuery, tuple[Problem, ...]]:
    try:
        return parse(pairs), ()
    except BadQuery as refusal:
        return refusal.understood, refusal.problems


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=10))
def test_any_query_is_read_or_refused_in_words(pairs: list[tuple[str, str]]) -> None:
    query, problems = read_or_refused(pairs)
    assert all(problem.sentence for problem in problems)
    assert parse(query.pairs()) == query
