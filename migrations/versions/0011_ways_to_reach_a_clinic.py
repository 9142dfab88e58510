"""ways to reach a clinic."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BEFORE = ("EMAIL", "FAX", "DIRECT")
CHANNELS = ("EMAIL", "PORTAL", "WEBHOOK", "FAX", "DIRECT")
EXPIRING = sa.text("expires_at IS NOT NULL AND settled_at IS NULL")


def _channels(channels: tuple[str, ...]) -> None:
    """The ways an endpoint knows. On SQLite the table is written anew, its rows as they are."""
    known = f"channel IN ({', '.join(repr(channel) for channel in channels)})"
    name = op.f("ck_endpoint_channel_known")
    with op.batch_alter_table("endpoint") as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, known)


def upgrade() -> None:
    with op.batch_alter_table("endpoint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hook_url", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("secret_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("ring_key_id", sa.String(length=40), nullable=True))
    _channels(CHANNELS)
    with op.batch_alter_table("endpoint", schema=None) as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_endpoint_hook_of_a_webhook"), "(channel = 'WEBHOOK') = (hook_url IS NOT NULL)"
        )
        batch_op.create_check_constraint(
            op.f("ck_endpoint_secret_with_its_key"), "((secret_sealed IS NULL) = (ring_key_id IS NULL))"
        )

    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        # What waits at this moment is mail: there was nothing else.
        batch_op.add_column(sa.Column("lane", sa.String(length=10), nullable=False, server_default="mail"))
        batch_op.drop_index(batch_op.f("ix_outbox_message_due"))
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.alter_column("lane", existing_type=sa.String(length=10), server_default=None)
        batch_op.create_check_constraint(op.f("ck_outbox_message_lane_known"), "lane IN ('mail', 'webhook')")
        batch_op.create_index("ix_outbox_message_due", ["lane", "state", "due_at"], unique=False)
        batch_op.create_index(
            "ix_outbox_message_expiring", ["due_at"], unique=False, sqlite_where=EXPIRING, postgresql_where=EXPIRING
        )


def downgrade() -> None:
    op.execute("DELETE FROM delivery_attempt WHERE message_id IN (SELECT id FROM outbox_message WHERE lane <> 'mail')")
    op.execute("DELETE FROM outbox_message WHERE lane <> 'mail'")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_message_expiring", sqlite_where=EXPIRING, postgresql_where=EXPIRING)
        batch_op.drop_index("ix_outbox_message_due")
        batch_op.drop_constraint(op.f("ck_outbox_message_lane_known"), type_="check")
        batch_op.drop_column("lane")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_message_due"), ["state", "due_at"], unique=False)

    # Their mailboxes still take the same mail: what was a webhook or the rooms is mail again, to be proved anew.
    op.execute(
        "UPDATE endpoint SET channel = 'EMAIL', hook_url = NULL, proved_at = NULL"
        " WHERE channel IN ('PORTAL', 'WEBHOOK')"
    )
    with op.batch_alter_table("endpoint", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_endpoint_secret_with_its_key"), type_="check")
        batch_op.drop_constraint(op.f("ck_endpoint_hook_of_a_webhook"), type_="check")
    _channels(BEFORE)
    with op.batch_alter_table("endpoint", schema=None) as batch_op:
        batch_op.drop_column("ring_key_id")
        batch_op.drop_column("secret_sealed")
        batch_op.drop_column("hook_url")
