"""Who may claim a listing, and what proves it: two different ways, each through something that was listed before. Pure.

Whoever wants to steal a listing must not be able to bring a proof along: a mailbox at a look-alike or a shared domain,
a phone number entered yesterday, the same way twice, or patience.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from directory.terminology.listing_status import ListingState
from directory.verification.claim import Claim, ClaimProof, ClaimState, ProofKind
from directory.wording.say import _

STOOD = dt.timedelta(days=30)
"""How long a fact must have been listed unchanged before it can prove anything."""
OBJECTION_TIME = dt.timedelta(hours=72)
"""After a claim was granted, how long the old contact can undo it, and all that came with it, by one button."""
QUIET_AFTER_OBJECTION = dt.timedelta(days=30)
CLAIM_LIFE = dt.timedelta(days=45)
MOST_CLAIMS_A_DAY = 3
TRIES = 5
CODE_LIFE = {
    ProofKind.PHONE_CODE: dt.timedelta(hours=24),
    ProofKind.LETTER: dt.timedelta(days=30),
    ProofKind.WEBSITE_MAIL: dt.timedelta(minutes=10),
    ProofKind.REGISTRY_OFFICIAL: dt.timedelta(days=30),
}
PROOFS_WANTED = 2

# Anybody can have a mailbox or a page there: a listed website at one of these proves nothing about its visitors.
_SHARED = (
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com rocketmail.com "
    "aol.com icloud.com me.com mac.com proton.me protonmail.com pm.me gmx.com gmx.net mail.com zoho.com "
    "fastmail.com hey.com tutanota.com tuta.io yandex.com comcast.net verizon.net att.net sbcglobal.net cox.net "
    "charter.net facebook.com instagram.com linkedin.com google.com sites.google.com business.site wixsite.com "
    "squarespace.com weebly.com wordpress.com godaddysites.com blogspot.com github.io netlify.app vercel.app "
    "myshopify.com psychologytoday.com zocdoc.com healthgrades.com yelp.com linktr.ee"
)
SHARED_DOMAINS = frozenset(_SHARED.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What is listed of a clinic now, and since when each fact has stood there unchanged (None: since ever)."""

    status: str
    has_owner: bool
    phone: str | None
    host: str
    address: str
    phone_since: dt.datetime | None = None
    host_since: dt.datetime | None = None
    address_since: dt.datetime | None = None


def host_of(url: str | None) -> str:
    """The host of a listed website without its `www.`, in ASCII (look-alike letters become `xn--…`)."""
    host = urlsplit(url).hostname if url else None
    if not host:
        return ""
    try:
        plain = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    return plain.removeprefix("www.")


def why_not_begin(listed: Listed, *, begun: Collection[Claim], mailbox: str, at: dt.datetime) -> str:
    """Why a claim cannot begin, in words; an empty text when it can. `begun` are all claims of this listing."""
    if listed.has_owner:
        return _(
            "This clinic has an owner here already. Ask them to invite you, or write to us if that cannot be right."
        )
    if listed.status in (ListingState.NEVER_LIST, ListingState.REJECTED):
        return _("This clinic cannot be claimed.")
    if any(claim.objected_at and claim.objected_at > at - QUIET_AFTER_OBJECTION for claim in begun):
        return _("Somebody has objected to a claim of this clinic. Write to us: a person looks into it.")
    others = [claim for claim in begun if claim.begun_at > at - dt.timedelta(days=1) and claim.mailbox != mailbox]
    if len(others) >= MOST_CLAIMS_A_DAY:
        return _("This clinic was claimed several times today. Try again tomorrow, or write to us.")
    return ""


def mail_proves(mailbox: str, listed_host: str) -> bool:
    """Whether a mailbox is at exactly the domain of the listed website, and that domain is the clinic's alone."""
    domain = mailbox.rpartition("@")[2].lower()
    return bool(listed_host) and domain == listed_host and domain not in SHARED_DOMAINS


def why_not_prove(kind: ProofKind, claim: Claim, listed: Listed, *, at: dt.datetime) -> str:
    """Why this way proves nothing for this claim, in words; an empty text when it can."""
    if claim.state != ClaimState.OPEN:
        return _("This claim is closed.")
    if claim.mailbox_proved_at is None:
        return _("Prove your own mailbox first.")
    if at > claim.begun_at + CLAIM_LIFE:
        return _("This claim is too old. Begin a new one.")
    if listed.has_owner:
        return _("This clinic has an owner here already.")
    return _WAYS[kind](claim, listed) if kind in _WAYS else ""


def _phone(claim: Claim, listed: Listed) -> str:
    if not claim.listed_phone:
        return _("No phone number is listed.")
    if listed.phone != claim.listed_phone:
        return _("The listed phone number has changed since you began, so it proves nothing.")
    return _stood(listed.phone_since, claim)


def _mail(claim: Claim, listed: Listed) -> str:
    if not mail_proves(claim.mailbox, claim.listed_host):
        return _("Your mailbox is not at the domain of the listed website.")
    if listed.host != claim.listed_host:
        return _("The listed website has changed since you began, so it proves nothing.")
    return _stood(listed.host_since, claim)


def _letter(claim: Claim, listed: Listed) -> str:
    if listed.address != claim.listed_address:
        return _("The listed address has changed since you began, so it proves nothing.")
    return _stood(listed.address_since, claim)


def _stood(since: dt.datetime | None, claim: Claim) -> str:
    if since is not None and since > claim.begun_at - STOOD:
        return _("This was listed less than 30 days ago, so it proves nothing yet.")
    return ""


_WAYS = {ProofKind.PHONE_CODE: _phone, ProofKind.WEBSITE_MAIL: _mail, ProofKind.LETTER: _letter}


def why_not_type(proof: ClaimProof, *, at: dt.datetime) -> str:
    """Why no code can be typed for this proof now; an empty text when one can."""
    if proof.given_at is None:
        return _("The code was not given out yet.")
    if proof.proved_at is not None:
        return _("This is proved already.")
    if proof.tries >= TRIES or at > proof.expires_at:
        return _("This code no longer works. Ask for a new one.")
    return ""


def proved(proofs: Iterable[ClaimProof]) -> set[str]:
    """The ways that hold, each once: the same way twice is one proof."""
    return {proof.kind for proof in proofs if proof.proved_at is not None}


def is_enough(proofs: Iterable[ClaimProof]) -> bool:
    """Whether a claim can be granted."""
    return len(proved(proofs)) >= PROOFS_WANTED


def can_object(claim: Claim, *, at: dt.datetime) -> bool:
    """Whether the old contact's button still undoes the claim by itself."""
    if claim.state == ClaimState.OPEN:
        return True
    granted = claim.state == ClaimState.GRANTED and claim.settled_at is not None
    return granted and at <= claim.settled_at + OBJECTION_TIME  # type: ignore[operator]
