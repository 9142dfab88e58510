"""What the clinic's rooms show: whose sites there are, what waits, what was changed and by whom."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from directory.accounts.models import User
from directory.lib.errors import NotFound
from directory.listings import drafts, revising, revisions
from directory.listings.assembly import build
from directory.listings.facts import facts_of
from directory.listings.fields import Section
from directory.listings.models import Location
from directory.listings.queries import get_rows
from directory.listings.revision import Revision, RevisionState
from directory.listings.telling import Told, tell
from directory.portal.sections import title_of
from directory.portal.steps import Step, next_steps
from directory.referrals import consequences, figures
from directory.search.clinic_view import ClinicView, view_of
from directory.search.queries import find_views
from directory.search.seen import MONTHS_SHOWN
from directory.search.unmet import month_of
from directory.terminology.decline_reasons import DECLINE_REASONS
from directory.terminology.listing_status import LISTING_STATUSES, ListingStatus
from directory.verification.figures import in_words
from directory.verification.proofs import verified
from directory.verification.queries import find_results, get_verified
from directory.wording import say
from directory.wording.say import _

PAGE = 30
STATES = {
    RevisionState.LIVE: (_("Live"), "good"),
    RevisionState.WAITING: (_("Sent for checking"), "wait"),
    RevisionState.RETURNED: (_("Returned"), "act"),
    RevisionState.REFUSED: (_("Refused"), "stop"),
    RevisionState.UNDONE: (_("Taken back"), "quiet"),
}
"""State → what it is called, and its colour role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCard:
    """A site in a list of one's own."""

    location_id: UUID
    slug: str
    name: str
    place: str
    status: ListingStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One change in the history, in words."""

    revision_id: UUID
    title: str
    who: str
    at: dt.datetime
    why: str
    state: str
    tone: str
    words: str
    because: tuple[str, ...]
    cools_until: dt.datetime | None
    approved: bool
    rows: tuple[Told, ...]
    can_take_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionCard:
    """A section on the dashboard."""

    code: str
    title: str
    about: str
    waits: bool
    draft: bool


def own_figures(db: Session, site: Location, *, at: dt.datetime) -> list[str]:
    """How a site answered the requests of the last 90 days, for its own people: from the first request on, and with the
    reasons for a no, which the public is never told. Nothing where nobody asked."""
    steps = consequences.find_steps(db, site.id, at=at)
    counted, last = figures.figures_of(steps, at=at), None
    if not counted.asked:
        return []
    if counted.answered_at is not None:
        last = counted.answered_at.astimezone(ZoneInfo(site.time_zone)).date()
    said = in_words(asked=counted.asked, decided=counted.decided, median_minutes=counted.median_minutes, last_on=last)
    refused = [
        f"{_(DECLINE_REASONS.label(code))} ({say.number(often)})" for code, often in figures.refusals_of(steps, at=at)
    ]
    if refused:
        said.append(_("Declined: {reasons}.").format(reasons=say.joined("; ", refused)))
    return said


def page_views(db: Session, site: Location, *, today: dt.date) -> str:
    """How often its public page was shown in the last months that are over; empty before the first. The month that
    runs is not told: whoever looked again and again would learn when somebody read the page."""
    found = find_views(db, site.id, before=month_of(today), at_most=MONTHS_SHOWN)
    if not found:
        return ""
    shown = [
        _("{month}: {count}").format(month=say.month(month_on), count=say.number(seen)) for month_on, seen in found
    ]
    return _(
        "Page views, robots and your own included; nobody who looks is recorded. {months}. Told once a month is over."
    ).format(months=say.joined("; ", shown))


def find_sites(db: Session, organization_ids: Iterable[UUID]) -> list[SiteCard]:
    """The sites of some organizations, by state and town."""
    asked = select(Location).where(col(Location.organization_id).in_(list(organization_ids)))
    rows = db.exec(asked.order_by(col(Location.state), col(Location.city), col(Location.name))).all()
    return [_card(row) for row in rows]


def get_site(db: Session, slug: str) -> Location:
    """The row of a site by its slug. Raises NotFound in the words that a stranger to it reads as well."""
    row = db.exec(select(Location).where(Location.slug == slug)).one_or_none()
    if row is None:
        raise not_yours()
    return row


def not_yours() -> NotFound:
    """What somebody is told of a site that is not theirs, and of one that there is not."""
    return NotFound(_("There is no such clinic among yours."))


def siblings(db: Session, site: Location) -> list[SiteCard]:
    """The other sites of its organization."""
    return [card for card in find_sites(db, [site.organization_id]) if card.location_id != site.id]


def preview(db: Session, location_id: UUID, *, at: dt.datetime) -> ClinicView:
    """The public page as it would be once everything that waits is live."""
    waiting = [row.after for row in revisions.find_waiting(db, location_id)]
    rows = revisions.trial(db, location_id, revising.overlaid({}, waiting), by="system:preview", at=at)
    return view_of(verified(build(rows), find_results(db, [location_id])[location_id], at=at))


def history(db: Session, location_id: UUID, *, number: int) -> tuple[list[Entry], bool]:
    """One page of the changes of a site, newest first, and whether there are older ones."""
    rows = revisions.find_history(db, location_id, limit=PAGE + 1, offset=(number - 1) * PAGE)
    return entries(db, location_id, rows[:PAGE]), len(rows) > PAGE


def waiting(db: Session, location_id: UUID, section: Section | None = None) -> list[Entry]:
    """What waits of a site, or of one section of it."""
    return entries(db, location_id, revisions.find_waiting(db, location_id, section))


def entries(db: Session, location_id: UUID, rows: Sequence[Revision]) -> list[Entry]:
    """Changes in words."""
    facts = facts_of(get_rows(db, location_id))
    names = _names_of(db, {row.user_id for row in rows if row.user_id})
    return [_entry(row, facts | row.before | row.after, names) for row in rows]


def section_cards(
    db: Session, location_id: UUID, user_id: UUID, titles: dict[Section, tuple[str, str]]
) -> list[SectionCard]:
    """The sections of the dashboard."""
    waits = {row.section for row in revisions.find_waiting(db, location_id)}
    half = {row.section for row in drafts.find_all(db, location_id, user_id)}
    return [
        SectionCard(code=code, title=title, about=about, waits=code in waits, draft=code in half)
        for code, (title, about) in titles.items()
    ]


def steps(db: Session, site: Location, user_id: UUID, *, at: dt.datetime) -> list[Step]:
    """What to do next with a site, and why."""
    rows = revisions.find_history(db, site.id, limit=PAGE)
    half = [Section(row.section) for row in drafts.find_all(db, site.id, user_id)]
    return next_steps(get_verified(db, site.id, at=at), rows, half, site.slug)


def _card(row: Location) -> SiteCard:
    return SiteCard(
        location_id=row.id,
        slug=row.slug,
        name=row.name,
        place=f"{row.city}, {row.state}",
        status=LISTING_STATUSES[row.status],
    )


def _names_of(db: Session, user_ids: set[UUID]) -> dict[UUID, str]:
    found = db.exec(select(User).where(col(User.id).in_(user_ids))).all() if user_ids else []
    return {user.id: user.name or user.mailbox for user in found}


def _entry(row: Revision, facts: dict[str, object], names: dict[UUID, str]) -> Entry:
    state, tone = STATES[RevisionState(row.state)]
    found = revising.changes(row.before, row.after)
    return Entry(
        revision_id=row.id,
        title=title_of(Section(row.section)),
        who=names.get(row.user_id, "") if row.user_id else _who(row.by),
        at=row.at,
        why=row.why,
        state=state,
        tone=tone,
        words=row.words,
        because=tuple(revising.because(found)) if row.state == RevisionState.WAITING else (),
        cools_until=row.cools_until if row.state == RevisionState.WAITING else None,
        approved=row.approved_at is not None,
        rows=tuple(tell(found, facts)),
        can_take_back=row.state in (RevisionState.LIVE, RevisionState.WAITING),
    )


def _who(by: str) -> str:
    if by.startswith(("moderator:", "verifier:", "operator:")):
        return _("Our staff")
    return _("The clinic, after a code") if by.startswith("clinic:") else _("The service")
