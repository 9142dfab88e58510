"""A new key for the ring while the service runs: everything is brought under it, nothing is unreadable in between."""

import argparse
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from directory.accounts import audit
from directory.accounts.actor import system
from directory.cli import keys as command
from directory.lib import digests, rewrapping, sealed
from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.errors import Conflict
from directory.lib.sealed import RingFile
from directory.lib.tables import metadata
from directory.listings import channels
from directory.listings.models import Endpoint
from directory.listings.queries import find_endpoint
from directory.referrals import content, queries, vetting
from directory.referrals.models import Referral
from directory.settings import Settings, SettingsError
from directory.wiring import rotation
from tests.support.databases import import_all_tables
from tests.support.requests import CLINICIAN, ready_clinic, sent_request
from tests.support.time import Clock

SEALED_BY_THE_RING = {"outbox_message", "totp_factor", "report", "endpoint", "waiting"}
"""Tables without a data key; `rotation` seals their rows again."""


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    """A ring's file with one key."""
    path = tmp_path / "ring"
    sealed.load_ring(path, create=True)
    return path


@pytest.fixture
def serving(database_url: str, ring: Path) -> Iterator[Databases]:
    """The databases of a service that runs all the time."""
    found = Databases(database_url, keys=RingFile(ring, create=False))
    yield found
    found.close()


def names(databases: Databases) -> list[str]:
    """Whom the requests are about, opened one by one; sorted."""
    with reading(databases) as db:
        ring = sealed.ring_of(db)
        return sorted(content.answers_of(ring, row)["patient_name"] for row in db.exec(select(Referral)).all())


def test_no_table_with_a_key_of_the_ring_is_forgotten() -> None:
    import_all_tables()
    with_ring = {
        table.name for table in metadata.sorted_tables for column in table.c if "ring" in column.name.split("_")
    }
    assert with_ring == {each.table.name for each in rewrapping.wrapped_tables()} | SEALED_BY_THE_RING


def test_a_rotation_broken_off_goes_on_and_a_running_service_reads_and_writes_throughout(
    serving: Databases, database_url: str, ring: Path, clock: Clock
) -> None:
    location_id = ready_clinic(serving)
    for number in range(6):
        sent_request(serving, location_id, key=f"before-{number}", patient_name=f"Pat {number}")
    with unit_of_work(serving) as db:
        endpoint = find_endpoint(db, location_id)
        assert endpoint is not None
        endpoint.channel, endpoint.hook_url = "WEBHOOK", "https://partner.example/"
        channels.renew_secret(db, endpoint)
        endpoint.proved_at = clock.now()
    sealed.rotate_ring(ring)
    over, problems = threading.Event(), []

    def serve() -> None:
        number = 0
        try:
            while not over.is_set():
                sent_request(serving, location_id, key=f"during-{number}", patient_name=f"Sam {number}")
                assert names(serving)[:6] == [f"Pat {n}" for n in range(6)]
                number += 1
        except BaseException as problem:
            problems.append(problem)

    def break_off(_done: int) -> None:
        raise KeyboardInterrupt

    turning = Databases(database_url, keys=RingFile(ring, create=False))
    service = threading.Thread(target=serve)
    service.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            rotation.rewrap_all(turning, told=break_off, batch=2)
        assert rotation.rewrap_all(turning, batch=2) > 4
    finally:
        over.set()
        service.join()
    assert problems == []
    assert rotation.keys_in_use(turning) == 0
    assert rotation.rewrap_all(turning) == 0
    for name in turning.keys.ids[1:] if turning.keys else ():
        sealed.retire_key(ring, name)
    assert names(serving)[:6] == [f"Pat {n}" for n in range(6)]
    alone = Databases(database_url, keys=sealed.load_ring(ring, create=False))
    assert names(alone) == names(serving)
    with unit_of_work(alone) as db:
        row = db.exec(select(Endpoint).where(Endpoint.channel == "WEBHOOK")).one()
        assert channels.tell(db, row, "channel_test", {"endpoint": str(row.id)}, about_id=row.id)
        audit.append(db, system("tests"), "viewed", subject_type="test")
        assert audit.verify(db) is None
    alone.close()
    turning.close()


def test_a_session_that_began_before_the_rotation_opens_what_was_wrapped_after_it(
    serving: Databases, database_url: str, ring: Path
) -> None:
    with reading(serving) as early:
        old = sealed.ring_of(early)
        sealed.rotate_ring(ring)
        fresh = sealed.new_data_key(sealed.load_ring(ring, create=False))
        assert fresh.ring_key_id not in old.ids
        assert sealed.unwrap(old, fresh.wrapped, fresh.ring_key_id) == fresh.key


def test_a_ring_file_that_breaks_later_leaves_the_service_with_what_it_has(serving: Databases, ring: Path) -> None:
    with reading(serving) as db:
        before = sealed.ring_of(db).ids
    ring.chmod(0o600)
    ring.write_text("nonsense")
    with reading(serving) as db:
        assert sealed.ring_of(db).ids == before


@pytest.fixture
def run(
    database_url: str, ring: Path, make_settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str]
) -> Callable[[str], str]:
    """Runs `directory keys ACT` on the service's own ring; what it prints."""
    settings = make_settings(database_url=database_url, keys_file=ring)

    def act(name: str) -> str:
        assert command.keys(settings, argparse.Namespace(act=name, file=ring)) == 0
        return capsys.readouterr().out

    return act


def test_the_command_turns_the_ring_of_the_service_and_takes_the_old_key_out(
    serving: Databases, ring: Path, run: Callable[[str], str], clock: Clock
) -> None:
    sent_request(serving, ready_clinic(serving), patient_name="Pat 0")
    assert "re-wrapped in" in run("rotate")
    assert len(sealed.load_ring(ring, create=False).ids) == 2
    assert run("rewrap").startswith("0 re-wrapped")
    assert "is left" in run("retire")
    assert len(sealed.load_ring(ring, create=False).ids) == 1
    assert names(serving) == ["Pat 0"]
    sealed.rotate_ring(ring)
    with pytest.raises(SettingsError, match="older key"):
        run("retire")
    assert "is left" in run("retire")


def test_who_was_checked_and_what_was_asked_are_known_after_the_old_key_is_gone(
    serving: Databases, database_url: str, ring: Path, run: Callable[[str], str], clock: Clock
) -> None:
    location_id = ready_clinic(serving)
    first = sent_request(serving, location_id, clinician=True)
    mailbox, npi = CLINICIAN["sender_mailbox"], CLINICIAN["npi"]
    for _turn in range(2):
        run("rotate")
        assert "is left" in run("retire")
        for held in (serving, Databases(database_url, keys=sealed.load_ring(ring, create=False))):
            with reading(held) as db:
                assert vetting.is_known(db, mailbox, npi, at=clock.now())
                assert vetting.digest_of_mailbox(db, mailbox) == queries.get_referral(db, first.id).mailbox_digest
            with pytest.raises(Conflict, match=first.reference):
                sent_request(held, location_id, clinician=True, key="again", born=CLINICIAN["born"])
            if held is not serving:
                held.close()


def test_what_was_digested_before_the_key_of_digests_was_kept_goes_on_being_known(
    serving: Databases, ring: Path
) -> None:
    with reading(serving) as db:
        before = digests.keyed(db, "sender", "rivera@example.com")
    with unit_of_work(serving) as db:
        digests.make_key(db)
        digests.make_key(db)
    sealed.rotate_ring(ring)
    with reading(serving) as db:
        assert digests.keyed(db, "sender", "rivera@example.com") == before != digests.keyed(db, "sender", "x")
