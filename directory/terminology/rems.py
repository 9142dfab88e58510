"""The Spravato REMS (FDA REMS 386): how a site is certified, and how that was learned. It is per physical site."""

from dataclasses import dataclass
from enum import StrEnum

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList


class RemsSetting(StrEnum):
    """Codes of a site's certification."""

    OUTPATIENT_CERTIFIED = "OUTPATIENT_CERTIFIED"
    INPATIENT_CERTIFIED = "INPATIENT_CERTIFIED"
    NOT_CERTIFIED = "NOT_CERTIFIED"
    UNKNOWN = "UNKNOWN"


class RemsMethod(StrEnum):
    """How the certification was learned of; a site's own word is no proof."""

    FIND_A_CENTER = "FIND_A_CENTER"
    REMS_PHONE = "REMS_PHONE"
    CONFIRMATION_EMAIL_UPLOAD = "CONFIRMATION_EMAIL_UPLOAD"
    SELF_ATTESTED = "SELF_ATTESTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemsSettingRow:
    """`certified`: Spravato may be given there."""

    code: str
    label: str
    certified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RemsMethodRow:
    """`independent`: somebody other than the site said so."""

    code: str
    label: str
    independent: bool


REMS_SETTINGS: CodeList[RemsSettingRow] = CodeList(
    "REMS settings",
    (
        RemsSettingRow(
            code=RemsSetting.OUTPATIENT_CERTIFIED, label=_("REMS-certified outpatient setting"), certified=True
        ),
        RemsSettingRow(
            code=RemsSetting.INPATIENT_CERTIFIED, label=_("REMS-certified inpatient setting"), certified=True
        ),
        RemsSettingRow(code=RemsSetting.NOT_CERTIFIED, label=_("Not REMS-certified"), certified=False),
        RemsSettingRow(code=RemsSetting.UNKNOWN, label=_("REMS certification not known"), certified=False),
    ),
)

REMS_METHODS: CodeList[RemsMethodRow] = CodeList(
    "REMS verification methods",
    (
        RemsMethodRow(
            code=RemsMethod.FIND_A_CENTER, label=_("found in the manufacturer's list of centers"), independent=True
        ),
        RemsMethodRow(code=RemsMethod.REMS_PHONE, label=_("confirmed by the REMS program by phone"), independent=True),
        RemsMethodRow(
            code=RemsMethod.CONFIRMATION_EMAIL_UPLOAD,
            label=_("seen in the REMS program's confirmation"),
            independent=True,
        ),
        RemsMethodRow(code=RemsMethod.SELF_ATTESTED, label=_("said by the clinic"), independent=False),
    ),
)
