"""Gather every sentence of the code and templates into the catalogues of `locale/`; with --check only say what lacks.

Babel reads Python and Jinja; sentences that stand as data in `seed/reference` are read from the columns named here.
A sentence that is new stands in a catalogue untranslated (and fails the check) until somebody translates it.
"""

import csv
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from directory.lib.languages import ENGLISH, FOLDER, LANGUAGES  # noqa: E402

_JINJA = {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}
_FIXED = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)  # gettext wants a date; ours is in the history of the file
METHODS = [("directory/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
COLUMNS = {
    "course_distance.csv": ("source",),
    "course_numbers.csv": ("source",),
    "course_plans.csv": ("source",),
    "payer_criteria.csv": ("what",),
    "typical_prices.csv": ("source",),
}
"""Files of `seed/reference` and their columns that people read."""


def sentences() -> Catalog:
    """Every sentence that is shown to somebody, with the files it stands in."""
    found = Catalog(charset="utf-8")
    options = {"templates/**.html": _JINJA, "templates/**.txt": _JINJA}
    folders = [(name, ROOT / name) for name in ("directory", "templates")]
    for name, folder in folders:
        ours = [(pattern, method) for pattern, method in METHODS if pattern.startswith(name)]
        methods = [(pattern.removeprefix(f"{name}/"), method) for pattern, method in ours]
        given = {pattern.removeprefix(f"{name}/"): each for pattern, each in options.items()}
        for file, _line, message, comments, context in extract_from_dir(folder, methods, given):
            found.add(message, locations=[(f"{name}/{file}", 0)], auto_comments=comments, context=context)
    for file, message in _data():
        found.add(message, locations=[(file, 0)])
    return found


def _data() -> Iterator[tuple[str, str]]:
    for name, columns in COLUMNS.items():
        with (ROOT / "seed" / "reference" / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield from ((f"seed/reference/{name}", row[column]) for column in columns if row[column])


def catalogue_path(language: str) -> Path:
    """Where a language's catalogue lies."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The catalogue as it lies there; empty where there is none."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, all_sentences: Catalog) -> Catalog:
    """The catalogue with exactly the sentences there are now, by their English, each translated where it was."""
    before = read(language)
    after = Catalog(
        locale=language,
        charset="utf-8",
        fuzzy=False,
        project="directory",
        version="1",
        header_comment="# Written by scripts/messages.py: the English is the code's, what stands under it is people's.",
        creation_date=_FIXED,
        revision_date=_FIXED,
        last_translator="awaiting review by a qualified person",
    )
    for message in sorted(all_sentences, key=_order):
        if not message.id:
            continue
        kept = before.get(english_of(message))
        after.add(message.id, kept.string if kept else None, locations=sorted(set(message.locations)))
    return after


def english_of(message: Message) -> str:
    """The English of a sentence; of one with a plural, the singular."""
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def _order(message: Message) -> tuple[str, str]:
    return english_of(message).casefold(), english_of(message)


def lacking(catalogue: Catalog) -> list[str]:
    """Sentences without their translation."""
    return [english_of(message) for message in catalogue if message.id and not _is_whole(message)]


def _is_whole(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def main() -> int:
    """Write the catalogues, or say what they lack; 1 when they do."""
    all_sentences = sentences()
    wrong = 0
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        after = updated(language, all_sentences)
        if "--check" not in sys.argv[1:]:
            path = catalogue_path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, after, omit_header=False, include_lineno=False, ignore_obsolete=True, width=120)
        missing = lacking(after)
        print(f"{language}: {len(after)} sentences, {len(missing)} not translated")
        wrong += len(missing)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
