"""Changes of listings, each kept as a Revision: done at once, proposed, brought to life, settled, put back.

`at` is the moment it happens. What a change needs is decided by `revising`; what it means for proofs and for the gate
is the package above's: people come through `verification.editing`.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from directory.lib import events
from directory.lib.errors import Conflict, NotFound
from directory.listings import revising, rules
from directory.listings.assembly import Rows
from directory.listings.editing import edit, refuse
from directory.listings.events import RevisionSettled, RevisionWaits
from directory.listings.facts import facts_of, put
from directory.listings.fields import Facts, Section, same
from directory.listings.models import Practitioner
from directory.listings.queries import get_location, get_rows
from directory.listings.revision import Revision, RevisionState
from directory.wording.say import _

_MANY = ("lines", "people", "roles", "qualifications", "times", "closures")


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who changes something, as the row keeps it, and why in their words."""

    by: str
    user_id: UUID | None = None
    why: str = ""


def trial(
    db: Session, location_id: UUID, changes: Facts, *, by: str, at: dt.datetime, loaded: Rows | None = None
) -> Rows:
    """The rows as they would be: copies, of which nothing is kept. Raises Refused with what is wrong with them.

    `loaded` are the site's rows where somebody has read them already.
    """
    rows = put(_copies(_rows_for(db, location_id, changes, loaded)), changes, by=by, at=at)
    refuse(problems_of(rows))
    return rows


def problems_of(rows: Rows) -> list[rules.Problem]:
    """Everything that is wrong with a site's rows."""
    endpoint = [rows.endpoint] if rows.endpoint is not None else []
    return rules.problems_of(rows.location, *rows.lines, *rows.people, *rows.qualifications, *endpoint)


def change(
    db: Session, location_id: UUID, section: Section, changes: Facts, *, author: Author, at: dt.datetime
) -> Revision | None:
    """Change facts now. None when nothing differs. Raises Refused, NotFound; changes nothing then."""
    based_on = _version(db, location_id)
    before, after = _bring_about(db, location_id, changes, by=author.by, at=at)
    if not after:
        return None
    row = _new(location_id, section, before, after, author=author, at=at, based_on=based_on)
    row.state, row.settled_at, row.settled_by = RevisionState.LIVE, at, author.by
    return _kept(db, row)


def propose(
    db: Session,
    location_id: UUID,
    section: Section,
    found: Iterable[revising.Change],
    *,
    author: Author,
    at: dt.datetime,
    cools: bool = False,
) -> Revision:
    """Keep changes that a person looks at first. `cools`: the old contact has 72 hours to object."""
    before, after = {c.name: c.before for c in found}, {c.name: c.after for c in found}
    based_on = _version(db, location_id)
    row = _new(location_id, section, before, after, author=author, at=at, based_on=based_on)
    row.state = RevisionState.WAITING
    row.cools_until = at + revising.COOLING_OFF if cools else None
    events.record(db, RevisionWaits(revision_id=row.id, location_id=location_id))
    return _kept(db, row)


def approve(db: Session, row: Revision, *, method: str, by: str, at: dt.datetime) -> Revision:
    """A person has said yes; it is live by `bring_to_life`, which the cooling-off may hold back."""
    _must_wait(row)
    row.approved_at, row.approved_by, row.method = at, by, method
    return _kept(db, row)


def bring_to_life(db: Session, row: Revision, *, more: Facts, at: dt.datetime) -> Revision:
    """What waited is live. `more` is what was learned when it was checked. Raises Conflict, Refused."""
    _must_wait(row)
    before, after = _bring_about(db, row.location_id, row.after | dict(more), by=row.by, at=at)
    row.before, row.after = before, after
    return settle(db, row, RevisionState.LIVE, by=row.approved_by or row.by, at=at)


def settle(db: Session, row: Revision, state: RevisionState, *, by: str, at: dt.datetime, words: str = "") -> Revision:
    """End the waiting of a change, or note that a live one was put back."""
    if row.state == RevisionState.WAITING:
        events.record(db, RevisionSettled(revision_id=row.id, location_id=row.location_id))
    row.state, row.settled_at, row.settled_by = state, at, by
    row.words = words or row.words
    return _kept(db, row)


def put_back(db: Session, row: Revision, *, author: Author, at: dt.datetime) -> Revision | None:
    """What stood before a live change stands again, by a change of its own; every fact of it, hidden ones too.

    Raises Conflict when it is not live, or when something of it was changed again since.
    """
    if row.state != RevisionState.LIVE:
        raise Conflict(_("This change is not live, so there is nothing to put back."))
    now = facts_of(get_rows(db, row.location_id))
    if any(not same(now.get(name), value) for name, value in row.after.items()):
        raise Conflict(_("Something of this was changed again since. Put the newer change back first."))
    done = change(db, row.location_id, Section(row.section), row.before, author=author, at=at)
    settle(db, row, RevisionState.UNDONE, by=author.by, at=at)
    return done


