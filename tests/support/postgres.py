"""A real PostgreSQL cluster in a throw-away folder, guarded by a process that ends it when the test run ends.

Run as a module (`python -m tests.support.postgres FOLDER OWNER_PID`) it makes the cluster, starts it, writes
FOLDER/ready and waits for the owner to end; then it stops the server it started and removes the folder.
"""

import contextlib
import fcntl
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    # The cluster dies with the run: nothing in it needs to survive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "autovacuum": "off",
    "max_wal_size": "4GB",
}


@dataclass(frozen=True)
class Cluster:
    """Where a running cluster listens."""

    folder: Path

    def url(self, database: str) -> str:
        """The address (as in DIRECTORY_DATABASE_URL) of one database, over the cluster's own socket."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def conninfo(self, database: str = "postgres") -> str:
        """The same for libpq."""
        return f"host={self.folder} user=postgres dbname={database}"


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs, the newest where there are several."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent  # a link to it is not among its siblings
    candidates = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    return candidates[-1].parent if candidates else None


@contextlib.contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Hold a lock that all processes of this test run share."""
    with (folder / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def running_cluster(shared: Path, owner_pid: int) -> Cluster:
    """The cluster of this test run, started by whichever process asks first."""
    with locked(shared, "postgres"):
        note = shared / "postgres.folder"
        if note.exists():
            return Cluster(Path(note.read_text()))
        folder = Path(tempfile.mkdtemp(prefix="directory-pg-"))
        with (shared / "postgres.log").open("wb") as log:
            guard = subprocess.Popen(
                [sys.executable, "-m", "tests.support.postgres", str(folder), str(owner_pid)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        assert guard.stdout is not None
        # The guard says one word when the server answers; its end closes the pipe.
        if guard.stdout.readline() != b"ready\n":
            raise RuntimeError(f"PostgreSQL did not start:\n{(shared / 'postgres.log').read_text()}")
        guard.stdout.close()
        guard.returncode = 0  # it outlives this process by design and looks after itself
        note.write_text(str(folder))
        return Cluster(folder)


def _account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then its own account does."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "umask": 0o077}


def _running_in(folder: Path) -> dict[str, Any]:
    return {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": sys.stderr, **_account()}


def _start(binaries: Path, folder: Path) -> "subprocess.Popen[bytes]":
    """Make the cluster and start its server."""
    data = folder / "data"
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        folder.chmod(0o755)
    make: list[str | Path] = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    subprocess.run(make, check=True, **_running_in(folder))
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    return subprocess.Popen([binaries / "postgres", "-D", data, "-k", folder, *settings], **_running_in(folder))


def _wait_until_it_answers(binaries: Path, folder: Path, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        asked: list[str | Path] = [binaries / "pg_isready", "-q", "-h", folder, "-t", "1"]
        if subprocess.run(asked, check=False).returncode == 0:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=0.05)
            break
    raise SystemExit("PostgreSQL does not answer")


def guard(folder: Path, owner_pid: int) -> None:
    """Start the cluster, wait for the owner's end, stop it and clear up."""
    owner = os.pidfd_open(owner_pid)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    binaries = programs()
    if binaries is None:
        raise SystemExit("no PostgreSQL server programs on this machine")
    server: subprocess.Popen[bytes] | None = None
    try:
        server = _start(binaries, folder)
        _wait_until_it_answers(binaries, folder, server)
        os.write(1, b"ready\n")
        os.close(1)
        ended = os.pidfd_open(server.pid)
        select.select([owner, ended], [], [])
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGQUIT)
            server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    guard(Path(sys.argv[1]), int(sys.argv[2]))
