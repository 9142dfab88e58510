"""Tables of a request: what was asked (`Referral`, sealed), of whom (`ReferralTask`), each step taken, and drafts."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from directory.lib.languages import ENGLISH
from directory.lib.tables import Table, at_field, code_field, id_field, one_of, ref_field, together
from directory.terminology.decline_reasons import CANCEL_REASONS, DECLINE_REASONS, NO_SHOW_REASONS
from directory.terminology.referral_status import REFERRAL_STATUSES, TERMINAL


class Source(StrEnum):
    """Who sends: the patient, somebody for the patient, or a clinician."""

    PATIENT = "PATIENT"
    PROXY = "PROXY"
    CLINICIAN = "CLINICIAN"


class Urgency(StrEnum):
    """How soon. There is nothing faster: an emergency is 911 or 988, never a request."""

    ROUTINE = "routine"
    SOON = "soon"


class DraftKind(StrEnum):
    """Which of the two forms is being filled in."""

    PATIENT = "PATIENT"
    CLINICIAN = "CLINICIAN"


class Who(StrEnum):
    """Who takes a step. `SENDER` is whoever sent it; `PATIENT` the patient of a clinician who did (`patients`)."""

    SENDER = "sender"
    PATIENT = "patient"
    CLINIC = "clinic"
    MODERATOR = "moderator"
    SYSTEM = "system"


class NoteKind(StrEnum):
    """What was written along with a step, and so who reads it (`notes`)."""

    WORDS = "words"
    """The clinic's, for the sender."""
    COMMENT = "comment"
    """The clinic's, for itself and about a decision; a person of ours writes such ones for people of ours."""
    QUESTION = "question"
    TO_PATIENT = "to_patient"
    """A question put to the patient who follows a clinician's referral."""
    REPLY = "reply"
    PHONE = "phone"
    """Who said what by phone, and when."""
    INTERNAL = "internal"
    """The clinic's, for itself."""


class PersonWhy(StrEnum):
    """Why a person of ours has to look at a request."""

    UNDELIVERABLE = "undeliverable"
    SENDER_CHECK = "sender_check"
    SILENCE = "silence"
    CLINIC_GONE = "clinic_gone"
    SENT_BY_MISTAKE = "sent_by_mistake"


class PassedWhy(StrEnum):
    """Why a ranked clinic was not asked when its turn came."""

    NOT_LISTED = "not_listed"
    NO_REQUESTS = "no_requests"
    NOT_OFFERED = "not_offered"
    ALREADY_ASKED = "already_asked"


_CLOSED = ", ".join(f"'{code}'" for code in sorted(TERMINAL))
STILL_OPEN = f"status NOT IN ({_CLOSED})"
"""The condition of the partial index: the one place in SQL that says what an open task is."""

_STATUSES = tuple(row.code for row in REFERRAL_STATUSES)
_REASONS = tuple(dict.fromkeys((*DECLINE_REASONS.codes, *CANCEL_REASONS.codes, *NO_SHOW_REASONS.codes)))


