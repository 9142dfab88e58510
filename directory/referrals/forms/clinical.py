"""The referring clinician's clinical questions, one small group a page (DOMAIN 3.2, 4, 5). Nothing is pre-answered."""

import re
from typing import Any, Literal

from pydantic import ValidationInfo, field_validator

from directory.lib import clock
from directory.referrals.forms import dates
from directory.referrals.forms.clinician import recent_day
from directory.terminology import antidepressants, icd10
from directory.terminology.scales import SCALES, SUICIDE_RISK_LEVELS
from directory.terminology.screening import QUESTIONS
from directory.web.forms import Form, question
from directory.wording.say import _

MOST_DOSE_MG = 3000
MOST_SESSIONS = 999
YesNoUnknown = Literal["YES", "NO", "UNKNOWN"]
YesNoNa = Literal["YES", "NO", "UNKNOWN", "NA"]
_DOSE = re.compile(r"(\d{1,4}(?:\.\d{1,2})?) ?(?:mg)?(?: ?(?:/|per|a) ?(?:d|day))?", re.IGNORECASE)
_BP = re.compile(r"(\d{2,3}) ?(?:/|over| ) ?(\d{2,3})(?: ?mm ?hg)?", re.IGNORECASE)


def _asked(code: str) -> Any:
    words = _("Choose no, yes or not known for “{what}”")
    return question(missing=words.format(what=QUESTIONS.label(code)))


