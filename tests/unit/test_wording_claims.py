"""The claims lint refuses every promise on the list, as whole words, and lets honest sentences stand."""

import pytest

from directory.wording.claims import find_claims

REFUSED = [
    "We guarantee relief.",
    "Relief guaranteed",
    "It can cure depression",
    "It cures depression",
    "It cured my patients",
    "a miracle",
    "A breakthrough in care",
    "a game changer",
    "a game-changer",
    "life saving care",
    "life-saving care",
    "100% of patients",
    "100 % of patients",
    "risk free",
    "risk-free",
    "no side effects",
    "completely safe",
    "nonaddictive",
    "non-addictive",
    "instant relief",
    "instantly better",
    "works fast",
    "works immediately",
    "95% success",
    "the best clinic in town",
    "the best treatment there is",
    "#1 in Ohio",
    "FDA-approved ketamine",
    "an FDA approved treatment",
    "Ketamine is FDA-approved for depression.",
    "Spravato is FDA-approved.",
    "Spravato is FDA-approved for anxiety.",
    "Spravato and ketamine are FDA-approved for treatment-resistant depression.",
    "Spravato treats TRD. Everything we give is FDA-approved.",
    "Spravato is FDA-approved for major depressive disorder.",
    "it prevents suicide",
    "to prevent suicide",
    "replaces hospitalization",
    "replaces hospital care",
    "can replace ECT",
    "it rewires the brain",
    "rewire your brain",
    "HIPAA compliant",
    "HIPAA-certified",
    "IV esketamine",
    "IV Spravato",
    "at-home ketamine",
    "at home ketamine",
]


@pytest.mark.parametrize("text", REFUSED)
def test_a_promise_is_found_with_a_reason_in_words(text: str) -> None:
    found = find_claims(text)
    assert found, text
    assert all(claim.why.endswith(".") for claim in found)


@pytest.mark.parametrize("text", REFUSED)
def test_neither_capitals_nor_typography_hide_a_promise(text: str) -> None:
    assert find_claims(text.upper())
    assert find_claims(text.replace("-", "\u2011").replace(" ", "\u00a0"))
    assert find_claims(text[:2] + "\u200b" + text[2:])


@pytest.mark.parametrize(
    "text",
    [
        "A secure entrance and a quiet waiting room.",
        "We take secured messages and manicured lawns for granted.",
        "An obscure street; ask us for directions.",
        "The instance and the instantiation of a plan.",
        "Suite #12, door #100",
        "1100% is not a number we use.",
        "Our best hours are mornings.",
        "The best clinical hours are mornings.",
        "We work fast at the front desk.",
        "We do not replace your therapist.",
        "Spravato is FDA-approved for adults with treatment-resistant depression.",
        "Spravato (esketamine) is FDA-approved for TRD, alone or with an oral antidepressant.",
        "Spravato is FDA-approved for adults with MDD with acute suicidal thoughts, with an oral antidepressant.",
        "For major depressive disorder with suicidality, Spravato is FDA approved.",
        "Most people do not get better at once. We tell you what we know and what we do not.",
        "",
    ],
)
def test_an_honest_sentence_stands(text: str) -> None:
    assert find_claims(text) == []


def test_each_sentence_answers_for_itself() -> None:
    found = find_claims("Spravato is FDA-approved for TRD. So is our FDA-approved lozenge! We guarantee it.")
    assert [claim.words for claim in found] == ["guarantee", "fda-approved"]
