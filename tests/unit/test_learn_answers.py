"""Each topic of a typical promotional article has its honest answer on a page, and none of its wrong claims stands."""

import re

import pytest

from directory.learn.library import library
from directory.terminology.treatments import SPRAVATO_LIMITATION_OF_USE
from tests.support.words import all_of_ours

ANSWERS = [
    ("A1 social anxiety", "anxiety", "there was no difference over time"),
    ("A2 usual care", "anxiety", "One third to one half of people|About one third to one half"),
    ("A4 an anesthetic", "history-and-law", "1970"),
    ("A5 how it works", "how-it-works", "not fully understood"),
    ("A6 three things", "ketamine-and-spravato", "A third group: made by a pharmacy"),
    ("A7 hours", "how-it-works", "It is no promise for one person"),
    ("A8 sudden fear", "anxiety", "no evidence that it helps in a sudden attack"),
    ("A9 resistant anxiety", "anxiety", "too unlike each other to add up"),
    ("A10 how long", "anxiety", "fades within about a week"),
    ("A11 suicide", "suicidal-thoughts", "It has not been shown to prevent suicide"),
    ("A12 therapy", "therapy", "Evidence is early"),
    ("A13 not for everyone", "who-should-not", "aneurysm"),
    ("A14 no IV esketamine", "spravato", "it is not given into a vein"),
    ("A15 the 1960s", "history-and-law", "since 1971"),
    ("A16 heart and breathing", "risks", "can slow or even stop breathing"),
    ("A18 legal", "history-and-law", "Ketamine is legal"),
    ("A19 approvals", "approved-and-off-label", "in 2019, then"),
    ("A21 off-label", "approved-and-off-label", "has not reviewed this use"),
    ("A22 the brain", "how-it-works", "no study in people that shows this"),
    ("A24 side effects", "risks", "41"),
    ("A26 worry at once", "how-it-works", "13 of 100"),
    ("A27 thinking", "how-it-works", "does the reverse"),
    ("A28 other drugs", "how-it-works", "does not show that it makes pills in general work better"),
    ("A30 pain", "chronic-pain", "no evidence that relief lasts for months"),
    ("A33 more research first", "anxiety", "More research is needed here, and we say so first"),
    ("A34 choosing", "choosing-a-clinic", "Who may give it"),
    ("A13 the label of ketamine", "who-should-not", "rise in blood pressure would be a serious danger"),
    ("3.1 PTSD", "ptsd", "suggests not to use ketamine for PTSD"),
    ("A35 REMS", "spravato", "you may never take it home"),
    ("A35 pregnancy", "who-should-not", "may harm an unborn child"),
    ("A35 driving", "a-session", "until the next day"),
    ("A35 cost", "cost-and-coverage", "not a quote"),
    ("A35 compounded", "home-and-compounded-ketamine", "The FDA has not checked them"),
]

WRONG = [
    r"groundbreaking|revolutionary|amazing|wonder drug",
    r"boosts? (?:the )?(?:production|neuro\w+)",
    r"(?:esketamine|spravato)[^.]{0,40} intravenous",
    r"does not interfere with (?:the )?(?:heart|breathing)",
    r"restructures? the brain|rewir",
    r"enhances? (?:logic|thinking)",
    r"preferred by most patients",
    r"desire to interact",
    r"save[sd]? lives?(?! now)",
    r"few (?:negative|side) effects",
    r"nearly instant",
    r"hope to those",
    r"press 3",
    r"NRX",
    r"F32\.A is new|J0222|S0013",
]
DENIED = {"You may read that these drugs save lives."}
"""Said of others, and answered by the next sentence: “The studies do not show that.”"""


@pytest.mark.parametrize(("topic", "slug", "fragment"), ANSWERS, ids=[topic for topic, _slug, _words in ANSWERS])
def test_the_topic_has_its_honest_answer(topic: str, slug: str, fragment: str) -> None:
    article = library().by_slug[slug]
    assert re.search(fragment, " ".join(article.blocks)), topic


@pytest.mark.parametrize("pattern", WRONG)
def test_the_wrong_claim_stands_nowhere(pattern: str) -> None:
    sentences = [(where, said) for where, text in all_of_ours() for said in re.split(r"(?<=[.!?])\s+", text)]
    found = [(where, said) for where, said in sentences if re.search(pattern, said, re.IGNORECASE)]
    assert [pair for pair in found if pair[1] not in DENIED and not pair[0].startswith("directory/seeding")] == []


def test_the_limit_of_use_stands_wherever_spravato_is_described() -> None:
    for article in library().by_slug.values():
        if "SPRAVATO" in article.about.treatments or {"TRD", "MDSI"} & set(article.about.conditions):
            assert SPRAVATO_LIMITATION_OF_USE in str(article.required), article.slug


def test_ketamine_is_never_called_approved_for_what_it_is_used_for_here() -> None:
    for article in library().by_slug.values():
        for block in article.blocks:
            for said in re.split(r"(?<=[.!?])\s+", block):
                if re.search(r"\bketamine\b[^.]*\bapproved\b", said, re.IGNORECASE):
                    assert re.search(
                        r"\bnot\b|\bno\b|\bwrong\b|put people to sleep|asleep|surgery|say that|Is it approved", said
                    ), said
