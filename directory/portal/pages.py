"""The clinic's quick update after the code: new patients, wait, requests, and "all still correct"; live at once."""

from typing import Any
from uuid import UUID

from directory.accounts import grants
from directory.accounts.actor import Actor, ActorKind
from directory.lib import clock
from directory.lib.errors import Conflict
from directory.listings.forms import QuickUpdateForm
from directory.listings.queries import get_record
from directory.listings.records import ClinicRecord
from directory.portal import queries
from directory.portal.forms import Attest
from directory.portal.guards import clinic_with_listing
from directory.referrals.doors import LISTING
from directory.terminology.accepting import ACCEPTING
from directory.verification import actions as verification
from directory.web.forms import Filled, empty, fill
from directory.web.routes import AnyRequest, Db, Page, Submitted, reads, writes
from directory.web.shell import cookie_value, page, see_other


@reads("/clinic/update", guard=clinic_with_listing)
def show(request: AnyRequest, db: Db) -> Page:
    """What can change at once, and what is confirmed by one button."""
    clinic = get_record(db, _location(request, db))
    filled = empty(QuickUpdateForm, version=clinic.version, **queries.quick_facts(clinic))
    return _page(request, db, clinic, filled, done=request.query_params.get("done", ""))


@writes("/clinic/update", guard=clinic_with_listing)
def save(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """Changed: live at once, and confirmed by the clinic now. Another's change meanwhile: both are shown."""
    clinic, filled = get_record(db, _location(request, db)), fill(QuickUpdateForm, form)
    if filled.form is None:
        return _page(request, db, clinic, filled)
    typed = {name: str(filled.values[name]) for name in queries.quick_facts(clinic)}
    if filled.form.version != clinic.version:
        same = typed == queries.quick_facts(clinic)
        return see_other("/clinic/update?done=saved") if same else _both(request, db, clinic, typed)
    changes = filled.form.model_dump(exclude={"requests", "accepting_patients"})
    verification.update_quickly(
        db,
        clinic.location_id,
        accepting=filled.form.accepting_patients,
        referrals_on=filled.form.referrals_on,
        by=_clinic(clinic),
        at=clock.now(),
        **changes,
    )
    return see_other("/clinic/update?done=saved")


@writes("/clinic/confirm", guard=clinic_with_listing)
def confirm(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """All still correct: what a clinic's word can renew is renewed, for the version that was on the page."""
    clinic, filled = get_record(db, _location(request, db)), fill(Attest, form)
    try:
        version = filled.form.version if filled.form else 0
        verification.attest_all_correct(db, clinic.location_id, version=version, by=_clinic(clinic), at=clock.now())
    except Conflict:
        filled_anew = empty(QuickUpdateForm, version=clinic.version, **queries.quick_facts(clinic))
        return _page(request, db, clinic, filled_anew, status=409, done="changed")
    return see_other("/clinic/update?done=confirmed")


def _location(request: AnyRequest, db: Db) -> UUID:
    return grants.require(db, cookie_value(request, LISTING), purpose=LISTING)


def _clinic(clinic: ClinicRecord) -> Actor:
    return Actor(ActorKind.CLINIC, clinic.slug[:80])


def _both(request: AnyRequest, db: Db, clinic: ClinicRecord, typed: dict[str, str]) -> Page:
    """409: what was typed in the form, and beside it what stands now; sent again, it is the newer."""
    filled = empty(QuickUpdateForm, version=clinic.version, **typed)
    now = queries.in_words(queries.quick_facts(clinic))
    rows = [
        (label, yours, theirs) for (label, yours), (_label, theirs) in zip(queries.in_words(typed), now, strict=True)
    ]
    return _page(request, db, clinic, filled, status=409, conflict=rows)


def _page(
    request: AnyRequest, db: Db, clinic: ClinicRecord, filled: Filled[QuickUpdateForm], *, status: int = 0, **more: Any
) -> Page:
    return page(
        request,
        "portal/update.html",
        status=status or (422 if filled.errors else 200),
        clinic=clinic,
        values=filled.values,
        errors=filled.errors,
        accepting=[(row.code, row.label) for row in ACCEPTING],
        attested=queries.what_is_attested(db, clinic.location_id, at=clock.now()),
        **{"done": "", "conflict": []} | more,
    )


ROUTES = [show, save, confirm]
