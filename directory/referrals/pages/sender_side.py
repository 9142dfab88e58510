"""The sender's side of a request, behind the mailed code and on the board; and that of the patient whom a clinician
referred, behind a code to the patient's mailbox."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar.datastructures import FormMultiDict

from directory.accounts import audit
from directory.accounts.actor import Actor
from directory.lib import clock, sealed
from directory.lib.errors import Conflict, Forbidden, NotFound, Stale
from directory.listings.queries import get_record
from directory.referrals import (
    actions,
    attachments,
    content,
    lifecycle,
    own_data,
    papers,
    patients,
    queries,
    readdressing,
    sender_actions,
    sender_view,
)
from directory.referrals import answers as words
from directory.referrals.forms import sender_steps as forms
from directory.referrals.forms.choices import YES_NO
from directory.referrals.models import Referral, Source, Who
from directory.referrals.patients import ReferralPatient
from directory.terminology.referral_status import REFERRAL_STATUSES
from directory.web import versions
from directory.web.forms import Filled, Form, empty, fill
from directory.web.routes import AnyRequest, Db, Page, databases_of
from directory.web.shell import File, attachment, page, see_other
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Who came to one request, and how. `base` is the address of its page, `home` that of the board, if any.

    `patient` is there when it is not the sender who came, but the patient whom a clinician referred.
    """

    referral: Referral
    by: Actor
    base: str
    home: str = ""
    patient: ReferralPatient | None = None

    @property
    def reader(self) -> Who:
        """Whose side of the request it is."""
        return Who.SENDER if self.patient is None else Who.PATIENT


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPage:
    """One thing that the sender can do: what allows it (`sender_view.may`), its form, the text of its link, what is
    said once it is done, and the deed."""

    allowed_by: str
    form: type[Form]
    label: str
    done: str
    take: Callable[[Db, Door, Any], object]


def _reply(db: Db, door: Door, form: forms.Reply) -> None:
    now = clock.now()
    sender_actions.reply(db, door.referral.id, form.reply, by=door.by, at=now, version=form.version)


def _heard(db: Db, door: Door, form: forms.HeardByPhone) -> None:
    said_yes, now = form.answer == "yes", clock.now()
    sender_actions.heard_by_phone(
        db, door.referral.id, accepted=said_yes, phone=form.phone, by=door.by, at=now, version=form.version
    )


def _contact(db: Db, door: Door, form: forms.Contact) -> None:
    wishes = form.model_dump(mode="json", include=set(sender_actions.CONTACT))
    sender_actions.change_contact(db, door.referral.id, wishes, by=door.by, at=clock.now())
    if door.patient is not None and isinstance(form, forms.PatientContact):
        patients.wants_mail(db, door.patient, form.mail == "yes" and not form.through, by=door.by, at=clock.now())


def _mistake(db: Db, door: Door, form: forms.Mistake) -> None:
    if door.referral.source != Source.CLINICIAN or door.patient is not None:
        raise Forbidden(_("You may not do that with this request."))
    sender_actions.report_error(db, door.referral.id, by=door.by, at=clock.now(), version=form.version)


def _withdraw(db: Db, door: Door, form: forms.Withdraw) -> None:
    actions.withdraw(db, door.referral.id, by=door.by, at=clock.now(), version=form.version)


def _keep(db: Db, door: Door, form: forms.Keep) -> None:
    if door.patient is not None:  # the invitation goes to the sender: whoever else asked would vouch for the sender
        raise Forbidden(_("You may not do that with this request."))
    sender_actions.keep_together(db, door.referral.id, by=door.by)


def _delete(db: Db, door: Door, form: forms.Delete) -> None:
    if "delete" not in _may(db, door) and door.referral.purged_at is None:
        raise Forbidden(_("You may not do that with this request."))
    sender_actions.delete(db, door.referral.id, by=door.by, at=clock.now())


STEPS: Mapping[str, StepPage] = {
    "reply": StepPage(
        allowed_by="reply",
        form=forms.Reply,
        label=_("Answer the clinic’s question"),
        done=_("Your answer went to the clinic. It waits for the clinic again."),
        take=_reply,
    ),
    "by-phone": StepPage(
        allowed_by="accept_by_phone",
        form=forms.HeardByPhone,
        label=_("The clinic answered by phone"),
        done=_("The answer by phone is written down."),
        take=_heard,
    ),
    "contact": StepPage(
        allowed_by="contact",
        form=forms.Contact,
        label=_("Change how contact is safe"),
        done=_("It is changed. The clinic reads only what you said last."),
        take=_contact,
    ),
    "mistake": StepPage(
        allowed_by="report_error",
        form=forms.Mistake,
        label=_("Sent by mistake"),
        done=_(
            "It is marked as sent by mistake. The clinic can read nothing of it any more. A person of ours looks at it."
        ),
        take=_mistake,
    ),
    "withdraw": StepPage(
        allowed_by="withdraw",
        form=forms.Withdraw,
        label=_("Withdraw the request"),
        done=_("The request is withdrawn."),
        take=_withdraw,
    ),
    "account": StepPage(
        allowed_by="keep",
        form=forms.Keep,
        label=_("Keep my referrals in one place"),
        done=_(
            "We mailed a link to your address. It lives a day, and your referrals stand together once you have used it."
        ),
        take=_keep,
    ),
    "delete": StepPage(
        allowed_by="delete",
        form=forms.Delete,
        label=_("Delete my data"),
        done=_("What was asked and answered is deleted."),
        take=_delete,
    ),
}
"""Name in the address → what can be done there, in the order in which it is offered."""

