"""Who is told that somebody wants to change how a clinic is reached, that it is theirs, or that a fact is in doubt."""

from uuid import UUID

from sqlmodel import Session

from directory.delivery import actions as delivery
from directory.listings.channels import mailbox_of
from directory.listings.queries import find_endpoint
from directory.listings.revision import Revision
from directory.verification.claim import Claim

CONTACT_CHANGES = "contact_changes"
LISTING_CLAIMED = "listing_claimed"
REQUESTS_OFF, IN_DOUBT = "requests_switched_off", "listing_in_doubt"
CLAIM_DECIDED = "claim_decided"
CLAIM_INVITATION = "claim_invitation"


def tell_old_contact(db: Session, row: Revision) -> bool:
    """A change of phone, fax or mailbox was proposed: the contact that is listed can object; False without one."""
    mailbox = mailbox_of(find_endpoint(db, row.location_id))
    if not mailbox:
        return False
    ids = {"objection": str(row.id)}
    delivery.queue(db, message=CONTACT_CHANGES, mailbox=mailbox, ids=ids, about_id=row.id)
    return True


def tell_of_claim(db: Session, claim: Claim) -> bool:
    """Somebody claims the listing: the contact that is listed can object; False without one."""
    mailbox = mailbox_of(find_endpoint(db, claim.location_id))
    if not mailbox:
        return False
    ids = {"objection": str(claim.id)}
    delivery.queue(db, message=LISTING_CLAIMED, mailbox=mailbox, ids=ids, about_id=claim.id)
    return True


def tell_clinic(db: Session, location_id: UUID, message: str) -> bool:
    """Ask the clinic to look at its listing, once however much there is to look at; False without a mailbox on file."""
    mailbox = mailbox_of(find_endpoint(db, location_id))
    if not mailbox:
        return False
    delivery.call_off(db, location_id, message=message)
    ids = {"location": str(location_id)}
    delivery.queue(db, message=message, mailbox=mailbox, ids=ids, about_id=location_id)
    return True


def tell_claimant(db: Session, claim: Claim, what: str) -> None:
    """What became of a claim: `granted` when two proofs hold, `stopped` by the contact that is listed."""
    delivery.queue(db, message=CLAIM_DECIDED, mailbox=claim.mailbox, ids={"what": what}, about_id=claim.id)


def invite_to_claim(db: Session, invitation_id: UUID, mailbox: str) -> None:
    """A candidate may claim its listing, and may say that it never wants to be written to again."""
    ids = {"invited": str(invitation_id)}
    delivery.queue(db, message=CLAIM_INVITATION, mailbox=mailbox, ids=ids, about_id=invitation_id)


def call_off_invitation(db: Session, invitation_id: UUID) -> None:
    """What has not left yet does not."""
    delivery.call_off(db, invitation_id, message=CLAIM_INVITATION)
