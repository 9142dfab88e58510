"""`directory compare`: what a registry says otherwise than the listings becomes work for a person, never an edit."""

import argparse

from directory import wiring
from directory.lib import clock
from directory.lib.big_files import Unreadable
from directory.lib.opening import open_databases
from directory.settings import Settings, SettingsError
from directory.verification import differences
from directory.verification.primary import PrimarySource
from directory.verification.sources.nppes_api import RegistryApi
from directory.verification.sources.nppes_file import MonthlyFile

WORDS = {
    "asked": "numbers behind listings",
    "answered": "looked up",
    "failed": "could not be asked",
    "new": "new differences for a person to decide",
    "gone": "differences that are gone",
}


def compare_file(settings: Settings, asked: argparse.Namespace) -> int:
    """Compare with the registry's monthly file; 1 when it cannot be used."""
    try:
        return _compare(settings, MonthlyFile(asked.file))
    except Unreadable as problem:
        print(problem)
        return 1


def compare_api(settings: Settings, asked: argparse.Namespace) -> int:
    """Compare with the registry's API, which must be switched on by a setting; 1 when it never answered."""
    if not settings.nppes_api_url:
        raise SettingsError(
            "The registry is not asked over the network: DIRECTORY_NPPES_API_URL is not set. The monthly file can be "
            "used instead: directory compare file FILE."
        )
    return _compare(settings, RegistryApi(settings.nppes_api_url))


def _compare(settings: Settings, source: PrimarySource) -> int:
    databases = open_databases(settings)
    try:
        counts = differences.compare_all(databases, wiring.dispatch, source, at=clock.now())
    finally:
        databases.close()
    for name, words in WORDS.items():
        print(f"{counts[name]:>9,}  {words}")
    return 1 if counts["failed"] and not counts["answered"] else 0
