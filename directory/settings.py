"""Settings from the environment (`DIRECTORY_…`): read once, frozen, refused in a sentence when they make no sense."""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "DIRECTORY_"
LOOPBACK_HOSTS = {"127.0.0.1", "::1", "localhost"}
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Mode(StrEnum):
    """Where the service runs: development forgives, production does not."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SettingsError(Exception):
    """A setting that makes no sense; the message says which, and what would."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything an operator may say. Each field is `DIRECTORY_` and its name in capitals; see docs/settings.md."""

    mode: Mode = Mode.DEVELOPMENT
    """`development` or `production`."""
    host: str = "127.0.0.1"
    """The address the server listens on."""
    port: int = 8000
    """The port the server listens on."""
    base_url: str = "http://127.0.0.1:8000"
    """What people type to reach us; every link in a mail begins with it. Default: `http://HOST:PORT`."""
    data_dir: Path = Path("var")
    """The one folder for everything we write: SQLite file, mail folder, development keys."""
    database_url: str = field(default="", repr=False)
    """`sqlite:///path` or `postgresql://…`. Default: `sqlite:///DATA_DIR/directory.sqlite3`."""
    site_name: str = "Lanternway"
    """The name people see. Neutral on purpose: a mail from it must not tell what its reader looked for."""
    smtp_url: str = field(default="", repr=False)
    """`smtp://user:password@host:587` (add `?starttls=required`) or `smtps://…`. Empty: mail goes to DATA_DIR/mail."""
    mail_from: str = ""
    """The sender of our mail. Default: `no-reply@` and the host of BASE_URL."""
    bounce_mailbox: str = ""
    """Takes bounces, such as `bounces@example.org`: each mail's return path is it with a signed `+TOKEN` before the
    `@`. Feed what arrives there to `directory bounces read`. Empty: bounces go to MAIL_FROM and nobody reads them."""
    webhooks_to_loopback: bool = False
    """Whether webhooks may call servers on this machine, for development and tests; refused in production."""
    operator_mailbox: str = ""
    """Who is told when a request could not be delivered. Empty: it stands in `directory check` only."""
    contact_mailbox: str = ""
    """Where people write to whoever runs this; public pages name it. Production must set it. Default: `contact@` and
    the host of BASE_URL."""
    security_mailbox: str = ""
    """Where faults of security are reported, in `/.well-known/security.txt`. Default: CONTACT_MAILBOX."""
    on_duty: tuple[str, ...] = ()
    """Mailboxes of the moderators on duty, separated by commas: they get the queue's numbers once a day."""
    secret: str = field(default="", repr=False)
    """Signs links and derives codes; 32 characters or more. Development draws one into DATA_DIR/secret."""
    keys_file: Path | None = None
    """The key ring that seals health data. Development makes DATA_DIR/keys; production must name it."""
    trusted_proxies: tuple[Network, ...] = ()
    """Addresses or networks, separated by commas, whose X-Forwarded-For is believed. Default: none."""
    workers: int = 1
    """How many server processes answer."""
    api_per_minute: int = 600
    """How often one network may ask the JSON API in a minute, counted in each server process; 0 for no limit."""
    worker_inside: bool = True
    """Whether `serve` also sends mail and runs the timers; `no` when `directory worker` runs beside it."""
    nppes_api_url: str = ""
    """The NPI registry's API, `https://npiregistry.cms.hhs.gov/api/`: each number is asked monthly. Empty: never."""
    geocoder: str = ""
    """Places clinics' addresses: `nominatim+https://host`, `photon+https://…` or `pelias+https://…`. Empty: nobody."""
    tiles: Path | None = None
    """A `.pmtiles` file on this machine with streets for the map of results (docs/tiles.md). Empty: none are drawn."""
    demo: bool = False
    """Whether invented clinics are loaded; every page says so. Refused in production."""

    @property
    def is_production(self) -> bool:
        """Whether nothing is forgiven."""
        return self.mode is Mode.PRODUCTION

    @property
    def is_https(self) -> bool:
        """Whether people reach us over TLS; cookies are then `__Host-` and Secure."""
        return self.base_url.startswith("https://")


