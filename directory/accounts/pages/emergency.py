"""Emergency access (break-glass): asked for by an operator, agreed to by a second person, ended by anybody of them."""

from typing import Any
from uuid import UUID

from directory.accounts import emergency
from directory.accounts.forms import Reason
from directory.accounts.guards import may, who
from directory.accounts.permissions import Permission
from directory.accounts.queries import get_user
from directory.accounts.rules import EMERGENCY_ASKED
from directory.lib import clock
from directory.web.forms import Filled, empty, fill
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, reads, writes
from directory.web.shell import page, see_other

HERE = "/house/emergency"


@reads(HERE, guard=may(Permission.APPROVE_EMERGENCY))
def show(request: AnyRequest, db: Db) -> Page:
    """Who asked, why, who agreed, and what runs now."""
    return _page(request, db, empty(Reason))


@writes(HERE, guard=may(Permission.OPERATE))
def ask(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """An operator asks; everybody of the house is mailed."""
    filled = fill(Reason, form)
    if filled.form is None:
        return _page(request, db, filled)
    mailbox = request.app.state.settings.operator_mailbox
    emergency.ask(db, reason=filled.form.reason, by=who(request), operator_mailbox=mailbox)
    return see_other(f"{HERE}?done=asked")


@writes(f"{HERE}/{{access_id:uuid}}/approve", guard=may(Permission.APPROVE_EMERGENCY))
def approve(request: AnyRequest, db: Db, form: Submitted, access_id: FromPath[UUID]) -> Page:
    """The second person agrees: an hour."""
    mailbox = request.app.state.settings.operator_mailbox
    emergency.approve(db, access_id, by=who(request), operator_mailbox=mailbox)
    return see_other(f"{HERE}?done=approved")


@writes(f"{HERE}/{{access_id:uuid}}/end", guard=may(Permission.APPROVE_EMERGENCY))
def end(request: AnyRequest, db: Db, form: Submitted, access_id: FromPath[UUID]) -> Page:
    """Refused, or given back early."""
    emergency.end(db, access_id, by=who(request))
    return see_other(f"{HERE}?done=ended")


def _page(request: AnyRequest, db: Db, filled: Filled[Reason]) -> Page:
    me, now = who(request), clock.now()
    rows = []
    for row, user in emergency.find_recent(db):
        second = get_user(db, row.approved_by_id).reference if row.approved_by_id else ""
        rows.append(_told(row, user.reference, second, now) | {"mine": row.asked_by_id == me.user_id})
    return page(
        request,
        "accounts/emergency.html",
        status=422 if filled.errors else 200,
        values=filled.values,
        errors=filled.errors,
        rows=rows,
        runs=me.may(Permission.READ_ANY_REQUEST),
        operates=me.may(Permission.OPERATE),
        done=request.query_params.get("done", ""),
    )


def _told(row: Any, asked_by: str, second: str, now: Any) -> dict[str, Any]:
    over = row.ended_at is not None or (row.expires_at is not None and row.expires_at <= now)
    late = row.approved_at is None and now >= row.asked_at + EMERGENCY_ASKED
    state = "over" if over or late else "running" if row.approved_at is not None else "waits"
    return {
        "id": row.id,
        "asked_by": asked_by,
        "second": second,
        "reason": row.reason,
        "asked_at": row.asked_at,
        "expires_at": row.expires_at,
        "state": state,
    }


ROUTES = [show, ask, approve, end]
