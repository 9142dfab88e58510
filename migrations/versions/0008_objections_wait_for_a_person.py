"""objections wait for a person."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BEFORE = (
    *("UNDELIVERABLE", "NO_ROUTE", "UNVETTED_SENDER", "POSSIBLE_EXCLUSION", "CLAIM", "SENSITIVE_EDIT"),
    *("REINSTATEMENT", "LICENCE_EXPIRY", "SILENT_REQUEST", "RECHECK", "REPORT", "SOURCE_DIFFERENCE", "DUPLICATE"),
)
KINDS = (*BEFORE[:4], "OBJECTION", *BEFORE[4:])


def _kinds_of_items(kinds: tuple[str, ...]) -> None:
    """The kinds that the queue knows. On SQLite the table is written anew, its rows as they are."""
    name = op.f("ck_queue_item_kind_known")
    with op.batch_alter_table("queue_item") as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"kind IN ({', '.join(repr(kind) for kind in kinds)})")


def upgrade() -> None:
    _kinds_of_items(KINDS)


def downgrade() -> None:
    op.execute("DELETE FROM decision WHERE item_id IN (SELECT id FROM queue_item WHERE kind = 'OBJECTION')")
    op.execute("DELETE FROM queue_item WHERE kind = 'OBJECTION'")
    _kinds_of_items(BEFORE)
