"""Who is told what was decided: a clinic's own people, whoever reported a mistake, the moderators on duty.

A mail says what happened to "your entry" and leads to the words; it names no clinic and no care (DOMAIN 6.3).
"""

from uuid import UUID

from sqlmodel import Session

from directory.accounts.permissions import GRANTS, Permission, Role
from directory.accounts.queries import find_team
from directory.delivery import actions as delivery
from directory.listings.channels import mailbox_of
from directory.listings.queries import find_endpoint, get_location
from directory.moderation.models import Decision, Verb

DECIDED, ANSWERED, DIGEST = "listing_decided", "report_answered", "queue_digest"
OBJECTION_DECIDED, CLAIM_REFUSED = "objection_decided", "claim_refused"

WHAT = {
    Verb.APPROVE: "approved",
    Verb.RETURN: "returned",
    Verb.REFUSE: "refused",
    Verb.SUSPEND: "paused",
    Verb.REINSTATE: "reinstated",
    Verb.MERGE: "merged",
    Verb.UNDO_MERGE: "parted",
    Verb.ANSWER: "doubted",
    Verb.CLOSE: "checked",
}
"""Verb → how the mail to the clinic calls it."""


def tell_clinic(db: Session, decision: Decision, location_id: UUID) -> int:
    """Tell everybody who keeps the listing, or the mailbox that is on file; how many mails that makes."""
    team = find_team(db, get_location(db, location_id).organization_id)
    mailboxes = [user.mailbox for held, user in team if Permission.EDIT_LISTING in GRANTS[Role(held.role)]]
    on_file = mailbox_of(find_endpoint(db, location_id))
    if not mailboxes and on_file:
        mailboxes = [on_file]
    ids = {"what": WHAT[Verb(decision.verb)], "decision": str(decision.id)}
    for mailbox in dict.fromkeys(mailboxes):
        delivery.queue(db, message=DECIDED, mailbox=mailbox, ids=ids, about_id=decision.id)
    return len(set(mailboxes))


def tell_reporter(db: Session, decision: Decision, mailbox: str) -> None:
    """Tell whoever reported a mistake what came of it."""
    delivery.queue(db, message=ANSWERED, mailbox=mailbox, ids={"decision": str(decision.id)}, about_id=decision.id)


def tell_sides(db: Session, decision: Decision, mailboxes: list[str], what: str) -> None:
    """Tell the contact that was listed, and whoever claimed or changed, what came of the objection."""
    ids = {"what": what, "decision": str(decision.id)}
    for mailbox in mailboxes:
        delivery.queue(db, message=OBJECTION_DECIDED, mailbox=mailbox, ids=ids, about_id=decision.id)


def tell_claimant(db: Session, decision: Decision, mailbox: str) -> None:
    """Tell whoever claimed that we refused it, and why."""
    delivery.queue(db, message=CLAIM_REFUSED, mailbox=mailbox, ids={"decision": str(decision.id)}, about_id=decision.id)


def send_digest(db: Session, mailboxes: list[str], *, waiting: int, overdue: int) -> None:
    """The day's numbers for the moderators on duty."""
    ids = {"waiting": str(waiting), "overdue": str(overdue)}
    for mailbox in dict.fromkeys(mailboxes):
        delivery.queue(db, message=DIGEST, mailbox=mailbox, ids=ids)
