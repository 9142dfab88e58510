"""The three kinds of route: one that reads, one that writes, and one quick enough for the event loop.

A sync handler that touches a database must run in a thread, or it stops every other request; a search touches none.
Every route says who may come (`guard`); `tests/web/test_access.py` reads it from `opt["access"]`.
"""

from collections.abc import Awaitable, Callable, Generator
from typing import Annotated, Any, TypeAlias, TypeVar

from litestar import HttpMethod, Litestar, Request, get, params
from litestar.connection import ASGIConnection
from litestar.datastructures import FormMultiDict, State
from litestar.di import NamedDependency, Provide
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.response import Response
from litestar.utils.sync import AsyncCallable
from sqlmodel import Session

from directory.lib.db import Databases, reading, unit_of_work

Db = NamedDependency[Session]
"""The session of the request: read-only in `reads`, one transaction in `writes`."""

PartT = TypeVar("PartT")
FromPath: TypeAlias = Annotated[PartT, params.PathParameter()]
"""A part of the path: `slug: FromPath[str]` (a bare `slug: str` is deprecated, and a warning is an error)."""

Submitted = NamedDependency[FormMultiDict]
"""What was typed, of a `writes` route."""

Page = Response[bytes]
AnyRequest = Request[Any, Any, State]
AnyConnection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[AnyConnection, BaseRouteHandler], Awaitable[None] | None]
Decorator = Callable[[Callable[..., Any]], HTTPRouteHandler]


def anyone(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Guard of public pages: nobody is asked who they are, so nothing runs (`guarded`)."""


def guarded(guard: Guard) -> dict[str, Any]:
    """Options of a route that `guard` watches. A public route carries none: for each guard of each request Litestar
    2.25 copies the handler and changes the thread, which costs a page of results a third of its time."""
    return {"guards": [] if guard is anyone else [guard], "opt": {"access": guard.__name__}}


def databases_of(connection: AnyConnection) -> Databases:
    """The databases that `app` opened, for the few writes that stand outside the request's transaction."""
    databases: Databases = connection.app.state.databases
    return databases


def _reading(state: State) -> Generator[Session, None, None]:
    with reading(state.databases) as db:
        yield db


def _writing(state: State) -> Generator[Session, None, None]:
    # Commits after the handler and before the first byte is sent: a failed commit is an error page, never a "sent".
    with unit_of_work(state.databases, state.dispatch) as db:
        yield db


async def _form(request: AnyRequest) -> FormMultiDict:
    # Read whole before the writer connects (it does so at the first statement), so that a slow sender holds no lock.
    return await request.form()


class _InThread(HTTPRouteHandler):
    """A handler that runs in a thread.

    Litestar 2.25 registers a handler anew when a second method joins its path, and wraps it in a thread once more each
    time; the page would be a coroutine that nobody awaits. So it is unwrapped first.
    """

    def on_registration(self, app: Litestar) -> None:
        if isinstance(self.fn, AsyncCallable):
            self._fn = self.fn.func  # type: ignore[assignment]
        super().on_registration(app)


def reads(path: str | list[str], *, guard: Guard, **more: Any) -> Decorator:
    """A GET that reads the database: `db` cannot write."""
    return _InThread(
        path,
        http_method=HttpMethod.GET,
        **guarded(guard),
        dependencies={"db": Provide(_reading)},
        sync_to_thread=True,
        include_in_schema=False,
        **more,
    )


def writes(path: str | list[str], *, guard: Guard, status_code: int = 200, **more: Any) -> Decorator:
    """A POST in one transaction; `form` holds what was typed."""
    return _InThread(
        path,
        http_method=HttpMethod.POST,
        **guarded(guard),
        dependencies={"db": Provide(_writing), "form": Provide(_form)},
        sync_to_thread=True,
        include_in_schema=False,
        status_code=status_code,
        **more,
    )


def quick(path: str | list[str], *, guard: Guard, **more: Any) -> Decorator:
    """A GET answered on the event loop: no database, no network, nothing slow."""
    options = {"sync_to_thread": False, "include_in_schema": False} | more
    return get(path, **guarded(guard), **options)
