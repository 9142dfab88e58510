"""The same question asked in SQL on PostgreSQL: bounding box on an index, all facet counts, warm. The baseline."""

import json
import math
from collections.abc import Iterable
from typing import Any

import psycopg

from directory.search import facets
from directory.search.entries import Entry
from tests.bench.workload import Search

SCHEMA = """
CREATE TABLE site (id int PRIMARY KEY, slug text, latitude float8, longitude float8, accepting text, wait text,
                   language text[], accessibility text[], confirmed date);
CREATE TABLE line (site int, treatment text, condition text[], payer text[], psychotherapy bool, price text,
                   referral text);
"""
INDEXES = """
CREATE INDEX ON site (latitude, longitude) INCLUDE (id);
CREATE INDEX ON line (site);
"""
NEAR = """
WITH near AS MATERIALIZED (
  SELECT * FROM (
    SELECT s.*, 2 * 6371008.8 * asin(sqrt(sin(radians(latitude - %(lat)s) / 2) ^ 2
      + cos(radians(%(lat)s)) * cos(radians(latitude)) * sin(radians(longitude - %(lon)s) / 2) ^ 2)) AS metres
    FROM site s WHERE latitude BETWEEN %(south)s AND %(north)s AND longitude BETWEEN %(west)s AND %(east)s
  ) boxed WHERE metres <= %(radius)s
), lines AS MATERIALIZED (SELECT n.*, l.* FROM near n JOIN line l ON l.site = n.id)
"""
MANY = {"condition", "payer", "language", "accessibility"}


def load(connection: "psycopg.Connection[Any]", entries: Iterable[Entry]) -> None:
    """Fill the two tables, index and analyse them."""
    sites: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    connection.execute(SCHEMA)
    for number, e in enumerate(entries):
        sites.append(
            (number, e.slug, e.latitude, e.longitude, e.accepting_patients, facets.wait_band(e.wait_days),
             list(e.languages), list(e.accessibility), e.confirmed_at)
        )  # fmt: skip
        lines += [
            (number, line.treatment, list(line.conditions), list(line.payers), line.psychotherapy_paired,
             facets.price_band(line.price_min), "needed" if line.referral_required else "not_needed")
            for line in e.lines
        ]  # fmt: skip
        if len(sites) >= 20_000:
            _copy(connection, sites, lines)
    _copy(connection, sites, lines)
    connection.execute(INDEXES)
    connection.execute("ANALYZE")
    connection.commit()


def _copy(connection: "psycopg.Connection[Any]", sites: list[tuple[Any, ...]], lines: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        for table, rows in (("site", sites), ("line", lines)):
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:  # type: ignore[arg-type]
                for row in rows:
                    copy.write_row(row)
            rows.clear()


def _condition(group: str, values: dict[str, Any], codes: tuple[str, ...]) -> str:
    if group == "psychotherapy":
        return "psychotherapy"
    values[group] = list(codes)
    return f"{group} && %({group})s" if group in MANY else f"{group} = ANY(%({group})s)"


def statement(search: Search) -> tuple[str, dict[str, Any]]:
    """One statement: total, first twenty, and the counts of every facet group with the other groups applied."""
    point, radius = search.place.point, search.miles * 1609.344
    high = math.degrees(radius / 6_335_000)
    wide = high / max(0.05, math.cos(math.radians(point.latitude)))
    values: dict[str, Any] = {
        "lat": point.latitude, "lon": point.longitude, "radius": radius, "south": point.latitude - high,
        "north": point.latitude + high, "west": point.longitude - wide, "east": point.longitude + wide,
    }  # fmt: skip
    conditions = {group: _condition(group, values, chosen) for group, chosen in search.filters.items()}
    everything = " AND ".join(conditions.values()) or "true"
    parts = [
        f"SELECT 'total' AS what, NULL AS code, count(DISTINCT id)::text AS n FROM lines WHERE {everything}",
        f"(SELECT 'hit', slug, min(metres)::text FROM lines WHERE {everything} "
        "GROUP BY id, slug ORDER BY min(metres), slug LIMIT 20)",
    ]
    for group in facets.BY_NAME:
        others = " AND ".join(text for name, text in conditions.items() if name != group) or "true"
        source = f"lines, unnest({group}) AS code" if group in MANY else "lines"
        code = "code" if group in MANY else f"{group}::text"
        parts.append(f"SELECT '{group}', {code}, count(DISTINCT id)::text FROM {source} WHERE {others} GROUP BY {code}")
    return NEAR + " UNION ALL ".join(parts), values


def answer(connection: "psycopg.Connection[Any]", search: Search) -> tuple[int, int]:
    """Ask; the total and how many rows came back."""
    text, values = statement(search)
    rows = connection.execute(text, values, prepare=True).fetchall()  # type: ignore[call-overload]
    total = next(int(n) for what, _, n in rows if what == "total")
    return total, len(json.dumps(len(rows)))
