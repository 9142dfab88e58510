"""Each page that explains stands in Spanish too, and says there neither more nor less."""

import re
import shutil
from collections import Counter
from itertools import zip_longest
from pathlib import Path

import pytest

from directory.learn import finding
from directory.learn.articles import Article, Audience
from directory.learn.library import FOLDER, BadPage, compare, libraries, library, load
from directory.lib.languages import ENGLISH, PSEUDO, SPANISH, speaking
from directory.wording.claims import find_house_claims
from tests.support.readability import ease, spanish_syllables

ENGLISH_PAGES = library(ENGLISH).by_slug
PAGES = library(SPANISH).by_slug
SLUGS = sorted(ENGLISH_PAGES)
EASE = {Audience.PATIENT: 65, Audience.CLINICIAN: 40}
"""INFLESZ: fairly easy; above 40 somewhat hard, as specialists read."""

_NOTE = re.compile(r"\[\^([a-z0-9-]+)\]")
_LINK = re.compile(r"\]\(([^)]*)\)")
_FIGURE = re.compile(r"\$?\d(?:[\d.,/-]*\d)?(?: ?%| mg\b)?")
_LINE = re.compile(r"^(##+ |- |\d+\. |\||\*\*|\*)?", re.MULTILINE)


def body(language: str, slug: str) -> list[str]:
    """The Markdown of a page block by block."""
    return (FOLDER / language / f"{slug}.md").read_text(encoding="utf-8").split("+++\n", 2)[2].strip().split("\n\n")


def differences(english: list[str], spanish: list[str]) -> list[str]:
    """Where two texts differ in what does not depend on the language: shape, notes, links, figures."""
    found = []
    for one, other in zip_longest(english, spanish, fillvalue=""):
        for name, of in (("shape", shape), ("notes", _NOTE.findall), ("links", _LINK.findall), ("figures", figures)):
            if of(one) != of(other):
                found.append(f"{name}: {one[:60]} / {other[:60]}")
    return found


def shape(block: str) -> list[str]:
    return [_LINE.match(line)[0] for line in block.splitlines() if _LINE.match(line)]  # type: ignore[index]


def figures(block: str) -> Counter[str]:
    return Counter(_FIGURE.findall(_LINK.sub("]", _NOTE.sub("", block))))


def text_of(article: Article) -> str:
    return "\n".join((article.about.title, article.about.summary, *article.blocks))


