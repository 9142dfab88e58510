"""Requests in the clinic's rooms: the inbox, and one request for whoever may answer for the clinic."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from directory.accounts.actor import Actor, ActorKind
from directory.accounts.guards import may, who
from directory.accounts.permissions import GRANTS, Permission, Role
from directory.accounts.queries import find_team
from directory.lib import clock
from directory.lib.errors import NotFound, Refused
from directory.listings.queries import get_location, get_record
from directory.portal import sites
from directory.referrals import actions, clinic_actions, clinic_side, inbox, papers
from directory.referrals.clinic_side import Door
from directory.referrals.inbox import Inbox, Wanted
from directory.referrals.models import ReferralTask
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, reads, writes
from directory.web.shell import File, page, see_other
from directory.wording.say import _

HOME = "/clinic/requests"
ANSWERS = may(Permission.ANSWER_REQUESTS)
_ASKED = ("tab", "site", "urgency", "source", "mine", "page")
ONE = f"{HOME}/{{reference:str}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """One page of the list; without a number it stands for a gap."""

    number: int | None
    href: str = ""
    current: bool = False


@reads(HOME, guard=ANSWERS)
def list_page(request: AnyRequest, db: Db) -> Page:
    """The inbox: tabs, filters, fifty requests; nothing on it tells who is meant."""
    signed_in = who(request)
    organizations = signed_in.organizations(Permission.ANSWER_REQUESTS)
    given = {name: request.query_params.get(name, "") for name in _ASKED}
    found = inbox.find_inbox(db, organizations, _wanted(given, signed_in.user_id), at=clock.now())
    places = sites.find_sites(db, organizations)
    return page(
        request,
        "portal/requests.html",
        inbox=found,
        tabs=[(tab, label, found.counts[tab], _href(given, tab=tab, page="")) for tab, label in inbox.LABELS.items()],
        given=given,
        filtered=any(given[name] for name in ("site", "urgency", "source", "mine")),
        places=[(place.slug, f"{place.name}, {place.place}") for place in places],
        names=_names(db, organizations),
        me=signed_in.user_id,
        now=clock.now(),
        links=_links(found, given),
        step=lambda by: _step(found, given, by),
    )


@reads(ONE, guard=ANSWERS)
def show(request: AnyRequest, db: Db, reference: FromPath[str]) -> Page:
    """One request. What nobody has opened yet is opened by a button: looking at a page changes nothing."""
    door = _door(request, db, reference)
    if door.task.status in inbox.TABS["new"]:
        return page(request, "referrals/clinic/unopened.html", door=door, reference=reference)
    if door.task.status in inbox.TABS["closed"] and door.task.status != "completed":
        return clinic_side.show_closed(request, db, door)
    return clinic_side.show(request, db, door)


@writes(ONE, guard=ANSWERS)
def open_it(request: AnyRequest, db: Db, reference: FromPath[str], form: Submitted) -> Page:
    """Open it, as the code opens it for who has no account."""
    door = _door(request, db, reference)
    actions.open_by_clinic(db, door.task.id, by=door.by, at=clock.now())
    return see_other(door.base)


@reads(f"{ONE}/text", guard=ANSWERS)
def text(request: AnyRequest, db: Db, reference: FromPath[str]) -> Page:
    """The request as plain text, for the clinic's own record."""
    return clinic_side.text(request, db, _opened(request, db, reference))


@reads(f"{ONE}/documents/{{number:int}}", guard=ANSWERS)
def document(request: AnyRequest, db: Db, reference: FromPath[str], number: FromPath[int]) -> File:
    """One document that came with it, as a file to save."""
    return papers.document(request, db, _opened(request, db, reference), number)


@reads(f"{ONE}/letter.pdf", guard=ANSWERS)
def letter(request: AnyRequest, db: Db, reference: FromPath[str]) -> File:
    """The referral as a letter."""
    return papers.letter(request, db, _opened(request, db, reference))


@writes(f"{ONE}/terms", guard=ANSWERS)
def accept_terms(request: AnyRequest, db: Db, reference: FromPath[str], form: Submitted) -> Page:
    """Yes to the terms of handling health data."""
    return clinic_side.accept_terms(request, db, _door(request, db, reference), form)


@writes(f"{ONE}/note", guard=ANSWERS)
def write_note(request: AnyRequest, db: Db, reference: FromPath[str], form: Submitted) -> Page:
    """A note of the clinic for itself."""
    return clinic_side.write_note(request, db, _opened(request, db, reference), form)


