"""What is printed from the code is what the code prints, and every setting is told of."""

import dataclasses
from pathlib import Path

import pytest

from directory import settings as settings_module
from directory.settings import Settings
from scripts import print_docs

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", print_docs.DOCUMENTS)
def test_the_printed_document_is_what_the_code_prints(path: str) -> None:
    assert (ROOT / path).read_text() == print_docs.DOCUMENTS[path](), "run `make fix`"


def test_a_module_without_its_line_in_the_map_is_noticed(tmp_path: Path) -> None:
    package = tmp_path / "directory" / "search"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""Finding care."""\n')
    before = print_docs.map_of_the_code(tmp_path)
    (package / "index.py").write_text('"""Columns in memory."""\n')
    assert print_docs.map_of_the_code(tmp_path) != before
    assert "- `index.py` – Columns in memory." in print_docs.map_of_the_code(tmp_path)


def test_every_setting_is_told_of_in_words() -> None:
    told = (ROOT / "docs/settings.md").read_text()
    for field in dataclasses.fields(Settings):
        (row,) = [line for line in told.splitlines() if line.startswith(f"| `DIRECTORY_{field.name.upper()}`")]
        assert len(row.split("|")[3].split()) >= 3, row


def test_what_nobody_set_lets_nobody_in() -> None:
    settings = settings_module.load({})
    assert settings.host == "127.0.0.1"
    assert settings.trusted_proxies == ()
    assert settings.smtp_url == ""
    assert settings.database_url.startswith("sqlite:///")
    assert not settings.demo
    assert not settings.is_production


def test_production_starts_with_no_default_secret_and_no_plain_http() -> None:
    with pytest.raises(settings_module.SettingsError):
        settings_module.load({"DIRECTORY_MODE": "production"})


def test_no_secret_shows_when_settings_are_printed() -> None:
    word = "0123456789abcdefghijklmnopqrstuvwxyz"
    given = {
        "DIRECTORY_SECRET": word,
        "DIRECTORY_SMTP_URL": f"smtp://clinic:{word}@mail.example.org",
        "DIRECTORY_DATABASE_URL": f"postgresql://directory:{word}@db.example.org/directory",
    }
    assert word not in repr(settings_module.load(given))


def misnumbered(names: list[str]) -> list[str]:
    """Decisions whose number is not the next one, or is taken already."""
    return [name for number, name in enumerate(sorted(names), start=1) if not name.startswith(f"{number:04d}-")]


def test_decisions_are_numbered_one_after_the_other() -> None:
    papers = list((ROOT / "docs/decisions").glob("*.md"))
    assert misnumbered([paper.name for paper in papers]) == []
    for paper in papers:
        assert paper.read_text().startswith(f"# {paper.name[:4]}: "), paper.name


def test_two_decisions_with_one_number_are_noticed() -> None:
    assert misnumbered(["0001-a.md", "0002-b.md", "0002-c.md"]) == ["0002-c.md"]