def load(environ: Mapping[str, str]) -> Settings:
    """The settings of `environ`. Raises SettingsError with a sentence for a person."""
    known = set(Settings.__dataclass_fields__)
    given = {k.removeprefix(PREFIX).lower(): v.strip() for k, v in environ.items() if k.startswith(PREFIX)}
    given.pop("test_data", None)  # names the outside data of the test suite, not ours
    for name in sorted(set(given) - known):
        raise SettingsError(f"{PREFIX}{name.upper()} is not a setting. The settings are listed in docs/settings.md.")
    mode = _one_of("mode", given.get("mode") or Mode.DEVELOPMENT)
    host = given.get("host") or "127.0.0.1"
    port = _whole_number("port", given.get("port"), 8000, least=1, most=65535)
    base_url = _base_url(given.get("base_url") or f"http://{host}:{port}")
    data_dir = Path(given.get("data_dir") or "var").absolute()
    demo = _yes_or_no("demo", given.get("demo"), default=False)
    guessed = "" if mode is Mode.PRODUCTION else f"contact@{urlsplit(base_url).hostname}"
    contact = _mailbox("contact_mailbox", given.get("contact_mailbox", "")) or guessed
    settings = Settings(
        mode=mode,
        host=host,
        port=port,
        base_url=base_url,
        data_dir=data_dir,
        database_url=_database_url(given.get("database_url") or f"sqlite:///{data_dir / 'directory.sqlite3'}"),
        site_name=given.get("site_name") or "Lanternway",
        smtp_url=_smtp_url(given.get("smtp_url", "")),
        mail_from=_mailbox("mail_from", given.get("mail_from", "")) or f"no-reply@{urlsplit(base_url).hostname}",
        bounce_mailbox=_bounces(given.get("bounce_mailbox", "")),
        webhooks_to_loopback=_yes_or_no("webhooks_to_loopback", given.get("webhooks_to_loopback"), default=False),
        operator_mailbox=_mailbox("operator_mailbox", given.get("operator_mailbox", "")),
        contact_mailbox=contact,
        security_mailbox=_mailbox("security_mailbox", given.get("security_mailbox", "")) or contact,
        on_duty=_mailboxes("on_duty", given.get("on_duty", "")),
        secret=given.get("secret", ""),
        keys_file=Path(given["keys_file"]) if given.get("keys_file") else None,
        trusted_proxies=_networks(given.get("trusted_proxies", "")),
        workers=_whole_number("workers", given.get("workers"), 1, least=1, most=64),
        api_per_minute=_whole_number("api_per_minute", given.get("api_per_minute"), 600, least=0, most=1_000_000),
        worker_inside=_yes_or_no("worker_inside", given.get("worker_inside"), default=True),
        nppes_api_url=_registry(given.get("nppes_api_url", "")),
        geocoder=_geocoder(given.get("geocoder", "")),
        tiles=_tiles(given.get("tiles", "")),
        demo=demo,
    )
    _refuse_unsafe(settings)
    return settings


def with_development_secret(settings: Settings) -> Settings:
    """In development without a secret: one drawn at the first start and kept in DATA_DIR/secret, private to us."""
    if settings.secret:
        return settings
    path = settings.data_dir / "secret"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(path, "x", opener=_private) as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return replace(settings, secret=path.read_text().strip())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _refuse_unsafe(settings: Settings) -> None:
    if settings.secret and len(settings.secret) < 32:
        raise SettingsError("DIRECTORY_SECRET must have 32 characters or more.")
    if not settings.is_production:
        return
    if not settings.secret:
        raise SettingsError("In production DIRECTORY_SECRET must be set, with 32 random characters or more.")
    if len(set(settings.secret)) < 10:
        raise SettingsError(
            "DIRECTORY_SECRET repeats itself: draw it at random, for example with `openssl rand -base64 48`."
        )
    if not settings.is_https:
        raise SettingsError("In production DIRECTORY_BASE_URL must begin with https://.")
    if settings.webhooks_to_loopback:
        raise SettingsError("In production webhooks never call this machine: unset DIRECTORY_WEBHOOKS_TO_LOOPBACK.")
    if settings.demo:
        raise SettingsError("In production there can be no demo data: unset DIRECTORY_DEMO.")
    if settings.keys_file is None:
        raise SettingsError(
            "In production DIRECTORY_KEYS_FILE must name the key ring (make one with `directory keys new FILE`)."
        )
    if not settings.keys_file.is_file():
        raise SettingsError(f"DIRECTORY_KEYS_FILE names {settings.keys_file}, and there is no such file.")
    if not settings.contact_mailbox:
        raise SettingsError("In production DIRECTORY_CONTACT_MAILBOX must be set: the public pages name it.")


