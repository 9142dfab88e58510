"""What people of ours type about proofs."""

from pydantic import field_validator

from directory.terminology.proofs import FACT_GROUPS
from directory.web.forms import Form, question
from directory.wording.say import _


class Document(Form):
    """A document to be kept as proof; the file itself is looked at apart."""

    group: str = question(missing=_("Choose what it proves"))
    title: str = question(missing=_("Say what it is"), max_length=120)

    @field_validator("group")
    @classmethod
    def _is_known(cls, group: str) -> str:
        if group not in FACT_GROUPS:
            raise ValueError(_("Choose what it proves"))
        return group
