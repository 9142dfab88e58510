"""A claim and what can be objected to, in words, for the pages of claimants, of old contacts and of our staff."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from directory.listings import revising
from directory.listings.models import Location
from directory.listings.queries import get_clinic, get_location
from directory.listings.telling import tell
from directory.verification import claiming, claims, inviting, objections
from directory.verification.claim import Claim, ProofKind
from directory.wording import say
from directory.wording.say import _

_TITLES = {
    ProofKind.WEBSITE_MAIL: _("Your mailbox is at the domain of the listed website"),
    ProofKind.PHONE_CODE: _("We call the listed phone number and read out a code"),
    ProofKind.LETTER: _("We post a letter with a code to the listed address"),
    ProofKind.REGISTRY_OFFICIAL: _("You are the authorized official in the federal NPI registry"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to prove a claim, and how it stands: `state` is proved, code, asked, open or no."""

    kind: str
    title: str
    state: str
    words: str


def no_such_way() -> str:
    """What is said of a way that there is not."""
    return _("There is no such way to prove a claim.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimable:
    """A clinic that can be claimed, as the page of claiming names it."""

    location_id: UUID
    slug: str
    name: str
    has_page: bool


def claimable(db: Session, slug: str) -> Claimable:
    """A clinic with a page, or a candidate that was invited. Raises NotFound."""
    invited = inviting.find_claimable(db, slug)
    if invited is not None:
        return Claimable(location_id=invited.id, slug=slug, name=invited.name, has_page=False)
    found = get_clinic(db, slug)
    return Claimable(location_id=found.location_id, slug=found.slug, name=found.name, has_page=True)


def ways(db: Session, claim: Claim, *, at: dt.datetime) -> list[Way]:
    """Every way, and how it stands for this claim."""
    listed = claims.listed_of(db, claim.location_id)
    proofs = {row.kind: row for row in claims.find_proofs(db, claim.id)}
    found = []
    for kind, title in _TITLES.items():
        row = proofs.get(kind)
        why = claiming.why_not_prove(kind, claim, listed, at=at)
        if row is not None and row.proved_at is not None:
            state, words = "proved", _("Proved on {day}").format(day=say.day(row.proved_at.date()))
        elif why:
            state, words = "no", why
        elif row is None or row.tries >= claiming.TRIES or at > row.expires_at:
            state, words = "open", ""
        elif row.given_at is not None:
            state, words = "code", _("Type the code that you were given.")
        else:
            state, words = "asked", _("We have your wish. It is done within two working days.")
        found.append(Way(kind=kind, title=title, state=state, words=words))
    return found


def objection(db: Session, about: UUID, *, at: dt.datetime) -> dict[str, Any]:
    """What a contact can object to: a claim, or a change of how the clinic is reached. Raises NotFound."""
    row = objections.get(db, about)
    site: Location = get_location(db, row.location_id)
    is_claim = isinstance(row, Claim)
    told = [] if isinstance(row, Claim) else tell(revising.changes(row.before, row.after), row.before | row.after)
    open_ = objections.can_stop(row, at=at)
    return {
        "clinic": site,
        "about": row,
        "is_claim": is_claim,
        "rows": told,
        "open": open_,
        "late": not open_ and objections.can_tell(row),
    }
