"""How requests reach a clinic: its way, a webhook's secret, and the test that is answered before the first real one."""

from uuid import UUID

from directory.accounts import codes, links
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.guards import may, who
from directory.accounts.permissions import Permission
from directory.lib import clock
from directory.lib.db import reading
from directory.lib.errors import Refused
from directory.listings.fields import Section
from directory.listings.models import Location
from directory.listings.queries import get_endpoint, get_location
from directory.portal import sites
from directory.portal.guards import answering_test
from directory.referrals import proving
from directory.referrals.doors import CHANNEL_TEST, code_cookie
from directory.referrals.forms.replies import Code
from directory.terminology.channels import CHANNELS
from directory.verification import channel_tests
from directory.web.forms import empty, fill
from directory.web.routes import (
    AnyRequest,
    Db,
    FromPath,
    Page,
    Submitted,
    anyone,
    databases_of,
    quick,
    reads,
    writes,
)
from directory.web.shell import drop_cookie, page, see_other


@reads("/clinic/sites/{slug:str}/channel", guard=may(Permission.EDIT_LISTING))
def show(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """The way that requests take, whether it is proved, and what is left to do."""
    return _page(request, db, _site(request, db, slug))


@writes("/clinic/sites/{slug:str}/channel/test", guard=may(Permission.EDIT_LISTING))
def send_test(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """Send a test request this way."""
    site = _site(request, db, slug)
    try:
        channel_tests.send(db, site.id, by=who(request).actor, at=clock.now())
    except Refused as problem:
        return _page(request, db, site, status=409, problem=problem.message)
    return see_other(f"/clinic/sites/{site.slug}/channel?done=sent")


@writes("/clinic/sites/{slug:str}/channel/secret", guard=may(Permission.EDIT_LISTING))
def renew_secret(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """A new signing secret, on this page and never again."""
    site = _site(request, db, slug)
    try:
        secret = channel_tests.renew_secret(db, site.id, by=who(request).actor, at=clock.now())
    except Refused as problem:
        return _page(request, db, site, status=409, problem=problem.message)
    return _page(request, db, site, secret=secret)


@quick("/channel-test/{token:str}", guard=anyone)
def waits(request: AnyRequest, token: FromPath[str]) -> Page:
    """A test request. Mail scanners open links, so this page changes nothing and asks no database."""
    links.read(request.app.state.settings.secret, CHANNEL_TEST, token, clock.today())
    return page(request, "portal/channel_test.html", errors={})


@writes("/channel-test/{token:str}", guard=anyone)
def answer(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """Of mail: a code to the mailbox. Of a webhook: answered, because the link reached nobody but the partner."""
    endpoint_id = links.read(request.app.state.settings.secret, CHANNEL_TEST, token, clock.today())
    with reading(databases_of(request)) as before:
        mailbox = channel_tests.mailbox_for_code(before, endpoint_id)
    if not mailbox:
        channel_tests.answer(db, endpoint_id, by=_clinic(db, endpoint_id), at=clock.now())
        return page(request, "portal/channel_proved.html")
    door = codes.Door(endpoint_id, mailbox)
    return proving.ask(request, purpose=CHANNEL_TEST, asked_for=str(endpoint_id), door=door, at="/channel-test/code")


@quick("/channel-test/code", guard=answering_test)
def code_page(request: AnyRequest) -> Page:
    """Six digits, please."""
    return proving.page_of(request, "referrals/answer_code.html", empty(Code))


@writes("/channel-test/code", guard=answering_test)
def prove(request: AnyRequest, db: Db, form: Submitted) -> Page:
    """The code came back: from now on requests can be sent this way."""
    judged = proving.judge(request, fill(Code, form), purpose=CHANNEL_TEST)
    if judged.proved is None:
        return proving.page_of(request, "referrals/answer_code.html", judged.filled)
    endpoint_id = judged.proved.subject_id
    channel_tests.answer(db, endpoint_id, by=_clinic(db, endpoint_id), at=clock.now())
    return page(request, "portal/channel_proved.html", cookies=[drop_cookie(request, code_cookie(CHANNEL_TEST))])


def _page(
    request: AnyRequest, db: Db, site: Location, *, status: int = 200, problem: str = "", secret: str = ""
) -> Page:
    standing = channel_tests.standing(db, site.id)
    return page(
        request,
        "portal/channel.html",
        status=status,
        site_=site,
        standing=standing,
        way=CHANNELS.label(standing.endpoint.channel) if standing.endpoint else "",
        waiting=sites.waiting(db, site.id, Section.CONTACT),
        problem=problem,
        secret=secret,
        done=request.query_params.get("done", ""),
    )


def _site(request: AnyRequest, db: Db, slug: str) -> Location:
    site = sites.get_site(db, slug)
    if not who(request).may(Permission.EDIT_LISTING, site.organization_id):
        raise sites.not_yours()
    return site


def _clinic(db: Db, endpoint_id: UUID) -> Actor:
    slug = get_location(db, get_endpoint(db, endpoint_id).location_id).slug
    return Actor(ActorKind.CLINIC, slug[:80])


ROUTES = [show, send_test, renew_secret, waits, answer, code_page, prove]
