"""Sessions of people who are signed in: in the database, by digest, 15 minutes idle, 12 hours at most.

OWASP ASVS 5.0 7.2 to 7.4. An id that we did not make opens nothing, and each change of rights makes a new one:
Litestar's own backend takes whatever id a browser brings (session fixation) and writes a row for every reader.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from directory.accounts import permissions
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.models import EmergencyAccess, Factor, Membership, User, WebSession
from directory.accounts.permissions import Held, Permission, Role
from directory.lib import ids
from directory.lib.db import Databases, changed, database_now, unit_of_work
from directory.lib.errors import Forbidden, Gone
from directory.wording.say import _

IDLE = dt.timedelta(minutes=15)
LONGEST = dt.timedelta(hours=12)
SEEN_EVERY = dt.timedelta(minutes=1)
"""How often being seen is written down: no more than one short write a minute and browser."""
FRESH = dt.timedelta(minutes=10)
"""How long a factor that was shown counts as shown just now."""
COOKIE = "session"

_KINDS = (
    (Role.OPERATOR, ActorKind.OPERATOR),
    (Role.MODERATOR, ActorKind.MODERATOR),
    (Role.VERIFIER, ActorKind.VERIFIER),
    (Role.CLINICAL_REVIEWER, ActorKind.REVIEWER),
    (Role.OWNER, ActorKind.CLINIC),
    (Role.EDITOR, ActorKind.CLINIC),
    (Role.INTAKE, ActorKind.CLINIC),
)


class LinkOver(Gone):
    """A mailed link that opens nothing (any more): used, too old, or another browser's."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("This link was used, or its ten minutes are over. Ask for a new one to sign in."))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is acting, and what they may do: read anew for every request, so that a role taken away is gone at once."""

    user_id: uuid.UUID
    session_id: uuid.UUID
    label: str
    """The person's reference (`U-7F3K-92`): what records and audit name."""
    name: str
    """What colleagues call this person; the mailbox until a name is said."""
    mailbox: str
    held: tuple[Held, ...]
    actor: Actor
    strong: bool
    """Opened by a passkey, or a link with a TOTP code. A recovery code is for putting the factors right only."""
    proved_at: dt.datetime
    left_s: int
    """Seconds until this session ends when nothing more is pressed."""
    emergency: bool = False
    """Whether an approved emergency runs for this person: break-glass."""

    def may(self, permission: Permission, organization_id: uuid.UUID | None = None) -> bool:
        """Whether this is allowed: in `organization_id`, or somewhere when none is named."""
        if not self.strong:
            return False
        if permission is Permission.READ_ANY_REQUEST:
            return self.emergency
        return permissions.may(self.held, permission, organization_id)

    def require(self, permission: Permission, *, organization_id: uuid.UUID | None = None) -> None:
        """Raises Forbidden unless it is allowed."""
        if not self.may(permission, organization_id):
            raise Forbidden(_("Your role here does not include that."))

    @property
    def rooms(self) -> tuple[tuple[str, str], ...]:
        """Path and name of the rooms that are open to this person."""
        return tuple((path, label) for permission, path, label in permissions.ROOMS if self.may(permission))

    @property
    def home(self) -> str:
        """Where a sign-in leads when no page was wanted."""
        return self.rooms[0][0] if self.rooms else "/account"

    def organizations(self, permission: Permission) -> tuple[uuid.UUID, ...]:
        """The organizations in which this is allowed."""
        return permissions.organizations(self.held, permission) if self.strong else ()


def begin(db: Session, user_id: uuid.UUID, *, factor: Factor, browser: str = "") -> str:
    """A new session and its token for the cookie."""
    now = database_now(db)
    token = ids.new_token()
    db.add(
        WebSession(
            token_digest=ids.token_digest(token),
            user_id=user_id,
            factor=factor.value,
            begun_at=now,
            proved_at=now,
            last_seen_at=now,
            ends_at=now + LONGEST,
            browser=browser[:60],
        )
    )
    return token


def rotate(db: Session, session_id: uuid.UUID, *, factor: Factor | None = None) -> str:
    """The same session under a new id; the old one opens nothing from then on. `factor` is one just shown."""
    row = db.get_one(WebSession, session_id)
    token = ids.new_token()
    row.token_digest = ids.token_digest(token)
    if factor is not None:
        row.proved_at = database_now(db)
        # A recovery code never weakens a session that was opened by more.
        row.factor = row.factor if factor is Factor.RECOVERY else factor.value
    db.add(row)
    return token


