"""The referring clinician's questions, one small group a page (DOMAIN 6.1, 3.2, 4, 5.3)."""

import datetime as dt
from typing import Any, Literal

from pydantic import ValidationInfo, field_validator

from directory.lib import clock
from directory.referrals.answers import NOT_SURE
from directory.referrals.forms.fields import Mailbox, Phone, day
from directory.referrals.forms.patient import YesNo
from directory.terminology import icd10
from directory.terminology.identifiers import is_npi
from directory.terminology.scales import SCALES, SUICIDE_RISK_LEVELS
from directory.terminology.treatments import LISTABLE
from directory.web.forms import Form, question
from directory.wording.say import _

QUESTION_LENGTH = 1500
YesNoUnknown = Literal["YES", "NO", "UNKNOWN"]


class BeginReferral(Form):
    """Before anything is asked."""

    agree_terms: Literal["yes"] = question(missing=_("Say that you have read this, and told your patient"))


class Sender(Form):
    """Who refers. The NPI's check digit proves the typing, the mailed code the mailbox; neither proves the person."""

    sender_name: str = question(missing=_("Enter your name"), max_length=120)
    npi: str = question(missing=_("Enter your NPI"), max_length=20)
    organization: str = question(missing=_("Enter your organization or practice"), max_length=160)
    sender_phone: Phone = question(missing=_("Enter a phone number for questions"), max_length=40)
    sender_mailbox: Mailbox = question(missing=_("Enter your work email address"), max_length=254)

    @field_validator("npi")
    @classmethod
    def _checks(cls, value: str) -> str:
        digits = value.replace(" ", "").replace("-", "")
        if not is_npi(digits):
            raise ValueError(_("Enter an NPI of ten digits. This one does not pass the check digit"))
        return digits


class PatientBorn(Form):
    """Whom it is about. The age decides whether the directory may carry it at all."""

    patient_name: str = question(missing=_("Enter the patient’s name"), max_length=120)
    born_month: str = question(missing="", default="", max_length=2)
    born_day: str = question(missing="", default="", max_length=2)
    born_year: str = question(missing="", default="", max_length=4)
    born: dt.date | None = question(missing="", default=None, validate_default=True)
    age: str = question(missing="", default="", max_length=3, validate_default=True)

    @field_validator("born", mode="before")
    @classmethod
    def _a_day(cls, _value: Any, info: ValidationInfo) -> dt.date | None:
        parts = [str(info.data.get(f"born_{part}", "")) for part in ("month", "day", "year")]
        found = day(*parts)
        if found is not None and not dt.date(1900, 1, 1) <= found <= clock.today():
            raise ValueError(_("Enter a date of birth in the past"))
        return found

    @field_validator("age")
    @classmethod
    def _one_of_both(cls, value: str, info: ValidationInfo) -> str:
        if value and not (value.isascii() and value.isdigit() and int(value) <= 120):
            raise ValueError(_("Enter an age in years, like 42"))
        if not value and info.data.get("born", "") is None:
            raise ValueError(_("Enter the date of birth, or the age"))
        return value


class Diagnosis(Form):
    """One to three codes of the subset, with or without the dot. No code for treatment resistance exists."""

    diagnosis: str = question(missing=_("Enter an ICD-10-CM code"), max_length=120)
    diagnosis_2: str = question(missing="", default="", max_length=120)
    diagnosis_3: str = question(missing="", default="", max_length=120)
    failed_trials: Literal["0", "1", "2", "3"] = question(missing=_("Choose how many trials failed"))

    @field_validator("diagnosis", "diagnosis_2", "diagnosis_3")
    @classmethod
    def _billable(cls, value: str) -> str:
        return code_of(value) if value else ""


def code_of(text: str) -> str:
    """The code, undotted, that a picker's line begins with. ValueError in words for headers and unknown codes."""
    typed = text.split(" ", maxsplit=1)[0].strip(",;:")
    found = icd10.find(typed)
    below = [row.display for row in icd10.offered() if row.code.startswith(icd10.normalise(typed))]
    if found is not None and found.billable:
        return found.code
    if below and typed:
        words = _("{code} is a heading, not a code that can be billed. Choose one below it, such as {example}")
        return _refuse(words.format(code=typed.upper(), example=below[0]))
    return _refuse(_("{code} is not in the list. Choose a code from the list, such as F33.2").format(code=typed[:20]))


