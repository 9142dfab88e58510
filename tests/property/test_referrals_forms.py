"""Whatever is typed into the clinician's form is taken or refused in words; what was taken can be told and judged."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.datastructures import FormMultiDict

from directory.lib import clock
from directory.referrals import answers as words
from directory.referrals import gaps, rules
from directory.referrals.answers import age_on
from directory.referrals.forms.choices import left_open
from directory.referrals.forms.steps import REFER, Step
from directory.terminology import antidepressants, icd10
from directory.terminology.languages import LANGUAGES
from directory.terminology.payers import PAYERS
from directory.terminology.scales import SCALES, SUICIDE_RISK_LEVELS
from directory.web.forms import Form, fill, row_form_of
from directory.wording import say
from tests.support.requests import CLINICIAN

CODES = [
    *("YES", "NO", "UNKNOWN", "NA", "NONE", "SEVERE", "yes", "no", "not_sure", "GOOD", "PARTIAL", "TOO_EARLY", "soon"),
    *("psychiatrist", "mail", "fax", "agreed", "call", "SPRAVATO", "APPROVED", "UNKNOWN", "HIGH"),
    *SUICIDE_RISK_LEVELS.codes,
    *SCALES.codes,
    *PAYERS.codes,
    *LANGUAGES.codes[:3],
    *(row.display for row in icd10.offered()[:8]),
    *(row.label for row in antidepressants.offered()[:8]),
]
TYPED = [
    *("3/27/1988", "2024", "3/2024", "1/2025", "now", "8 weeks", "today", "yesterday", "46", "19", "0", "128/82"),
    *("04101", "1234567893", "207 555 0123", "a@example.org", "20 mg", "none", "F33", "severe", "9" * 30, "-1", "1e5"),
]
ANYTHING = st.sampled_from(CODES) | st.sampled_from(TYPED) | st.text(max_size=40)


def fields_of(form: type[Form]) -> list[str]:
    """The names under which a page posts the fields of a form, three rows where it holds rows."""
    found = []
    for name, info in form.model_fields.items():
        row = row_form_of(info.annotation)
        found += [name] if row is None else [f"{name}-{n}-{key}" for n in (1, 2, 3) for key in row.model_fields]
    return found


def typed(step: Step) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(fields_of(step.form), ANYTHING))


STEPS = st.sampled_from(REFER.steps).flatmap(lambda step: st.tuples(st.just(step), typed(step)))


def shown(value: Any) -> Any:
    """A kept answer as its field shows it again."""
    return say.typed_day(value) if isinstance(value, str) else value


def posted_again(kept: dict[str, Any]) -> list[tuple[str, str]]:
    """What the page posts when somebody opens it again and continues."""
    pairs = []
    for name, value in kept.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            pairs += [
                (f"{name}-{n}-{k}", str(shown(v) or "")) for n, row in enumerate(value, 1) for k, v in row.items()
            ]
        elif isinstance(value, list):
            pairs += [(name, str(one)) for one in value]
        else:
            pairs.append((name, str(shown(value) or "")))
    return pairs


@settings(max_examples=200)
@given(STEPS)
def test_any_page_takes_or_refuses_in_words_and_what_it_took_it_takes_again_unchanged(
    given_: tuple[Step, dict[str, str]],
) -> None:
    step, texts = given_
    filled = fill(step.form, FormMultiDict(list(texts.items())))
    assert (filled.form is None) == bool(filled.errors)
    assert all(len(sentence) > 5 for sentence in filled.errors.values())
    assert set(filled.errors) <= {*fields_of(step.form), "form"}
    assert set(left_open(step.name, filled.values)) <= set(step.form.model_fields)
    if filled.form is not None:
        kept = json.loads(json.dumps(filled.form.model_dump(mode="json")))
        again = fill(step.form, FormMultiDict(posted_again(kept)))
        assert again.errors == {}
        assert again.form == filled.form


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """What a form may hold: pages answered well enough to be kept, some left out, some of the form before."""
    found = dict(CLINICIAN) if draw(st.booleans()) else {}
    for step in REFER.steps:
        filled = fill(step.form, FormMultiDict(list(draw(typed(step)).items())))
        if filled.form is not None:
            found |= filled.form.model_dump(mode="json")
        elif draw(st.booleans()):
            found |= {
                name: code
                for name in step.form.model_fields
                if (code := draw(st.sampled_from(["YES", "UNKNOWN"]))) and name in left_open(step.name, {})
            }
    return found


@settings(max_examples=60)
@given(answers(), st.booleans(), st.booleans())
def test_any_answers_can_be_told_flagged_and_looked_through_for_gaps_always_alike(
    kept: dict[str, Any], soon: bool, part2: bool
) -> None:
    today = clock.today()
    for by_clinician in (True, False):
        told = words.sections(kept, by_clinician=by_clinician)
        assert all(isinstance(row.value, str) for part in told for row in part.rows)
        flags = [words.flags(kept, by_clinician=by_clinician, soon=soon, part2=part2, on=today) for _time in range(2)]
        assert flags[0] == flags[1]
        assert {flag.tone for flag in flags[0]} <= {"stop", "act", "good", "quiet"}
    missing = [gaps.what_is_missing(dict(reversed(kept.items())), on=today) for _time in range(2)]
    assert missing[0] == missing[1] == gaps.what_is_missing(kept, on=today)
    assert {gap.step for gap in missing[0]} <= {step.name for step in REFER.steps}
    assert age_on(kept, today) is None or rules.is_minor(kept, today) == (age_on(kept, today) < 18)  # type: ignore[operator]


def test_every_row_leads_to_a_page_of_the_form() -> None:
    names = {step.name for step in REFER.steps}
    assert {row.step for part in words.sections(CLINICIAN, by_clinician=True) for row in part.rows} <= names
