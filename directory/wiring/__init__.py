"""Who hears which event, which pages there are, and what runs beside them: tables, nothing else."""

from collections.abc import Callable
from typing import Any

from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from sqlmodel import Session

from directory.delivery import pages as mail_pages
from directory.delivery.events import DeliveryDelayed, DeliveryFailed, DeliverySent
from directory.listings.events import ListingChanged
from directory.search import clinic_pages
from directory.settings import Settings
from directory.verification import actions as verification
from directory.web import assets, health, pages
from directory.wiring import loops

HANDLERS: dict[type, tuple[Callable[[Session, Any], None], ...]] = {
    ListingChanged: (verification.recheck,),
    DeliverySent: (),
    DeliveryDelayed: (),
    DeliveryFailed: (),
}
"""Event → who is told, before the commit and in the same session; handlers only write rows."""


def dispatch(db: Session, event: object) -> None:
    """Hand `event` to its handlers. An event nobody hears is a mistake in this table."""
    for handler in HANDLERS[type(event)]:
        handler(db, event)


def routes(settings: Settings) -> list[Any]:
    """Every page and endpoint there is."""
    return [*clinic_pages.ROUTES, *pages.ROUTES, *assets.ROUTES, *health.ROUTES, *mail_pages.ROUTES]


def openapi(settings: Settings) -> OpenAPIConfig | None:
    """What machines are told of the API; None switches Litestar's own public schema pages off."""
    return None


def prepare(state: State, *, search: bool = True) -> None:
    """Put into `state` what the pages ask for; `search=False` for a process that answers no searches."""
    state.readiness = []


def start_loops(state: State) -> list[Any]:
    """Start what runs beside a server process. Each has `stop()`, which waits for what is under way."""
    return start_work(state) if state.settings.worker_inside else []


def start_work(state: State) -> list[Any]:
    """Start what sends and what keeps time."""
    loop = loops.work(state.settings, state.databases, state.templates, state.dispatch)
    loop.start()
    return [loop]
