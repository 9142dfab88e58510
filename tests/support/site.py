"""The application in this process: settings of its own, a database of its own, and a client that asks it."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.datastructures import State
from litestar.testing import TestClient

from directory import app as application
from directory import settings as settings_module
from directory.lib.languages import ENGLISH
from directory.settings import Settings
from tests.support.databases import TEST_KEY

SECRET = "only-for-tests-0123456789-abcdefghijklmnop"


def share_keys(data_dir: Path) -> None:
    """Give a service that keeps its data there the ring that the `databases` fixture carries."""
    path = data_dir / "keys"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.write_text(f"k1-tests = {base64.b64encode(TEST_KEY).decode()}\n")
        path.chmod(0o400)


@pytest.fixture
def make_settings(tmp_path: Path, keys_file: Path) -> Callable[..., Settings]:
    """`make_settings(mode="production", …)`: settings read as from the environment, data under the test's folder."""

    def make(**given: object) -> Settings:
        named: dict[str, object] = {
            "data_dir": tmp_path / "var",
            "secret": SECRET,
            "keys_file": keys_file,
            **given,
        }
        return settings_module.load({f"DIRECTORY_{name.upper()}": str(value) for name, value in named.items()})

    return make


_OF_THE_ROUTES = (
    "root_route_map_node",
    "route_handler_index",
    "route_mapping",
    "_mount_paths_regex",
    "_mount_routes",
    "_plain_routes",
    "_registered_routes",
)
"""What Litestar's router learns of its routes when they are registered."""
_registered: dict[tuple[Any, ...], Litestar] = {}


def with_kept_routes(*, route_handlers: list[Any], state: State, lifespan: list[Any], **options: Any) -> Litestar:
    """What `Litestar(…)` gives, on the routes of the first application that had the same ones and the same options.

    Registering 260 routes takes half a second. All else is made anew: a registered route knows no state, a request
    finds it through the application that it came to. That the service registers its routes by itself is shown by every
    one that a browser or contract test starts.
    """
    flat = {name: tuple(value.items()) if isinstance(value, dict) else value for name, value in options.items()}
    key = (*route_handlers, *flat.items())
    if key not in _registered:
        _registered[key] = Litestar(route_handlers=route_handlers, state=State(), **options)
    kept = _registered[key]
    app = Litestar(route_handlers=[], state=state, lifespan=lifespan, **options)
    app.routes = kept.routes
    for name in _OF_THE_ROUTES:
        setattr(app.asgi_router, name, getattr(kept.asgi_router, name))
    return app


def _from(peer: str, app: Any) -> Any:
    """The application as it is reached from this address."""

    async def reached(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "client": (peer, 40000)} if scope["type"] == "http" else scope, receive, send)

    return reached


@pytest.fixture
def make_client(make_settings: Callable[..., Settings]) -> Iterator[Callable[..., TestClient[Litestar]]]:
    """`make_client(database_url=…, **settings)`: a client of the whole application, headers and origin check included.

    Follows no redirect. Its loops (index, outbox) stand still unless `loops=True`. `peer` is the address it comes from,
    `native` the language it speaks.
    """
    clients: list[TestClient[Litestar]] = []

    def make(*, loops: bool = False, peer: str = "", native: str = ENGLISH, **given: object) -> TestClient[Litestar]:
        settings = make_settings(**{"base_url": "http://lanternway.example", **given})
        share_keys(settings.data_dir)
        whole: Any = application.create(settings, loops=loops, native=native, build=with_kept_routes)
        client: TestClient[Litestar] = TestClient(_from(peer, whole) if peer else whole, base_url=settings.base_url)
        client.follow_redirects = False
        clients.append(client)
        return client.__enter__()

    yield make
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(make_client: Callable[..., TestClient[Litestar]], database_url: str) -> TestClient[Litestar]:
    """A client of the application on an empty database; runs on both."""
    return make_client(database_url=database_url)


@pytest.fixture
def demo_client(make_client: Callable[..., TestClient[Litestar]], demo_database_url: str) -> TestClient[Litestar]:
    """A client of the application on a database of its own with invented clinics; runs on both."""
    return make_client(database_url=demo_database_url, demo="yes")
