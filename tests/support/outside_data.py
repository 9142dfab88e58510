"""Tests on outside data: run where DIRECTORY_TEST_DATA names its folder; elsewhere counted in one line."""

import os
from pathlib import Path

import pytest

VARIABLE = "DIRECTORY_TEST_DATA"
_NOT_RUN = pytest.StashKey[int]()


def named_folder() -> Path | None:
    """The folder of outside data, or None where nobody named one."""
    value = os.environ.get(VARIABLE)
    return Path(value) if value else None


def pytest_configure(config: pytest.Config) -> None:
    """Stop at once where a wrong or, in CI, a missing folder would make the run look greener than it is."""
    config.stash[_NOT_RUN] = 0
    folder = named_folder()
    if folder is not None and not folder.is_dir():
        raise pytest.UsageError(f"{VARIABLE} names {folder}, and there is no such folder.")
    if folder is None and os.environ.get("CI") == "true":
        raise pytest.UsageError(f"CI must set {VARIABLE}: a run without the outside data proves too little.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs the outside data when there is none, and count it."""
    if named_folder() is not None:
        return
    needs = [item for item in items if "test_data" in getattr(item, "fixturenames", ())]
    if needs:
        items[:] = [item for item in items if item not in needs]
        config.hook.pytest_deselected(items=needs)
        config.stash[_NOT_RUN] = len(needs)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the count of an xdist worker to the process that prints."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["outside_data_not_run"] = session.config.stash[_NOT_RUN]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Every worker collects the same tests: the count of any is the count."""
    count = getattr(node, "workeroutput", {}).get("outside_data_not_run", 0)
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    config.stash[_NOT_RUN] = max(config.stash[_NOT_RUN], count)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The one line."""
    if count := config.stash[_NOT_RUN]:
        terminalreporter.write_line(f"{count} tests on outside data were not run: {VARIABLE} is not set.")


@pytest.fixture
def test_data() -> Path:
    """The folder of outside data. Whoever asks for it is left out where there is none."""
    folder = named_folder()
    assert folder is not None
    return folder
