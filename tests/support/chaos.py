"""Requests with ranked clinics sent and declined while servers and workers are killed, and what must hold afterwards.

Two servers and two workers run on one database; each round kills one of them (SIGKILL) and starts its successor.
Patients go on filling in forms all the while, press again when nothing answers, and note what they were told; clinics
decline most of what waits for them, and the mail to one of them is always refused.
"""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, update
from sqlmodel import col, select

from directory import settings as settings_module
from directory import wiring
from directory.accounts.actor import Actor, ActorKind
from directory.delivery.models import OutboxMessage, OutboxState
from directory.lib import clock
from directory.lib.db import Databases, database_now, reading, unit_of_work
from directory.lib.opening import open_databases
from directory.listings import actions as listings
from directory.listings import queries as listing_queries
from directory.listings.models import Location
from directory.referrals import terms
from directory.referrals.models import Referral, ReferralTask, StatusChange
from directory.terminology.identifiers import npi_check_digit
from directory.terminology.proofs import FactGroup, Method
from directory.terminology.referral_status import TERMINAL
from directory.verification import actions as verification
from tests.support import clinics
from tests.support.chaos_clinics import Clinics
from tests.support.chaos_people import UNREACHED, Patient, Tally
from tests.support.mail import Answer, MailServer, Received, Refuse
from tests.support.service import Service, free_port

CLINICS = ("harbour-clinic", "lantern-clinic", "orchard-clinic", UNREACHED)
PATIENTS = 4
WAIT_S = (0.3, 1.2)
"""Between two kills, in seconds."""
UP_S = 15
"""How long a round waits for servers to answer before it kills one."""
CATCH_UP_S = 40
"""How long the clinics may go on answering what waits after the last kill."""
SETTLE_S = 180
"""How long all mail may take after the last kill."""


def chaos(folder: Path, database_url: str, mail: MailServer, *, rounds: int, seed: int = 1, requests: int = 0) -> Tally:
    """`rounds` kills on one database during at least so many `requests`, everything started and ended here."""
    tally, began = Tally(), time.monotonic()
    given = {"DIRECTORY_DATA_DIR": str(folder), "DIRECTORY_DATABASE_URL": database_url}
    databases = open_databases(settings_module.load(given))
    try:
        places = {slug: open_clinic(databases, slug) for slug in CLINICS}
        mail.answer(*_moods(random.Random(seed), 20 * rounds + 200))
        mail.close(f"{UNREACHED}@example.org")
        common: dict[str, Any] = {
            "database_url": database_url,
            "smtp_url": mail.url,
            "trusted_proxies": "127.0.0.1",
            "worker_inside": "no",
        }
        with _crew(folder, common) as crew:
            people = _people(crew, databases, places, tally)
            _rounds(crew, people, tally, rounds=rounds, chance=random.Random(seed), requests=requests)
            crew.stop_workers()
            _end_leases(databases)
            crew.start("worker", 0)
            people.clinics.finish(CATCH_UP_S)
            _wait_for_quiet(databases, tally)
        _judge(databases, mail.messages, tally)
    finally:
        databases.close()
    tally.seconds = time.monotonic() - began
    return tally