def _refuse(words: str) -> str:
    raise ValueError(words)


class Question(Form):
    """What is asked of the clinic, and how soon. There is nothing faster than soon."""

    treatment: str = question(missing=_("Choose a treatment, or “clinic to advise”"))
    urgency: Literal["routine", "soon"] = question(missing=_("Choose how soon"))
    question: str = question(missing=_("Write what you ask of the clinic"), max_length=QUESTION_LENGTH)

    @field_validator("treatment")
    @classmethod
    def _known(cls, value: str) -> str:
        if value != NOT_SURE and value not in LISTABLE:
            raise ValueError(_("Choose a treatment, or “clinic to advise”"))
        return value


class Scale(Form):
    """A total with its date; the items stay with their owners and in the chart."""

    scale: str = question(missing=_("Choose a scale, or “none”"))
    total: str = question(missing="", default="", max_length=4, validate_default=True)
    scored_month: str = question(missing="", default="", max_length=2)
    scored_day: str = question(missing="", default="", max_length=2)
    scored_year: str = question(missing="", default="", max_length=4)
    scored: dt.date | None = question(missing="", default=None, validate_default=True)

    @field_validator("scale")
    @classmethod
    def _known(cls, value: str) -> str:
        if value != "none" and value not in SCALES:
            raise ValueError(_("Choose a scale, or “none”"))
        return value

    @field_validator("total")
    @classmethod
    def _in_range(cls, value: str, info: ValidationInfo) -> str:
        row = SCALES.find(info.data.get("scale", "none"))
        if row is None:
            return ""
        if not (value.isascii() and value.isdigit()) or not row.accepts(int(value)):
            words = _("Enter a whole number from {lowest} to {highest} for {scale}")
            raise ValueError(words.format(lowest=row.lowest, highest=row.highest, scale=row.label))
        return value

    @field_validator("scored", mode="before")
    @classmethod
    def _a_day(cls, _value: Any, info: ValidationInfo) -> dt.date | None:
        if SCALES.find(info.data.get("scale", "none")) is None:
            return None
        found = day(*(str(info.data.get(f"scored_{part}", "")) for part in ("month", "day", "year")))
        if found is None:
            raise ValueError(_("Enter the day it was scored"))
        if not clock.today() - dt.timedelta(days=730) <= found <= clock.today():
            raise ValueError(_("Enter a day in the last two years"))
        return found


class Risk(Form):
    """The C-SSRS level that the clinician found. High ends the form: that is no outpatient request."""

    risk: str = question(missing=_("Choose a level"))

    @field_validator("risk")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in SUICIDE_RISK_LEVELS:
            raise ValueError(_("Choose a level"))
        return value


class Screen(Form):
    """The four contraindications of Spravato's label; nothing is assumed, a no is said."""

    aneurysm: YesNoUnknown = question(missing=_("Choose no, yes or not known for aneurysmal vascular disease"))
    avm: YesNoUnknown = question(missing=_("Choose no, yes or not known for arteriovenous malformation"))
    ich: YesNoUnknown = question(missing=_("Choose no, yes or not known for intracerebral hemorrhage"))
    hypersens: YesNoUnknown = question(missing=_("Choose no, yes or not known for hypersensitivity"))


class Consent(Form):
    """On what ground the referrer tells the clinic, and whether 42 CFR Part 2 guards the records."""

    basis: Literal["agreed", "treatment"] = question(missing=_("Choose on what ground you send this"))
    part2: YesNo = question(missing=_("Choose whether these records come from a Part 2 program"))
    part2_consent: str = question(missing="", default="", validate_default=True)

    @field_validator("part2_consent")
    @classmethod
    def _with_consent(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("part2") == "yes" and value != "yes":
            raise ValueError(_("Part 2 records may be sent only with the patient’s written consent"))
        return "yes" if value == "yes" and info.data.get("part2") == "yes" else ""
