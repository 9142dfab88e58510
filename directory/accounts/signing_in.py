"""Signing in by a mailed link and a factor: asked for, opened by a button in the same browser, finished by a factor.

Nothing here opens a session without a factor. What is answered never tells whether an account exists, and the same
work is done either way (OWASP ASVS 5.0 6.3.8). Links live ten minutes and open once (6.5.1, 6.5.5).
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from directory.accounts import audit, factors, links, messages, passkeys, sessions
from directory.accounts.models import Factor, SignInLink, User
from directory.accounts.queries import find_user
from directory.accounts.sessions import LinkOver
from directory.lib import ids, throttle
from directory.lib.db import Databases, changed, database_now, unit_of_work
from directory.wording.say import _

LIFE = dt.timedelta(minutes=10)
TRIES = 5
HOUR = dt.timedelta(hours=1)
PER_MAILBOX = 5
PER_NETWORK = 20
PER_PERSON = 15
"""Codes of one person that may be tried in an hour, over all links."""
PASSKEYS_PER_NETWORK = 60
COOKIE = "sign-in"
LINK = "sign-in"
"""The purpose of the links; `links.read` asks for it."""

_NOBODY = "nobody@example.org"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A browser whose link was opened: whose account it is, and whether a factor is asked for or a first one made."""

    link_id: uuid.UUID
    user: User
    has_factor: bool
    goes_to: str
    invitation_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Entered:
    """A session was opened: its token for the cookie, the page that was wanted, and where it leads without one."""

    token: str
    goes_to: str
    home: str
    factor: Factor


@dataclass(frozen=True, slots=True)
class Wrong:
    """Not the code; so many tries are left."""

    tries_left: int


def ask(databases: Databases, *, mailbox: str, network: str, goes_to: str = "") -> str:
    """Mails a link when somebody has this mailbox (already normal); the token that the browser gets as a cookie.

    Raises TooMany above 5 an hour for one mailbox or 20 for one network, whether or not there is an account.
    Runs in transactions of its own: call it before the request's opens.
    """
    throttle.allow(databases, "sign-in-network", network, limit=PER_NETWORK, window=HOUR).or_refuse(
        _("Too many links were asked for from your network. Please wait before you ask again.")
    )
    throttle.allow(databases, "sign-in-mailbox", mailbox, limit=PER_MAILBOX, window=HOUR).or_refuse(
        _("A link was asked for five times in an hour. Look through your mail, or ask again later.")
    )
    token = ids.new_token()
    with unit_of_work(databases) as db:
        user = find_user(db, mailbox)
        now = database_now(db)
        row = SignInLink(
            user_id=user.id if user else None,
            browser_digest=ids.token_digest(token),
            asked_at=now,
            expires_at=now + LIFE,
            goes_to=goes_to,
        )
        db.add(row)
        messages.sign_in_link(db, row, user.mailbox if user else _NOBODY)
    return token


def look(db: Session, secret: str, token: str, *, browser: str, today: dt.date) -> uuid.UUID:
    """The link that a mail's token names, if it can be opened in this browser. Changes nothing.

    Raises NotFound for a link we did not make, Gone when it was opened, is too old, or belongs to another browser.
    """
    row = db.get(SignInLink, links.read(secret, LINK, token, today))
    if row is None or row.opened_at is not None or row.expires_at <= database_now(db):
        raise LinkOver
    if row.browser_digest != ids.token_digest(browser):
        raise LinkOver(_("Open this link in the browser in which you asked for it. It opens nothing anywhere else."))
    return row.id


def open_link(db: Session, link_id: uuid.UUID, *, browser: str) -> str:
    """The button behind the link was pressed: this browser may now show a factor. Returns its new token.

    The token is a new one, so that whoever planted the old one in this browser has nothing.
    """
    now = database_now(db)
    token = ids.new_token()
    mine = update(SignInLink).where(
        col(SignInLink.id) == link_id,
        col(SignInLink.browser_digest) == ids.token_digest(browser),
        col(SignInLink.opened_at).is_(None),
        col(SignInLink.expires_at) > now,
    )
    values = {"opened_at": now, "expires_at": now + LIFE, "browser_digest": ids.token_digest(token)}
    if not changed(db, mine.values(values)):
        raise LinkOver
    return token


def open_for(db: Session, user_id: uuid.UUID, *, invitation_id: uuid.UUID | None, goes_to: str) -> str:
    """As if a link had been opened, for whoever holds an invitation's; the browser's token."""
    now = database_now(db)
    token = ids.new_token()
    row = SignInLink(
        user_id=user_id,
        invitation_id=invitation_id,
        browser_digest=ids.token_digest(token),
        asked_at=now,
        opened_at=now,
        expires_at=now + LIFE,
        goes_to=goes_to,
    )
    db.add(row)
    return token


