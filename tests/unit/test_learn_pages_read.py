"""The pages that explain are loaded once, checked, and say nothing that must not be said."""

import datetime as dt
import re
from pathlib import Path

import pytest

from directory.learn import finding, markdown
from directory.learn.articles import Article, Audience, Source
from directory.learn.library import FOLDER, BadPage, library, load, read
from directory.terminology.conditions import CONDITIONS
from directory.terminology.explained import PAGE_OF_CONDITION, PAGE_OF_TREATMENT
from directory.terminology.treatments import TREATMENTS
from tests.support.readability import grade, syllables

HEAD = """+++
title = "A page"
summary = "What it says."
group = "basics"
order = 1
indication_status = "both"
evidence_grade = "official"
sources = ["one"]
written_on = 2026-11-23
next_review_on = 2027-05-23
+++
"""
SOURCES = {"one": Source(name="A source", year=2020, address="example.org")}
PAGES = list(library().by_slug.values())
GRADE = {Audience.PATIENT: 8.0, Audience.CLINICIAN: 12.0}


def made(body: str = "A claim.[^one]\n", head: str = HEAD) -> Article:
    return read("a-page", head + body, SOURCES)


def text_of(article: Article) -> str:
    return "\n".join((article.about.title, article.about.summary, *article.blocks))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "A page"\n', ""),
        ("order = 1", "order = 0"),
        ('"both"', '"perhaps"'),
        ('"official"', '"FDA"'),
        ('sources = ["one"]', 'sources = ["one", "two"]'),
        ('sources = ["one"]', "sources = []"),
        ("order = 1", 'order = 1\ntreatments = ["KET_HOME"]'),
        ("order = 1", 'order = 1\nconditions = ["SADNESS"]'),
        ("order = 1", 'order = 1\nreviewed_by = "Dr A"'),
        ("order = 1", "order = 1\nreviewed_on = 2026-11-24"),
        ("2027-05-23", "2028-05-23"),
        ("2027-05-23", "2026-11-23"),
        ("order = 1", "order = 1\nstars = 5"),
        ("order = 1", "order = "),
        ('"basics"', '"conditions"'),
        ("+++\ntitle", "title"),
    ],
)
def test_front_matter_that_is_wrong_stops_the_start_and_names_the_page(old: str, new: str) -> None:
    with pytest.raises(BadPage, match="a-page"):
        made(head=HEAD.replace(old, new, 1))


def test_a_page_about_a_condition_says_what_the_terminology_says() -> None:
    of_ptsd = HEAD.replace('"basics"', '"conditions"\nconditions = ["PTSD"]')
    right = of_ptsd.replace('"both"', '"off_label"').replace('"official"', '"OFF_LABEL_GUIDELINE_AGAINST"')
    assert made(head=right).evidence[0][0] == CONDITIONS["PTSD"].label
    for wrong in (
        right.replace("off_label", "approved"),
        right.replace("OFF_LABEL_GUIDELINE_AGAINST", "OFF_LABEL_MIXED"),
    ):
        with pytest.raises(BadPage, match="not what the terminology says"):
            made(head=wrong)


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>[^one]",
        "Text <img src=x onerror=alert(1)>[^one]",
        "<div>A block</div>\n\nA claim.[^one]",
        "A <!-- comment --> claim.[^one]",
        "[a link](javascript:alert(1))[^one]",
        "[a link](JAVA&#x73;cript:alert(1))[^one]",
        "[a link](data:text/html,hello)[^one]",
        "[a link](https://example.org/)[^one]",
        "[a link](//example.org/)[^one]",
        '[a link](/learn/x "title")[^one]',
        "[a link][ref][^one]\n\n[ref]: https://example.org/",
        "<https://example.org/>[^one]",
        "![a picture](/assets/a.png)[^one]",
        "`code`[^one]",
        "    code\n\nA claim.[^one]",
        "# A title\n\nA claim.[^one]",
        "## Two\n\n## Two\n\nA claim.[^one]",
        "***\n\nA claim.[^one]",
        "A claim without its source.",
        "A claim.[^one] Another.[^nobody]",
    ],
)
def test_what_may_not_stand_in_a_page_is_refused(body: str) -> None:
    with pytest.raises(BadPage, match="a-page"):
        made(body)


def test_what_may_stand_is_escaped_numbered_and_named() -> None:
    shown = markdown.render(
        'Fish & "chips" < 3.[^b][^a]\n\n## What it is\n\n'
        "| A | B |\n| --- | --- |\n| 1[^b] | *2* |\n\n[On](/learn/x#y)\n"
    )
    assert shown.notes == ("b", "a")
    assert 'class="note" id="note-1"' in shown.html
    assert 'class="note note--beside" id="note-2"' in shown.html
    assert "Fish &amp; “chips” &lt; 3." in shown.html
    assert '<a href="#source-1" aria-label="Source 1">1</a>' in shown.html
    assert 'id="note-1"' in shown.html
    assert 'id="note-1-2"' in shown.html
    assert '<h2 id="what-it-is">' in shown.html
    assert 'role="region" aria-label="What it is" tabindex="0"' in shown.html
    assert shown.headings == (("what-it-is", "What it is"),)
    assert shown.links == ("/learn/x#y",)
    assert shown.blocks[0] == "Fish & “chips” < 3."


