"""Many sites at once: the template, the file that comes back with its differences shown, and the yes."""

from typing import Any
from uuid import UUID

from directory.accounts.guards import may, who
from directory.accounts.permissions import Permission
from directory.lib import clock
from directory.lib.errors import Refused
from directory.listings.facts import facts_of
from directory.listings.queries import get_rows
from directory.portal import bulk, sites
from directory.portal.bulk import Row
from directory.verification import editing
from directory.web.routes import AnyRequest, Db, Page, Submitted, reads, writes
from directory.web.shell import attachment, page, see_other
from directory.wording.say import _

HERE = "/clinic/bulk"
EDIT = Permission.EDIT_LISTING


@reads(HERE, guard=may(EDIT))
def start(request: AnyRequest, db: Db) -> Page:
    """The template, and where the file comes back."""
    done = request.query_params.get("done", "")
    return page(request, "portal/bulk.html", rows=[], text="", errors={}, done=done, count=len(_mine(request, db)))


@reads(f"{HERE}/sites.csv", guard=may(EDIT))
def template(request: AnyRequest, db: Db) -> Page:
    """What every site says now."""
    facts = {card.slug: facts_of(get_rows(db, card.location_id)) for card in _mine(request, db)}
    return attachment(bulk.template(facts).encode(), media_type="text/csv", filename="sites.csv")


@writes(HERE, guard=may(EDIT))
def look(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """What the file would change; with the yes, it is changed: all of it or nothing."""
    text, cards = _text(form), {card.slug: card for card in _mine(request, db)}
    known = {slug: (card.name, facts_of(get_rows(db, card.location_id))) for slug, card in cards.items()}
    try:
        rows = bulk.read(text, known)
    except ValueError as problem:
        return _page(request, [], text, {"text": str(problem)}, len(cards))
    if form.get("confirm") != "yes" or any(row.problems for row in rows):
        return _page(request, rows, text, {}, len(cards))
    try:
        plans = _plans(request, db, rows, {slug: card.location_id for slug, card in cards.items()})
    except Refused as problem:
        return _page(request, rows, text, {"form": problem.message}, len(cards))
    for planned in plans:
        editing.carry_out(db, planned)
    return see_other(f"{HERE}?done=saved")


def _plans(request: AnyRequest, db: Db, rows: list[Row], ids: dict[str, UUID]) -> list[editing.Plan]:
    signed_in, at = who(request), clock.now()
    by = editing.Editor(actor=signed_in.actor, user_id=signed_in.user_id, why=_("From a file"))
    return [
        editing.plan(db, ids[row.slug], section, facts, seen=None, by=by, at=at)
        for row in rows
        for section, facts in bulk.by_section(row.facts).items()
    ]


def _mine(request: AnyRequest, db: Db) -> list[sites.SiteCard]:
    return sites.find_sites(db, who(request).organizations(EDIT))


def _text(form: Any) -> str:
    sent = form.get("file")
    data = sent.file.read(bulk.MOST_CHARACTERS + 1) if sent is not None and not isinstance(sent, str) else b""
    if data.strip():
        return str(data.decode("utf-8-sig", "replace"))
    return str(form.get("text") or "")[: bulk.MOST_CHARACTERS + 1]


def _page(request: AnyRequest, rows: list[Row], text: str, errors: dict[str, str], count: int) -> Page:
    wrong = bool(errors) or any(row.problems for row in rows)
    status = 422 if wrong else 200
    return page(request, "portal/bulk.html", status=status, rows=rows, text=text, errors=errors, done="", count=count)


ROUTES = [start, template, look]