def get(db: Session, revision_id: UUID) -> Revision:
    """The row of a change. Raises NotFound."""
    row = db.get(Revision, revision_id)
    if row is None:
        raise NotFound(_("There is no such change."))
    return row


def find_waiting(db: Session, location_id: UUID, section: Section | None = None) -> list[Revision]:
    """What waits of a site (and section), oldest first."""
    asked = select(Revision).where(Revision.location_id == location_id, Revision.state == RevisionState.WAITING)
    if section is not None:
        asked = asked.where(Revision.section == section)
    return list(db.exec(asked.order_by(col(Revision.at), col(Revision.id))).all())


def find_history(db: Session, location_id: UUID, *, limit: int = 50, offset: int = 0) -> list[Revision]:
    """The changes of a site, newest first."""
    asked = select(Revision).where(Revision.location_id == location_id)
    return list(db.exec(asked.order_by(col(Revision.at).desc(), col(Revision.id).desc()).limit(limit).offset(offset)))


def find_cooled(db: Session, *, at: dt.datetime, limit: int = 200) -> list[Revision]:
    """What was approved and whose time for objections is over."""
    asked = select(Revision).where(Revision.state == RevisionState.WAITING, col(Revision.cools_until) <= at)
    return list(db.exec(asked.where(col(Revision.approved_at).is_not(None)).limit(limit)).all())


def find_since(db: Session, location_ids: Iterable[UUID], *, by: str, since: dt.datetime) -> list[Revision]:
    """What somebody has changed or proposed at some sites since a moment, newest first."""
    asked = select(Revision).where(col(Revision.location_id).in_(list(location_ids)), Revision.by == by)
    return list(
        db.exec(asked.where(col(Revision.at) >= since).order_by(col(Revision.at).desc(), col(Revision.id).desc()))
    )


def _must_wait(row: Revision) -> None:
    if row.state != RevisionState.WAITING:
        raise Conflict(_("This change does not wait any more."))


def _new(
    location_id: UUID,
    section: Section,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    author: Author,
    at: dt.datetime,
    based_on: int,
) -> Revision:
    return Revision(
        location_id=location_id,
        section=section,
        before=dict(before),
        after=dict(after),
        why=author.why,
        by=author.by,
        user_id=author.user_id,
        at=at,
        based_on=based_on,
        state=RevisionState.WAITING,
    )


def _version(db: Session, location_id: UUID) -> int:
    return get_location(db, location_id).version


def _bring_about(
    db: Session, location_id: UUID, changes: Facts, *, by: str, at: dt.datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    rows = _rows_for(db, location_id, changes)
    before = facts_of(rows)
    after = facts_of(trial(db, location_id, changes, by=by, at=at, loaded=rows))
    found = revising.changes(before, after)
    if found:
        edit(db, location_id, version=None, at=at)  # reads the row anew, so before anything is put into it
        with db.no_autoflush:
            _keep(db, rows, put(rows, changes, by=by, at=at))
    return {c.name: c.before for c in found}, {c.name: c.after for c in found}


def _keep(db: Session, old: Rows, new: Rows) -> None:
    for name in _MANY:
        for row in getattr(old, name):
            if not any(row is other for other in getattr(new, name)):
                db.delete(row)
    if old.supervision is not None and new.supervision is None:
        db.delete(old.supervision)
    db.flush()  # the old endpoint is given up before a new one is active
    for row in new.people:
        db.add(row)
    db.flush()  # before their roles and licences
    for name in _MANY:
        db.add_all(getattr(new, name))
    db.add_all([row for row in (new.supervision, new.endpoint) if row is not None])
    db.flush()


def _rows_for(db: Session, location_id: UUID, changes: Facts, loaded: Rows | None = None) -> Rows:
    """The rows of a site, with people whom the changes name and who are known elsewhere."""
    rows = replace(loaded or get_rows(db, location_id))
    named = {UUID(name.split(".")[1]) for name in changes if name.startswith("people.")}
    missing = named - {person.id for person in rows.people}
    if missing:
        found = db.exec(select(Practitioner).where(col(Practitioner.id).in_(missing))).all()
        rows.people = [*rows.people, *found]
    return rows


def _copies(rows: Rows) -> Rows:
    def copy(row: Any) -> Any:
        return None if row is None else type(row)(**row.model_dump())

    return Rows(
        organization=rows.organization,
        location=copy(rows.location),
        supervision=copy(rows.supervision),
        endpoint=copy(rows.endpoint),
        **{name: [copy(row) for row in getattr(rows, name)] for name in _MANY},
    )


def _kept(db: Session, row: Revision) -> Revision:
    db.add(row)
    db.flush()
    return row
