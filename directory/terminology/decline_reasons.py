"""Why a clinic declines, why a request is cancelled, why nobody came.

A clinic picks a coded reason; the patient reads only its plain group, never that they are "not eligible".
"""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineReason:
    """One coded reason.

    `label` is what clinic and referring clinician read, `plain_group` what the patient is told. `needs_comment`: words
    are mandatory. `challenges`: the fact of the listing that the reason puts in doubt (accepting, payers, treatments).
    `passes`: what stood in the way can be over soon, so that the same may be asked again.
    """

    code: str
    label: str
    plain_group: str
    needs_comment: bool = False
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
            code="redirected", label=_("Redirected to another clinic"), plain_group="clinic_cannot", needs_comment=True
        ),
        DeclineReason(code="other", label=_("Another reason"), plain_group="clinic_cannot", needs_comment=True),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A coded reason that needs no more than its words."""

    code: str
    label: str


CANCEL_REASONS: CodeList[Reason] = CodeList(
    "cancel reasons",
    (
        Reason(code="no_longer_required", label=_("No longer needed")),
        Reason(code="patient_declined", label=_("The patient does not want it")),
        Reason(code="treated_elsewhere", label=_("Treated elsewhere")),
        Reason(code="consent_withdrawn", label=_("Consent withdrawn")),
        Reason(code="referrer_cancelled", label=_("Cancelled by the referring clinician")),
        Reason(code="raised_in_error", label=_("Sent by mistake")),
        Reason(code="patient_died", label=_("The patient died")),
    ),
)

APPOINTMENT_REASONS: CodeList[Reason] = CodeList(
    "reasons why an appointment is cancelled",
    (
        Reason(code="staff_absent", label=_("The clinic cannot keep it")),
        Reason(code="prerequisite_not_met", label=_("Something has to be there first, such as an authorization")),
        Reason(code="ill", label=_("The patient is ill")),
        Reason(code="transport", label=_("The patient cannot get there")),
        Reason(code="patient_declined", label=_("The patient does not want it")),
        Reason(code="treated_elsewhere", label=_("Treated elsewhere")),
        Reason(code="patient_died", label=_("The patient died")),
        Reason(code="other", label=_("Another reason")),
    ),
)
"""Codes of the other three lists, as they read of an appointment; none of them says anything against the listing."""

NO_SHOW_REASONS: CodeList[Reason] = CodeList(
    "no-show reasons",
    (
        Reason(code="arrived_too_late", label=_("Arrived too late")),
        Reason(code="cancelled_too_late", label=_("Cancelled too late")),
        Reason(code="forgot", label=_("Forgot")),
        Reason(code="ill", label=_("Was ill")),
        Reason(code="transport", label=_("Could not get there")),
        Reason(code="unknown", label=_("Not known")),
    ),
)
