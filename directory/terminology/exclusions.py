"""What a check against the OIG exclusion list (LEIE) can say. An entry here is never shown to the public."""

from dataclasses import dataclass
from enum import StrEnum

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList


class Exclusion(StrEnum):
    """Codes of the outcome. Only about a tenth of the list's rows carry an NPI, so names are compared too."""

    NOT_CHECKED = "NOT_CHECKED"
    NO_MATCH = "NO_MATCH"
    NPI_MATCH = "NPI_MATCH"
    NAME_DOB_MATCH = "NAME_DOB_MATCH"
    NAME_STATE_POSSIBLE = "NAME_STATE_POSSIBLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionRow:
    """`clear`: does not keep a listing from the public."""

    code: str
    label: str
    clear: bool = False


EXCLUSIONS: CodeList[ExclusionRow] = CodeList(
    "exclusion outcomes",
    (
        ExclusionRow(code=Exclusion.NOT_CHECKED, label=_("Not checked yet")),
        ExclusionRow(code=Exclusion.NO_MATCH, label=_("Not on the list"), clear=True),
        ExclusionRow(code=Exclusion.NPI_MATCH, label=_("On the list by NPI")),
        ExclusionRow(code=Exclusion.NAME_DOB_MATCH, label=_("On the list by name and date of birth")),
        ExclusionRow(code=Exclusion.NAME_STATE_POSSIBLE, label=_("A similar name in that state: a person must look")),
    ),
)
