"""A clinic changes its listing: live at once or sent for checking, each change with its proof; and what people decide.

The gate is asked before anything goes live: a change that would pause a public listing is done only when its author
has read so and said yes.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind
from directory.lib import events
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, DirectoryError, Gone, Refused
from directory.listings import people, revising, revisions
from directory.listings.assembly import Rows, build
from directory.listings.events import RevisionSettled
from directory.listings.facts import facts_of
from directory.listings.field_list import field_of, of_section
from directory.listings.fields import Facts, Handling, Section
from directory.listings.models import Practitioner
from directory.listings.queries import get_rows
from directory.listings.revision import Revision, RevisionState
from directory.terminology.exclusions import EXCLUSIONS, Exclusion
from directory.terminology.listing_status import PUBLIC
from directory.terminology.proofs import FACT_GROUPS, REMS_RECHECK_DAYS, FactGroup, Method
from directory.terminology.rems import REMS_METHODS, REMS_SETTINGS, RemsMethod
from directory.verification import messages
from directory.verification.actions import record
from directory.verification.events import ObjectionRaised
from directory.verification.proofs import verified
from directory.verification.queries import find_results
from directory.verification.rules import Reason, why_not_public
from directory.wording.say import _, joined

FROZEN_FOR = dt.timedelta(days=30)
"""After an objection nobody but our staff changes how a clinic is reached."""


class SeenChanged(Conflict):
    """Somebody else has saved this section since; `now` is what it says by now."""

    def __init__(self, now: Facts) -> None:
        super().__init__(_("Somebody has changed this since you opened the page."))
        self.now = now


class WouldPause(Refused):
    """Saved like this, the public listing no longer passes the gate; `reasons` say why."""

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__(joined(" ", (reason.words for reason in reasons)))
        self.reasons = reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Who edits: as audit and rows keep it, and why in their words."""

    actor: Actor
    user_id: UUID | None = None
    why: str = ""

    @property
    def author(self) -> revisions.Author:
        """The same for a row."""
        return revisions.Author(by=str(self.actor), user_id=self.user_id, why=self.why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What came of one save: what is live now, and what waits with the reasons why."""

    live: Revision | None
    waiting: tuple[Revision, ...]
    because: tuple[str, ...]


def facts_now(db: Session, location_id: UUID, section: Section) -> dict[str, Any]:
    """All facts of a site, with what waits of one section laid over them: what its page shows to the clinic."""
    waiting = [row.after for row in revisions.find_waiting(db, location_id, section)]
    return revising.overlaid(facts_of(get_rows(db, location_id)), waiting)


def mark_of(facts: Facts, section: Section) -> str:
    """The mark of what a section's page shows; a form brings it back."""
    return revising.seen(of_section(facts, section))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A save that was looked through and can be done: nothing is changed yet."""

    location_id: UUID
    section: Section
    parts: Mapping[Handling, list[revising.Change]]
    waiting: list[Revision]
    by: Editor
    at: dt.datetime


def plan(
    db: Session,
    location_id: UUID,
    section: Section,
    typed: Facts,
    *,
    seen: str | None,
    by: Editor,
    at: dt.datetime,
    pause: bool = False,
    moved_far: bool = False,
) -> Plan:
    """Look through facts of a section before they are saved. `seen` is the mark of what the page showed, None for
    somebody who saw the present.

    Raises SeenChanged, WouldPause (unless `pause`), and Refused with what is wrong; KeyError for another section's.
    """
    if any(field_of(name).section is not section for name in typed):
        raise KeyError("a fact of another section")
    rows = get_rows(db, location_id)
    live, waiting = facts_of(rows), revisions.find_waiting(db, location_id, section)
    now = revising.overlaid(live, [row.after for row in waiting])
    if seen is not None and seen != mark_of(now, section) and revising.changes(now, typed, typed):
        raise SeenChanged(now)
    parts = revising.split(revising.changes(live, typed, typed), moved_far=moved_far)
    cooling = parts.get(Handling.COOLED, [])
    if cooling and _is_frozen(db, location_id, at=at):
        raise Refused(_("An objection was raised here. For 30 days only our staff can change how you are reached."))
    for part in (parts.get(Handling.CHECKED, []), cooling):
        if part:
            wanted = {change.name: change.after for change in part}
            revisions.trial(db, location_id, wanted, by=str(by.actor), at=at, loaded=rows)
    if Handling.AT_ONCE in parts and not pause:
        _ask_the_gate(db, rows, {c.name: c.after for c in parts[Handling.AT_ONCE]}, by=by, at=at)
    return Plan(location_id=location_id, section=section, parts=parts, waiting=waiting, by=by, at=at)


def carry_out(db: Session, planned: Plan) -> Saved:
    """Save what was looked through."""
    location_id, section, by, at = planned.location_id, planned.section, planned.by, planned.at
    at_once = {change.name: change.after for change in planned.parts.get(Handling.AT_ONCE, [])}
    row = revisions.change(db, location_id, section, at_once, author=by.author, at=at) if at_once else None
    kept = [_wait(db, planned, kind) for kind in (Handling.CHECKED, Handling.COOLED)]
    if row is not None:
        _prove(db, row, method=Method.PORTAL, by=by.actor, at=at)
        _audit(db, by.actor, "LISTING_UPDATED", location_id)
    waiting = tuple(part for part in kept if part)
    because = [words for part in waiting for words in revising.because(_changes_of(part))]
    return Saved(live=row, waiting=waiting, because=tuple(because))


def save(db: Session, location_id: UUID, section: Section, typed: Facts, **how: Any) -> Saved:
    """`plan` and `carry_out` in one: takes and raises what `plan` does."""
    return carry_out(db, plan(db, location_id, section, typed, **how))


def approve(
    db: Session,
    revision_id: UUID,
    *,
    method: Method,
    by: Actor,
    at: dt.datetime,
    rems_method: RemsMethod | None = None,
    exclusions_clear: bool = False,
) -> Revision:
    """A person of ours has checked a change: live now, or when the time for objections is over.

    Raises Forbidden's kin in words: Refused when the proof that it needs is missing, Conflict when it waits no more.
    """
    row = revisions.get(db, revision_id)
    if str(by) == row.by:
        raise Refused(_("Whoever made a change cannot approve it."))
    certified = REMS_SETTINGS[row.after.get("rems_setting") or "UNKNOWN"].certified
    if certified and (rems_method is None or not REMS_METHODS[rems_method].independent):
        raise Refused(_("Say how the REMS certificate was confirmed; the clinic's own word is not enough."))
    newcomers = _newcomers(db, row)
    if newcomers and not exclusions_clear:
        raise Refused(_("Check the federal exclusion list for everybody new on the team first."))
    revisions.approve(db, row, method=method, by=str(by), at=at)
    _audit(db, by, "REVISION_APPROVED", row.location_id)
    if row.cools_until is not None and row.cools_until > at:
        events.record(db, RevisionSettled(revision_id=row.id, location_id=row.location_id))
        return row
    return _bring_to_life(db, row, by=by, at=at, rems_method=rems_method, newcomers=newcomers)


def give_back(
    db: Session, revision_id: UUID, state: RevisionState, *, words: str, by: Actor, at: dt.datetime
) -> Revision:
    """Return a change with words, or refuse it with words. Raises Refused without words, Conflict."""
    row = revisions.get(db, revision_id)
    if state not in (RevisionState.RETURNED, RevisionState.REFUSED):
        raise KeyError(state)
    if not words.strip():
        raise Refused(_("Say why, for the clinic."))
    if row.state != RevisionState.WAITING:
        raise Conflict(_("This change does not wait any more."))
    _audit(db, by, f"REVISION_{state}", row.location_id)
    return revisions.settle(db, row, state, by=str(by), at=at, words=words)


def take_back(db: Session, revision_id: UUID, *, by: Editor, at: dt.datetime) -> Saved:
    """Its own people take a change back: what waits is dropped; what is live is put back by the rules of any change.

    Raises Conflict when something of it was changed again since, or when it is neither live nor waiting.
    """
    row = revisions.get(db, revision_id)
    if row.state == RevisionState.WAITING:
        revisions.settle(db, row, RevisionState.UNDONE, by=str(by.actor), at=at)
        return Saved(live=None, waiting=(), because=())
    if revising.needs_a_person(row.before, row.after):
        shown = {name: value for name, value in row.before.items() if field_of(name).kind != "hidden"}
        return save(db, row.location_id, Section(row.section), shown, seen=None, by=by, at=at, pause=True)
    return Saved(live=_put_back(db, row, by=by, at=at), waiting=(), because=())


def roll_back(db: Session, revision_id: UUID, *, by: Editor, at: dt.datetime) -> Revision | None:
    """Our staff put a live change back at once, whatever it touched. Raises Conflict as `put_back` does."""
    return _put_back(db, revisions.get(db, revision_id), by=by, at=at)


def object_to(db: Session, revision_id: UUID, *, by: Actor, at: dt.datetime) -> Revision:
    """The old contact says no to a new way to reach the clinic: it never goes live, and the ways are frozen.

    Raises Gone when the 72 hours are over and it is live. Said twice, it is the same.
    """
    row = revisions.get(db, revision_id)
    if row.objected_at is not None:
        return row
    if row.state != RevisionState.WAITING or row.cools_until is None:
        raise Gone(_("This change is not waiting any more. Write to us, and we look into it today."))
    row.objected_at = at
    words = _("The contact that was listed before has objected. A person of ours will write to you.")
    events.record(db, ObjectionRaised(about_id=row.id, location_id=row.location_id))
    return revisions.settle(db, row, RevisionState.REFUSED, by=str(by), at=at, words=words)


def settle_cooled(databases: Databases, dispatch: events.Dispatch, *, at: dt.datetime) -> int:
    """Bring to life what was approved and to which nobody has objected; each in a transaction of its own."""
    with reading(databases) as db:
        due = [row.id for row in revisions.find_cooled(db, at=at)]
    done = 0
    for revision_id in due:
        with unit_of_work(databases, dispatch) as db:
            row = revisions.get(db, revision_id)
            if row.state == RevisionState.WAITING and row.approved_by and row.objected_at is None:
                try:
                    _bring_to_life(db, row, by=Actor(ActorKind.SYSTEM, "cooling-off"), at=at)
                except DirectoryError as problem:
                    words = problem.message
                    revisions.settle(db, row, RevisionState.RETURNED, by="system:cooling-off", at=at, words=words)
                done += 1
    return done


def _ask_the_gate(db: Session, now: Rows, changes: Facts, *, by: Editor, at: dt.datetime) -> None:
    location_id = now.location.id
    rows = revisions.trial(db, location_id, changes, by=str(by.actor), at=at, loaded=now)
    if rows.location.status not in PUBLIC:
        return
    results = find_results(db, [location_id])[location_id]
    before = {(r.code, r.words) for r in why_not_public(verified(build(now), results, at=at))}
    after = why_not_public(verified(build(rows), results, at=at))
    new = [reason for reason in after if reason.pauses and (reason.code, reason.words) not in before]
    if new:
        raise WouldPause(new)


def _wait(db: Session, planned: Plan, kind: Handling) -> Revision | None:
    """Keep what is proposed: the same as waits already stays as it is, anything else takes its place."""
    location_id, by, at, cools = planned.location_id, planned.by, planned.at, kind is Handling.COOLED
    found = planned.parts.get(kind, [])
    earlier = [row for row in planned.waiting if (row.cools_until is not None) is cools]
    if len(earlier) == 1 and earlier[0].after == {change.name: change.after for change in found}:
        return earlier[0]
    for row in earlier:
        revisions.settle(db, row, RevisionState.UNDONE, by=str(by.actor), at=at)
    if not found:
        return None
    row = revisions.propose(db, location_id, planned.section, found, author=by.author, at=at, cools=cools)
    if cools:
        messages.tell_old_contact(db, row)
    _audit(db, by.actor, "REVISION_PROPOSED", location_id)
    return row


def _bring_to_life(
    db: Session,
    row: Revision,
    *,
    by: Actor,
    at: dt.datetime,
    rems_method: RemsMethod | None = None,
    newcomers: Iterable[UUID] = (),
) -> Revision:
    more: dict[str, Any] = {}
    checked_by = row.approved_by or str(by)
    if rems_method is not None:
        again = (at + dt.timedelta(days=REMS_RECHECK_DAYS)).date().isoformat()
        more["rems"] = {"method": rems_method.value, "verified_at": at.isoformat(), "reverify_on": again}
        more["rems"] |= {"verified_by": checked_by, "evidence": ""}
    for licence in {name.rsplit(".", 1)[0] for name in row.after if ".licences." in name}:
        if row.after.get(f"{licence}.title", "kept"):
            seen = {"verified_at": at.isoformat(), "verified_by": checked_by, "source_url": None}
            more[f"{licence}.verified"] = seen | {"verification_method": row.method}
    revisions.bring_to_life(db, row, more=more, at=at)
    for person_id in newcomers:
        people.set_exclusion(db, db.get_one(Practitioner, person_id), Exclusion.NO_MATCH, by=checked_by, at=at)
    if row.method is not None:
        _prove(db, row, method=Method(row.method), by=by, at=at)
    return row


def _newcomers(db: Session, row: Revision) -> list[UUID]:
    """People whom a change brings onto a team and whom nobody has checked against the exclusion list."""
    ids = [UUID(name.split(".")[1]) for name, roles in row.after.items() if name.endswith(".roles") and roles]
    clear = {
        person.id
        for person in db.exec(select(Practitioner).where(col(Practitioner.id).in_(ids))).all()
        if EXCLUSIONS[person.exclusion].clear
    }
    return [person_id for person_id in ids if person_id not in clear]


def _prove(db: Session, row: Revision, *, method: Method, by: Actor, at: dt.datetime) -> None:
    """What was changed is confirmed by that, as far as this way of confirming can."""
    groups = {field_of(name).group for name in row.after if field_of(name).kind != "hidden"}
    groups -= {FactGroup.REFERRAL_CHANNEL}  # only an answered test proves where requests go
    if method is Method.PORTAL:
        groups = {g for g in groups if FACT_GROUPS[g].clinic_can_attest or g is FactGroup.SUPERVISION}
    record(db, row.location_id, sorted(groups), method=method, by=by, at=at)


def _put_back(db: Session, row: Revision, *, by: Editor, at: dt.datetime) -> Revision | None:
    done = revisions.put_back(db, row, author=by.author, at=at)
    _audit(db, by.actor, "REVISION_PUT_BACK", row.location_id)
    return done


def _changes_of(row: Revision) -> list[revising.Change]:
    return revising.changes(row.before, row.after)


def _is_frozen(db: Session, location_id: UUID, *, at: dt.datetime) -> bool:
    objected = select(Revision.id).where(
        Revision.location_id == location_id, col(Revision.objected_at) > at - FROZEN_FOR
    )
    return db.exec(objected.limit(1)).first() is not None


def _audit(db: Session, by: Actor, action: str, location_id: UUID) -> None:
    if by.kind is not ActorKind.SYSTEM:
        audit.append(db, by, action, subject_type="location", subject_id=location_id)