ACTIONS = "actions"


def show(request: AnyRequest, db: Db, door: Door) -> Page:
    """The request as who came reads it. The look is recorded before anything is shown."""
    _look(request, door)
    done, may = STEPS.get(request.query_params.get("done", "")), _may(db, door)
    kept, by_clinician = door.referral.purged_at is None, door.referral.source == Source.CLINICIAN
    return page(
        request,
        "referrals/sender/request.html",
        door=door,
        view=sender_view.view_of(db, door.referral, now=clock.now(), reader=door.reader),
        offers=[(name, step.label) for name, step in STEPS.items() if step.allowed_by in may],
        done=done.done if done else "",
        documents=attachments.find(db, door.referral.id) if door.patient is None else (),
        has_letter=kept and by_clinician and door.patient is None,
        has_sent=kept and not by_clinician,
    )


def step_page(request: AnyRequest, db: Db, door: Door, name: str) -> Page:
    """The form of one thing to do, where the state allows it; or what was sent, to be read and printed."""
    if name == "sent":
        return _sent_page(request, db, door)
    if name == ACTIONS:
        return _actions(db, door)
    step = _step(name)
    if step.allowed_by not in _may(db, door):
        raise Conflict(_not_now(db, door, step), back=door.base)
    known: dict[str, Any] = {}
    if name in {"contact", "reply"}:
        _look(request, door)
    if name == "contact":
        answers = content.answers_of(sealed.ring_of(db), door.referral)
        known = {field: answers.get(field) or "" for field in sender_actions.CONTACT}
        if door.patient is not None:
            known["mail"] = "yes" if door.patient.silent_since_at is None else "no"
    return _form_page(request, db, door, name, empty(_form_of(door, name), **known))


def take(request: AnyRequest, db: Db, door: Door, name: str, form: FormMultiDict) -> Page:
    """Do it. What cannot be done any more is said above what was typed."""
    if name == "elsewhere" and door.patient is None:
        return _ask_another(request, db, door, form)
    step = _step(name)
    steps = queries.find_task_of(db, door.referral.id).steps
    filled = fill(_form_of(door, name), versions.with_version(request, form, steps))
    if filled.form is None:
        if name == "reply":  # the page shows the clinic's question again
            audit.append(db, door.by, "viewed", subject_type="referral", subject_id=door.referral.id)
        return _form_page(request, db, door, name, filled, status=422)
    if step.allowed_by == "contact" and "contact" not in _may(db, door):
        return _form_page(request, db, door, name, filled, status=409, why=_not_now(db, door, step))
    try:
        step.take(db, door, filled.form)
    except Conflict as conflict:
        if versions.is_named(request):
            raise Stale(conflict.message) from None
        return _form_page(request, db, door, name, filled, status=409, why=conflict.message)
    return see_other(f"{door.base}?done={name}")


def _actions(db: Db, door: Door) -> Page:
    """What may be done now, for machines: names and addresses, and the version to name in `If-Match`."""
    task, may = queries.find_task_of(db, door.referral.id), _may(db, door)
    offered = [(name, step.label) for name, step in STEPS.items() if step.allowed_by in may]
    told = {
        "status": task.status,
        "fhir_status": REFERRAL_STATUSES[task.status].fhir_status,
        "version": task.steps,
        "actions": [{"name": name, "label": label, "href": f"{door.base}/{name}"} for name, label in offered],
    }
    return versions.tagged(told, task.steps)


def letter(request: AnyRequest, db: Db, door: Door) -> File:
    """The letter that went to the clinic, for the clinician who sent it."""
    if door.patient is not None:
        raise NotFound(_("There is no letter for this request, or not any more."))
    task = queries.find_task_of(db, door.referral.id)
    return papers.letter_of(request, db, task, by=door.by, subject_type="referral")


