"""Files that strangers send: known by their own first bytes, judged and drawn anew by a program with little memory."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from directory.lib import examiner

TIMEOUT_S = 10
AT_ONCE = 2
"""Programs that examine beside one another, for each process of ours."""
PATIENCE_S = 20
PIECE = 64 * 1024
_turns = threading.BoundedSemaphore(AT_ONCE)


class Unfit(Exception):
    """It may not be kept. `why` is one of: kind, too_heavy, too_big, active, locked, too_long, busy, unreadable."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is by its first bytes."""

    begins: bytes
    media_type: str
    ending: str

    @property
    def is_image(self) -> bool:
        """Whether it is drawn anew."""
        return self.media_type.startswith("image/")


KINDS = (
    Kind(b"%PDF-", "application/pdf", "pdf"),
    Kind(b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    Kind(b"\xff\xd8\xff", "image/jpeg", "jpg"),
)
ENDINGS = {kind.media_type: kind.ending for kind in KINDS}


def kind_of(file: IO[bytes]) -> Kind:
    """What a file is; its name and its sender are not asked. Raises Unfit."""
    file.seek(0)
    first = file.read(8)
    file.seek(0)
    found = next((kind for kind in KINDS if first.startswith(kind.begins)), None)
    if found is None:
        raise Unfit("kind")
    return found


def examine(file: IO[bytes], mode: str, *, largest: int) -> Iterator[bytes]:
    """What is to be kept of a file on disk, piece by piece: nothing is settled before the last. Raises Unfit.

    `mode` is one of the examiner's; `pdf` yields nothing. `largest` is in bytes.
    """
    if not _turns.acquire(timeout=PATIENCE_S):
        raise Unfit("busy")
    try:
        yield from _examine(file, mode, largest)
    finally:
        _turns.release()


def _examine(file: IO[bytes], mode: str, largest: int) -> Iterator[bytes]:
    file.flush()
    os.lseek(file.fileno(), 0, os.SEEK_SET)  # where the program begins; our own buffer may stand elsewhere
    command = [sys.executable, "-I", examiner.__file__, mode, str(largest)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=file, stdout=pipe, stderr=pipe, env={}, cwd="/") as program:  # noqa: S603
        late = threading.Event()
        watch = threading.Timer(TIMEOUT_S, _end, (program, late))
        watch.start()
        try:
            assert program.stdout is not None
            assert program.stderr is not None
            while piece := program.stdout.read(PIECE):
                yield piece
            why = program.stderr.read(40).decode("ascii", "replace")
            code = program.wait()
        finally:
            watch.cancel()
            program.kill()
    if late.is_set():
        raise Unfit("too_long")
    if code != 0:
        raise Unfit(why if code == 3 else "unreadable")


def _end(program: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    program.kill()
