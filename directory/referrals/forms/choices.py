"""What can be chosen on each step, as (value, label) or (value, label, hint) for the components."""

from collections.abc import Iterable, Mapping
from typing import Any

from directory.listings.records import ClinicRecord
from directory.referrals.answers import (
    ANSWER_BY,
    BASES,
    NOT_SAID,
    NOT_SURE,
    PA_STATUS,
    PREFERENCES,
    RELATIONSHIPS,
    REMS,
    RIDES,
    ROLES,
)
from directory.referrals.clinical import (
    ADHERENCE,
    HEPATIC,
    OR_NOT_APPLICABLE,
    OUTCOMES,
    PAGES,
    RATED_BY,
    SAFETY_PLAN,
    YES_NO_UNKNOWN,
)
from directory.referrals.models import DraftKind
from directory.terminology import antidepressants, icd10, screening
from directory.terminology.accessibility import ACCESSIBILITY
from directory.terminology.conditions import CONDITIONS
from directory.terminology.languages import LANGUAGES
from directory.terminology.payers import PAYERS
from directory.terminology.scales import SCALES, SUICIDE_RISK_LEVELS
from directory.terminology.screening import Weight
from directory.wording.say import _

YES_NO = (("yes", _("Yes")), ("no", _("No")))

Choices = list[tuple[str, ...]]

_PREGNANCY = (
    {"code": "pregnant", "label": _("Pregnant, planning to be, or without contraception"), "hint": ""},
    {"code": "lactation", "label": _("Breastfeeding"), "hint": ""},
)


def choices(step: str, clinic: ClinicRecord, kind: DraftKind, typed: Mapping[str, Any]) -> dict[str, Any]:
    """By the name that the step's template uses. `typed` is what stands in the fields, for a list to search with it."""
    return _of_clinician(step, clinic, typed) if kind is DraftKind.CLINICIAN else _of_patient(step, clinic)


def _of_patient(step: str, clinic: ClinicRecord) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {
        "danger": {"yes_no": YES_NO},
        "adult": {"yes_no": YES_NO},
        "helper": {"relationships": RELATIONSHIPS},
        "contact": {"ways": PREFERENCES},
        "reach": {"yes_no": YES_NO},
        "about": {
            "conditions": [*((row.code, row.plain) for row in CONDITIONS), (NOT_SAID, _("I would rather not say"))]
        },
        "treatment": {"treatments": _treatments(clinic, _("I am not sure"))},
        "insurance": {"payers": _payers(by_clinician=False)},
        "needs": _needs(),
    }
    return found.get(step, {})


def _of_clinician(step: str, clinic: ClinicRecord, typed: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {
        "reply": {"roles": _open(ROLES), "yes_no": YES_NO, "ways": ANSWER_BY},
        "contact": {"ways": PREFERENCES, "yes_no": YES_NO},
        "risk": {"levels": [(row.code, row.label) for row in SUICIDE_RISK_LEVELS], "plans": SAFETY_PLAN},
        "question": {"treatments": _treatments(clinic, _("Clinic to advise"))},
        "diagnosis": {"codes": icd10.offered(), "meant": meant(typed, ("diagnosis", "diagnosis_2", "diagnosis_3"))},
        "trials": {
            "drugs": antidepressants.offered(),
            "outcomes": _open(OUTCOMES),
            "adherence": _open(ADHERENCE),
            "yes_no_unknown": _open((code, label) for code, label, _key in YES_NO_UNKNOWN),
        },
        "medicines": _screening(Weight.INTERACTION),
        "scales": {
            "scales": _open(
                (
                    row.code,
                    _("{scale} ({lowest}–{highest})").format(scale=row.label, lowest=row.lowest, highest=row.highest),
                )
                for row in SCALES
            ),
            "rated_by": _open(RATED_BY),
        },
        "before": _screening(Weight.BEFORE),
        "screen": _screening(Weight.CONTRAINDICATION),
        "precautions": _screening(Weight.PRECAUTION),
        "body": {"questions": _PREGNANCY, "answers": OR_NOT_APPLICABLE, "levels": HEPATIC},
        "coverage": {"payers": _payers(by_clinician=True), "states": _open(PA_STATUS), "yes_no": YES_NO},
        "checks": {"rems_answers": REMS},
        "needs": _needs(),
        "consent": {"bases": BASES, "yes_no": YES_NO},
    }
    return found.get(step, {})


def left_open(step: str, typed: Mapping[str, Any]) -> list[str]:
    """The questions of a page of yes, no and not known that have no answer yet, by field."""
    asked = _screening_of(step)
    return [question.code for question in asked if not typed.get(question.code)]


def _screening(weight: Weight) -> dict[str, Any]:
    return {"questions": screening.of(weight), "answers": YES_NO_UNKNOWN}


def _screening_of(step: str) -> tuple[screening.Question, ...]:
    return next((screening.of(weight) for weight, page in PAGES.items() if page == step), ())


def meant(typed: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, list[icd10.Icd10]]:
    """For each code that cannot be taken as typed, those that may be meant."""
    found = {}
    for name in names:
        text = str(typed.get(name) or "")
        if text and not icd10.is_billable(text.split(maxsplit=1)[0]):
            found[name] = icd10.search(text)
    return found


def _open(rows: Iterable[tuple[str, str]]) -> Choices:
    return [("", _("Choose one")), *rows]


def _needs() -> dict[str, Any]:
    return {
        "languages": [(row.code, row.label) for row in LANGUAGES],
        "access": [(row.code, row.label, row.plain) for row in ACCESSIBILITY if row.code != "anssrvc"],
        "rides": RIDES,
    }


def is_offered(clinic: ClinicRecord, treatment: str) -> bool:
    """Whether the clinic gives what was chosen."""
    return treatment == NOT_SURE or any(line.treatment == treatment for line in clinic.lines)


def _treatments(clinic: ClinicRecord, not_sure: str) -> Choices:
    return [
        *((line.treatment, line.terms.label, line.terms.status_label) for line in clinic.lines),
        (NOT_SURE, not_sure),
    ]


def _payers(*, by_clinician: bool) -> Choices:
    named = [(row.code, row.label if by_clinician else row.plain) for row in PAYERS]
    not_said = _("Not known") if by_clinician else _("I would rather not say")
    return [("", _("Choose one")), *named, (NOT_SURE, _("Not sure")), (NOT_SAID, not_said)]