def test_a_link_to_a_page_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "sources.toml").write_text('[one]\nname = "A source"\nyear = 2020\naddress = "example.org"\n')
    (tmp_path / "en" / "a-page.md").write_text(HEAD + "[A claim](/learn/gone).[^one]\n")
    with pytest.raises(BadPage, match="gone"):
        load(tmp_path)
    (tmp_path / "sources.toml").write_text('[one]\nname = "A source"\nurl = "http://example.org"\n')
    with pytest.raises(BadPage, match=r"sources\.toml"):
        load(tmp_path)


def test_a_rule_that_ends_is_looked_at_again_before_it_does() -> None:
    ending = {"one": SOURCES["one"].model_copy(update={"ends_on": dt.date(2026, 12, 31)})}
    with pytest.raises(BadPage, match="a-page: one ends on 2026-12-31"):
        read("a-page", HEAD + "A claim.[^one]\n", ending)
    read("a-page", HEAD.replace("2027-05-23", "2026-12-31") + "A claim.[^one]\n", ending)


@pytest.mark.parametrize("article", PAGES, ids=lambda article: article.slug)
def test_what_is_approved_for_a_condition_is_said_with_its_source(article: Article) -> None:
    text = (FOLDER / "en" / f"{article.slug}.md").read_text(encoding="utf-8")
    for section in re.findall(r"^## What is approved\n(.*?)^## ", text, re.DOTALL | re.MULTILINE):
        assert re.search(r"approved[^.]*\.\[\^", section), section


def test_every_treatment_and_condition_has_a_page_and_the_page_knows_it() -> None:
    assert PAGE_OF_TREATMENT.keys() == set(TREATMENTS.codes)
    assert PAGE_OF_CONDITION.keys() == set(CONDITIONS.codes)
    for code, slug in PAGE_OF_CONDITION.items():
        assert code in library().by_slug[slug].about.conditions
    for code, slug in PAGE_OF_TREATMENT.items():
        assert code in library().by_slug[slug].about.treatments or code == "KET_HOME"


@pytest.mark.parametrize("article", PAGES, ids=lambda article: article.slug)
def test_the_page_can_be_read_by_those_it_is_for(article: Article) -> None:
    measured = grade((article.about.summary, *article.blocks))
    assert measured <= GRADE[article.about.audience], f"grade {measured:.1f}"


def test_a_hard_text_is_measured_as_hard_and_an_easy_one_as_easy() -> None:
    hard = (
        "Racemic formulations demonstrate heterogeneous antidepressant efficacy notwithstanding methodological rigor."
    )
    assert grade([hard]) > 16
    assert grade(["The cat sat on the mat.", "Then it went out to play."]) < 2
    assert [syllables(word) for word in ("mouth", "people", "clinician", "don’t", "blorptable", "25")] == [
        1, 2, 3, 1, 3, 2,
    ]  # fmt: skip


def test_nobody_is_named_who_has_not_reviewed_a_page() -> None:
    assert {article.about.reviewed_by for article in PAGES} == {""}


def test_a_page_is_overdue_on_the_day_after_its_review_was_due() -> None:
    article = made()
    assert not article.is_overdue(dt.date(2027, 5, 23))
    assert article.is_overdue(dt.date(2027, 5, 24))


@pytest.mark.parametrize("article", PAGES, ids=lambda article: article.slug)
def test_wherever_mood_or_suicide_is_spoken_of_help_stands_in_the_page(article: Article) -> None:
    if re.search(r"suicid|depression", article.about.title + article.about.summary, re.IGNORECASE):
        assert article.needs_crisis_box


FOUND = [
    ("side effects", "risks"),
    ("esketamine", "spravato"),
    ("price", "cost-and-coverage"),
    ("Social anxiety", "anxiety"),
    ("bladder", "risks"),
    ("how does it work", "how-it-works"),
    ("breastfeeding", "who-should-not"),
]


@pytest.mark.parametrize(("words", "slug"), FOUND)
def test_words_find_the_page_that_answers(words: str, slug: str) -> None:
    assert finding.find(PAGES, words)[0].slug == slug


@pytest.mark.parametrize("words", ["", "the of", "xylophone", "Portland, OR", "80202", "ketamine xylophone", "'; --"])
def test_words_that_no_page_has_find_nothing(words: str) -> None:
    assert finding.find(PAGES, words) == []
