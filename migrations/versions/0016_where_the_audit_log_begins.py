"""where the audit log begins."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    text = sa.String(length=64)
    with op.batch_alter_table("audit_head", schema=None) as batch_op:  # a log that is there begins with its first link
        batch_op.add_column(sa.Column("start_seq", number, nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("start_chain", text, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("start_seal", text, nullable=False, server_default=""))
    with op.batch_alter_table("audit_head", schema=None) as batch_op:
        batch_op.alter_column("start_seq", existing_type=number, server_default=None)
        batch_op.alter_column("start_chain", existing_type=text, server_default=None)
        batch_op.alter_column("start_seal", existing_type=text, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("audit_head", schema=None) as batch_op:
        batch_op.drop_column("start_seal")
        batch_op.drop_column("start_chain")
        batch_op.drop_column("start_seq")
