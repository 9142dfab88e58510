"""Pages that explain, in each language, past their review date: asked about once for each date, done when mended."""

import datetime as dt
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import Session, select

from directory.learn.articles import Article
from directory.learn.library import libraries
from directory.lib.db import Databases, reading, unit_of_work
from directory.moderation import actions
from directory.moderation.kinds import Kind
from directory.moderation.models import ItemState, QueueItem

SETTLED = "system:settled"


def look_for_overdue(databases: Databases, *, at: dt.datetime) -> int:
    """Ask a person about every page that is due and was not asked about for that date; how many are new.

    What waits about a page that has a later date by now, or is gone, is closed.
    """
    due = {review_of(article) for each in libraries() for article in each.overdue(at.date())}
    with reading(databases) as db:
        asked = _asked(db)
    new = due - asked.keys()
    over = {about_id for about_id, state in asked.items() if state == ItemState.OPEN} - due
    if new or over:
        with unit_of_work(databases) as db:
            for about_id in sorted(new):
                actions.open_item(db, kind=Kind.PAGE_REVIEW, about_id=about_id, at=at)
            for about_id in sorted(over):
                actions.close_about(db, Kind.PAGE_REVIEW, about_id, by=SETTLED, at=at)
    return len(new)


def review_of(article: Article) -> UUID:
    """What an item is about: this page, in its language, at this date. Pages are files and have no row."""
    place = article.href_in_its_language if article.is_translation else article.href
    return uuid5(NAMESPACE_URL, f"{place}#{article.about.next_review_on.isoformat()}")


def find_page(about_id: UUID) -> Article | None:
    """The page whose review is meant, or None when it has another date by now."""
    pages = (article for each in libraries() for article in each.by_slug.values())
    return next((article for article in pages if review_of(article) == about_id), None)


def _asked(db: Session) -> dict[UUID, str]:
    rows = db.exec(select(QueueItem.about_id, QueueItem.state).where(QueueItem.kind == Kind.PAGE_REVIEW)).all()
    return dict(sorted(rows, key=lambda row: row[1] == ItemState.OPEN))
