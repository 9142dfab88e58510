"""The whole service as an operator starts it: real processes on a free port with a folder of their own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from directory import cli
from tests.support.databases import Maker
from tests.support.run import shared_folder

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def service_environment(data_dir: Path, **settings: object) -> dict[str, str]:
    """The environment of a service that writes only to `data_dir`; settings by their names without the prefix."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DIRECTORY_")}
    ours: dict[str, object] = {"data_dir": data_dir, **settings}
    return kept | {f"DIRECTORY_{name.upper()}": str(value) for name, value in ours.items() if value is not None}


class Service:
    """One `python -m directory COMMAND` (as "serve --prepare") and all it starts, in a session of its own."""

    def __init__(self, command: str, data_dir: Path, *, cwd: Path = ROOT, **settings: object) -> None:
        self.data_dir = data_dir
        self.settings = settings
        self.port = int(str(settings.get("port") or 0)) or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        data_dir.mkdir(parents=True, exist_ok=True)
        self.log_file = data_dir / f"{command.split(maxsplit=1)[0]}.log"
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "directory", *command.split()],
                cwd=cwd,
                env=service_environment(data_dir, **{**settings, "port": self.port}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self, path: str = "/readyz") -> "Service":
        """Return once the page answers 200; fails with the log when the service ends or stays silent."""
        with httpx.Client(base_url=self.url, timeout=5, trust_env=False) as client:
            for _ in range(START_SECONDS * 20):
                with contextlib.suppress(httpx.TransportError):
                    if client.get(path).status_code == 200:
                        return self
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(timeout=0.05)
                    break
        raise AssertionError(f"the service did not become ready:\n{self.log()}")

    def client(self) -> httpx.Client:
        """A client that follows no redirect and keeps cookies; close it or use it in a `with`."""
        return httpx.Client(base_url=self.url, timeout=20, trust_env=False)

    def log(self) -> str:
        """What the service has printed so far."""
        return self.log_file.read_text(errors="replace")

    def stop(self) -> int:
        """Ask it to end (SIGTERM), as an operator does; its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()
        self._clear_session()
        return int(self.process.returncode)

    def kill(self) -> None:
        """End it and everything it started at once (SIGKILL), as a power cut does."""
        self._clear_session()
        self.process.wait(timeout=20)

    def _clear_session(self) -> None:
        # The session was made for this service: the group holds it and its children, nobody else.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def command(*words: str, data_dir: Path, cwd: Path = ROOT, **settings: object) -> "subprocess.CompletedProcess[str]":
    """Run `python -m directory WORDS` to its end; output as text, whatever the exit code."""
    data_dir.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "directory", *words],
        cwd=cwd,
        env=service_environment(data_dir, **settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """`typed("check", data_dir=…, **settings)`: what `command` does, in this process: a second sooner each time."""

    def run(*words: str, data_dir: Path, **settings: object) -> "subprocess.CompletedProcess[str]":
        capsys.readouterr()
        with monkeypatch.context() as environment:
            for name in [name for name in os.environ if name.startswith("DIRECTORY_")]:
                environment.delenv(name)
            for name, value in service_environment(data_dir, **settings).items():
                environment.setenv(name, value)
            try:
                code = cli.main(words)
            except SystemExit as ended:
                code = int(str(ended.code))
        said = capsys.readouterr()
        return subprocess.CompletedProcess(words, code, said.out, said.err)

    return run


@pytest.fixture
def start(tmp_path: Path, keys_file: Path) -> Iterator[Callable[..., Service]]:
    """`start("serve", database_url=…, smtp_url=smtp.url)` starts a service; all of them end with the test."""
    started: list[Service] = []

    def begin(what: str = "serve", *, data_dir: Path | None = None, cwd: Path = ROOT, **settings: object) -> Service:
        started.append(Service(what, data_dir or tmp_path / "var", cwd=cwd, **{"keys_file": keys_file, **settings}))
        return started[-1]

    yield begin
    for service in started:
        service.stop()


@pytest.fixture(scope="session")
def demo_service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, keys_file: Path
) -> Iterator[Service]:
    """A running demonstration on SQLite, one for all tests of this process: look at it, and leave no trace in it."""
    folder = tmp_path_factory.mktemp("demonstration")
    shared, _ = shared_folder(request.config)
    maker = Maker("sqlite", folder, shared, lambda: request.getfixturevalue("cluster"))
    service = Service("serve", folder / "var", database_url=maker.demo(), keys_file=keys_file, demo="yes")
    yield service.wait_until_ready()
    service.stop()
