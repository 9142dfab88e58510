"""A clinic's own Spanish for what it wrote in English; empty where it gave none."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_COLUMNS = {
    "location": ("description_es", "transport_es", "ride_home_rule_es", "driving_rule_es"),
    "healthcare_service": ("comment_es", "exclusions_es"),
}


def upgrade() -> None:
    """Add the columns, empty in every row that is there."""
    for table, names in _COLUMNS.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.alter_column(name, existing_type=sa.String(), server_default=None)


def downgrade() -> None:
    """Take the columns away."""
    for table, names in _COLUMNS.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.drop_column(name)
