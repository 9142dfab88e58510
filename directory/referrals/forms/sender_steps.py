"""What the sender types on the page of a request that was sent: one small form a page."""

import datetime as dt
from typing import Any, Literal

from pydantic import ValidationInfo, field_validator

from directory.lib import clock
from directory.referrals.forms.fields import day
from directory.referrals.forms.patient import Reach, YesNo
from directory.web.forms import Form, question
from directory.wording import say
from directory.wording.say import _

WORDS_LENGTH = 600


class SenderStep(Form):
    """Base: the number of steps that the sender had seen when the form was filled in."""

    version: int = question(missing=_("Load the page again"))


class Reply(SenderStep):
    """The answer to the clinic's question."""

    reply: str = question(missing=_("Write your answer"), max_length=WORDS_LENGTH)


class HeardByPhone(SenderStep):
    """What the clinic said by phone: yes or no, who spoke with whom, when."""

    answer: Literal["yes", "no"] = question(missing=_("Say what the clinic’s answer was"))
    spoke_with: str = question(missing=_("Say who spoke with whom"), max_length=160)
    spoken_month: str = question(missing="", default="", max_length=2)
    spoken_day: str = question(missing="", default="", max_length=2)
    spoken_year: str = question(missing="", default="", max_length=4)
    spoken: dt.date | None = question(missing="", default=None, validate_default=True)
    what: str = question(missing=_("Write what was said"), max_length=WORDS_LENGTH)

    @field_validator("spoken", mode="before")
    @classmethod
    def _lately(cls, _value: Any, info: ValidationInfo) -> dt.date:
        found = day(*(str(info.data.get(f"spoken_{part}", "")) for part in ("month", "day", "year")))
        today = clock.today()
        if found is None or not today - dt.timedelta(days=90) <= found <= today + dt.timedelta(days=1):
            raise ValueError(_("Enter the day of the call, within the last three months"))
        return found

    @property
    def phone(self) -> str:
        """The call in one sentence."""
        assert self.spoken is not None, "its validator gives a day or refuses"
        return _("{who}, on {day}: {what}").format(who=self.spoke_with, day=say.day(self.spoken), what=self.what)


class Contact(SenderStep, Reach):
    """How contact is safe, said anew."""


class PatientContact(Contact):
    """The same of the patient whom a clinician referred, who can also have no more mail from us."""

    mail: YesNo = question(missing=_("Choose whether we may write to you"))


class Mistake(SenderStep):
    """It was sent for the wrong patient."""

    sure: Literal["yes"] = question(missing=_("Say that it was sent by mistake"))


class Withdraw(SenderStep):
    """Nothing is typed to take it back."""


class Keep(Form):
    """Nothing is typed to be offered an account."""


class Delete(Form):
    """Everything about the request is to be forgotten."""

    sure: Literal["yes"] = question(missing=_("Say that everything is to be deleted"))
