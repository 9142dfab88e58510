"""Whether this process lives (`/healthz`) and can serve people (`/readyz`); both say nothing else."""

from collections.abc import Callable

from litestar.response import Response
from sqlmodel import text

from directory.web.routes import AnyRequest, Db, Page, anyone, quick, reads

PLAIN = "text/plain"
Check = Callable[[], str]
"""A readiness check handed in by `app`: an empty text when all is well, else what is missing."""


@quick("/healthz", guard=anyone)
def healthz(request: AnyRequest) -> Page:
    """200 while the process answers at all."""
    return Response(b"ok\n", media_type=PLAIN, headers={"Cache-Control": "no-store"})


@reads("/readyz", guard=anyone)
def readyz(request: AnyRequest, db: Db) -> Page:
    """200 when the database answers and every readiness check passes, else 503."""
    db.connection().execute(text("SELECT 1"))
    missing = [said for check in request.app.state.readiness if (said := check())]
    body = ("\n".join(missing) or "ready").encode() + b"\n"
    return Response(body, status_code=503 if missing else 200, media_type=PLAIN, headers={"Cache-Control": "no-store"})


ROUTES = [healthz, readyz]