class Referral(Table, table=True):
    """What was asked, by whom, with which consent. Everything about health or a person is in the two sealed columns."""

    __table_args__ = (
        one_of("source", Source),
        one_of("urgency", Urgency),
        CheckConstraint("reference LIKE 'R-____-__'", name="reference_shape"),
        CheckConstraint("(closed_at IS NULL) = (purge_at IS NULL)", name="closed_has_a_day_of_purging"),
        CheckConstraint("purged_at IS NULL OR closed_at IS NOT NULL", name="only_closed_is_purged"),
        CheckConstraint(
            "(purged_at IS NULL) = (content_sealed IS NOT NULL) AND (purged_at IS NULL) = (key_wrapped IS NOT NULL)",
            name="purged_holds_nothing",
        ),
        CheckConstraint("purged_at IS NULL OR mailbox_sealed IS NULL", name="purged_knows_no_mailbox"),
        CheckConstraint("mailbox_proved_at IS NULL OR has_mailbox = true", name="proved_mailbox_exists"),
        CheckConstraint("version >= 1", name="version_positive"),
    )

    id: UUID = id_field()
    reference: str = Field(max_length=9, unique=True)
    source: str = code_field(length=10)
    language: str = code_field(default=ENGLISH, length=8)
    """The language (BCP 47) that the sender read when asking; mails to the sender speak it."""
    urgency: str = code_field(default=Urgency.ROUTINE.value, length=8)
    part2_source: bool = False
    """Records of a substance-use programme under 42 CFR Part 2; they carry their notice wherever they are shown."""

    content_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    """One JSON object, sealed with the request's own key."""
    mailbox_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The sender's mailbox, sealed with the same key; None when the sender gave none."""
    has_mailbox: bool = False
    mailbox_proved_at: dt.datetime | None = at_field(nullable=True)
    """When the sender first entered a code that was mailed there."""
    key_wrapped: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The request's data key. Once it is gone, all that it sealed is gone; in a backup, once that is."""
    key_ring_id: str = Field(max_length=40, index=True)

    consent_version: str = Field(max_length=20)
    notice_version: str = Field(max_length=20)
    disclosure_version: str = Field(max_length=20)
    consented_at: dt.datetime = at_field()
    consent_network: str = Field(max_length=64)
    """Keyed digest of the network address that consent came from; empty once the content is gone."""

    sent_by_user_id: UUID | None = ref_field("user_account.id", nullable=True)
    """The account of the referring clinician whose proved mailbox it came from."""
    subject_digest: str | None = Field(default=None, max_length=64, index=True)
    """Keyed digest of the patient (`sameness`)."""
    mailbox_digest: str | None = Field(default=None, max_length=64, index=True)
    sender_digest: str | None = Field(default=None, max_length=64)
    """Keyed digests of the sender's mailbox, and of mailbox and NPI (`vetting`). All three go with the content."""

    idempotency_key: str = Field(max_length=64, unique=True)
    """SHA-256 of it, in hex: whoever sends chooses it, and it may say anything."""
    request_digest: str = Field(max_length=64)
    """What was sent under that key, as a digest keyed by the request's own key."""

    created_at: dt.datetime = at_field(index=True)
    closed_at: dt.datetime | None = at_field(nullable=True)
    purge_at: dt.datetime | None = at_field(nullable=True, index=True)
    purged_at: dt.datetime | None = at_field(nullable=True)
    version: int = 1


class ReferralTask(Table, table=True):
    """The request asked of one clinic: its state, its deadlines, its answer. At most one of a request is open."""

    __tablename__ = "referral_task"
    __table_args__ = (
        one_of("status", _STATUSES),
        one_of("urgency", Urgency),
        one_of("returns_to", _STATUSES, name="returns_to_known"),
        one_of("reason", _REASONS, name="reason_known"),
        one_of("for_person_why", PersonWhy, name="for_person_why_known"),
        CheckConstraint("rank BETWEEN 1 AND 5", name="rank_known"),
        CheckConstraint("status <> 'declined' OR reason IS NOT NULL", name="declined_with_a_reason"),
        CheckConstraint("(status = 'info_needed') = (returns_to IS NOT NULL)", name="question_knows_its_way_back"),
        CheckConstraint("status <> 'scheduled' OR appointment_at IS NOT NULL", name="scheduled_for_a_time"),
        CheckConstraint("status <> 'waitlisted' OR expected_on IS NOT NULL", name="waitlisted_for_a_week"),
        CheckConstraint("status = 'draft' OR waiting_from_at IS NOT NULL", name="asked_at_some_time"),
        together("for_person_at", "for_person_why", name="for_person_whole"),
        CheckConstraint("steps >= 0", name="steps_counted"),
        UniqueConstraint("referral_id", "rank"),
        Index(
            "uq_referral_task_open_referral_id",
            "referral_id",
            unique=True,
            sqlite_where=text(STILL_OPEN),
            postgresql_where=text(STILL_OPEN),
        ),
        Index("ix_referral_task_location_id_status", "location_id", "status"),
        Index("ix_referral_task_location_id_answer_due_at", "location_id", "answer_due_at"),
    )

    id: UUID = id_field()
    referral_id: UUID = ref_field("referral.id", index=False)
    location_id: UUID = ref_field("location.id", index=False)
    rank: int = 1
    urgency: str = code_field(default=Urgency.ROUTINE.value, length=8)
    """That of the request, beside the deadlines that depend on it."""
    time_zone: str = Field(max_length=40)
    """The clinic's zone when it was asked: its working days are counted by it."""

    status: str = code_field(default="draft", length=24)
    status_at: dt.datetime = at_field()
    steps: int = 0
    """Steps taken: the number of the last StatusChange."""
    returns_to: str | None = code_field(default=None, length=24, nullable=True)
    reason: str | None = code_field(default=None, length=40, nullable=True)
    appointment_at: dt.datetime | None = at_field(nullable=True)
    expected_on: dt.date | None = None
    """The week the clinic named when it put the patient on its waiting list (its Monday)."""

    waiting_from_at: dt.datetime | None = at_field(nullable=True)
    """When the clinic was asked, moved on by the time it waited for the sender: its clock stood still then."""
    opened_at: dt.datetime | None = at_field(nullable=True)
    answered_at: dt.datetime | None = at_field(nullable=True)
    answer_due_at: dt.datetime | None = at_field(nullable=True)
    """When the clinic is late with what its state asks of it; None when nothing is expected of it."""
    assigned_to: UUID | None = ref_field("user_account.id", nullable=True, index=False)
    """The colleague at the clinic who sees to it."""
    own_number_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    next_due_at: dt.datetime | None = at_field(nullable=True, index=True)
    """When time itself does something next; None once nothing is left to do."""
    timers_run_to_at: dt.datetime | None = at_field(nullable=True)
    """Timers that were due up to here have done their work."""
    for_person_at: dt.datetime | None = at_field(nullable=True, index=True)
    for_person_why: str | None = code_field(default=None, length=20, nullable=True)


