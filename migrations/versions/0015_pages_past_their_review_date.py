"""pages past their review date."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NAME = "ck_queue_item_kind_known"


def _known() -> list[str]:
    """The kinds that the queue knows by now, whatever came before."""
    found = sa.inspect(op.get_bind()).get_check_constraints("queue_item")
    rule = next(str(row["sqltext"]) for row in found if row["name"] == NAME)
    return re.findall(r"'([A-Z_]+)'", rule)


def _kinds_of_items(kinds: list[str]) -> None:
    # On SQLite the table is written anew, its rows as they are.
    with op.batch_alter_table("queue_item") as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_="check")
        batch_op.create_check_constraint(op.f(NAME), f"kind IN ({', '.join(repr(kind) for kind in kinds)})")


def upgrade() -> None:
    _kinds_of_items([*_known(), "PAGE_REVIEW"])


def downgrade() -> None:
    op.execute("DELETE FROM decision WHERE item_id IN (SELECT id FROM queue_item WHERE kind = 'PAGE_REVIEW')")
    op.execute("DELETE FROM queue_item WHERE kind = 'PAGE_REVIEW'")
    _kinds_of_items([kind for kind in _known() if kind != "PAGE_REVIEW"])
