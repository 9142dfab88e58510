"""The language a sender read when asking: mails to the sender speak it. What was asked before was asked in English."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, English in every row that is there."""
    code = sa.String(length=8)
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", code, nullable=False, server_default="en"))
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.alter_column("language", existing_type=code, server_default=None)


def downgrade() -> None:
    """Take the column away; mails are in English again."""
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_column("language")
