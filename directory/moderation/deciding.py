"""A person of ours decides an item: what follows for the listing, the request or the report, who is told, the record.

Four eyes hold where requests would go elsewhere, where listings are merged, and where a paused one comes back.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from directory.accounts import audit
from directory.lib.errors import Refused
from directory.listings import revisions
from directory.listings.queries import get_location
from directory.listings.revision import RevisionState
from directory.moderation import actions, checks, duplicates, four_eyes, messages, reports, rules
from directory.moderation.choices import Choice, find_choice
from directory.moderation.kinds import ABOUT_A_REQUEST, Kind
from directory.moderation.models import Decision, QueueItem
from directory.moderation.rules import Worker
from directory.referrals import actions as referrals
from directory.terminology.proofs import FactGroup, Method, Outcome
from directory.terminology.rems import RemsMethod
from directory.verification import actions as verification
from directory.verification import checking, claims, differences, editing, exclusions, objections
from directory.verification.checking import LicenceSeen
from directory.verification.models import LineDoubt, LineKind
from directory.verification.proofs import NOT_REACHED
from directory.wording.say import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What somebody decides about an item; what is empty does not belong to its kind."""

    choice: str
    words: str = ""
    method: Method | None = None
    rems_method: RemsMethod | None = None
    exclusions_clear: bool = False
    licence_status: str = ""
    expires_on: dt.date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    item: QueueItem
    row: Decision
    ask: Ask
    by: Worker
    at: dt.datetime


def decide(db: Session, item: QueueItem, ask: Ask, *, by: Worker, at: dt.datetime) -> Decision:
    """Decide it. A first yes of two is kept and changes nothing. Raises Refused in words, Conflict, NotFound."""
    choice = find_choice(item.kind, ask.choice)
    if choice is None:
        raise Refused(_("Choose what you decide."))
    if choice.needs_words and not ask.words.strip():
        raise Refused(_("Say why, in words that whoever is concerned can read."))
    if item.location_id is not None:
        organization_id = get_location(db, item.location_id).organization_id
        why_not = rules.why_not_decide(by, organization_id)
        if why_not is not None:
            raise Refused(why_not)
    if needs_two(db, item, choice):
        _ask_author(db, item, by)
        first = four_eyes.first_yes(db, item, choice.verb, choice.code, by=by, at=at, words=ask.words)
        if first is not None:
            return first
    # Words about a request may name a patient: they are kept with it, sealed, and go when it goes.
    words = "" if item.kind in ABOUT_A_REQUEST else ask.words
    row = actions.decide(db, item, choice.verb, by=by, at=at, words=words, detail={"choice": choice.code})
    audit.append(db, by.actor, f"QUEUE_{choice.verb}", subject_type="queue_item", subject_id=item.id)
    _FOLLOWS.get(Kind(item.kind), _nothing)(db, _Case(item=item, row=row, ask=ask, by=by, at=at))
    if choice.tells and item.location_id is not None:
        messages.tell_clinic(db, row, item.location_id)
    return row


def needs_two(db: Session, item: QueueItem, choice: Choice) -> bool:
    """Whether a second person must say the same."""
    if item.kind == Kind.SENSITIVE_EDIT and choice.code == "approve":
        return any(name.startswith("endpoint") for name in revisions.get(db, item.about_id).after)
    return choice.two


def _ask_author(db: Session, item: QueueItem, by: Worker) -> None:
    if item.kind == Kind.SENSITIVE_EDIT and revisions.get(db, item.about_id).user_id == by.user_id:
        raise Refused(_("Whoever made a change cannot approve it."))


def _nothing(db: Session, case: _Case) -> None:
    """What was to be done was done elsewhere."""


def _edit(db: Session, case: _Case) -> None:
    if case.ask.choice == "approve":
        if case.ask.method is None:
            raise Refused(_("Say how you checked it."))
        editing.approve(
            db,
            case.item.about_id,
            method=case.ask.method,
            by=case.by.actor,
            at=case.at,
            rems_method=case.ask.rems_method,
            exclusions_clear=case.ask.exclusions_clear,
        )
        return
    state = RevisionState.RETURNED if case.ask.choice == "return" else RevisionState.REFUSED
    editing.give_back(db, case.item.about_id, state, words=case.ask.words, by=case.by.actor, at=case.at)


def _claim(db: Session, case: _Case) -> None:
    if case.ask.choice == "refuse_claim":
        claim = claims.refuse(db, case.item.about_id, words=case.ask.words, by=case.by.actor, at=case.at)
        messages.tell_claimant(db, case.row, claim.mailbox)


def _objection(db: Session, case: _Case) -> None:
    about = objections.get(db, case.item.about_id)
    sides = objections.sides_of(db, about)
    if case.ask.choice == "upheld":
        objections.uphold(db, about, by=_editor(case.by), at=case.at)
    else:
        objections.overrule(db, about)
    messages.tell_sides(db, case.row, sides, case.ask.choice)


def put_back(db: Session, item: QueueItem, revision_id: UUID, *, by: Worker, at: dt.datetime) -> None:
    """Beside an objection: one more change of the same person is put back at once. Raises Refused, Conflict."""
    about = objections.get(db, item.about_id)
    why_not = rules.why_not_decide(by, get_location(db, about.location_id).organization_id)
    if why_not is not None:
        raise Refused(why_not)
    objections.put_back(db, about, revision_id, by=_editor(by), at=at)


