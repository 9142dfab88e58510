"""The queue: one item about one thing, taken by one person, ended by a decision, at the top when its time is over."""

import datetime as dt
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.permissions import GRANTS, Permission, Role
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict, NotFound
from directory.listings.fields import Section
from directory.moderation import actions, queries, rules
from directory.moderation.kinds import KINDS, PRIORITIES, Kind
from directory.moderation.models import QueueItem, Verb
from directory.moderation.rules import Worker
from directory.verification import editing
from tests.support.clinics import AT
from tests.support.published import harbour

MO = Worker(user_id=UUID(int=1), actor=Actor(ActorKind.MODERATOR, "U-MO"))
ANA = Worker(user_id=UUID(int=2), actor=Actor(ActorKind.MODERATOR, "U-ANA"))
OLA = editing.Editor(actor=Actor(ActorKind.CLINIC, "U-OLA"), user_id=UUID(int=7))
ALL = KINDS.codes


def opened(databases: Databases, kind: Kind = Kind.REPORT, about: UUID | None = None, at: dt.datetime = AT) -> UUID:
    with unit_of_work(databases) as db:
        return actions.open_item(db, kind=kind, about_id=about or uuid4(), at=at).id


def item(databases: Databases, item_id: UUID) -> QueueItem:
    with reading(databases) as db:
        return db.get_one(QueueItem, item_id)


def test_the_same_thing_waits_once_and_waits_again_after_it_was_done(databases: Databases) -> None:
    about = uuid4()
    first = opened(databases, about=about)
    assert opened(databases, about=about) == first
    assert opened(databases, Kind.RECHECK, about) != first
    with unit_of_work(databases) as db:
        actions.close_about(db, Kind.REPORT, about, by="system:settled", at=AT)
    assert opened(databases, about=about) != first


def test_each_kind_is_due_after_its_working_days_and_says_what_happens_if_nobody_acts(databases: Databases) -> None:
    friday = dt.datetime(2026, 3, 13, 15, tzinfo=dt.UTC)
    row = item(databases, opened(databases, Kind.UNDELIVERABLE, at=friday))
    assert (row.due_at.date(), row.priority) == (dt.date(2026, 3, 16), 1)
    assert item(databases, opened(databases, Kind.REPORT, at=friday)).due_at.date() == dt.date(2026, 3, 20)
    assert all(len(kind.if_nobody) > 20 and kind.priority in PRIORITIES for kind in KINDS)


def test_only_one_person_has_an_item_in_hand(databases: Databases) -> None:
    item_id = opened(databases)
    with unit_of_work(databases) as db:
        actions.take(db, db.get_one(QueueItem, item_id), by=MO, at=AT)
        actions.take(db, db.get_one(QueueItem, item_id), by=MO, at=AT)
        with pytest.raises(Conflict):
            actions.take(db, db.get_one(QueueItem, item_id), by=ANA, at=AT)
        with pytest.raises(Conflict):
            actions.decide(db, db.get_one(QueueItem, item_id), Verb.CLOSE, by=ANA, at=AT)
        actions.release(db, db.get_one(QueueItem, item_id), by=MO)
        actions.take(db, db.get_one(QueueItem, item_id), by=ANA, at=AT)
        actions.decide(db, db.get_one(QueueItem, item_id), Verb.CLOSE, by=ANA, at=AT, words=" Done. ")
    assert (item(databases, item_id).state, item(databases, item_id).closed_by) == ("DONE", "moderator:U-ANA")
    with reading(databases) as db:
        assert [row.words for row in queries.find_decisions(db, item_id=item_id)] == ["Done."]
    with unit_of_work(databases) as db, pytest.raises(Conflict):
        actions.decide(db, db.get_one(QueueItem, item_id), Verb.CLOSE, by=ANA, at=AT)


def test_what_was_not_done_in_time_goes_to_the_top(databases: Databases) -> None:
    late, urgent = opened(databases, Kind.DUPLICATE), opened(databases, Kind.UNDELIVERABLE, at=AT + dt.timedelta(30))
    with reading(databases) as db:
        assert [row.id for row in queries.find_queue(db, ALL, mine=MO.user_id, at=AT).rows] == [urgent, late]
    now = AT + dt.timedelta(days=30)
    assert actions.escalate(databases, at=now) == 1
    assert actions.escalate(databases, at=now) == 0
    with reading(databases) as db:
        rows = queries.find_queue(db, ALL, mine=MO.user_id, at=now).rows
    assert [(row.id, row.priority, row.is_overdue) for row in rows] == [
        (late, "Overdue", True),
        (urgent, "Urgent", False),
    ]


def test_verifiers_see_their_kinds_and_nothing_of_requests_or_claims(databases: Databases) -> None:
    verifier = rules.kinds_for(lambda permission: permission in GRANTS[Role.VERIFIER])
    assert set(verifier) == {
        "POSSIBLE_EXCLUSION", "LICENCE_EXPIRY", "SOURCE_DIFFERENCE", "RECHECK", "EVIDENCE", "REMS_CHECK",
        "SUPERVISION_CHECK", "LINE_DOUBT",
    }  # fmt: skip
    assert rules.kinds_for(lambda permission: permission in GRANTS[Role.MODERATOR]) == ALL
    assert rules.kinds_for(lambda permission: permission is Permission.WORK_QUEUE) == ()
    hidden, seen = opened(databases, Kind.CLAIM), opened(databases, Kind.RECHECK)
    with reading(databases) as db:
        found = queries.find_queue(db, verifier, kind="CLAIM", mine=MO.user_id, at=AT)
        assert ([row.id for row in found.rows], found.total) == ([seen], 1)
        assert queries.get_item(db, seen, kinds=verifier).id == seen
        with pytest.raises(NotFound):
            queries.get_item(db, hidden, kinds=verifier)


def test_a_second_yes_is_that_of_a_second_person_of_another_organization() -> None:
    own = frozenset({UUID(int=50)})
    assert rules.why_not_second(ANA, MO.user_id, frozenset()) is None
    assert rules.why_not_second(MO, MO.user_id, frozenset()) is not None
    colleague = Worker(user_id=UUID(int=3), actor=ANA.actor, organizations=own)
    assert rules.why_not_second(colleague, MO.user_id, own) is not None
    assert rules.why_not_decide(colleague, UUID(int=50)) is not None
    assert rules.why_not_decide(colleague, UUID(int=51)) is None


def test_a_sensitive_edit_waits_in_the_queue_until_it_is_settled(databases: Databases) -> None:
    location_id = harbour(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        done = editing.save(db, location_id, Section.ABOUT, {"name": "Harbor Clinic"}, seen=None, by=OLA, at=AT)
    with reading(databases) as db:
        row = db.exec(select(QueueItem)).one()
    assert (row.kind, row.about_id, row.location_id) == ("SENSITIVE_EDIT", done.waiting[0].id, location_id)
    with unit_of_work(databases, wiring.dispatch) as db:
        editing.take_back(db, done.waiting[0].id, by=OLA, at=AT)
    assert item(databases, row.id).state == "DONE"
