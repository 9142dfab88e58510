"""Which words the patient of a clinician's referral agreed to, to be written to."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; whoever came before agreed to the only words there were."""
    with op.batch_alter_table("referral_patient", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("consent_version", sa.String(length=20), nullable=False, server_default="mail-2026-11-23")
        )
    with op.batch_alter_table("referral_patient", schema=None) as batch_op:
        batch_op.alter_column("consent_version", existing_type=sa.String(length=20), server_default=None)


def downgrade() -> None:
    """Take the column away."""
    with op.batch_alter_table("referral_patient", schema=None) as batch_op:
        batch_op.drop_column("consent_version")
