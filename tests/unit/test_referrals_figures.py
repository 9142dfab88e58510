"""What answers do to listings: figures from the log alone, doubts line by line, requests off after two silences."""

import datetime as dt
from uuid import UUID

import pytest
from sqlmodel import select

from directory import wiring
from directory.delivery.models import OutboxMessage
from directory.interop.answers import listing
from directory.interop.clinics import clinic as clinic_json
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.ids import new_id
from directory.listings.queries import get_location
from directory.moderation.models import QueueItem
from directory.referrals import actions, clinic_actions, consequences, figures, queries, sender_actions, timers
from directory.referrals.models import ReferralTask, StatusChange
from directory.search import facets
from directory.search.cards import card_words
from directory.search.clinic_view import view_of
from directory.search.entries import from_text
from directory.search.models import SearchEntry
from directory.terminology.payers import PAYERS
from directory.verification import actions as verification
from directory.verification import responses
from directory.verification.models import ResponseFigures
from directory.verification.proofs import VerifiedClinic
from directory.verification.queries import get_verified
from tests.support.clinics import AT
from tests.support.requests import NOOR, ready_clinic, sent_request
from tests.support.time import Clock

HOUR = dt.timedelta(hours=1)
Taken = tuple[str, str, str, str, float]
"""(verb, from, to, by, hours after AT)."""

SEND: Taken = ("send", "draft", "sent", "sender", 0)
OPEN: Taken = ("open", "sent", "delivered_opened", "clinic", 2)


def log(*taken: Taken, reason: str | None = None) -> list[StatusChange]:
    task_id = new_id()
    return [
        StatusChange(
            task_id=task_id,
            number=number,
            verb=verb,
            from_status=before,
            to_status=after,
            by_role=by,
            by_actor="x",
            reason=reason if number == len(taken) else None,
            at=AT + hours * HOUR,
        )
        for number, (verb, before, after, by, hours) in enumerate(taken, 1)
    ]


def accepted(hours: float) -> Taken:
    return ("accept", "delivered_opened", "accepted", "clinic", hours)


def test_opening_counts_apart_from_deciding_and_a_question_is_an_answer() -> None:
    steps = [
        *log(SEND),
        *log(SEND, OPEN),
        *log(SEND, OPEN, ("ask", "delivered_opened", "info_needed", "clinic", 4)),
        *log(SEND, OPEN, accepted(10)),
    ]
    found = figures.figures_of(steps, at=AT + 24 * HOUR)
    assert (found.asked, found.acknowledged, found.decided, found.median_minutes) == (4, 3, 1, 7 * 60)
    assert found.answered_at == AT + 10 * HOUR


@pytest.mark.parametrize(
    ("taken", "counts"),
    [
        ((SEND, ("withdraw", "sent", "cancelled", "sender", 24)), 0),
        ((SEND, ("withdraw", "sent", "cancelled", "sender", 24 * 10)), 1),
        ((SEND, ("fail_delivery", "sent", "undeliverable", "system", 1)), 0),
        ((SEND, OPEN, ("expire", "delivered_opened", "expired", "system", 24 * 30)), 1),
    ],
)
def test_what_says_nothing_of_the_clinic_is_not_counted(taken: tuple[Taken, ...], counts: int) -> None:
    assert figures.figures_of(log(*taken), at=AT + 40 * 24 * HOUR).asked == counts


def test_what_is_older_than_ninety_days_counts_no_more() -> None:
    steps = log(SEND, OPEN, accepted(10))
    assert figures.figures_of(steps, at=AT + 89 * 24 * HOUR).asked == 1
    old = figures.figures_of(steps, at=AT + 91 * 24 * HOUR)
    assert (old.asked, old.median_minutes, old.answered_at) == (0, None, AT + 10 * HOUR)


def test_a_no_that_the_sender_logged_says_nothing_of_room() -> None:
    by_clinic = log(SEND, ("decline", "sent", "declined", "clinic", 1), reason="no_capacity")
    by_sender = log(SEND, ("decline_by_phone", "sent", "declined", "sender", 1), reason="no_capacity")
    at = AT + 2 * HOUR
    assert not figures.has_no_room(figures.courses_of([*by_clinic, *by_sender], at=at), at=at)
    assert figures.has_no_room(
        figures.courses_of(
            [*by_clinic, *log(SEND, ("decline", "sent", "declined", "clinic", 2), reason="no_capacity")], at=at
        ),
        at=at,
    )


