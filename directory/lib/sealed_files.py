"""Files sealed piece by piece (AES-256-GCM in the manner of STREAM): no file ever stands whole in memory.

Each file has a key of its own, used for this one writing: the nonce is the piece's number and whether it is the last.
A piece opens only in its own file, at its own number; a file that was cut off lacks its last piece and does not open.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from directory.lib.sealed import KEY_BYTES, Unreadable

PIECE = 64 * 1024
_TAG = 16
_MARK = b"LWF1"


class Written(NamedTuple):
    """What was written: `size` in bytes and `digest` (SHA-256, hex) are of the plain content."""

    size: int
    digest: str


def new_key() -> bytes:
    """A key for one file."""
    return secrets.token_bytes(KEY_BYTES)


def write(path: Path, key: bytes, place: str, content: Iterable[bytes]) -> Written:
    """Seal `content` into a new file, for this place alone: surely on the disk when this returns, or not there at all.

    `key` must be a new one. Whatever `content` raises goes on to the caller.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            written = _write(file, AESGCM(key), place, content)
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return written


def read(path: Path, key: bytes, place: str) -> Iterator[bytes]:
    """The content in pieces, all of which were looked at before the first is given out. Raises Unreadable, and
    FileNotFoundError at once when there is no such file."""
    file = path.open("rb")
    try:
        for _piece in _pieces(file, AESGCM(key), place):
            pass
    except BaseException:
        file.close()
        raise
    return _given_out(file, AESGCM(key), place)


def found_in(folder: Path) -> Iterator[Path]:
    """All files of a folder that may not be there yet, sealed as they are."""
    yield from folder.iterdir() if folder.is_dir() else ()


def put_back(kept: Path, folder: Path) -> int:
    """Bring sealed files back from a backup; how many were not there. One that is there stays as it is."""
    done = 0
    for path in found_in(kept):
        if not (folder / path.name).exists():
            keep(folder / path.name, path.read_bytes())
            done += 1
    return done


def keep(path: Path, content: bytes) -> None:
    """Write what was sealed already into a new file; surely on the disk when this returns."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _given_out(file: IO[bytes], cipher: AESGCM, place: str) -> Iterator[bytes]:
    with file:
        file.seek(0)
        yield from _pieces(file, cipher, place)


def _write(file: IO[bytes], cipher: AESGCM, place: str, content: Iterable[bytes]) -> Written:
    file.write(_MARK)
    digest, size, number, waiting = hashlib.sha256(), 0, 0, bytearray()
    for part in content:
        digest.update(part)
        size += len(part)
        waiting += part
        while len(waiting) > PIECE:  # a full piece waits too: it may be the last
            file.write(_seal(cipher, place, number, bytes(waiting[:PIECE]), last=False))
            del waiting[:PIECE]
            number += 1
    file.write(_seal(cipher, place, number, bytes(waiting), last=True))
    return Written(size, digest.hexdigest())


def _pieces(file: IO[bytes], cipher: AESGCM, place: str) -> Iterator[bytes]:
    if file.read(len(_MARK)) != _MARK:
        raise Unreadable("This is not something that was sealed here.")
    number, sealed = 0, file.read(PIECE + _TAG)
    while True:
        following = file.read(PIECE + _TAG)
        yield _open(cipher, place, number, sealed, last=not following)
        if not following:
            return
        number, sealed = number + 1, following


def _seal(cipher: AESGCM, place: str, number: int, plain: bytes, *, last: bool) -> bytes:
    return cipher.encrypt(*_bound(place, number, last=last, text=plain))


def _open(cipher: AESGCM, place: str, number: int, sealed: bytes, *, last: bool) -> bytes:
    try:
        return cipher.decrypt(*_bound(place, number, last=last, text=sealed))
    except (InvalidTag, ValueError):
        raise Unreadable("It was sealed for another place or by another key, or it was changed.") from None


def _bound(place: str, number: int, *, last: bool, text: bytes) -> tuple[bytes, bytes, bytes]:
    return number.to_bytes(11) + bytes([last]), text, f"{place}|{number}|{int(last)}".encode()
