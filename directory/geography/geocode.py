"""Asks an operator's own geocoder where a clinic's listed address lies: Nominatim, Photon or Pelias; off by default.

Only the worker imports this: a search never asks anybody where something is.
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from directory.geography.point import Point

KINDS = ("nominatim", "photon", "pelias")
TIMEOUT_S = 10
AGENT = "lanternway-directory"

log = logging.getLogger(__name__)

Geocode = Callable[[str], Point | None]
"""An address in one line → where it lies, or None when that is not known or nobody answers."""


def open_geocoder(setting: str) -> Geocode | None:
    """The geocoder of a setting such as `nominatim+https://host`; None for an empty one."""
    if not setting:
        return None
    # geopy brings requests in, a tenth of the application's start: only who names a geocoder waits for it.
    from geopy.exc import GeopyError  # noqa: PLC0415
    from geopy.geocoders import Nominatim, Pelias, Photon  # noqa: PLC0415

    kind, _plus, address = setting.partition("+")
    parts = urlsplit(address)
    given: dict[str, Any] = {
        "domain": parts.netloc + parts.path.rstrip("/"),
        "scheme": parts.scheme,
        "timeout": TIMEOUT_S,
        "user_agent": AGENT,
    }
    asked = {"nominatim": Nominatim, "photon": Photon, "pelias": Pelias}[kind](**given)

    def geocode(address: str) -> Point | None:
        try:
            found = asked.geocode(address)
        except (GeopyError, ValueError) as problem:
            log.warning("the geocoder did not answer: %s", type(problem).__name__)
            return None
        return None if found is None else Point(latitude=found.latitude, longitude=found.longitude)

    return geocode
