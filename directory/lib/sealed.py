"""Seals what must not be read in a copied database: AES-256-GCM bound to its place, data keys wrapped by a key ring.

The ring lives outside the database. With its wrapped data key goes all that it sealed; in a backup, once that goes.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlmodel import Session

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = b"\x01"
_BLOCK = 32  # lengths are rounded up to this, so that a sealed code does not tell which code it is by its length
_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


class Unreadable(Exception):
    """What was sealed cannot be opened: another place, another key, or it was changed."""


class KeyDestroyed(Unreadable):
    """The data key was destroyed: its content has been deleted, as somebody asked."""


class RingRefused(Exception):
    """The key ring cannot be used; the message is a sentence for the operator."""


class DataKey(NamedTuple):
    """One fresh data key: `key` seals and is kept nowhere; `wrapped` and `ring_key_id` are stored."""

    key: bytes
    wrapped: bytes
    ring_key_id: str


class KeyRing:
    """The keys that wrap data keys, newest first. The newest wraps; older ones only unwrap, until all is re-wrapped."""

    __slots__ = ("_keys", "_newer")

    def __init__(self, keys: Mapping[str, bytes], *, newer: "Callable[[], KeyRing] | None" = None) -> None:
        """`newer` gives the ring as it is now: asked when something was sealed by a key that came since."""
        if not keys:
            raise RingRefused("The key ring is empty: it needs at least one key.")
        for key_id, key in keys.items():
            if not _ID.fullmatch(key_id):
                raise RingRefused(f"The key ring has an unusable key name: {key_id!r}.")
            if len(key) != KEY_BYTES or len(set(key)) < 8:
                raise RingRefused(f"Key {key_id!r} of the key ring is not {KEY_BYTES} random bytes.")
        if len(set(keys.values())) != len(keys):
            raise RingRefused("The key ring holds the same key twice.")
        self._keys = dict(keys)
        self._newer = newer

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._keys)})"

    def __reduce__(self) -> str:
        raise TypeError("A key ring is not to be written anywhere.")

    @property
    def active_id(self) -> str:
        """The id of the key that wraps and seals from now on."""
        return next(iter(self._keys))

    @property
    def ids(self) -> tuple[str, ...]:
        """All key ids, newest first."""
        return tuple(self._keys)

    def wrapping_key(self, key_id: str) -> bytes:
        """The key that wraps data keys under `key_id`."""
        return derive(self._key(key_id), "wrap")

    def sealing_key(self, key_id: str) -> bytes:
        """A key for small rows that need no data key of their own, such as a queued recipient."""
        return derive(self._key(key_id), "seal")

    def digest_key(self) -> bytes:
        """A key for digests that need not outlive a rotation (throttle buckets); `lib.digests` has the other kind."""
        return derive(self._key(self.active_id), "digest")

    def _key(self, key_id: str) -> bytes:
        if key_id not in self._keys and self._newer is not None:
            found = self._newer()._keys.get(key_id)
            if found is not None:
                return found
        try:
            return self._keys[key_id]
        except KeyError:
            raise Unreadable(f"The key ring has no key {key_id!r}.") from None


def ring_of(db: Session) -> KeyRing:
    """The ring that `app` handed to the databases this session belongs to."""
    ring = db.info.get("keys")
    if not isinstance(ring, KeyRing):
        raise RingRefused("These databases were opened without a key ring: nothing can be sealed or read.")
    return ring


def derive(secret: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose from a secret (HKDF-SHA-256, RFC 5869); purposes tell nothing of each other."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"lanternway|" + purpose.encode()).derive(secret)


def new_data_key(ring: KeyRing) -> DataKey:
    """A fresh key for one thing that may have to be forgotten as a whole, wrapped by the ring's newest key."""
    return wrap(ring, secrets.token_bytes(KEY_BYTES))


def wrap(ring: KeyRing, key: bytes) -> DataKey:
    """A key that is there already, wrapped by the ring's newest key."""
    return DataKey(key, _wrap(ring, key), ring.active_id)


def unwrap(ring: KeyRing, wrapped: bytes | None, ring_key_id: str) -> bytes:
    """The data key itself. Raises KeyDestroyed when nothing is left to unwrap, Unreadable when it does not fit."""
    if not wrapped:
        raise KeyDestroyed("The data key was destroyed.")
    return _open(ring.wrapping_key(ring_key_id), wrapped, f"data-key|{ring_key_id}".encode())


def rewrap(ring: KeyRing, wrapped: bytes, ring_key_id: str) -> tuple[bytes, str]:
    """The same data key under the ring's newest key, and that key's id; nothing it sealed has to be touched."""
    return _wrap(ring, unwrap(ring, wrapped, ring_key_id)), ring.active_id


def seal(key: bytes, table: str, row_id: UUID | str, field: str, value: str) -> bytes:
    """Seals a text for exactly this place; moved to another row, column or table it does not open."""
    plain = value.encode() + b"\x80"
    plain += b"\x00" * (-len(plain) % _BLOCK)
    return _close(key, plain, _place(key, table, row_id, field))


