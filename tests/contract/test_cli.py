"""The `directory` command as an operator types it: it makes an empty database a service, or refuses in a sentence."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from directory.lib import sealed
from tests.support.databases import Maker
from tests.support.service import Service, command

Typed = Callable[..., Any]

SECRET = "cb0Tq7xwWJ4mZkP2uVh8sYdR5nLfGa1E"
PRODUCTION = {
    "mode": "production",
    "base_url": "https://care.example.org",
    "secret": SECRET,
    "contact_mailbox": "contact@example.org",
}


def test_an_empty_database_is_filled_and_searched_anew_by_three_commands(
    tmp_path: Path, empty_database_url: str, typed: Typed
) -> None:
    where = {"data_dir": tmp_path / "var", "database_url": empty_database_url}
    early = typed("serve", **where)
    assert (early.returncode, "run `directory migrate` first" in early.stderr) == (1, True)
    migrated = typed("migrate", **where)
    assert (migrated.returncode, migrated.stdout[:16]) == (0, "schema: empty → "), migrated.stderr
    assert typed("seed", "--size", "40", **where).returncode == 0
    assert typed("reindex", **where).stdout == "reindexed 20 clinics\n"
    checked = typed("check", **where)
    assert checked.returncode == 0, checked.stdout


def test_a_development_start_prepares_everything_by_itself_and_says_it_is_a_demo(
    tmp_path: Path, make_database: Callable[[str], Maker], keys_file: Path, start: Callable[..., Service]
) -> None:
    service = start("serve --prepare", database_url=make_database("sqlite").demo()).wait_until_ready()
    with service.client() as client:
        assert "invented" in client.get("/").text
    assert f"Lanternway on {service.url}" in service.log()


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ({"port": "80000"}, "DIRECTORY_PORT is '80000'; it must be a whole number from 1 to 65535."),
        ({"databse_url": "sqlite:///x"}, "DIRECTORY_DATABSE_URL is not a setting."),
        ({**PRODUCTION, "secret": ""}, "In production DIRECTORY_SECRET must be set"),
        ({**PRODUCTION, "base_url": "http://care.example.org"}, "DIRECTORY_BASE_URL must begin with https://."),
        ({**PRODUCTION, "keys_file": "/nowhere/keys"}, "DIRECTORY_KEYS_FILE names /nowhere/keys, and there is no such"),
    ],
    ids=["nonsense", "unknown", "no secret", "plain http", "no keys"],
)
def test_a_setting_that_makes_no_sense_stops_the_start_with_a_sentence(
    tmp_path: Path, typed: Typed, named: dict[str, str], sentence: str
) -> None:
    done = typed("serve", data_dir=tmp_path, **named)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert done.stderr.startswith("directory: ")
    assert not list(tmp_path.iterdir()), "a refused start leaves nothing behind"


def test_a_refusal_is_a_sentence_for_who_started_the_process_and_never_a_traceback(tmp_path: Path) -> None:
    named: dict[str, Any] = {**PRODUCTION, "demo": "yes"}
    done = command("serve", data_dir=tmp_path, **named)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "directory: In production there can be no demo data: unset DIRECTORY_DEMO.\n"


@pytest.fixture
def ring(tmp_path: Path, typed: Typed) -> Path:
    """A key ring as production asks for one."""
    path = tmp_path / "ring"
    made = typed("keys", "new", str(path), data_dir=tmp_path / "var")
    assert made.returncode == 0, made.stderr
    return path


def test_production_does_not_start_before_the_schema_is_there(
    tmp_path: Path, empty_database_url: str, ring: Path, typed: Typed
) -> None:
    done = typed("serve", data_dir=tmp_path, database_url=empty_database_url, keys_file=ring, **PRODUCTION)
    assert (done.returncode, "run `directory migrate` first" in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize("what", ["serve", "worker"])
def test_production_never_serves_invented_clinics(
    tmp_path: Path, demo_database_url: str, ring: Path, typed: Typed, what: str
) -> None:
    done = typed(what, data_dir=tmp_path, database_url=demo_database_url, keys_file=ring, **PRODUCTION)
    assert (done.returncode, done.stderr) == (
        1,
        "directory: In production there can be no demo data, and this database holds some.\n",
    )


def test_production_is_given_no_demo(
    tmp_path: Path, make_database: Callable[[str], Maker], ring: Path, typed: Typed
) -> None:
    url = make_database("sqlite").migrated()
    done = typed("seed", data_dir=tmp_path, database_url=url, keys_file=ring, **PRODUCTION)
    assert (done.returncode, "no demo data" in done.stderr) == (1, True)


def test_a_key_ring_is_private_never_overwritten_and_keeps_its_old_keys(
    tmp_path: Path, ring: Path, typed: Typed
) -> None:
    assert stat.S_IMODE(ring.stat().st_mode) == 0o400
    before = sealed.load_ring(ring, create=False)
    key, wrapped, key_id = sealed.new_data_key(before)
    again = typed("keys", "new", str(ring), data_dir=tmp_path / "var")
    assert (again.returncode, "a key ring is never overwritten" in again.stderr) == (1, True)
    rotated = typed("keys", "rotate", str(ring), data_dir=tmp_path / "var")
    assert rotated.returncode == 0, rotated.stderr
    after = sealed.load_ring(ring, create=False)
    assert after.active_id != before.active_id
    assert after.ids[1:] == before.ids
    assert sealed.unwrap(after, wrapped, key_id) == key
    assert stat.S_IMODE(ring.stat().st_mode) == 0o400


@pytest.mark.parametrize("words", [[], ["fly"], ["backup"], ["keys", "lose", "x"], ["seed", "--size", "many"]])
def test_a_command_that_does_not_exist_says_what_does(tmp_path: Path, typed: Typed, words: list[str]) -> None:
    done = typed(*words, data_dir=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: directory")


def test_help_lists_every_command(tmp_path: Path, typed: Typed) -> None:
    said = typed("--help", data_dir=tmp_path).stdout
    for name in ("serve", "worker", "migrate", "seed", "import", "reindex", "backup", "restore", "check", "keys"):
        assert f"    {name} " in said
