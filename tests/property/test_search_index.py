"""The index says what the plain definition says, for any directory, filter, radius and place."""

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from directory.geography.point import Point, miles_to_metres
from directory.search.entries import Entry, Line, to_text
from directory.search.index import Change, Hit, Index, Question
from directory.search.ranking import Order
from tests.support import search_oracle as oracle

TODAY = dt.date(2026, 3, 10)
TOLERANCE_M = 1.5
"""The index and the oracle may differ by a metre: two places nearer to each other than this may change places."""

TREATMENTS = ["SPRAVATO", "KET_IV", "KET_IM", "KET_SC"]
CONDITIONS = ["TRD", "MDD", "PTSD", "CRPS"]
PAYERS = ["commppo", "medi", "medib", "tri", "selfpay"]
CODES = {
    "treatment": TREATMENTS,
    "condition": CONDITIONS,
    "payer": PAYERS,
    "accepting": ["newpt", "nopt", "existptonly", "existptfam"],
    "language": ["en", "es", "vi", *(f"x-{n}" for n in range(70))],  # more than one word of bits
    "accessibility": ["handiaccess", "pubtrans"],
    "psychotherapy": ["1"],
    "wait": ["0_7", "8_30", "31_90", "over_90", "unknown"],
    "price": ["under_400", "400_599", "600_799", "800_up", "unstated"],
    "referral": ["needed", "not_needed"],
}
Centre = tuple[float, float, str]
# Towns where distance goes wrong when it does: far north, islands, both sides of the 180th meridian, the south.
CENTRES = {
    "New York": (40.71, -74.01, "NY"),
    "Utqiagvik": (71.29, -156.79, "AK"),
    "Attu": (52.90, 172.91, "AK"),
    "Adak": (51.88, -176.66, "AK"),
    "Amchitka Pass": (51.50, 179.95, "AK"),
    "Honolulu": (21.31, -157.86, "HI"),
    "Hagåtña": (13.47, 144.75, "GU"),
    "San Juan": (18.47, -66.11, "PR"),
    "Pago Pago": (-14.28, -170.70, "AS"),
    "Key West": (24.56, -81.78, "FL"),
}


def some_of(chance: Random, codes: Sequence[str], most: int = 3) -> tuple[str, ...]:
    return tuple(chance.sample(codes, min(len(codes), chance.randint(0, most))))


def somewhere(chance: Random, centre: Centre) -> Centre:
    """A place round a centre on a grid of four decimals, as listings have them, wrapped at the 180th meridian.

    The bare centre among them: several clinics in one house stand in the order of their slugs.
    """
    spread = chance.choice([0.0, 0.3, 1.5])
    latitude = centre[0] + chance.uniform(-spread, spread)
    longitude = (centre[1] + chance.uniform(-spread, spread) + 180) % 360 - 180
    return round(latitude, 4), round(longitude, 4), centre[2]


def a_line(chance: Random) -> Line:
    return Line(
        treatment=chance.choice(TREATMENTS),
        conditions=some_of(chance, CONDITIONS),
        payers=some_of(chance, PAYERS),
        psychotherapy_paired=chance.random() < 0.5,
        referral_required=chance.random() < 0.5,
        price_min=chance.choice([None, 300, 399, 400, 599, 600, 799, 800, 1200]),
        next_intake_on=chance.choice([None, *(TODAY + dt.timedelta(days=days) for days in (-1, 0, 1, 5, 30))]),
    )


def an_entry(chance: Random, number: int, centre: Centre) -> Entry:
    latitude, longitude, state = somewhere(chance, centre)
    return Entry(
        location_id=f"id-{number}",
        slug=f"{chance.choice('abcdef')}-{number}",
        name="N",
        organization="O",
        city="C",
        state=state,
        zip5="00000",
        latitude=latitude,
        longitude=longitude,
        phone="",
        accepting_patients=chance.choice(CODES["accepting"]),
        confirmed_at=TODAY - dt.timedelta(days=chance.randint(0, 4)),
        wait_days=chance.choice([None, 0, 1, 7, 8, 30, 31, 90, 91]),
        languages=some_of(chance, CODES["language"]),
        accessibility=some_of(chance, CODES["accessibility"]),
        lines=tuple(a_line(chance) for _ in range(chance.randint(1, 4))),
    )


Case = tuple[list[Entry], Question, Random]


def a_case(seed: int) -> Case:
    """A directory, most of it within a hundred miles of where the question is asked, and the question."""
    chance = Random(seed)
    centre = chance.choice(sorted(CENTRES.values()))
    place = somewhere(chance, centre)
    miles = chance.choice([5, 10, 25, 50, 100, None])
    groups = chance.sample(sorted(CODES), chance.randint(0, 3))
    asked = Question(
        point=Point(latitude=place[0], longitude=place[1]),
        radius_m=None if miles is None else miles_to_metres(miles),
        state=place[2],
        filters={group: chance.sample(CODES[group], chance.randint(1, min(3, len(CODES[group])))) for group in groups},
        order=chance.choice(list(Order)),
        limit=chance.randint(1, 6),
    )
    directory = [
        an_entry(chance, number, centre if chance.random() < 0.7 else chance.choice(sorted(CENTRES.values())))
        for number in range(chance.randint(0, 25))
    ]
    return directory, asked, chance


