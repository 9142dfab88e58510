"""`directory check` names each trouble in words an operator can act on and ends with 1; all `ok` when it is sound."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlmodel import col, select

from directory import wiring
from directory.delivery.models import OutboxMessage
from directory.lib import clock
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.sealed import load_ring
from directory.listings.models import Location
from directory.referrals import actions
from directory.referrals.models import PersonWhy, ReferralTask
from directory.search.models import SearchEntry
from tests.support.chaos import open_clinic
from tests.support.requests import sent_request
from tests.support.service import free_port

Look = Callable[..., Any]


@pytest.fixture
def look(tmp_path: Path, database_url: str, keys_file: Path, typed: Callable[..., Any]) -> Look:
    """`look(**settings)`: what `directory check` prints, by the name of the check, and how it ends."""

    def run(**settings: object) -> tuple[int, dict[str, str]]:
        given = {"database_url": database_url, "keys_file": keys_file, **settings}
        done = typed("check", data_dir=tmp_path / "var", **given)
        assert done.stderr == ""
        lines: dict[str, str] = {}
        for line in done.stdout.splitlines():
            name, said = line.split(maxsplit=1)
            lines[name] = f"{lines[name]}\n{said}" if name in lines else said
        return done.returncode, lines

    return run


@pytest.fixture
def place(databases: Databases) -> Databases:
    """Harbour Clinic, public today, with a request that has just been sent."""
    location_id = open_clinic(databases, "harbour-clinic")
    sent_request(databases, location_id, at=clock.now())
    return databases


def wrong(said: tuple[int, dict[str, str]]) -> dict[str, str]:
    """What is not ok; fails when the exit code says otherwise."""
    code, lines = said
    found = {name: words for name, words in lines.items() if words != "ok"}
    assert code == (1 if found else 0)
    return found


def test_a_sound_service_is_all_ok(place: Databases, look: Look) -> None:
    code, lines = look()
    assert set(lines.values()) == {"ok"}, lines
    names = "database schema secrets keys mail outbox timers index requests audit"
    assert (code, " ".join(lines)) == (0, names)


def test_mail_that_does_not_go_out_and_mail_that_did_not_get_through_are_named(place: Databases, look: Look) -> None:
    with unit_of_work(place) as db:
        late = clock.now() - dt.timedelta(minutes=11)
        first = db.exec(select(OutboxMessage.id)).first()
        db.execute(update(OutboxMessage).values(due_at=late))
        ended = {"state": "dead", "settled_at": clock.now()}
        db.execute(update(OutboxMessage).where(col(OutboxMessage.id) == first).values(**ended))
    said = wrong(look())["outbox"]
    assert "the oldest message is due for 11 minutes: is a worker running, does mail go out?" in said
    assert "messages that did not get through: 1" in said


def test_a_search_that_shows_what_is_not_or_hides_what_is_public_is_named(place: Databases, look: Look) -> None:
    with unit_of_work(place) as db:
        db.execute(update(SearchEntry).values(payload=text("replace(payload, 'Portland', 'Salem')")))
    assert wrong(look())["index"] == "clinics that a search shows other than they are: 1. Run `directory reindex`"
    with unit_of_work(place) as db:
        payload = db.exec(select(SearchEntry.payload)).one()
        db.execute(update(SearchEntry).values(removed=True, payload=""))
    assert wrong(look())["index"] == "public clinics that a search does not find: 1. Run `directory reindex`"
    with unit_of_work(place) as db:
        db.execute(update(SearchEntry).values(removed=False, payload=payload))
        db.execute(update(Location).values(status="SUSPENDED"))
    assert "clinics that a search finds and that are not public: 1." in wrong(look())["index"]


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (PersonWhy.UNDELIVERABLE, "it could not be delivered; reach the clinic by phone, then tell the sender"),
        (PersonWhy.SILENCE, "the clinic has not answered; reach it by phone, then tell the sender"),
    ],
)
def test_a_request_that_waits_for_a_person_says_what_to_do_about_it(
    place: Databases, look: Look, why: PersonWhy, words: str
) -> None:
    with unit_of_work(place, wiring.dispatch) as db:
        task = db.exec(select(ReferralTask)).one()
        actions.hand_to_a_person(db, task, why, at=clock.now())
    said = wrong(look())["requests"]
    assert said.startswith("request R-")
    assert said.endswith(f" waits for a person since {clock.today()}: {words}")


def test_timers_that_nobody_runs_are_named(place: Databases, look: Look) -> None:
    with unit_of_work(place) as db:
        db.execute(update(ReferralTask).values(next_due_at=clock.now() - dt.timedelta(hours=1)))
    assert "more than 30 minutes late: is a worker running?" in wrong(look())["timers"]


def test_an_audit_log_that_somebody_wrote_in_is_named_with_the_first_wrong_entry(place: Databases, look: Look) -> None:
    with place.writer.begin() as connection:
        connection.execute(text("UPDATE audit_event SET actor_label = 'somebody else' WHERE seq = 2"))
    assert wrong(look())["audit"].startswith("the audit log does not hold together at entry 2")


def test_a_mail_server_that_does_not_answer_is_named(place: Databases, look: Look) -> None:
    said = wrong(look(smtp_url=f"smtp://127.0.0.1:{free_port()}"))["mail"]
    assert said.endswith("takes no mail from us: nothing answers at that host and port")


def test_a_key_ring_of_another_service_is_named(place: Databases, look: Look, tmp_path: Path) -> None:
    load_ring(tmp_path / "other-ring", create=True)
    said = wrong(look(keys_file=tmp_path / "other-ring"))
    assert "is DIRECTORY_KEYS_FILE the right one?" in said["keys"]


def test_production_without_a_mail_server_and_with_a_key_ring_for_a_group_is_named(
    place: Databases, look: Look, tmp_path: Path, keys_file: Path
) -> None:
    ring = tmp_path / "ring"
    ring.write_bytes(keys_file.read_bytes())
    ring.chmod(0o640)
    secret = "cb0Tq7xwWJ4mZkP2uVh8sYdR5nLfGa1E"
    production = {"mode": "production", "base_url": "https://care.example.org", "secret": secret}
    production["contact_mailbox"] = "contact@example.org"
    said = wrong(look(**production, keys_file=ring))
    assert said["secrets"] == f"{ring} can be read by others than its owner: chmod 0400 it"
    assert "DIRECTORY_OPERATOR_MAILBOX is not set" in said["mail"]
    assert "DIRECTORY_SMTP_URL is not set" in said["mail"]


def test_a_database_without_tables_is_told_what_to_run_and_asked_nothing_more(
    look: Look, empty_database_url: str
) -> None:
    said = look(database_url=empty_database_url)[1]
    assert "run `directory migrate`" in said["schema"]
    assert set(said) == {"database", "schema", "secrets", "mail"}


def test_a_database_that_is_not_there_is_named(look: Look) -> None:
    gone = f"postgresql://nobody@127.0.0.1:{free_port()}/gone"
    assert "is it running, is the address right?" in wrong(look(database_url=gone))["database"]


def test_what_was_read_while_looking_changed_nothing(place: Databases, look: Look) -> None:
    with reading(place) as db:
        before = db.exec(select(ReferralTask.steps)).one()
    look()
    with reading(place) as db:
        assert db.exec(select(ReferralTask.steps)).one() == before
