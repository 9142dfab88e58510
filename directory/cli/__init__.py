"""The `directory` command: serve worker migrate backup restore keys."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from directory import settings as settings_module
from directory.cli import backups, data, keys, serving
from directory.lib.errors import DirectoryError
from directory.settings import Settings, SettingsError

Command = Callable[[Settings, argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0 done, 1 refused in words, 2 wrong usage."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        settings = settings_module.with_development_secret(settings_module.load(os.environ))
        run: Command = asked.run
        return run(settings, asked)
    except (SettingsError, DirectoryError) as refusal:
        print(f"directory: {refusal}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="directory", description="Lanternway: the directory and its referral service."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Command, words: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words, description=words)
        made.set_defaults(run=run)
        return made

    serve = command("serve", serving.serve, "Serve people; the worker runs inside unless DIRECTORY_WORKER_INSIDE=no.")
    serve.add_argument("--prepare", action="store_true", help="first migrate, and in development load the demo")
    command("worker", serving.worker, "Send mail and run the timers, as a process of its own.")
    command("migrate", serving.migrate, "Bring the database to the newest schema.")

    command("seed", data.seed, "Load the invented clinics of the demo.")
    command("reindex", data.reindex, "Write every listing's search entry anew.")

    backup = command("backup", backups.backup, "Write the database into one file.")
    backup.add_argument("file", type=Path)
    restore = command("restore", backups.restore, "Bring a backup back.")
    restore.add_argument("file", type=Path)
    restore.add_argument("--replace", action="store_true", help="also when the database holds something already")

    ring = command("keys", keys.keys, "Make a key ring, or add a new key to one (the old ones still open).")
    ring.add_argument("act", choices=["new", "rotate"])
    ring.add_argument("file", type=Path)
    return parser
