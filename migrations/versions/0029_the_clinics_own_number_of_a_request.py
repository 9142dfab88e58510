"""The number under which a clinic keeps a request in its own records."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the sealed column; no clinic has given a number yet."""
    op.add_column("referral_task", sa.Column("own_number_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take the column away."""
    with op.batch_alter_table("referral_task", schema=None) as batch_op:
        batch_op.drop_column("own_number_sealed")
