"""What the Dockerfile says, read as Docker reads it."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "Dockerfile"


def instructions() -> list[tuple[str, str]]:
    """The instructions in order, with continued lines joined and comments left out."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def command_line(command: str | None = None) -> list[str]:
    """What a container runs: the entry point with `command`, or with the image's own CMD."""
    by_name = dict(instructions())
    return [*json.loads(by_name["ENTRYPOINT"]), *([command] if command else json.loads(by_name["CMD"]))]


def served_folders() -> list[str]:
    """The folders of the project that the image holds."""
    copied = [words.split() for name, words in instructions() if name == "COPY" and "--from" not in words]
    return [source for source, target in copied if source == target]
