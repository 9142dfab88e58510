"""A network that asks the JSON API too often is told when to come again; people who search notice nothing."""

from collections.abc import Callable

import pytest

from tests.contract.test_api import promised
from tests.support.databases import Maker
from tests.support.forms import Client


@pytest.fixture
def visitor(make_client: Callable[..., Client], make_database: Callable[[str], Maker]) -> Client:
    """On SQLite alone: what is counted is counted in memory."""
    url = make_database("sqlite").migrated()
    return make_client(database_url=url, api_per_minute=4, trusted_proxies="127.0.0.1", peer="127.0.0.1")


def ask(visitor: Client, path: str, network: str = "192.0.2.1") -> int:
    return int(visitor.get(path, headers={"X-Forwarded-For": network}).status_code)


def test_a_network_that_asks_too_often_is_told_when_to_come_again(visitor: Client) -> None:
    search = "/api/v1/search?near=04101"
    paths = [search, "/api/v1/search/explain?near=04101", "/api/v1/clinics/nowhere", "/api/v1/openapi.json"]
    assert [ask(visitor, path) for path in paths] == [200, 200, 404, 200]
    answer = visitor.get(search, headers={"X-Forwarded-For": "192.0.2.1"})
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    assert 1 <= int(answer.headers["retry-after"]) <= 15
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == "Retry-After"
    assert answer.headers["cache-control"] == "no-store"
    assert "192.0.2.1" not in answer.text
    told = visitor.get("/api/v1/openapi.json", headers={"X-Forwarded-For": "192.0.2.2"}).json()
    assert "4 times a minute" in told["info"]["description"]
    for path in told["paths"].values():
        assert "Retry-After" in path["get"]["responses"]["429"]["headers"]
    promised("/api/v1/search", 422).validate(answer.json())
    assert ask(visitor, search, "192.0.2.3") == 200, "others are not held up"


def test_people_who_search_and_type_are_not_held_up_by_a_machine_next_to_them(visitor: Client) -> None:
    for _each in range(9):
        last = ask(visitor, "/api/v1/search?near=04101")
    assert last == 429
    assert [ask(visitor, "/search?near=04101") for _each in range(9)] == [200] * 9
    assert ask(visitor, "/api/v1/places?q=port") == 200
    assert ask(visitor, "/api/docs") == 200


def test_one_customer_of_ipv6_is_one_network(visitor: Client) -> None:
    answers = [ask(visitor, "/api/v1/places?q=port", f"2001:db8:1:2::{number}") for number in range(6)]
    assert answers == [200] * 4 + [429] * 2
    assert ask(visitor, "/api/v1/places?q=port", "2001:db8:1:3::1") == 200
