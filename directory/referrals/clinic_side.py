"""The clinic's side of a request, the same behind both doors: the mailed code, and the rooms of who is signed in."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from directory.accounts import audit
from directory.accounts.actor import Actor
from directory.lib import clock
from directory.lib.errors import Conflict, NotFound, Refused, Stale
from directory.listings.queries import find_location_by_slug
from directory.listings.records import ClinicRecord
from directory.referrals import actions, clinic_actions, clinic_view, lifecycle, nearby, patients, queries, terms
from directory.referrals.forms import choices
from directory.referrals.forms import clinic_steps as forms
from directory.referrals.models import ReferralTask, Who
from directory.referrals.outcomes import DOSES, EVENTS
from directory.terminology import icd10
from directory.terminology.decline_reasons import APPOINTMENT_REASONS, DECLINE_REASONS, NO_SHOW_REASONS, in_force
from directory.terminology.referral_status import REFERRAL_STATUSES
from directory.terminology.scales import SCALES
from directory.web import versions
from directory.web.forms import Filled, Sent, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, Page, databases_of
from directory.web.shell import page, see_other, text_page
from directory.wording import say
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How somebody of the clinic came to one request. `base` is the address of its page; `after` where an answer leads
    that ends the clinic's access; `user_id` and `colleagues` (id, name) only for who is signed in."""

    task: ReferralTask
    clinic: ClinicRecord
    organization_id: UUID
    by: Actor
    base: str
    after: str
    home: str = ""
    user_id: UUID | None = None
    colleagues: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPage:
    """One thing that the clinic can do: the verbs it may become (the first decides when it is offered), its form, the
    text of its link, and what is said once it is done."""

    verbs: tuple[str, ...]
    form: type[forms.Step]
    label: str
    done: str


STEPS: Mapping[str, StepPage] = {
    "accept": StepPage(
        verbs=("accept",), form=forms.Accept, label=_("Accept"), done=_("You accepted. The sender has been told.")
    ),
    "schedule": StepPage(
        verbs=("schedule",),
        form=forms.Schedule,
        label=_("Make an appointment"),
        done=_("The appointment is written down. The sender has been told."),
    ),
    "visit": StepPage(
        verbs=("record_visit",),
        form=forms.Visit,
        label=_("Write a note after a visit"),
        done=_("Your note went back to the sender."),
    ),
    "complete": StepPage(
        verbs=("complete",),
        form=forms.Complete,
        label=_("Write the outcome"),
        done=_("The outcome went back to the sender. Nothing is left to do."),
    ),
    "no-show": StepPage(
        verbs=("record_no_show",),
        form=forms.NoShow,
        label=_("Nobody came"),
        done=_("It is written down that nobody came. You can make another appointment."),
    ),
    "cancel-appointment": StepPage(
        verbs=("cancel_appointment",),
        form=forms.CancelAppointment,
        label=_("Cancel the appointment"),
        done=_("The appointment is cancelled. You can make another one."),
    ),
    "confirm-cancel": StepPage(
        verbs=("confirm_cancel",),
        form=forms.ConfirmCancel,
        label=_("Confirm the withdrawal"),
        done=_("The request is closed."),
    ),
    "ask": StepPage(
        verbs=("ask",),
        form=forms.Ask,
        label=_("Ask a question"),
        done=_("Your question was sent. Your time to answer stands still until there is an answer."),
    ),
    "reply": StepPage(
        verbs=("reply",),
        form=forms.Reply,
        label=_("I have the answer"),
        done=_("Thank you. The request waits for your answer again."),
    ),
    "waitlist": StepPage(
        verbs=("waitlist",),
        form=forms.Waitlist,
        label=_("Put on the waiting list"),
        done=_("The sender has been told the week. We ask you again every 30 days."),
    ),
    "by-phone": StepPage(
        verbs=("accept_by_phone", "decline_by_phone"),
        form=forms.ByPhone,
        label=_("We answered by phone"),
        done=_("The answer by phone is written down."),
    ),
    "redirect": StepPage(
        verbs=("decline",),
        form=forms.Redirect,
        label=_("Pass on to another clinic"),
        done=_("The other clinic has been asked. The sender has been told."),
    ),
    "decline": StepPage(
        verbs=("decline",), form=forms.Decline, label=_("Decline"), done=_("You declined. The sender has been told.")
    ),
}
"""Name in the address → what can be done there, in the order in which it is offered."""

ACTIONS = "actions"
CLINICS_OFFERED = 8
CHOICES: Mapping[str, Any] = {
    "scales": [("", _("None")), *((row.code, row.label) for row in SCALES)],
    "doses": [("", _("Not said")), *DOSES],
    "events": EVENTS,
}
"""What can be chosen on the pages of the steps."""


def show(request: AnyRequest, db: Db, door: Door) -> Page:
    """The request. The look is recorded before anything is shown; before the first one the terms are."""
    if not terms.are_accepted(db, door.organization_id):
        return _terms_page(request, door, empty(forms.AgreeTerms))
    actions.refuse_when_closed(door.task)
    audit.viewed(databases_of(request), door.by, subject_type="referral_task", subject_id=door.task.id)
    return _request_page(request, db, door)