class Crew:
    """Two servers and two workers, by kind and place."""

    def __init__(self, folder: Path, common: dict[str, Any]) -> None:
        self._folder = folder
        self._common = common
        self._ports = (free_port(), free_port())
        self._all: dict[tuple[str, int], Service] = {}
        self.urls = [f"http://127.0.0.1:{port}" for port in self._ports]

    def start(self, kind: str, place: int) -> Service:
        """Start one; it need not answer yet."""
        settings = {**self._common, "port": self._ports[place], "base_url": self.urls[0]}
        self._all[kind, place] = Service(kind, self._folder, **settings)
        return self._all[kind, place]

    def victim(self, chance: random.Random) -> tuple[str, int]:
        """What is killed next: a worker, or a server that answers, as a whole or in its one process.

        Most often both servers must answer first: a machine that only starts servers would see no request at all.
        """
        self._replace_the_dead()
        if chance.random() < 0.5:
            return "worker", chance.randrange(2)
        wanted, deadline = 1 + (chance.random() < 0.7), time.monotonic() + UP_S
        while len(up := [place for place in (0, 1) if self._answers(place)]) < wanted and time.monotonic() < deadline:
            threading.Event().wait(0.1)
        return (chance.choice(("server process", "server")), chance.choice(up)) if up else ("worker", 0)

    def _answers(self, place: int) -> bool:
        try:
            return httpx.get(f"{self.urls[place]}/healthz", timeout=1, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self, what: str, place: int) -> None:
        """Kill one: a `server process` is started again by its parent, the others by us."""
        kind = "worker" if what == "worker" else "serve"
        service = self._all[kind, place]
        if what == "server process" and (children := _children(service.process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(children[-1], signal.SIGKILL)
            return
        service.kill()
        self.start(kind, place)

    def _replace_the_dead(self) -> None:
        # A server whose process dies twice within seconds ends itself; what supervises a service starts it again.
        for kind, place in [key for key, service in self._all.items() if service.process.poll() is not None]:
            self.start(kind, place)

    def stop_workers(self) -> None:
        """End both workers for good."""
        for place in (0, 1):
            self._all["worker", place].kill()

    def stop(self) -> None:
        """End all."""
        for service in self._all.values():
            service.kill()

    def log(self) -> str:
        """The end of what all printed."""
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in sorted(self._folder.glob("*.log")))


@contextlib.contextmanager
def _crew(folder: Path, common: dict[str, Any]) -> Iterator[Crew]:
    crew = Crew(folder, common)
    try:
        for place in (0, 1):
            for kind in ("serve", "worker"):
                crew.start(kind, place)
        for place in (0, 1):
            crew._all["serve", place].wait_until_ready()
        yield crew
    except AssertionError as error:
        raise AssertionError(f"{error}\n{crew.log()}") from error
    finally:
        crew.stop()


@dataclass
class People:
    """The patients and the clinics at work, and the word that ends the patients'."""

    patients: list[Patient]
    clinics: Clinics
    stop: threading.Event

    def finish(self) -> None:
        """Let them finish what they are at; fails when one got stuck."""
        self.stop.set()
        for patient in self.patients:
            patient.join(150)
        for patient in self.patients:
            if patient.problem is not None or patient.is_alive():
                raise AssertionError(f"{patient.name} got stuck: {patient.problem!r}") from patient.problem


def _people(crew: Crew, databases: Databases, places: dict[str, UUID], tally: Tally) -> People:
    stop = threading.Event()
    both: dict[str, Any] = {"urls": crew.urls, "databases": databases, "clinics": places, "tally": tally}
    return People([Patient(number, stop=stop, **both) for number in range(PATIENTS)], Clinics(**both), stop)


def _rounds(crew: Crew, people: People, tally: Tally, *, rounds: int, chance: random.Random, requests: int) -> None:
    for person in (*people.patients, people.clinics):
        person.start()
    try:
        for _ in range(rounds):
            threading.Event().wait(chance.uniform(*WAIT_S))
            what, place = crew.victim(chance)
            crew.kill(what, place)
            tally.kills[what] += 1
            tally.rounds += 1
        while len(tally.told) < requests and all(each.is_alive() for each in people.patients):
            threading.Event().wait(0.2)
    finally:
        people.finish()


def open_clinic(databases: Databases, slug: str) -> UUID:
    """A clinic that is public and takes requests today, with a mailbox of its own; its location's id."""
    now, mo = clock.now(), Actor(ActorKind.MODERATOR, "mo")
    checked = {"exclusion_checked_at": now, "created_at": now}
    with unit_of_work(databases, wiring.dispatch) as db:
        org = listings.add_organization(db, clinics.organization(**checked))
        licence = clinics.licence(verified_at=now, expires_on=now.date().replace(year=now.year + 2, day=1))
        site = clinics.site(
            org,
            location=clinics.location(org, slug=slug, rems_verified_at=now),
            team=(clinics.prescriber(licence, npi=_npi(slug), **checked),),
            supervision=clinics.supervision(attested_at=now),
            endpoint=clinics.endpoint(address=f"{slug}@example.org", created_at=now),
        )
        location_id = listings.add_site(db, site, by=f"clinic:{slug}", at=now).id
    with unit_of_work(databases, wiring.dispatch) as db:
        verification.record(db, location_id, [FactGroup.IDENTITY], method=Method.REGISTRY, by=mo, at=now, source="x")
        verification.record(db, location_id, [FactGroup.SUPERVISION], method=Method.PHONE, by=mo, at=now)
        verification.publish(db, location_id, by=mo, at=now)
    with unit_of_work(databases, wiring.dispatch) as db:
        found = listing_queries.find_endpoint(db, location_id)
        assert found is not None
        verification.test_endpoint(db, found.id, by=mo, at=now)
        terms.accept(db, org.id, by=mo, at=now)
    return location_id


def _npi(slug: str) -> str:
    nine = f"19{CLINICS.index(slug):07d}"
    return f"{nine}{npi_check_digit(nine)}"


def _moods(chance: random.Random, count: int) -> list[Answer | Refuse]:
    later = Refuse("451 4.7.1 later")
    moods: list[Answer | Refuse] = [Answer.ACCEPT, later, Answer.DROP, Answer.ACCEPT_THEN_DROP]
    return chance.choices(moods, weights=[80, 8, 6, 6], k=count)


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _end_leases(databases: Databases) -> None:
    """Whoever held one is dead."""
    with unit_of_work(databases) as db:
        leased = col(OutboxMessage.state) == OutboxState.LEASED.value
        db.execute(update(OutboxMessage).where(leased).values(lease_until=database_now(db)))


def _wait_for_quiet(databases: Databases, tally: Tally) -> None:
    """Until all mail is sent; the waits between attempts are cut short."""
    deadline = time.monotonic() + SETTLE_S
    queued = col(OutboxMessage.state) == OutboxState.QUEUED.value
    open_ = col(OutboxMessage.state).in_([OutboxState.QUEUED.value, OutboxState.LEASED.value])
    while time.monotonic() < deadline:
        with unit_of_work(databases) as db:
            if not db.exec(select(func.count()).select_from(OutboxMessage).where(open_)).one():
                return
            db.execute(update(OutboxMessage).where(queued).values(due_at=database_now(db)))
        threading.Event().wait(0.3)
    tally.wrong.append("mail was still waiting at the end")


def _judge(databases: Databases, mails: list[Received], tally: Tally) -> None:
    with reading(databases) as db:
        found = {row.reference: row for row in db.exec(select(Referral))}
        slugs = {row.id: row.slug for row in db.exec(select(Location))}
        tasks: dict[UUID, list[ReferralTask]] = {row.id: [] for row in found.values()}
        for task in db.exec(select(ReferralTask).order_by(col(ReferralTask.rank))):
            tasks.setdefault(task.referral_id, []).append(task)
        steps: dict[UUID, list[StatusChange]] = {}
        for step in db.exec(select(StatusChange).order_by(col(StatusChange.number))):
            steps.setdefault(step.task_id, []).append(step)
    tally.requests = len(found)
    acknowledged = [told.reference for told in tally.told if told.reference]
    tally.wrong += [f"{name} was acknowledged twice" for name, n in Counter(acknowledged).items() if n > 1]
    tally.wrong += [f"{name} was acknowledged and is lost" for name in acknowledged if name not in found]
    if len(found) > len(tally.told):
        tally.wrong.append(f"{len(tally.told)} people asked, {len(found)} requests exist")
    if len(tasks) != len(found):
        tally.wrong.append("there are tasks of no request")
    asked = {name: [slugs[task.location_id] for task in tasks[row.id]] for name, row in found.items()}
    for name, row in found.items():
        tally.wrong += [f"{name}: {what}" for what in _judge_course(row, tasks[row.id], steps)]
    wished = {told.reference: (told.clinic, *told.then) for told in tally.told if told.reference}
    tally.wrong += [
        f"{name} asked {asked[name]}, wished {w}" for name, w in wished.items() if not _fits(asked, name, w)
    ]
    tally.moves = sum(len(each) - 1 for each in tasks.values())
    tally.bounces = sum(step.verb == "give_up" for each in steps.values() for step in each)
    reached = {
        name: {slugs[task.location_id] for task in tasks[row.id] if _was_mailed(steps[task.id])}
        for name, row in found.items()
    }
    _judge_mail(mails, asked, reached, tally)


def _was_mailed(steps: list[StatusChange]) -> bool:
    """Whether its clinic must have been mailed: not what it opened before, nor what its mail server refused."""
    return all(step.verb not in {"open", "fail_delivery"} for step in steps)


def _fits(asked: dict[str, list[str]], name: str, wished: tuple[str, ...]) -> bool:
    """Whether the clinics asked are those wished for, in their order; some may have been passed over."""
    left = iter(wished)
    return asked.get(name, wished)[:1] == [wished[0]] and all(slug in left for slug in asked.get(name, []))


def _judge_course(
    referral: Referral, tasks: list[ReferralTask], steps: dict[UUID, list[StatusChange]]
) -> Iterator[str]:
    """One clinic after the other, each asked no sooner than the one before has ended; history equals state."""
    if [task.rank for task in tasks] != list(range(1, len(tasks) + 1)):
        yield f"its tasks have the ranks {[task.rank for task in tasks]}"
    for task in tasks:
        if [step.number for step in steps.get(task.id, [])] != list(range(1, task.steps + 1)):
            yield "a step is missing or doubled"
        elif steps[task.id][-1].to_status != task.status:
            yield "its state is not that of its history"
    for before, after in pairwise(tasks):
        if before.status not in TERMINAL or steps[before.id][-1].at > steps[after.id][0].at:
            yield "two clinics were asked at once"
    if (referral.closed_at is None) == (tasks[-1].status in TERMINAL):
        yield "it is closed with a clinic still asked, or open with none"
    if tasks[-1].status not in TERMINAL and tasks[-1].next_due_at is None and tasks[-1].for_person_at is None:
        yield "it waits for nothing"


def _judge_mail(mails: list[Received], asked: dict[str, list[str]], reached: dict[str, set[str]], tally: Tally) -> None:
    """Every clinic asked was mailed, no other ever was, and what came twice came under one Message-ID."""
    tally.mails = len(mails)
    keys: dict[tuple[str, str], list[str]] = {}
    for mail in mails:
        if len(mail.recipients) != 1:
            tally.wrong.append(f"a mail went to {len(mail.recipients)} mailboxes")
        keys.setdefault((mail.recipients[0], str(mail.message["subject"])), []).append(str(mail.message["message-id"]))
    tally.repeated_mails = sum(len(each) - len(set(each)) for each in keys.values())
    for (mailbox, subject), each in keys.items():
        # Each clinic asked is one more step of a kind; a clinic hears of a request once.
        most = 1 if mailbox.endswith("@example.org") else len(asked.get(subject.rsplit(" ", 1)[1], ()))
        if len(set(each)) > most:
            tally.wrong.append(f"{subject} came to {mailbox} under {len(set(each))} Message-IDs")
    told_at: dict[str, set[str]] = {}
    for mailbox, subject in keys:
        if subject.startswith("A new request"):
            told_at.setdefault(subject.rsplit(" ", 1)[1], set()).add(mailbox.removesuffix("@example.org"))
    tally.wrong += [f"{name} never reached {slugs - told_at.get(name, set())}"
                    for name, slugs in reached.items() if slugs - told_at.get(name, set())]  # fmt: skip
    tally.wrong += [f"{name} was mailed about and does not exist" for name in set(told_at) - set(asked)]
    for name, slugs in told_at.items():
        if slugs - set(asked.get(name, ())):
            tally.wrong.append(f"{name} went to {slugs - set(asked.get(name, ()))}, who were not asked")
