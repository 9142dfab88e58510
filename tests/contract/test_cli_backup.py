"""A backup brings the whole service back, sealed content included; and nobody overwrites anything by mistake."""

import json
import shutil
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from directory.accounts.actor import Actor, ActorKind
from directory.lib import clock, schema, sealed
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import queries as listings
from directory.referrals import content, queries
from directory.referrals.models import ReferralTask
from directory.terminology.proofs import FactGroup
from directory.verification import evidence
from tests.support.databases import Maker, ring_for_tests
from tests.support.requests import PATIENT, sent_request
from tests.support.service import Service, command

Run = Callable[..., Any]
PLAIN = b"%PDF-1.7 of Noor Example\n%%EOF\n"


class Place:
    """A database with clinics and one sealed request, and the command that works on it."""

    def __init__(self, folder: Path, url: str, keys_file: Path, typed: Run) -> None:
        self.folder, self.url, self.keys_file, self.typed = folder, url, keys_file, typed
        self.backup = folder / "backup.tar.gz"

    def run(self, *words: object, **settings: object) -> Any:
        """`directory WORDS` to its end."""
        given = {"database_url": self.url, "keys_file": self.keys_file, **settings}
        return self.typed(*map(str, words), data_dir=self.folder / "var", **given)

    def open(self) -> Databases:
        """The database, with the keys."""
        return Databases(self.url, keys=ring_for_tests())

    def damage(self) -> None:
        """What a failing disk or a slip of the hand does."""
        databases = self.open()
        if databases.is_sqlite:
            databases.close()
            path = Path(str(databases.url.database))
            path.write_bytes(b"\x00" * 4096 + path.read_bytes()[4096:])
            return
        with databases.writer.begin() as connection:
            connection.exec_driver_sql("DROP TABLE referral CASCADE")
            connection.exec_driver_sql("DELETE FROM audit_event")
        databases.close()


@pytest.fixture
def place(tmp_path: Path, demo_database_url: str, keys_file: Path, typed: Run) -> Place:
    return Place(tmp_path, demo_database_url, keys_file, typed)


@pytest.fixture
def kept(tmp_path: Path, make_database: Callable[[str], Maker], keys_file: Path, typed: Run) -> Place:
    """A place on SQLite with its backup, where nothing depends on the database."""
    found = Place(tmp_path, make_database("sqlite").migrated(), keys_file, typed)
    assert found.run("backup", found.backup).returncode == 0
    return found


def keep_document(place: Place) -> UUID:
    """A document of Harbour Clinic; its id."""
    databases = place.open()
    with unit_of_work(databases) as db:
        clinic = listings.find_location_by_slug(db, "harbour-clinic-new-york-ny")
        assert clinic is not None
        examined = evidence.Examined(media_type="application/pdf", content=PLAIN)
        by = Actor(ActorKind.MODERATOR, "mo")
        row = evidence.keep(
            db, place.folder / "var", examined, location_id=clinic.id, group=FactGroup.LICENCES, title="Letter", by=by,
            at=clock.now(),
        )  # fmt: skip
    databases.close()
    return row.id


def ask(databases: Databases) -> UUID:
    """Pat asks a clinic of the demo; the task."""
    with reading(databases) as db:
        clinic = listings.find_location_by_slug(db, "harbour-clinic-new-york-ny")
        assert clinic is not None
    referral = sent_request(databases, clinic.id, at=clock.now())
    with reading(databases) as db:
        return queries.find_task_of(db, referral.id).id


def answers(databases: Databases, task_id: UUID) -> dict[str, Any]:
    """What Pat answered, unsealed."""
    with reading(databases) as db:
        referral = queries.get_referral(db, queries.get_task(db, task_id).referral_id)
        return dict(content.answers_of(sealed.ring_of(db), referral))


def test_a_damaged_service_comes_back_whole_from_its_backup(place: Place, start: Callable[..., Service]) -> None:
    databases = place.open()
    task_id = ask(databases)
    databases.close()
    made = place.run("backup", place.backup)
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(place.backup.stat().st_mode) == 0o600
    place.damage()

    refused = place.run("restore", place.backup)
    assert (refused.returncode, "Say --replace" in refused.stderr) == (1, True), refused.stderr
    restored = place.run("restore", place.backup, "--replace")
    assert (restored.returncode, restored.stdout[:22]) == (0, "restored the backup of"), restored.stderr

    checked = place.run("check")
    assert (checked.returncode, "audit        ok" in checked.stdout) == (0, True), checked.stdout
    databases = place.open()
    assert answers(databases, task_id)["note"] == PATIENT["note"]
    databases.close()
    service = start("serve", database_url=place.url).wait_until_ready()
    with service.client() as client:
        assert "Harbour Clinic" in client.get("/search", params={"near": "10001"}).text


