"""What both forms have in common on the web: a form's cookie, showing a step, taking its answer, the check."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar.datastructures import FormMultiDict

from directory.lib import clock
from directory.lib.errors import Conflict, NotFound
from directory.listings.queries import get_record
from directory.listings.records import ClinicRecord
from directory.referrals import answers as words
from directory.referrals import attachments, drafts, gaps, others, queries, rules
from directory.referrals.forms import lines
from directory.referrals.forms.choices import choices, is_offered, left_open
from directory.referrals.forms.clinician import PatientBorn
from directory.referrals.forms.ranking import Ranking, chosen
from directory.referrals.forms.steps import CHECK, Flow, Step
from directory.referrals.models import Draft, DraftKind
from directory.referrals.standing import standing
from directory.web.forms import MOST_ROWS, Filled, Form, empty, fill, row_form_of, with_errors
from directory.web.forms import check as check_form
from directory.web.routes import AnyRequest, Db, Page
from directory.web.shell import cookie, cookie_value, drop_cookie, page, see_other
from directory.wording.say import _, joined

TRAP = "website"
"""A field that people do not see; what fills it in is a machine."""


def token_of(request: AnyRequest, flow: Flow) -> str:
    """The browser's token for this form, or an empty text."""
    return cookie_value(request, flow.cookie)


def draft_of(request: AnyRequest, db: Db, flow: Flow, *, to_change: bool = False) -> Draft:
    """This browser's form. Raises Gone when there is none."""
    return queries.get_draft(db, token_of(request, flow), kind=flow.kind.value, now=clock.now(), to_change=to_change)


def the_same_form(draft: Draft, form: FormMultiDict) -> None:
    """Raises Conflict when the page belongs to another form than the cookie: two tabs, two clinics."""
    if form.get("draft") != str(draft.id):
        raise Conflict(
            _("In this browser you have begun another request since this page was opened. Go on there, or start again.")
        )


def begin(
    request: AnyRequest,
    db: Db,
    flow: Flow,
    location_id: UUID,
    agreed: Form,
    *,
    known: Mapping[str, Any] | None = None,
) -> Page:
    """A new form, its cookie, and the way to its first open step. `known` are answers that the sender has given before:
    they stand there, and a step about the sender that they answer whole counts as answered."""
    draft, token = drafts.begin(
        db,
        kind=flow.kind,
        location_id=location_id,
        agreed=agreed.model_dump(mode="json"),
        at=clock.now(),
        instead_of=token_of(request, flow),
    )
    answers = drafts.keep_known(db, draft, known or {})
    for step in flow.steps if known else ():
        given = {name: known[name] for name in step.form.model_fields if known and known.get(name)}
        told = check_form(step.form, given, given).form if step.of_sender else None
        if told is not None:
            answers = drafts.keep(db, draft, step=step.name, given=told.model_dump(mode="json"))
    first = (flow.missing(answers) if known else None) or flow.steps[0]
    kept_s = int(rules.DRAFT_LIFE.total_seconds())
    return see_other(flow.url(first.name), cookies=[cookie(request, flow.cookie, token, seconds=kept_s)])


def go_on(request: AnyRequest, db: Db, flow: Flow) -> Page:
    """Back into a form that was left: to its first open step."""
    draft = draft_of(request, db, flow)
    if draft.referral_id is not None:
        return see_other(flow.url("sent"))
    missing = flow.missing(drafts.answers(db, draft))
    return see_other(flow.url(missing.name if missing else CHECK))


def show(request: AnyRequest, db: Db, flow: Flow, name: str) -> Page:
    """One step, with what was answered before."""
    draft, step = draft_of(request, db, flow), _step(flow, name)
    if draft.referral_id is not None:
        return see_other(flow.url("sent"))
    answers = drafts.answers(db, draft)
    if not step.asked(answers):
        return go_on(request, db, flow)
    usual = {} if name in answers.get(drafts.DONE, ()) else step.usual
    known = dict(usual) | {field: answers[field] for field in step.form.model_fields if answers.get(field) is not None}
    to_check = request.query_params.get("return") == CHECK
    filled = empty(step.form, **known)
    return _page(request, db, flow, draft, step=step, answers=answers, filled=filled, to_check=to_check)


def take(request: AnyRequest, db: Db, flow: Flow, name: str, form: FormMultiDict) -> Page:
    """One step's answer: kept, and on to what follows; or the page again with what is wrong."""
    draft, step = draft_of(request, db, flow, to_change=True), _step(flow, name)
    if draft.referral_id is not None:
        return see_other(flow.url("sent"))
    the_same_form(draft, form)
    answers, to_check = drafts.answers(db, draft), form.get("return") == CHECK
    if step.read_line:
        form = lines.spread(form, step.rows, step.read_line, clock.today())
    if form.get("more") and (step.rows or step.rest):
        return _helped(request, db, flow, draft, step=step, answers=answers, form=form)
    filled = _judged(db, draft, answers, fill(step.form, form))
    if filled.form is None or filled.errors:
        return _page(request, db, flow, draft, step=step, answers=answers, filled=filled, to_check=to_check)
    given = filled.form.model_dump(mode="json")
    stop = step.stop(given, clock.today())
    if stop:
        return see_other(flow.url(stop))
    if step.kept:
        answers = drafts.keep(db, draft, step=name, given=given)
    return see_other(flow.next_url(name, answers, to_check=to_check))