def unseal(key: bytes, table: str, row_id: UUID | str, field: str, sealed: bytes) -> str:
    """The text sealed for this place. Raises Unreadable."""
    plain = _open(key, sealed, _place(key, table, row_id, field))
    return plain[: plain.rindex(b"\x80")].decode()


def key_id(key: bytes) -> str:
    """A short public name of a key: it tells two keys apart and nothing about either."""
    return hmac.new(key, b"lanternway key id", hashlib.sha256).hexdigest()[:16]


def _place(key: bytes, table: str, row_id: UUID | str, field: str) -> bytes:
    row = str(row_id)
    if not (_NAME.fullmatch(table) and _NAME.fullmatch(field) and row) or "|" in row:
        raise ValueError(f"Not a place to seal for: {table!r} {field!r}")
    return f"{table}|{row}|{field}|{key_id(key)}".encode()


def _wrap(ring: KeyRing, key: bytes) -> bytes:
    return _close(ring.wrapping_key(ring.active_id), key, f"data-key|{ring.active_id}".encode())


def _close(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def _open(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    version, nonce, text = sealed[:1], sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if version != _VERSION or len(text) < 16:
        raise Unreadable("This is not something that was sealed here.")
    try:
        return AESGCM(key).decrypt(nonce, text, bound_to)
    except InvalidTag:
        raise Unreadable("It was sealed for another place or by another key, or it was changed.") from None


class RingFile:
    """The ring of a file that may get a new key while the service runs: `ring()` is the ring as the file is now."""

    def __init__(self, path: Path, *, create: bool) -> None:
        """Raises RingRefused when the file cannot be used; later on, a file that cannot is as if it had not changed."""
        self._path = path
        ring = load_ring(path, create=create)
        self._known = (_stamp(path), KeyRing(ring._keys, newer=self.ring))

    def ring(self) -> KeyRing:
        """One look at the file's date; read anew when that changed. Take it once for what belongs together."""
        stamp, ring = self._known
        try:
            now = _stamp(self._path)
            if now == stamp:
                return ring
            ring = KeyRing(load_ring(self._path, create=False)._keys, newer=self.ring)
        except (OSError, RingRefused):
            return ring
        self._known = (now, ring)
        return ring


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_ino


# --- the ring's file: one `id = base64` a line, newest first --------------------------------------------------------


def load_ring(path: Path, *, create: bool) -> KeyRing:
    """The ring kept in `path`. With `create` (development) a missing file is made, mode 0400; otherwise it is refused.

    Two processes that start at once get the same ring: the first one's file stays.
    """
    if create and not path.exists():
        _write_once(path, _print([(_new_id(()), secrets.token_bytes(KEY_BYTES))]))
    try:
        with path.open(encoding="ascii") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read()
    except FileNotFoundError:
        raise RingRefused(f"There is no key ring at {path}: without it nothing can be sealed or read.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RingRefused(f"The key ring at {path} cannot be read ({type(error).__name__}).") from None
    if mode & 0o007:
        raise RingRefused(f"The key ring at {path} can be read by everyone on this machine: chmod 0400 it.")
    return KeyRing(dict(_parse(text, path)))


def rotate_ring(path: Path) -> str:
    """Puts a new key first in the file and returns its id. The older keys stay until all data keys are re-wrapped."""
    old = [(key_id_, key) for key_id_, key in _parse(path.read_text(encoding="ascii"), path)]
    name = _new_id(key_id_ for key_id_, _ in old)
    temporary = _temporary(path, _print([(name, secrets.token_bytes(KEY_BYTES)), *old]))
    temporary.replace(path)
    return name


def retire_key(path: Path, name: str) -> None:
    """Takes an old key out of the file, once a count has shown that nothing is wrapped by it any more."""
    old = list(_parse(path.read_text(encoding="ascii"), path))
    if not old or old[0][0] == name:
        raise RingRefused(f"Key {name!r} is the one in use: rotate first.")
    _temporary(path, _print((each, key) for each, key in old if each != name)).replace(path)


def _new_id(taken: Iterable[str]) -> str:
    numbers = [int(match.group(1)) for name in taken if (match := re.fullmatch(r"k(\d+)-.*", name))]
    return f"k{max(numbers, default=0) + 1}-{secrets.token_hex(3)}"


def _print(keys: Iterable[tuple[str, bytes]]) -> str:
    lines = [f"{name} = {base64.b64encode(key).decode()}" for name, key in keys]
    return (
        "# The key ring, newest key first. Whoever has this file and the database can read all requests.\n"
        + "\n".join(lines)
        + "\n"
    )


def _parse(text: str, path: Path) -> Iterable[tuple[str, bytes]]:
    seen = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, encoded = (part.strip() for part in line.partition("="))
        if name in seen:
            raise RingRefused(f"Line {number} of the key ring at {path} names {name!r} again.")
        seen.add(name)
        try:
            yield name, base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise RingRefused(f"Line {number} of the key ring at {path} is not `id = base64`.") from None


def _temporary(path: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), 0o400)
    return Path(name)


def _write_once(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary(path, text)
    try:
        os.link(temporary, path)  # fails when the file exists: the first process wins, the others read its ring
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
