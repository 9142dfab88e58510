"""The least a handler of this framework can do, on the server the service runs on: what pages are measured against."""

from typing import Any

from litestar import Litestar, get
from litestar.response import Response


@get("/", sync_to_thread=False)
def hello() -> Response[bytes]:
    """Eleven bytes."""
    return Response(b"hello world", media_type="text/plain")


def create() -> Any:
    """The application, for a server process."""
    return Litestar([hello], openapi_config=None, logging_config=None)
