"""A listing of the house: its status, what waits about it, what was decided; pause it, take it back, part a merge."""

from directory.accounts.guards import may
from directory.accounts.permissions import Permission
from directory.lib import clock
from directory.lib.db import attempt
from directory.lib.errors import Conflict, DirectoryError, Refused
from directory.listings.models import Location
from directory.moderation import duplicates, house, naming, queries, subjects
from directory.moderation.forms import Pause, Words
from directory.moderation.kinds import KINDS
from directory.moderation.pages import staff
from directory.moderation.reasons import PAUSE_REASONS
from directory.verification.rules import STEPS
from directory.web.forms import Filled, empty, fill
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, reads, writes
from directory.web.shell import page, see_other

_MODERATES = may(Permission.MODERATE)
_HERE = "/house/clinics/{slug:str}"


@reads(_HERE, guard=_MODERATES)
def show(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """What stands, waits and was decided about one listing."""
    return _page(request, db, house.get_listing(db, slug), empty(Pause))


@writes(f"{_HERE}/pause", guard=_MODERATES)
def pause(request: AnyRequest, db: Db, form: Submitted, slug: FromPath[str]) -> Page:
    """Off the list at once, with a neutral line for the public and words for the clinic."""
    row, filled = house.get_listing(db, slug), fill(Pause, form)
    if filled.form is None:
        return _page(request, db, row, filled)
    said = filled.form
    try:
        with attempt(db):
            house.pause(db, row.id, said.reason, words=said.words, by=staff.worker(request), at=clock.now())
    except (Refused, Conflict) as problem:
        return _again(request, db, row, filled, problem)
    return see_other(f"/house/clinics/{row.slug}?done=paused")


@writes(f"{_HERE}/return", guard=_MODERATES)
def ask_for_return(request: AnyRequest, db: Db, form: Submitted, slug: FromPath[str]) -> Page:
    """The first yes; a second person finds it in the queue."""
    row, filled = house.get_listing(db, slug), fill(Words, form)
    if filled.form is None:
        return _page(request, db, row, filled)
    try:
        with attempt(db):
            house.ask_for_return(db, row.id, words=filled.form.words, by=staff.worker(request), at=clock.now())
    except (Refused, Conflict) as problem:
        return _again(request, db, row, filled, problem)
    return see_other(f"/house/clinics/{row.slug}?done=asked")


@writes(f"{_HERE}/part", guard=_MODERATES)
def part(request: AnyRequest, db: Db, form: Submitted, slug: FromPath[str]) -> Page:
    """Undo a merge of the last 30 days."""
    row, filled = house.get_listing(db, slug), fill(Words, form)
    if filled.form is None:
        return _page(request, db, row, filled)
    try:
        with attempt(db):
            duplicates.undo(db, row.id, words=filled.form.words, by=staff.worker(request), at=clock.now())
    except (Refused, Conflict) as problem:
        return _again(request, db, row, filled, problem)
    return see_other(f"/house/clinics/{row.slug}?done=parted")


def _again(
    request: AnyRequest, db: Db, row: Location, filled: Filled[Pause] | Filled[Words], problem: DirectoryError
) -> Page:
    """What was typed, with why it cannot be done: 422, or 409 when somebody was quicker."""
    typed: Filled[Words] = Filled(values=filled.values, errors=filled.errors | {"form": problem.message})
    return _page(request, db, row, typed, status=problem.status)


def _page(
    request: AnyRequest, db: Db, row: Location, filled: Filled[Pause] | Filled[Words], *, status: int = 422
) -> Page:
    now, decided = clock.now(), queries.find_decisions(db, location_id=row.id)
    return page(
        request,
        "moderation/house.html",
        status=status if filled.errors else 200,
        section="queue",
        place=subjects.place_of(db, row.id),
        note=row.status_note,
        can_pause=row.status in STEPS["suspend"][0],
        can_return=row.status in STEPS["reinstate"][0],
        merge=duplicates.find_merge(db, row.id, at=now),
        waiting=[(KINDS[item.kind], item) for item in queries.find_of_location(db, row.id, kinds=staff.kinds(request))],
        decisions=decided,
        names=naming.names_of(db, [each.by for each in decided]),
        history=subjects.history_of(db, row.id),
        evidence=subjects.evidence_of(db, row.id, at=now),
        reasons=[(reason.code, reason.label) for reason in PAUSE_REASONS],
        now=now,
        values=empty(Pause).values | filled.values,
        errors=filled.errors,
        done=request.query_params.get("done", ""),
    )


ROUTES = [show, pause, ask_for_return, part]
