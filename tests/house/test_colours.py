"""Every pair of colours that stands on each other can be read, in both schemes, and every state has a colour."""

import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from directory.terminology import accepting, listing_status, referral_status, treatments

CSS = Path(__file__).resolve().parents[2] / "templates" / "assets" / "css"
TEXT = 4.5
EDGE = 3.0

ON_PAPER = ["ink", "muted", "accent", "accent-strong", "good", "warn", "bad", "info"]
TEXT_PAIRS = [
    *[(role, ground) for role in ON_PAPER for ground in ("paper", "surface")],
    *[(role, "sunken") for role in ("ink", "muted", "accent")],
    *[("ink", f"{tone}-soft") for tone in ("good", "warn", "bad", "info", "accent")],
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("accent", "accent-soft"),
    ("accent-strong", "accent-soft"),
    ("bad", "bad-soft"),
    ("good", "good-soft"),
    ("on-night", "night"),
    ("paper", "ink"),
    ("shade", "glow"),
    ("shade", "flame"),
]
EDGE_PAIRS = [
    *[(role, ground) for role in ("edge", "accent", "bad", "focus") for ground in ("paper", "surface")],
    ("focus-halo", "focus"),
    ("on-night", "night"),
]


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def roles() -> dict[str, tuple[str, str]]:
    """Colour roles of tokens.css: name → its colour in the light and in the dark scheme."""
    text = (CSS / "tokens.css").read_text()
    both = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", text)
    one = re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", text)
    return {name: (light, dark) for name, light, dark in both} | {name: (colour, colour) for name, colour in one}


def tags() -> dict[str, tuple[str, str]]:
    """Tags of messages.css: name → the roles of its words and of its ground."""
    text = (CSS / "components" / "messages.css").read_text()
    found: dict[str, tuple[str, str]] = {}
    for selectors, words, ground in re.findall(
        r"((?:\.tag--[a-z-]+(?:, )?)+) \{ --tone: var\(--([a-z-]+)\); --tone-soft: (?:var\(--)?([a-z-]+)", text
    ):
        for name in re.findall(r"\.tag--([a-z-]+)", selectors):
            found[name] = (words, "surface" if ground == "transparent" else ground)
    return found


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_words_stand_out_from_their_ground(scheme: int) -> None:
    found = roles()
    low = {pair: contrast(found[pair[0]][scheme], found[pair[1]][scheme]) for pair in TEXT_PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in low.items() if ratio < TEXT} == {}


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_edges_of_controls_and_focus_stand_out(scheme: int) -> None:
    found = roles()
    low = {pair: contrast(found[pair[0]][scheme], found[pair[1]][scheme]) for pair in EDGE_PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in low.items() if ratio < EDGE} == {}


def states() -> set[str]:
    """Every colour that terminology names."""
    lists: list[Iterable[Any]] = [
        referral_status.REFERRAL_STATUSES,
        listing_status.LISTING_STATUSES,
        accepting.ACCEPTING,
        treatments.TREATMENTS,
    ]
    return {row.colour for rows in lists for row in rows}


def test_every_colour_of_a_state_is_a_tag_that_can_be_read_in_both_schemes() -> None:
    assert states() <= tags().keys()
    found = roles()
    for words, ground in tags().values():
        for scheme in (0, 1):
            assert contrast(found[words][scheme], found[ground][scheme]) >= TEXT, (words, ground, scheme)


def test_sizes_of_text_and_headings_grow_in_order() -> None:
    text = (CSS / "tokens.css").read_text()
    sizes = [
        float(re.search(rf"--{name}: clamp\(([0-9.]+)rem", text)[1])  # type: ignore[index]
        for name in ("text-s", "text", "text-l", "title-s", "title-m", "title-l", "title-xl")
    ]
    assert all(smaller < larger for smaller, larger in pairwise(sizes))


def test_contrast_is_reckoned_as_in_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
