"""The Jinja environment every page and letter is rendered with: strict, escaped, translated, compiled once."""

from dataclasses import dataclass
from pathlib import Path

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined

from directory.lib import languages, pmtiles
from directory.settings import Mode, Settings
from directory.web import assets
from directory.wording import say

FOLDER = Path(__file__).resolve().parents[2] / "templates"


@dataclass(frozen=True, slots=True)
class Site:
    """What every page may say about the service itself."""

    name: str
    base_url: str
    demo: bool
    mode: str
    contact: str
    security: str


@dataclass(frozen=True, slots=True)
class Crisis:
    """Where to turn in a crisis. Written here, not in a database: it must be there when everything else is gone.

    Source: SAMHSA's press guidance for 988 (DOMAIN 8.1).
    """

    call: str = "tel:988"
    text: str = "sms:988"
    chat: str = "https://988lifeline.org/chat/"
    emergency: str = "tel:911"
    helpline: str = "tel:+18006624357"


@dataclass(frozen=True, slots=True)
class Other:
    """The language a reader may change to, in its own words: they are never translated."""

    code: str
    name: str
    offer: str


_ENGLISH = Other(languages.ENGLISH, "English", "This page is in English too:")
_SPANISH = Other(languages.SPANISH, "Español", "Puede leer esta página en su idioma:")


_AWAITING = {languages.SPANISH: "El español de este sitio está pendiente de revisión por una persona calificada."}


def awaiting_review() -> str:
    """What a page says of its own language while nobody has reviewed it; nothing in English."""
    language = languages.current()
    return "" if language in languages.REVIEWED_BY else _AWAITING.get(language, "")


def other_language() -> Other:
    """English for a reader in Spanish, else Spanish."""
    return _ENGLISH if languages.current() == languages.SPANISH else _SPANISH


COMPILED: BytecodeCache | None = None
"""Where compiled templates are kept between environments; for tests, which make one after the other."""


def _is_markup(name: str | None) -> bool:
    return name is None or not name.endswith(".txt")


def environment(settings: Settings) -> Environment:
    """An environment for `settings`; templates are looked at again for changes in development only."""
    built = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=_is_markup,  # noqa: S701 (all but the text part of mails)
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=settings.mode is Mode.DEVELOPMENT,
        cache_size=-1,
        bytecode_cache=COMPILED,
    )
    built.install_gettext_callables(languages.translate, languages.translate_plural, newstyle=True)  # type: ignore[attr-defined]
    built.globals["asset"] = assets.collected().url
    built.globals["site"] = Site(
        name=settings.site_name,
        base_url=settings.base_url,
        demo=settings.demo,
        mode=settings.mode.value,
        contact=settings.contact_mailbox,
        security=settings.security_mailbox,
    )
    built.globals["map_tiles"] = pmtiles.archive(settings.tiles) if settings.tiles else None
    built.globals["crisis"] = Crisis()
    built.globals["language"] = languages.current
    built.globals["other_language"] = other_language
    built.globals["awaiting_review"] = awaiting_review
    built.filters.update(say.FILTERS)
    return built
