"""A request read in an emergency: by an operator whom a second person let in for an hour, each look recorded first."""

from directory.accounts import audit
from directory.accounts.guards import may, who
from directory.accounts.permissions import Permission
from directory.lib.db import reading
from directory.lib.errors import NotFound
from directory.listings.queries import get_record
from directory.referrals import actions, queries
from directory.referrals.forms.replies import ByReference
from directory.referrals.models import ReferralTask
from directory.referrals.opened import request_for_clinic
from directory.web.forms import Filled, empty, fill
from directory.web.routes import AnyRequest, Db, Page, Submitted, databases_of, reads, writes
from directory.web.shell import page
from directory.wording.say import _

HERE = "/house/requests"


@reads(HERE, guard=may(Permission.READ_ANY_REQUEST))
def ask(request: AnyRequest, db: Db) -> Page:
    """Which request: one by its reference; there is no list."""
    return _ask(request, empty(ByReference))


@writes(HERE, guard=may(Permission.READ_ANY_REQUEST))
def read(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """One request. The look is recorded before anything is shown, in a transaction of its own."""
    filled = fill(ByReference, form)
    if filled.form is None:
        return _ask(request, filled)
    databases = databases_of(request)
    with reading(databases) as before:
        task = _task(before, filled.form.reference)
    actions.refuse_unless_readable(task)
    audit.viewed(databases, who(request).actor, subject_type="referral_task", subject_id=task.id)
    asked = request_for_clinic(db, task, get_record(db, task.location_id))
    return page(request, "referrals/emergency_read.html", asked=asked)


def _task(db: Db, reference: str) -> ReferralTask:
    referral = queries.find_by_reference(db, reference)
    if referral is None:
        raise NotFound(_("There is no request with this reference."))
    return queries.find_task_of(db, referral.id)


def _ask(request: AnyRequest, filled: Filled[ByReference]) -> Page:
    return page(
        request,
        "referrals/emergency_ask.html",
        status=422 if filled.errors else 200,
        values=filled.values,
        errors=filled.errors,
        back_href="/house/emergency",
    )


ROUTES = [ask, read]
