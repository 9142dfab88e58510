"""Why a clinic declines, why a request is cancelled, why nobody came.

A clinic picks a coded reason; the patient reads only its plain group, never that they are "not eligible".
"""

from dataclasses import dataclass

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
            label="The clinic has no room right now.",
            next_step="Other clinics near you may have room sooner.",
        ),
        PlainGroup(
            code="coverage",
            label="The clinic does not take the insurance you named.",
            next_step="You can ask the clinic about paying another way, or look for one that takes your insurance.",
        ),
        PlainGroup(
            code="not_offered",
            label="The clinic does not offer what was asked for, or does not serve your area.",
            next_step="You can look for a clinic that does.",
        ),
        PlainGroup(
            code="needs_more_first",
            label="The clinic needs something else to happen first.",
            next_step="Ask the clinic, or a clinician who knows you, what is missing. You can then send a new request.",
        ),
        PlainGroup(
            code="another_kind_of_care",
            label="The clinic thinks another kind of care would serve you better.",
            next_step="Please talk to a clinician who knows you. If you need support now, call or text 988.",
        ),
        PlainGroup(
            code="no_contact",
            label="The clinic could not reach you.",
            next_step="You can phone the clinic, or send a new request with another way to reach you.",
        ),
        PlainGroup(
            code="already_asked",
            label="The clinic already has a request from you.",
            next_step="You do not need to do anything. The other request goes on.",
        ),
        PlainGroup(
            code="clinic_cannot",
            label="The clinic cannot take this request.",
            next_step="You can phone the clinic, or ask another one near you.",
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineReason:
    """One coded reason.

    `label` is what clinic and referring clinician read, `plain_group` what the patient is told. `needs_comment`: words
    are mandatory. `challenges`: the fact of the listing that the reason puts in doubt (accepting, payers, treatments).
    """

    code: str
    label: str
    plain_group: str
    needs_comment: bool = False
    challenges: str | None = None

    @property
    def plain(self) -> PlainGroup:
        """The words for the patient."""
        return PLAIN_GROUPS[self.plain_group]


DECLINE_REASONS: CodeList[DeclineReason] = CodeList(
    "decline reasons",
    (
        DeclineReason(code="no_capacity", label="No capacity", plain_group="no_room", challenges="accepting"),
        DeclineReason(code="waitlist_only", label="Waiting list only", plain_group="no_room", challenges="accepting"),
        DeclineReason(
            code="insurance_not_accepted",
            label="Insurance not accepted",
            plain_group="coverage",
            challenges="payers",
        ),
        DeclineReason(
            code="treatment_not_offered",
            label="Treatment not offered here",
            plain_group="not_offered",
            challenges="treatments",
        ),
        DeclineReason(code="out_of_area", label="Out of area", plain_group="not_offered"),
        DeclineReason(
            code="further_information_required", label="More information is needed", plain_group="needs_more_first"
        ),
        DeclineReason(code="prerequisite_not_met", label="A prerequisite is not met", plain_group="needs_more_first"),
        DeclineReason(
            code="service_inappropriate",
            label="Not the right service for this need",
            plain_group="another_kind_of_care",
        ),
        DeclineReason(code="not_eligible_age", label="Not eligible by age", plain_group="another_kind_of_care"),
        DeclineReason(
            code="not_eligible_clinical", label="Not eligible on clinical grounds", plain_group="another_kind_of_care"
        ),
        DeclineReason(
            code="patient_safety_needs_higher_care",
            label="Safety: needs a higher level of care",
            plain_group="another_kind_of_care",
        ),
        DeclineReason(
            code="could_not_contact_patient", label="Could not contact the patient", plain_group="no_contact"
        ),
        DeclineReason(code="duplicate", label="Duplicate of another request", plain_group="already_asked"),
        DeclineReason(code="staff_absent", label="Staff absent", plain_group="no_room"),
        DeclineReason(
            code="redirected", label="Redirected to another clinic", plain_group="clinic_cannot", needs_comment=True
        ),
        DeclineReason(code="other", label="Another reason", plain_group="clinic_cannot", needs_comment=True),
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
        Reason(code="no_longer_required", label="No longer needed"),
        Reason(code="patient_declined", label="The patient does not want it"),
        Reason(code="treated_elsewhere", label="Treated elsewhere"),
        Reason(code="consent_withdrawn", label="Consent withdrawn"),
        Reason(code="referrer_cancelled", label="Cancelled by the referring clinician"),
        Reason(code="raised_in_error", label="Sent by mistake"),
        Reason(code="patient_died", label="The patient died"),
    ),
)

NO_SHOW_REASONS: CodeList[Reason] = CodeList(
    "no-show reasons",
    (
        Reason(code="arrived_too_late", label="Arrived too late"),
        Reason(code="cancelled_too_late", label="Cancelled too late"),
        Reason(code="forgot", label="Forgot"),
        Reason(code="ill", label="Was ill"),
        Reason(code="transport", label="Could not get there"),
        Reason(code="unknown", label="Not known"),
    ),
)
