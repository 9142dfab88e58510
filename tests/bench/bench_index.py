"""The index against the same question in SQL on PostgreSQL, at 100,000 and at 1,000,000 lines."""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from directory.search.entries import to_text
from directory.search.index import Change, Index
from tests.bench import sql
from tests.bench.table import Table, percentiles
from tests.bench.workload import TODAY, Places, Search, entries, searches
from tests.support.postgres import running_cluster


def index_of(lines: int, places: Places) -> Index:
    """An index with so many lines."""
    return Index.of(Change(e.location_id, n + 1, to_text(e)) for n, e in enumerate(entries(lines, places)))


def time_index(index: Index, asked: list[Search]) -> tuple[list[float], list[int]]:
    """Milliseconds and totals, one search after the other, warm."""
    questions = [search.question() for search in asked]
    for question in questions[:200]:
        index.ask(question, TODAY)
    spent, totals = [], []
    for question in questions:
        begun = time.perf_counter()
        answer = index.ask(question, TODAY)
        spent.append((time.perf_counter() - begun) * 1000)
        totals.append(answer.total)
    return spent, totals


def time_sql(conninfo: str, asked: list[Search]) -> tuple[list[float], list[int]]:
    """The same in SQL."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("SET jit = off")
        for search in asked[:30]:
            sql.answer(connection, search)
        spent, totals = [], []
        for search in asked:
            begun = time.perf_counter()
            total, _ = sql.answer(connection, search)
            spent.append((time.perf_counter() - begun) * 1000)
            totals.append(total)
    return spent, totals


@contextlib.contextmanager
def loaded_database(conninfo: str, lines: int, places: Places) -> Iterator[str]:
    """A throw-away database with the lines."""
    name = f"bench_{lines}"
    with psycopg.connect(conninfo, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
    target = conninfo.replace("dbname=postgres", f"dbname={name}")
    with psycopg.connect(target) as connection:
        sql.load(connection, entries(lines, places))
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    yield target
    with psycopg.connect(conninfo, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


def same_totals(ours: list[int], theirs: list[int]) -> int:
    """How many totals differ by more than the sphere's error of the SQL (a quarter of a per cent of the radius)."""
    return sum(abs(a - b) > 2 + 0.02 * max(a, b) for a, b in zip(ours, theirs, strict=False))


def run(table: Table, *, million: bool = True) -> None:
    """Both sizes; `million=False` leaves out the larger."""
    places = Places()
    with tempfile.TemporaryDirectory(prefix="directory-bench-") as folder:
        os.chmod(folder, 0o755)
        conninfo = running_cluster(Path(folder), os.getpid()).conninfo()
        for lines in (100_000, 1_000_000) if million else (100_000,):
            _one_size(table, conninfo, lines, places)


def _one_size(table: Table, conninfo: str, lines: int, places: Places) -> None:
    large = lines > 100_000
    asked = searches(2_000, places)
    begun = time.perf_counter()
    index = index_of(lines, places)
    table.add(f"index of {lines:,} lines, made from entries in", f"{time.perf_counter() - begun:.1f} s")
    spent, totals = time_index(index, asked)
    median, p99 = percentiles(spent)
    fewer = asked[:150] if large else asked[:600]
    with loaded_database(conninfo, lines, places) as database:
        theirs, their_totals = time_sql(database, fewer)
    sql_median, sql_p99 = percentiles(theirs)
    baseline = f"PostgreSQL {sql_median:.1f} / {sql_p99:.1f} ms"
    differing = same_totals(totals, their_totals)
    assert differing <= len(fewer) // 100, f"{differing} totals differ from PostgreSQL's"
    name = f"index query, {lines:,} lines"
    if large:
        table.add(f"{name}, median", f"{median:.3f} ms", "", baseline)
        table.add(
            f"{name}, p99", f"{p99:.2f} ms, {sql_p99 / p99:.0f} × faster", "≥ 15 × faster", baseline,
            reached=sql_p99 / p99 >= 15,
        )  # fmt: skip
        return
    table.add(f"{name}, median", f"{median:.3f} ms", "≤ 0.4 ms", baseline, reached=median <= 0.4)
    table.add(f"{name}, p99", f"{p99:.2f} ms", "≤ 2.5 ms", baseline, reached=p99 <= 2.5)
    times = sql_median / median
    table.add(f"{name}, median against SQL", f"{times:.0f} × faster", "≥ 10 ×", baseline, reached=times >= 10)
