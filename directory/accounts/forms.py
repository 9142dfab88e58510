"""What people type to sign in and to look after their account."""

from pydantic import field_validator

from directory.accounts.queries import normal_mailbox
from directory.web.forms import Form, question
from directory.wording.say import _


class _WithMailbox(Form):
    mailbox: str = question(missing=_("Enter your email address"), max_length=254)

    @field_validator("mailbox")
    @classmethod
    def _one(cls, typed: str) -> str:
        mailbox = normal_mailbox(typed)
        if mailbox is None:
            raise ValueError(_("Enter an email address, such as name@example.org"))
        return mailbox


class AskForLink(_WithMailbox):
    """Where the link goes, and the page that was wanted."""

    next: str = question(missing="", default="", max_length=200)


class NewMailbox(_WithMailbox):
    """The mailbox that is to count from now on."""


class Code(Form):
    """A code from an app or a mail."""

    code: str = question(missing=_("Enter the code"), max_length=40)


class FactorCode(Code):
    """A code of an app, or with `recovery` one of the ten; `next` is the page that was wanted."""

    recovery: str = ""
    next: str = question(missing="", default="", max_length=200)


class PasskeyAnswer(Form):
    """What the browser's authenticator answered, as JSON, and the page that was wanted."""

    answer: str = question(missing=_("Nothing came from your device. Try again"), max_length=20_000)
    name: str = question(missing="", default="", max_length=60)
    next: str = question(missing="", default="", max_length=200)


class Name(Form):
    """What something or somebody is called."""

    name: str = question(missing=_("Enter a name"), max_length=60)


class Reason(Form):
    """Why an operator must look at requests."""

    reason: str = question(missing=_("Say in a sentence why you must look at requests"), min_length=20, max_length=500)
