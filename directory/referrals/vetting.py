"""Whether a referring clinician is known: by an account with the role, or by a check of ours within twelve months.

Who is not waits for a moderator, and the clinic gets nothing until then. What is kept to tell senders, patients and
floods apart are keyed digests: nothing in clear, nothing to search by, gone with the content.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from directory.accounts import permissions
from directory.accounts.actions import is_own_wish
from directory.accounts.permissions import Held, Permission, Role
from directory.accounts.queries import find_memberships, find_user
from directory.lib import digests, sealed
from directory.listings.models import Practitioner
from directory.referrals import content, queries
from directory.referrals.answers import ROLES
from directory.referrals.models import Referral, ReferralTask, Source, VettedSender
from directory.wording import say
from directory.wording.say import _, ngettext

VETTED_FOR = dt.timedelta(days=365)
DAY = dt.timedelta(days=1)
SAME_PATIENT = dt.timedelta(days=90)
"""How long a request counts against another one about the same patient (`sameness`)."""
MANY_A_DAY = 5
"""Requests a day from one network or mailbox, above which a person of ours is told so."""

_TEST_WORDS = (
    *("test", "tester", "testing", "asdf", "qwerty", "xxx", "foo", "dummy", "fake", "sample", "example", "nobody"),
    *("mickey mouse", "minnie mouse", "donald duck", "batman", "superman"),
)
"""Words and pairs of words that no real name has, in the form of `plain`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who says to have sent a request: rows of (what, value), and what speaks against it. Nothing about the patient."""

    lines: tuple[tuple[str, str], ...] = field(repr=False)
    warnings: tuple[str, ...]


def find_account(db: Session, mailbox: str) -> UUID | None:
    """The account of a referring clinician with this proved mailbox, or None."""
    user = find_user(db, mailbox.lower()) if mailbox else None
    if user is None:
        return None
    held = [Held(Role(row.role), row.organization_id) for row in find_memberships(db, user.id)]
    return user.id if permissions.may(held, Permission.SEND_REQUESTS) else None


def is_known(db: Session, mailbox: str, npi: str, *, at: dt.datetime) -> bool:
    """Whether requests of this sender go straight to the clinic. The mailbox has been proved by a code.

    An account vouches for its holder where somebody of ours offered it; one that a guest asked for does not.
    """
    account = find_account(db, mailbox)
    if account is not None and _is_vouched_for(db, account):
        return True
    asked = select(VettedSender.id).where(VettedSender.digest == _digest(db, mailbox, npi))
    return db.exec(asked.where(col(VettedSender.until_at) > at)).first() is not None


def remember(db: Session, mailbox: str, npi: str, *, by: str, at: dt.datetime) -> None:
    """From now on, for twelve months, what comes from this mailbox under this NPI goes straight through."""
    digests.make_key(db)
    digest = _digest(db, mailbox, npi)
    row = db.exec(select(VettedSender).where(VettedSender.digest == digest)).first()
    row = row or VettedSender(digest=digest, vetted_at=at, until_at=at, by_actor=by)
    row.vetted_at, row.until_at, row.by_actor = at, at + VETTED_FOR, by
    db.add(row)


def remember_sender_of(db: Session, referral: Referral, *, by: str, at: dt.datetime) -> None:
    """The same for whoever sent this request."""
    answers = content.answers_of(sealed.ring_of(db), referral)
    remember(db, str(answers.get("sender_mailbox", "")), str(answers.get("npi", "")), by=by, at=at)


def mark(db: Session, referral: Referral, answers: Mapping[str, Any], mailbox: str) -> None:
    """Note on a new request the digests of its mailbox and of its sender."""
    digests.make_key(db)
    if mailbox:
        referral.mailbox_digest = digest_of_mailbox(db, mailbox)
        referral.sender_digest = _digest(db, mailbox, str(answers.get("npi", "")))


def identity_of(db: Session, task: ReferralTask, *, at: dt.datetime) -> Identity:
    """The sender's own data and the warnings, for a person of ours. The caller has recorded the look."""
    referral = queries.get_referral(db, task.referral_id)
    if referral.purged_at is not None or referral.source != Source.CLINICIAN:
        return Identity(lines=(), warnings=())
    answers = content.answers_of(sealed.ring_of(db), referral)
    told = (
        (_("Name"), str(answers.get("sender_name", ""))),
        (_("NPI"), str(answers.get("npi", ""))),
        (_("Organization"), str(answers.get("organization", ""))),
        (_("Phone"), say.phone(str(answers.get("sender_phone", "")))),
        (_("Email, proved by a code"), str(answers.get("sender_mailbox", ""))),
        (_("Role"), dict(ROLES).get(str(answers.get("role", "")), "")),
    )
    return Identity(
        lines=tuple((label, value) for label, value in told if value),
        warnings=tuple(_warnings(db, referral, answers, at=at)),
    )


