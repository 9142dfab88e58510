"""A request as the clinic reads it: what decides stands first, then all that was answered."""

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlmodel import Session

from directory.geography import places
from directory.lib import sealed
from directory.listings.records import ClinicRecord
from directory.referrals import answers as words
from directory.referrals import attachments, content, queries, sameness
from directory.referrals.attachments import AttachmentInfo
from directory.referrals.lifecycle import next_due, possible
from directory.referrals.models import ReferralTask, Source, Who
from directory.search.distance import metres_between
from directory.wording import say
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRequest:
    """Everything the clinic's page shows. `may` holds the verbs that this state allows the clinic."""

    reference: str
    status: str
    version: int
    title: str
    asked: str
    question: str = field(repr=False)
    payer: str = field(repr=False)
    distance: str = field(repr=False)
    reachable: str = field(repr=False)
    proof: str
    flags: tuple[words.Flag, ...] = field(repr=False)
    sections: tuple[words.Section, ...] = field(repr=False)
    documents: tuple[AttachmentInfo, ...] = field(repr=False)
    has_letter: bool
    sent_at: dt.datetime
    remind_on: dt.date | None
    time_zone: str
    may: tuple[str, ...]


def request_for_clinic(db: Session, task: ReferralTask, clinic: ClinicRecord) -> OpenedRequest:
    """Unseal it for the clinic. The caller has judged that it may, and has recorded the look."""
    referral = queries.get_referral(db, task.referral_id)
    answers = content.answers_of(sealed.ring_of(db), referral)
    by_clinician = referral.source == Source.CLINICIAN
    told = words.sections(answers, by_clinician=by_clinician)
    soon, part2, on = referral.urgency == "soon", referral.part2_source, referral.created_at.date()
    flags = words.flags(answers, by_clinician=by_clinician, soon=soon, part2=part2, on=on)
    flags += _twice(sameness.find_others(db, referral, task.location_id))
    return OpenedRequest(
        reference=referral.reference,
        status=task.status,
        version=task.steps,
        title=_title(referral.source),
        asked=words.treatment_words(answers),
        question=str(answers.get("question") or answers.get("note") or ""),
        payer=words.payer_words(answers),
        distance=_distance(answers, clinic),
        reachable=words.reach_words(answers),
        proof=_proof(has_mailbox=referral.has_mailbox, proved=referral.mailbox_proved_at is not None),
        flags=tuple(flags),
        sections=tuple(told),
        documents=tuple(attachments.find(db, referral.id)),
        has_letter=by_clinician,
        sent_at=referral.created_at,
        remind_on=_local_day(next_due(task), clinic.time_zone),
        time_zone=clinic.time_zone,
        may=tuple(possible(task.status, Who.CLINIC)),
    )


def _twice(others: list[str]) -> list[words.Flag]:
    if not others:
        return []
    text = _("Perhaps the same patient as in {references}: compare before you answer both")
    return [words.Flag(text=text.format(references=", ".join(others)))]


def _local_day(at: dt.datetime | None, time_zone: str) -> dt.date | None:
    return at.astimezone(ZoneInfo(time_zone)).date() if at is not None else None


def _title(source: str) -> str:
    return {
        Source.PATIENT.value: _("A patient asks to be seen"),
        Source.PROXY.value: _("Somebody asks for a patient"),
        Source.CLINICIAN.value: _("A clinician refers a patient"),
    }[source]


def _proof(*, has_mailbox: bool, proved: bool) -> str:
    if proved:
        return _("The sender’s mailbox is proved; the sender’s identity is not checked.")
    if has_mailbox:
        return _("The sender gave an email address that is not proved yet; the sender’s identity is not checked.")
    return _("The sender gave no email address; the sender’s identity is not checked. Please phone.")


def _distance(answers: words.Answers, clinic: ClinicRecord) -> str:
    zip5 = str(answers.get("zip5", ""))
    found = places.find(zip5)
    if not isinstance(found, places.Found):
        return _("ZIP {zip}: distance not known").format(zip=zip5)
    distance_m = metres_between(found.place.point, clinic.point)
    return _("{miles} from the center of ZIP {zip}").format(miles=say.miles(distance_m), zip=zip5)
