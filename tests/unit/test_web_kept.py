"""A mould says what its template would say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from directory.web.kept import Kept, Mark, Mould, text
from directory.wording.say import FILTERS

TEMPLATE = """<p title="{{ name }}">{{ name }} {{ count | number }}{% if open %} open{% endif %}</p>{{ name }}"""


def environment() -> Environment:
    made = Environment(autoescape=True)
    made.filters.update(FILTERS)
    return made


@given(st.text(st.characters(exclude_categories=["Cs", "Co"]), max_size=30), st.integers(0, 10**9))
def test_a_filled_mould_is_the_rendered_template(name: str, count: int) -> None:
    template = environment().from_string(TEMPLATE)
    mould = Mould(template.render(name=Mark("name"), count=Mark("count"), open=True))
    filled = mould.fill(name=text(name), count=FILTERS["number"](count).encode())  # type: ignore[operator]
    # html.escape and MarkupSafe write the same quotes in two ways.
    plain = template.render(name=name, count=count, open=True).replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
    assert filled == plain.encode()


def test_every_slot_wants_a_value() -> None:
    mould = Mould(f"a{Mark('one')}b{Mark('two')}c")
    assert mould.slots == {"one", "two"}
    with pytest.raises(KeyError):
        mould.fill(one=b"1")


def test_a_text_that_looks_like_a_mark_is_a_text() -> None:
    for name in ("\ue000why\ue001", "\ue000", "\ue001"):
        mould = Mould(f"{name}: {Mark('why')}")
        assert mould.slots == {"why"}
        assert mould.fill(why=b"near") == f"{name}: near".encode()


def test_a_mark_that_a_filter_has_cut_is_refused() -> None:
    with pytest.raises(ValueError, match="cut"):
        Mould(str(Mark("name"))[:-1])


def test_what_was_kept_goes_with_its_version_and_when_there_is_too_much() -> None:
    made: list[str] = []

    def make(name: str) -> Mould:
        made.append(name)
        return Mould("x" * 40)

    kept = Kept(100)
    for key, version in [("a", 1), ("a", 1), ("a", 2), ("b", 1), ("c", 1), ("a", 2)]:
        kept.get(key, version, lambda key=key: make(key))  # type: ignore[misc]
    assert made == ["a", "a", "b", "c", "a"]
