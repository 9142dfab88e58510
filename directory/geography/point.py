"""A point on the earth in degrees, and the units of distance people and columns use."""

from dataclasses import dataclass
from typing import Final

METRES_PER_MILE: Final = 1609.344
"""The international mile (1959), exact."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A WGS-84 position in degrees: latitude -90 to 90, longitude -180 to 180 (180 is kept as it was given).

    Keyword-only, because the two numbers change places unseen otherwise: a latitude of -73.85 is refused by nobody.
    Raises ValueError for a number outside its range or one that is not finite.
    """

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        """Refuse what cannot be a place; the comparisons are false for NaN too."""
        if not -90.0 <= self.latitude <= 90.0:
            raise ValueError(f"latitude {self.latitude!r} is not between -90 and 90 degrees")
        if not -180.0 <= self.longitude <= 180.0:
            raise ValueError(f"longitude {self.longitude!r} is not between -180 and 180 degrees")

    def rounded(self, *, digits: int = 2) -> "Point":
        """The same place to so many decimals; 2 (about a kilometre) is the most ever taken of a visitor's position."""
        return Point(latitude=round(self.latitude, digits), longitude=round(self.longitude, digits))


def miles_to_metres(miles: float) -> float:
    """Statute miles to metres."""
    return miles * METRES_PER_MILE


def metres_to_miles(distance_m: float) -> float:
    """Metres to statute miles."""
    return distance_m / METRES_PER_MILE