def waiting(db: Session, browser: str) -> Waiting:
    """Whose factor this browser may show. Raises Gone when it may not (any more)."""
    row = db.exec(select(SignInLink).where(SignInLink.browser_digest == ids.token_digest(browser))).first()
    user = db.get(User, row.user_id) if row is not None and row.user_id is not None else None
    if (
        row is None
        or user is None
        or row.opened_at is None
        or row.finished_at is not None
        or row.expires_at <= database_now(db)
        or row.tries >= TRIES
        or user.closed_at is not None
    ):
        raise LinkOver
    return Waiting(row.id, user, factors.has_any(db, user.id), row.goes_to, row.invitation_id)


def check_code(databases: Databases, *, browser: str, typed: str, recovery: bool, agent: str) -> Entered | Wrong:
    """Judges the code of an app, or a recovery code. A try counts whatever becomes of the request.

    Raises Gone when nothing can be tried any more, TooMany above 15 an hour for one person. Transactions of its own.
    """
    with unit_of_work(databases) as db:
        at = waiting(db, browser)
        if at.invitation_id is not None:
            raise LinkOver  # an invitation is older than ten minutes: it leads to a first factor and to nothing else
        user_id = at.user.id
    count_code(databases, user_id)
    with unit_of_work(databases) as db:
        left = _count_a_try(db, browser)
        at = waiting_again(db, browser)
        right = factors.check_code(db, user_id, typed) if recovery else factors.check_app(db, user_id, typed)
        if not right:
            return Wrong(left)
        factor = Factor.RECOVERY if recovery else Factor.TOTP
        if recovery:
            messages.factor_changed(db, at.user, "used")
        return finish(db, at, factor=factor, agent=agent)


def count_code(databases: Databases, user_id: uuid.UUID) -> None:
    """Raises TooMany above 15 codes an hour for one person, over all links and browsers."""
    throttle.allow(databases, "factor-person", str(user_id), limit=PER_PERSON, window=HOUR).or_refuse(
        _("Too many codes were tried for this account. Please wait an hour, or use a passkey.")
    )


def waiting_again(db: Session, browser: str) -> Waiting:
    """The same, in the transaction in which the last try was just counted."""
    row = db.exec(select(SignInLink).where(SignInLink.browser_digest == ids.token_digest(browser))).one()
    user = db.get_one(User, row.user_id)
    return Waiting(row.id, user, factors.has_any(db, user.id), row.goes_to, row.invitation_id)


def finish(db: Session, at: Waiting, *, factor: Factor, agent: str) -> Entered:
    """A factor was shown (or a first one made): the link is used up and a session begins."""
    now = database_now(db)
    mine = update(SignInLink).where(col(SignInLink.id) == at.link_id, col(SignInLink.finished_at).is_(None))
    if not changed(db, mine.values(finished_at=now)):
        raise LinkOver
    return enter(db, at.user, factor=factor, agent=agent, goes_to=at.goes_to)


def enter(db: Session, user: User, *, factor: Factor, agent: str, goes_to: str = "") -> Entered:
    """A session for somebody whose factor was shown just now."""
    token = sessions.begin(db, user.id, factor=factor, browser=agent)
    signed_in = sessions.find(db, token)
    assert signed_in is not None
    audit.append(
        db,
        signed_in.actor,
        "signed_in",
        subject_type="user",
        subject_id=user.id,
        detail={"factor": factor.value},
    )
    return Entered(token, goes_to if signed_in.strong else "", signed_in.home, factor)


def check_passkey(
    db: Session, at: passkeys.House, *, browser: str, answer: str, agent: str, goes_to: str
) -> Entered | None:
    """A session for whoever's passkey answered this browser's challenge; None when none did."""
    user = passkeys.check(db, at, browser=browser, answer=answer)
    return enter(db, user, factor=Factor.PASSKEY, agent=agent, goes_to=goes_to) if user else None


def purge(db: Session) -> None:
    """Deletes links that ended more than a day ago."""
    db.execute(delete(SignInLink).where(col(SignInLink.expires_at) <= database_now(db) - dt.timedelta(days=1)))


def _count_a_try(db: Session, browser: str) -> int:
    mine = update(SignInLink).where(
        col(SignInLink.browser_digest) == ids.token_digest(browser),
        col(SignInLink.opened_at).is_not(None),
        col(SignInLink.finished_at).is_(None),
        col(SignInLink.tries) < TRIES,
        col(SignInLink.expires_at) > database_now(db),
    )
    if not changed(db, mine.values(tries=col(SignInLink.tries) + 1)):
        raise LinkOver
    row = db.exec(select(SignInLink).where(SignInLink.browser_digest == ids.token_digest(browser))).one()
    db.refresh(row)
    return TRIES - row.tries
