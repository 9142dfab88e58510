"""Candidates: whom the house invites to claim a listing, by mail or by a letter; and the page behind that mail."""

import datetime as dt

from directory.accounts import links
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.guards import may, who
from directory.accounts.permissions import Permission
from directory.accounts.renderer import INVITED, INVITED_LIFE
from directory.lib import clock, throttle
from directory.lib.db import attempt
from directory.lib.errors import Refused, TooMany
from directory.listings.models import Location
from directory.listings.queries import get_location
from directory.moderation import house, naming, subjects
from directory.verification import inviting
from directory.verification.claim import ClaimInvitation
from directory.verification.claiming import host_of
from directory.web.routes import AnyRequest, Db, FromPath, Page, Submitted, anyone, databases_of, reads, writes
from directory.web.shell import page, see_other
from directory.wording.say import _

_MODERATES = may(Permission.MODERATE)
_HERE = "/house/clinics/{slug:str}/invite"
A_DAY = 60
"""Mails to candidates that one person of ours sends in a day."""
CANDIDATE = Actor(ActorKind.CLINIC, "invited")


@reads("/house/candidates", guard=_MODERATES)
def candidates(request: AnyRequest, db: Db) -> Page:
    """Listings that imports have brought and nobody keeps yet."""
    asked = request.query_params.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 6 else 1
    rows, more = inviting.find_candidates(db, number=max(1, number))
    shown = [(row, inviting.find_invitations(db, row.id)[:1], inviting.has_said_no(db, row)) for row in rows]
    return page(request, "moderation/candidates.html", section="queue", rows=shown, number=max(1, number), more=more)


@reads(_HERE, guard=_MODERATES)
def show(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """What the listing shows, whether it was invited, and the ways to do so."""
    return _page(request, db, house.get_listing(db, slug), "", {})


@writes(_HERE, guard=_MODERATES)
def send(request: AnyRequest, db: Db, form: Submitted, slug: FromPath[str]) -> Page:
    """Mailed, when it may be."""
    typed = str(form.get("mailbox") or "")[:40]
    me = who(request).actor
    verdict = throttle.allow(databases_of(request), "invite-claim", me.label, limit=A_DAY, window=dt.timedelta(days=1))
    row = house.get_listing(db, slug)
    try:
        verdict.or_refuse(_("You have written to many candidates today. Go on tomorrow."))
        with attempt(db):
            inviting.by_mail(db, row.id, typed, by=me, at=clock.now())
    except (Refused, TooMany) as problem:
        return _page(request, db, row, typed, {"mailbox": problem.message}, status=problem.status)
    return see_other(f"/house/clinics/{row.slug}/invite?done=mailed")


@reads(f"{_HERE}/letter", guard=_MODERATES)
def letter(request: AnyRequest, db: Db, slug: FromPath[str]) -> Page:
    """The letter, to be printed and posted to the listed address."""
    row = house.get_listing(db, slug)
    return page(request, "moderation/invitation_letter.html", section="queue", clinic=row, today=clock.today())


@writes(f"{_HERE}/letter", guard=_MODERATES)
def posted(request: AnyRequest, db: Db, form: Submitted, slug: FromPath[str]) -> Page:
    """The letter is in the post: from now on the listing can be claimed."""
    row = house.get_listing(db, slug)
    try:
        inviting.by_letter(db, row.id, by=who(request).actor, at=clock.now())
    except Refused as problem:
        return _page(request, db, row, "", {"form": problem.message})
    return see_other(f"/house/clinics/{row.slug}/invite?done=posted")


@writes(f"{_HERE}/never", guard=_MODERATES)
def never(request: AnyRequest, db: Db, form: Submitted, slug: FromPath[str]) -> Page:
    """They told us, by phone or letter, not to write again."""
    row = house.get_listing(db, slug)
    inviting.never_again(db, row.id, by=who(request).actor, at=clock.now())
    return see_other(f"/house/clinics/{row.slug}/invite?done=never")


@reads("/invited/{token:str}", guard=anyone)
def invited(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """Who we are, what the entry shows, how to claim it, and how never to hear from us again. Looking is all."""
    return _invited_page(request, db, _invitation(request, db, token), done=False)


@writes("/invited/{token:str}", guard=anyone)
def no_more(request: AnyRequest, db: Db, token: FromPath[str]) -> Page:
    """One press: never again."""
    row = _invitation(request, db, token)
    inviting.never_again(db, row.location_id, by=CANDIDATE, at=clock.now())
    return _invited_page(request, db, row, done=True)


def _invitation(request: AnyRequest, db: Db, token: str) -> ClaimInvitation:
    secret = request.app.state.settings.secret
    return inviting.get_invitation(db, links.read(secret, INVITED, token, clock.today(), life=INVITED_LIFE))


def _invited_page(request: AnyRequest, db: Db, row: ClaimInvitation, *, done: bool) -> Page:
    place = get_location(db, row.location_id)
    said = subjects.said_of(db, place.id, at=clock.now())
    return page(
        request,
        "moderation/invited.html",
        clinic=place,
        said=said,
        claimable=inviting.find_claimable(db, place.slug) is not None,
        done=done,
    )


def _page(request: AnyRequest, db: Db, row: Location, typed: str, errors: dict[str, str], *, status: int = 422) -> Page:
    sent = inviting.find_invitations(db, row.id)
    return page(
        request,
        "moderation/invite.html",
        status=status if errors else 200,
        section="queue",
        place=subjects.place_of(db, row.id),
        address=row,
        said=subjects.said_of(db, row.id, at=clock.now()),
        host=host_of(row.url),
        mailboxes=[(name, f"{name}@{host_of(row.url)}") for name in inviting.MAILBOXES],
        why_not=inviting.why_not_mail(db, row, at=clock.now()),
        why_not_letter=inviting.why_not_invite(db, row),
        said_no=inviting.has_said_no(db, row),
        sent=sent,
        names=naming.names_of(db, [each.invited_by for each in sent]),
        mailbox=typed or inviting.MAILBOXES[0],
        errors=errors,
        done=request.query_params.get("done", ""),
    )


ROUTES = [candidates, show, send, letter, posted, never, invited, no_more]
