"""People who sign in, for web tests: `sign_in(client, databases, Role.MODERATOR)` and the cast by name.

The session is made as the service makes it; only the way through mail and factor is left out, which has its own tests.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlmodel import Session, select

from directory.accounts import sessions, totp
from directory.accounts.models import Factor, Membership, TotpFactor, User
from directory.accounts.permissions import Role, fits
from directory.lib import ids, sealed
from directory.lib.db import Databases, database_now, unit_of_work
from tests.support.forms import Client


@dataclass(frozen=True)
class Somebody:
    """One of the cast: mailbox and the role they usually have."""

    mailbox: str
    name: str
    role: Role


NOOR = Somebody("noor@harbour.example", "Noor", Role.INTAKE)
OLA = Somebody("ola@harbour.example", "Ola", Role.OWNER)
EDDA = Somebody("edda@harbour.example", "Edda", Role.EDITOR)
KIT = Somebody("kit@other.example", "Kit", Role.INTAKE)
RIVERA = Somebody("rivera@example.com", "Dr Rivera", Role.REFERRER)
MO = Somebody("mo@lanternway.example", "Mo", Role.MODERATOR)
ANA = Somebody("ana@lanternway.example", "Ana", Role.MODERATOR)
VERA = Somebody("vera@lanternway.example", "Vera", Role.VERIFIER)
CLEO = Somebody("cleo@lanternway.example", "Cleo", Role.CLINICAL_REVIEWER)
OPAL = Somebody("opal@lanternway.example", "Opal", Role.OPERATOR)

CAST = {
    Role.INTAKE: NOOR,
    Role.OWNER: OLA,
    Role.EDITOR: EDDA,
    Role.REFERRER: RIVERA,
    Role.MODERATOR: MO,
    Role.VERIFIER: VERA,
    Role.CLINICAL_REVIEWER: CLEO,
    Role.OPERATOR: OPAL,
}
"""Who plays a role when nobody is named."""

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret in the authenticator app of everyone made here (base32)."""


@dataclass(frozen=True)
class Person:
    """Somebody signed in by a test."""

    user_id: uuid.UUID
    label: str
    mailbox: str
    token: str


def person(databases: Databases, somebody: Somebody, organization_id: uuid.UUID | None = None) -> User:
    """The account of one of the cast with the usual role and an authenticator app; made at the first call."""
    assert fits(somebody.role, organization_id), f"{somebody.role} and an organization do not go together"
    with unit_of_work(databases) as db:
        now = database_now(db)
        user = db.exec(select(User).where(User.mailbox == somebody.mailbox)).first()
        if user is None:
            reference = ids.new_reference("U")
            user = User(reference=reference, mailbox=somebody.mailbox, name=somebody.name, created_at=now)
            db.add(user)
            db.flush()
            add_app(db, user.id, databases)
        held = select(Membership).where(
            Membership.user_id == user.id,
            Membership.organization_id == organization_id,
            Membership.role == somebody.role.value,
        )
        if db.exec(held).first() is None:
            db.add(
                Membership(
                    user_id=user.id,
                    organization_id=organization_id,
                    role=somebody.role.value,
                    since_at=now,
                    given_by="system:tests",
                )
            )
        return user


def sign_in(
    client: Client,
    databases: Databases,
    role: Role,
    organization_id: uuid.UUID | None = None,
    *,
    somebody: Somebody | None = None,
    factor: Factor = Factor.TOTP,
) -> Person:
    """Sign somebody with `role` in on this client (whoever was signed in there is so no more).

    Roles of a clinic need its `organization_id`. `somebody` names another one of the cast than the usual.
    """
    chosen = somebody or CAST[role]
    user = person(databases, Somebody(chosen.mailbox, chosen.name, role), organization_id)
    with unit_of_work(databases) as db:
        token = sessions.begin(db, user.id, factor=factor, browser="Firefox on Linux")
    sign_out(client)
    put_session(client, token)
    return Person(user.id, user.reference, user.mailbox, token)


def put_session(client: Client, token: str) -> None:
    """Give this client a session's cookie as the service would have set it."""
    client.cookies.set(sessions.COOKIE, token, domain=client.base_url.host, path="/")


def sign_out(client: Client) -> None:
    """Forget the session in this client, as a browser whose cookies were cleared."""
    for cookie in [c for c in client.cookies.jar if c.name == sessions.COOKIE]:
        client.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)


def add_app(db: Session, user_id: uuid.UUID, databases: Databases) -> None:
    """An authenticator app with TOTP_SECRET, confirmed."""
    ring = databases.keys
    assert ring is not None
    now = database_now(db)
    row_id = ids.new_id()
    key = ring.sealing_key(ring.active_id)
    db.add(
        TotpFactor(
            id=row_id,
            user_id=user_id,
            secret_sealed=sealed.seal(key, "totp_factor", row_id, "secret", TOTP_SECRET),
            ring_key_id=ring.active_id,
            name="Authenticator app",
            added_at=now,
            confirmed_at=now,
        )
    )


def code_now(clock_now: dt.datetime, *, steps: int = 0) -> str:
    """What everybody's app shows at that moment, or some steps of 30 seconds later."""
    return totp.code_at(TOTP_SECRET, totp.step_at(clock_now) + steps)
