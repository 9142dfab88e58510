"""The referring clinician's questions about who refers, whom, what for, who pays, on what ground (DOMAIN 5.1, 6.1)."""

import datetime as dt
from typing import Any, Literal

from pydantic import ValidationInfo, field_validator

from directory.lib import clock
from directory.referrals.answers import NOT_SAID, NOT_SURE
from directory.referrals.forms import dates
from directory.referrals.forms.fields import Mailbox, Phone, Zip
from directory.referrals.forms.patient import YesNo
from directory.terminology.accessibility import ACCESSIBILITY
from directory.terminology.identifiers import is_npi
from directory.terminology.languages import LANGUAGES
from directory.terminology.payers import PAYERS
from directory.terminology.treatments import LISTABLE
from directory.web.forms import Form, question
from directory.wording.say import _

QUESTION_LENGTH = 1500
OLDEST_CHECK = dt.timedelta(days=730)


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


class Reply(Form):
    """In which part the sender refers, whether the treatment stays there, and which way answers should come."""

    role: Literal["psychiatrist", "psychiatric_np", "primary_care", "other_prescriber", "therapist", "other"] = (
        question(missing=_("Choose your role"))
    )
    stays: YesNo = question(missing=_("Choose whether you stay the treating clinician"))
    answer_by: Literal["mail", "phone", "fax", "direct"] = question(
        missing=_("Choose how the clinic should answer you")
    )
    sender_fax: Phone = question(missing="", default="", max_length=40, validate_default=True)
    sender_direct: Mailbox = question(missing="", default="", max_length=254, validate_default=True)

    @field_validator("sender_fax")
    @classmethod
    def _fax_is_there(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("answer_by") == "fax" and not value:
            raise ValueError(_("You chose fax: enter a fax number, or choose another way"))
        return value

    @field_validator("sender_direct")
    @classmethod
    def _direct_is_there(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("answer_by") == "direct" and not value:
            raise ValueError(_("You chose Direct: enter a Direct address, or choose another way"))
        return value


class PatientBorn(Form):
    """Whom it is about. The age decides whether it may be sent at all; `born` and `age` come from `birth`."""

    patient_name: str = question(missing=_("Enter the patient’s name"), max_length=120)
    birth: str = question(missing=_("Enter the date of birth, or the age"), max_length=40)
    zip5: Zip = question(missing=_("Enter the patient’s ZIP code"))
    born: str = question(missing="", default="", validate_default=True)
    age: str = question(missing="", default="", validate_default=True)

    @field_validator("birth")
    @classmethod
    def _a_day_or_an_age(cls, value: str) -> str:
        if value.isascii() and value.isdigit() and len(value) <= 3:
            if int(value) > 120:
                raise ValueError(_("Enter an age in years, like 42, or the date of birth"))
            return str(int(value))
        found = dates.day_of(value, clock.today(), short_years=False)
        if not dt.date(1900, 1, 1) <= found <= clock.today():
            raise ValueError(_("Enter a date of birth in the past"))
        return found.isoformat()

    @field_validator("born", mode="before")
    @classmethod
    def _as_a_day(cls, _value: Any, info: ValidationInfo) -> str:
        given = str(info.data.get("birth", ""))
        return given if "-" in given else ""

    @field_validator("age", mode="before")
    @classmethod
    def _as_years(cls, _value: Any, info: ValidationInfo) -> str:
        given = str(info.data.get("birth", ""))
        return "" if "-" in given else given


class PatientContact(Form):
    """How the patient can be reached safely: a phone number or an email address, and who else may hear of it."""

    phone: Phone = question(missing="", default="", max_length=40)
    prefers: Literal["call", "text", "email"] = question(missing=_("Choose the best way"))
    voicemail: YesNo = question(missing=_("Choose whether a voicemail is OK"))
    email: Mailbox = question(missing="", default="", max_length=254, validate_default=True)
    through: str = question(missing="", default="", max_length=120)
    reach_note: str = question(missing="", default="", max_length=200)
    patient_mail: Literal["", "yes"] = question(missing="", default="", validate_default=True)

    @field_validator("patient_mail")
    @classmethod
    def _has_somewhere_to_go(cls, value: str, info: ValidationInfo) -> str:
        if value and info.data.get("email") == "":
            raise ValueError(_("Enter the patient’s email address, or do not tick this"))
        if value and info.data.get("through"):
            raise ValueError(_("Contact goes only through someone else: then do not tick this"))
        return value

    @field_validator("prefers")
    @classmethod
    def _has_a_phone(cls, value: str, info: ValidationInfo) -> str:
        if value in {"call", "text"} and info.data.get("phone") == "":
            raise ValueError(_("You chose the phone: enter a phone number, or choose another way"))
        return value

    @field_validator("email")
    @classmethod
    def _has_a_mailbox(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("prefers") == "email" and not value:
            raise ValueError(_("You chose email: enter an email address, or choose another way"))
        return value


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


class Coverage(Form):
    """Who pays, how far the authorization is, and whether the clinic may ask the insurer."""

    payer: str = question(missing=_("Choose a kind of insurance, or “not known”"))
    pa_status: Literal["NOT_STARTED", "SUBMITTED", "APPROVED", "DENIED", "NOT_NEEDED", "UNKNOWN"] = question(
        missing=_("Choose how far the prior authorization is")
    )
    investigate: YesNo = question(missing=_("Choose whether the clinic may ask the insurer"))
    plan: str = question(missing="", default="", max_length=80)
    member_id: str = question(missing="", default="", max_length=40)

    @field_validator("payer")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in {NOT_SAID, NOT_SURE} and value not in PAYERS:
            raise ValueError(_("Choose a kind of insurance, or “not known”"))
        return value


class Checks(Form):
    """What payers and the REMS ask for beside the history; all of it may be left out."""

    pdmp_on: str = question(missing="", default="", max_length=40)
    uds_on: str = question(missing="", default="", max_length=40)
    rems: Literal["", "YES", "NO", "NA"] = question(missing=_("Choose yes, no or does not apply"), default="")

    @field_validator("pdmp_on", "uds_on")
    @classmethod
    def _a_day(cls, value: str) -> str:
        return recent_day(value) if value else ""


def recent_day(text: str) -> str:
    """A day of the last two years, as ISO 8601. ValueError in words."""
    found = dates.day_of(text, clock.today())
    if not clock.today() - OLDEST_CHECK <= found <= clock.today():
        raise ValueError(_("Enter a day in the last two years"))
    return found.isoformat()


class Practical(Form):
    """What the clinic should prepare for."""

    ride: Literal["yes", "no", "not_sure"] = question(missing=_("Choose whether someone can take the patient home"))
    language: str = question(missing=_("Choose a language"))
    interpreter: Literal["", "yes"] = question(missing="", default="")
    accessibility: list[str] = question(missing="", default=[])

    @field_validator("language")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(_("Choose a language"))
        return value

    @field_validator("accessibility")
    @classmethod
    def _all_known(cls, value: list[str]) -> list[str]:
        return [code for code in ACCESSIBILITY.codes if code in value]


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
