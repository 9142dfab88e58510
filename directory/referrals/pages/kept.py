"""What a signed-in clinician keeps: templates, and a referral that begins with the own data or with one of them."""

from typing import Any

from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.guards import may, who
from directory.accounts.network import network_of
from directory.accounts.permissions import Permission
from directory.accounts.sessions import SignedIn
from directory.lib import clock
from directory.lib.errors import Conflict, Refused
from directory.listings.queries import get_clinic
from directory.referrals import board, limits, queries, rules, templates
from directory.referrals.forms.clinician import BeginReferral
from directory.referrals.forms.keeping import KeepTemplate
from directory.referrals.forms.steps import REFER
from directory.referrals.models import Referral
from directory.referrals.pages import refer, stepping
from directory.web.forms import Filled, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, databases_of, reads, writes
from directory.web.shell import page, see_other
from directory.wording.say import _

HOME = "/referrals/templates"
ONE = "/referrals/{reference:str}/template"
START = "/referrals/start/{slug:str}"
DONE = {"saved": _("The template is saved."), "deleted": _("The template is deleted.")}
SENDS = may(Permission.SEND_REQUESTS)


@reads(START, guard=SENDS)
def begin(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """As for a guest, with the own data there already, and templates to choose from."""
    return _begin_page(request, db, slug, empty(BeginReferral), request.query_params.get("template", ""))


@writes(START, guard=SENDS)
def agree(request: AnyRequest, db: Db, slug: FromPath[str], form: Submitted) -> Page:
    """Agreed: a form that knows who refers, and what the template asks for."""
    limits.begin_form(databases_of(request), network_of(request))
    clinic, filled, chosen = get_clinic(db, slug), fill(BeginReferral, form), str(form.get("template") or "")
    why_not = rules.why_no_request(clinic)
    if why_not:
        raise Refused(why_not)
    if filled.form is None:
        return _begin_page(request, db, slug, filled, chosen)
    me = who(request)
    known = templates.own_data(db, me.user_id) or _of_account(me)
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 6:
        known |= templates.get(db, me.user_id, int(chosen)).answers
    return stepping.begin(request, db, REFER, clinic.location_id, filled.form, known=known)


@reads(HOME, guard=SENDS)
def list_page(request: AnyRequest, db: Db) -> Page:
    """All templates, each with a way to begin, another name, and its end."""
    return _list_page(request, db, empty(KeepTemplate))


@writes(f"{HOME}/{{number:int}}", guard=SENDS)
def change(request: AnyRequest, db: Db, number: FromPath[int], form: Submitted) -> Page:
    """Change one, or delete it."""
    me = who(request)
    if form.get("delete"):
        templates.delete(db, me.user_id, number)
        return see_other(f"{HOME}?done=deleted")
    filled = fill(KeepTemplate, form)
    if filled.form is None:
        return _list_page(request, db, filled, number)
    sender = templates.get(db, me.user_id, number).answers
    typed = {"name": filled.form.name, "question": filled.form.question}
    judged = {name: templates.what_points_to_one(text, sender) for name, text in typed.items()}
    wrong = {name: words for name, words in judged.items() if words}
    if wrong:
        return _list_page(request, db, with_errors(filled, **wrong), number)
    templates.change(db, me.user_id, number, **typed, at=clock.now())
    return see_other(f"{HOME}?done=saved")


@reads(ONE, guard=SENDS)
def keep_page(request: AnyRequest, db: Db, reference: FromPath[str]) -> Page:
    """What of a referral of one's own would be kept, and under which name."""
    return _keep_page(request, _mine(request, db, reference), empty(KeepTemplate))


@writes(ONE, guard=SENDS)
def keep(request: AnyRequest, db: Db, reference: FromPath[str], form: Submitted) -> Page:
    """Keep it. A name of the patient in what was typed is refused, and what was typed comes back."""
    me, referral = who(request), _mine(request, db, reference)
    filled = fill(KeepTemplate, form)
    if filled.form is None:
        return _keep_page(request, referral, filled)
    by = Actor(ActorKind.CLINICIAN, me.label)
    audit.append(db, by, "viewed", subject_type="referral", subject_id=referral.id)
    typed = {"name": filled.form.name, "question": filled.form.question}
    judged = {name: templates.what_is_wrong(db, referral, text) for name, text in typed.items()}
    wrong = {name: words for name, words in judged.items() if words}
    if wrong:
        return _keep_page(request, referral, with_errors(filled, **wrong))
    place = queries.find_tasks(db, referral.id)[0].location_id
    templates.save(db, referral, place, **typed, user_id=me.user_id, at=clock.now())
    return see_other(f"{HOME}?done=saved")


def _mine(request: AnyRequest, db: Db, reference: str) -> Referral:
    found = board.get_mine(db, who(request).user_id, reference)
    if found.purged_at is not None:
        raise Conflict(_("What was asked and answered has been deleted: nothing is left to keep as a template."))
    return found


def _of_account(me: SignedIn) -> dict[str, Any]:
    named = {"sender_name": me.name} if me.name != me.mailbox else {}
    return {"sender_mailbox": me.mailbox, **named}


def _begin_page(request: AnyRequest, db: Db, slug: str, filled: Filled[BeginReferral], chosen: str) -> Page:
    mine = [(str(each.number), each.name) for each in templates.find_all(db, who(request).user_id)]
    return refer.begin_page(request, db, get_clinic(db, slug), filled, templates=mine, chosen=chosen, signed_in=True)


def _list_page(request: AnyRequest, db: Db, filled: Filled[Any], number: int = 0) -> Page:
    return page(
        request,
        "referrals/templates.html",
        status=422 if filled.errors else 200,
        templates=templates.find_all(db, who(request).user_id),
        wrong=number,
        typed=filled.values,
        done=DONE.get(request.query_params.get("done", ""), ""),
        errors={f"{name}-{number}": words for name, words in filled.errors.items()},
    )


def _keep_page(request: AnyRequest, referral: Referral, filled: Filled[KeepTemplate]) -> Page:
    return page(
        request,
        "referrals/keep_template.html",
        status=422 if filled.errors else 200,
        reference=referral.reference,
        values=filled.values,
        errors=filled.errors,
        back_href=f"/referrals/{referral.reference}",
    )


ROUTES = [begin, agree, list_page, change, keep_page, keep]
