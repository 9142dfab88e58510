"""Who may look at the mail folder: the developer at this machine, and nobody who comes through a proxy."""

import ipaddress

from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler

from directory.web.routes import AnyConnection

_SIGNS_OF_A_PROXY = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def developer_here(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Guard: development, and a connection from this very machine. For everybody else there is no such page."""
    peer = connection.client.host if connection.client else ""
    proxied = any(name in connection.headers for name in _SIGNS_OF_A_PROXY)
    if connection.app.state.settings.is_production or proxied or not _is_loopback(peer):
        raise NotFoundException


def _is_loopback(peer: str) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if address.version == 6 else None
    return (mapped or address).is_loopback
