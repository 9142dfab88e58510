"""What people of the house press and type, and what visitors type who report a mistake."""

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import field_validator

from directory.accounts.queries import normal_mailbox
from directory.moderation.reasons import PAUSE_REASONS, REPORT_REASONS
from directory.terminology.licences import LICENCE_STATUSES
from directory.terminology.proofs import METHODS, Method
from directory.terminology.rems import REMS_METHODS, RemsMethod, RemsSetting
from directory.web.forms import Form, question
from directory.wording.say import _

MOST = 2000


class Decide(Form):
    """A decision about an item. Which of the rest is needed, the kind says."""

    choice: str = question(missing=_("Choose what you decide"))
    words: str = question(missing="", default="", max_length=MOST)
    method: Method | None = question(missing="", default=None)
    rems_method: RemsMethod | None = question(missing="", default=None)
    exclusions_clear: bool = question(missing="", default=False)
    licence_status: str = question(missing="", default="", max_length=20)
    expires_on: dt.date | None = question(missing="", default=None)
    source: str = question(missing="", default="", max_length=300)

    @field_validator("exclusions_clear", mode="before")
    @classmethod
    def _ticked(cls, value: object) -> bool:
        return value == "yes" or value is True

    @field_validator("expires_on", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        try:
            return dt.date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            raise ValueError(_("Enter a day, such as 2027-06-30")) from None


class CheckRems(Form):
    """What was learned of a site's REMS certificate, and how."""

    setting: RemsSetting = question(missing=_("Choose what the certificate says"))
    method: RemsMethod = question(missing=_("Choose how it was confirmed"))
    source: str = question(missing=_("Say where you saw it, or whom you called"), max_length=300)

    @field_validator("method")
    @classmethod
    def _not_their_word(cls, value: RemsMethod) -> RemsMethod:
        if not REMS_METHODS[value].independent:
            raise ValueError(_("The clinic’s own word is no proof of the certificate"))
        return value


class CheckLicence(Form):
    """What its issuer says of one licence, and where that was seen."""

    licence: UUID = question(missing=_("Choose the license"))
    status: str = question(missing=_("Choose a status"))
    expires_on: dt.date | None = question(missing=_("Enter a day, such as 2027-06-30"), default=None)
    method: Method = question(missing=_("Choose how you saw it"))
    source: str = question(missing=_("Say where you saw it, or whom you called"), max_length=300)

    @field_validator("status")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in LICENCE_STATUSES:
            raise ValueError(_("Choose a status"))
        return value

    @field_validator("method")
    @classmethod
    def _ours(cls, value: Method) -> Method:
        return _independent(value)


class CheckPoint(Form):
    """What was found of one line of the supervision card."""

    holds: Literal["yes", "no"] = question(missing=_("Say whether it holds"))
    method: Method = question(missing=_("Choose how you saw it"))
    source: str = question(missing=_("Say where you saw it, or whom you called"), max_length=300)
    note: str = question(missing="", default="", max_length=300)

    @field_validator("method")
    @classmethod
    def _ours(cls, value: Method) -> Method:
        return _independent(value)


def _independent(value: Method) -> Method:
    if not METHODS[value].independent:
        raise ValueError(_("The clinic’s own word is no check of ours"))
    return value


class Pause(Form):
    """Why a listing is paused, and the words for the clinic."""

    reason: str = question(missing=_("Choose why"))
    words: str = question(missing=_("Say why, for the clinic"), max_length=MOST)

    @field_validator("reason")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in PAUSE_REASONS:
            raise ValueError(_("Choose why"))
        return value


class Words(Form):
    """Words for whoever is concerned."""

    words: str = question(missing=_("Say why, for the clinic"), max_length=MOST)


class ReportForm(Form):
    """A mistake on a clinic's page."""

    reason: str = question(missing=_("Choose what is wrong"))
    words: str = question(missing="", default="", max_length=1000)
    mailbox: str = question(missing="", default="", max_length=254)

    @field_validator("reason")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in REPORT_REASONS:
            raise ValueError(_("Choose what is wrong"))
        return value

    @field_validator("mailbox")
    @classmethod
    def _one(cls, typed: str) -> str:
        if typed and normal_mailbox(typed) is None:
            raise ValueError(_("Enter an email address, such as name@example.org, or leave this empty"))
        return typed
