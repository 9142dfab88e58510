"""Rules about the Python of this project: each takes a module and returns its complaints."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
LONGEST_HANDLER = 25
BANNED_FILE_NAMES = {"utils", "util", "helpers", "common", "services", "constants", "misc", "manager"}
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}
TOLD_TO_PEOPLE = {"NotFound", "Gone", "Forbidden", "Conflict", "Refused", "TooMany", "Unavailable", "or_refuse"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


@dataclass(frozen=True)
class Module:
    """One Python file: its path from the root, as text, and what it says."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return Path(self.path).stem

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function, also nested ones and methods."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


Rule = Callable[[Module], list[str]]


@cache
def modules(*folders: str) -> list[Module]:
    """Every module below the given folders of the project."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [Module(path.relative_to(ROOT).as_posix(), path.read_text()) for path in found]


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _is_ours(module: Module) -> bool:
    return module.path.startswith("directory/")


def _is_migration(module: Module) -> bool:
    # As long as what it makes, written by a tool, and never read for its structure.
    return module.path.startswith("migrations/versions/")


def _is_pages(module: Module) -> bool:
    return _is_ours(module) and (module.name == "pages" or module.name.endswith("_pages"))


def modules_are_short(module: Module) -> list[str]:
    """A module has at most 400 lines."""
    lines = module.text.count("\n")
    return [f"{lines} lines"] if lines > LONGEST_MODULE and not _is_migration(module) else []


def functions_are_short(module: Module) -> list[str]:
    """A function has at most 60 lines."""
    if _is_migration(module):
        return []
    return [f"{f.name} has {_length(f)} lines" for f in module.functions() if _length(f) > LONGEST_FUNCTION]


def handlers_are_short(module: Module) -> list[str]:
    """A function of a pages module has at most 25 lines: it calls, it does not decide."""
    if not _is_pages(module):
        return []
    return [f"{f.name} has {_length(f)} lines" for f in module.functions() if _length(f) > LONGEST_HANDLER]


def pages_hold_no_sql(module: Module) -> list[str]:
    """A pages module asks queries and actions; it knows neither SQL nor another pages module."""
    if not _is_pages(module):
        return []
    complaints = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            origin = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            named = [f"{origin}{alias.name}" for alias in node.names]
            complaints += [
                f"line {node.lineno} imports {name}"
                for name in named
                if name.split(".")[0] in {"sqlalchemy", "sqlmodel"} or re.search(r"\b(\w+_)?pages\b", name)
            ]
    return complaints


def modules_say_what_they_are(module: Module) -> list[str]:
    """A module begins with a docstring of one to three lines; docs/map.md is printed from it."""
    words = ast.get_docstring(module.tree)
    if not words:
        return ["no docstring"] if module.text.strip() else []
    lines = words.splitlines()
    first_paragraph = lines[: lines.index("")] if "" in lines else lines
    return [f"the docstring begins with {len(first_paragraph)} lines"] if len(first_paragraph) > 3 else []


def only_the_unit_of_work_commits(module: Module) -> list[str]:
    """`commit()` is called in lib/db.py alone."""
    if not _is_ours(module) or module.path == "directory/lib/db.py":
        return []
    return [
        f"line {node.lineno} commits"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]


def only_the_clock_reads_the_time(module: Module) -> list[str]:
    """The time is read in lib/clock.py alone; also the database's clock is asked in lib/db.py alone."""
    if not _is_ours(module) or module.path == "directory/lib/clock.py":
        return []
    complaints = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if (owner, node.attr) in CLOCKS:
                complaints.append(f"line {node.lineno} reads {owner}.{node.attr}")
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            complaints += [
                f"line {node.lineno} imports time.{a.name}" for a in node.names if ("time", a.name) in CLOCKS
            ]
    return complaints


def nothing_is_mocked(module: Module) -> list[str]:
    """No mock library anywhere: what can run for real does."""
    complaints = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.arg) and node.arg == "mocker":
            complaints.append(f"line {node.lineno} takes a mocker")
        if isinstance(node, ast.Import | ast.ImportFrom):
            origin = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            names = [f"{origin}{alias.name}" for alias in node.names]
            complaints += [f"line {node.lineno} imports {name}" for name in names if "mock" in name.split(".")]
    return complaints


def tests_do_not_sleep(module: Module) -> list[str]:
    """A test waits for what it waits for, never for time to pass."""
    if not module.path.startswith("tests/"):
        return []
    return [
        f"line {node.lineno} sleeps"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute | ast.Name)
        and (node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id) in {"sleep", "wait_for_timeout"}
        and not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
    ]


def tests_are_sentences(module: Module) -> list[str]:
    """A test's name says what holds, in three words or more."""
    if not module.path.startswith("tests/") or not module.name.startswith("test_"):
        return []
    return [
        f"{f.name} is not a sentence"
        for f in module.functions()
        if f.name.startswith("test_") and len(f.name.split("_")) < 4
    ]


def annotations_stay_importable(module: Module) -> list[str]:
    """Tables, handlers and forms are read at run time: no postponed annotations, no TYPE_CHECKING imports in them."""
    if not _is_ours(module) or module.name not in {"models", "pages", "forms"}:
        return []
    complaints = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            complaints.append("postpones annotations")
        if isinstance(node, ast.ImportFrom | ast.Import) and any(a.name == "TYPE_CHECKING" for a in node.names):
            complaints.append("imports under TYPE_CHECKING")
    return complaints


def people_are_told_in_their_language(module: Module) -> list[str]:
    """What a person is told when something fails goes through gettext: `NotFound(_("…"))`."""
    if not _is_ours(module):
        return []
    return [
        f"line {node.lineno}: {ast.unparse(node)[:70]}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in TOLD_TO_PEOPLE
        and node.args
        and isinstance(node.args[0], ast.Constant | ast.JoinedStr)
    ]


def files_have_names(module: Module) -> list[str]:
    """No drawer for whatever has no place."""
    return [f"{module.name} is a drawer, not a name"] if module.name in BANNED_FILE_NAMES else []


def nothing_is_left_for_later(module: Module) -> list[str]:
    """No TODO and its like in comments, no NotImplementedError."""
    tokens = tokenize.generate_tokens(io.StringIO(module.text).readline)
    complaints = [
        f"line {token.start[0]}: {token.string}"
        for token in tokens
        if token.type == tokenize.COMMENT and UNFINISHED.search(token.string)
    ]
    complaints += [
        f"line {node.lineno} raises NotImplementedError"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Raise) and node.exc is not None and "NotImplementedError" in ast.dump(node.exc)
    ]
    return complaints


EVERYWHERE: tuple[Rule, ...] = (
    modules_are_short,
    functions_are_short,
    handlers_are_short,
    pages_hold_no_sql,
    modules_say_what_they_are,
    only_the_unit_of_work_commits,
    only_the_clock_reads_the_time,
    nothing_is_mocked,
    tests_do_not_sleep,
    tests_are_sentences,
    annotations_stay_importable,
    people_are_told_in_their_language,
    files_have_names,
    nothing_is_left_for_later,
)
