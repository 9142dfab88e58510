"""Settings: defaults are safe, nonsense stops the start with a sentence, production forgives nothing."""

from pathlib import Path

import pytest

from directory.settings import Settings, SettingsError, load, with_development_secret

GOOD_SECRET = "t7Jq-2mXv9Lr0pWz8KcYd4Hs6Ga1Bn5Ef3"


def production(tmp_path: Path, **more: str) -> Settings:
    keys = tmp_path / "keys"
    keys.write_text("x")
    said = {
        "DIRECTORY_MODE": "production",
        "DIRECTORY_BASE_URL": "https://care.example.org",
        "DIRECTORY_SECRET": GOOD_SECRET,
        "DIRECTORY_KEYS_FILE": str(keys),
        "DIRECTORY_CONTACT_MAILBOX": "contact@example.org",
    }
    return load({name: value for name, value in (said | more).items() if value})


def test_an_empty_environment_serves_on_loopback_only() -> None:
    settings = load({})
    assert (settings.host, settings.port, settings.base_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert not settings.demo
    assert settings.trusted_proxies == ()
    assert settings.database_url.endswith("/var/directory.sqlite3")


def test_the_port_reaches_the_base_url() -> None:
    assert load({"DIRECTORY_PORT": "8123"}).base_url == "http://127.0.0.1:8123"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORT", "٨٠"),
        ("MODE", "staging"),
        ("BASE_URL", "care.example.org"),
        ("BASE_URL", "https://care.example.org/path"),
        ("DATABASE_URL", "mysql://x"),
        ("SMTP_URL", "http://mail"),
        ("OPERATOR_MAILBOX", "one@example.org, two@example.org"),
        ("MAIL_FROM", "nobody"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
        ("WORKER_INSIDE", "perhaps"),
        ("SECRET", "short"),
        ("WROKERS", "2"),
    ],
)
def test_nonsense_is_refused_by_the_name_of_the_setting(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"DIRECTORY_{name}"):
        load({f"DIRECTORY_{name}": value})


def test_production_starts_when_all_is_said(tmp_path: Path) -> None:
    assert production(tmp_path).is_https


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET", "", "must be set"),
        ("SECRET", "a" * 40, "repeats itself"),
        ("BASE_URL", "http://care.example.org", "https://"),
        ("DEMO", "yes", "no demo data"),
        ("KEYS_FILE", "", "key ring"),
        ("KEYS_FILE", "/nowhere/keys", "no such file"),
        ("CONTACT_MAILBOX", "", "public pages name it"),
    ],
)
def test_production_refuses_what_is_unsafe(tmp_path: Path, name: str, value: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        production(tmp_path, **{f"DIRECTORY_{name}": value})


def test_the_development_secret_is_drawn_once_and_private(tmp_path: Path) -> None:
    settings = load({"DIRECTORY_DATA_DIR": str(tmp_path / "new")})
    first, second = with_development_secret(settings), with_development_secret(settings)
    assert first.secret == second.secret
    assert len(first.secret) >= 32
    assert (tmp_path / "new" / "secret").stat().st_mode & 0o077 == 0


def test_secrets_do_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    assert GOOD_SECRET not in repr(production(tmp_path))
