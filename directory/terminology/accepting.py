"""Whether a clinic takes new patients: the four Plan-Net AcceptingPatientsCS codes."""

from dataclasses import dataclass

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
            label="Accepting new patients",
            plain="Accepting new patients",
            takes_new=True,
            colour="good",
        ),
        Accepting(
            code="existptfam",
            label="Existing patients and their families",
            plain="Only people already seen there, and their families",
            takes_new=False,
            colour="wait",
        ),
        Accepting(
            code="existptonly",
            label="Existing patients only",
            plain="Only people already seen there",
            takes_new=False,
            colour="wait",
        ),
        Accepting(
            code="nopt",
            label="Not accepting patients",
            plain="Not accepting patients now",
            takes_new=False,
            colour="stop",
        ),
    ),
)

NOT_CONFIRMED_LABEL = "Accepting patients: not confirmed"
