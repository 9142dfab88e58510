"""Empties a PostgreSQL database for the next test: a tenth of the work of copying its 275 tables and indexes again."""

import psycopg

LARGEST = 24 * 1024 * 1024
"""Bytes of a database that is still worth emptying; an empty one has 11 MB."""

_SHAPE = """
    SELECT md5(string_agg(what, ',' ORDER BY what)) FROM (
        SELECT format('%s.%s %s %s', c.relname, a.attname, a.atttypid, a.attnotnull) FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
        UNION ALL SELECT format('%s %s', conrelid, conname) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT format('%s %s %s', tgrelid, tgname, tgenabled) FROM pg_trigger
        UNION ALL SELECT version_num FROM alembic_version
    ) AS every(what)
"""
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_USED = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
"""
_COUNTERS = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


def shape(conninfo: str) -> str:
    """A digest of its tables, columns, constraints, triggers and version, as they are now."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        return _read_shape(connection)


def emptied(conninfo: str, wanted: str) -> bool:
    """Take all rows out; False, with nothing promised, when it looks otherwise, has grown or is still in use."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        if _in_use(connection) or _number(connection, "SELECT pg_database_size(current_database())") > LARGEST:
            return False
        if _read_shape(connection) != wanted:
            return False
        # Without the triggers that keep the audit log as it is, and without foreign keys: everything goes.
        connection.execute("SET session_replication_role = replica")
        for name in _names(connection, _USED):
            connection.execute(f'DELETE FROM "{name}"')
        for name in _names(connection, _COUNTERS):
            connection.execute(f'ALTER SEQUENCE "{name}" RESTART')
        return True


def _in_use(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Whether somebody else stays connected: a connection just closed takes the server a few questions' time to end."""
    return all(_number(connection, _OTHERS) for _attempt in range(50))


def _number(connection: psycopg.Connection[tuple[object, ...]], query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(str(row[0]))


def _read_shape(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    row = connection.execute(_SHAPE).fetchone()
    assert row is not None
    return str(row[0])


def _names(connection: psycopg.Connection[tuple[object, ...]], query: str) -> list[str]:
    return [str(row[0]) for row in connection.execute(query).fetchall()]
