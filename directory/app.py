"""The application: routes, templates, databases, index and loops put together."""

import gc
import logging
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ASGIApp

from directory import settings as settings_module
from directory import wiring
from directory.lib.languages import ENGLISH
from directory.lib.opening import open_databases
from directory.settings import Settings
from directory.web import errors, templates
from directory.web.compression import with_compression
from directory.web.edge import with_head
from directory.web.headers import with_headers
from directory.web.languages import with_languages
from directory.web.origin import only_from_here

LARGEST_BODY = 200_000
"""Bytes of a form; the longest page of ours needs a few thousand."""


def from_environment() -> ASGIApp:
    """The application for a server process (`directory serve` starts it so)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = settings_module.with_development_secret(settings_module.load(os.environ))
    app = create(settings)
    # What is loaded by now stays for good: looking through it again and again shows in the slowest pages.
    gc.collect()
    gc.freeze()
    return app


def create(
    settings: Settings, *, loops: bool = True, native: str = ENGLISH, build: Callable[..., Litestar] = Litestar
) -> ASGIApp:
    """The whole application for `settings`, as ASGI. With `loops`, it keeps its index fresh and sends mail itself.

    `native` is spoken where the address names no language: English, but for tests with a language made for them.
    `build` puts Litestar together; tests, which make one application after the other, register the routes once.
    """
    app = litestar(settings, loops=loops, build=build)
    refused = errors.elsewhere(app.state.templates)
    guarded = only_from_here(app, base_url=settings.base_url, refused=refused)
    spoken = with_languages(guarded, native=native)
    return with_head(with_compression(with_headers(spoken, https=settings.is_https)))


def litestar(settings: Settings, *, loops: bool = True, build: Callable[..., Litestar] = Litestar) -> Litestar:
    """The Litestar application inside, without the outer layers."""
    environment = templates.environment(settings)
    databases = open_databases(settings)
    state = State({"settings": settings, "templates": environment, "databases": databases, "dispatch": wiring.dispatch})
    state.error_pages = errors.kept_pages(environment)
    wiring.prepare(state)

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncGenerator[None, None]:
        running_loops = wiring.start_loops(state) if loops else []
        try:
            yield
        finally:
            for loop in running_loops:
                loop.stop()
            databases.close()

    options: dict[str, Any] = {"openapi_config": wiring.openapi(settings)}
    return build(
        route_handlers=wiring.routes(settings),
        state=state,
        lifespan=[running],
        exception_handlers=errors.handlers() | wiring.error_handlers(),
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
        debug=False,
        **options,
    )
