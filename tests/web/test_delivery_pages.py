"""The mail folder is for the developer at this machine; for everybody else there is no such page."""

from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.exceptions import NotFoundException
from litestar.testing import RequestFactory, TestClient

from directory.delivery.guards import developer_here
from directory.settings import Mode, Settings


class _Application:
    def __init__(self, settings: Settings) -> None:
        self.state = type("State", (), {"settings": settings})()


def admitted(peer: str, *, mode: Mode = Mode.DEVELOPMENT, headers: dict[str, str] | None = None) -> bool:
    connection: Any = RequestFactory().get("/dev/mail", headers=headers)
    connection.scope["client"] = (peer, 40000)
    connection.scope["litestar_app"] = _Application(Settings(mode=mode))
    try:
        developer_here(connection, None)  # type: ignore[arg-type]
    except NotFoundException:
        return False
    return True


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_the_developer_at_this_machine_is_let_in(peer: str) -> None:
    assert admitted(peer)


@pytest.mark.parametrize("peer", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "", "testclient", "::ffff:10.0.0.1"])
def test_nobody_from_another_machine_is_let_in(peer: str) -> None:
    assert not admitted(peer)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Host"])
def test_nobody_is_let_in_through_a_proxy_on_this_machine(header: str) -> None:
    assert not admitted("127.0.0.1", headers={header: "203.0.113.7"})


def test_in_production_nobody_is_let_in() -> None:
    assert not admitted("127.0.0.1", mode=Mode.PRODUCTION)


@pytest.mark.parametrize("path", ["/dev/mail", "/dev/mail/20260310T150000000000-0a.eml"])
def test_a_stranger_finds_no_such_page(make_client: Callable[..., TestClient[Litestar]], path: str) -> None:
    assert make_client().get(path).status_code == 404
