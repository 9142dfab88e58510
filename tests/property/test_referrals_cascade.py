"""Whatever patients, clinics, mail servers, crashes and time do to a request with ranked clinics: nothing illegal.

Its history equals its state, one clinic at a time may read it, and it never waits for ever. `make fuzz` looks longer.
"""

import datetime as dt
import itertools
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import Session

from directory import wiring
from directory.accounts.actor import Actor
from directory.delivery.events import DeliveryFailed, DeliverySent
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import DirectoryError, Forbidden
from directory.lib.ids import new_id
from directory.listings import actions as listings
from directory.referrals import actions, clinic_actions, continuity, lifecycle, queries, readdressing, sender_actions
from directory.referrals import timers as request_timers
from directory.referrals.clinic_actions import Said
from directory.referrals.models import Referral, ReferralTask, StatusChange, Who
from directory.terminology.decline_reasons import CANCEL_REASONS, DECLINE_REASONS, NO_SHOW_REASONS
from directory.terminology.referral_status import TERMINAL
from tests.support.databases import Maker, ring_for_tests
from tests.support.requests import MO, RANKED, clinic_actor, new_request, ranked_clinics
from tests.support.time import START, Clock

CLINICS = 3
NUMBERS = itertools.count(1)
REASONS = [*DECLINE_REASONS.codes, *CANCEL_REASONS.codes[:2], *NO_SHOW_REASONS.codes[:2], None]
VERBS = sorted({row.verb for row in lifecycle.TRANSITIONS if Who.CLINIC in row.who and row.verb != "open"})
FUZZ = int(os.environ.get("FUZZ", "1"))
BUDGET = settings(
    max_examples=8 * FUZZ,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)


class Crash(Exception):
    """The process dies before the commit."""


