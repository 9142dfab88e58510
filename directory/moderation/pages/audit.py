"""The audit log to search: by object, actor and time, a hundred rows a page."""

import datetime as dt
from urllib.parse import urlencode

from directory.accounts.guards import may
from directory.accounts.permissions import Permission
from directory.moderation import audit_search
from directory.moderation.audit_search import ON_A_PAGE, Wanted
from directory.web.routes import AnyRequest, Db, Page, reads
from directory.web.shell import page
from directory.wording.say import _


@reads("/house/audit", guard=may(Permission.READ_AUDIT))
def show(request: AnyRequest, db: Db) -> Page:
    """What was done, the newest first. A day that is none comes back with words."""
    asked = {name: request.query_params.get(name, "").strip()[:80] for name in ("about", "who", "first", "last")}
    errors = {
        name: _("Enter a day, such as 2026-05-04")
        for name in ("first", "last")
        if asked[name] and _day(asked[name]) is None
    }
    rows = [] if errors else audit_search.find_events(db, _wanted(request, asked))
    older = urlencode({**asked, "before": rows[-1].seq}) if len(rows) == ON_A_PAGE else ""
    return page(
        request,
        "moderation/audit.html",
        status=422 if errors else 200,
        section="queue",
        rows=rows,
        older=older,
        values=asked,
        errors=errors,
    )


def _wanted(request: AnyRequest, asked: dict[str, str]) -> Wanted:
    before = request.query_params.get("before", "")
    return Wanted(
        about=asked["about"],
        who=asked["who"],
        first_on=_day(asked["first"]),
        last_on=_day(asked["last"]),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


ROUTES = [show]
