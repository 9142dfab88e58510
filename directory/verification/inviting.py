"""Inviting a candidate to claim its listing: by mail to the domain of its website, or by a letter; never after a no."""

import datetime as dt
from uuid import UUID

from sqlmodel import Session, col, select

from directory.accounts import audit
from directory.accounts.actor import Actor
from directory.lib.errors import NotFound, Refused
from directory.listings.models import Location
from directory.listings.queries import get_location
from directory.terminology.listing_status import ListingState
from directory.verification import messages
from directory.verification.claim import ClaimInvitation, InvitedBy, NoInvitation
from directory.verification.claiming import SHARED_DOMAINS, host_of
from directory.wording.say import _

MAILBOXES = ("info", "office", "contact", "hello", "admin", "reception")
"""What may stand before the domain: mailboxes of a house, never one that could be a person's."""
APART = dt.timedelta(days=30)
MOST_MAILS = 3
ON_A_PAGE = 50


def why_not_mail(db: Session, place: Location, *, at: dt.datetime) -> str:
    """Why a candidate cannot be mailed now, in words; an empty text when it can."""
    host = host_of(place.url)
    if why := why_not_invite(db, place):
        return why
    if not host:
        return _("No website is listed, so there is no domain to write to. Send a letter.")
    if host in SHARED_DOMAINS:
        return _("The listed website is at a shared domain: mail there reaches anybody. Send a letter.")
    mails = [row for row in find_invitations(db, place.id) if row.way == InvitedBy.MAIL]
    if len(mails) >= MOST_MAILS:
        return _("It was invited by mail three times and has not answered. Send a letter, or leave it.")
    lately = select(ClaimInvitation.id).where(
        ClaimInvitation.host == host, col(ClaimInvitation.invited_at) > at - APART
    )
    if db.exec(lately.limit(1)).first() is not None:
        return _("This domain was written to in the last 30 days.")
    return ""


def why_not_invite(db: Session, place: Location) -> str:
    """Why a listing is not invited at all, in words; an empty text when it may be."""
    if place.status != ListingState.CANDIDATE:
        return _("Only candidates are invited.")
    if has_said_no(db, place):
        return _("They asked us not to write again.")
    return ""


def has_said_no(db: Session, place: Location) -> bool:
    """Whether this listing, or any at its domain, asked not to be invited again."""
    if db.get(NoInvitation, place.id) is not None:
        return True
    host = host_of(place.url)
    if not host or host in SHARED_DOMAINS:
        return False
    return db.exec(select(NoInvitation.location_id).where(NoInvitation.host == host).limit(1)).first() is not None


def by_mail(db: Session, location_id: UUID, mailbox: str, *, by: Actor, at: dt.datetime) -> ClaimInvitation:
    """Write to one of `MAILBOXES` at the domain of the listed website. Raises Refused in words."""
    place = get_location(db, location_id)
    if why := why_not_mail(db, place, at=at):
        raise Refused(why)
    if mailbox not in MAILBOXES:
        raise Refused(_("Choose a mailbox."))
    host = host_of(place.url)
    row = _kept(db, place, InvitedBy.MAIL, host=host, by=by, at=at)
    messages.invite_to_claim(db, row.id, f"{mailbox}@{host}")
    return row


def by_letter(db: Session, location_id: UUID, *, by: Actor, at: dt.datetime) -> ClaimInvitation:
    """A letter was posted to the listed address. Raises Refused in words."""
    place = get_location(db, location_id)
    if why := why_not_invite(db, place):
        raise Refused(why)
    return _kept(db, place, InvitedBy.LETTER, host="", by=by, at=at)


def never_again(db: Session, location_id: UUID, *, by: Actor, at: dt.datetime) -> None:
    """They do not want to be invited; what is queued is called off. Said twice, it is the same."""
    place = get_location(db, location_id)
    if db.get(NoInvitation, place.id) is not None:
        return
    db.add(NoInvitation(location_id=place.id, host=host_of(place.url), at=at, by=str(by)))
    for row in find_invitations(db, place.id):
        messages.call_off_invitation(db, row.id)
    audit.append(db, by, "INVITATION_NEVER_AGAIN", subject_type="location", subject_id=place.id)


def get_invitation(db: Session, invitation_id: UUID) -> ClaimInvitation:
    """One invitation. Raises NotFound."""
    row = db.get(ClaimInvitation, invitation_id)
    if row is None:
        raise NotFound(_("There is no such invitation."))
    return row


def find_invitations(db: Session, location_id: UUID) -> list[ClaimInvitation]:
    """How a listing was invited, the newest first."""
    asked = select(ClaimInvitation).where(ClaimInvitation.location_id == location_id)
    return list(db.exec(asked.order_by(col(ClaimInvitation.invited_at).desc())).all())


def find_claimable(db: Session, slug: str) -> Location | None:
    """A candidate that was invited: it can be claimed although it has no page."""
    asked = select(Location).where(Location.slug == slug, Location.status == ListingState.CANDIDATE)
    place = db.exec(asked).one_or_none()
    return place if place is not None and find_invitations(db, place.id) else None


def find_candidates(db: Session, *, number: int) -> tuple[list[Location], bool]:
    """One page of the candidates, by state and town, and whether there are more."""
    asked = select(Location).where(Location.status == ListingState.CANDIDATE)
    asked = asked.order_by(col(Location.state), col(Location.city), col(Location.name), col(Location.id))
    rows = db.exec(asked.limit(ON_A_PAGE + 1).offset((number - 1) * ON_A_PAGE)).all()
    return list(rows[:ON_A_PAGE]), len(rows) > ON_A_PAGE


def _kept(db: Session, place: Location, way: InvitedBy, *, host: str, by: Actor, at: dt.datetime) -> ClaimInvitation:
    row = ClaimInvitation(location_id=place.id, way=way, host=host, invited_at=at, invited_by=str(by))
    db.add(row)
    db.flush()
    detail = {"way": way.value}
    audit.append(db, by, "CLAIM_INVITED", subject_type="location", subject_id=place.id, detail=detail)
    return row