class RankedClinic(Table, table=True):
    """A clinic that may be asked when those before it cannot: the sender's wish, with consent for just this clinic.

    Rank 1 is the clinic the form was begun for. It knows of nothing until it is asked; then it has a task.
    """

    __tablename__ = "ranked_clinic"
    __table_args__ = (
        CheckConstraint("rank BETWEEN 2 AND 5", name="rank_known"),
        one_of("passed_why", PassedWhy, name="passed_why_known"),
        together("passed_at", "passed_why", name="passed_whole"),
        CheckConstraint("asked_at IS NULL OR passed_at IS NULL", name="asked_or_passed"),
        UniqueConstraint("referral_id", "rank"),
        UniqueConstraint("referral_id", "location_id"),
    )

    id: UUID = id_field()
    referral_id: UUID = ref_field("referral.id", index=False)
    location_id: UUID = ref_field("location.id")
    rank: int
    asked_at: dt.datetime | None = at_field(nullable=True)
    passed_at: dt.datetime | None = at_field(nullable=True)
    """When its turn came and it was not asked, because it takes no requests any more."""
    passed_why: str | None = code_field(default=None, length=16, nullable=True)


class StatusChange(Table, table=True):
    """One step of a task, as it was taken. Rows are only ever added."""

    __tablename__ = "status_change"
    __table_args__ = (
        one_of("from_status", _STATUSES, name="from_status_known"),
        one_of("to_status", _STATUSES, name="to_status_known"),
        one_of("by_role", Who),
        CheckConstraint("number >= 1", name="number_positive"),
        # Two who step from the same state at once both claim the same number: one of them fails.
        UniqueConstraint("task_id", "number"),
    )

    id: UUID = id_field()
    task_id: UUID = ref_field("referral_task.id", index=False)
    number: int
    verb: str = code_field(length=24)
    from_status: str = code_field(length=24)
    to_status: str = code_field(length=24)
    by_role: str = code_field(length=10)
    by_actor: str = Field(max_length=80)
    reason: str | None = code_field(default=None, length=40, nullable=True)
    at: dt.datetime = at_field()


class Draft(Table, table=True):
    """A form somebody is filling in. It belongs to whoever holds the cookie, and is deleted after a day."""

    __table_args__ = (
        one_of("kind", DraftKind),
        CheckConstraint("created_at < expires_at", name="ends_after_it_begins"),
        CheckConstraint("referral_id IS NULL OR answers_sealed IS NULL", name="sent_keeps_no_answers"),
        together("answers_sealed", "key_wrapped", name="answers_with_their_key"),
    )

    id: UUID = id_field()
    token_digest: str = Field(max_length=64, unique=True)
    kind: str = code_field(length=10)
    location_id: UUID = ref_field("location.id")
    answers_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    key_wrapped: bytes | None = Field(default=None, sa_type=LargeBinary)
    key_ring_id: str = Field(max_length=40)
    consent_version: str = Field(max_length=20)
    notice_version: str = Field(max_length=20)
    disclosure_version: str = Field(max_length=20)
    consented_at: dt.datetime = at_field()
    idempotency_key: str = Field(max_length=64)
    version: int = 1
    created_at: dt.datetime = at_field()
    expires_at: dt.datetime = at_field(index=True)
    referral_id: UUID | None = ref_field("referral.id", nullable=True)
    """The request it became: posting the form again gives the same answer."""


