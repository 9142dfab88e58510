"""One item: what would change, the evidence, the history, the public page beside it; and the decision."""

from uuid import UUID

from directory.accounts import audit
from directory.accounts.guards import may
from directory.accounts.permissions import Permission
from directory.lib import clock
from directory.lib.db import attempt
from directory.lib.errors import Conflict, NotFound, Refused
from directory.moderation import actions, deciding, naming, queries, subjects
from directory.moderation.choices import CHOICES, find_choice
from directory.moderation.deciding import Ask
from directory.moderation.forms import Decide
from directory.moderation.kinds import ABOUT_A_REQUEST, KINDS, Kind
from directory.moderation.models import QueueItem
from directory.moderation.pages import staff
from directory.terminology.licences import LICENCE_STATUSES
from directory.terminology.proofs import METHODS
from directory.terminology.rems import REMS_METHODS
from directory.web.forms import Filled, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, databases_of, reads, writes
from directory.web.shell import page, see_other
from directory.wording.say import _

_WORKS = may(Permission.WORK_QUEUE)


@reads("/queue/{item_id:uuid}", guard=_WORKS)
def show(request: AnyRequest, db: Db, item_id: FromPath[UUID]) -> Page:
    """What it is about, and the form that decides it."""
    return _page(request, db, _item(request, db, item_id), empty(Decide))


@writes("/queue/{item_id:uuid}/take", guard=_WORKS)
def take(request: AnyRequest, db: Db, form: Submitted, item_id: FromPath[UUID]) -> Page:
    """Mine now."""
    actions.take(db, _item(request, db, item_id), by=staff.worker(request), at=clock.now())
    return see_other(f"/queue/{item_id}")


@writes("/queue/{item_id:uuid}/release", guard=_WORKS)
def release(request: AnyRequest, db: Db, form: Submitted, item_id: FromPath[UUID]) -> Page:
    """Everybody's again."""
    actions.release(db, _item(request, db, item_id), by=staff.worker(request))
    return see_other("/queue")


@writes("/queue/{item_id:uuid}", guard=_WORKS)
def decide(request: AnyRequest, db: Db, form: Submitted, item_id: FromPath[UUID]) -> Page:
    """Decided: on to the next one. What is missing comes back with what was typed."""
    item, filled = _item(request, db, item_id), fill(Decide, form)
    if filled.form is None:
        return _page(request, db, item, filled)
    ask = Ask(**filled.form.model_dump())
    why_not = _wrong(item, ask)
    if why_not:
        return _page(request, db, item, with_errors(filled, **why_not))
    try:
        with attempt(db):
            row = deciding.decide(db, item, ask, by=staff.worker(request), at=clock.now())
    except (Refused, Conflict) as problem:
        return _page(request, db, item, with_errors(filled, form=problem.message), status=problem.status)
    return see_other(f"/queue?done={'decided' if row.took_effect else 'first'}")


@writes("/queue/{item_id:uuid}/put-back/{revision_id:uuid}", guard=_WORKS)
def put_back(
    request: AnyRequest, db: Db, form: Submitted, item_id: FromPath[UUID], revision_id: FromPath[UUID]
) -> Page:
    """Beside an objection: one more change of the same person is undone at once."""
    item = _item(request, db, item_id)
    if item.kind != Kind.OBJECTION:
        raise NotFound(_("There is no such item in the queue."))
    try:
        with attempt(db):
            deciding.put_back(db, item, revision_id, by=staff.worker(request), at=clock.now())
    except (Refused, Conflict) as problem:
        return _page(request, db, item, with_errors(empty(Decide), form=problem.message), status=problem.status)
    return see_other(f"/queue/{item_id}?done=back")


def _wrong(item: QueueItem, ask: Ask) -> dict[str, str]:
    choice = find_choice(item.kind, ask.choice)
    if choice is None:
        return {"choice": _("Choose what you decide")}
    if choice.needs_words and not ask.words:
        return {"words": _("Say why, in words that whoever is concerned can read")}
    if item.kind == Kind.LICENCE_EXPIRY and ask.choice == "checked":
        missing = {"licence_status": _("Choose a status"), "source": _("Say where you saw it")}
        return {name: words for name, words in missing.items() if not getattr(ask, name)}
    if item.kind == Kind.SENSITIVE_EDIT and ask.choice == "approve" and ask.method is None:
        return {"method": _("Say how you checked it")}
    return {}


def _item(request: AnyRequest, db: Db, item_id: UUID) -> QueueItem:
    return queries.get_item(db, item_id, kinds=staff.kinds(request))


def _page(request: AnyRequest, db: Db, item: QueueItem, filled: Filled[Decide], *, status: int = 422) -> Page:
    mine, now = staff.worker(request).user_id, clock.now()
    if item.kind in ABOUT_A_REQUEST:  # the page may name somebody: the look is recorded first
        by, of = staff.worker(request).actor, item.about_id
        if filled.errors:
            audit.append(db, by, "viewed", subject_type="referral_task", subject_id=of)
        else:
            audit.viewed(databases_of(request), by, subject_type="referral_task", subject_id=of)
    found = subjects.subject_of(db, item, at=now)
    decided = queries.find_decisions(db, item_id=item.id)
    where = [place.location_id for place in found.places]
    return page(
        request,
        "moderation/review.html",
        status=status if filled.errors else 200,
        section="queue",
        item=item,
        kind=KINDS[item.kind],
        subject=found,
        evidence=[row for location_id in where[:1] for row in subjects.evidence_of(db, location_id, at=now)],
        history=[row for location_id in where[:1] for row in subjects.history_of(db, location_id)],
        decisions=decided,
        names=naming.names_of(db, [item.taken_by, item.closed_by, *(row.by for row in decided)]),
        done=request.query_params.get("done", ""),
        first=queries.find_first_yes(db, item.id) if item.state == "OPEN" else None,
        choices=[(choice.code, choice.label) for choice in CHOICES[Kind(item.kind)]],
        methods=[("", _("Choose")), *((row.code, row.label) for row in METHODS if row.independent)],
        rems_methods=[("", _("Choose")), *((row.code, row.label) for row in REMS_METHODS if row.independent)],
        licence_statuses=[("", _("Choose")), *((row.code, row.label) for row in LICENCE_STATUSES)],
        mine=item.taken_by_id == mine,
        now=now,
        values=filled.values,
        errors=filled.errors,
    )


ROUTES = [show, take, release, decide, put_back]
