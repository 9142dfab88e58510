"""Run every check that needs no database and no browser, two at a time, and say which failed."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def checks() -> dict[str, list[str]]:
    """Name of each check and its command; the slowest first."""
    python = sys.executable
    found = {
        "types": [python, "-m", "mypy"],
        "house tests": [python, "-m", "pytest", "tests/house", "-q", "-p", "no:randomly", "--durations=0"],
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "lint": [python, "-m", "ruff", "check", "."],
        "import contracts": [str(BIN / "lint-imports")],
        "shell scripts": [str(BIN / "shellcheck"), "scripts/setup.sh", ".ci/run"],
    }
    if (ROOT / "templates").exists():
        found["templates"] = [str(BIN / "djlint"), "templates", "--lint", "--quiet"]
    return {
        name: command
        for name, command in found.items()
        if all((ROOT / part).exists() for part in command[1:] if part.startswith(("tests/", "scripts/", ".ci")))
    }


def run(command: list[str]) -> tuple[float, subprocess.CompletedProcess[str]]:
    """One check, its seconds and what it said."""
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return time.monotonic() - started, done


def main() -> int:
    """Print a line for each check and the words of those that failed; 1 when any did."""
    failed = 0
    todo = checks()
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, (seconds, done) in zip(todo, pool.map(run, todo.values()), strict=True):
            print(f"{'ok    ' if done.returncode == 0 else 'FAILED'}  {name}  ({seconds:.1f} s)", flush=True)
            if done.returncode:
                failed += 1
                print(done.stdout + done.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