class TaskNote(Table, table=True):
    """Words that were written along with a step, or beside all steps; sealed with the request's key."""

    __tablename__ = "task_note"
    __table_args__ = (
        one_of("kind", NoteKind),
        one_of("by_role", Who),
        Index("ix_task_note_task_id_at", "task_id", "at"),
    )

    id: UUID = id_field()
    task_id: UUID = ref_field("referral_task.id", index=False)
    number: int | None = None
    """The step it came with (`StatusChange.number`); None for a note that stands for itself."""
    kind: str = code_field(length=10)
    by_role: str = code_field(length=10)
    by_actor: str = Field(max_length=80)
    text_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    """None once the request was purged."""
    at: dt.datetime = at_field()


class Outcome(Table, table=True):
    """What the clinic gives back to the sender: after a visit, and in the end (FHIR Task.output)."""

    __table_args__ = (UniqueConstraint("task_id", "number"),)

    id: UUID = id_field()
    task_id: UUID = ref_field("referral_task.id", index=False)
    number: int
    """The step it came with."""
    final: bool
    content_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    """One JSON object, sealed with the request's key; None once the request was purged."""
    by_actor: str = Field(max_length=80)
    at: dt.datetime = at_field()


class TermsAccepted(Table, table=True):
    """An organization has said yes to one version of the terms of handling health data."""

    __tablename__ = "terms_accepted"
    __table_args__ = (UniqueConstraint("organization_id", "version"),)

    id: UUID = id_field()
    organization_id: UUID = ref_field("organization.id", index=False)
    version: str = Field(max_length=20)
    by_actor: str = Field(max_length=80)
    at: dt.datetime = at_field()


class Attachment(Table, table=True):
    """A document that goes with a clinician's referral: of a form until that is sent, of the referral then.

    The file lies outside the database, sealed with a key of its own, which is sealed here with the form's or the
    referral's key. Removed, or its form or referral forgotten, nothing opens it; the worker deletes the file then.
    """

    __table_args__ = (
        one_of("media_type", ("application/pdf", "image/jpeg", "image/png")),
        CheckConstraint("(draft_id IS NULL) <> (referral_id IS NULL)", name="of_a_form_or_a_referral"),
        CheckConstraint("number BETWEEN 1 AND 5", name="at_most_five"),
        CheckConstraint("size_bytes > 0", name="holds_something"),
        CheckConstraint(
            "(removed_at IS NULL) = (key_sealed IS NOT NULL) AND (removed_at IS NULL) = (name_sealed IS NOT NULL)",
            name="removed_opens_no_more",
        ),
        UniqueConstraint("draft_id", "number"),
        UniqueConstraint("referral_id", "number"),
    )

    id: UUID = id_field()
    draft_id: UUID | None = ref_field("draft.id", nullable=True, index=False, ondelete="CASCADE")
    referral_id: UUID | None = ref_field("referral.id", nullable=True, index=False)
    number: int
    media_type: str = code_field(length=20)
    size_bytes: int
    stored_as: str = Field(max_length=32, unique=True)
    key_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    name_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    """What the sender called the file: it may name a patient."""
    added_at: dt.datetime = at_field()
    removed_at: dt.datetime | None = at_field(nullable=True)


class VettedSender(Table, table=True):
    """A guest whom a person of ours has checked: their referrals go straight to the clinic for twelve months."""

    __tablename__ = "vetted_sender"
    __table_args__ = (CheckConstraint("vetted_at <= until_at", name="ends_after_it_begins"),)

    id: UUID = id_field()
    digest: str = Field(max_length=64, unique=True)
    """Keyed digest of mailbox and NPI."""
    vetted_at: dt.datetime = at_field()
    until_at: dt.datetime = at_field()
    by_actor: str = Field(max_length=80)
