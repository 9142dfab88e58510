"""What can be chosen on each step, as (value, label) or (value, label, hint) for the components."""

from typing import Any

from directory.listings.records import ClinicRecord
from directory.referrals.answers import (
    BASES,
    CONTRAINDICATIONS,
    NOT_SAID,
    NOT_SURE,
    PREFERENCES,
    RELATIONSHIPS,
    RIDES,
    TRIALS,
)
from directory.referrals.models import DraftKind
from directory.terminology import icd10
from directory.terminology.accessibility import ACCESSIBILITY
from directory.terminology.conditions import CONDITIONS
from directory.terminology.languages import LANGUAGES
from directory.terminology.payers import PAYERS
from directory.terminology.scales import SCALES, SUICIDE_RISK_LEVELS
from directory.wording.say import _

YES_NO = (("yes", _("Yes")), ("no", _("No")))

Choices = list[tuple[str, ...]]


def choices(step: str, clinic: ClinicRecord, kind: DraftKind) -> dict[str, Any]:
    """By the name that the step's template uses."""
    by_clinician = kind is DraftKind.CLINICIAN
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
        "question": {"treatments": _treatments(clinic, _("Clinic to advise"))},
        "insurance": {"payers": _payers(by_clinician=by_clinician)},
        "needs": {
            "languages": [(row.code, row.label) for row in LANGUAGES],
            "access": [(row.code, row.label, row.plain) for row in ACCESSIBILITY if row.code != "anssrvc"],
            "rides": RIDES,
        },
        "diagnosis": {"codes": icd10.offered(), "trials": TRIALS},
        "scale": {
            "scales": [
                ("", _("Choose a scale")),
                ("none", _("None")),
                *((row.code, f"{row.label} ({row.lowest}–{row.highest})") for row in SCALES),
            ]
        },
        "risk": {"levels": [(row.code, row.label) for row in SUICIDE_RISK_LEVELS]},
        "screen": {
            "contraindications": CONTRAINDICATIONS,
            "yes_no_unknown": (("NO", _("No")), ("YES", _("Yes")), ("UNKNOWN", _("Not known"))),
        },
        "consent": {"bases": BASES, "yes_no": YES_NO},
    }
    return found.get(step, {})


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
