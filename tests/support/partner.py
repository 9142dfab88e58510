"""The `partner` fixture: a real HTTP server on loopback that answers calls as it is told and keeps them."""

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass(frozen=True)
class Call:
    """One call that came."""

    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Partner:
    """Answers 204 unless scripted: `answer(503, {"Retry-After": "120"})`; `answer(0)` never answers."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._answers: deque[tuple[int, dict[str, str]]] = deque()
        self._over = threading.Event()
        self._changed = threading.Condition()
        partner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with partner._changed:
                    partner.calls.append(Call(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                    partner._changed.notify_all()
                code, headers = partner._answers.popleft() if partner._answers else (204, {})
                if code == 0:
                    partner._over.wait()
                    self.close_connection = True
                    return
                self.send_response(code)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing on the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Where it takes calls."""
        return f"http://127.0.0.1:{self.port}/hooks?of=harbour"

    def answer(self, code: int, headers: dict[str, str] | None = None) -> None:
        """Script the answer to the next call that has none yet."""
        self._answers.append((code, headers or {}))

    def wait_for(self, count: int, timeout: float = 20) -> list[Call]:
        """The calls, once there are `count`."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.calls) >= count, timeout), self.calls
            return list(self.calls)

    def stop(self) -> None:
        """End it."""
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def partner() -> Iterator[Partner]:
    """A partner's server that says yes to everything until it is told otherwise."""
    made = Partner()
    yield made
    made.stop()
