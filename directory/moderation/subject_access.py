"""What we hold of one person, by mailbox: given out on request, and destroyed as far as the law lets us.

What stays is said in words: the skeleton of requests and the audit log for six years (45 CFR 164.316(b)(2)).
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from directory.accounts import audit, sessions
from directory.accounts.actor import Actor
from directory.accounts.models import AuditEvent, Membership, Passkey, RecoveryCode, TotpFactor, User
from directory.accounts.permissions import Role
from directory.accounts.queries import find_memberships, find_team, find_user
from directory.delivery import actions as delivery
from directory.delivery.models import OutboxMessage
from directory.lib import sealed
from directory.lib.errors import Refused
from directory.listings.revision import Revision
from directory.moderation import reports
from directory.moderation.models import Report
from directory.referrals import actions as referrals
from directory.referrals import attachments, content, own_data, patients, sender_actions, templates
from directory.referrals import queries as referral_queries
from directory.referrals.models import Referral, Who
from directory.search import waiting
from directory.search.models import Waiting
from directory.verification.claim import Claim, ClaimState
from directory.wording.say import _

FORGOTTEN = "forgotten@invalid"
KEPT = (
    _("Of each request: which clinic was asked when, and each step by date, without name, words or health: six years."),
    _("The audit log, under a reference and without a name: six years."),
    _("What a clinic has taken over into its own medical record: that clinic keeps it by the law of its state."),
    _("Backups, sealed as it was, until they expire after 35 days."),
)
"""What stays, and why."""


def export(db: Session, mailbox: str) -> dict[str, Any]:
    """All that we hold of whoever reads this mailbox (already normal), ready to be written as JSON."""
    user = find_user(db, mailbox)
    found: dict[str, Any] = {
        "mailbox": mailbox,
        "account": _account(db, user) if user else None,
        "templates": [{"name": each.name, **each.answers} for each in templates.find_all(db, user.id)] if user else [],
        "requests": [_request(db, row, mailbox) for row in _requests(db, mailbox)],
        "reports": [_report(db, row) for row in reports.find_by_mailbox(db, mailbox)],
        "claims": [_claim(row) for row in _claims(db, mailbox)],
        "waits_for_a_place": [_waiting(db, row) for row in waiting.find_by_mailbox(db, mailbox)],
        "mails": [{"message": row.message, "queued_at": row.queued_at.isoformat()} for row in _mails(db, mailbox)],
        "what_is_kept_after_deletion": list(KEPT),
    }
    return found


def forget(db: Session, mailbox: str, *, by: Actor, at: dt.datetime) -> list[str]:
    """Destroy what names this person; what was done, in words. Raises Refused for the last owner of a clinic."""
    user = find_user(db, mailbox)
    if user is not None:
        _refuse_last_owner(db, user)
    requests = list(_requests(db, mailbox))
    for row in requests:
        who = referrals.sender_of(row) if _is_sender(db, row, mailbox) else patients.actor_of(row)
        sender_actions.close(db, row.id, by=who, at=at, tell=True)
        attachments.forget(db, row.id, at=at)
        referrals.purge(db, row.id, at=at)
    reported = reports.find_by_mailbox(db, mailbox)
    for report in reported:
        reports.forget_mailbox(db, report)
    waits = waiting.find_by_mailbox(db, mailbox)
    for wait in waits:
        waiting.forget(db, wait.id)
    claims = _claims(db, mailbox)
    for claim in claims:
        if claim.state == ClaimState.OPEN:
            claim.state, claim.settled_at, claim.settled_by = ClaimState.WITHDRAWN, at, str(by)
        claim.mailbox = FORGOTTEN
        db.add(claim)
    mails = _mails(db, mailbox)
    for mail in mails:
        if mail.about_id is not None:
            delivery.call_off(db, mail.about_id, message=mail.message)
        mail.mailbox_sealed = None
        db.add(mail)
    if user is not None:
        templates.forget(db, user.id)
        _close(db, user, at=at)
    detail = {"requests": len(requests), "reports": len(reported), "claims": len(claims), "waits": len(waits)}
    detail["account"] = user is not None
    subject = user.id if user else None
    audit.append(db, by, "PERSON_FORGOTTEN", subject_type="user", subject_id=subject, detail=detail)
    return [
        _("Destroyed: the content of {number} requests.").format(number=len(requests)),
        _("Destroyed: mailbox and words of {number} reports.").format(number=len(reported)),
        _("Destroyed: {number} questions to be told when a place opens.").format(number=len(waits)),
        _("Destroyed: the mailbox of {number} claims and of {mails} mails.").format(
            number=len(claims), mails=len(mails)
        ),
        _("The account is closed, and nothing lets anybody in.") if user else _("There was no account."),
        *(_("Kept: {what}").format(what=what) for what in KEPT),
    ]


def _requests(db: Session, mailbox: str) -> Iterator[Referral]:
    # Mailboxes are sealed, each with its request's own key, so each is opened: minutes for a million, and asked seldom.
    ring = sealed.ring_of(db)
    for row in db.exec(select(Referral).where(col(Referral.mailbox_sealed).is_not(None)).order_by("created_at")).all():
        patient = patients.find_named(db, row.id)
        on_file = [content.mailbox_of(ring, row), patients.mailbox_of(db, row, patient) if patient else None]
        if any(content.is_same_mailbox(each or "", mailbox) for each in on_file):
            yield row


def _claims(db: Session, mailbox: str) -> list[Claim]:
    return list(db.exec(select(Claim).where(Claim.mailbox == mailbox)).all())


def _mails(db: Session, mailbox: str) -> list[OutboxMessage]:
    rows = db.exec(select(OutboxMessage).where(col(OutboxMessage.mailbox_sealed).is_not(None))).all()
    return [row for row in rows if content.is_same_mailbox(delivery.mailbox_of(db, row), mailbox)]


def _account(db: Session, user: User) -> dict[str, Any]:
    changes = db.exec(select(Revision).where(Revision.user_id == user.id).order_by("at")).all()
    events = db.exec(select(AuditEvent).where(AuditEvent.actor_label == user.reference).order_by("seq")).all()
    return {
        "reference": user.reference,
        "name": user.name,
        "since": user.created_at.isoformat(),
        "roles": [
            {"role": row.role, "organization": str(row.organization_id or ""), "since": row.since_at.isoformat()}
            for row in find_memberships(db, user.id)
        ],
        "signed_in_now": [row.browser for row in sessions.find_open(db, user.id)],
        "changes_of_listings": [{"section": row.section, "at": row.at.isoformat()} for row in changes],
        "recorded": [{"what": row.action, "at": row.at.isoformat()} for row in events],
    }


def _request(db: Session, row: Referral, mailbox: str) -> dict[str, Any]:
    task = referral_queries.find_task_of(db, row.id)
    steps = referral_queries.find_history(db, task.id)
    found = {
        "reference": row.reference,
        "sent": row.created_at.isoformat(),
        "state": task.status,
        "steps": [{"step": step.verb, "at": step.at.isoformat()} for step in steps],
    }
    reader = Who.SENDER if _is_sender(db, row, mailbox) else Who.PATIENT
    if why := own_data.why_left_out(row, task, reader):  # 42 CFR Part 2, or it may be about somebody else
        return found | {"left_out": why}
    return found | {"answers": content.answers_of(sealed.ring_of(db), row)}


def _is_sender(db: Session, row: Referral, mailbox: str) -> bool:
    return content.is_same_mailbox(content.mailbox_of(sealed.ring_of(db), row) or "", mailbox)


def _report(db: Session, row: Report) -> dict[str, Any]:
    return {"reason": row.reason, "words": reports.words_of(db, row), "at": row.at.isoformat()}


def _waiting(db: Session, row: Waiting) -> dict[str, Any]:
    wish = waiting.wish_of(db, row)
    kept = {"near": wish.near, "radius_miles": wish.radius, "treatment": wish.treatment, "language": wish.language}
    return {**kept, "at": row.asked_at.isoformat(), "deleted_at": row.ends_at.isoformat()}


def _claim(row: Claim) -> dict[str, Any]:
    return {"listing": str(row.location_id), "state": row.state, "begun": row.begun_at.isoformat()}


def _refuse_last_owner(db: Session, user: User) -> None:
    for held in find_memberships(db, user.id):
        if held.role != Role.OWNER or held.organization_id is None:
            continue
        owners = {row.user_id for row, _user in find_team(db, held.organization_id) if row.role == Role.OWNER}
        if owners == {user.id}:
            raise Refused(_("This person is the last owner of a clinic. Another owner must be found first."))


def _close(db: Session, user: User, *, at: dt.datetime) -> None:
    sessions.end_all(db, user.id)
    held = update(Membership).where(col(Membership.user_id) == user.id, col(Membership.ended_at).is_(None))
    db.execute(held.values(ended_at=at, ended_by="system:forgotten"))
    for table in (Passkey, TotpFactor, RecoveryCode):
        db.execute(delete(table).where(col(table.user_id) == user.id))
    user.mailbox, user.name, user.closed_at = f"{user.reference.lower()}@invalid", "", at
    db.add(user)
    db.flush()