@pytest.fixture
def harbour(databases: Databases, clock: Clock) -> UUID:
    """Harbour Clinic's location, at AT: all that it says was confirmed then."""
    location_id = ready_clinic(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        seen = get_location(db, location_id).version
        verification.attest_all_correct(db, location_id, version=seen, by=NOOR, at=AT)
    return location_id


def answered(
    databases: Databases, harbour: UUID, number: int, *, reason: str = "", hours: int = 5, **asked: str
) -> None:
    """One request, opened and answered after so many hours."""
    referral = sent_request(databases, harbour, key=f"key-{number}", email=f"pat{number}@example.net", **asked)
    at = AT + hours * HOUR
    with unit_of_work(databases, wiring.dispatch) as db:
        task = actions.open_by_clinic(db, queries.find_task_of(db, referral.id).id, by=NOOR, at=at)
    with unit_of_work(databases, wiring.dispatch) as db:
        if reason:
            clinic_actions.decline(db, task.id, by=NOOR, at=at, version=2, reason=reason, comment="x")
        else:
            clinic_actions.accept(db, task.id, by=NOOR, at=at, version=2)


def verified(databases: Databases, harbour: UUID, at: dt.datetime = AT + 6 * HOUR) -> VerifiedClinic:
    with reading(databases) as db:
        return get_verified(db, harbour, at=at)


def entry(databases: Databases) -> str:
    with reading(databases) as db:
        return db.exec(select(SearchEntry.payload)).one()


def clinic_is_told(databases: Databases, message: str) -> int:
    with reading(databases) as db:
        asked = select(OutboxMessage).where(OutboxMessage.message == message, OutboxMessage.state == "queued")
        return len(db.exec(asked).all())


def test_figures_are_shown_from_five_requests_on_and_the_card_follows(databases: Databases, harbour: UUID) -> None:
    for number in range(4):
        answered(databases, harbour, number)
    assert verified(databases, harbour).figures is None
    assert '"answers"' not in entry(databases)
    answered(databases, harbour, 4, hours=9)
    shown = verified(databases, harbour).figures
    assert shown is not None
    assert (shown.asked, shown.acknowledged, shown.decided, shown.median_minutes) == (5, 5, 5, 5 * 60)
    told = {"asked": 5, "acknowledged": 5, "decided": 5, "median_hours": 5.0, "last_answer_on": "2026-03-10"}
    assert clinic_json(verified(databases, harbour))["answers"] == told
    assert listing(from_text(entry(databases)))["answers"] == told
    assert '"answers":{"asked":5,"decided":5,"acknowledged":5,"median_minutes":300,"last_on":"2026-03-10"}' in entry(
        databases
    )


def test_counting_the_log_again_gives_what_is_kept(databases: Databases, harbour: UUID) -> None:
    for number in range(5):
        answered(databases, harbour, number, hours=2 * number + 1)

    def kept() -> tuple[object, ...]:
        with reading(databases) as db:
            row = db.exec(select(ResponseFigures)).one()
            return (row.asked, row.acknowledged, row.decided, row.median_minutes, row.answered_at)

    before = kept()
    with unit_of_work(databases) as db:
        db.delete(db.exec(select(ResponseFigures)).one())
    assert consequences.count_anew(databases, wiring.dispatch, at=AT + 10 * HOUR) == 1
    assert kept() == before
    consequences.count_anew(databases, wiring.dispatch, at=AT + dt.timedelta(days=91))
    assert kept()[0] == 0
    assert '"answers"' not in entry(databases)


def test_two_refusals_for_want_of_room_put_accepting_in_doubt_and_the_clinic_is_asked(
    databases: Databases, harbour: UUID
) -> None:
    answered(databases, harbour, 1, reason="no_capacity")
    assert verified(databases, harbour).accepting_confirmed
    answered(databases, harbour, 2, reason="no_capacity")
    assert not verified(databases, harbour).accepting_confirmed
    assert clinic_is_told(databases, "listing_in_doubt") == 1
    with reading(databases) as db:
        version = get_location(db, harbour).version
    with unit_of_work(databases, wiring.dispatch) as db:
        verification.attest_all_correct(db, harbour, version=version, by=NOOR, at=AT + 7 * HOUR)
    assert verified(databases, harbour, AT + 8 * HOUR).accepting_confirmed


def test_refusals_two_weeks_apart_doubt_nothing(databases: Databases, harbour: UUID) -> None:
    answered(databases, harbour, 1, reason="no_capacity")
    answered(databases, harbour, 2, reason="no_capacity", hours=24 * 15)
    assert verified(databases, harbour).accepting_confirmed


def test_an_insurance_refused_though_listed_puts_that_very_line_in_doubt(databases: Databases, harbour: UUID) -> None:
    listed = verified(databases, harbour).clinic.lines[0]
    answered(databases, harbour, 1, reason="insurance_not_accepted", payer=listed.payers[0], treatment=listed.treatment)
    found = verified(databases, harbour)
    assert found.doubted_payers == {(listed.treatment, listed.payers[0])}
    assert found.proofs["payers"].fresh
    assert clinic_is_told(databases, "listing_in_doubt") == 1


def test_a_payer_in_doubt_is_listed_as_not_confirmed_and_found_by_no_filter(
    databases: Databases, harbour: UUID
) -> None:
    listed = verified(databases, harbour).clinic.lines[0]
    payer, treatment = listed.payers[0], listed.treatment
    answered(databases, harbour, 1, reason="insurance_not_accepted", payer=payer, treatment=treatment)
    found = verified(databases, harbour)
    kept = from_text(entry(databases))
    line = next(line for line in kept.lines if line.treatment == treatment)
    assert (payer in line.payers, line.doubted_payers, line.doubted) == (False, (payer,), False)
    assert ("payer", payer) not in set(facets.of_line(line))
    facts = dict(card_words(kept)["facts"])
    assert PAYERS[payer].plain in facts["Not confirmed, please ask"]
    view = view_of(found)
    shown = next(one for one in (view.spravato, *view.off_label) if one is not None and one.code == treatment)
    assert shown.payers[0] == f"{PAYERS[payer].plain} (not confirmed)"
    assert listing(kept)["in_doubt"] == [{"treatment": treatment, "payer": payer}]
    said = next(one for one in clinic_json(found)["treatments"] if one["treatment"] == treatment)
    assert (payer in said["payers"], said["payers_in_doubt"], said["in_doubt"]) == (False, [payer], False)


def test_a_treatment_refused_goes_to_a_person_when_the_clinic_says_nothing_for_ten_days(
    databases: Databases, harbour: UUID, clock: Clock
) -> None:
    treatment = verified(databases, harbour).clinic.lines[0].treatment
    answered(databases, harbour, 1, reason="treatment_not_offered", treatment=treatment)
    assert verified(databases, harbour).doubted_treatments == {treatment}
    for days, handed in [(9, 0), (11, 1), (12, 0)]:
        clock.travel(to=AT + dt.timedelta(days=days))
        assert responses.hand_over(databases, wiring.dispatch, at=AT + dt.timedelta(days=days)) == handed
    with reading(databases) as db:
        assert [row.kind for row in db.exec(select(QueueItem)).all()] == ["LINE_DOUBT"]
        version = get_location(db, harbour).version
    with unit_of_work(databases, wiring.dispatch) as db:
        verification.attest_all_correct(db, harbour, version=version, by=NOOR, at=AT + dt.timedelta(days=12))
    with reading(databases) as db:
        assert [row.state for row in db.exec(select(QueueItem)).all()] == ["DONE"]


def test_what_the_listing_does_not_offer_is_put_in_no_doubt(databases: Databases, harbour: UUID) -> None:
    answered(databases, harbour, 1, reason="insurance_not_accepted", payer="va")
    answered(databases, harbour, 2, reason="insurance_not_accepted", payer="not_said")
    found = verified(databases, harbour)
    assert (found.doubted_payers, found.doubted_treatments) == (frozenset(), frozenset())
    assert clinic_is_told(databases, "listing_in_doubt") == 0


def test_two_silences_in_a_row_switch_requests_off_and_an_answer_between_does_not(
    databases: Databases, harbour: UUID, clock: Clock
) -> None:
    def on() -> bool:
        with reading(databases) as db:
            return get_location(db, harbour).referrals_on

    def silent(number: int, day: int) -> None:
        at = AT + dt.timedelta(days=day)
        clock.travel(to=at)
        sent_request(databases, harbour, at=at, key=f"s{number}", email=f"kim{number}@example.net")
        clock.travel(to=at + dt.timedelta(days=30))
        timers.run_due(databases, dispatch=wiring.dispatch)

    silent(1, 0)
    referral = sent_request(databases, harbour, at=AT + dt.timedelta(days=31), key="phone", email="lee@example.net")
    with unit_of_work(databases, wiring.dispatch) as db:
        by = actions.sender_of(referral)
        sender_actions.heard_by_phone(
            db, referral.id, accepted=True, phone="Jo", by=by, at=AT + dt.timedelta(days=31), version=1
        )
    silent(2, 32)
    assert on()
    silent(3, 63)
    assert not on()
    assert clinic_is_told(databases, "requests_switched_off") == 1
    with reading(databases) as db:
        assert {task.status for task in db.exec(select(ReferralTask)).all()} == {"expired", "accepted"}
