"""Versions of what people are shown before anything is collected; each request keeps those it was sent under.

Whoever changes a text gives it a new version: a test compares the texts with the digests of their versions.
"""

from dataclasses import dataclass

from directory.referrals.models import DraftKind

NOTICE = "2026-11-23.4"
"""The consumer-health-data notice, templates/referrals/notice_text.html (RCW 19.373.020, NV SB 370)."""
DISCLOSURES = "2026-11-23"
"""The five disclosures, templates/referrals/disclosures_text.html (42 CFR 1001.952(f)(4))."""
CONSENTS = {DraftKind.PATIENT: "patient-2026-11-23", DraftKind.CLINICIAN: "clinician-2026-11-23"}
"""What is agreed to, templates/referrals/consent_patient.html and consent_clinician.html."""
MAIL = "mail-2026-11-23"
"""What the patient of a clinician's referral agrees to, to be written to; templates/referrals/consent_mail.html."""
_ONE_CLINIC = frozenset({"patient-2026-11-01", "clinician-2026-11-01"})
"""Versions that speak of one clinic alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The versions in force when somebody agreed."""

    consent: str
    notice: str = NOTICE
    disclosures: str = DISCLOSURES
    mail: str = MAIL
    """Of the mails to a clinician's patient, where there is one who agreed to them."""


def in_force(kind: DraftKind) -> Versions:
    """What somebody who begins now agrees to."""
    return Versions(consent=CONSENTS[kind])


def covers_several(consent_version: str) -> bool:
    """Whether whoever agreed to this version agreed that several clinics may be asked, one after the other."""
    return consent_version not in _ONE_CLINIC
