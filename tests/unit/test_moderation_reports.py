"""Reports of mistakes: sealed, answered, forgotten; two independent ones put a neutral notice on the page."""

import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.accounts.actor import Actor, ActorKind
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict
from directory.listings import actions as listings
from directory.listings import moved
from directory.listings.models import Location
from directory.moderation import accuracy, actions, deciding, digest, duplicates, queries, reports
from directory.moderation.deciding import Ask
from directory.moderation.models import DuplicatePair, QueueItem, Report
from directory.moderation.rules import Worker
from directory.verification.queries import get_verified
from tests.support import clinics
from tests.support.clinics import AT
from tests.support.published import harbour
from tests.support.time import Clock

MO = Worker(user_id=UUID(int=1), actor=Actor(ActorKind.MODERATOR, "U-MO"))
ANA = Worker(user_id=UUID(int=2), actor=Actor(ActorKind.MODERATOR, "U-ANA"))
DAY = dt.timedelta(days=1)


def told(databases: Databases, place: UUID, reason: str, *, network: str, at: dt.datetime = AT, **more: str) -> Report:
    with unit_of_work(databases, wiring.dispatch) as db:
        return reports.file(db, place, reason, network=network, at=at, **more)


def items(databases: Databases) -> dict[str, QueueItem]:
    with reading(databases) as db:
        return {row.kind: row for row in db.exec(select(QueueItem).where(QueueItem.state == "OPEN")).all()}


def decided(databases: Databases, kind: str, choice: str, *, by: Worker = MO, words: str = "We looked.") -> None:
    with unit_of_work(databases, wiring.dispatch) as db:
        item = db.exec(select(QueueItem).where(QueueItem.kind == kind, QueueItem.state == "OPEN")).one()
        deciding.decide(db, item, Ask(choice=choice, words=words), by=by, at=AT + DAY)


def is_doubted(databases: Databases, place: UUID, at: dt.datetime = AT + 2 * DAY) -> bool:
    with reading(databases) as db:
        return get_verified(db, place, at=at).not_reached


def test_the_second_independent_report_puts_a_notice_and_a_call_takes_it_away(
    databases: Databases, clock: Clock
) -> None:
    place = harbour(databases)
    told(databases, place, "nobody_answers", network="a", at=AT + DAY / 4)
    told(databases, place, "nobody_answers", network="a", at=AT + DAY / 3)
    assert not is_doubted(databases, place), "the same network twice is one voice"
    told(databases, place, "nobody_answers", network="b", at=AT + DAY / 2)
    assert is_doubted(databases, place)
    assert set(items(databases)) == {"RECHECK"}
    decided(databases, "RECHECK", "reached")
    assert not is_doubted(databases, place)
    told(databases, place, "nobody_answers", network="c", at=AT + 2 * DAY)
    assert not is_doubted(databases, place, AT + 3 * DAY), "what was answered counts no more"


def test_reports_a_month_apart_are_not_one_story(databases: Databases, clock: Clock) -> None:
    place = harbour(databases)
    told(databases, place, "nobody_answers", network="a", at=AT)
    told(databases, place, "nobody_answers", network="b", at=AT + 31 * DAY)
    assert not is_doubted(databases, place, AT + 32 * DAY)


def test_where_a_report_came_from_is_forgotten_when_nothing_is_made_of_it_any_more(
    databases: Databases, clock: Clock
) -> None:
    place = harbour(databases)
    told(databases, place, "nobody_answers", network="a", at=AT)
    told(databases, place, "nobody_answers", network="b", at=AT + DAY)
    with unit_of_work(databases) as db:
        reports.forget_networks(db, at=AT + 30 * DAY)
    with reading(databases) as db:
        assert sorted(db.exec(select(Report.network)).all()) == ["", "b"]


def test_an_answer_goes_by_mail_and_mailbox_and_words_are_gone(databases: Databases, clock: Clock) -> None:
    place = harbour(databases)
    row = told(databases, place, "payment", network="a", words="No Medicare.", mailbox="pat@example.net")
    assert row.words_sealed is not None
    assert b"Medicare" not in row.words_sealed
    with reading(databases) as db:
        assert reports.words_of(db, db.get_one(Report, row.id)) == "No Medicare."
        assert [r.id for r in reports.find_by_mailbox(db, "Pat@example.net")] == [row.id]
    decided(databases, "REPORT", "doubted")
    with reading(databases) as db:
        kept = db.get_one(Report, row.id)
        sent = [mail.message for mail in db.exec(select(OutboxMessage)).all()]
        payers = get_verified(db, place, at=AT + 2 * DAY).proofs["payers"]
    assert (kept.mailbox_sealed, kept.words_sealed, kept.outcome) == (None, None, "doubted")
    assert sent.count("report_answered") == 1
    assert payers.words.startswith("Not confirmed")


