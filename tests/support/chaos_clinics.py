"""The clinics of the chaos rounds: they open what waits, decline most of it, and press until it is taken."""

import contextlib
import random
import threading
import time
from uuid import UUID

import httpx
from sqlmodel import col, select

from directory import wiring
from directory.accounts import grants
from directory.accounts.actor import Actor, ActorKind
from directory.lib import clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.queries import find_endpoint
from directory.referrals import actions
from directory.referrals.doors import ANSWER
from directory.referrals.models import ReferralTask
from directory.verification import actions as verification
from tests.support.chaos_people import PATIENCE_S, UNREACHED, Tally


class Clinics(threading.Thread):
    """Everybody at the clinics: opens what waits, mostly declines it, now and then accepts.

    Opening and the grant of the mailed code are written straight to the database; the answer is a press on the page,
    pressed again until a server says that it was taken. Somebody also proves the way to the unreached clinic again.
    """

    def __init__(self, *, urls: list[str], databases: Databases, clinics: dict[str, UUID], tally: Tally) -> None:
        super().__init__(name="clinics", daemon=True)
        self._urls = urls
        self._databases = databases
        self._slugs = {place: slug for slug, place in clinics.items()}
        self._unreached = clinics[UNREACHED]
        self._stop_asked = threading.Event()
        self._caught_up = threading.Event()
        self._tally = tally
        self._chance = random.Random(99)
        self.problem: BaseException | None = None

    def run(self) -> None:
        """Request after request; the one under way is finished."""
        try:
            while not self._stop_asked.is_set():
                task = self._waiting()
                if task is None:
                    self._caught_up.set()
                else:
                    self._answer(task)
                if self._chance.random() < 0.1:
                    self._prove_again()
                self._stop_asked.wait(0.1)
        except BaseException as error:
            self.problem = error

    def finish(self, at_most_s: float) -> None:
        """Let them answer what waits, then stop; fails when they got stuck."""
        self._caught_up.clear()
        self._caught_up.wait(at_most_s)
        self._stop_asked.set()
        self.join(150)
        if self.problem is not None or self.is_alive():
            raise AssertionError(f"the clinics got stuck: {self.problem!r}") from self.problem

    def _waiting(self) -> ReferralTask | None:
        """A request that waits, in the inbox or announced by mail; never one of the clinic that no mail reaches."""
        waits = select(ReferralTask).where(
            col(ReferralTask.status).in_(("sent", "delivered_opened")), ReferralTask.location_id != self._unreached
        )
        with reading(self._databases) as db:
            found = db.exec(waits.order_by(col(ReferralTask.id)).limit(5)).all()
        return self._chance.choice(found) if found else None

    def _answer(self, task: ReferralTask) -> None:
        by = Actor(ActorKind.CLINIC, self._slugs[task.location_id])
        with unit_of_work(self._databases, wiring.dispatch) as db:
            seen = actions.open_by_clinic(db, task.id, by=by, at=clock.now()).steps
            token = grants.give(db, purpose=ANSWER, subject_id=task.id)
        verb = self._chance.choice(("decline", "decline", "accept"))
        data = {"version": str(seen)} | ({"reason": "out_of_area"} if verb == "decline" else {})
        headers = {"X-Forwarded-For": f"198.18.200.{self._chance.randrange(1, 250)}"}
        with httpx.Client(timeout=10, trust_env=False, headers=headers, cookies={ANSWER: token}) as browser:
            deadline = time.monotonic() + PATIENCE_S
            while time.monotonic() < deadline:
                with contextlib.suppress(httpx.TransportError):
                    answer = browser.post(f"{self._chance.choice(self._urls)}/answer/current/{verb}", data=data)
                    if answer.status_code == 303:
                        self._tally.answers[verb] += 1
                        return
                    if answer.status_code < 500:
                        raise AssertionError(f"{answer.request.url}: {answer.status_code} {answer.text[:2000]}")
                threading.Event().wait(0.05)
        raise AssertionError(f"no server took an answer for {PATIENCE_S} seconds")

    def _prove_again(self) -> None:
        mo = Actor(ActorKind.MODERATOR, "mo")
        with unit_of_work(self._databases, wiring.dispatch) as db:
            found = find_endpoint(db, self._unreached)
            if found is not None and found.proved_at is None:
                verification.test_endpoint(db, found.id, by=mo, at=clock.now())
