"""The client the web tests lean on asks the whole application."""

from collections.abc import Callable

from litestar import Litestar
from litestar.testing import TestClient

from directory import app as application
from directory.settings import Settings
from tests.support.routes import litestar_of, ways


def test_the_client_asks_the_application_with_its_outer_layers(client: TestClient[Litestar]) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ready\n")
    assert "default-src" in answer.headers["content-security-policy"]


def test_what_another_site_sends_is_refused(client: TestClient[Litestar]) -> None:
    assert client.post("/requests", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_two_clients_share_nothing(make_client: Callable[..., TestClient[Litestar]]) -> None:
    one, other = make_client(site_name="Beaconhill"), make_client(site_name="Foglight")
    assert "Foglight" in other.get("/crisis").text
    assert "Foglight" not in one.get("/crisis").text


def test_a_client_of_tests_reaches_the_very_routes_of_the_service(
    make_client: Callable[..., TestClient[Litestar]], make_settings: Callable[..., Settings]
) -> None:
    served = application.litestar(make_settings(), loops=False)
    for asked in (litestar_of(make_client()), litestar_of(make_client())):
        assert list(ways(asked)) == list(ways(served))
        assert asked.exception_handlers == served.exception_handlers
        assert asked.state is not served.state


def test_the_demo_client_serves_invented_clinics_from_a_database_of_its_own(demo_client: TestClient[Litestar]) -> None:
    assert "Demonstration" in demo_client.get("/crisis").text
    assert demo_client.get("/readyz").status_code == 200
