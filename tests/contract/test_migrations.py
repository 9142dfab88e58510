"""The migrations go up and down on both databases, and make exactly what the models say."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from directory.lib import schema
from directory.lib.db import Databases
from directory.lib.ids import new_id, token_digest
from directory.lib.tables import metadata
from directory.moderation.kinds import ABOUT_A_REQUEST
from tests.support.databases import Maker, import_all_tables

BOOKKEEPING = "alembic_version"


def scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(schema.configuration())


def revisions() -> list[str]:
    """Every migration, oldest first."""
    return [script.revision for script in reversed(list(scripts().walk_revisions()))]


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Databases]:
    found = Databases(empty_database_url)
    yield found
    found.close()


def _index(index: Any) -> tuple[str, ...]:
    only = [f"{name}={value}" for name, value in sorted(index.get("dialect_options", {}).items())]
    return (index["name"], *index["column_names"], f"unique={bool(index['unique'])}", *only)


def shape(engine: Engine) -> dict[str, Any]:
    """Everything a database says of its tables, in an order that does not depend on how they were made."""
    with engine.connect() as connection:
        asked = inspect(connection)
        found: dict[str, Any] = {}
        for table in asked.get_table_names():
            if table == BOOKKEEPING:
                continue
            found[table] = {
                "columns": {
                    column["name"]: (str(column["type"]), column["nullable"], column["default"])
                    for column in asked.get_columns(table)
                },
                "key": asked.get_pk_constraint(table),
                "refers": sorted(map(repr, asked.get_foreign_keys(table))),
                "unique": sorted(map(repr, asked.get_unique_constraints(table))),
                "checks": sorted((str(c["name"]), c["sqltext"]) for c in asked.get_check_constraints(table)),
                "indexes": sorted(_index(index) for index in asked.get_indexes(table)),
            }
        return found


def test_the_migrations_are_numbered_in_one_line() -> None:
    files = sorted(path.name for path in (schema.FOLDER / "versions").glob("*.py"))
    assert [name[:4] for name in files] == [f"{number:04d}" for number in range(1, len(files) + 1)]
    assert revisions() == [name[:4] for name in files]
    assert len(scripts().get_heads()) == 1
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in files)


@pytest.fixture
def straight(database_kind: str, make_database: Callable[[str], Maker]) -> Iterator[Databases]:
    """A database made straight from the models."""
    import_all_tables()
    found = Databases(make_database(database_kind).empty())
    metadata.create_all(found.writer)
    yield found
    found.close()


def test_the_migrations_make_what_the_models_say(empty: Databases, straight: Databases) -> None:
    schema.migrate(empty)
    with empty.writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert shape(empty.writer) == shape(straight.writer)


def test_a_model_without_its_migration_is_noticed(empty: Databases) -> None:
    schema.migrate(empty)
    before = shape(empty.writer)
    with empty.writer.begin() as connection:
        connection.execute(text("ALTER TABLE throttle ADD COLUMN forgotten INTEGER"))
    assert shape(empty.writer) != before


def test_every_migration_goes_up_down_and_up_again(empty: Databases) -> None:
    before = "base"
    for revision in revisions():
        schema.migrate(empty, revision)
        made = shape(empty.writer)
        schema.downgrade(empty, before)
        schema.migrate(empty, revision)
        assert shape(empty.writer) == made, revision
        before = revision
    assert schema.revision_of(empty) == schema.newest()


QUEUE_ITEM = """
INSERT INTO queue_item (id, kind, about_id, priority, opened_at, due_at, state)
VALUES (:id, :kind, :id, 1, :at, :at, 'OPEN')
"""
DECISION = """
INSERT INTO decision (id, item_id, verb, took_effect, words, detail, by, by_id, at)
VALUES (:id, :id, 'CLOSE', TRUE, :words, '{}', 'moderator:mo', :id, :at)
"""
REFERRAL = """
INSERT INTO referral (id, reference, source, language, urgency, part2_source, has_mailbox, content_sealed, key_wrapped,
  key_ring_id, consent_version, notice_version, disclosure_version, consented_at, consent_network, idempotency_key,
  request_digest, created_at, version)
VALUES (:id, 'R-7F3K-92', 'PATIENT', 'en', 'routine', FALSE, FALSE, :sealed, :sealed,
  'k1', '1', '1', '1', :at, '', :key, '', :at, 1)
"""


def test_words_on_requests_and_keys_of_senders_no_longer_lie_in_clear(empty: Databases) -> None:
    at, words, key = "2026-03-10 15:00:00+00:00", "Pat Quillfeather is in hospital", "pat-quillfeather-1988"
    kinds = [*sorted(ABOUT_A_REQUEST), "REPORT"]
    schema.migrate(empty, "0027")
    with empty.writer.begin() as connection:
        for kind in kinds:
            row = {"id": new_id().hex, "at": at}
            connection.execute(text(QUEUE_ITEM), row | {"kind": kind})
            connection.execute(text(DECISION), row | {"words": words})
        connection.execute(text(REFERRAL), {"id": new_id().hex, "at": at, "sealed": b"x", "key": key})
    schema.migrate(empty, "0028")
    with empty.writer.connect() as connection:
        asked = "SELECT kind, words FROM decision JOIN queue_item ON queue_item.id = decision.item_id"
        found = {row.kind: row.words for row in connection.execute(text(asked))}
        kept = connection.execute(text("SELECT idempotency_key FROM referral")).scalar_one()
    assert found == dict.fromkeys(kinds, "") | {"REPORT": words}, "what a reporter reads stays"
    assert kept == token_digest(key)


def test_going_all_the_way_down_leaves_nothing(empty: Databases) -> None:
    schema.migrate(empty)
    schema.downgrade(empty, "base")
    assert shape(empty.writer) == {}
    assert schema.revision_of(empty) is None


def test_migrating_twice_changes_nothing(empty: Databases) -> None:
    schema.migrate(empty)
    made = shape(empty.writer)
    schema.migrate(empty)
    assert shape(empty.writer) == made


def test_a_failed_migration_leaves_the_database_as_it_was(empty: Databases) -> None:
    with pytest.raises(RuntimeError, match="on purpose"), schema.rebuilding(empty) as connection:
        connection.execute(text("CREATE TABLE half_made (id INTEGER)"))
        raise RuntimeError("on purpose")
    assert shape(empty.writer) == {}


def test_a_migration_that_leaves_rows_pointing_nowhere_is_refused(make_database: Callable[[str], Maker]) -> None:
    databases = Databases(make_database("sqlite").empty())
    with pytest.raises(RuntimeError, match="refer to nothing"), schema.rebuilding(databases) as connection:
        connection.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE child (parent_id INTEGER REFERENCES parent (id))"))
        connection.execute(text("INSERT INTO child VALUES (1)"))
    with databases.writer.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    databases.close()
