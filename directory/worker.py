"""The worker as a process of its own: sends what is due and runs the timers until it is told to stop."""

import logging
import signal
import threading

from litestar.datastructures import State

from directory import wiring
from directory.lib.opening import open_databases
from directory.settings import Settings
from directory.web import templates

log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished first."""
    databases = open_databases(settings)
    environment = templates.environment(settings)
    state = State({"settings": settings, "templates": environment, "databases": databases, "dispatch": wiring.dispatch})
    wiring.prepare(state, searches=False)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    loops = wiring.start_work(state)
    log.info("the worker runs")
    stopped.wait()
    for loop in loops:
        loop.stop()
    databases.close()