def _one_of(name: str, value: str) -> Mode:
    try:
        return Mode(value.lower())
    except ValueError:
        raise SettingsError(f"{PREFIX}{name.upper()} is {value!r}; it can be development or production.") from None


def _whole_number(name: str, value: str | None, default: int, *, least: int, most: int) -> int:
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise SettingsError(f"{PREFIX}{name.upper()} is {value!r}; it must be a whole number from {least} to {most}.")
    return int(value)


def _yes_or_no(name: str, value: str | None, *, default: bool) -> bool:
    answers = {
        "": default,
        "1": True,
        "yes": True,
        "true": True,
        "on": True,
        "0": False,
        "no": False,
        "false": False,
        "off": False,
    }
    try:
        return answers[(value or "").lower()]
    except KeyError:
        raise SettingsError(f"{PREFIX}{name.upper()} is {value!r}; say yes or no.") from None


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
    ):
        raise SettingsError(
            f"DIRECTORY_BASE_URL is {value!r}; it must be like https://example.org, with nothing behind the host."
        )
    return f"{parts.scheme}://{parts.netloc}"


def _database_url(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise SettingsError("DIRECTORY_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return value.replace("postgres://", "postgresql://", 1) if value.startswith("postgres://") else value


def _smtp_url(value: str) -> str:
    if value and (urlsplit(value).scheme not in {"smtp", "smtps"} or not urlsplit(value).hostname):
        raise SettingsError("DIRECTORY_SMTP_URL must be like smtp://mail.example.org:587 or smtps://mail.example.org.")
    return value


def _geocoder(text: str) -> str:
    kind, _plus, address = text.partition("+")
    if text and (kind not in ("nominatim", "photon", "pelias") or not address.startswith(("https://", "http://"))):
        raise SettingsError("DIRECTORY_GEOCODER is nominatim+https://host, photon+https://host or pelias+https://host.")
    return text


def _tiles(value: str) -> Path | None:
    path = Path(value).absolute() if value else None
    if path is not None and not path.is_file():
        raise SettingsError(f"DIRECTORY_TILES names {path}, and there is no such file.")
    return path


def _registry(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme != "https" or not parts.hostname) and parts.hostname not in LOOPBACK_HOSTS:
        raise SettingsError("DIRECTORY_NPPES_API_URL must be like https://npiregistry.cms.hhs.gov/api/.")
    return value


def _mailbox(name: str, value: str) -> str:
    local, _, domain = value.rpartition("@")
    if value and (not local or not domain or any(c in value for c in ' ,;<>"\r\n')):
        raise SettingsError(f"{PREFIX}{name.upper()} is {value!r}; it must be one mailbox such as care@example.org.")
    return value


def _bounces(value: str) -> str:
    mailbox = _mailbox("bounce_mailbox", value)
    if len(mailbox.rpartition("@")[0]) > 10:  # with the token behind it, 64 characters are the most there can be
        raise SettingsError("DIRECTORY_BOUNCE_MAILBOX must have ten characters or fewer before the @.")
    return mailbox


def _mailboxes(name: str, value: str) -> tuple[str, ...]:
    return tuple(_mailbox(name, part) for part in (p.strip() for p in value.split(",")) if part)


def _networks(value: str) -> tuple[Network, ...]:
    found: list[Network] = []
    for part in filter(None, (p.strip() for p in value.split(","))):
        try:
            found.append(ipaddress.ip_network(part))
        except ValueError:
            raise SettingsError(f"DIRECTORY_TRUSTED_PROXIES holds {part!r}, which is no address or network.") from None
    return tuple(found)
