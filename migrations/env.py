"""Runs the numbered migrations on either database; `directory migrate` calls it."""

from typing import Any

from alembic import context
from sqlalchemy.types import TypeDecorator

from directory import wiring  # noqa: F401 - brings every table into the metadata
from directory.lib.tables import UtcDateTime, metadata


def render_plainly(kind: str, item: Any, _autogenerate_context: Any) -> str | bool:
    """Our column types as the plain ones they are stored as: a migration must not change when our code does."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return "sa.DateTime(timezone=True)" if isinstance(item, UtcDateTime) else f"sa.{item.impl!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    render_item=render_plainly,
)
with context.begin_transaction():
    context.run_migrations()
