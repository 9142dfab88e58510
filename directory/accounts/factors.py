"""The factors of a person: authenticator apps, recovery codes, and the rules for adding and taking away."""

import base64
import datetime as dt
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from directory.accounts import audit, messages, rules, totp
from directory.accounts.actor import Actor
from directory.accounts.models import Passkey, RecoveryCode, TotpFactor, User
from directory.lib import ids, sealed
from directory.lib.db import changed, database_now
from directory.lib.errors import Conflict, NotFound, Refused
from directory.wording.say import _

CODES = 10
_ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
_GROUPS = (4, 4, 4)
MOST = 10
"""Passkeys and apps of one person, each: enough for every device, too few to fill a table."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One factor as its owner sees it. kind: passkey or app."""

    id: uuid.UUID
    kind: str
    name: str
    added_at: dt.datetime
    used_at: dt.datetime | None


def find(db: Session, user_id: uuid.UUID) -> list[Listed]:
    """Passkeys and apps that open the account, the oldest first."""
    passkeys = db.exec(select(Passkey).where(Passkey.user_id == user_id)).all()
    apps = db.exec(select(TotpFactor).where(TotpFactor.user_id == user_id, col(TotpFactor.confirmed_at).is_not(None)))
    found = [Listed(row.id, "passkey", row.name, row.added_at, row.used_at) for row in passkeys]
    found += [Listed(row.id, "app", row.name, row.added_at, row.used_at) for row in apps.all()]
    return sorted(found, key=lambda each: each.added_at)


def has_any(db: Session, user_id: uuid.UUID) -> bool:
    """Whether somebody has a passkey or an app: from then on no link alone leads to enrolment."""
    return bool(find(db, user_id))


def codes_left(db: Session, user_id: uuid.UUID) -> int:
    """How many recovery codes are unused."""
    unused = select(func.count()).where(RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None))
    return int(db.exec(unused).one())


# --- authenticator apps ---------------------------------------------------------------------------------------------


def begin_app(db: Session, user_id: uuid.UUID) -> TotpFactor:
    """A new secret, waiting for its first code. What was begun before and never finished is forgotten."""
    db.execute(delete(TotpFactor).where(col(TotpFactor.user_id) == user_id, col(TotpFactor.confirmed_at).is_(None)))
    _room(db, user_id)
    ring = sealed.ring_of(db)
    row_id = ids.new_id()
    row = TotpFactor(
        id=row_id,
        user_id=user_id,
        secret_sealed=_seal(ring, row_id, totp.new_secret()),
        ring_key_id=ring.active_id,
        name=_("Authenticator app"),
        added_at=database_now(db),
    )
    db.add(row)
    return row


def waiting_app(db: Session, user_id: uuid.UUID) -> TotpFactor:
    """The app that waits for its first code. Raises Conflict when none does."""
    waiting = select(TotpFactor).where(TotpFactor.user_id == user_id, col(TotpFactor.confirmed_at).is_(None))
    row = db.exec(waiting).first()
    if row is None:
        raise Conflict(_("No app waits to be set up. Begin again."))
    return row


def secret_of(db: Session, row: TotpFactor) -> str:
    """The secret of an app, to be shown once while it is set up."""
    key = sealed.ring_of(db).sealing_key(row.ring_key_id)
    return sealed.unseal(key, "totp_factor", row.id, "secret", row.secret_sealed)


def confirm_app(db: Session, user: User, typed: str) -> bool:
    """Whether the app's first code is right; then it is a factor, and this code is used up."""
    row = waiting_app(db, user.id)
    step = totp.matching_step(secret_of(db, row), typed, database_now(db), after=row.last_step)
    if step is None:
        return False
    row.confirmed_at, row.last_step = database_now(db), step
    db.add(row)
    return True


def check_app(db: Session, user_id: uuid.UUID, typed: str) -> bool:
    """Whether one of somebody's apps shows this code now and it was not used before. Each time step opens once."""
    apps = select(TotpFactor).where(TotpFactor.user_id == user_id, col(TotpFactor.confirmed_at).is_not(None))
    now = database_now(db)
    for row in db.exec(apps).all():
        step = totp.matching_step(secret_of(db, row), typed, now, after=row.last_step)
        if step is not None:
            # Conditional, because two requests may bring the same code at once: the second one changes no row.
            newer = update(TotpFactor).where(col(TotpFactor.id) == row.id, col(TotpFactor.last_step) < step)
            if changed(db, newer.values(last_step=step, used_at=now)):
                return True
    return False


def reseal(db: Session) -> int:
    """Seals the apps' secrets again under the ring's newest key; how many were left under an older one."""
    ring = sealed.ring_of(db)
    rows = db.exec(select(TotpFactor).where(TotpFactor.ring_key_id != ring.active_id).limit(1000)).all()
    for row in rows:
        row.secret_sealed = _seal(ring, row.id, secret_of(db, row))
        row.ring_key_id = ring.active_id
        db.add(row)
    return len(rows)


