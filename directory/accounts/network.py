"""Which network a request comes from, when proxies stand before us: only those we were told to trust are believed."""

import ipaddress
from collections.abc import Sequence

from directory.settings import Network
from directory.web.routes import AnyConnection

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
UNKNOWN = "unknown"
"""One bucket for connections without an address (a Unix socket whose proxy was not named)."""


def client_address(peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> Address | None:
    """The address of the client: the connection's other end, or what the chain of trusted proxies says stands before.

    Read from the right, because each proxy adds at the right and everything further left may be invented by the
    client. The first address that is no trusted proxy is the client; something unreadable ends the reading.
    """
    address = _address(peer)
    if address is None or not _is_trusted(address, trusted):
        return address
    hops = [hop.strip() for line in forwarded_for for hop in line.split(",")]
    for hop in reversed(hops):
        earlier = _address(hop)
        if earlier is None:
            break
        address = earlier
        if not _is_trusted(address, trusted):
            break
    return address


def bucket(address: Address | None) -> str:
    """What is counted as one network: an IPv4 address, or the /64 that one IPv6 customer gets at the least."""
    if address is None:
        return UNKNOWN
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))


def network_of(connection: AnyConnection) -> str:
    """The bucket of a request."""
    settings = connection.app.state.settings
    peer = connection.client.host if connection.client else None
    return bucket(client_address(peer, connection.headers.getall("x-forwarded-for", []), settings.trusted_proxies))


def _address(text: str | None) -> Address | None:
    try:
        address = ipaddress.ip_address((text or "").strip().removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if address.version == 6 else None
    return mapped or address


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)