@writes(f"{ONE}/number", guard=ANSWERS)
def keep_number(request: AnyRequest, db: Db, reference: FromPath[str], form: Submitted) -> Page:
    """The clinic's own number of the request."""
    return clinic_side.keep_number(request, db, _opened(request, db, reference), form)


@writes(f"{ONE}/assign", guard=ANSWERS)
def assign(request: AnyRequest, db: Db, reference: FromPath[str], form: Submitted) -> Page:
    """Hand it to a colleague, or to nobody."""
    door = _opened(request, db, reference)
    chosen = str(form.get("to", ""))
    if chosen and chosen not in {user_id for user_id, _name in door.colleagues}:
        raise Refused(_("This person does not answer requests for your clinic."))
    clinic_actions.assign(db, door.task.id, UUID(chosen) if chosen else None, by=door.by)
    return see_other(f"{door.base}#notes")


@reads(f"{ONE}/{{name:str}}", guard=ANSWERS)
def step_page(request: AnyRequest, db: Db, reference: FromPath[str], name: FromPath[str]) -> Page:
    """The form of one step."""
    return clinic_side.step_page(request, db, _opened(request, db, reference), name)


@writes(f"{ONE}/{{name:str}}", guard=ANSWERS)
def take(request: AnyRequest, db: Db, reference: FromPath[str], name: FromPath[str], form: Submitted) -> Page:
    """One step."""
    return clinic_side.take(request, db, _opened(request, db, reference), name, form)


def _opened(request: AnyRequest, db: Db, reference: str) -> Door:
    door = _door(request, db, reference)
    if door.task.status in inbox.TABS["new"]:
        raise Refused(_("Open the request first."))
    return door


def _door(request: AnyRequest, db: Db, reference: str) -> Door:
    """The request for whoever is signed in. A stranger's one is answered as one that there is not."""
    signed_in = who(request)
    task: ReferralTask | None = inbox.find_task(db, reference, signed_in.organizations(Permission.ANSWER_REQUESTS))
    if task is None:
        raise NotFound(_("There is no such request among yours."))
    organization_id = get_location(db, task.location_id).organization_id
    base = f"{HOME}/{reference}"
    return Door(
        task=task,
        clinic=get_record(db, task.location_id),
        organization_id=organization_id,
        by=Actor(ActorKind.CLINIC, signed_in.label),
        base=base,
        after="",
        home=HOME,
        user_id=signed_in.user_id,
        colleagues=tuple((str(user_id), name) for user_id, name in _names(db, [organization_id]).items()),
    )


def _names(db: Db, organization_ids: list[UUID] | tuple[UUID, ...]) -> dict[UUID, str]:
    """Who may answer requests for these organizations, by id."""
    return {
        user.id: user.name or user.mailbox
        for organization_id in organization_ids
        for membership, user in find_team(db, organization_id)
        if Permission.ANSWER_REQUESTS in GRANTS[Role(membership.role)]
    }


def _wanted(given: dict[str, str], user_id: UUID) -> Wanted:
    number = given["page"]
    return Wanted(
        tab=given["tab"],
        site=given["site"],
        urgency=given["urgency"],
        source=given["source"],
        mine=user_id if given["mine"] == "yes" else None,
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
    )


def _step(found: Inbox, given: dict[str, str], by: int) -> str:
    return _href(given, page=str(found.page + by)) if 1 <= found.page + by <= found.pages else ""


def _href(given: dict[str, str], **changed: str) -> str:
    asked = {name: value for name, value in (given | changed).items() if value and (name, value) != ("page", "1")}
    return HOME + (f"?{urlencode(asked)}" if asked else "")


def _links(found: Inbox, given: dict[str, str]) -> list[PageLink]:
    shown = sorted({1, found.pages, *range(found.page - 1, found.page + 2)} & set(range(1, found.pages + 1)))
    links: list[PageLink] = []
    for number in shown:
        if links and links[-1].number is not None and number > links[-1].number + 1:
            links.append(PageLink(number=None))
        links.append(PageLink(number=number, href=_href(given, page=str(number)), current=number == found.page))
    return links


ROUTES = [
    list_page,
    show,
    open_it,
    text,
    document,
    letter,
    accept_terms,
    write_note,
    keep_number,
    assign,
    step_page,
    take,
]
