"""Fact groups of a listing, how a fact can be confirmed, and how long a confirmation stands.

The 90 days are the norm of the No Surprises Act, section 116 (42 USC 300gg-115); licences and exclusions follow the
monthly norm of credentialing. Past its half-life a fact is shown greyed with its date, past twice of it, not at all.
"""

from dataclasses import dataclass
from enum import StrEnum

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList

VERIFY_INTERVAL_DAYS = 90
REMIND_AT_DAYS = (75, 83, 90)
STALE_AT_DAYS = 91
UNLIST_AT_DAYS = 120
LICENCE_RECHECK_DAYS = 30
EXCLUSION_RECHECK_DAYS = 30
REMS_RECHECK_DAYS = 90


class FactGroup(StrEnum):
    """Facts that are confirmed together."""

    IDENTITY = "identity"
    ADDRESS = "address"
    PHONE = "phone"
    HOURS = "hours"
    TREATMENTS = "treatments"
    SUPERVISION = "supervision"
    TEAM = "team"
    LICENCES = "licences"
    REMS = "rems"
    PRICES = "prices"
    PAYERS = "payers"
    ACCEPTING = "accepting"
    LANGUAGES = "languages"
    REFERRAL_CHANNEL = "referral_channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactGroupRow:
    """`half_life_days`: how long a confirmation stands; `clinic_can_attest`: "all still correct" renews it."""

    code: str
    label: str
    half_life_days: int
    clinic_can_attest: bool = True


FACT_GROUPS: CodeList[FactGroupRow] = CodeList(
    "fact groups",
    (
        FactGroupRow(code=FactGroup.IDENTITY, label=_("Who runs it"), half_life_days=365, clinic_can_attest=False),
        FactGroupRow(code=FactGroup.ADDRESS, label=_("Address"), half_life_days=90),
        FactGroupRow(code=FactGroup.PHONE, label=_("Phone"), half_life_days=90),
        FactGroupRow(code=FactGroup.HOURS, label=_("Opening hours"), half_life_days=90),
        FactGroupRow(code=FactGroup.TREATMENTS, label=_("Treatments"), half_life_days=90),
        FactGroupRow(code=FactGroup.SUPERVISION, label=_("Supervision"), half_life_days=180, clinic_can_attest=False),
        FactGroupRow(code=FactGroup.TEAM, label=_("Team"), half_life_days=90),
        FactGroupRow(
            code=FactGroup.LICENCES, label=_("Licenses"), half_life_days=LICENCE_RECHECK_DAYS, clinic_can_attest=False
        ),
        FactGroupRow(
            code=FactGroup.REMS,
            label=_("REMS certification"),
            half_life_days=REMS_RECHECK_DAYS,
            clinic_can_attest=False,
        ),
        FactGroupRow(code=FactGroup.PRICES, label=_("Prices"), half_life_days=180),
        FactGroupRow(code=FactGroup.PAYERS, label=_("Insurance"), half_life_days=90),
        FactGroupRow(code=FactGroup.ACCEPTING, label=_("Accepting new patients"), half_life_days=VERIFY_INTERVAL_DAYS),
        FactGroupRow(code=FactGroup.LANGUAGES, label=_("Languages"), half_life_days=180),
        FactGroupRow(
            code=FactGroup.REFERRAL_CHANNEL,
            label=_("Where requests go"),
            half_life_days=180,
            clinic_can_attest=False,
        ),
    ),
)


class Method(StrEnum):
    """How a fact was confirmed."""

    PHONE = "PHONE"
    PORTAL = "PORTAL"
    DOCUMENT = "DOCUMENT"
    REGISTRY = "REGISTRY"
    SELF = "SELF"
    ANSWERED_REFERRAL = "ANSWERED_REFERRAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRow:
    """`plain` finishes "Confirmed …"; `independent`: checked by us, not only said by the clinic."""

    code: str
    label: str
    plain: str
    independent: bool


METHODS: CodeList[MethodRow] = CodeList(
    "verification methods",
    (
        MethodRow(code=Method.PHONE, label=_("Phone call"), plain=_("by phone"), independent=True),
        MethodRow(code=Method.DOCUMENT, label=_("Document"), plain=_("from a document we saw"), independent=True),
        MethodRow(code=Method.REGISTRY, label=_("Public registry"), plain=_("in a public registry"), independent=True),
        MethodRow(
            code=Method.ANSWERED_REFERRAL,
            label=_("Answered request"),
            plain=_("by an answered request"),
            independent=True,
        ),
        MethodRow(code=Method.PORTAL, label=_("Clinic, signed in"), plain=_("by the clinic"), independent=False),
        MethodRow(
            code=Method.SELF, label=_("Clinic's own word"), plain=_("by the clinic's own word"), independent=False
        ),
    ),
)


class Outcome(StrEnum):
    """What a check found. CHALLENGED: somebody gave reason for doubt; a person looks into it."""

    CONFIRMED = "CONFIRMED"
    CHANGED = "CHANGED"
    CHALLENGED = "CHALLENGED"
    FAILED = "FAILED"
    UNREACHABLE = "UNREACHABLE"
