"""Dockerfile and compose.yaml: linted, valid, and of one mind with the code. Neither is built here."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from directory.settings import PREFIX, Settings
from tests.support.containers import DOCKERFILE, command_line, instructions, served_folders

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
NAMES = {f"{PREFIX}{field.name.upper()}" for field in dataclasses.fields(Settings)}


def run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return read


def test_the_dockerfile_passes_hadolint() -> None:
    done = run(BIN / "hadolint", DOCKERFILE)
    assert done.returncode == 0, done.stdout


def test_hadolint_catches_a_careless_dockerfile(tmp_path: Path) -> None:
    careless = tmp_path / "Dockerfile"
    careless.write_text("FROM debian:latest\nRUN cd /tmp && sudo apt-get install python3\n")
    said = run(BIN / "hadolint", careless).stdout
    assert {"DL3007", "DL3004"} <= {word for line in said.splitlines() for word in line.split()}


def test_the_image_runs_as_nobody_in_particular_and_is_asked_after_its_health() -> None:
    by_name = dict(instructions())
    user = by_name["USER"].split(":")[0]
    assert user.isdigit()
    assert int(user) >= 1000
    assert "/healthz" in by_name["HEALTHCHECK"]
    assert by_name["VOLUME"] == "/var/lib/directory"
    assert f"{PREFIX}DATA_DIR=/var/lib/directory" in by_name["ENV"]


def test_the_image_holds_all_that_the_service_reads() -> None:
    assert served_folders() == ["directory", "locale", "migrations", "templates", "seed"]
    assert all((ROOT / folder).is_dir() for folder in served_folders())
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert set(served_folders()) < set(kept)


def test_the_commands_of_the_containers_are_ones_we_have() -> None:
    told = run(sys.executable, "-m", "directory", "--help").stdout.split()
    for command in ["serve", "worker", "migrate"]:
        assert command in told
        assert command_line(command) == ["python", "-m", "directory", command]
    used = {service["command"][0] for service in compose()["services"].values() if "command" in service}
    assert used == {"serve", "worker", "migrate"}


def test_compose_is_valid_against_the_compose_specification() -> None:
    done = run(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "compose.yaml")
    assert done.returncode == 0, done.stdout


def test_a_compose_file_that_breaks_the_specification_is_caught(tmp_path: Path) -> None:
    broken = tmp_path / "compose.yaml"
    broken.write_text((ROOT / "compose.yaml").read_text().replace("read_only: true", "read_only: [1]"))
    assert run(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", broken).returncode == 1


def test_every_variable_of_the_containers_is_a_setting() -> None:
    used = {name for service in compose()["services"].values() for name in service.get("environment", {})}
    used |= {word.split("=")[0] for name, words in instructions() if name == "ENV" for word in words.split()}
    ours = {name for name in used if name.startswith(PREFIX)}
    assert len(ours) >= 6
    assert ours <= NAMES


def test_our_containers_have_a_read_only_root_and_no_privileges() -> None:
    services = compose()["services"]
    ours = {name: service for name, service in services.items() if "build" in service}
    assert set(ours) == {"migrate", "web", "worker"}
    for service in ours.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]


def test_no_port_is_open_beyond_this_machine() -> None:
    ports = [port for service in compose()["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_readme_says_that_ci_runs_neither() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "not run by CI" in readme[readme.index("Docker") :]
