"""From a form that is finished to a request that is sent, once however often the button is pressed."""

import datetime as dt

from sqlmodel import Session

from directory.lib.errors import Refused
from directory.referrals import actions, attachments, drafts, others, queries, rules, templates
from directory.referrals.consent import Versions
from directory.referrals.content import Answers
from directory.referrals.forms import ranking
from directory.referrals.models import Draft, DraftKind, Referral
from directory.wording.say import _

LONGEST_KEY = 64


def send_draft(
    db: Session, draft: Draft, given: Answers, *, key: str, network: str, mailbox_proved: bool, at: dt.datetime
) -> Referral:
    """Send what a form holds; a form that was sent answers with the request it became.

    `given` are the answers to what was asked in the end; `key` the idempotency key that came with the press, or empty.
    """
    if draft.referral_id is not None:
        return queries.get_referral(db, draft.referral_id)
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Refused(_("The key of this form cannot be used. Load the page again."))
    mailbox = rules.mailbox_in(draft.kind, given)
    versions = Versions(
        consent=draft.consent_version, notice=draft.notice_version, disclosures=draft.disclosure_version
    )
    new = actions.NewRequest(
        source=rules.source_of(draft.kind, given),
        location_id=draft.location_id,
        answers=ranking.without(given),
        mailbox=mailbox,
        mailbox_proved=mailbox_proved,
        versions=versions,
        consented_at=at if draft.kind == DraftKind.CLINICIAN else draft.consented_at,
        network=network,
        idempotency_key=key or draft.idempotency_key,
        then=others.ids(db, ranking.chosen(given)),
    )
    referral = actions.send(db, new, at=at)
    attachments.hand_over(db, draft, referral)
    if referral.sent_by_user_id is not None:
        templates.remember(db, referral.sent_by_user_id, given, at=at)
    drafts.became(db, draft, referral.id)
    return referral
