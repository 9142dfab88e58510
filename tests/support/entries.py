"""Entries of the search, written straight into it: for tests that ask the index and need no listing behind it."""

import datetime as dt
from typing import Any

from directory.lib.ids import new_id
from directory.search.entries import Entry, Line, Oversight

CONFIRMED = dt.date(2026, 3, 1)


def an_entry(slug: str, **changes: Any) -> Entry:
    given: dict[str, Any] = {
        "location_id": str(new_id()), "slug": slug, "name": f"Clinic {slug}", "organization": "Harbour",
        "city": "Portland", "state": "ME", "zip5": "04101", "latitude": 43.6569, "longitude": -70.2589,
        "phone": "+12075550142", "accepting_patients": "newpt", "confirmed_at": CONFIRMED, "confirmed_by": "PHONE",
        "wait_days": 14, "languages": ("en", "es"), "takes_requests": True,
        "oversight": Oversight(on_site="MD", monitor="RN", observation_minutes=120, pulse_oximetry=True),
        "lines": (Line(treatment="SPRAVATO", conditions=("TRD",), payers=("medib",)),),
    }  # fmt: skip
    return Entry(**given | changes)
