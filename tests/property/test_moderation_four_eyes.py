"""However often and by whomever yes is said, what takes two people takes two people of different organizations."""

import datetime as dt
from collections.abc import Callable
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from directory import wiring
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.models import Membership, User
from directory.accounts.permissions import Role
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import DirectoryError
from directory.listings.models import Location
from directory.moderation import deciding, house
from directory.moderation.deciding import Ask
from directory.moderation.models import QueueItem
from directory.moderation.rules import Worker
from directory.verification import actions as verification
from tests.support.clinics import AT
from tests.support.databases import Maker, ring_for_tests
from tests.support.published import MO, harbour
from tests.support.time import Clock

ACCOUNTS = {1: {10}, 2: {10}, 3: {10, 11}, 4: {11}, 5: set()}
"""Accounts of moderators, and the other organizations in which each has a role."""


def worker(number: int) -> Worker:
    organizations = frozenset(UUID(int=n) for n in ACCOUNTS[number])
    return Worker(
        user_id=UUID(int=number), actor=Actor(ActorKind.MODERATOR, f"U-{number}"), organizations=organizations
    )


def people(databases: Databases) -> None:
    with unit_of_work(databases) as db:
        for number in ACCOUNTS:
            mailbox, reference = f"m{number}@lanternway.example", f"U-{number}"
            db.add(User(id=UUID(int=number), reference=reference, mailbox=mailbox, created_at=AT))
        db.flush()
        for number, organizations in ACCOUNTS.items():
            for place in organizations:
                held = {"user_id": UUID(int=number), "organization_id": UUID(int=place), "role": Role.INTAKE.value}
                db.add(Membership(**held, since_at=AT, given_by="system:tests"))


def say_yes(databases: Databases, place: UUID, number: int) -> None:
    """Somebody says that the paused listing may come back, wherever that can be said now."""
    try:
        with unit_of_work(databases, wiring.dispatch) as db:
            item = db.exec(select(QueueItem).where(QueueItem.state == "OPEN")).first()
            if item is None:
                house.ask_for_return(db, place, words="Seen.", by=worker(number), at=AT)
            else:
                deciding.decide(db, item, Ask(choice="reinstate", words="Seen."), by=worker(number), at=AT)
    except DirectoryError:
        pass


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(voices=st.lists(st.sampled_from(sorted(ACCOUNTS)), min_size=1, max_size=5))
def test_one_person_with_two_accounts_of_an_organization_is_one_person(
    make_database: Callable[[str], Maker], clock: Clock, voices: list[int]
) -> None:
    databases = Databases(make_database("sqlite").migrated(), keys=ring_for_tests())
    people(databases)
    place = harbour(databases)
    with unit_of_work(databases, wiring.dispatch) as db:
        verification.suspend(db, place, note="facts", by=MO, at=AT + dt.timedelta(hours=1))
    heard: list[int] = []
    for number in voices:
        say_yes(databases, place, number)
        heard.append(number)
        first = heard[0]
        second = any(other != first and not ACCOUNTS[other] & ACCOUNTS[first] for other in heard)
        with reading(databases) as db:
            assert (db.get_one(Location, place).status == "PUBLISHED") is second, heard
    databases.close()
