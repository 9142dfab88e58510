"""The patient's questions, one small group a page: no scales, no attachments, no code of a diagnosis (DOMAIN 6.1)."""

from typing import Literal

from pydantic import field_validator

from directory.referrals.answers import NOT_SAID, NOT_SURE
from directory.referrals.forms.fields import Mailbox, Phone, Zip
from directory.terminology.accessibility import ACCESSIBILITY
from directory.terminology.conditions import CONDITIONS
from directory.terminology.languages import LANGUAGES
from directory.terminology.payers import PAYERS
from directory.terminology.treatments import LISTABLE
from directory.web.forms import Form, question
from directory.wording.say import _

NOTE_LENGTH = 500

YesNo = Literal["yes", "no"]


class Begin(Form):
    """Before anything is asked: what is agreed to, each by itself (RCW 19.373.030 asks for two consents)."""

    agree_collect: Literal["yes"] = question(missing=_("Say whether we may keep what you type, to pass it on"))
    agree_share: Literal["yes"] = question(missing=_("Say whether we may share it with this clinic"))


class Danger(Form):
    """Asked first, stored nowhere."""

    danger: YesNo = question(missing=_("Choose yes or no"))


class ForWhom(Form):
    """For oneself or for another."""

    for_whom: Literal["self", "other"] = question(missing=_("Choose who the request is for"))


class Helper(Form):
    """Somebody who asks for another. No free text about that person's health is taken from them (DOMAIN 6.7)."""

    helper_name: str = question(missing=_("Enter your name"), max_length=120)
    relationship: Literal["partner", "parent", "child", "relative", "friend", "carer", "other"] = question(
        missing=_("Choose how you know them")
    )
    they_agree: Literal["yes"] = question(missing=_("We can only send this when they know of it and agree"))


class Adult(Form):
    """The directory is for adults; a date of birth is not asked for."""

    adult: YesNo = question(missing=_("Choose yes or no"))


class Name(Form):
    """What the clinic calls the patient."""

    patient_name: str = question(missing=_("Enter a name"), max_length=120)


class Contact(Form):
    """At least one way to be reached, and which is best."""

    phone: Phone = question(missing="", default="", max_length=40)
    email: Mailbox = question(missing="", default="", max_length=254, validate_default=True)
    prefers: Literal["call", "text", "email"] = question(missing=_("Choose the best way"))

    @field_validator("email")
    @classmethod
    def _one_of_both(cls, value: str, info: object) -> str:
        data = getattr(info, "data", {})
        if not value and "phone" in data and not data["phone"]:
            raise ValueError(_("Enter a phone number or an email address"))
        return value

    @field_validator("prefers")
    @classmethod
    def _is_there(cls, value: str, info: object) -> str:
        data = getattr(info, "data", {})
        if value == "email" and data.get("email") == "":
            raise ValueError(_("You chose email: enter an email address, or choose another way"))
        if value in {"call", "text"} and data.get("phone") == "":
            raise ValueError(_("You chose the phone: enter a phone number, or choose another way"))
        return value


class Reach(Form):
    """How contact is safe: who else may hear a message, or read it."""

    voicemail: YesNo = question(missing=_("Choose whether a voicemail is OK"))
    through: str = question(missing="", default="", max_length=120)
    reach_note: str = question(missing="", default="", max_length=200)


class Where(Form):
    """Where the patient lives, as far as a clinic needs it."""

    zip5: Zip = question(missing=_("Enter your ZIP code"))


class About(Form):
    """What it is about, in plain words, or not at all."""

    condition: str = question(missing=_("Choose one, or “I would rather not say”"))

    @field_validator("condition")
    @classmethod
    def _known(cls, value: str) -> str:
        if value != NOT_SAID and value not in CONDITIONS:
            raise ValueError(_("Choose one, or “I would rather not say”"))
        return value


class Treatment(Form):
    """What the patient would like to ask about. What the clinic does not give is refused by the page."""

    treatment: str = question(missing=_("Choose one, or “I am not sure”"))

    @field_validator("treatment")
    @classmethod
    def _known(cls, value: str) -> str:
        if value != NOT_SURE and value not in LISTABLE:
            raise ValueError(_("Choose one, or “I am not sure”"))
        return value


class Insurance(Form):
    """The kind of insurance; the plan's name if it is known."""

    payer: str = question(missing=_("Choose a kind of insurance, or “I would rather not say”"))
    plan: str = question(missing="", default="", max_length=80)

    @field_validator("payer")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in {NOT_SAID, NOT_SURE} and value not in PAYERS:
            raise ValueError(_("Choose a kind of insurance, or “I would rather not say”"))
        return value


class Needs(Form):
    """What the clinic should prepare for."""

    language: str = question(missing=_("Choose a language"))
    accessibility: list[str] = question(missing="", default=[])
    ride: Literal["yes", "no", "not_sure"] = question(missing=_("Choose whether someone can take you home"))

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


class Note(Form):
    """A few words, if the patient wants to."""

    note: str = question(missing="", default="", max_length=NOTE_LENGTH)
