"""What people type to be told when a clinic opens near a place."""

from typing import Final

from pydantic import field_validator

from directory.accounts.queries import normal_mailbox
from directory.search.nothing import TELL_ME_RADII, WHOLE_STATE
from directory.terminology.treatments import LISTABLE
from directory.web.forms import Form, question
from directory.wording.say import _

REACHES: Final = (*map(str, TELL_ME_RADII), WHOLE_STATE)


class TellMe(Form):
    """A place, how far from it, a treatment if only one will do, and where to write."""

    near: str = question(missing=_("Type a ZIP code, a town or a state"), max_length=100)
    radius: str = question(missing=_("Choose how far away it may be"))
    treatment: str = question(missing="", default="")
    mailbox: str = question(missing=_("Enter an email address"), max_length=254)

    @field_validator("radius")
    @classmethod
    def _offered(cls, value: str) -> str:
        if value not in REACHES:
            raise ValueError(_("Choose how far away it may be"))
        return value

    @field_validator("treatment")
    @classmethod
    def _listed(cls, value: str) -> str:
        if value and value not in {row.code for row in LISTABLE}:
            raise ValueError(_("Choose a treatment from the list, or any"))
        return value

    @field_validator("mailbox")
    @classmethod
    def _one(cls, typed: str) -> str:
        mailbox = normal_mailbox(typed)
        if mailbox is None:
            raise ValueError(_("Enter an email address, such as name@example.org"))
        return mailbox
