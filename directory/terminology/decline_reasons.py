"""Why a clinic declines, why a request is cancelled, why nobody came.

A clinic picks a coded reason; the patient reads only its plain group, never that they are "not eligible".
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainGroup:
    """What a patient reads for a whole group of reasons: one sentence, and what they can do next."""

    code: str
    label: str
    next_step: str


PLAIN_GROUPS: CodeList[PlainGroup] = CodeList(
    "plain groups of decline reasons",
    (
        PlainGroup(
            code="no_room",
            label=_("The clinic has no room right now."),
            next_step=_("Other clinics near you may have room sooner."),
        ),
        PlainGroup(
            code="coverage",
            label=_("The clinic does not take the insurance you named."),
            next_step=_("You can ask the clinic about paying another way, or look for one that takes your insurance."),
        ),
        PlainGroup(
            code="not_offered",
            label=_("The clinic does not offer what was asked for, or does not serve your area."),
            next_step=_("You can look for a clinic that does."),
        ),
        PlainGroup(
            code="needs_more_first",
            label=_("The clinic needs something else to happen first."),
            next_step=_(
                "Ask the clinic, or a clinician who knows you, what is missing. You can then send a new request."
            ),
        ),
        PlainGroup(
            code="another_kind_of_care",
            label=_("The clinic thinks another kind of care would serve you better."),
            next_step=_("Please talk to a clinician who knows you. If you need support now, call or text 988."),
        ),
        PlainGroup(
            code="no_contact",
            label=_("The clinic could not reach you."),
            next_step=_("You can phone the clinic, or send a new request with another way to reach you."),
        ),
        PlainGroup(
            code="already_asked",
            label=_("The clinic already has a request from you."),
            next_step=_("You do not need to do anything. The other request goes on."),
        ),
        PlainGroup(
            code="clinic_cannot",
            label=_("The clinic cannot take this request."),
            next_step=_("You can phone the clinic, or ask another one near you."),
        ),
    ),
)


class Usage(StrEnum):
    """What a code is a reason for (the reason lists of the NHS e-Referral Service)."""

    REJECT = "reject"
    REDIRECT = "redirect"
    CANCEL = "cancel"
    CANCEL_APPOINTMENT = "cancel_appointment"
    NO_SHOW = "no_show"


FIRST_DAY = dt.date(2020, 1, 1)
"""The codes that were there from the beginning are in force from this day on."""
CLINIC, SENDER, PATIENT, MODERATOR = "clinic", "sender", "patient", "moderator"
"""Who takes a step, as `referrals.models.Who` names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One coded reason. `needs_comment`: words are mandatory. `who` may give it, from `effective_from` to
    `effective_to` (None: until further notice), both days counted; what was recorded keeps its label for ever."""

    code: str
    label: str
    usage: Usage
    who: tuple[str, ...]
    needs_comment: bool = False
    effective_from: dt.date = FIRST_DAY
    effective_to: dt.date | None = None

    def is_in_force(self, on: dt.date) -> bool:
        """Whether it may be given on a day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


