"""Judgements about requests: who may send one, when a form was no person's, what is forgotten when."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from directory.listings.records import ClinicRecord
from directory.referrals.answers import age_on
from directory.referrals.models import DraftKind, ReferralTask, Source
from directory.terminology.scales import SUICIDE_RISK_LEVELS
from directory.wording.say import _

DRAFT_LIFE = dt.timedelta(hours=24)
QUICKEST = dt.timedelta(seconds=2)
"""From the first page of a form to sending it: faster than that only a machine goes through a dozen pages."""
ADULT = 18

KEPT_AFTER_CLOSING = dt.timedelta(days=90)
KEPT_AFTER_COMPLETION = dt.timedelta(days=365)
"""Content of a request that led to treatment stays a year, until a copy is in the clinic's record for sure; what led to
none goes after 90 days (DOMAIN 6.5). The skeleton and the audit log stay six years."""


def why_no_request(clinic: ClinicRecord) -> str | None:
    """Why nobody can send a request to this clinic from here, in words; None when one can."""
    if clinic.takes_requests:
        return None
    if not clinic.terms.public:
        return _("This clinic is not listed at the moment, so requests cannot be sent to it from here.")
    if not clinic.referrals_on:
        return _("This clinic does not take requests from here. Please phone it.")
    return _("We have no proved way to reach this clinic with a request. Please phone it.")


def was_no_person(began_at: dt.datetime | None, now: dt.datetime, trap: str) -> str | None:
    """Why a form looks like a machine's, in words that let a person go on; None when it does not.

    `trap` is what stood in the field that people do not see; `began_at` None for a form's first page.
    """
    if trap.strip():
        return _(
            "A field that people cannot see was filled in, perhaps by a tool that fills in forms. We have emptied it"
            " and kept all your answers. Please press the button once more."
        )
    if began_at is not None and now - began_at < QUICKEST:
        return _(
            "That was quicker than a person reads. All your answers are kept. Please look over them, then press the"
            " button once more."
        )
    return None


def is_minor(answers: Mapping[str, Any], day: dt.date) -> bool:
    """Whether a clinician's patient is under 18 on `day`: Spravato is not approved for them, the site is for adults."""
    age = age_on(answers, day)
    return age is not None and age < ADULT


def needs_emergency_care(answers: Mapping[str, Any]) -> bool:
    """Whether the C-SSRS level asks for emergency evaluation, not for an outpatient request (DOMAIN 8.1)."""
    level = SUICIDE_RISK_LEVELS.find(str(answers.get("risk", "")))
    return level is not None and level.blocks


def source_of(kind: str, answers: Mapping[str, Any]) -> Source:
    """Who sends it."""
    if kind == DraftKind.CLINICIAN:
        return Source.CLINICIAN
    return Source.PROXY if answers.get("for_whom") == "other" else Source.PATIENT


def mailbox_in(kind: str, answers: Mapping[str, Any]) -> str:
    """The sender's mailbox among the answers, or an empty text."""
    return str(answers.get("sender_mailbox" if kind == DraftKind.CLINICIAN else "email", ""))


def purge_at(status: str, closed_at: dt.datetime) -> dt.datetime:
    """When the content of a request that ended in `status` is destroyed."""
    return closed_at + (KEPT_AFTER_COMPLETION if status == "completed" else KEPT_AFTER_CLOSING)


ABOUT_THE_PATIENT = frozenset({"patient_safety_needs_higher_care", "duplicate"})
"""Reasons for a no that the next clinic would have as well: what comes then is for whoever sent it to decide."""


def passes_on(task: ReferralTask, *, came_from: str) -> bool:
    """Whether a task that has ended lets the next ranked clinic be asked: refused, silent, or not to be reached.

    Not when the sender took it back or did not reply to the clinic's question.
    """
    if task.status == "declined":
        return task.reason not in ABOUT_THE_PATIENT
    return task.status == "expired" and came_from != "info_needed"
