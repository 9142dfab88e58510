"""Guards for people who are signed in: who they are, and whether a role of theirs grants what a route asks for.

A guard looks the session up in a short read of its own and leaves who it found on the request, for `who`. Nobody else
reads the cookie: a public page touches no session at all.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.handlers import BaseRouteHandler

from directory.accounts import sessions
from directory.accounts.permissions import Permission
from directory.accounts.rules import is_fresh
from directory.accounts.sessions import LinkOver, SignedIn
from directory.lib import clock
from directory.lib.db import reading
from directory.lib.errors import Forbidden
from directory.web.routes import AnyConnection, databases_of
from directory.web.shell import PERSON, cookie_value
from directory.wording.say import _

SAFE = {"GET", "HEAD"}
SIGN_IN_COOKIE = "sign-in"


class SignInNeeded(Forbidden):
    """Nobody is signed in here (any more). `typed` is what a form held that came too late: it is given back."""

    def __init__(self, typed: tuple[tuple[str, str], ...] = (), *, wanted: str = "") -> None:
        super().__init__(_("Sign in to see this."))
        self.typed = typed
        self.wanted = wanted


class ProveAgain(Forbidden):
    """Signed in, but this asks for a factor that was shown within ten minutes (OWASP ASVS 5.0 7.5.1)."""

    def __init__(self, *, wanted: str) -> None:
        super().__init__(_("Show first that it is still you."))
        self.wanted = wanted


async def signed_in(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Somebody who is signed in, whatever their role."""
    await _ask(connection)


async def proved_just_now(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Somebody signed in who showed a factor within ten minutes: for changing what lets one in."""
    found = await _ask(connection)
    if not is_fresh(found.proved_at, clock.now(), sessions.FRESH):
        raise ProveAgain(wanted=_wanted(connection) or "/account")


def asked_for_link(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """The browser that asked for a link to sign in, or opened an invitation; the handler asks how far it has come."""
    if not cookie_value(connection, SIGN_IN_COOKIE):
        raise LinkOver


@cache
def may(permission: Permission) -> Callable[[AnyConnection, BaseRouteHandler], Awaitable[None]]:
    """A guard that lets in whoever has `permission` in any organization or in the house; the handler asks for which."""

    async def guard(connection: AnyConnection, handler: BaseRouteHandler) -> None:
        (await _ask(connection)).require(permission)

    guard.__name__ = f"may_{permission.value}"
    guard.__doc__ = f"Whoever may {permission.value.replace('_', ' ')}."
    return guard


def who(connection: AnyConnection) -> SignedIn:
    """Who the guard of this route let in. Raises KeyError on a route with another guard: that is a mistake of ours."""
    found: SignedIn = connection.scope["state"][PERSON]
    return found


async def _ask(connection: AnyConnection) -> SignedIn:
    found = await sync_to_thread(_look, connection)
    if found is None:
        raise SignInNeeded(await _typed(connection), wanted=_wanted(connection))
    connection.scope["state"][PERSON] = found
    return found


def _look(connection: AnyConnection) -> SignedIn | None:
    token = cookie_value(connection, sessions.COOKIE)
    if not token:
        return None
    databases = databases_of(connection)
    with reading(databases) as db:
        found = sessions.find(db, token)
        due = found is not None and sessions.is_due(db, found.session_id)
    if not due or not sessions.touch(databases, token):
        return found
    with reading(databases) as db:
        return sessions.find(db, token)


async def _typed(connection: AnyConnection) -> tuple[tuple[str, str], ...]:
    # What was typed into a page that outlived its session comes back with the answer; nothing of it is stored.
    if not isinstance(connection, Request) or connection.method in SAFE:
        return ()
    form: Any = await connection.form()
    return tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))


def _wanted(connection: AnyConnection) -> str:
    if isinstance(connection, Request) and connection.method in SAFE:
        query = connection.url.query
        return connection.url.path + (f"?{query}" if query else "")
    return ""
