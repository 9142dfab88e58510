"""What one test run shares between its processes, and who ends with it."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

_FOLDER = pytest.StashKey[Path]()
_LONGEST_FIRST = ("tests/contract/test_crashes.py", "tests/browser/", "tests/contract/")
"""Where single tests take up to two minutes: begun last, one would leave the other processes with nothing to do."""


_IN_MEMORY = Path("/dev/shm")
_ENOUGH = 6 * 2**30
"""Bytes that a whole run may need there: a database of each test that failed, and those of the tests under way."""


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is one of several that xdist started."""
    return hasattr(config, "workerinput")


def shared_folder(config: pytest.Config) -> tuple[Path, int]:
    """The folder all processes of this run share, and the id of the process that owns the run."""
    if is_worker(config):
        given = config.workerinput  # type: ignore[attr-defined]
        return Path(given["shared_folder"]), int(given["owner_pid"])
    return config.stash[_FOLDER], os.getpid()


def pytest_configure(config: pytest.Config) -> None:
    """Make the shared folder once, in the process that owns the run."""
    if not is_worker(config):
        _keep_tests_in_memory()
        config.stash[_FOLDER] = Path(tempfile.mkdtemp(prefix="directory-tests-"))


def _keep_tests_in_memory() -> None:
    """Where there is room, a test's folder is no disk's: SQLite waits for the disk at each commit, 3 ms each time."""
    if not _IN_MEMORY.is_dir():
        return
    there = os.statvfs(_IN_MEMORY)
    if there.f_bavail * there.f_frsize >= _ENOUGH and not there.f_flag & os.ST_NOEXEC:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell each xdist worker where it is."""
    folder, owner = shared_folder(node.config)  # type: ignore[attr-defined]
    node.workerinput.update(shared_folder=str(folder), owner_pid=owner)  # type: ignore[attr-defined]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long ones; among themselves they keep the order they were shuffled into."""
    items.sort(key=lambda item: [not item.nodeid.startswith(begin) for begin in _LONGEST_FIRST])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Clear up. The database cluster sees the owner's end by itself."""
    if not is_worker(config) and _FOLDER in config.stash:
        shutil.rmtree(config.stash[_FOLDER], ignore_errors=True)
