"""Every route says who may come and cannot write when it only reads; every event is heard by somebody."""

import ast
import dataclasses
import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import get_type_hints

import pytest
from litestar import Litestar

from directory import app as application
from directory import wiring
from directory.lib.tables import Table
from directory.settings import Settings
from directory.web.routes import AnyRequest, Db, Page, Submitted, anyone, quick, writes
from tests.house.source import modules
from tests.support.routes import Way, ways

PUBLIC = (
    "/",
    "/search",
    "/search/here",
    "/unmet-need",
    "/unmet-need.csv",
    "/tell-me",
    "/tell-me/sent",
    "/tell-me/{token",
    "/clinics/{slug",
    "/compare",
    "/compare/questions",
    "/ask/help",
    "/ask/under-18",
    "/refer/emergency",
    "/refer/under-18",
    "/requests",
    "/requests/closed",
    "/requests/done",
    "/answer/{token",
    "/sign-in",
    "/sign-in/sent",
    "/sign-in/lost",
    "/sign-in/open/",
    "/sign-in/passkey",
    "/sign-in/passkey/challenge",
    "/sign-out",
    "/invitation/",
    "/mailbox-change/",
    "/decisions/",
    "/accuracy",
    "/accessibility",
    "/contact",
    "/robots.txt",
    "/.well-known/security.txt",
    "/sitemap.xml",
    "/sitemaps/",
    "/channel-test/{token",
    "/learn",
    "/learn/{slug",
    "/confirm/{token",
    "/privacy/",
    "/about/",
    "/crisis",
    "/patterns",
    "/claim/{slug",
    "/objections/{token",
    "/invited/{token",
    "/healthz",
    "/readyz",
    "/assets/",
    "/tiles/",
    "/api/v1/",
    "/api/docs",
    "/dev/mail",
)
"""Where nobody is asked who they are: a path, or how one begins where it ends in a slash or a parameter."""


def is_public(path: str) -> bool:
    """Whether the short list has this path."""
    opening = tuple(known for known in PUBLIC if known != "/" and (known.endswith("/") or "{" in known))
    return path in PUBLIC or path.startswith(opening) or path.startswith("/patterns/")


def complaints(way: Way) -> list[str]:
    """What is wrong with one method on one path."""
    found = []
    guards = way.guards or (("anyone",) if way.access == "anyone" else ())  # a public route says so, and runs none
    if not guards or not way.access:
        found.append("says nobody who may come")
    elif way.access != guards[0]:
        found.append("tells another guard than it has")
    if way.access == "anyone" and not is_public(way.path):
        found.append("is open to anyone and not on the public list")
    if way.method == "GET" and way.db == "writes":
        found.append("reads with a session that can write")
    if way.db == "unknown":
        found.append("gets its session from somewhere else")
    if way.db != "none" and not way.in_thread:
        found.append("asks the database on the event loop")
    return found


@pytest.fixture
def app(make_settings: Callable[..., Settings]) -> Litestar:
    return application.litestar(make_settings(), loops=False)


def test_every_route_has_a_guard_and_the_right_session(app: Litestar) -> None:
    found = {f"{way.method} {way.path}": told for way in ways(app) if (told := complaints(way))}
    assert found == {}


def test_there_are_routes_to_look_at(app: Litestar) -> None:
    seen = {way.path: way for way in ways(app)}
    assert seen["/readyz"].db == "reads"
    assert seen["/healthz"].access == "anyone"


def staff(connection: object, handler: object) -> None:
    """A guard that lets nobody in."""


@quick("/backdoor", guard=anyone)
def backdoor(request: AnyRequest) -> Page:
    raise AssertionError


@writes("/good", guard=staff)
def good(request: AnyRequest, db: Db, form: Submitted) -> Page:
    raise AssertionError


def test_a_careless_route_is_noticed() -> None:
    from litestar import get

    @get("/bare", sync_to_thread=False)
    def bare() -> None: ...

    seen = {way.path: complaints(way) for way in ways(Litestar([backdoor, good, bare]))}
    assert seen["/backdoor"] == ["is open to anyone and not on the public list"]
    assert seen["/bare"] == ["says nobody who may come"]
    assert seen["/good"] == []
    sound = Way("GET", "/", "anyone", ("anyone",), "reads", in_thread=True, handler="home")
    assert complaints(sound) == []
    for wrong in (
        {"db": "writes"},
        {"db": "unknown"},
        {"in_thread": False},
        {"guards": ("staff",)},
        {"access": ""},
        {"access": "staff", "guards": ()},
    ):
        assert complaints(dataclasses.replace(sound, **wrong)) != []


def taken_in(app: Litestar) -> dict[str, set[object]]:
    """What each handler takes, by its name: the types of its parameters."""
    found: dict[str, set[object]] = {}
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            fn = handler.fn if inspect.isfunction(handler.fn) else handler.fn.func
            if fn.__module__.startswith("directory."):
                found[handler.handler_name] = {hint for name, hint in get_type_hints(fn).items() if name != "return"}
    return found


def test_no_row_of_a_table_is_ever_taken_from_a_request(app: Litestar) -> None:
    """Whoever can send a row can set what no form asks for (OWASP ASVS 5.0 15.3.3)."""
    taken = taken_in(app)
    assert len(taken) > 50
    wrong = {n for n, hints in taken.items() if any(inspect.isclass(h) and issubclass(h, Table) for h in hints)}
    assert wrong == set()


def declared_events() -> set[type]:
    """Every event class of every package."""
    found: set[type] = set()
    for module in modules("directory"):
        if module.name == "events" and module.path != "directory/lib/events.py":
            loaded = importlib.import_module(module.path.removesuffix(".py").replace("/", "."))
            found |= {c for c in vars(loaded).values() if inspect.isclass(c) and c.__module__ == loaded.__name__}
    return found


def test_every_event_has_a_handler() -> None:
    unheard = {event.__qualname__ for event in declared_events() if not wiring.HANDLERS.get(event)}
    assert unheard == set()


def test_every_event_is_a_frozen_fact() -> None:
    for event in declared_events():
        assert dataclasses.is_dataclass(event), event
        assert event.__dataclass_params__.frozen, event  # type: ignore[attr-defined]


def test_events_import_nothing_of_ours() -> None:
    for module in modules("directory"):
        if module.name == "events" and module.path != "directory/lib/events.py":
            named = [n.module or "" for n in ast.walk(module.tree) if isinstance(n, ast.ImportFrom)]
            assert [name for name in named if name.startswith("directory")] == [], module.path


def test_nobody_can_announce_what_nobody_hears() -> None:
    @dataclasses.dataclass(frozen=True)
    class NobodyListens:
        pass

    with pytest.raises(KeyError):
        wiring.dispatch(None, NobodyListens())  # type: ignore[arg-type]


def test_the_settings_of_the_tests_write_only_to_their_own_folder(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    assert make_settings().data_dir.is_relative_to(tmp_path)