cases = st.integers(0, 2**40).map(a_case)
"""Drawn from a seed: a whole directory of hypothesis's own draws takes ten times as long and minutes to shrink."""


def an_index(directory: Sequence[Entry]) -> Index:
    return Index.of(Change(e.location_id, n + 1, to_text(e)) for n, e in enumerate(directory))


def check_order(hits: Sequence[Hit], expected: Sequence[oracle.Seen], asked: Question) -> None:
    """`hits` are the first of `expected`, in order; places within the tolerance may stand either way round."""
    by_slug = {seen.entry.slug: seen for seen in expected}
    assert len({hit.record.slug for hit in hits}) == len(hits)
    keys = []
    for hit in hits:
        seen = by_slug.pop(hit.record.slug)
        assert abs(hit.distance_m - seen.distance_m) < max(1.0, seen.distance_m * 1e-4)
        first = oracle.before_distance(asked.order, seen.entry, asked.filters, TODAY)
        same_place = (seen.entry.latitude, seen.entry.longitude)
        keys.append((first, seen.distance_m, same_place, seen.entry.slug))
    for one, two in itertools.pairwise(keys):
        assert one[0] <= two[0]
        if one[0] == two[0]:
            assert one[1] <= two[1] + TOLERANCE_M
            if one[2] == two[2]:
                assert one[3] < two[3]
    if len(hits) == asked.limit and keys:
        last = keys[-1]
        for seen in by_slug.values():
            first = oracle.before_distance(asked.order, seen.entry, asked.filters, TODAY)
            assert (first, seen.distance_m + TOLERANCE_M) >= (last[0], last[1])


@settings(max_examples=400, deadline=None)
@given(cases)
def test_totals_facets_and_order_are_those_of_the_definition(case: Case) -> None:
    directory, asked, _ = case
    wanted, limit, order = asked.filters, asked.limit, asked.order
    reached = oracle.inside(directory, asked.point, asked.radius_m, asked.state)
    if asked.radius_m is not None:
        edge = asked.radius_m
        assume(all(abs(oracle.distance_m(asked.point, e) - edge) > TOLERANCE_M for e in directory))
    expected = [seen for seen in reached if oracle.matches(wanted, seen.entry)]

    answer = an_index(directory).ask(asked, TODAY)

    assert answer.total == len(expected)
    assert len(answer.hits) == min(limit, len(expected))
    check_order(answer.hits, expected, asked)
    counted = {g: {c: n for c, n in codes.items() if n} for g, codes in answer.facets.items()}
    assert {g: codes for g, codes in counted.items() if codes} == oracle.facet_counts(reached, wanted)
    if order is Order.INTAKE:
        by_slug = {e.slug: e for e in directory}
        for hit in answer.hits:
            days, stated = oracle.intake_days(by_slug[hit.record.slug], wanted, TODAY)
            assert (hit.intake_days, hit.intake_stated) == (days, stated)


@settings(max_examples=200, deadline=None)
@given(cases)
def test_with_nothing_inside_the_nearest_three_outside_are_told(case: Case) -> None:
    directory, asked, _ = case
    answer = an_index(directory).ask(asked, TODAY)
    if answer.total:
        assert answer.beyond == []
        return
    everywhere = [oracle.distance_m(asked.point, e) for e in directory if oracle.matches(asked.filters, e)]
    nearest = sorted(everywhere)[:3]
    assert len(answer.beyond) == len(nearest)
    for hit, distance_m in zip(answer.beyond, nearest, strict=True):
        assert abs(hit.distance_m - distance_m) < max(1.0, distance_m * 1e-4)


@settings(max_examples=60, deadline=None)
@given(cases)
def test_pages_put_together_are_the_whole_list_once(case: Case) -> None:
    directory, asked, _ = case
    index = an_index(directory)
    expected = [hit.record.slug for hit in index.ask(replace(asked, limit=100), TODAY).hits]
    found: list[str] = []
    for offset in range(0, len(expected), asked.limit):
        found += [hit.record.slug for hit in index.ask(replace(asked, offset=offset), TODAY).hits]
    assert found == expected


@settings(max_examples=200, deadline=None)
@given(cases)
def test_an_index_that_was_changed_answers_like_one_built_anew(case: Case) -> None:
    directory, asked, chance = case
    standing: dict[str, Entry | None] = {entry.location_id: entry for entry in directory}
    index, version = an_index(directory), len(directory)
    for _ in range(chance.randint(1, 4)):
        changes = []
        for _ in range(chance.randint(0, 6)):
            version += 1
            number = chance.randint(0, 12)
            entry = an_entry(chance, number, chance.choice(sorted(CENTRES.values()))) if chance.random() < 0.6 else None
            standing[f"id-{number}"] = entry
            changes.append(Change(f"id-{number}", version, None if entry is None else to_text(entry)))
        index = index.changed(changes)
    assert index.version == version
    anew = an_index([entry for entry in standing.values() if entry is not None])
    one, two = index.ask(asked, TODAY), anew.ask(asked, TODAY)
    assert (one.total, [h.record.slug for h in one.hits]) == (two.total, [h.record.slug for h in two.hits])
    assert [h.record.slug for h in one.beyond] == [h.record.slug for h in two.beyond]
    known = {g: {c: n for c, n in codes.items() if n} for g, codes in one.facets.items()}
    assert known == {g: {c: n for c, n in codes.items() if n} for g, codes in two.facets.items()}
