"""What is kept of one request, for its sender, or the patient it is about, to take along: as data and as text.

Records of a substance-use programme (42 CFR Part 2) are in no export: then only the skeleton is.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from directory.lib import sealed
from directory.listings.queries import find_records
from directory.referrals import answers as words
from directory.referrals import attachments, content, outcomes, own_number, queries
from directory.referrals.models import Referral, ReferralTask, Source, Who
from directory.referrals.sender_view import SenderView, is_closed_to
from directory.terminology.referral_status import REFERRAL_STATUSES
from directory.wording import say
from directory.wording.say import _


def as_data(db: Session, referral: Referral, view: SenderView, *, reader: Who = Who.SENDER) -> dict[str, Any]:
    """Everything, for a JSON file. The caller has judged who it is, and has recorded the look.

    `view` is the sender's, also for a patient: what is kept of a person is that person's to have, read or not.
    """
    tasks = queries.find_tasks(db, referral.id)
    names = _clinics(db, tasks)
    found: dict[str, Any] = {
        "reference": referral.reference,
        "source": referral.source,
        "sent_at": referral.created_at.isoformat(),
        "closed_at": _iso(referral.closed_at),
        "forgotten_at": _iso(referral.purged_at or referral.purge_at),
        "agreed_to": {
            "consent": referral.consent_version,
            "notice": referral.notice_version,
            "disclosures": referral.disclosure_version,
            "at": referral.consented_at.isoformat(),
        },
        "clinics": [
            {
                "clinic": names[task.location_id],
                "status": task.status,
                "since": task.status_at.isoformat(),
                "appointment_at": _iso(task.appointment_at),
                "steps": [
                    {"at": step.at.isoformat(), "verb": step.verb, "status": step.to_status, "by": step.by_role}
                    for step in queries.find_history(db, task.id)
                ],
            }
            for task in tasks
        ],
    }
    if why := why_left_out(referral, tasks[-1], reader):
        return found | {"left_out": why}
    return found | {
        "answers": content.answers_of(sealed.ring_of(db), referral),
        "messages": [
            {"at": text.at.isoformat(), "clinic": text.clinic, "kind": text.kind.value, "text": text.text}
            | {"by": text.by.value}
            for text in view.thread
        ],
        "clinics_own_numbers": [
            {"clinic": names[task.location_id], "number": number}
            for task in tasks
            if (number := own_number.find(db, task))
        ],
        "outcomes": [given for task in tasks for given in outcomes.find_data(db, task.id)],
        "documents": [{"name": each.name, "size_bytes": each.size_bytes} for each in attachments.find(db, referral.id)],
    }


def as_text(db: Session, referral: Referral, view: SenderView, *, reader: Who = Who.SENDER) -> str:
    """The same to be read."""
    zone = view.clinic.time_zone
    parts = [
        _("Request {reference}").format(reference=referral.reference),
        _("Sent: {when}").format(when=say.moment(referral.created_at, zone)),
    ]
    tasks = queries.find_tasks(db, referral.id)
    names = _clinics(db, tasks)
    for task in tasks:
        parts += ["", names[task.location_id].upper()]
        for step in queries.find_history(db, task.id):
            parts.append(f"{say.moment(step.at, zone)}: {_(REFERRAL_STATUSES[step.to_status].label)}")
    if why := why_left_out(referral, tasks[-1], reader):
        return "\n".join([*parts, "", why]) + "\n"
    for task in tasks:
        if number := own_number.find(db, task):
            words_of = _("{clinic} keeps it under its own number {number}")
            parts += ["", words_of.format(clinic=names[task.location_id], number=number)]
    given = content.answers_of(sealed.ring_of(db), referral)
    for section in words.sections(given, by_clinician=referral.source == Source.CLINICIAN):
        rows = (f"{row.label}: {row.value or _('not provided')}" for row in section.rows)
        parts += ["", section.title.upper(), *rows]
    for text in view.thread:
        who = _("You") if text.by is reader else _WRITERS.get(text.by, text.clinic)
        parts += ["", f"{say.moment(text.at, zone)} – {who}", text.text]
    for each in view.returned:
        parts += ["", (_("Outcome") if each.final else _("Note after a visit")).upper(), each.note]
        parts += [f"{row.label}: {row.value}" for row in each.rows]
    return "\n".join(parts) + "\n"


_WRITERS = {Who.SENDER: _("The sender"), Who.PATIENT: _("The patient"), Who.MODERATOR: _("This service")}


def why_left_out(referral: Referral, task: ReferralTask, reader: Who) -> str:
    """Why what was asked and answered is not in a file, in words; empty when it is."""
    if referral.purged_at is not None:
        return _("What was asked and answered has been deleted.")
    if is_closed_to(task, reader):
        return _("What was asked and answered is left out: it was sent by mistake, and may be about somebody else.")
    if referral.part2_source and reader is Who.PATIENT:
        return _(
            "What was asked and answered is left out: it holds records protected by 42 CFR Part 2, which leave this"
            " service in no file. Ask the clinician who referred you for them."
        )
    if referral.part2_source:
        return _(
            "What was asked and answered is left out: it holds records protected by 42 CFR Part 2, which leave this"
            " service in no file. It can be read on the request’s own page."
        )
    return ""


def _clinics(db: Session, tasks: Sequence[ReferralTask]) -> dict[UUID, str]:
    found = find_records(db, [task.location_id for task in tasks])
    return {clinic.location_id: f"{clinic.name}, {clinic.city}, {clinic.state}" for clinic in found}


def _iso(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
