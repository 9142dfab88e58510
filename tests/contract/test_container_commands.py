"""What the containers run works for an unprivileged user on a tree it cannot write to, with one folder that it can."""

import contextlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from directory.lib import schema
from directory.lib.db import Databases
from tests.support.containers import command_line, served_folders
from tests.support.databases import Maker
from tests.support.service import ROOT, free_port


def may_use(path: Path) -> bool:
    """Whether everybody may reach and read this path."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents) and bool(
        path.stat().st_mode & stat.S_IROTH
    )


class Container:
    """The image's files in a folder that nobody may write to, the data folder beside it, and a user without rights."""

    def __init__(self, folder: Path) -> None:
        self.tree, self.data = folder / "app", folder / "data"
        for name in served_folders():
            shutil.copytree(ROOT / name, self.tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        self.data.mkdir()
        self.user: dict[str, int] = {}
        if os.geteuid() == 0:  # a developer has no rights to give up
            nobody = pwd.getpwnam("nobody")
            self.user = {"user": nobody.pw_uid, "group": nobody.pw_gid}
            os.chown(self.data, nobody.pw_uid, nobody.pw_gid)
        folder.chmod(0o755)
        for path in [self.tree, *self.tree.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)

    def start(self, command: str | None, **settings: object) -> "subprocess.Popen[str]":
        """Start what a container would start."""
        python, packages = self._python()
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": packages,
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": "/nonexistent",
            "DIRECTORY_DATA_DIR": str(self.data),
            **{f"DIRECTORY_{name.upper()}": str(value) for name, value in settings.items()},
        }
        words = command_line(command)
        assert words[0] == "python"
        return subprocess.Popen(
            [python, *words[1:]],
            cwd=self.tree,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **self.user,  # type: ignore[arg-type]
        )

    def _python(self) -> tuple[str, str]:
        # A Python that lives in root's home is out of nobody's reach; Debian's own of the same version is not.
        packages = Path(sysconfig.get_path("purelib"))
        system = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
        if not self.user or may_use(Path(sys.executable)):
            return sys.executable, ""
        if not system.exists() or not may_use(packages):
            pytest.fail(f"the user nobody can reach neither {sys.executable} nor {system} with {packages}")
        return str(system), str(packages)


@pytest.fixture
def container() -> Iterator[Container]:
    folder = Path(tempfile.mkdtemp(prefix="directory-container-"))
    yield Container(folder)
    for path in folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)


@contextlib.contextmanager
def running(process: "subprocess.Popen[str]") -> "Iterator[subprocess.Popen[str]]":
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.communicate()


def finish(process: "subprocess.Popen[str]") -> str:
    with running(process):
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return said


@pytest.fixture
def place(container: Container, database_kind: str, make_database: Callable[[str], Maker]) -> dict[str, str]:
    """The settings that say where the database is, brought up to date by the container's own `migrate`."""
    where = {} if database_kind == "sqlite" else {"database_url": make_database("postgresql").empty()}
    finish(container.start("migrate", **where))
    return where


def test_migrate_makes_an_empty_database_ready(container: Container, place: dict[str, str]) -> None:
    databases = Databases(place.get("database_url", f"sqlite:///{container.data / 'directory.sqlite3'}"))
    assert schema.revision_of(databases) == schema.newest()
    databases.close()


def test_serve_runs_without_rights_on_a_read_only_tree(container: Container, place: dict[str, str]) -> None:
    port = free_port()
    with (
        running(container.start(None, port=port, **place)) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        for _ in range(600):
            with contextlib.suppress(httpx.TransportError):
                if client.get("/readyz").status_code == 200:
                    break
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=0.05)
                pytest.fail(server.communicate()[0])
        assert client.get("/healthz").status_code == 200
        assert client.get("/crisis").status_code == 200
        server.terminate()
        server.wait(timeout=30)
        assert server.returncode == 0
    assert not list(container.tree.rglob("__pycache__"))


def test_the_worker_runs_without_rights_until_it_is_told_to_stop(container: Container, place: dict[str, str]) -> None:
    with running(container.start("worker", **place)) as worker:
        assert worker.stdout is not None
        for line in worker.stdout:
            if "the worker runs" in line:
                break
        else:
            pytest.fail("the worker ended before it began")
        worker.terminate()
        assert worker.wait(timeout=30) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="without root there is no other user to give the tree to")
def test_the_tree_of_the_container_really_refuses_to_be_written(container: Container) -> None:
    attempt = f"open({str(container.tree / 'directory' / 'new.py')!r}, 'w')"
    done = subprocess.run(
        ["/usr/bin/env", "python3", "-c", attempt],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        **container.user,  # type: ignore[call-overload]
    )
    assert "PermissionError" in done.stderr
