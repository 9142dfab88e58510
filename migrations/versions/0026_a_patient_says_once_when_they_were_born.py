"""When the patient of a clinician's referral proved, by the date of birth, that the mailbox is really theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; whoever came before is asked at the next visit."""
    with op.batch_alter_table("referral_patient", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take the column away; nobody is asked any more."""
    with op.batch_alter_table("referral_patient", schema=None) as batch_op:
        batch_op.drop_column("proved_at")