def show_closed(request: AnyRequest, db: Db, door: Door) -> Page:
    """What is left of a request whose door is closed: that it was, how it ended, and each step. Nothing is unsealed."""
    return _request_page(request, db, door)


def _request_page(
    request: AnyRequest, db: Db, door: Door, filled: Filled[Any] | None = None, *, status: int = 200
) -> Page:
    """`filled` is one of the small forms at its end, when there is something to say about it."""
    filled = filled or empty(forms.Note)
    view = clinic_view.view_of(db, door.task, door.clinic, now=clock.now())
    done = STEPS.get(request.query_params.get("done", ""))
    return page(
        request,
        "referrals/clinic/request.html",
        status=422 if filled.errors and status == 200 else status,
        door=door,
        view=view,
        assigned=str(door.task.assigned_to or ""),
        offers=offers(door.task),
        done=done.done if done else "",
        values={"note": "", "number": view.own_number} | filled.values,
        errors=filled.errors,
    )


def offers(task: ReferralTask) -> list[tuple[str, str]]:
    """What the clinic may do now, as (name, label), what leads on first."""
    may = lifecycle.possible(task.status, Who.CLINIC)
    found = [(name, step.label) for name, step in STEPS.items() if step.verbs[0] in may]
    if task.status == "scheduled":
        found = [(name, _("Change the appointment") if name == "schedule" else label) for name, label in found]
    if task.status == "waitlisted":
        found = [(name, _("Name another week") if name == "waitlist" else label) for name, label in found]
    return found


def _actions(request: AnyRequest, door: Door) -> Page:
    """What may be done now, for machines: names and addresses, and the version to name in `If-Match`."""
    task, row = door.task, REFERRAL_STATUSES[door.task.status]
    told = {
        "status": task.status,
        "fhir_status": row.fhir_status,
        "version": task.steps,
        "actions": [{"name": name, "label": label, "href": f"{door.base}/{name}"} for name, label in offers(task)],
    }
    return versions.tagged(told, task.steps)


def step_page(request: AnyRequest, db: Db, door: Door, name: str) -> Page:
    """The form of one step, where the state allows it."""
    if name == ACTIONS:
        return _actions(request, door)
    step = _step(name)
    actions.refuse_when_closed(door.task)
    if not terms.are_accepted(db, door.organization_id):
        return _terms_page(request, door, empty(forms.AgreeTerms))
    if lifecycle.find(door.task.status, step.verbs[0]) is None:
        raise Conflict(lifecycle.why_not(door.task.status, step.verbs[0]), back=door.base)
    return _form_page(request, db, door, name, empty(step.form))


def take(request: AnyRequest, db: Db, door: Door, name: str, form: Sent) -> Page:
    """Take the step. Who was too late reads what happened meanwhile, with all that was typed."""
    step = _step(name)
    filled = fill(step.form, versions.with_version(request, form, door.task.steps))
    if filled.form is None:
        actions.refuse_when_closed(door.task)
        return _form_page(request, db, door, name, filled, status=422)
    asked, version = filled.form.asked(door.clinic.time_zone), filled.form.version
    other = find_location_by_slug(db, asked.pass_to) if asked.pass_to else None
    if asked.pass_to and other is None:
        filled = with_errors(filled, to=_("There is no such clinic in the list"))
        return _form_page(request, db, door, name, filled, status=422)
    try:
        task = clinic_actions.act(
            db,
            door.task.id,
            asked.verb,
            by=door.by,
            at=clock.now(),
            version=version,
            said=asked.said,
            pass_to=other.id if other else None,
            **asked.brings,
        )
    except Refused as refused:
        if other is None:
            raise
        return _form_page(request, db, door, name, with_errors(filled, to=refused.message), status=422)
    except Conflict as conflict:
        if versions.is_named(request):
            raise Stale(conflict.message) from None
        return _too_late(request, db, door, name, filled, why=conflict.message)
    left = task.status in lifecycle.CLINIC_MAY_ENTER and name != "accept"
    return see_other(f"{door.base}?done={name}" if left or not door.after else door.after)


def write_note(request: AnyRequest, db: Db, door: Door, form: Sent) -> Page:
    """Keep a note of the clinic for itself."""
    filled = fill(forms.Note, form)
    if filled.form is None:
        actions.refuse_unless_readable(door.task)
        # Committed before the first byte goes out, like every write of ours.
        audit.append(db, door.by, "viewed", subject_type="referral_task", subject_id=door.task.id)
        return _request_page(request, db, door, filled)
    clinic_actions.write_note(db, door.task.id, filled.form.note, by=door.by, at=clock.now())
    return see_other(f"{door.base}#notes")