ReasonT = TypeVar("ReasonT", bound=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineReason(Reason):
    """A reason of the clinic's; the sender gives the same ones, too, of an answer that was heard by phone.

    `label` is what clinic and referring clinician read, `plain_group` what the patient is told. `challenges`: the fact
    of the listing that the reason puts in doubt (accepting, payers, treatments). `passes`: what stood in the way can be
    over soon, so that the same may be asked again.
    """

    usage: Usage = Usage.REJECT
    who: tuple[str, ...] = (CLINIC, SENDER, PATIENT)
    plain_group: str
    challenges: str | None = None
    passes: bool = False

    @property
    def plain(self) -> PlainGroup:
        """The words for the patient."""
        return PLAIN_GROUPS[self.plain_group]


DECLINE_REASONS: CodeList[DeclineReason] = CodeList(
    "decline reasons",
    (
        DeclineReason(
            code="no_capacity",
            label=_("No capacity"),
            plain_group="no_room",
            challenges="accepting",
            passes=True,
        ),
        DeclineReason(
            code="waitlist_only",
            label=_("Waiting list only"),
            plain_group="no_room",
            challenges="accepting",
            passes=True,
        ),
        DeclineReason(
            code="insurance_not_accepted",
            label=_("Insurance not accepted"),
            plain_group="coverage",
            challenges="payers",
        ),
        DeclineReason(
            code="treatment_not_offered",
            label=_("Treatment not offered here"),
            plain_group="not_offered",
            challenges="treatments",
        ),
        DeclineReason(code="out_of_area", label=_("Out of area"), plain_group="not_offered"),
        DeclineReason(
            code="further_information_required",
            label=_("More information is needed"),
            plain_group="needs_more_first",
            passes=True,
        ),
        DeclineReason(
            code="prerequisite_not_met",
            label=_("A prerequisite is not met"),
            plain_group="needs_more_first",
            passes=True,
        ),
        DeclineReason(
            code="service_inappropriate",
            label=_("Not the right service for this need"),
            plain_group="another_kind_of_care",
        ),
        DeclineReason(code="not_eligible_age", label=_("Not eligible by age"), plain_group="another_kind_of_care"),
        DeclineReason(
            code="not_eligible_clinical",
            label=_("Not eligible on clinical grounds"),
            plain_group="another_kind_of_care",
        ),
        DeclineReason(
            code="patient_safety_needs_higher_care",
            label=_("Safety: needs a higher level of care"),
            plain_group="another_kind_of_care",
        ),
        DeclineReason(
            code="could_not_contact_patient",
            label=_("Could not contact the patient"),
            plain_group="no_contact",
            passes=True,
        ),
        DeclineReason(code="duplicate", label=_("Duplicate of another request"), plain_group="already_asked"),
        DeclineReason(code="staff_absent", label=_("Staff absent"), plain_group="no_room", passes=True),
        DeclineReason(
            code="redirected",
            label=_("Redirected to another clinic"),
            plain_group="clinic_cannot",
            usage=Usage.REDIRECT,
            needs_comment=True,
        ),
        DeclineReason(code="other", label=_("Another reason"), plain_group="clinic_cannot", needs_comment=True),
    ),
)


_ASKED = (SENDER, PATIENT, MODERATOR)
"""Those on whose side a request is cancelled, and who writes it down for them."""

CANCEL_REASONS: CodeList[Reason] = CodeList(
    "cancel reasons",
    (
        Reason(code="no_longer_required", label=_("No longer needed"), usage=Usage.CANCEL, who=_ASKED),
        Reason(code="patient_declined", label=_("The patient does not want it"), usage=Usage.CANCEL, who=_ASKED),
        Reason(code="treated_elsewhere", label=_("Treated elsewhere"), usage=Usage.CANCEL, who=_ASKED),
        Reason(code="consent_withdrawn", label=_("Consent withdrawn"), usage=Usage.CANCEL, who=_ASKED),
        Reason(
            code="referrer_cancelled", label=_("Cancelled by the referring clinician"), usage=Usage.CANCEL, who=_ASKED
        ),
        Reason(code="raised_in_error", label=_("Sent by mistake"), usage=Usage.CANCEL, who=_ASKED),
        Reason(code="patient_died", label=_("The patient died"), usage=Usage.CANCEL, who=_ASKED),
    ),
)

APPOINTMENT_REASONS: CodeList[Reason] = CodeList(
    "reasons why an appointment is cancelled",
    (
        Reason(
            code="staff_absent", label=_("The clinic cannot keep it"), usage=Usage.CANCEL_APPOINTMENT, who=(CLINIC,)
        ),
        Reason(
            code="prerequisite_not_met",
            label=_("Something has to be there first, such as an authorization"),
            usage=Usage.CANCEL_APPOINTMENT,
            who=(CLINIC,),
        ),
        Reason(code="ill", label=_("The patient is ill"), usage=Usage.CANCEL_APPOINTMENT, who=(CLINIC,)),
        Reason(
            code="transport", label=_("The patient cannot get there"), usage=Usage.CANCEL_APPOINTMENT, who=(CLINIC,)
        ),
        Reason(
            code="patient_declined",
            label=_("The patient does not want it"),
            usage=Usage.CANCEL_APPOINTMENT,
            who=(CLINIC,),
        ),
        Reason(code="treated_elsewhere", label=_("Treated elsewhere"), usage=Usage.CANCEL_APPOINTMENT, who=(CLINIC,)),
        Reason(code="patient_died", label=_("The patient died"), usage=Usage.CANCEL_APPOINTMENT, who=(CLINIC,)),
        Reason(
            code="other", label=_("Another reason"), usage=Usage.CANCEL_APPOINTMENT, who=(CLINIC,), needs_comment=True
        ),
    ),
)
"""Codes of the other three lists, as they read of an appointment; none of them says anything against the listing."""

NO_SHOW_REASONS: CodeList[Reason] = CodeList(
    "no-show reasons",
    (
        Reason(code="arrived_too_late", label=_("Arrived too late"), usage=Usage.NO_SHOW, who=(CLINIC,)),
        Reason(code="cancelled_too_late", label=_("Cancelled too late"), usage=Usage.NO_SHOW, who=(CLINIC,)),
        Reason(code="forgot", label=_("Forgot"), usage=Usage.NO_SHOW, who=(CLINIC,)),
        Reason(code="ill", label=_("Was ill"), usage=Usage.NO_SHOW, who=(CLINIC,)),
        Reason(code="transport", label=_("Could not get there"), usage=Usage.NO_SHOW, who=(CLINIC,)),
        Reason(code="unknown", label=_("Not known"), usage=Usage.NO_SHOW, who=(CLINIC,)),
    ),
)


def in_force(reasons: Iterable[ReasonT], on: dt.date) -> list[ReasonT]:
    """The reasons that may be given on a day, in order of display."""
    return [reason for reason in reasons if reason.is_in_force(on)]
