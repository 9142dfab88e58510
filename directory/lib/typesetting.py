"""Setting letters as PDF in a program of its own, with little time and memory and nothing else to read."""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from directory.lib import typesetter

TIMEOUT_S = 10
AT_ONCE = 2
PATIENCE_S = 20
_turns = threading.BoundedSemaphore(AT_ONCE)


class NotSet(Exception):
    """The letter could not be set now: too many at once, or the program failed."""


def as_pdf(template: Path, fonts: Path, told: Mapping[str, Any], *, made_at: int) -> bytes:
    """A tagged PDF (PDF/UA-1, as long as our fonts hold every letter of it) of what `template` makes of `told`.

    `told` holds what JSON holds; `made_at` (seconds since 1970) is the date inside the file. Raises NotSet.
    """
    command = [sys.executable, "-I", typesetter.__file__, str(template), str(fonts)]
    sent = json.dumps({**told, "made_at": made_at}).encode()
    if not _turns.acquire(timeout=PATIENCE_S):
        raise NotSet
    try:
        done = subprocess.run(  # noqa: S603 - our own program, in an environment of its own
            command,
            input=sent,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            env={"RAYON_NUM_THREADS": "1"},
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        raise NotSet from None
    finally:
        _turns.release()
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise NotSet
    return done.stdout