def test_the_figures_count_what_is_listed_confirmed_and_reported(databases: Databases, clock: Clock) -> None:
    with reading(databases) as db:
        assert accuracy.figures(db, at=AT).share is None
    place = harbour(databases)
    told(databases, place, "moved", network="a", at=AT)
    with reading(databases) as db:
        now = accuracy.figures(db, at=AT + 3 * DAY)
        later = accuracy.figures(db, at=AT + 91 * DAY)
    assert (now.listed, now.share, now.median_age_days) == (1, 100, 3)
    assert (now.open_reports, now.oldest_report_age_days) == (1, 3)
    assert (later.share, later.median_age_days) == (0, 91)
    kept = accuracy.KeptFigures(databases)
    clock.travel(to=AT + DAY)
    first = kept.now()
    clock.advance(seconds=59)
    assert kept.now() is first
    clock.advance(seconds=2)
    assert kept.now() is not first


def test_the_digest_goes_once_a_day_in_our_morning_to_those_on_duty(databases: Databases, clock: Clock) -> None:
    place = harbour(databases)
    told(databases, place, "moved", network="a")
    night, morning = AT.replace(hour=6), AT.replace(hour=14)
    assert not digest.send_when_due(databases, ["mo@x.example"], at=night)
    assert not digest.send_when_due(databases, [], at=morning)
    assert digest.send_when_due(databases, ["mo@x.example", "ana@x.example"], at=morning)
    assert not digest.send_when_due(databases, ["mo@x.example"], at=morning + dt.timedelta(hours=3))
    assert digest.send_when_due(databases, ["mo@x.example"], at=morning + DAY)
    with reading(databases) as db:
        mails = [m.ids for m in db.exec(select(OutboxMessage).where(OutboxMessage.message == "queue_digest")).all()]
    assert mails == [{"waiting": "1", "overdue": "0", "language": "en"}] * 3


def test_unanswered_reports_escalate_after_five_working_days(databases: Databases, clock: Clock) -> None:
    told(databases, harbour(databases), "moved", network="a")
    assert actions.escalate(databases, at=AT + 6 * DAY) == 0
    assert actions.escalate(databases, at=AT + 8 * DAY) == 1


def twins(databases: Databases) -> tuple[UUID, UUID]:
    """Harbour Clinic, and the same place entered once more under another name with the same phone."""
    first = harbour(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        body = listings.add_organization(db, clinics.organization(name="The Harbour", npi=None))
        place = clinics.location(body, slug="harbour-2", name="Ketamine at the Harbour", latitude=43.7)
        second = listings.add_site(
            db, clinics.site(body, location=place, team=(), endpoint=None), by="import", at=AT
        ).id
    return first, second


def test_pairs_are_found_by_phone_or_name_and_asked_about_once(databases: Databases, clock: Clock) -> None:
    first, second = twins(databases)
    assert duplicates.look_for_duplicates(databases, at=AT) == 1
    assert duplicates.look_for_duplicates(databases, at=AT) == 0
    with reading(databases) as db:
        pair = db.exec(select(DuplicatePair)).one()
    assert ({pair.first_id, pair.second_id}, pair.why) == ({first, second}, "same_phone")


def test_names_count_only_when_they_are_alike_and_near() -> None:
    def place(number: int, name: str, north: float) -> duplicates._Place:
        given = {"id": UUID(int=number), "organization_id": UUID(int=number), "npi": None, "phone": None}
        where = {"zip5": "04101", "state": "ME", "latitude": 43.65 + north / 111_000, "longitude": -70.25}
        return duplicates._Place(name=name, **given, **where)  # type: ignore[arg-type]

    here = place(1, "The Harbour Clinic, LLC", 0)
    assert duplicates.find_pairs([here, place(2, "Harbour Clinic", 190)])[0][2] == "same_name_near"
    assert duplicates.find_pairs([here, place(2, "Harbour Clinic", 210)]) == []
    assert duplicates.find_pairs([here, place(2, "Seaside Wellness", 5)]) == []


def test_a_merge_takes_two_people_moves_the_page_and_can_be_undone_for_thirty_days(
    databases: Databases, clock: Clock
) -> None:
    first, _second = twins(databases)
    duplicates.look_for_duplicates(databases, at=AT)
    with reading(databases) as db:
        pair = db.exec(select(DuplicatePair)).one()
        gone_id, kept_id = (pair.first_id, pair.second_id)
        slug = db.get_one(Location, gone_id).slug
        kept_slug = db.get_one(Location, kept_id).slug
        status = db.get_one(Location, gone_id).status
    decided(databases, "DUPLICATE", "keep_second", by=MO)
    assert "DUPLICATE" in items(databases)
    decided(databases, "DUPLICATE", "keep_second", by=ANA)
    with reading(databases) as db:
        assert moved.find_kept_slug(db, slug) == kept_slug
        assert db.get_one(Location, gone_id).status == "CLOSED"
    with unit_of_work(databases, wiring.dispatch) as db, pytest.raises(Conflict):
        duplicates.undo(db, gone_id, words="Two floors.", by=MO, at=AT + 32 * DAY)
    with unit_of_work(databases, wiring.dispatch) as db:
        duplicates.undo(db, gone_id, words="Two floors.", by=MO, at=AT + 20 * DAY)
    with reading(databases) as db:
        assert moved.find_kept_slug(db, slug) is None
        assert db.get_one(Location, gone_id).status == status
        assert queries.find_decisions(db, location_id=gone_id)[0].verb == "UNDO_MERGE"
    assert first