class Risk(Form):
    """The C-SSRS level that the clinician found. High ends the form at once: that is no outpatient request."""

    risk: str = question(missing=_("Choose a level"))
    risk_on: str = question(missing="", default="", max_length=40, validate_default=True)
    safety_plan: Literal["", "YES", "NO", "UNKNOWN"] = question(
        missing=_("Choose whether there is a safety plan"), default="", validate_default=True
    )
    risk_note: str = question(missing="", default="", max_length=500)

    @field_validator("risk")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in SUICIDE_RISK_LEVELS:
            raise ValueError(_("Choose a level"))
        return value

    @field_validator("risk_on", "safety_plan", "risk_note", mode="before")
    @classmethod
    def _nothing_holds_it_up(cls, value: Any, info: ValidationInfo) -> Any:
        return "" if info.data.get("risk") == "HIGH" else value

    @field_validator("risk_on")
    @classmethod
    def _screened(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("risk", "HIGH") in {"HIGH", "NOT_DONE"}:
            return ""
        if not value:
            raise ValueError(_("Enter the day of the screen, like 3/27/2026 or today"))
        return recent_day(value)

    @field_validator("safety_plan")
    @classmethod
    def _planned(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("risk") in {"LOW", "MODERATE"} and not value:
            raise ValueError(_("Choose whether there is a safety plan"))
        return value


class Diagnosis(Form):
    """One to three codes of the subset, with or without the dot. No code for treatment resistance exists."""

    diagnosis: str = question(missing=_("Enter an ICD-10-CM code"), max_length=160)
    episode_start: str = question(missing="", default="", max_length=40)
    diagnosis_2: str = question(missing="", default="", max_length=160)
    diagnosis_3: str = question(missing="", default="", max_length=160)

    @field_validator("diagnosis", "diagnosis_2", "diagnosis_3")
    @classmethod
    def _billable(cls, value: str) -> str:
        return code_of(value) if value else ""

    @field_validator("episode_start")
    @classmethod
    def _began(cls, value: str) -> str:
        return _past(dates.since(value, clock.today())) if value else ""


def code_of(text: str) -> str:
    """The code, undotted, that a picker's line begins with. ValueError in words for headers and unknown codes."""
    typed = text.split(" ", maxsplit=1)[0].strip(",;:")
    found = icd10.find(typed)
    if found is not None and found.billable:
        return found.code
    children, meant = icd10.below(typed), icd10.search(text)
    if children:
        words = _("{code} is a heading, not a code that can be billed. Choose one below it, such as {example}")
        raise ValueError(words.format(code=typed.upper(), example=children[0].display))
    if meant:
        raise ValueError(_("Choose the code that you mean by “{words}”").format(words=text[:60]))
    words = _("{code} is not in the list. Choose a code from the list, such as F33.2")
    raise ValueError(words.format(code=typed[:20]))


def _past(partial: str) -> str:
    if dates.earliest(partial) > clock.today():
        raise ValueError(_("Enter a date in the past"))
    return partial


class Trial(Form):
    """One medicine that was tried. The weeks are counted; whether they suffice is the payer's to say."""

    drug: str = question(missing=_("Enter the medicine"), max_length=120)
    dose: str = question(missing="", default="", max_length=20)
    start: str = question(missing="", default="", max_length=40)
    end: str = question(missing="", default="", max_length=40, validate_default=True)
    outcome: Literal["NO_RESPONSE", "PARTIAL", "INTOLERANT", "RELAPSE", "TOO_EARLY"] = question(
        missing=_("Choose the outcome")
    )
    adherence: Literal["", "GOOD", "POOR", "UNKNOWN"] = question(missing=_("Choose how it was taken"), default="")
    adequate: Literal["", "YES", "NO", "UNKNOWN"] = question(missing=_("Choose yes, no or not known"), default="")
    in_episode: Literal["", "YES", "NO", "UNKNOWN"] = question(missing=_("Choose yes, no or not known"), default="")
    percent: str = question(missing="", default="", max_length=5)
    stopped: str = question(missing="", default="", max_length=160)
    weeks: int | None = question(missing="", default=None, validate_default=True)

    @field_validator("drug")
    @classmethod
    def _generic(cls, value: str) -> str:
        found = antidepressants.find(value)
        return found.name if found else value

    @field_validator("dose")
    @classmethod
    def _in_mg(cls, value: str) -> str:
        found = _DOSE.fullmatch(value) if value else None
        if value and (found is None or not 0 < float(found.group(1)) <= MOST_DOSE_MG):
            raise ValueError(_("Enter the highest daily dose in mg, like 20"))
        return f"{float(found.group(1)):g}" if found else ""

    @field_validator("percent")
    @classmethod
    def _of_a_hundred(cls, value: str) -> str:
        digits = value.removesuffix("%").strip()
        if value and not (digits.isascii() and digits.isdigit() and int(digits) <= 100):
            raise ValueError(_("Enter a whole number from 0 to 100, or leave it empty"))
        return str(int(digits)) if digits else ""

    @field_validator("start")
    @classmethod
    def _began(cls, value: str) -> str:
        return _past(dates.since(value, clock.today())) if value else ""

    @field_validator("end")
    @classmethod
    def _ended(cls, value: str, info: ValidationInfo) -> str:
        if not value:
            return ""
        end = dates.until(value, clock.today())
        if "weeks" not in end and end != dates.NOW:
            start = str(info.data.get("start", ""))
            if _past(end)[: len(start)] < start[: len(end)]:
                raise ValueError(_("The end lies before the start"))
        return end

    @field_validator("weeks", mode="before")
    @classmethod
    def _counted(cls, _value: Any, info: ValidationInfo) -> int | None:
        start, end = str(info.data.get("start", "")), str(info.data.get("end", ""))
        weeks = dates.weeks_between(start, end, clock.today()) if end else None
        return max(weeks, 0) if weeks is not None else None


def _nothing_left(unread: str) -> str:
    if unread:
        raise ValueError(
            _("What stands here could not be read. Write it like the example, or fill in the fields below")
        )
    return ""


class Trials(Form):
    """What was tried, a row each; or said to be nothing."""

    trials: list[Trial] = question(missing="", default=[])
    trials_typed: str = question(missing="", default="", max_length=3000)
    no_trials: Literal["", "yes"] = question(missing="", default="", validate_default=True)

    @field_validator("trials_typed")
    @classmethod
    def _all_read(cls, value: str) -> str:
        return _nothing_left(value)

    @field_validator("no_trials")
    @classmethod
    def _said(cls, value: str, info: ValidationInfo) -> str:
        rows = info.data.get("trials")
        if rows == [] and not value and "trials_typed" in info.data:
            raise ValueError(_("Enter at least one medicine, or say that none was tried"))
        if rows and value:
            raise ValueError(_("You named a medicine: untick this, or empty the rows"))
        return value


class Medicines(Form):
    """What is taken now, and what matters beside esketamine or ketamine. Nothing is written as “none” (DOMAIN 6.1)."""

    medicines: str = question(missing=_("List the medicines, or write “none”"), max_length=1500)
    allergies: str = question(missing=_("Enter the allergies, or write “none”"), max_length=300)
    cns_depressant: YesNoUnknown = _asked("cns_depressant")
    psychostimulant: YesNoUnknown = _asked("psychostimulant")
    maoi: YesNoUnknown = _asked("maoi")
    theophylline: YesNoUnknown = _asked("theophylline")
    thyroid: YesNoUnknown = _asked("thyroid")


class ScaleRow(Form):
    """A total with its day; the items stay with their owners and in the chart."""

    scale: str = question(missing=_("Choose a scale"))
    total: str = question(missing=_("Enter the total"), max_length=4)
    on: str = question(missing=_("Enter the day it was scored, like 3/27/2026 or today"), max_length=40)
    by: Literal["", "CLINICIAN", "PATIENT"] = question(missing=_("Choose who rated it"), default="")

    @field_validator("scale")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in SCALES:
            raise ValueError(_("Choose a scale"))
        return value

    @field_validator("total")
    @classmethod
    def _in_range(cls, value: str, info: ValidationInfo) -> str:
        row = SCALES.find(str(info.data.get("scale", "")))
        if row is None:
            return value
        if not (value.isascii() and value.isdigit()) or not row.accepts(int(value)):
            words = _("Enter a whole number from {lowest} to {highest} for {scale}")
            raise ValueError(words.format(lowest=row.lowest, highest=row.highest, scale=row.label))
        return str(int(value))

    @field_validator("on")
    @classmethod
    def _a_day(cls, value: str) -> str:
        return recent_day(value)


class Scales(Form):
    """Scale totals, a row each; or said to be none."""

    scales: list[ScaleRow] = question(missing="", default=[])
    scales_typed: str = question(missing="", default="", max_length=3000)
    no_scales: Literal["", "yes"] = question(missing="", default="", validate_default=True)

    @field_validator("scales_typed")
    @classmethod
    def _all_read(cls, value: str) -> str:
        return _nothing_left(value)

    @field_validator("no_scales")
    @classmethod
    def _said(cls, value: str, info: ValidationInfo) -> str:
        rows = info.data.get("scales")
        if rows == [] and not value and "scales_typed" in info.data:
            raise ValueError(_("Enter a scale, or say that there is none"))
        if rows and value:
            raise ValueError(_("You entered a scale: untick this, or empty the rows"))
        return value


class Before(Form):
    """What was done before, apart from medicines."""

    had_psychotherapy: YesNoUnknown = _asked("had_psychotherapy")
    had_esketamine: YesNoUnknown = _asked("had_esketamine")
    had_ketamine: YesNoUnknown = _asked("had_ketamine")
    had_ect: YesNoUnknown = _asked("had_ect")
    had_tms: YesNoUnknown = _asked("had_tms")
    had_stimulation: YesNoUnknown = _asked("had_stimulation")
    therapy: str = question(missing="", default="", max_length=120)
    therapy_sessions: str = question(missing="", default="", max_length=10)
    therapy_when: str = question(missing="", default="", max_length=80)
    before_note: str = question(missing="", default="", max_length=500)

    @field_validator("therapy_sessions")
    @classmethod
    def _counted(cls, value: str) -> str:
        if value and not (value.isascii() and value.isdigit() and 0 < int(value) <= MOST_SESSIONS):
            raise ValueError(_("Enter how many sessions as a number, like 12"))
        return str(int(value)) if value else ""


class Screen(Form):
    """The contraindications of the labels; nothing is assumed, a no is said."""

    aneurysm: YesNoUnknown = _asked("aneurysm")
    avm: YesNoUnknown = _asked("avm")
    ich: YesNoUnknown = _asked("ich")
    hypersens: YesNoUnknown = _asked("hypersens")
    bp_hazard: YesNoUnknown = _asked("bp_hazard")


class Precautions(Form):
    """The precautions of the labels and of the consensus papers."""

    cv_recent: YesNoUnknown = _asked("cv_recent")
    psychosis: YesNoUnknown = _asked("psychosis")
    sud: YesNoUnknown = _asked("sud")
    icp_iop: YesNoUnknown = _asked("icp_iop")
    cystitis: YesNoUnknown = _asked("cystitis")
    cognitive: YesNoUnknown = _asked("cognitive")
    resp: YesNoUnknown = _asked("resp")
    nasal: YesNoUnknown = _asked("nasal")


class Body(Form):
    """Blood pressure, pregnancy and the liver."""

    bp: str = question(missing="", default="", max_length=20)
    bp_on: str = question(missing="", default="", max_length=40, validate_default=True)
    pregnant: YesNoNa = question(missing=_("Choose an answer for pregnancy"))
    lactation: YesNoNa = question(missing=_("Choose an answer for breastfeeding"))
    hepatic: Literal["NONE", "MILD", "MODERATE", "SEVERE", "UNKNOWN"] = question(
        missing=_("Choose an answer for liver disease")
    )

    @field_validator("bp")
    @classmethod
    def _two_numbers(cls, value: str) -> str:
        if not value:
            return ""
        found = _BP.fullmatch(value)
        upper, lower = (int(found.group(1)), int(found.group(2))) if found else (0, 0)
        if not (60 <= upper <= 280 and 30 <= lower <= 180 and lower < upper):
            raise ValueError(_("Enter the blood pressure as two numbers, like 128/82"))
        return f"{upper}/{lower}"

    @field_validator("bp_on")
    @classmethod
    def _measured(cls, value: str, info: ValidationInfo) -> str:
        if not info.data.get("bp"):
            return ""
        if not value:
            raise ValueError(_("Enter the day it was measured, like 3/27/2026 or today"))
        return recent_day(value)
