"""Whether a clinic takes new patients: the four Plan-Net AcceptingPatientsCS codes."""

from dataclasses import dataclass

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepting:
    """`takes_new` is what the filter asks; `colour` is a colour role of the design."""

    code: str
    label: str
    plain: str
    takes_new: bool
    colour: str


ACCEPTING: CodeList[Accepting] = CodeList(
    "accepting patients",
    (
        Accepting(
            code="newpt",
            label=_("Accepting new patients"),
            plain=_("Accepting new patients"),
            takes_new=True,
            colour="good",
        ),
        Accepting(
            code="existptfam",
            label=_("Existing patients and their families"),
            plain=_("Only people already seen there, and their families"),
            takes_new=False,
            colour="wait",
        ),
        Accepting(
            code="existptonly",
            label=_("Existing patients only"),
            plain=_("Only people already seen there"),
            takes_new=False,
            colour="wait",
        ),
        Accepting(
            code="nopt",
            label=_("Not accepting patients"),
            plain=_("Not accepting patients now"),
            takes_new=False,
            colour="stop",
        ),
    ),
)

NOT_CONFIRMED_LABEL = _("Accepting patients: not confirmed")