def find(db: Session, token: str) -> SignedIn | None:
    """Whom a cookie's token stands for, while the session lasts."""
    if not token:
        return None
    found = db.exec(
        select(WebSession, User)
        .join(User, col(User.id) == col(WebSession.user_id))
        .where(WebSession.token_digest == ids.token_digest(token))
    ).first()
    if found is None:
        return None
    session, user = found
    now = database_now(db)
    if user.closed_at is not None or not _is_open(session, now):
        return None
    return _signed_in(db, session, user, now)


def touch(databases: Databases, token: str) -> bool:
    """Writes down that a browser was seen, at most once a minute; whether it was written.

    In a short transaction of its own, finished before the request's own opens. What has run out stays so.
    """
    with unit_of_work(databases) as db:
        now = database_now(db)
        seen = update(WebSession).where(
            col(WebSession.token_digest) == ids.token_digest(token),
            col(WebSession.ended_at).is_(None),
            col(WebSession.last_seen_at) <= now - SEEN_EVERY,
            col(WebSession.last_seen_at) > now - IDLE,
            col(WebSession.ends_at) > now,
        )
        return changed(db, seen.values(last_seen_at=now))


def is_due(db: Session, session_id: uuid.UUID) -> bool:
    """Whether being seen would be written down now."""
    row = db.get_one(WebSession, session_id)
    return row.last_seen_at <= database_now(db) - SEEN_EVERY


def end(db: Session, session_id: uuid.UUID) -> None:
    """Signed out in one browser."""
    _end(db, col(WebSession.id) == session_id)


def end_all(db: Session, user_id: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
    """Signed out everywhere, or everywhere `but` in one browser. For every change of rights by somebody else."""
    mine = col(WebSession.user_id) == user_id
    _end(db, mine if but is None else mine & (col(WebSession.id) != but))


def find_open(db: Session, user_id: uuid.UUID) -> list[WebSession]:
    """Where somebody is signed in now, the browser seen last first."""
    now = database_now(db)
    rows = db.exec(
        select(WebSession)
        .where(WebSession.user_id == user_id, col(WebSession.ended_at).is_(None))
        .order_by(col(WebSession.last_seen_at).desc())
    ).all()
    return [row for row in rows if _is_open(row, now)]


def purge(db: Session) -> None:
    """Deletes sessions that were over a day ago."""
    db.execute(delete(WebSession).where(col(WebSession.ends_at) <= database_now(db) - dt.timedelta(days=1)))


def _end(db: Session, which: object) -> None:
    open_ = col(WebSession.ended_at).is_(None)
    db.execute(update(WebSession).where(which, open_).values(ended_at=database_now(db)))  # type: ignore[arg-type]


def _is_open(row: WebSession, now: dt.datetime) -> bool:
    return row.ended_at is None and row.last_seen_at + IDLE > now and row.ends_at > now


def _signed_in(db: Session, session: WebSession, user: User, now: dt.datetime) -> SignedIn:
    rows = db.exec(
        select(Membership).where(Membership.user_id == user.id, col(Membership.ended_at).is_(None)).order_by("since_at")
    ).all()
    held = tuple(Held(Role(row.role), row.organization_id) for row in rows)
    roles = {each.role for each in held}
    kind = next((kind for role, kind in _KINDS if role in roles), ActorKind.CLINICIAN)
    return SignedIn(
        user_id=user.id,
        session_id=session.id,
        label=user.reference,
        name=user.name or user.mailbox,
        mailbox=user.mailbox,
        held=held,
        actor=Actor(kind, user.reference),
        strong=session.factor != Factor.RECOVERY,
        proved_at=session.proved_at,
        left_s=int((min(session.last_seen_at + IDLE, session.ends_at) - now).total_seconds()),
        emergency=Role.OPERATOR in roles and _emergency(db, user.id),
    )


def _emergency(db: Session, user_id: uuid.UUID) -> bool:
    running = select(EmergencyAccess.id).where(
        EmergencyAccess.asked_by_id == user_id,
        col(EmergencyAccess.ended_at).is_(None),
        col(EmergencyAccess.expires_at) > database_now(db),
    )
    return db.exec(running).first() is not None