def digest_of_mailbox(db: Session, mailbox: str) -> str:
    """What tells requests of one mailbox, and nothing else, from the others."""
    return digests.keyed(db, "mailbox", mailbox.casefold())


def plain(name: str) -> str:
    """Letters only, without accents, in lower case, one space between words."""
    flat = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z]+", flat))


def _warnings(db: Session, referral: Referral, answers: Mapping[str, Any], *, at: dt.datetime) -> list[str]:
    found = []
    for name, words in (
        ("sender_name", _("The sender’s name looks like a test.")),
        ("patient_name", _("The patient’s name looks like a test.")),
    ):
        if any(f" {word} " in f" {plain(str(answers.get(name, '')))} " for word in _TEST_WORDS):
            found.append(words)
    known = db.exec(select(Practitioner).where(Practitioner.npi == str(answers.get("npi", "")))).first()
    if known is not None and plain(known.family_name) not in plain(str(answers.get("sender_name", ""))):
        found.append(_("The NPI belongs to somebody with another name in this directory."))
    if _is_asked_by_another(db, referral):
        found.append(_("Another sender has asked the same clinic about the same patient within 90 days."))
    if referral.mailbox_digest:
        others = select(func.count()).where(
            col(Referral.mailbox_digest) == referral.mailbox_digest,
            col(Referral.sender_digest) != referral.sender_digest,
        )
        if db.exec(others).one():
            found.append(_("The same mailbox was used with another NPI."))
        found += _flood(db, col(Referral.mailbox_digest) == referral.mailbox_digest, _("mailbox"), at)
    return found + _flood(db, col(Referral.consent_network) == referral.consent_network, _("network"), at)


def _is_asked_by_another(db: Session, referral: Referral) -> bool:
    if referral.subject_digest is None:
        return False
    mine = select(ReferralTask.location_id).where(ReferralTask.referral_id == referral.id)
    others = (
        select(Referral.id)
        .join(ReferralTask, col(ReferralTask.referral_id) == col(Referral.id))
        .where(Referral.subject_digest == referral.subject_digest, Referral.id != referral.id)
        .where(col(ReferralTask.location_id).in_(mine), col(Referral.created_at) > referral.created_at - SAME_PATIENT)
        .where(func.coalesce(Referral.mailbox_digest, "") != (referral.mailbox_digest or ""))
    )
    return db.exec(others.limit(1)).first() is not None


def _flood(db: Session, same: Any, what: str, at: dt.datetime) -> list[str]:
    count = db.exec(select(func.count()).where(same, col(Referral.created_at) > at - DAY)).one()
    if count <= MANY_A_DAY:
        return []
    words = ngettext("{n} request from the same {what} in a day.", "{n} requests from the same {what} in a day.", count)
    return [words.format(n=count, what=what)]


def _is_vouched_for(db: Session, user_id: UUID) -> bool:
    offered = [row for row in find_memberships(db, user_id) if not is_own_wish(row.given_by)]
    return permissions.may([Held(Role(row.role), row.organization_id) for row in offered], Permission.SEND_REQUESTS)


def _digest(db: Session, mailbox: str, npi: str) -> str:
    return digests.keyed(db, "sender", mailbox.casefold(), npi)
