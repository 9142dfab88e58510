"""The client's address behind proxies: only named proxies are believed, and only what they added."""

import ipaddress
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import RequestFactory

from directory import settings
from directory.accounts.network import bucket, client_address, network_of

PROXIES = [ipaddress.ip_network(n) for n in ("10.0.0.0/8", "2001:db8:ffff::/48")]


def seen(peer: str | None, *forwarded: str) -> str:
    return bucket(client_address(peer, forwarded, PROXIES))


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.7", (), "203.0.113.7"),
        ("203.0.113.7", ("6.6.6.6",), "203.0.113.7"),
        ("10.0.0.1", ("203.0.113.7",), "203.0.113.7"),
        ("10.0.0.1", ("6.6.6.6, 203.0.113.7",), "203.0.113.7"),
        ("10.0.0.1", ("6.6.6.6", "203.0.113.7"), "203.0.113.7"),
        ("10.0.0.1", ("6.6.6.6, 203.0.113.7, 10.9.9.9",), "203.0.113.7"),
        ("10.0.0.1", ("10.0.0.2, 10.0.0.3",), "10.0.0.2"),
        ("10.0.0.1", ("203.0.113.7, nonsense",), "10.0.0.1"),
        ("10.0.0.1", ("203.0.113.7, nonsense, 10.0.0.9",), "10.0.0.9"),
        ("10.0.0.1", ("",), "10.0.0.1"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("::ffff:10.0.0.1", ("203.0.113.7",), "203.0.113.7"),
        ("10.0.0.1", ("::ffff:203.0.113.7",), "203.0.113.7"),
        ("10.0.0.1", ("[2001:db8:1:2:3:4:5:6]",), "2001:db8:1:2::/64"),
        ("2001:db8:ffff::1", ("2001:db8:1:2::9",), "2001:db8:1:2::/64"),
        ("2001:db8:1:2:aaaa::1", (), "2001:db8:1:2::/64"),
        (None, ("6.6.6.6",), "unknown"),
        ("", (), "unknown"),
    ],
)
def test_the_client_is_the_first_hop_that_no_trusted_proxy_vouches_for(
    peer: str | None, forwarded: tuple[str, ...], expected: str
) -> None:
    assert seen(peer, *forwarded) == expected


@given(st.lists(st.text(max_size=40), max_size=4), st.ip_addresses())
def test_a_client_of_its_own_accord_changes_nothing(headers: list[str], peer: ipaddress.IPv4Address) -> None:
    if not any(peer in network for network in PROXIES):
        assert bucket(client_address(str(peer), headers, PROXIES)) == bucket(client_address(str(peer), [], PROXIES))


@given(st.text(max_size=40))
def test_what_a_client_sends_through_a_proxy_stays_left_of_what_the_proxy_adds(said: str) -> None:
    assert seen("10.0.0.1", f"{said}, 203.0.113.7") == "203.0.113.7"


def test_one_customer_with_many_ipv6_addresses_is_one_network() -> None:
    assert len({seen(f"2001:db8:1:2::{n:x}") for n in range(1, 50)}) == 1
    assert seen("2001:db8:1:3::1") != seen("2001:db8:1:2::1")


def request_from(peer: str, *forwarded: str, trusted: str = "127.0.0.1") -> Any:
    """A request as the server hands it over: two header lines stay two."""
    request: Any = RequestFactory().get("/")
    request.scope["client"] = (peer, 40000)
    request.scope["headers"] = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    request.scope["litestar_app"] = SimpleNamespace(
        state=SimpleNamespace(settings=settings.load({"DIRECTORY_TRUSTED_PROXIES": trusted}))
    )
    return request


def test_the_network_of_a_request_is_told_from_its_headers_only_behind_a_trusted_proxy() -> None:
    assert network_of(request_from("127.0.0.1", "6.6.6.6", "203.0.113.7")) == "203.0.113.7"
    assert network_of(request_from("203.0.113.9", "6.6.6.6")) == "203.0.113.9"
    assert network_of(request_from("127.0.0.1", "203.0.113.7", trusted="")) == "127.0.0.1"
    assert network_of(request_from("127.0.0.1")) == "127.0.0.1"
