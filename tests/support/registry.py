"""A registry on loopback that behaves as the NPI registry's API v2.1 was seen to (DOMAIN 2.3); it can misbehave."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest


def person(number: str, **changes: Any) -> dict[str, Any]:
    """A record of somebody, shaped like the API's: epochs are texts, ZIPs have nine digits, "--" is nothing."""
    basic = {"first_name": "NOOR", "last_name": "EXAMPLE", "credential": "M.D.", "status": "A", "middle_name": "--"}
    practice = {
        "address_purpose": "LOCATION", "address_type": "DOM", "address_1": "1 WHARF ST", "city": "PORTLAND",
        "state": "ME", "postal_code": "041011234", "country_code": "US", "telephone_number": "207-555-0142",
    }  # fmt: skip
    home = practice | {"address_purpose": "MAILING", "state": "NV", "address_1": "A HOME"}
    return {
        "number": number,
        "enumeration_type": "NPI-1",
        "created_epoch": "1188577587000",
        "last_updated_epoch": "1748459039000",
        "basic": basic,
        "addresses": [home, practice],
        "practiceLocations": [],
        "taxonomies": [{"code": "2084P0800X", "state": "ME", "license": "MD00123", "primary": True}],
        "identifiers": [],
        "other_names": [],
        "endpoints": [],
    } | changes


def body(number: str, name: str = "HARBOUR CLINIC LLC", **changes: Any) -> dict[str, Any]:
    """A record of an organization."""
    basic = {"organization_name": name, "organizational_subpart": "NO", "status": "A"}
    return person(number, enumeration_type="NPI-2", basic=basic) | changes


class Registry:
    """`records` by number; `wrong` makes it misbehave; `asked` are the queries that came."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.wrong = ""
        self.asked: list[dict[str, str]] = []
        self.leave = threading.Event()
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                registry.answer(self)

            def log_message(self, *_words: Any) -> None:
                """Nothing on the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Always 200, whatever is wrong, unless told to misbehave."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(handler.path).query).items()}
        self.asked.append(query)
        if self.wrong == "silent":
            self.leave.wait(20)
            return
        said = {
            "": json.dumps(self.found(query)).encode(),
            "500": b"oops",
            "torn": b'{"result_count": 1, "results": [{"num',
            "odd": b'{"result_count": 1, "results": [{"number": "%s", "basic": 7}]}' % query["number"].encode(),
            "list": b"[]",
            "long": b" " * (2 << 20),
            "moved": b"",
        }[self.wrong]
        handler.send_response({"500": 500, "moved": 302}.get(self.wrong, 200))
        if self.wrong == "moved":
            handler.send_header("Location", "http://127.0.0.1:9/elsewhere")
        handler.send_header("Content-Length", str(len(said)))
        handler.end_headers()
        handler.wfile.write(said)

    def found(self, query: dict[str, str]) -> dict[str, Any]:
        """The body: errors, or a page of results whose count is the page's."""
        if query.get("version") != "2.1":
            return self._refused("Unsupported Version", "version", "17")
        number = query.get("number", "")
        if len(number) != 10 or not number.isdigit():
            return self._refused("NPI must be 10 digits", "number", "06")
        results = [self.records[number]] if number in self.records else []
        return {"result_count": len(results), "results": results}

    def _refused(self, description: str, field: str, number: str) -> dict[str, Any]:
        return {"Errors": [{"description": description, "field": field, "number": number}]}

    def stop(self) -> None:
        """Let go of whoever waits, and end."""
        self.leave.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def registry() -> Iterator[Registry]:
    """A registry that knows nobody yet."""
    running = Registry()
    yield running
    running.stop()
