"""Who pays: Plan-Net insurance product types, plus paying oneself.

Codes and displays are HL7 Da Vinci Plan-Net InsuranceProductTypeCS 1.1.0; `selfpay` is ours. A plan's own name is free
text kept beside the code.
"""

from dataclasses import dataclass

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """`label` is Plan-Net's display; `plain` a patient's words; `group` the heading it stands under in a filter."""

    code: str
    label: str
    plain: str
    group: str


COMMERCIAL, MEDICAID, MEDICARE = _("Commercial insurance"), "Medicaid", "Medicare"
MILITARY_AND_PUBLIC, MARKETPLACE, SELF = _("Military and public"), _("Marketplace"), _("Paying yourself")

PAYERS: CodeList[Payer] = CodeList(
    "payers",
    (
        Payer(code="commppo", label=_("Commercial PPO"), plain=_("Commercial insurance (PPO)"), group=COMMERCIAL),
        Payer(code="commhmo", label=_("Commercial HMO"), plain=_("Commercial insurance (HMO)"), group=COMMERCIAL),
        Payer(code="commepo", label=_("Commercial EPO"), plain=_("Commercial insurance (EPO)"), group=COMMERCIAL),
        Payer(code="commpos", label=_("Commercial POS"), plain=_("Commercial insurance (POS)"), group=COMMERCIAL),
        Payer(
            code="commhdhp",
            label=_("Commercial HDHP"),
            plain=_("High-deductible commercial insurance"),
            group=COMMERCIAL,
        ),
        Payer(
            code="qhp",
            label=_("Qualified Health Plan"),
            plain=_("Health insurance marketplace plan"),
            group=MARKETPLACE,
        ),
        Payer(code="medi", label=_("Medicaid"), plain=_("Medicaid"), group=MEDICAID),
        Payer(code="medihmo", label=_("Medicaid HMO"), plain=_("Medicaid managed care (HMO)"), group=MEDICAID),
        Payer(code="medib", label=_("Medicare Part B"), plain=_("Medicare Part B"), group=MEDICARE),
        Payer(code="mediab", label=_("Medicare A/B"), plain=_("Original Medicare (Parts A and B)"), group=MEDICARE),
        Payer(code="media", label=_("Medicare Part A"), plain=_("Medicare Part A (hospital)"), group=MEDICARE),
        Payer(code="medid", label=_("Medicare Part D"), plain=_("Medicare Part D (medicines)"), group=MEDICARE),
        Payer(code="mediadv", label=_("Medicare Advantage"), plain=_("Medicare Advantage"), group=MEDICARE),
        Payer(
            code="mediadvhmo", label=_("Medicare Advantage HMO"), plain=_("Medicare Advantage (HMO)"), group=MEDICARE
        ),
        Payer(code="tri", label=_("TRICARE"), plain=_("TRICARE"), group=MILITARY_AND_PUBLIC),
        Payer(
            code="va", label=_("Veterans Administration"), plain=_("Veterans Affairs (VA)"), group=MILITARY_AND_PUBLIC
        ),
        Payer(
            code="ihs", label=_("Indian Health Service"), plain=_("Indian Health Service"), group=MILITARY_AND_PUBLIC
        ),
        Payer(
            code="fep",
            label=_("Federal Employee Program"),
            plain=_("Federal employees' insurance"),
            group=MILITARY_AND_PUBLIC,
        ),
        Payer(code="selfpay", label=_("Self-pay"), plain=_("Paying yourself"), group=SELF),
    ),
)

SELF_PAY = "selfpay"
GROUPS: tuple[str, ...] = tuple(dict.fromkeys(row.group for row in PAYERS))