def keep_number(request: AnyRequest, db: Db, door: Door, form: Sent) -> Page:
    """Keep the clinic's own number of the request, as it was read."""
    filled, status = fill(forms.OwnNumber, versions.with_version(request, form, door.task.steps)), 200
    if filled.form is not None:
        number, version = filled.form.number, filled.form.version
        try:
            clinic_actions.keep_number(db, door.task.id, number, by=door.by, version=version)
            return see_other(f"{door.base}#notes")
        except Conflict as conflict:
            if versions.is_named(request):
                raise Stale(conflict.message) from None
            filled, status = with_errors(filled, number=conflict.message), conflict.status
    actions.refuse_unless_readable(door.task)
    audit.append(db, door.by, "viewed", subject_type="referral_task", subject_id=door.task.id)
    return _request_page(request, db, door, filled, status=status)


def accept_terms(request: AnyRequest, db: Db, door: Door, form: Sent) -> Page:
    """Yes to the terms, for the whole organization."""
    filled = fill(forms.AgreeTerms, form)
    if filled.form is None:
        return _terms_page(request, door, filled)
    terms.accept(db, door.organization_id, by=door.by, at=clock.now())
    return see_other(door.base)


def text(request: AnyRequest, db: Db, door: Door) -> Page:
    """The request as plain text for the clinic's own record; a look like any other."""
    if not terms.are_accepted(db, door.organization_id):
        return see_other(door.base)
    actions.refuse_unless_readable(door.task)
    audit.viewed(databases_of(request), door.by, subject_type="referral_task", subject_id=door.task.id)
    view = clinic_view.view_of(db, door.task, door.clinic, now=clock.now())
    if view.opened is None:
        return see_other(door.base)
    return text_page(clinic_view.as_text(view))


def _step(name: str) -> StepPage:
    found = STEPS.get(name)
    if found is None:
        raise NotFound(_("There is no such page."))
    return found


def _form_page(request: AnyRequest, db: Db, door: Door, name: str, filled: Filled[Any], **more: Any) -> Page:
    task, meanwhile = door.task, more.setdefault("meanwhile", ())
    # Only a conflict gives the new version along: then the page shows what happened since the one that was typed for.
    version = task.steps if meanwhile else filled.values["version"] or task.steps
    return page(
        request,
        f"referrals/clinic/{name}.html",
        door=door,
        task=task,
        values=filled.values,
        errors=filled.errors,
        state=REFERRAL_STATUSES[task.status].clinic,
        hidden={"version": version},
        back_href=door.base,
        action=f"{door.base}/{name}",
        today=clock.today(),
        others=_others(db, door) if name == "redirect" else [],
        patient_answers=name == "ask" and _patient_answers(db, door),
        codes=icd10.offered() if name == "complete" else [],
        meant=choices.meant(filled.values, ("initial_diagnosis", "final_diagnosis")),
        **_reasons(clock.today()),
        **CHOICES,
        **more,
    )


def _reasons(on: dt.date) -> dict[str, Any]:
    """The reasons that can be chosen on a day."""
    return {
        "reasons": [(row.code, row.label, row.plain.label) for row in in_force(DECLINE_REASONS, on)],
        "appointment_reasons": [(row.code, row.label) for row in in_force(APPOINTMENT_REASONS, on)],
        "no_show_reasons": [(row.code, row.label) for row in in_force(NO_SHOW_REASONS, on)],
    }


def _others(db: Db, door: Door) -> list[tuple[str, str, str]]:
    """The nearest clinics that could take it over, as choices."""
    found = nearby.find_for_task(db, door.task, around=door.clinic.point, at_most=CLINICS_OFFERED)
    return [
        (one.clinic.slug, one.clinic.name, f"{one.clinic.city}, {one.clinic.state}: {say.miles(one.distance_m)}")
        for one in found
    ]


def _patient_answers(db: Db, door: Door) -> bool:
    """Whether a question can be put to the patient, who follows the request and is mailed that there is one."""
    return patients.find_told(db, queries.get_referral(db, door.task.referral_id)) is not None


def _too_late(request: AnyRequest, db: Db, door: Door, name: str, filled: Filled[Any], *, why: str) -> Page:
    task = queries.get_task(db, door.task.id)
    history = queries.find_history(db, task.id)
    meanwhile = clinic_view.steps_in_words(history)[filled.form.version :] if filled.form else []
    if lifecycle.find(task.status, STEPS[name].verbs[0]) is not None:
        return _form_page(request, db, door, name, filled, status=409, meanwhile=meanwhile)
    return page(
        request,
        "referrals/clinic/too_late.html",
        status=409,
        door=door,
        why=why,
        meanwhile=meanwhile,
        typed=[value for field, value in filled.values.items() if value and field != "version"],
        may_enter=task.status in lifecycle.CLINIC_MAY_ENTER,
    )


def _terms_page(request: AnyRequest, door: Door, filled: Filled[forms.AgreeTerms]) -> Page:
    return page(
        request,
        "referrals/clinic/terms.html",
        status=422 if filled.errors else 200,
        door=door,
        version=terms.VERSION,
        errors=filled.errors,
        values=filled.values,
        back_href=door.home or "/",
        action=f"{door.base}/terms",
    )
