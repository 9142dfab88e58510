"""Our states of a request asked of one clinic, in words and colours, with the FHIR, BSeR and 360X codes they become.

`ReferralTask.status` holds our code; the machine's codes are derived here and never stored.
"""

from dataclasses import dataclass

from directory.lib.languages import translate as _
from directory.terminology.code_list import CodeList

LOCAL_SYSTEM = "local"
BSER_SYSTEM = "bser"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralStatus:
    """One state.

    `label` fits a badge; `patient` and `clinician` are whole sentences for the sender's page by who sent it; `clinic`
    is what the clinic's inbox says. `colour` is a colour role. `fhir_status` is Task.status, `business_status` a pair
    of (system, code) or None, `form_360x` the 360X one. `terminal`: nothing follows. `answered`: the clinic decided.
    """

    code: str
    label: str
    patient: str
    clinician: str
    clinic: str
    colour: str
    fhir_status: str
    business_status: tuple[str, str] | None
    form_360x: str | None
    terminal: bool = False
    answered: bool = False


REFERRAL_STATUSES: CodeList[ReferralStatus] = CodeList(
    "referral statuses",
    (
        ReferralStatus(
            code="draft",
            label=_("Not sent yet"),
            patient=_("You have not sent this request yet."),
            clinician=_("This referral has not been sent yet."),
            clinic=_("Not sent yet"),
            colour="quiet",
            fhir_status="draft",
            business_status=None,
            form_360x=None,
        ),
        ReferralStatus(
            code="held_for_sender_check",
            label=_("Being checked"),
            patient=_("We are checking this request before the clinic gets it."),
            clinician=_("We are checking the sender before the clinic sees any health information."),
            clinic=_("Being checked"),
            colour="wait",
            fhir_status="draft",
            business_status=(LOCAL_SYSTEM, "sender-review"),
            form_360x=None,
        ),
        ReferralStatus(
            code="sent",
            label=_("Sent"),
            patient=_("Your request was sent. The clinic has not opened it yet."),
            clinician=_("Sent. The clinic has not opened it yet."),
            clinic=_("New"),
            colour="wait",
            fhir_status="requested",
            business_status=(BSER_SYSTEM, "2.0"),
            form_360x="PCC-55",
        ),
        ReferralStatus(
            code="delivered_opened",
            label=_("Opened"),
            patient=_("The clinic has opened your request. It has not answered yet."),
            clinician=_("Opened by the clinic, not answered yet."),
            clinic=_("Opened, waits for an answer"),
            colour="wait",
            fhir_status="received",
            business_status=(LOCAL_SYSTEM, "opened"),
            form_360x="ack",
        ),
        ReferralStatus(
            code="undeliverable",
            label=_("Not delivered"),
            patient=_("We could not deliver your request. A person is looking into it. You can phone the clinic."),
            clinician=_("Not delivered. A person is looking into it; the clinic can be phoned."),
            clinic=_("Not delivered"),
            colour="stop",
            fhir_status="requested",
            business_status=(LOCAL_SYSTEM, "undeliverable"),
            form_360x=None,
        ),
        ReferralStatus(
            code="info_needed",
            label=_("Question asked"),
            patient=_("The clinic has a question before it can answer."),
            clinician=_("The clinic needs more information before it can answer."),
            clinic=_("Waits for the sender's answer"),
            colour="act",
            fhir_status="on-hold",
            business_status=(LOCAL_SYSTEM, "info-needed"),
            form_360x="PCC-59",
        ),
        ReferralStatus(
            code="waitlisted",
            label=_("On the waiting list"),
            patient=_("The clinic has put you on its waiting list."),
            clinician=_("On the clinic's waiting list."),
            clinic=_("On the waiting list"),
            colour="wait",
            fhir_status="on-hold",
            business_status=(LOCAL_SYSTEM, "waitlisted"),
            form_360x="PCC-59",
        ),
        ReferralStatus(
            code="accepted",
            label=_("Accepted"),
            patient=_("The clinic says yes. It will contact you to make an appointment."),
            clinician=_("Accepted. The clinic will contact the patient to make an appointment."),
            clinic=_("Accepted, waits for an appointment"),
            colour="good",
            fhir_status="accepted",
            business_status=(BSER_SYSTEM, "3.0"),
            form_360x="PCC-56 IP",
            answered=True,
        ),
        ReferralStatus(
            code="declined",
            label=_("Declined"),
            patient=_("The clinic cannot take this request."),
            clinician=_("Declined by the clinic."),
            clinic=_("Declined"),
            colour="stop",
            fhir_status="rejected",
            business_status=(BSER_SYSTEM, "4.0"),
            form_360x="PCC-56 CA",
            terminal=True,
            answered=True,
        ),
        ReferralStatus(
            code="scheduled",
            label=_("Appointment made"),
            patient=_("You have an appointment at the clinic."),
            clinician=_("An appointment is made."),
            clinic=_("Appointment made"),
            colour="good",
            fhir_status="in-progress",
            business_status=(BSER_SYSTEM, "5.1.1"),
            form_360x="PCC-60",
            answered=True,
        ),
        ReferralStatus(
            code="no_show",
            label=_("Appointment missed"),
            patient=_("The clinic says the appointment was missed. You can ask it for another one."),
            clinician=_("The appointment was missed."),
            clinic=_("Appointment missed"),
            colour="act",
            fhir_status="in-progress",
            business_status=(BSER_SYSTEM, "5.1.2"),
            form_360x="PCC-61",
            answered=True,
        ),
        ReferralStatus(
            code="appointment_cancelled",
            label=_("Appointment cancelled"),
            patient=_("The appointment was cancelled. The clinic can make another one."),
            clinician=_("The appointment was cancelled."),
            clinic=_("Appointment cancelled"),
            colour="act",
            fhir_status="in-progress",
            business_status=(BSER_SYSTEM, "5.1.3"),
            form_360x="PCC-60",
            answered=True,
        ),
        ReferralStatus(
            code="seen_interim",
            label=_("Seen"),
            patient=_("You have been seen at the clinic. Care goes on."),
            clinician=_("The patient has been seen; care goes on."),
            clinic=_("Seen, care goes on"),
            colour="good",
            fhir_status="in-progress",
            business_status=(BSER_SYSTEM, "5.1.4"),
            form_360x="PCC-59",
            answered=True,
        ),
        ReferralStatus(
            code="cancel_requested",
            label=_("Withdrawal asked"),
            patient=_("You asked to withdraw. The clinic can no longer read your request."),
            clinician=_("Withdrawal asked. The clinic can no longer read the referral."),
            clinic=_("Withdrawal asked: please cancel the appointment"),
            colour="act",
            fhir_status="in-progress",
            business_status=(BSER_SYSTEM, "5.2"),
            form_360x="PCC-58",
        ),
        ReferralStatus(
            code="error_reported",
            label="Said to be a mistake",
            patient="You said that this request was sent by mistake. The clinic can no longer read it.",
            clinician="You said that it was sent by mistake. The clinic can no longer read it; a person of ours"
            " looks at it before it counts as one.",
            clinic="Withdrawn: sent by mistake, the sender says",
            colour="act",
            fhir_status="on-hold",
            business_status=(LOCAL_SYSTEM, "error-reported"),
            form_360x="PCC-58",
        ),
        ReferralStatus(
            code="cancelled",
            label=_("Withdrawn"),
            patient=_("This request was withdrawn. The clinic can no longer read it."),
            clinician=_("Withdrawn. The clinic can no longer read it."),
            clinic=_("Withdrawn"),
            colour="quiet",
            fhir_status="cancelled",
            business_status=(BSER_SYSTEM, "6.0"),
            form_360x="PCC-58",
            terminal=True,
        ),
        ReferralStatus(
            code="expired",
            label=_("No answer"),
            patient=_("The clinic did not answer in time. The request is closed. Other clinics near you may answer."),
            clinician=_("The clinic did not answer in time. The request is closed."),
            clinic=_("Closed without an answer"),
            colour="stop",
            fhir_status="cancelled",
            business_status=(LOCAL_SYSTEM, "expired"),
            form_360x=None,
            terminal=True,
        ),
        ReferralStatus(
            code="completed",
            label=_("Done"),
            patient=_("The clinic has finished this request."),
            clinician=_("Completed. The outcome came back."),
            clinic=_("Done"),
            colour="good",
            fhir_status="completed",
            business_status=(BSER_SYSTEM, "7.0"),
            form_360x="PCC-57 CM",
            terminal=True,
            answered=True,
        ),
        ReferralStatus(
            code="entered_in_error",
            label=_("Sent by mistake"),
            patient=_("This request was sent by mistake and is closed. The clinic can no longer read it."),
            clinician=_("Closed: entered in error. The clinic can no longer read it."),
            clinic=_("Sent by mistake"),
            colour="quiet",
            fhir_status="entered-in-error",
            business_status=None,
            form_360x=None,
            terminal=True,
        ),
    ),
)

TERMINAL: frozenset[str] = frozenset(row.code for row in REFERRAL_STATUSES if row.terminal)
OPEN: frozenset[str] = frozenset(row.code for row in REFERRAL_STATUSES if not row.terminal)
