"""What a clinic's answers to requests do to its listing: figures kept, facts put in doubt, requests switched off.

The clinic is told each time, with a link to its listing; what it confirms is in doubt no more.
"""

import datetime as dt
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from directory.accounts.actor import system
from directory.lib import clock, events, ids
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import revisions
from directory.listings.editing import edit
from directory.listings.events import ListingChanged
from directory.listings.fields import Section
from directory.listings.queries import get_location, get_record
from directory.terminology.proofs import FactGroup, Method
from directory.verification import actions, messages, queries
from directory.verification.events import LineDoubtSettled, LineDoubtWaits
from directory.verification.figures import Figures
from directory.verification.models import LineDoubt, LineKind, ResponseFigures
from directory.verification.proofs import VerifiedClinic
from directory.wording.say import _

ANSWERS = system("answered-requests")
PATIENCE = dt.timedelta(days=10)
"""How long a clinic may take to confirm or correct a line in doubt before a person of ours asks."""
AT_ONCE = 200


def keep_figures(db: Session, location_id: UUID, figures: Figures, *, at: dt.datetime) -> None:
    """Keep how a clinic answered; announced as a change of its listing when the public sees it."""
    row = _row_of(db, location_id, at)
    before = queries.figures_in(row)
    row.asked, row.acknowledged, row.decided = figures.asked, figures.acknowledged, figures.decided
    row.median_minutes, row.answered_at, row.counted_at = figures.median_minutes, figures.answered_at, at
    db.add(row)
    if figures != before and (figures.shown or before.shown):
        events.record_once(db, ListingChanged(location_id=location_id))


def _row_of(db: Session, location_id: UUID, at: dt.datetime) -> ResponseFigures:
    """The clinic's row, held until the transaction ends; made when this is the first time."""
    row = db.get(ResponseFigures, location_id, with_for_update=True)
    if row is not None:
        return row
    new = ResponseFigures(location_id=location_id, asked=0, acknowledged=0, decided=0, counted_at=at)
    try:
        with db.begin_nested():
            db.add(new)
            db.flush()
    except IntegrityError:  # two first requests at once
        return db.get_one(ResponseFigures, location_id, with_for_update=True)
    return new


def requests_unanswered(db: Session, location_id: UUID, *, at: dt.datetime) -> None:
    """Two requests in a row stayed without an answer: no more are taken until the clinic switches them on again."""
    if not get_location(db, location_id).referrals_on:
        return
    author = revisions.Author(by=str(ANSWERS), why=_("Two requests in a row were not answered."))
    revisions.change(db, location_id, Section.CONTACT, {"referrals_on": False}, author=author, at=at)
    messages.tell_clinic(db, location_id, messages.REQUESTS_OFF)


def no_room(db: Session, location_id: UUID, *, at: dt.datetime) -> None:
    """Refused for want of room twice: "accepting new patients" is not confirmed until the clinic says it again."""
    verified = queries.get_verified(db, location_id, at=at)
    if not verified.accepting_confirmed or verified.clinic.accepting_patients == "nopt":
        return
    note = "no room, twice within 14 days"
    how = Method.ANSWERED_REFERRAL
    actions.challenge(db, location_id, FactGroup.ACCEPTING, note=note, by=ANSWERS, at=at, method=how)
    messages.tell_clinic(db, location_id, messages.IN_DOUBT)


def line_refused(db: Session, location_id: UUID, *, treatment: str, payer: str, at: dt.datetime) -> None:
    """Refused for what a line offers: that line is in doubt. A listing that does not offer it is right already."""
    clinic = get_record(db, location_id)
    lines = [line for line in clinic.lines if treatment in {"", line.treatment}]
    if not lines or (payer and not any(payer in line.payers for line in lines)):
        return
    kind = LineKind.PAYER if payer else LineKind.TREATMENT
    same = select(LineDoubt).where(LineDoubt.location_id == location_id, LineDoubt.kind == kind)
    same = same.where(LineDoubt.treatment == treatment, LineDoubt.payer == payer)
    row = db.exec(same.with_for_update()).first()
    if row is None:
        row = LineDoubt(
            id=ids.new_id(), location_id=location_id, kind=kind.value, treatment=treatment, payer=payer, at=at
        )
    row.at, row.handed_over_at = at, None
    db.add(row)
    edit(db, location_id, version=None, at=at)
    messages.tell_clinic(db, location_id, messages.IN_DOUBT)


def hand_over(databases: Databases, dispatch: events.Dispatch, *, at: dt.datetime) -> int:
    """Hand to a person of ours what a clinic was asked ten days ago and has not confirmed; gives how many."""
    with reading(databases) as db:
        asked = select(LineDoubt.id).where(col(LineDoubt.handed_over_at).is_(None), col(LineDoubt.at) <= at - PATIENCE)
        due = list(db.exec(asked.order_by(col(LineDoubt.at)).limit(AT_ONCE)).all())
    handed = 0
    for doubt_id in due:
        with unit_of_work(databases, dispatch) as db:
            row = db.get_one(LineDoubt, doubt_id, with_for_update=True)
            if row.handed_over_at is not None:
                continue
            row.handed_over_at = at
            db.add(row)
            if is_open(row, queries.get_verified(db, row.location_id, at=at)):
                events.record(db, LineDoubtWaits(doubt_id=row.id, location_id=row.location_id))
                handed += 1
    return handed


def is_open(doubt: LineDoubt, verified: VerifiedClinic) -> bool:
    """Whether the listing still says what is in doubt, unconfirmed."""
    if doubt.kind == LineKind.TREATMENT:
        return doubt.treatment in verified.doubted_treatments
    return any(
        payer == doubt.payer and doubt.treatment in {"", treatment} for treatment, payer in verified.doubted_payers
    )


def settle(db: Session, event: ListingChanged) -> None:
    """What a clinic has confirmed or corrected meanwhile needs no person any more; hears `ListingChanged`."""
    handed = select(LineDoubt).where(
        LineDoubt.location_id == event.location_id, col(LineDoubt.handed_over_at).is_not(None)
    )
    rows = db.exec(handed).all()
    if not rows:
        return
    verified = queries.get_verified(db, event.location_id, at=clock.now())
    for row in rows:
        if not is_open(row, verified):
            events.record(db, LineDoubtSettled(doubt_id=row.id))
