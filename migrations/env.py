"""Runs the numbered migrations on either database; `directory migrate` calls it."""

from alembic import context

from directory import wiring  # noqa: F401 - brings every table into the metadata
from directory.lib.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
