"""`python -m tests.bench.serve hello|service PORT SERVER`: two workers of one application under one server."""

import sys

FACTORIES = {"hello": "tests.bench.hello:create", "service": "directory.app:from_environment"}


def main(application: str, port: str, server: str) -> None:
    """Serve until told to stop."""
    if server == "uvicorn":
        import uvicorn

        uvicorn.run(
            FACTORIES[application], factory=True, port=int(port), workers=2, log_level="warning", access_log=False
        )
        return
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        FACTORIES[application],
        factory=True,
        port=int(port),
        interface=Interfaces.ASGI,
        workers=2,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
