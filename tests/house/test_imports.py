"""The import contracts hold, and each one notices what it forbids."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

from tests.house.source import ROOT, Module, modules

TELLS_OTHERS = {
    "urllib.request",
    "http.client",
    "httpx",
    "httpcore",
    "requests",
    "aiohttp",
    "smtplib",
    "socket",
    "geopy",
}
"""Ways out of this machine. The contract in pyproject.toml cannot tell urllib.request from urllib.parse; this can."""

SKELETON = (
    "settings",
    "lib.clock",
    "lib.db",
    "lib.events",
    "web.shell",
    "delivery.channels.folder",
    "geography.geocode",
)

BROKEN = {
    "Packages stand in the declared order": "directory.delivery.queries -> directory.search.index",
    "Inside a package the parts of speech stand in order": "directory.listings.models -> directory.listings.actions",
    "Rules are pure: no session, no clock, no web, no network": "directory.listings.rules -> directory.lib.clock",
    "Only the edge of the service knows Litestar": "directory.referrals.messages -> litestar",
    "Pages never import one another": "directory.search.pages -> directory.listings.pages",
    "Pages and forms hold no SQL": "directory.accounts.pages -> sqlmodel",
    "Actions, queries and messages know no web": "directory.listings.queries -> directory.web.shell",
    "Guards ask, they never act": "directory.accounts.guards -> directory.accounts.actions",
    "Channels do not know one another": "directory.delivery.channels.smtp -> directory.delivery.channels.folder",
    "Sources do not know one another": "directory.verification.sources.a -> directory.verification.sources.b",
    "Only sources and webhooks ask other machines over HTTP": "directory.delivery.post -> http",
    "A search tells nobody where a patient is": "directory.search.ranking -> directory.geography.geocode",
}
"""One import that each contract must name as the culprit."""


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_import_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def culprits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the contracts say of a tree with all the planted imports in it, contract by contract."""
    folder = tmp_path_factory.mktemp("planted")
    plants = [plant.split(" -> ") for plant in BROKEN.values()]
    for name in [*SKELETON, *(target for _, target in plants if target.startswith("directory."))]:
        path = folder / "directory" / f"{name.removeprefix('directory.').replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for source, target in plants:
        path = folder / f"{source.replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(f"import {target}\n")
    for inner in [folder / "directory", *(path for path in (folder / "directory").rglob("*") if path.is_dir())]:
        (inner / "__init__.py").touch()
    said = lint(folder).stdout
    _, _, details = said.partition("Broken contracts")
    parts = re.split(rf"^({'|'.join(map(re.escape, BROKEN))})\n-+$", details, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True)) or {"": said}


@pytest.mark.parametrize(("contract", "plant"), BROKEN.items())
def test_the_contract_names_what_breaks_it(contract: str, plant: str, culprits: dict[str, str]) -> None:
    assert plant in culprits[contract]


def test_every_contract_has_its_counterexample() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in told} == set(BROKEN)


def ways_out(module: Module) -> set[str]:
    """What a module imports that can reach another machine."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if any(name == out or name.startswith(f"{out}.") for out in TELLS_OTHERS)}


def test_nothing_that_search_reaches_can_leave_the_machine() -> None:
    graph = grimp.build_graph("directory", cache_dir=None)
    reached = {name for name in graph.modules if name.startswith("directory.search")}
    for name in list(reached):
        reached |= graph.find_upstream_modules(name)
    by_path = {module.path: module for module in modules("directory")}
    leaving = {}
    for name in reached:
        stem = name.replace(".", "/")
        module = by_path.get(f"{stem}.py") or by_path[f"{stem}/__init__.py"]
        if out := ways_out(module):
            leaving[module.path] = out
    assert leaving == {}


@pytest.mark.parametrize(
    "line", ["import urllib.request", "from urllib import request", "from http import client", "import httpx as h"]
)
def test_a_way_out_is_recognised_however_it_is_imported(line: str) -> None:
    assert ways_out(Module("directory/search/index.py", f"{line}\n")) != set()
    assert ways_out(Module("directory/search/query.py", "from urllib.parse import urlencode\n")) == set()
