"""Who pays: Plan-Net insurance product types, plus paying oneself.

Codes and displays are HL7 Da Vinci Plan-Net InsuranceProductTypeCS 1.1.0; `selfpay` is ours. A plan's own name is free
text kept beside the code.
"""

from dataclasses import dataclass

from directory.terminology.code_list import CodeList


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """`label` is Plan-Net's display; `plain` a patient's words; `group` the heading it stands under in a filter."""

    code: str
    label: str
    plain: str
    group: str


COMMERCIAL, MEDICAID, MEDICARE = "Commercial insurance", "Medicaid", "Medicare"
MILITARY_AND_PUBLIC, MARKETPLACE, SELF = "Military and public", "Marketplace", "Paying yourself"

PAYERS: CodeList[Payer] = CodeList(
    "payers",
    (
        Payer(code="commppo", label="Commercial PPO", plain="Commercial insurance (PPO)", group=COMMERCIAL),
        Payer(code="commhmo", label="Commercial HMO", plain="Commercial insurance (HMO)", group=COMMERCIAL),
        Payer(code="commepo", label="Commercial EPO", plain="Commercial insurance (EPO)", group=COMMERCIAL),
        Payer(code="commpos", label="Commercial POS", plain="Commercial insurance (POS)", group=COMMERCIAL),
        Payer(code="commhdhp", label="Commercial HDHP", plain="High-deductible commercial insurance", group=COMMERCIAL),
        Payer(code="qhp", label="Qualified Health Plan", plain="Health insurance marketplace plan", group=MARKETPLACE),
        Payer(code="medi", label="Medicaid", plain="Medicaid", group=MEDICAID),
        Payer(code="medihmo", label="Medicaid HMO", plain="Medicaid managed care (HMO)", group=MEDICAID),
        Payer(code="medib", label="Medicare Part B", plain="Medicare Part B", group=MEDICARE),
        Payer(code="mediab", label="Medicare A/B", plain="Original Medicare (Parts A and B)", group=MEDICARE),
        Payer(code="media", label="Medicare Part A", plain="Medicare Part A (hospital)", group=MEDICARE),
        Payer(code="medid", label="Medicare Part D", plain="Medicare Part D (medicines)", group=MEDICARE),
        Payer(code="mediadv", label="Medicare Advantage", plain="Medicare Advantage", group=MEDICARE),
        Payer(code="mediadvhmo", label="Medicare Advantage HMO", plain="Medicare Advantage (HMO)", group=MEDICARE),
        Payer(code="tri", label="TRICARE", plain="TRICARE", group=MILITARY_AND_PUBLIC),
        Payer(code="va", label="Veterans Administration", plain="Veterans Affairs (VA)", group=MILITARY_AND_PUBLIC),
        Payer(code="ihs", label="Indian Health Service", plain="Indian Health Service", group=MILITARY_AND_PUBLIC),
        Payer(
            code="fep",
            label="Federal Employee Program",
            plain="Federal employees' insurance",
            group=MILITARY_AND_PUBLIC,
        ),
        Payer(code="selfpay", label="Self-pay", plain="Paying yourself", group=SELF),
    ),
)

SELF_PAY = "selfpay"
GROUPS: tuple[str, ...] = tuple(dict.fromkeys(row.group for row in PAYERS))
