"""A page past its review date waits for a moderator: once for each date, and no longer than that."""

import datetime as dt
from uuid import UUID, uuid4

from sqlmodel import select

from directory.accounts.actor import Actor, ActorKind
from directory.learn.library import libraries, library
from directory.lib.db import Databases, reading, unit_of_work
from directory.moderation import actions, page_reviews, queries, subjects
from directory.moderation.deciding import Ask, decide
from directory.moderation.kinds import KINDS, Kind
from directory.moderation.models import QueueItem
from directory.moderation.rules import Worker

MO = Worker(user_id=UUID(int=1), actor=Actor(ActorKind.MODERATOR, "U-MO"))
LAST = max(article.about.next_review_on for article in library().by_slug.values())
BEFORE = dt.datetime(2026, 12, 1, 15, tzinfo=dt.UTC)
AFTER = dt.datetime.combine(LAST, dt.time(15), tzinfo=dt.UTC) + dt.timedelta(days=1)
ALL = sum(len(each.by_slug) for each in libraries())


def queue(databases: Databases) -> list[QueueItem]:
    with reading(databases) as db:
        return list(db.exec(select(QueueItem).where(QueueItem.state == "OPEN")).all())


def test_each_page_waits_once_from_the_day_after_its_date(databases: Databases) -> None:
    assert page_reviews.look_for_overdue(databases, at=BEFORE) == 0
    assert page_reviews.look_for_overdue(databases, at=AFTER) == ALL
    assert page_reviews.look_for_overdue(databases, at=AFTER + dt.timedelta(days=1)) == 0
    assert len(queue(databases)) == ALL
    with reading(databases) as db:
        assert queries.find_queue(db, KINDS.codes, mine=MO.user_id, at=AFTER).total == ALL


def test_a_moderator_reads_which_page_and_what_was_decided_is_not_asked_again(databases: Databases) -> None:
    page_reviews.look_for_overdue(databases, at=AFTER)
    page = library().by_slug["risks"]
    with unit_of_work(databases) as db:
        item = queries.find_open(db, Kind.PAGE_REVIEW, page_reviews.review_of(page))
        assert item is not None
        subject = subjects.subject_of(db, item, at=AFTER)
        assert ("Page", page.about.title) in subject.lines
        assert subject.desk[0] == "/en/learn/risks"
        decide(db, item, Ask(choice="done", words="Dr Example reads it next week."), by=MO, at=AFTER)
    assert page_reviews.look_for_overdue(databases, at=AFTER) == 0
    assert len(queue(databases)) == ALL - 1


def test_a_translation_waits_by_itself_and_has_a_reviewer_of_its_own(databases: Databases) -> None:
    page_reviews.look_for_overdue(databases, at=AFTER)
    english, spanish = (each.by_slug["risks"] for each in libraries())
    with unit_of_work(databases) as db:
        waiting = [queries.find_open(db, Kind.PAGE_REVIEW, page_reviews.review_of(page)) for page in (english, spanish)]
        assert None not in waiting
        assert waiting[0] is not waiting[1]
        item = waiting[1]
        assert item is not None
        subject = subjects.subject_of(db, item, at=AFTER)
        assert ("Page", "Riesgos y efectos secundarios") in subject.lines
        assert ("Language", "Spanish, a translation") in subject.lines
        assert ("Reviewed by", "Nobody yet") in subject.lines
        assert subject.desk[0] == "/es/learn/risks"
        decide(db, item, Ask(choice="done", words="A qualified person reads it next week."), by=MO, at=AFTER)
    assert len(queue(databases)) == ALL - 1


def test_what_waits_about_a_page_that_has_another_date_by_now_is_closed(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        item = actions.open_item(db, kind=Kind.PAGE_REVIEW, about_id=uuid4(), at=BEFORE)
        assert subjects.subject_of(db, item, at=BEFORE).desk == ("", "")
    assert page_reviews.look_for_overdue(databases, at=BEFORE) == 0
    assert queue(databases) == []
