"""What people and time do to the truth of a listing: check, attest, doubt, publish, pause, and what follows.

Each is kept with who and when. The public status is decided here alone, by the gate of `rules`; people's own acts also
stand in the audit log. `recheck` hears of every change: a public listing that no longer passes the gate is paused.
"""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session

from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind, system
from directory.lib import clock
from directory.lib.errors import Conflict, Refused
from directory.listings import actions as listings
from directory.listings import queries as listing_queries
from directory.listings import revisions
from directory.listings.editing import edit
from directory.listings.events import ListingChanged
from directory.listings.fields import Section
from directory.listings.models import Location
from directory.terminology.listing_status import PUBLIC, ListingState
from directory.terminology.proofs import FACT_GROUPS, FactGroup, Method, Outcome
from directory.verification import queries, rules
from directory.verification.models import Attestation, VerificationResult
from directory.verification.proofs import next_due_on
from directory.wording.say import _, joined

GATEKEEPER = system("publish-gate")
CALENDAR = system("listing-calendar")


def record(
    db: Session,
    location_id: UUID,
    groups: Iterable[FactGroup],
    *,
    method: Method,
    by: Actor,
    at: dt.datetime,
    outcome: Outcome = Outcome.CONFIRMED,
    source: str = "",
    note: str = "",
) -> None:
    """Keep a check of one or more groups of facts, and announce it."""
    edit(db, location_id, version=None, at=at)
    for group in groups:
        db.add(
            VerificationResult(
                location_id=location_id,
                fact_group=group,
                method=method,
                outcome=outcome,
                source=source,
                note=note,
                by=str(by),
                at=at,
                next_due_on=next_due_on(group, at) if outcome is Outcome.CONFIRMED else None,
            )
        )


def challenge(
    db: Session, location_id: UUID, group: FactGroup, *, note: str, by: Actor, at: dt.datetime, method: Method
) -> None:
    """Somebody gave reason to doubt a group of facts, say a coded refusal: it reads "not confirmed" until checked."""
    record(db, location_id, [group], method=method, by=by, at=at, outcome=Outcome.CHALLENGED, note=note)


def publish(db: Session, location_id: UUID, *, by: Actor, at: dt.datetime) -> Location:
    """Make a listing public. Raises Refused with every reason why not, Conflict when its status does not allow it."""
    return _through_the_gate(db, location_id, "publish", by=by, at=at)


def reinstate(db: Session, location_id: UUID, *, by: Actor, at: dt.datetime) -> Location:
    """Take a paused listing back. Raises as `publish` does."""
    return _through_the_gate(db, location_id, "reinstate", by=by, at=at)


def submit(db: Session, location_id: UUID, *, by: Actor, at: dt.datetime) -> Location:
    """Hand a draft or a candidate to review."""
    return _step(db, location_id, "submit", by=by, at=at)


def reject(db: Session, location_id: UUID, *, note: str, by: Actor, at: dt.datetime) -> Location:
    """Refuse a listing that waits for review."""
    return _step(db, location_id, "reject", by=by, at=at, note=note)


def suspend(db: Session, location_id: UUID, *, note: str, by: Actor, at: dt.datetime) -> Location:
    """Pause a listing at once. `note` is for staff; the public reads one neutral line."""
    return _step(db, location_id, "suspend", by=by, at=at, note=note)


def close(db: Session, location_id: UUID, *, by: Actor, at: dt.datetime) -> Location:
    """The clinic has closed or gives this care no more."""
    return _step(db, location_id, "close", by=by, at=at)


def never_list(db: Session, location_id: UUID, *, by: Actor, at: dt.datetime) -> Location:
    """The clinic asked never to be listed; there is no way back, and imports respect it."""
    return _step(db, location_id, "never_list", by=by, at=at)


def attest_all_correct(db: Session, location_id: UUID, *, version: int, by: Actor, at: dt.datetime) -> Attestation:
    """The clinic says that all it showed in `version` is still correct: renews what a clinic's word can renew.

    A listing that only time had made stale or unlisted is public again when it passes the gate. Raises Conflict when
    the listing has changed since.
    """
    seen = edit(db, location_id, version=version, at=at)
    groups = [FactGroup(row.code) for row in FACT_GROUPS if row.clinic_can_attest]
    attestation = Attestation(location_id=location_id, listing_version=version, groups=[*groups], by=str(by), at=at)
    db.add(attestation)
    record(db, location_id, groups, method=Method.PORTAL, by=by, at=at)
    listings.set_confirmed(db, location_id, by=str(by), at=at)
    if seen.status_by == str(CALENDAR) and rules.step(seen.status, "publish") and not _reasons(db, location_id, at):
        listings.set_public(db, location_id, ListingState.PUBLISHED, by=str(by), at=at)
    _audit(db, by, "LISTING_ATTESTED", location_id)
    return attestation


def update_quickly(
    db: Session,
    location_id: UUID,
    *,
    version: int,
    accepting: str,
    wait_days: int | None,
    next_intake_on: dt.date | None,
    referrals_on: bool,
    by: Actor,
    at: dt.datetime,
) -> None:
    """The clinic's quick update: accepting, intake and requests, live at once and confirmed by the clinic now."""
    edit(db, location_id, version=version, at=at)
    author = revisions.Author(by=str(by))
    intake = next_intake_on.isoformat() if next_intake_on else None
    hours = {"accepting_patients": accepting, "wait_days": wait_days, "next_intake_on": intake}
    revisions.change(db, location_id, Section.HOURS, hours, author=author, at=at)
    revisions.change(db, location_id, Section.CONTACT, {"referrals_on": referrals_on}, author=author, at=at)
    record(db, location_id, [FactGroup.ACCEPTING], method=Method.PORTAL, by=by, at=at)
    _audit(db, by, "LISTING_UPDATED", location_id)