def document(request: AnyRequest, db: Db, door: Door, number: int) -> File:
    """A document that the sender attached, while it is kept."""
    if door.patient is not None:
        raise NotFound(_("There is no such page."))
    return papers.document_of(request, db, door.referral, number, by=door.by)


def data_page(request: AnyRequest, db: Db, door: Door) -> Page:
    """What is kept, for how long, and the ways to take it along or to have it deleted."""
    return page(
        request,
        "referrals/sender/data.html",
        door=door,
        referral=door.referral,
        left_out=own_data.why_left_out(door.referral, queries.find_task_of(db, door.referral.id), door.reader),
        may_delete="delete" in _may(db, door),
        back_href=door.base,
    )


def data_file(request: AnyRequest, db: Db, door: Door, kind: str) -> Page:
    """What is kept, as a file: `json` for machines, `txt` to be read."""
    if kind not in {"json", "txt"}:
        raise NotFound(_("There is no such page."))
    _look(request, door, action="exported")
    view = sender_view.view_of(db, door.referral, now=clock.now())
    name = f"request-{door.referral.reference}.{kind}"
    if kind == "txt":
        text = own_data.as_text(db, door.referral, view, reader=door.reader)
        return attachment(text.encode(), media_type="text/plain", filename=name, private=True)
    text = json.dumps(own_data.as_data(db, door.referral, view, reader=door.reader), ensure_ascii=False, indent=2)
    return attachment(text.encode(), media_type="application/json", filename=name, private=True)


def _ask_another(request: AnyRequest, db: Db, door: Door, form: FormMultiDict) -> Page:
    """The clinic before reads it no more, and this one is asked, under the same consent."""
    slug, task = str(form.get("clinic", ""))[:120], queries.find_task_of(db, door.referral.id)
    form = versions.with_version(request, form, task.steps)
    named = versions.is_named(request)
    seen = str(form.get("rank", task.rank if named else "")), str(form.get("version", ""))
    try:
        readdressing.ask_another(db, door.referral.id, slug, by=door.by, at=clock.now(), seen=seen)
    except Conflict as conflict:
        raise (Stale(conflict.message) if named else Conflict(conflict.message, back=door.base)) from None
    return see_other(door.base)


def _look(request: AnyRequest, door: Door, *, action: str = "viewed") -> None:
    databases = databases_of(request)
    audit.viewed(databases, door.by, subject_type="referral", subject_id=door.referral.id, action=action)


def _step(name: str) -> StepPage:
    found = STEPS.get(name)
    if found is None:
        raise NotFound(_("There is no such page."))
    return found


def _may(db: Db, door: Door) -> frozenset[str]:
    task = queries.find_task_of(db, door.referral.id)
    return sender_view.may(db, door.referral, task, reader=door.reader)


def _form_of(door: Door, name: str) -> type[Form]:
    return forms.PatientContact if name == "contact" and door.patient is not None else _step(name).form


def _sent_page(request: AnyRequest, db: Db, door: Door) -> Page:
    """What a patient sent, to be read and printed; of a clinician's referral there is a letter instead."""
    if door.referral.source == Source.CLINICIAN or door.referral.purged_at is not None:
        raise NotFound(_("There is no such page."))
    _look(request, door)
    task = queries.find_task_of(db, door.referral.id)
    answers = content.answers_of(sealed.ring_of(db), door.referral)
    return page(
        request,
        "referrals/sender/sent.html",
        door=door,
        referral=door.referral,
        clinic=get_record(db, task.location_id),
        sections=words.sections(answers, by_clinician=False),
        back_href=door.base,
    )


def _not_now(db: Db, door: Door, step: StepPage) -> str:
    status = queries.find_task_of(db, door.referral.id).status
    if step.allowed_by in lifecycle.VERBS:
        if lifecycle.find(status, step.allowed_by) is not None:
            return _("You may not do that with this request.")
        return lifecycle.why_not(status, step.allowed_by)
    return _("This request is closed, and nothing of it can be changed any more.")


def _form_page(
    request: AnyRequest, db: Db, door: Door, name: str, filled: Filled[Any], *, status: int = 200, why: str = ""
) -> Page:
    task = queries.find_task_of(db, door.referral.id)
    asked = ""
    if name == "reply" and status != 409:
        asked = sender_view.view_of(db, door.referral, now=clock.now(), reader=door.reader).question
    version = filled.values.get("version") if status == 422 else task.steps
    return page(
        request,
        f"referrals/sender/{name}.html",
        status=status,
        door=door,
        question=asked,
        why=why,
        reference=door.referral.reference,
        by_clinician=door.referral.source == Source.CLINICIAN and door.patient is None,
        values=filled.values,
        errors=filled.errors,
        hidden={"version": version or task.steps},
        back_href=door.base,
        action=f"{door.base}/{name}",
        yes_no=YES_NO,
        today=clock.today(),
    )
