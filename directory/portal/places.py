"""Where a clinic lies: an address is placed at its ZIP code's centre at once, and a pin can be set by hand."""

from collections.abc import Mapping
from typing import Any

from directory.geography import places
from directory.geography.place import Found, Place, Unknown
from directory.geography.point import Point
from directory.listings.field_list import ADDRESS
from directory.listings.fields import Facts, same
from directory.listings.revising import is_far
from directory.wording.say import _

_PARTS = ("by", "latitude", "longitude")
AT_ZIP, BY_HAND = "ZIP_CENTRE", "GIVEN"


def read_place(
    values: dict[str, Any],
    facts: dict[str, Any],
    errors: dict[str, str],
    now: Facts,
    sent: Mapping[str, list[str]],
) -> None:
    """Add the point to a contact page's facts, or what is wrong with the ZIP code or the pin to its errors."""
    typed = {part: "".join(sent.get(f"point.{part}", [])[-1:]).strip()[:30] for part in _PARTS}
    values["point"] = typed
    if "zip5" not in facts or "state" not in facts:
        return
    answer = places.find(facts["zip5"])
    if not isinstance(answer, Found):
        errors["zip5"] = answer.reason_sentence if isinstance(answer, Unknown) else _("Enter a ZIP code of five digits")
        return
    if answer.place.state != facts["state"]:
        errors["zip5"] = _("ZIP code {zip} is in {state}").format(zip=facts["zip5"], state=answer.place.state)
        return
    moved = any(not same(facts.get(name), now.get(name)) for name in ADDRESS)
    pin = _pin(typed)
    if typed["by"] != "pin" or (moved and pin == now.get("point")):
        facts |= _at_zip(answer.place)
    elif pin is None:
        errors["point.latitude"] = _("Enter the place in degrees, such as 43.6569 and -70.2589")
    elif pin != now.get("point"):
        facts |= {"point": pin, "position_source": BY_HAND}
        if moved:
            facts["time_zone"] = answer.place.time_zone


def moved_far(facts: Mapping[str, Any]) -> bool:
    """Whether a pin that was set lies far from its ZIP code."""
    if not facts.get("point") or facts.get("position_source") == AT_ZIP:
        return False
    answer = places.find(str(facts.get("zip5")))
    centre = answer.place.point if isinstance(answer, Found) else None
    return is_far(Point(latitude=facts["point"][0], longitude=facts["point"][1]), centre)


def _at_zip(place: Place) -> dict[str, Any]:
    point = [round(place.point.latitude, 4), round(place.point.longitude, 4)]
    return {"point": point, "position_source": AT_ZIP, "time_zone": place.time_zone}


def _pin(sent: Mapping[str, str]) -> list[float] | None:
    try:
        point = Point(latitude=float(sent["latitude"]), longitude=float(sent["longitude"]))
    except ValueError:
        return None
    return None if (point.latitude, point.longitude) == (0, 0) else [point.latitude, point.longitude]