def test_a_backup_brings_the_documents_back_sealed_as_they_were(place: Place) -> None:
    row_id = keep_document(place)
    assert place.run("backup", place.backup).returncode == 0
    with tarfile.open(place.backup) as archive:
        [name] = [name for name in archive.getnames() if name.startswith("evidence/")]
        file = archive.extractfile(name)
        assert file is not None
        assert PLAIN not in file.read()
    shutil.rmtree(place.folder / "var" / "evidence")
    restored = place.run("restore", place.backup, "--replace")
    assert (restored.returncode, ", 1 documents" in restored.stdout) == (0, True), restored.stderr
    databases = place.open()
    with reading(databases) as db:
        assert evidence.open_file(db, place.folder / "var", row_id)[1] == PLAIN
    databases.close()
    [kept] = (place.folder / "var" / "evidence").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    again = place.run("restore", place.backup, "--replace")
    assert (again.returncode, "documents" in again.stdout) == (0, False), "what is there stays as it is"


def test_a_backup_holds_no_key_and_nothing_of_a_request_in_the_clear(place: Place) -> None:
    databases = place.open()
    ask(databases)
    databases.close()
    assert place.run("backup", place.backup).returncode == 0
    with tarfile.open(place.backup) as archive:
        archive.extractall(place.folder / "opened", filter="data")
    everything = b"".join(path.read_bytes() for path in (place.folder / "opened").iterdir())
    for secret in (PATIENT["patient_name"], PATIENT["note"], PATIENT["email"], place.keys_file.read_text().split()[-1]):
        assert str(secret).encode() not in everything


def test_a_backup_of_an_older_schema_comes_up_to_date_and_of_a_newer_one_is_refused(
    place: Place, empty_database_url: str
) -> None:
    assert place.run("backup", place.backup).returncode == 0
    newer = rewritten(place, schema="9999")
    refused = place.run("restore", newer, database_url=empty_database_url)
    assert (refused.returncode, "newer than this version" in refused.stderr) == (1, True), refused.stderr
    restored = place.run("restore", place.backup, database_url=empty_database_url)
    assert restored.returncode == 0, restored.stderr
    databases = Databases(empty_database_url)
    assert schema.revision_of(databases) == schema.newest()
    databases.close()
    again = place.run("backup", place.folder / "second.tar.gz", database_url=empty_database_url)
    assert again.returncode == 0, "what was restored can be backed up again"


def test_a_backup_of_the_other_kind_of_database_is_refused(place: Place, database_kind: str) -> None:
    assert place.run("backup", place.backup).returncode == 0
    other = "postgresql" if database_kind == "sqlite" else "sqlite"
    refused = place.run("restore", rewritten(place, database=other), "--replace")
    assert refused.returncode == 1
    assert refused.stderr == (
        f"directory: This backup is of {other}, and DIRECTORY_DATABASE_URL names {database_kind}.\n"
    )


def rewritten(place: Place, **note: str) -> Path:
    """The backup with another note in it."""
    folder = place.folder / "rewritten"
    with tarfile.open(place.backup) as archive:
        archive.extractall(folder, filter="data")
    (folder / "backup.json").write_text(json.dumps(json.loads((folder / "backup.json").read_text()) | note))
    changed = place.folder / "rewritten.tar.gz"
    with tarfile.open(changed, "w:gz") as archive:
        for path in sorted(folder.iterdir()):
            archive.add(path, arcname=path.name)
    return changed


def test_a_backup_never_overwrites(kept: Place) -> None:
    before = kept.backup.read_bytes()
    refused = kept.run("backup", kept.backup)
    assert (refused.returncode, "a backup never overwrites" in refused.stderr) == (1, True)
    assert kept.backup.read_bytes() == before


def test_an_empty_database_is_not_backed_up(kept: Place) -> None:
    target = kept.folder / "nothing.tar.gz"
    refused = kept.run("backup", target, database_url=f"sqlite:///{kept.folder}/elsewhere.sqlite3")
    assert (refused.returncode, "The database is empty" in refused.stderr) == (1, True)
    assert not target.exists()


def test_what_is_no_backup_is_refused_and_changes_nothing(kept: Place) -> None:
    whole = kept.backup.read_bytes()
    for number, bad in enumerate((b"", b"not a backup", whole[: len(whole) // 2])):
        file = kept.folder / f"bad-{number}"
        file.write_bytes(bad)
        refused = kept.run("restore", file, "--replace")
        assert (refused.returncode, "is no backup of this service" in refused.stderr) == (1, True), refused.stderr
    missing = kept.run("restore", kept.folder / "missing")
    assert (missing.returncode, "There is no file" in missing.stderr) == (1, True)
    with kept.open().reader.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA quick_check").scalar_one() == "ok"


def test_a_database_that_somebody_has_open_is_not_replaced(kept: Place) -> None:
    restore = ("restore", str(kept.backup), "--replace")
    databases = kept.open()
    with reading(databases) as db:
        db.exec(select(ReferralTask.id)).first()
        # A process of its own: locks of one process do not keep itself out.
        refused = command(*restore, data_dir=kept.folder / "var", database_url=kept.url)
        assert (refused.returncode, "still has this database open" in refused.stderr) == (1, True), refused.stderr
    databases.close()
    assert kept.run("restore", kept.backup, "--replace").returncode == 0
