"""The clinic's rooms around its sections: which sites, what to do next, the preview, the history, one press for all."""

from uuid import UUID

from directory.accounts.guards import may, who
from directory.accounts.permissions import Permission
from directory.accounts.sessions import SignedIn
from directory.lib import clock
from directory.lib.errors import Conflict, NotFound
from directory.listings import revisions
from directory.listings.models import Location
from directory.listings.revision import Revision
from directory.portal import queries, sections, sites
from directory.portal.forms import Attest
from directory.referrals import inbox
from directory.terminology.listing_status import LISTING_STATUSES
from directory.verification import actions as verification
from directory.verification import editing
from directory.web.forms import fill
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, reads, writes
from directory.web.shell import page, see_other
from directory.wording.say import _


@reads("/clinic", guard=may(Permission.ENTER_CLINIC))
def home(request: AnyRequest, db: Db) -> Page:
    """Your sites; straight to the only one."""
    found = sites.find_sites(db, who(request).organizations(Permission.ENTER_CLINIC))
    if len(found) == 1:
        return see_other(f"/clinic/sites/{found[0].slug}")
    answers_for = who(request).organizations(Permission.ANSWER_REQUESTS)
    places = [card.location_id for card in sites.find_sites(db, answers_for)]
    return page(request, "portal/sites.html", cards=found, requests=inbox.count_waiting(db, places) if places else None)


@reads("/clinic/sites/{slug:str}", guard=may(Permission.ENTER_CLINIC))
def dashboard(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """What to do next with a site and why, and its sections."""
    signed_in, site = who(request), _site(request, db, slug, Permission.ENTER_CLINIC)
    at = clock.now()
    return page(
        request,
        "portal/dashboard.html",
        site_=site,
        status_=LISTING_STATUSES[site.status],
        steps=sites.steps(db, site, signed_in.user_id, at=at),
        cards=sites.section_cards(db, site.id, signed_in.user_id, dict(sections.TITLES)),
        waiting=sites.waiting(db, site.id),
        others=sites.siblings(db, site),
        may_edit=signed_in.may(Permission.EDIT_LISTING, site.organization_id),
        may_lead=signed_in.may(Permission.MANAGE_TEAM, site.organization_id),
        requests=inbox.count_waiting(db, [site.id])
        if signed_in.may(Permission.ANSWER_REQUESTS, site.organization_id)
        else None,
        figures=sites.own_figures(db, site, at=at)
        if signed_in.may(Permission.ANSWER_REQUESTS, site.organization_id)
        else [],
        views=sites.page_views(db, site, today=clock.today()),
        done=request.query_params.get("done", ""),
    )


@reads("/clinic/sites/{slug:str}/preview", guard=may(Permission.ENTER_CLINIC))
def preview(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """The public page with everything that waits."""
    site = _site(request, db, slug, Permission.ENTER_CLINIC)
    waiting = sites.waiting(db, site.id)
    return page(
        request,
        "portal/preview.html",
        view=sites.preview(db, site.id, at=clock.now()),
        waiting=waiting,
        back_to=f"/clinic/sites/{site.slug}",
    )


@reads("/clinic/sites/{slug:str}/history", guard=may(Permission.ENTER_CLINIC))
def history(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """Every change: who, when, why, before and after."""
    signed_in, site = who(request), _site(request, db, slug, Permission.ENTER_CLINIC)
    asked = request.query_params.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 5 else 1
    entries, older = sites.history(db, site.id, number=max(1, number))
    return page(
        request,
        "portal/history.html",
        site_=site,
        entries=entries,
        number=number,
        older=older,
        may_edit=signed_in.may(Permission.EDIT_LISTING, site.organization_id),
        done=request.query_params.get("done", ""),
    )


@writes("/clinic/sites/{slug:str}/history/{revision_id:uuid}", guard=may(Permission.EDIT_LISTING))
def take_back(request: AnyRequest, db: Db, slug: FromPath[str], revision_id: FromPath[UUID], form: Submitted) -> Page:
    """Put back what stood before a change, or drop one that waits."""
    signed_in, site = who(request), _site(request, db, slug, Permission.EDIT_LISTING)
    row = _change(db, site, revision_id)
    by = editing.Editor(actor=signed_in.actor, user_id=signed_in.user_id)
    saved = editing.take_back(db, row.id, by=by, at=clock.now())
    return see_other(f"/clinic/sites/{site.slug}/history?done={'waits' if saved.waiting else 'back'}")


@reads("/clinic/sites/{slug:str}/confirm", guard=may(Permission.ATTEST))
def attest(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """Everything that one press confirms, in the words of the page."""
    return _attest_page(request, db, _site(request, db, slug, Permission.ATTEST))


@writes("/clinic/sites/{slug:str}/confirm", guard=may(Permission.ATTEST))
def confirm(request: AnyRequest, db: Db, slug: FromPath[str], form: Submitted) -> Page:
    """All still correct, for the version that was on the page."""
    signed_in, site = who(request), _site(request, db, slug, Permission.ATTEST)
    filled = fill(Attest, form)
    version = filled.form.version if filled.form else 0
    try:
        verification.attest_all_correct(db, site.id, version=version, by=signed_in.actor, at=clock.now())
    except Conflict:
        return _attest_page(request, db, site, status=409)
    return see_other(f"/clinic/sites/{site.slug}?done=confirmed")


def _attest_page(request: AnyRequest, db: Db, site: Location, *, status: int = 200) -> Page:
    return page(
        request,
        "portal/confirm.html",
        status=status,
        site_=site,
        version=site.version,
        changed=status == 409,
        attested=queries.what_is_attested(db, site.id, at=clock.now()),
    )


def _site(request: AnyRequest, db: Db, slug: str, permission: Permission) -> Location:
    signed_in: SignedIn = who(request)
    site = sites.get_site(db, slug)
    if not signed_in.may(permission, site.organization_id):
        raise sites.not_yours()
    return site


def _change(db: Db, site: Location, revision_id: UUID) -> Revision:
    row = revisions.get(db, revision_id)
    if row.location_id != site.id:
        raise NotFound(_("There is no such change."))
    return row


ROUTES = [home, dashboard, preview, history, take_back, attest, confirm]