def close_for_days(
    db: Session,
    location_id: UUID,
    *,
    version: int,
    starts_on: dt.date,
    ends_on: dt.date,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """The clinic is closed for some days: live at once, and its hours are confirmed by that."""
    listings.add_closure(db, location_id, starts_on=starts_on, ends_on=ends_on, reason=reason, version=version, at=at)
    record(db, location_id, [FactGroup.HOURS], method=Method.PORTAL, by=by, at=at)
    _audit(db, by, "LISTING_UPDATED", location_id)


def set_home_use(db: Session, location_id: UUID, offered: bool, *, by: Actor, at: dt.datetime) -> None:
    """It was learned whether the clinic offers ketamine for use at home. If so, it is paused at once."""
    if offered and listing_queries.get_location(db, location_id).status in PUBLIC:
        suspend(db, location_id, note="home use", by=by, at=at)
    listings.set_home_use(db, location_id, offered, at=at)


def record_answer(db: Session, location_id: UUID, *, at: dt.datetime) -> None:
    """A request was answered through the channel: nothing proves a channel better."""
    record(
        db,
        location_id,
        [FactGroup.REFERRAL_CHANNEL],
        method=Method.ANSWERED_REFERRAL,
        by=system("answered-request"),
        at=at,
    )


def test_endpoint(db: Session, endpoint_id: UUID, *, by: Actor, at: dt.datetime) -> None:
    """A test request on this channel was answered: from now on requests can be sent there."""
    endpoint = listing_queries.get_endpoint(db, endpoint_id)
    if not endpoint.active:
        raise Conflict(_("Requests no longer go there."))
    listings.set_proved(db, endpoint, tested_by=str(by), at=at)
    record(
        db,
        endpoint.location_id,
        [FactGroup.REFERRAL_CHANNEL],
        method=Method.ANSWERED_REFERRAL,
        by=by,
        at=at,
        source="test request",
    )


def channel_failed(db: Session, location_id: UUID, *, at: dt.datetime) -> None:
    """A message to the clinic could not be delivered: no request is sent there until a test is answered again."""
    endpoint = listing_queries.find_endpoint(db, location_id)
    if endpoint is not None and endpoint.proved_at is not None:
        endpoint.proved_at = None
        db.add(endpoint)
    record(
        db,
        location_id,
        [FactGroup.REFERRAL_CHANNEL],
        method=Method.ANSWERED_REFERRAL,
        by=system("delivery"),
        at=at,
        outcome=Outcome.FAILED,
    )


def recheck(db: Session, event: ListingChanged) -> None:
    """Pause a public listing that a change has taken through the gate the wrong way; hears `ListingChanged`."""
    at = clock.now()
    location = db.get(Location, event.location_id)
    if location is None or location.status not in PUBLIC:
        return
    reasons = [reason for reason in _reasons(db, event.location_id, at) if reason.pauses]
    if reasons:
        note = "; ".join(reason.code for reason in reasons)
        _step(db, event.location_id, "suspend", by=GATEKEEPER, at=at, note=note)


def lift_pause(db: Session, location_id: UUID, codes: frozenset[str], *, by: Actor, at: dt.datetime) -> bool:
    """Take a listing back that the gate paused for nothing but `codes`, once it passes; whether it did.

    What a person paused stays paused, and so does what lacks anything else.
    """
    location = listing_queries.get_location(db, location_id)
    paused_for = set(location.status_note.split("; "))
    if location.status != ListingState.SUSPENDED or location.status_by != str(GATEKEEPER) or not paused_for <= codes:
        return False
    if _reasons(db, location_id, at):
        return False
    _step(db, location_id, "reinstate", by=by, at=at)
    return True


def mark_stale(db: Session, location_id: UUID, *, at: dt.datetime) -> None:
    """Nobody has confirmed it for 91 days."""
    _step(db, location_id, "mark_stale", by=CALENDAR, at=at)


def unlist(db: Session, location_id: UUID, *, at: dt.datetime) -> None:
    """Nobody has confirmed it for 120 days."""
    _step(db, location_id, "unlist", by=CALENDAR, at=at)


def _through_the_gate(db: Session, location_id: UUID, verb: str, *, by: Actor, at: dt.datetime) -> Location:
    reasons = _reasons(db, location_id, at)
    if reasons:
        raise Refused(joined(" ", dict.fromkeys(reason.words for reason in reasons)))
    location = listing_queries.get_location(db, location_id)
    if location.confirmed_at is None:
        listings.set_confirmed(db, location_id, by=str(by), at=at)
    return _step(db, location_id, verb, by=by, at=at)


def _step(db: Session, location_id: UUID, verb: str, *, by: Actor, at: dt.datetime, note: str = "") -> Location:
    location = listing_queries.get_location(db, location_id)
    leads_to = rules.step(location.status, verb)
    if leads_to is None:
        raise Conflict(_("This listing's status does not allow that."))
    location = listings.set_public(db, location_id, leads_to, by=str(by), at=at, note=note)
    _audit(db, by, "LISTING_" + verb.upper(), location_id)
    return location


def _reasons(db: Session, location_id: UUID, at: dt.datetime) -> list[rules.Reason]:
    return rules.why_not_public(queries.get_verified(db, location_id, at=at))


def _audit(db: Session, by: Actor, action: str, location_id: UUID) -> None:
    # The chain is for what people decide. What the gate and the calendar do follows from rows that are kept anyway,
    # and they act when search versions may be drawn already: the chain's lock must be taken before that one.
    if by.kind is not ActorKind.SYSTEM:
        audit.append(db, by, action, subject_type="location", subject_id=location_id)
