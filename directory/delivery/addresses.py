"""Which addresses of the network we call: public ones, asked for once, so that the one checked is the one called."""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PORTS = (443, 8443)
TRIED = 3
"""How many addresses of one name are tried."""

Resolver = Callable[..., list[tuple[Any, ...]]]
"""`socket.getaddrinfo`, or what stands in for it."""

_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments, and a cloud's metadata
        "192.88.99.0/24",  # relays to inside other networks
        "168.63.129.16/32",  # a cloud's inner services, on a public address
        "2001::/23",  # tunnels and protocol assignments
        "2002::/16",  # IPv4 inside IPv6
    )
)
_PUBLIC_V6 = ipaddress.ip_network("2000::/3")


class Forbidden(Exception):
    """A name leads to an address, or an address has a port, that we do not call."""


@dataclass(frozen=True, slots=True)
class Target:
    """One checked address, to be connected to as it is."""

    family: int
    address: tuple[Any, ...]


def is_public(text: str) -> bool:
    """Whether an IP address is somebody's in the open network: not ours, not a neighbour's, not a machine's own."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return False
        return address in _PUBLIC_V6 and address.is_global and not _is_listed(address)
    return address.is_global and not address.is_multicast and not address.is_reserved and not _is_listed(address)


def targets(host: str, port: int, *, loopback: bool = False, resolve: Resolver = socket.getaddrinfo) -> list[Target]:
    """The addresses of a host, each of them checked. `loopback` also allows this machine, on any port: for tests.

    Raises Forbidden when any of them is not public (whoever answers for the name means harm, or is mistaken), and
    OSError when there are none.
    """
    found = resolve(host, port, type=socket.SOCK_STREAM)
    if not found:
        raise OSError("no address")
    for _family, _kind, _protocol, _name, address in found:
        own = loopback and ipaddress.ip_address(address[0].partition("%")[0]).is_loopback
        if not own and not (is_public(address[0]) and port in PORTS):
            raise Forbidden
    return [Target(family, address) for family, _kind, _protocol, _name, address in found][:TRIED]


def _is_listed(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address in network for network in _NEVER if network.version == address.version)
