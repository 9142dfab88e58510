"""The NPI registry's API v2.1, asked one number at a time. Off unless DIRECTORY_NPPES_API_URL is set.

DOMAIN 2.3: it always answers 200; what is wrong stands in the body, "not found" is an empty list, epochs are texts in
milliseconds, "--" is nothing. It is given five seconds and a megabyte, follows nothing, and is told a number only.
"""

import datetime as dt
import http.client
import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from directory.verification.primary import Answer, RegistryRecord, said

TIMEOUT_S = 5.0
LARGEST_ANSWER = 1 << 20


class Unanswered(Exception):
    """It did not answer in a way that can be used; the message says how."""


class RegistryApi:
    """`url` is the registry's address, https unless it is this machine."""

    code = "nppes_api"

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the registry has an address like https://npiregistry.cms.hhs.gov/api/")
        self._parts = parts
        self._timeout_s = timeout_s

    def look_up(self, npis: Iterable[str]) -> Iterator[Answer]:
        """One request a number. A registry that fails is said to have failed, and never that it has no record."""
        for npi in npis:
            try:
                yield Answer(npi=npi, record=_read(npi, self._get(npi)))
            except Unanswered as problem:
                yield Answer(npi=npi, failed=str(problem))

    def _get(self, npi: str) -> bytes:
        parts = self._parts
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(str(parts.hostname), parts.port, timeout=self._timeout_s)
        try:
            query = urlencode({"version": "2.1", "number": npi, "limit": 2})
            connection.request("GET", f"{parts.path or '/'}?{query}", headers={"Accept": "application/json"})
            answer = connection.getresponse()
            body = answer.read(LARGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as problem:
            raise Unanswered(f"no answer: {type(problem).__name__}") from None
        finally:
            connection.close()
        if answer.status != 200:
            raise Unanswered(f"it answered {answer.status}")
        if len(body) > LARGEST_ANSWER:
            raise Unanswered("the answer is too long")
        return body


def _read(npi: str, body: bytes) -> RegistryRecord | None:
    try:
        found = json.loads(body)
        if found.get("Errors"):
            raise Unanswered("; ".join(said(error.get("description")) for error in found["Errors"]) or "it refused")
        # `result_count` is the size of this page; what counts is whether the very number is among the results.
        results = [one for one in found["results"] if said(one["number"]) == npi]
        return _record(results[0]) if results else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unanswered("the answer cannot be read") from None


def _record(found: dict[str, Any]) -> RegistryRecord:
    basic = found["basic"]
    places = [*found.get("addresses", ()), *found.get("practiceLocations", ())]
    practice = [place for place in places if place.get("address_purpose") != "MAILING"]
    main = practice[0] if practice else {}
    others = [said(other.get("organization_name")) for other in found.get("other_names", ())]
    epoch = said(found.get("last_updated_epoch"))
    return RegistryRecord(
        npi=said(found["number"]),
        is_person=found["enumeration_type"] == "NPI-1",
        active=said(basic.get("status")) in ("A", ""),
        family_name=said(basic.get("last_name")),
        given_name=said(basic.get("first_name")),
        organization_name=said(basic.get("organization_name")),
        other_name=next(filter(None, others), ""),
        phone=said(main.get("telephone_number")),
        zip5=said(main.get("postal_code"))[:5],
        states=frozenset(filter(None, (said(place.get("state")) for place in practice))),
        taxonomies=tuple(said(row.get("code")) for row in found.get("taxonomies", ())),
        updated_on=dt.datetime.fromtimestamp(int(epoch) / 1000, tz=dt.UTC).date() if epoch.isdigit() else None,
    )