def check(
    request: AnyRequest, db: Db, flow: Flow, draft: Draft, *, errors: dict[str, str] | None = None, status: int = 422
) -> Page:
    """All answers with a way to change each; `status` with what is wrong. Leads to the first open step if one is."""
    answers, clinic = drafts.answers(db, draft), get_record(db, draft.location_id)
    missing = flow.missing(answers)
    if missing is not None:
        return see_other(flow.url(missing.name))
    number, total = flow.number(CHECK, answers)
    given, by_clinician = flow.given(answers), flow.kind is DraftKind.CLINICIAN
    told = words.sections(given, by_clinician=by_clinician)
    missed = gaps.what_is_missing(given, on=clock.today()) if by_clinician else []
    return page(
        request,
        f"referrals/{flow.begins_at}_check.html",
        status=status if errors else 200,
        errors=errors or {},
        clinic=clinic,
        sections=[*((part.title, _changeable(flow, part)) for part in told), _next_in(db, flow, answers)],
        others=bool(chosen(answers)),
        gaps=[(gap, f"{flow.url(gap.step)}?return={CHECK}") for gap in missed],
        part2=given.get("part2") == "yes",
        documents=attachments.find_in_form(db, draft),
        number=number,
        total=total,
        action=flow.url(CHECK),
        back_href=flow.url(flow.asked(answers)[-1].name),
        hidden={"draft": str(draft.id), "key": draft.idempotency_key},
        trap=TRAP,
        **_around(flow, clinic, draft),
    )


def sent(request: AnyRequest, db: Db, flow: Flow) -> Page:
    """The reference, what happens next and when; to be printed. Once sent, the form holds nothing but this."""
    draft = draft_of(request, db, flow)
    if draft.referral_id is None:
        return go_on(request, db, flow)
    referral = queries.get_referral(db, draft.referral_id)
    task = queries.find_task_of(db, referral.id)
    return page(
        request,
        "referrals/sent.html",
        clinic=get_record(db, draft.location_id),
        reference=referral.reference,
        has_mailbox=referral.has_mailbox,
        by_clinician=flow.kind is DraftKind.CLINICIAN,
        on_board=referral.sent_by_user_id is not None,
        held=task.status == "held_for_sender_check",
        stands=standing(task, queries.find_history(db, task.id), source=referral.source, now=clock.now()),
        base=flow.base,
    )


def key_of(request: AnyRequest, form: FormMultiDict) -> str:
    """The idempotency key that came with a press: a header's, or the page's own."""
    return str(request.headers.get("idempotency-key") or form.get("key") or "")


def delete(request: AnyRequest, db: Db, flow: Flow) -> Page:
    """Forget the form, here and in the browser."""
    drafts.drop(db, token_of(request, flow), kind=flow.kind)
    return see_other("/", cookies=[drop_cookie(request, flow.cookie)])


def begun_for(request: AnyRequest, db: Db, flow: Flow, location_id: UUID) -> bool:
    """Whether this browser has an unsent form for this clinic."""
    found = drafts.find(db, token_of(request, flow), kind=flow.kind, now=clock.now())
    return found is not None and found.location_id == location_id and found.referral_id is None


def _step(flow: Flow, name: str) -> Step:
    step = flow.find(name)
    if step is None:
        raise NotFound(_("There is no page at this address."))
    return step


def _judged(db: Db, draft: Draft, answers: dict[str, Any], filled: Filled[Form]) -> Filled[Form]:
    """What a form cannot know by itself: whether this clinic gives the treatment, and whether another can be asked."""
    if isinstance(filled.form, Ranking):
        wrong = others.wrong_in(db, draft, answers, filled.values)
        return with_errors(filled, **wrong) if wrong else filled
    treatment = getattr(filled.form, "treatment", None)
    if treatment is None or is_offered(get_record(db, draft.location_id), treatment):
        return filled
    return with_errors(filled, treatment=_("This clinic does not give that treatment. Choose one from the list"))


def _helped(
    request: AnyRequest,
    db: Db,
    flow: Flow,
    draft: Draft,
    *,
    step: Step,
    answers: dict[str, Any],
    form: FormMultiDict,
) -> Page:
    """The page again, with what was typed and one row more or less, or with a no to all that was left open: to be
    looked over and sent. Nothing is kept yet, nothing is complained of."""
    gone = str(form.get("more")).removeprefix("without-")
    if step.rows and gone.isdecimal() and len(gone) <= len(str(MOST_ROWS)):
        form = lines.without_row(form, step.rows, int(gone))
    typed = fill(step.form, form).values
    open_ = left_open(step.name, typed) if step.rest else []
    typed |= dict.fromkeys(open_, "NO")
    return _page(
        request,
        db,
        flow,
        draft,
        step=step,
        answers=answers,
        filled=Filled(values=typed),
        to_check=form.get("return") == CHECK,
        one_more=form.get("more") == "row",
        filled_in=len(open_),
    )