def _editor(by: Worker) -> editing.Editor:
    return editing.Editor(actor=by.actor, user_id=by.user_id)


def _exclusion(db: Session, case: _Case) -> None:
    act = exclusions.confirm if case.ask.choice == "confirm" else exclusions.dismiss
    act(db, case.item.about_id, note=case.ask.words, by=case.by.actor, at=case.at)


def _licence(db: Session, case: _Case) -> None:
    ask = case.ask
    if ask.choice == "checked":
        method = ask.method or Method.REGISTRY
        seen = LicenceSeen(status=ask.licence_status, expires_on=ask.expires_on, method=method, source=ask.source)
        checking.check_licence(db, case.item.about_id, seen, by=case.by.actor, at=case.at)


def _evidence(db: Session, case: _Case) -> None:
    checks.settle_document(
        db, case.item, proved=case.ask.choice == "proved", words=case.ask.words, by=case.by, at=case.at
    )


def _difference(db: Session, case: _Case) -> None:
    taken = case.ask.choice == "taken"
    differences.decide(db, case.item.about_id, taken=taken, note=case.ask.words, by=case.by.actor, at=case.at)


def _request(db: Session, case: _Case) -> None:
    if case.ask.choice == "send_again":
        referrals.redeliver(db, case.item.about_id, by=case.by.actor, at=case.at)
    elif case.ask.choice == "give_up":
        referrals.give_up(db, case.item.about_id, by=case.by.actor, at=case.at)
    _keep_words(db, case)


def _keep_words(db: Session, case: _Case) -> None:
    referrals.keep_words(db, case.item.about_id, case.ask.words, by=case.by.actor, at=case.at)


def _sender(db: Session, case: _Case) -> None:
    if case.ask.choice == "release":
        referrals.release(db, case.item.about_id, by=case.by.actor, at=case.at)
        _keep_words(db, case)
    else:
        referrals.refuse_sender(db, case.item.about_id, case.ask.words, by=case.by.actor, at=case.at)


def _mistake(db: Session, case: _Case) -> None:
    mistake, words = case.ask.choice == "mistake", case.ask.words
    referrals.settle_error(db, case.item.about_id, words, mistake=mistake, by=case.by.actor, at=case.at)
    if mistake:
        _keep_words(db, case)


def _recheck(db: Session, case: _Case) -> None:
    assert case.item.location_id is not None
    reached = case.ask.choice == "reached"
    outcome = Outcome.CONFIRMED if reached else Outcome.CHALLENGED
    note = "" if reached else NOT_REACHED
    verification.record(
        db,
        case.item.location_id,
        [FactGroup.PHONE],
        method=Method.PHONE,
        by=case.by.actor,
        at=case.at,
        outcome=outcome,
        note=note,
    )
    reports.settle_unanswered_calls(
        db, case.item.location_id, reached=reached, decision=case.row, by=case.by, at=case.at
    )


def _line_doubt(db: Session, case: _Case) -> None:
    if case.ask.choice == "offered":
        doubt = db.get_one(LineDoubt, case.item.about_id)
        group = FactGroup.PAYERS if doubt.kind == LineKind.PAYER else FactGroup.TREATMENTS
        verification.record(
            db, doubt.location_id, [group], method=Method.PHONE, by=case.by.actor, at=case.at, note=case.ask.words
        )


def _report(db: Session, case: _Case) -> None:
    reports.answer(db, case.item.about_id, case.ask.choice, case.row, by=case.by, at=case.at)


def _reinstate(db: Session, case: _Case) -> None:
    if case.ask.choice == "reinstate":
        verification.reinstate(db, case.item.about_id, by=case.by.actor, at=case.at)


def _duplicate(db: Session, case: _Case) -> None:
    if case.ask.choice != "keep_both":
        duplicates.merge_pair(db, case.item, keep_second=case.ask.choice == "keep_second", by=case.by, at=case.at)


_FOLLOWS: Mapping[Kind, Callable[[Session, _Case], None]] = {
    Kind.CLAIM: _claim,
    Kind.OBJECTION: _objection,
    Kind.SENSITIVE_EDIT: _edit,
    Kind.POSSIBLE_EXCLUSION: _exclusion,
    Kind.LICENCE_EXPIRY: _licence,
    Kind.EVIDENCE: _evidence,
    Kind.SOURCE_DIFFERENCE: _difference,
    Kind.UNDELIVERABLE: _request,
    Kind.NO_ROUTE: _request,
    Kind.SILENT_REQUEST: _keep_words,
    Kind.CLINIC_GONE: _keep_words,
    Kind.UNVETTED_SENDER: _sender,
    Kind.SENT_BY_MISTAKE: _mistake,
    Kind.RECHECK: _recheck,
    Kind.LINE_DOUBT: _line_doubt,
    Kind.REPORT: _report,
    Kind.REINSTATEMENT: _reinstate,
    Kind.DUPLICATE: _duplicate,
}
"""Kind → what a decision does; the others are done elsewhere and only noted here."""
