"""What a clinic wrote itself, in the reader's language where it wrote it there, else marked as being in English."""

from markupsafe import Markup

from directory.lib.languages import SPANISH, current
from directory.listings.records import ClinicRecord, LineRecord


def own_words(record: ClinicRecord | LineRecord, name: str) -> str:
    """The text of `name` as HTML shows it.

    Where the clinic has no Spanish, a reader in Spanish gets its English, marked with its language, so that a screen
    reader says it as English.
    """
    text: str = getattr(record, name)
    if current() != SPANISH or not text:
        return text
    in_spanish: str = getattr(record, f"{name}_es")
    return in_spanish or marked(text)


def marked(text: str) -> str:
    """What a clinic wrote and can write in English only, marked as such for a reader in Spanish."""
    return Markup('<span lang="en">{}</span>').format(text) if current() == SPANISH and text else text