def _rows(step: Step, values: dict[str, Any], *, one_more: bool) -> dict[str, Any]:
    """The rows a page shows, empty ones at the end, and which of them was just added (0: none)."""
    if not step.rows:
        return {}
    typed, row_form = list(values[step.rows]), row_form_of(step.form.model_fields[step.rows].annotation)
    blank = dict.fromkeys(row_form.model_fields, "") if row_form else {}
    count = min(max(step.rows_shown, len(typed) + one_more), MOST_ROWS)
    added = len(typed) + 1 if one_more and len(typed) < count else 0
    return {
        "rows": [typed[at] if at < len(typed) else blank for at in range(count)],
        "added": added,
        "typed": len(typed),
        "may_add": count < MOST_ROWS,
    }


def _page(
    request: AnyRequest,
    db: Db,
    flow: Flow,
    draft: Draft,
    *,
    step: Step,
    answers: dict[str, Any],
    filled: Filled[Form],
    to_check: bool,
    one_more: bool = False,
    filled_in: int = 0,
) -> Page:
    clinic = get_record(db, draft.location_id)
    number, total = flow.number(step.name, answers)
    around = _around(flow, clinic, draft)
    return page(
        request,
        f"referrals/step/{step.page or step.name}.html",
        status=422 if filled.errors else 200,
        values=filled.values,
        errors=filled.errors,
        clinic=clinic,
        number=number,
        total=total,
        voice=_voice(flow, answers),
        action=flow.url(step.name),  # said outright: a fragment left in the address keeps the next page's focus away
        back_href=flow.back_url(step.name, answers, to_check=to_check) or around["begins_url"],
        hidden={"draft": str(draft.id)} | ({"return": CHECK} if to_check else {}),
        filled_in=filled_in,
        may_rest=step.rest,
        first=flow.kind is DraftKind.CLINICIAN and not (filled.errors or one_more or filled_in),
        **around,
        **_rows(step, filled.values, one_more=one_more),
        **choices(step.name, clinic, flow.kind, filled.values),
        **_lists(db, step, clinic, answers),
    )


def around_step(db: Db, flow: Flow, draft: Draft, name: str, *, to_check: bool) -> dict[str, Any]:
    """What stands around a step that has pages of its own."""
    answers, clinic = drafts.answers(db, draft), get_record(db, draft.location_id)
    number, total = flow.number(name, answers)
    return {
        "clinic": clinic,
        "number": number,
        "total": total,
        "back_href": flow.back_url(name, answers, to_check=to_check),
        "hidden": {"draft": str(draft.id)} | ({"return": CHECK} if to_check else {}),
        **_around(flow, clinic, draft),
    }


def _around(flow: Flow, clinic: ClinicRecord, draft: Draft) -> dict[str, Any]:
    """What every page of a form needs for leaving it."""
    return {
        "begins_url": f"/clinics/{clinic.slug}/{flow.begins_at}",
        "base": flow.base,
        "draft_id": str(draft.id),
    }


def _voice(flow: Flow, answers: dict[str, Any]) -> str:
    """Whom a question speaks of: `you`, `them` (somebody one helps), or `patient`."""
    if flow.kind is DraftKind.CLINICIAN:
        return "patient"
    return "them" if answers.get("for_whom") == "other" else "you"


def _lists(db: Db, step: Step, clinic: ClinicRecord, answers: dict[str, Any]) -> dict[str, Any]:
    """What is offered on a page that asks the database for it."""
    if step.form is PatientBorn:
        return {"refers_as": str(answers.get("sender_name") or "")}
    if step.form is not Ranking:
        return {}
    return {"others": others.offered(db, clinic, answers, chosen(answers))}


def _next_in(db: Db, flow: Flow, answers: dict[str, Any]) -> tuple[str, list[dict[str, str]]]:
    """Whom the sender would ask next: for the sender's eyes alone."""
    asked = others.names(db, chosen(answers)) or [_("Nobody")]
    href = f"{flow.url('ranking')}?return={CHECK}"
    label = _("Then, one after the other")
    return _("If this clinic cannot"), [{"label": label, "value": joined("; ", asked), "href": href}]


def _changeable(flow: Flow, section: words.Section) -> list[dict[str, str]]:
    return [
        {
            "label": row.label,
            "value": row.value,
            "href": f"{flow.url(row.step)}?return={CHECK}",
            "hidden": f"{row.label}, {section.title}".lower(),
        }
        for row in section.rows
    ]
