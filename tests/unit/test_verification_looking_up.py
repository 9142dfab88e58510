"""The worker asks a registry on loopback: each number once in thirty days, few at a time, and never when it is off."""

import datetime as dt
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import select

from directory import settings as service_settings
from directory import wiring
from directory.lib.db import Databases, reading
from directory.listings.models import Location, Organization, Practitioner
from directory.moderation.models import QueueItem
from directory.verification import looking_up
from directory.verification.models import RegistryLook, SourceDifference
from directory.verification.sources.nppes_api import RegistryApi
from directory.wiring import loops
from tests.support.clinics import AT
from tests.support.published import harbour
from tests.support.registry import Registry, body, person
from tests.support.time import Clock

PERSON, BODY = "1234567893", "2234567891"


@pytest.fixture
def place(databases: Databases, clock: Clock) -> UUID:
    return harbour(databases)


def ask(databases: Databases, registry: Registry, at: dt.datetime = AT) -> dict[str, int]:
    source = RegistryApi(registry.url, timeout_s=0.5)
    return dict(looking_up.run_due(databases, wiring.dispatch, source, at=at))


def asked(registry: Registry) -> list[str]:
    numbers = [query["number"] for query in registry.asked]
    registry.asked.clear()
    return sorted(numbers)


def everything(databases: Databases) -> list[dict[str, object]]:
    with reading(databases) as db:
        return [row.model_dump() for table in (Location, Organization, Practitioner) for row in db.exec(select(table))]


def test_each_number_is_asked_once_in_thirty_days_and_what_differs_waits_for_a_person(
    databases: Databases, place: UUID, registry: Registry
) -> None:
    before = everything(databases)
    registry.records = {PERSON: person(PERSON), BODY: body(BODY, "ANOTHER NAME INC")}
    assert ask(databases, registry) == {"answered": 2, "new": 1}
    assert asked(registry) == [PERSON, BODY]
    assert ask(databases, registry, AT + dt.timedelta(days=29)) == {}
    assert asked(registry) == []
    with reading(databases) as db:
        assert [row.field for row in db.exec(select(SourceDifference)).all()] == ["name"]
        assert [row.kind for row in db.exec(select(QueueItem)).all()] == ["SOURCE_DIFFERENCE"]
    assert everything(databases) == before, "nothing is edited"
    registry.records[BODY] = body(BODY)
    assert ask(databases, registry, AT + dt.timedelta(days=30)) == {"answered": 2, "gone": 1}
    with reading(databases) as db:
        assert {row.state for row in db.exec(select(QueueItem)).all()} == {"DONE"}


def test_a_number_that_the_registry_does_not_know_is_a_difference(
    databases: Databases, place: UUID, registry: Registry
) -> None:
    registry.records = {BODY: body(BODY)}
    assert ask(databases, registry) == {"answered": 2, "new": 1}
    with reading(databases) as db:
        row = db.exec(select(SourceDifference)).one()
    assert (row.field, row.theirs) == ("active", "not in the registry")


def test_a_registry_that_fails_says_nothing_and_is_left_alone_for_longer_each_time(
    databases: Databases, place: UUID, registry: Registry
) -> None:
    registry.wrong = "500"
    assert ask(databases, registry) == {"failed": 2}
    assert ask(databases, registry, AT + dt.timedelta(hours=5)) == {}
    assert ask(databases, registry, AT + dt.timedelta(hours=6)) == {"failed": 2}
    with reading(databases) as db:
        assert db.exec(select(SourceDifference)).all() == []
        rows = db.exec(select(RegistryLook)).all()
        assert {(row.failures, row.due_at - row.asked_at) for row in rows} == {(2, dt.timedelta(hours=12))}
    registry.wrong = ""
    registry.records = {PERSON: person(PERSON), BODY: body(BODY)}
    assert ask(databases, registry, AT + dt.timedelta(hours=18)) == {"answered": 2}


def test_a_run_asks_a_few_and_the_next_one_goes_on(
    databases: Databases, place: UUID, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_up, "AT_ONCE", 1)
    registry.records = {PERSON: person(PERSON), BODY: body(BODY)}
    ask(databases, registry)
    ask(databases, registry)
    assert asked(registry) == [PERSON, BODY]
    assert ask(databases, registry) == {}


def test_a_registry_that_is_down_is_not_asked_to_the_end_of_the_list(
    databases: Databases, place: UUID, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_up, "GIVE_UP_AFTER", 1)
    registry.wrong = "torn"
    assert ask(databases, registry) == {"failed": 1}


def test_the_chore_asks_nobody_until_a_setting_names_the_registry(
    databases: Databases, place: UUID, registry: Registry, tmp_path: Path
) -> None:
    registry.records = {PERSON: person(PERSON), BODY: body(BODY)}
    for given, expected in (({}, []), ({"DIRECTORY_NPPES_API_URL": registry.url}, [PERSON, BODY])):
        settings = service_settings.load({"DIRECTORY_DATA_DIR": str(tmp_path)} | given)
        [chore] = [one for one in loops.chores(settings, databases, wiring.dispatch) if one.name == "registry"]
        chore.run()
        assert asked(registry) == expected
