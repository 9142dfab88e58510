"""Report a mistake on a clinic's page: seven reasons, or one press for "nobody answers here"; and our own accuracy."""

import datetime as dt

from directory.accounts.network import network_of
from directory.lib import clock, throttle
from directory.lib.errors import TooMany
from directory.listings.queries import get_clinic
from directory.listings.records import ClinicRecord
from directory.moderation import reports
from directory.moderation.forms import ReportForm
from directory.moderation.reasons import NOBODY_ANSWERS, REPORT_REASONS
from directory.web.forms import Filled, empty, fill, with_errors
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, anyone, databases_of, reads, writes
from directory.web.shell import page, see_other
from directory.wording.say import _

TRAP = "website"
PER_NETWORK = 12
_HERE = "/clinics/{slug:str}/report"


@reads(_HERE, guard=anyone)
def ask(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """What is wrong, and where an answer may go."""
    return _page(request, get_clinic(db, slug), empty(ReportForm))


@writes(_HERE, guard=anyone)
def send(request: AnyRequest, db: Db, form: Submitted, slug: FromPath[str]) -> Page:
    """Kept, and put before a person."""
    filled = fill(ReportForm, form)
    try:
        _count(request)
    except TooMany as problem:
        return _page(request, get_clinic(db, slug), with_errors(filled, form=problem.message), problem)
    clinic = get_clinic(db, slug)
    if form.get(TRAP, ""):
        filled = with_errors(
            filled, form=_("A field that people cannot see was filled in. Press the button once more.")
        )
    if filled.form is None or filled.errors:
        return _page(request, clinic, filled)
    said = filled.form
    network = reports.network_digest(db, network_of(request))
    told = {"words": said.words, "mailbox": said.mailbox}
    reports.file(db, clinic.location_id, said.reason, network=network, at=clock.now(), **told)
    return see_other(f"/clinics/{clinic.slug}/report?done={'answer' if said.mailbox else 'thanks'}")


@writes(f"{_HERE}/no-answer", guard=anyone)
def nobody_answers(request: AnyRequest, db: Db, form: Submitted, slug: FromPath[str]) -> Page:
    """One press: we call the clinic within three working days."""
    _count(request)
    clinic = get_clinic(db, slug)
    network = reports.network_digest(db, network_of(request))
    reports.file(db, clinic.location_id, NOBODY_ANSWERS, network=network, at=clock.now())
    return see_other(f"/clinics/{clinic.slug}/report?done=call")


@reads("/accuracy", guard=anyone)
def accuracy(request: AnyRequest, db: Db) -> Page:
    """How true this directory is, and how that is counted."""
    return page(request, "moderation/accuracy.html", public=True, figures=request.app.state.accuracy.now())


def _count(request: AnyRequest) -> None:
    bucket, network = "report-network", network_of(request)
    verdict = throttle.allow(databases_of(request), bucket, network, limit=PER_NETWORK, window=dt.timedelta(hours=1))
    verdict.or_refuse(_("Many reports came from your network in the last hour. Please try again later."))


def _page(request: AnyRequest, clinic: ClinicRecord, filled: Filled[ReportForm], flood: TooMany | None = None) -> Page:
    return page(
        request,
        "moderation/report.html",
        status=flood.status if flood else 422 if filled.errors else 200,
        headers={"Retry-After": str(flood.retry_after)} if flood else {},
        section="find",
        clinic=clinic,
        reasons=[(row.code, row.label) for row in REPORT_REASONS],
        trap=TRAP,
        values=filled.values,
        errors=filled.errors,
        done=request.query_params.get("done", ""),
    )


ROUTES = [ask, send, nobody_answers, accuracy]
