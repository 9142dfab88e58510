"""What the clinic types when it answers, and the sender when it looks for its request."""

from pydantic import ValidationInfo, field_validator

from directory.referrals.forms.fields import Mailbox
from directory.terminology.decline_reasons import DECLINE_REASONS
from directory.web.forms import Form, question
from directory.wording.say import _

WORDS_LENGTH = 600


class Code(Form):
    """The six digits that were mailed."""

    code: str = question(missing=_("Enter the six digits from the mail"), max_length=20)


class Accept(Form):
    """The clinic says yes, with words for the patient if it likes."""

    version: int = question(missing=_("Load the page again"))
    words: str = question(missing="", default="", max_length=WORDS_LENGTH)


class Decline(Form):
    """The clinic says no: a reason, a private comment that stays sealed, words for the patient."""

    version: int = question(missing=_("Load the page again"))
    reason: str = question(missing=_("Choose a reason"))
    comment: str = question(missing="", default="", max_length=WORDS_LENGTH, validate_default=True)
    words: str = question(missing="", default="", max_length=WORDS_LENGTH)

    @field_validator("reason")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in DECLINE_REASONS:
            raise ValueError(_("Choose a reason"))
        return value

    @field_validator("comment")
    @classmethod
    def _needed(cls, value: str, info: ValidationInfo) -> str:
        reason = DECLINE_REASONS.find(info.data.get("reason", ""))
        if reason is not None and reason.needs_comment and not value:
            raise ValueError(_("Write a few words on this reason"))
        return value


class Lookup(Form):
    """A request is found by its reference together with the mailbox it was sent from."""

    reference: str = question(missing=_("Enter the reference of your request, like R-7F3K-92"), max_length=40)
    mailbox: Mailbox = question(missing=_("Enter the email address you gave"), max_length=254)


class ByReference(Form):
    """Which request an operator must look at in an emergency."""

    reference: str = question(missing=_("Enter the reference, such as R-7F3K-92"), max_length=20)