def test_every_page_stands_in_both_languages() -> None:
    assert [each.by_slug.keys() for each in libraries()] == [ENGLISH_PAGES.keys(), PAGES.keys()]
    assert ENGLISH_PAGES.keys() == PAGES.keys()
    assert {article.language for article in PAGES.values()} == {SPANISH}


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_is_left_out_and_nothing_is_added(slug: str) -> None:
    assert differences(body(ENGLISH, slug), body(SPANISH, slug)) == []
    english, spanish = ENGLISH_PAGES[slug], PAGES[slug]
    assert len(english.headings) == len(spanish.headings)
    assert english.sources == spanish.sources
    assert english.links == spanish.links
    assert bool(english.about.keywords) == bool(spanish.about.keywords)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("41 de cada", "14 de cada"),
        ("[^taylor-2018]", ""),
        ("\n\n**Una inyección.**", " **Una inyección.**"),
        ("- Deje para otro día", "Deje para otro día"),
        ("## Antes de que pueda irse", "**Antes de que pueda irse**"),
    ],
)
def test_what_is_left_out_is_found(old: str, new: str) -> None:
    whole = "\n\n".join(body(SPANISH, "a-session"))
    assert old in whole
    assert differences(body(ENGLISH, "a-session"), whole.replace(old, new, 1).split("\n\n"))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("ocd", 'conditions = ["OCD"]', 'conditions = ["OCD", "PTSD"]'),
        ("risks", "crisis_box = true\n", ""),
        ("spravato", "order = 2", "order = 3"),
    ],
)
def test_a_translation_with_another_head_stops_the_start(tmp_path: Path, name: str, old: str, new: str) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "learn")
    page = folder / SPANISH / f"{name}.md"
    page.write_text(page.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(BadPage, match=f"{name}: not what the English page says"):
        compare(library(ENGLISH), load(folder, SPANISH))


def test_a_page_in_one_language_alone_stops_the_start(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "learn")
    shutil.copy(folder / SPANISH / "a-session.md", folder / SPANISH / "una-sesion.md")
    with pytest.raises(BadPage, match="one language alone: una-sesion"):
        compare(library(ENGLISH), load(folder, SPANISH))


@pytest.mark.parametrize("slug", SLUGS)
def test_the_page_can_be_read_by_those_it_is_for(slug: str) -> None:
    article = PAGES[slug]
    measured = ease((article.about.summary, *article.blocks))
    assert measured >= EASE[article.about.audience], f"ease {measured:.1f}"


def test_a_hard_text_is_measured_as_hard_and_an_easy_one_as_easy() -> None:
    hard = "Las formulaciones racémicas demuestran heterogeneidad metodológica farmacocinética."
    assert ease([hard]) < 0
    assert ease(["El gato se fue al sol.", "Ya no vio más al pan."]) > 90
    words = ("hoy", "y", "usted", "ciudad", "días", "vergüenza", "aéreo", "prohibir", "25")
    assert [spanish_syllables(word) for word in words] == [1, 1, 2, 2, 2, 3, 4, 3, 2]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_reader_is_called_usted_and_no_english_is_left(slug: str) -> None:
    said = text_of(PAGES[slug])
    assert re.findall(r"\b(?:tú|ti|contigo|vosotros|vuestr\w+|os|Ud\.|puedes|tienes|debes)\b", said) == []
    assert re.findall(r"\b(?:the|you|your|of|and|with|clinic|drug|treatment|approved)\b", said, re.IGNORECASE) == []
    assert said.count("¿") == said.count("?")
    assert "!" not in said


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_makes_no_claim_that_nobody_allowed(slug: str) -> None:
    assert find_house_claims(text_of(PAGES[slug])) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_ketamine_is_approved_for_nothing_but_sleep_in_surgery(slug: str) -> None:
    for said in re.split(r"(?<=[.!?])\s+|\n", text_of(PAGES[slug])):
        if re.search(r"\bketamina\b[^.]*\baprobad[oa]", said, re.IGNORECASE):
            assert re.search(r"\bno\b|\bningun|para dormir|Dicen que|dice que su|off-label", said), said


@pytest.mark.parametrize(
    "pattern",
    [
        r"innovador|asombros|maravill|efectos? milagros",
        r"esketamina[^.]{0,30}intravenosa",
        r"autorizad[oa] para|indicad[oa] para",
        r"oprim\w+ 3|marque 3",
        r"presione\b|derivaci[oó]n|quetamina|tensi[oó]n arterial",
    ],
)
def test_what_must_not_be_said_stands_on_no_page(pattern: str) -> None:
    found = [(slug, match[0]) for slug, page in PAGES.items() for match in re.finditer(pattern, text_of(page), re.I)]
    assert found == []


@pytest.mark.parametrize("slug", SLUGS)
def test_wherever_mood_or_suicide_is_spoken_of_help_stands_in_the_page(slug: str) -> None:
    if re.search(r"suicid|depresión", PAGES[slug].about.title + PAGES[slug].about.summary, re.IGNORECASE):
        assert PAGES[slug].needs_crisis_box


def test_the_review_of_a_page_is_not_that_of_its_translation() -> None:
    assert {article.about.reviewed_by for article in PAGES.values()} == {""}
    assert all(article.is_translation for article in PAGES.values())
    assert not any(article.is_translation for article in ENGLISH_PAGES.values())


def test_the_reader_s_language_chooses_the_pages() -> None:
    for language, pages in ((ENGLISH, ENGLISH_PAGES), (SPANISH, PAGES), (PSEUDO, ENGLISH_PAGES)):
        with speaking(language):
            assert library().by_slug is pages
    assert library().by_slug is ENGLISH_PAGES


def test_headings_can_be_linked_to_without_accents() -> None:
    assert PAGES["depression"].headings[0] == (
        "que-muestran-los-estudios-sobre-spravato",
        "Qué muestran los estudios sobre Spravato",
    )


FOUND = [
    ("efectos secundarios", "risks"),
    ("esketamina", "spravato"),
    ("precio", "cost-and-coverage"),
    ("¿Cuánto cuesta?", "cost-and-coverage"),
    ("ansiedad social", "anxiety"),
    ("vejiga", "risks"),
    ("como funciona", "how-it-works"),
    ("cómo funciona", "how-it-works"),
    ("embarazada", "who-should-not"),
    ("TEPT", "ptsd"),
    ("PTSD", "ptsd"),
    ("opioides", "alcohol-and-drug-use"),
    ("veteranos", "ptsd"),
    ("remisión", "getting-a-referral"),
]


@pytest.mark.parametrize(("words", "slug"), FOUND)
def test_words_find_the_page_that_answers(words: str, slug: str) -> None:
    assert finding.find(PAGES.values(), words)[0].slug == slug


@pytest.mark.parametrize("words", ["", "de la que", "xilófono", "Fresno, CA", "93721", "¿?"])
def test_words_that_no_page_has_find_nothing(words: str) -> None:
    assert finding.find(PAGES.values(), words) == []
