"""The routes of the whole application, as rules and the access matrix read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from directory.web import routes


@dataclass(frozen=True)
class Way:
    """One method on one path: its guard's name, whether it gets a session, and whether that one can write."""

    method: str
    path: str
    access: str
    guards: tuple[str, ...]
    db: str
    in_thread: bool
    handler: str


def litestar_of(client: TestClient[Litestar]) -> Litestar:
    """The application inside its outer layers."""
    inside: Any = client.app
    while not isinstance(inside, Litestar):
        inside = next(cell.cell_contents for cell in inside.__closure__ if callable(cell.cell_contents))
    return inside


def _session(handler: HTTPRouteHandler) -> str:
    given = handler.resolve_dependencies().get("db")
    if given is None:
        return "none"
    kinds: dict[Any, str] = {routes._reading: "reads", routes._writing: "writes"}
    return kinds.get(given.dependency, "unknown")


def ways(app: Litestar) -> Iterator[Way]:
    """Every method on every path, but for OPTIONS, which Litestar answers by itself."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                yield Way(
                    method=method,
                    path=route.path,
                    access=str(handler.opt.get("access", "")),
                    guards=tuple(getattr(guard, "__name__", "?") for guard in handler.guards or ()),
                    db=_session(handler),
                    in_thread=bool(handler.sync_to_thread),
                    handler=handler.handler_name,
                )