# --- recovery codes -------------------------------------------------------------------------------------------------


def renew_codes(db: Session, user_id: uuid.UUID) -> list[str]:
    """Ten new codes, to be shown once; the old ones end."""
    db.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    salt, now = secrets.token_bytes(16), database_now(db)
    codes = [_new_code() for _each in range(CODES)]
    for code in codes:
        db.add(RecoveryCode(user_id=user_id, salt=salt, digest=_digest(code, salt), made_at=now))
    return codes


def check_code(db: Session, user_id: uuid.UUID, typed: str) -> bool:
    """Whether this is an unused recovery code of somebody; it is used up by this."""
    rows = db.exec(select(RecoveryCode).where(RecoveryCode.user_id == user_id)).all()
    if not rows:
        return False
    digest = _digest(typed, rows[0].salt)
    for row in rows:
        if hmac.compare_digest(row.digest, digest):
            mine = update(RecoveryCode).where(col(RecoveryCode.id) == row.id, col(RecoveryCode.used_at).is_(None))
            return changed(db, mine.values(used_at=database_now(db)))
    return False


def renew(db: Session, user: User, *, by: Actor) -> list[str]:
    """Ten new codes because their owner wants them; told and recorded."""
    codes = renew_codes(db, user.id)
    messages.factor_changed(db, user, "renewed")
    audit.append(db, by, "codes_renewed", subject_type="user", subject_id=user.id)
    return codes


# --- what is done with factors --------------------------------------------------------------------------------------


def added(db: Session, user: User, kind: str, *, by: Actor, name: str = "") -> list[str]:
    """Tells and records that a factor was added. The first one brings recovery codes: they are returned, once."""
    first = codes_left(db, user.id) == 0
    codes = renew_codes(db, user.id) if first else []
    messages.factor_changed(db, user, "added")
    audit.append(
        db, by, "factor_added", subject_type="user", subject_id=user.id, detail={"kind": kind, "codes": bool(codes)}
    )
    return codes


def rename(db: Session, user_id: uuid.UUID, kind: str, factor_id: uuid.UUID, name: str) -> None:
    """Another name for an own factor. Raises NotFound, and Refused for an empty name."""
    if not name.strip():
        raise Refused(_("Enter a name."))
    row = _own(db, user_id, kind, factor_id)
    row.name = name.strip()[:60]
    db.add(row)


def remove(db: Session, user: User, kind: str, factor_id: uuid.UUID, *, by: Actor) -> None:
    """Takes an own factor away. Raises NotFound, and Conflict for the last one."""
    # The person's row is the lock: two browsers that remove one factor each must not leave none.
    db.exec(select(User).where(User.id == user.id).with_for_update()).one()
    row = _own(db, user.id, kind, factor_id)
    if why := rules.why_not_remove(len(find(db, user.id))):
        raise Conflict(why)
    db.delete(row)
    messages.factor_changed(db, user, "removed")
    audit.append(db, by, "factor_removed", subject_type="user", subject_id=user.id, detail={"kind": kind})


def forget_all(db: Session, user_id: uuid.UUID) -> None:
    """Takes every factor and code of somebody away, for enrolling anew."""
    for table in (Passkey, TotpFactor, RecoveryCode):
        db.execute(delete(table).where(col(table.user_id) == user_id))


def room_for_passkey(db: Session, user_id: uuid.UUID) -> None:
    """Raises Conflict when there are as many factors as one person may have."""
    _room(db, user_id)


def _room(db: Session, user_id: uuid.UUID) -> None:
    if len(find(db, user_id)) >= 2 * MOST:
        raise Conflict(_("There are as many ways to sign in as one person may have. Remove one first."))


def _own(db: Session, user_id: uuid.UUID, kind: str, factor_id: uuid.UUID) -> Passkey | TotpFactor:
    row: Passkey | TotpFactor | None = None
    if kind == "passkey":
        row = db.get(Passkey, factor_id)
    elif kind == "app":
        row = db.get(TotpFactor, factor_id)
    if row is None or row.user_id != user_id:
        raise NotFound(_("There is no such way to sign in on your account."))
    return row


def _seal(ring: sealed.KeyRing, row_id: uuid.UUID, secret: str) -> bytes:
    return sealed.seal(ring.sealing_key(ring.active_id), "totp_factor", row_id, "secret", secret)


def _new_code() -> str:
    """57 random bits that can be copied by hand: no vowels, nothing that looks like something else."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _each in range(size)) for size in _GROUPS)


def _digest(code: str, salt: bytes) -> str:
    plain = "".join(c for c in code.casefold() if c.isalnum())[:40].encode()
    return base64.b16encode(hashlib.scrypt(plain, salt=salt, n=2**14, r=8, p=1, dklen=32)).decode()
