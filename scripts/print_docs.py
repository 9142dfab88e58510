"""Print docs/map.md, docs/settings.md and docs/states.md from the code; with --check only name those that are stale."""

import ast
import sys
import tomllib
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from directory.referrals import states  # noqa: E402
from directory.settings import PREFIX, Settings  # noqa: E402


def first_paragraph(words: str) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(words.strip().split("\n\n")[0].split())


def map_of_the_code(root: Path = ROOT) -> str:
    """Every module of `directory` with what its docstring says it is, in the order of the layers, highest first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    order = [name.strip(" ()") for layer in contracts[0]["layers"] for name in layer.replace(":", "|").split("|")]
    lines = [
        "# The map of the code",
        "",
        "Printed from the docstrings by `make fix`: edit those. A package imports only what stands below it.",
        "",
    ]
    package = root / "directory"
    for name in order:
        folder, single = package / name, package / f"{name}.py"
        paths = [single] if single.exists() else sorted(folder.rglob("*.py"))
        told = {path: first_paragraph(ast.get_docstring(ast.parse(path.read_text())) or "") for path in paths}
        if not told:
            continue
        own = folder / "__init__.py"
        lines += [f"## {name}", "", told.pop(own if own in told else single), ""]
        lines += [f"- `{path.relative_to(folder).as_posix()}` – {words}" for path, words in told.items() if words]
        lines += [""] * (lines[-1] != "")
    return "\n".join(lines).rstrip() + "\n"


def settings_of_the_service() -> str:
    """Every setting with its default and the words that stand under it in settings.py."""
    tree = ast.parse((ROOT / "directory/settings.py").read_text())
    settings = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    words: dict[str, str] = {}
    for before, after in zip(settings.body, settings.body[1:], strict=False):
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name) and isinstance(after, ast.Expr):
            words[before.target.id] = first_paragraph(ast.literal_eval(after.value))
    lines = [
        "# Settings",
        "",
        "Printed from `directory/settings.py` by `make fix`: edit that. Every setting is an environment variable; one",
        "that makes no sense stops the start with a sentence. Nothing has to be set to try the service out.",
        "",
        "| variable | default | what it says |",
        "| --- | --- | --- |",
    ]
    for field in fields(Settings):
        default = "" if field.default is MISSING else _shown(field.default)
        lines.append(f"| `{PREFIX}{field.name.upper()}` | {default} | {words.get(field.name, '')} |")
    return "\n".join(lines) + "\n"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "`yes`" if value else "`no`"
    return f"`{value}`" if value not in ("", None, ()) else "–"


DOCUMENTS: dict[str, Callable[[], str]] = {
    "docs/map.md": map_of_the_code,
    "docs/settings.md": settings_of_the_service,
    "docs/states.md": states.states_markdown,
}


def main() -> int:
    """Write the documents, or with --check name those that differ; 1 when any does."""
    stale = [
        path for path, text in DOCUMENTS.items() if not (ROOT / path).exists() or (ROOT / path).read_text() != text()
    ]
    for path in stale:
        if "--check" in sys.argv:
            print(f"{path} is not what the code prints: run `make fix`.")
        else:
            (ROOT / path).write_text(DOCUMENTS[path]())
            print(f"{path} printed")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
