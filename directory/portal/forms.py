"""What the clinic presses in its rooms."""

from typing import Literal
from uuid import UUID

from pydantic import ValidationInfo, field_validator

from directory.accounts.queries import normal_mailbox
from directory.referrals.forms.fields import Mailbox
from directory.web.forms import Form, question
from directory.wording.say import _


class Attest(Form):
    """All still correct, for the version that was on the page."""

    version: int = question(missing=_("Open the page again"))


class InTeam(Form):
    """Whose team a press is about."""

    organization_id: UUID = question(missing=_("Open the page again"))


class TeamRole(InTeam):
    """Another role for somebody on the team."""

    role: Literal["owner", "editor", "intake"] = question(missing=_("Choose a role"))


class Invite(TeamRole):
    """A role for whoever reads a mailbox."""

    mailbox: str = question(missing=_("Enter an email address"), max_length=254)

    @field_validator("mailbox")
    @classmethod
    def _one(cls, typed: str) -> str:
        mailbox = normal_mailbox(typed)
        if mailbox is None:
            raise ValueError(_("Enter an email address, such as name@example.org"))
        return mailbox


class ClaimForm(Form):
    """Who claims a listing: a mailbox, and the word that one may speak for the clinic."""

    mailbox: Mailbox = question(missing=_("Enter your email address"))
    may_speak: Literal["yes"] = question(missing=_("Tick the box if you may speak for this clinic"))


class ProofCode(Form):
    """A code that was read out or posted, and for which way it is."""

    kind: str = question(missing=_("Open the page again"))
    code: str = question(missing=_("Enter the six digits"), max_length=40)


class Proof(Form):
    """A document as proof; the file itself is looked at apart."""

    kind: Literal["licences", "rems", "supervision", "other"] = question(missing=_("Choose what it proves"))
    about: str = question(missing="", default="", validate_default=True)
    title: str = question(missing=_("Say what it is"), max_length=120)

    @field_validator("about")
    @classmethod
    def _one_of_them(cls, typed: str, info: ValidationInfo) -> str:
        if info.data.get("kind") == "licences" and not typed:
            raise ValueError(_("Choose whose license it is"))
        try:
            return str(UUID(typed)) if typed else ""
        except ValueError:
            raise ValueError(_("Choose whom it is about")) from None
