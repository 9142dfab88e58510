"""The clinic's quick update: what may change at once, without review. Words are checked by the claims lint."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from directory.listings.rules import LONGEST_NAME, LONGEST_WAIT_DAYS
from directory.terminology.accepting import ACCEPTING
from directory.web.forms import Form, question
from directory.wording.claims import find_claims
from directory.wording.say import _


def _known(code: str) -> str:
    if code not in ACCEPTING:
        raise ValueError(_("Choose whether you accept new patients"))
    return code


def _honest(text: str) -> str:
    claims = find_claims(text)
    if claims:
        raise ValueError(f"“{claims[0].words}”: {claims[0].why}")
    return text


def _whole(value: object) -> object:
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError(_("Enter a number of days, such as 14"))
    return value


AcceptingCode = Annotated[str, AfterValidator(_known)]
OwnWords = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_honest)]
WaitDays = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=LONGEST_WAIT_DAYS)]


class QuickUpdateForm(Form):
    """Accepting, wait, requests on or off. `version` is what the page showed; a later one is a conflict."""

    version: int = question(missing=_("Open the page again"))
    accepting_patients: AcceptingCode = question(missing=_("Choose whether you accept new patients"))
    wait_days: WaitDays | None = question(missing=_("Enter a number of days up to 730"), default=None)
    next_intake_on: dt.date | None = question(missing=_("Enter a day, such as 2026-05-04"), default=None)
    requests: Literal["on", "off"] = question(missing=_("Choose whether requests can be sent to you"))

    @property
    def referrals_on(self) -> bool:
        """Whether requests can be sent."""
        return self.requests == "on"


class ClosureForm(Form):
    """Days on which the clinic is closed, both ends included."""

    version: int = question(missing=_("Open the page again"))
    starts_on: dt.date = question(missing=_("Enter the first day closed"))
    ends_on: dt.date = question(missing=_("Enter the last day closed"))
    reason: OwnWords = ""

    @model_validator(mode="after")
    def _in_order(self) -> "ClosureForm":
        if self.ends_on < self.starts_on:
            raise ValueError(_("The last day closed cannot be before the first."))
        if (self.ends_on - self.starts_on).days > 366:
            raise ValueError(_("For more than a year, close the listing instead."))
        return self
