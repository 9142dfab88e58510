"""Licence statuses as state boards report them, and their Plan-Net qualification status."""

from dataclasses import dataclass

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceStatus:
    """`unrestricted`: good enough for the publish gate (S1). `plan_net` is the derived FHIR code."""

    code: str
    label: str
    unrestricted: bool
    plan_net: str


LICENCE_STATUSES: CodeList[LicenceStatus] = CodeList(
    "licence statuses",
    (
        LicenceStatus(code="ACTIVE", label=_("Active"), unrestricted=True, plan_net="active"),
        LicenceStatus(
            code="ACTIVE_RESTRICTED", label=_("Active with restrictions"), unrestricted=False, plan_net="active"
        ),
        LicenceStatus(code="PROBATION", label=_("On probation"), unrestricted=False, plan_net="active"),
        LicenceStatus(code="EXPIRED", label=_("Expired"), unrestricted=False, plan_net="inactive"),
        LicenceStatus(code="LAPSED", label=_("Lapsed"), unrestricted=False, plan_net="inactive"),
        LicenceStatus(code="SUSPENDED", label=_("Suspended"), unrestricted=False, plan_net="revoked"),
        LicenceStatus(code="REVOKED", label=_("Revoked"), unrestricted=False, plan_net="revoked"),
        LicenceStatus(code="SURRENDERED", label=_("Surrendered"), unrestricted=False, plan_net="revoked"),
        LicenceStatus(code="RETIRED", label=_("Retired"), unrestricted=False, plan_net="inactive"),
        LicenceStatus(code="INACTIVE", label=_("Inactive"), unrestricted=False, plan_net="inactive"),
        LicenceStatus(code="UNKNOWN", label=_("Not known"), unrestricted=False, plan_net="unknown"),
    ),
)

_BOARD_WORDS = {row.label.casefold(): row.code for row in LICENCE_STATUSES} | {
    row.code.casefold(): row.code for row in LICENCE_STATUSES
}


def status_from_board(word: str) -> LicenceStatus:
    """A board's word as our status. Whatever is not known word for word is UNKNOWN and goes to a person.

    "Telemedicine Active" is such a word: it is no licence to give anything on the premises.
    """
    return LICENCE_STATUSES[_BOARD_WORDS.get(" ".join(word.split()).casefold(), "UNKNOWN")]
