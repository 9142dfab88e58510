"""The `directory` command: serve worker migrate seed import reindex backup restore check compare bounces keys user."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from directory import settings as settings_module
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


def _later(module: str, name: str) -> Command:
    """The function `name` of `directory.cli.<module>`, imported when it is asked for.

    A second start needs a tenth of the application before the server process loads all of it: importing the rest
    here as well would double the time until somebody is answered.
    """

    def run(settings: Settings, asked: argparse.Namespace) -> int:
        found: Command = getattr(import_module(f"directory.cli.{module}"), name)
        return found(settings, asked)

    return run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="directory", description="Lanternway: the directory and its referral service."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Command, words: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words, description=words)
        made.set_defaults(run=run)
        return made

    words = "Serve people; the worker runs inside unless DIRECTORY_WORKER_INSIDE=no."
    serve = command("serve", _later("serving", "serve"), words)
    serve.add_argument("--prepare", action="store_true", help="first migrate, and in development load the demo")
    command("worker", _later("serving", "worker"), "Send mail and run the timers, as a process of its own.")
    command("migrate", _later("serving", "migrate"), "Bring the database to the newest schema.")

    seed = command("seed", _later("data", "seed"), "Load the invented clinics of the demo.")
    seed.add_argument("--size", type=int, metavar="LINES", help="instead, that many invented treatment lines in bulk")
    _add_imports(
        command("import", _later("imports", "bring_csv"), "Bring a list in; nothing of it is public by itself.")
    )
    _add_sources(
        command("compare", _later("comparing", "compare_api"), "Ask the NPI registry about every number listed.")
    )
    command("reindex", _later("data", "reindex"), "Write every listing's search entry anew.")

    backup = command("backup", _later("backups", "backup"), "Write the database into one file.")
    backup.add_argument("file", type=Path)
    restore = command("restore", _later("backups", "restore"), "Bring a backup back.")
    restore.add_argument("file", type=Path)
    restore.add_argument("--replace", action="store_true", help="also when the database holds something already")

    command("check", _later("checks", "check"), "Say in words what is wrong; exit code 1 when something is.")

    _add_keeping(command)
    return parser


def _add_keeping(command: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    words = "Make a key ring; put a new key first and re-wrap everything; go on with that; take the old keys out."
    ring = command("keys", _later("keys", "keys"), words)
    ring.add_argument("act", choices=["new", "rotate", "rewrap", "retire"])
    ring.add_argument("file", type=Path)

    words = "Take in what came back to the bounce mailbox: a maildir, an mbox file, or one mail on standard input (-)."
    back = command("bounces", _later("bounces", "read"), words)
    back.add_argument("act", choices=["read"])
    back.add_argument("source", metavar="FOLDER|FILE|-")

    proof = command("audit", _later("records", "audit"), "Prove that nothing in the audit log was changed or cut off.")
    proof.add_argument("act", choices=["verify"])
    proof.add_argument("--head", default="", help="what an earlier run printed")
    words = "Give out all that is held of one person, as JSON, or destroy it as far as the law lets us."
    about = command("person", _later("records", "person"), words)
    about.add_argument("act", choices=["export", "forget"])
    about.add_argument("mailbox")

    words = "People who sign in: invite one to the house, or let one enrol anew; prints a link that lives a day."
    user = command("user", _later("users", "user"), words)
    user.add_argument("act", choices=["add", "enrol"])
    user.add_argument("--mailbox", required=True, help="whose it is; the link is mailed there too")
    user.add_argument("--role", help="with add: moderator, verifier, clinical_reviewer, operator or referrer")


def _add_sources(compare: argparse.ArgumentParser) -> None:
    sources = compare.add_subparsers(required=True, metavar="SOURCE")
    words = "The API, when DIRECTORY_NPPES_API_URL is set."
    sources.add_parser("api", help=words, description=words).set_defaults(run=_later("comparing", "compare_api"))
    words = "The registry's monthly file."
    monthly = sources.add_parser("file", help=words, description=words)
    monthly.set_defaults(run=_later("comparing", "compare_file"))
    monthly.add_argument("file", type=Path)


def _add_imports(bring: argparse.ArgumentParser) -> None:
    kinds = bring.add_subparsers(required=True, metavar="KIND")

    def kind(name: str, words: str) -> argparse.ArgumentParser:
        made = kinds.add_parser(name, help=words, description=words)
        made.set_defaults(run=_later("imports", f"bring_{name}"))
        made.add_argument("file", type=Path)
        made.add_argument("--dry-run", action="store_true", help="change nothing, count everything")
        return made

    rows = kind("csv", "Somebody's list: its rows become candidates.")
    rows.add_argument("--map", type=Path, required=True, help="which column is which field (TOML)")
    rows.add_argument("--publish", action="store_true", help="publish the rows with evidence for every gate")
    nppes = kind("nppes", "The NPI registry's monthly file: organizations with a taxonomy of ours become candidates.")
    nppes.add_argument("--shrunk-is-right", action="store_true", help="though it has a tenth fewer rows than the last")
    hsds = kind("hsds", "HSDS 3 organizations as JSON or JSON lines: their sites become candidates.")
    hsds.add_argument("--source", required=True, help="a name for whoever publishes them; finds the same rows again")
    leie = kind("leie", "The federal exclusion list: everybody listed is held against it.")
    leie.add_argument("--supplement", action="store_true", help="only a month's new rows: nobody is cleared by it")
    leie.add_argument("--shrunk-is-right", action="store_true", help="though it has a tenth fewer rows than the last")