class Requests(RuleBasedStateMachine):
    """One request from its sending on, among three clinics of its own."""

    databases: Databases
    clock: Clock

    @initialize(ranked=st.integers(0, CLINICS - 1), clinician=st.booleans())
    def somebody_sends(self, ranked: int, clinician: bool) -> None:
        self.clock.travel(to=START)
        self.series = next(NUMBERS)
        self.places = ranked_clinics(self.databases, CLINICS, series=self.series)
        with unit_of_work(self.databases, wiring.dispatch) as db:
            key, then = f"key-{self.series}", self.places[1 : ranked + 1]
            new = new_request(self.places[0], key=key, then=then, clinician=clinician)
            self.referral_id = actions.send(db, new, at=self.clock.now()).id

    def do(self, act: Callable[[Session], Any], *, crash: bool = False) -> None:
        """One act in one transaction; what is refused, or crashes, changes nothing."""
        before = self.seen()
        try:
            with unit_of_work(self.databases, wiring.dispatch) as db:
                act(db)
                if crash:
                    db.flush()
                    raise Crash
        except (DirectoryError, Crash):
            assert self.seen() == before

    def seen(self) -> list[tuple[Any, ...]]:
        return [(task.location_id, task.status, task.steps, task.returns_to) for task in self.tasks()]

    def tasks(self) -> list[ReferralTask]:
        with reading(self.databases) as db:
            return queries.find_tasks(db, self.referral_id)

    def referral(self) -> Referral:
        with reading(self.databases) as db:
            return queries.get_referral(db, self.referral_id)

    def clinic_of(self, task: ReferralTask) -> Actor:
        return clinic_actor(self.places.index(task.location_id))

    @rule(which=st.integers(0, CLINICS))
    def a_clinic_opens(self, which: int) -> None:
        for task in self.tasks()[which : which + 1]:
            i, by, now = task.id, self.clinic_of(task), self.clock.now()
            self.do(lambda db, i=i, by=by, now=now: actions.open_by_clinic(db, i, by=by, at=now))  # type: ignore[misc]

    @rule(
        verb=st.sampled_from([*VERBS, "decline", "decline"]),
        reason=st.sampled_from(REASONS),
        days=st.sampled_from([None, 3, 20]),
        stale=st.integers(0, 9),
        crash=st.integers(0, 9),
    )
    def a_clinic_acts(self, verb: str, reason: str | None, days: int | None, stale: int, crash: int) -> None:
        task, now = self.tasks()[-1], self.clock.now()
        brings: dict[str, Any] = {"reason": reason} if reason else {}
        if days is not None:
            brings |= {
                "appointment_at": now + dt.timedelta(days=days),
                "expected_on": (now + dt.timedelta(days)).date(),
            }
        said, version = Said(words="x", comment="y"), task.steps - (stale == 0)
        by = self.clinic_of(task)
        self.do(
            lambda db: clinic_actions.act(db, task.id, verb, by=by, at=now, version=version, said=said, **brings),
            crash=crash == 0,
        )

    @rule(
        what=st.sampled_from(["reply", "withdraw", "mistake", "phone", "elsewhere"]), which=st.integers(0, CLINICS - 1)
    )
    def the_sender_acts(self, what: str, which: int) -> None:
        found, now, task = self.referral(), self.clock.now(), self.tasks()[-1]
        by, i = actions.sender_of(found), self.referral_id
        slug = f"{RANKED[which]}-clinic-{self.series}"
        acts: dict[str, Callable[[Session], Any]] = {
            "reply": lambda db: sender_actions.reply(db, i, "yes", by=by, at=now, version=task.steps),
            "withdraw": lambda db: actions.withdraw(db, i, by=by, at=now),
            "mistake": lambda db: sender_actions.report_error(db, i, by=by, at=now),
            "phone": lambda db: sender_actions.heard_by_phone(
                db, i, accepted=which == 0, phone="Jo", by=by, at=now, version=task.steps
            ),
            "elsewhere": lambda db: readdressing.ask_another(db, i, slug, by=by, at=now),
        }
        self.do(acts[what])

    @rule(what=st.sampled_from(["late", "refused", "refused", "through"]), crash=st.integers(0, 4))
    def the_mail_server_answers(self, what: str, crash: int) -> None:
        about = self.tasks()[-1].id

        def act(db: Session) -> None:
            if what == "through":
                actions.delivery_sent(db, DeliverySent(new_id(), "referral_arrived", about))
            else:
                failed = DeliveryFailed(new_id(), "referral_arrived", about, given_up=what == "refused")
                actions.delivery_failed(db, failed)

        self.do(act, crash=crash == 0)

    @rule(which=st.integers(0, CLINICS - 1), what=st.sampled_from(["off", "SUSPENDED", "CLOSED"]))
    def a_clinic_goes(self, which: int, what: str) -> None:
        place, at = self.places[which], self.clock.now()

        def act(db: Session) -> None:
            if what == "off":
                listings.set_referrals_on(db, place, False, version=None, at=at)
            else:
                listings.set_public(db, place, what, by="mo", at=at)

        self.do(act)

    @rule()
    def a_person_finds_the_way(self) -> None:
        task = self.tasks()[-1]
        self.do(lambda db: actions.redeliver(db, task.id, by=MO, at=self.clock.now()))

    @rule(hours=st.sampled_from([1, 30, 80, 200, 750]))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(hours=hours)
        self.chores()

    def chores(self) -> None:
        request_timers.run_due(self.databases, dispatch=wiring.dispatch)
        continuity.look_after(self.databases, wiring.dispatch, at=self.clock.now())

    @invariant()
    def the_history_equals_the_state(self) -> None:
        for task in self.tasks():
            with reading(self.databases) as db:
                history = queries.find_history(db, task.id)
            assert [step.number for step in history] == list(range(1, task.steps + 1))
            at = "draft"
            for step in history:
                self._is_legal(at, step)
                at = step.to_status
            assert at == task.status

    def _is_legal(self, at: str, step: StatusChange) -> None:
        row = lifecycle.find(at, step.verb)
        assert row is not None
        assert step.from_status == at
        assert Who(step.by_role) in row.who
        assert row.target in {step.to_status, lifecycle.BACK}

    @invariant()
    def one_clinic_at_a_time_may_read_it(self) -> None:
        tasks = self.tasks()
        assert len({task.location_id for task in tasks}) == len(tasks) <= 5
        assert all(task.status in TERMINAL for task in tasks[:-1])
        readable = []
        for task in tasks:
            with suppress(Forbidden):
                actions.refuse_unless_readable(task)
                readable.append(task)
        assert readable in ([], tasks[-1:])

    @invariant()
    def it_is_open_as_long_as_a_clinic_is_asked_and_then_something_is_due(self) -> None:
        last, found = self.tasks()[-1], self.referral()
        assert (found.closed_at is None) == (last.status not in TERMINAL)
        if found.closed_at is None:
            assert last.next_due_at is not None or last.for_person_at is not None

    def teardown(self) -> None:
        """Left alone, it ends or lands with a person; then it and its clinics are closed, out of the next one's way."""
        if not hasattr(self, "referral_id"):
            return
        for _ in range(40):
            last = self.tasks()[-1]
            if last.status in TERMINAL or last.for_person_at is not None:
                break
            assert last.next_due_at is not None
            self.clock.travel(to=max(self.clock.now(), last.next_due_at) + dt.timedelta(minutes=1))
            self.chores()
        else:
            raise AssertionError("it waits for ever")
        if last.status not in TERMINAL:
            by = actions.sender_of(self.referral())
            now = self.clock.now()
            self.do(lambda db: sender_actions.report_error(db, self.referral_id, by=by, at=now))
            self.do(lambda db: actions.settle_error(db, last.id, "No.", mistake=False, by=MO, at=now))
        with unit_of_work(self.databases, wiring.dispatch) as db:
            for place in self.places:
                listings.set_public(db, place, "CLOSED", by="mo", at=self.clock.now())


def test_no_sequence_of_acts_loses_a_request_or_shows_it_to_two_clinics(
    make_database: Callable[[str], Maker], clock: Clock
) -> None:
    databases = Databases(make_database("sqlite").migrated(), keys=ring_for_tests())
    try:
        machine = type("Requests", (Requests,), {"databases": databases, "clock": clock})
        run_state_machine_as_test(machine, settings=BUDGET)
    finally:
        databases.close()


@pytest.mark.parametrize("who", [Who.CLINIC, Who.SENDER])
def test_the_machine_knows_every_verb_of_clinic_and_sender(who: Who) -> None:
    played = {*VERBS, "open", "send", "reply", "withdraw", "report_error", "accept_by_phone", "decline_by_phone"}
    elsewhere = {"request_cancel"}  # for systems that speak BSeR: no page of ours takes it
    assert {row.verb for row in lifecycle.TRANSITIONS if who in row.who} <= played | elsewhere
