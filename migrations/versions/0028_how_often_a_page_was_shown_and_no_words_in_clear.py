"""How often a clinic's page was shown in a month; words of staff on requests and keys of senders no more in clear."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ABOUT_A_REQUEST = (
    "UNDELIVERABLE",
    "NO_ROUTE",
    "SILENT_REQUEST",
    "CLINIC_GONE",
    "UNVETTED_SENDER",
    "SENT_BY_MISTAKE",
)
"""Kinds of queue items whose words may name a patient, as they were called when this was written."""


def upgrade() -> None:
    """Add the table; blank words on requests from before they were sealed, and networks that outlived them; digest keys."""
    op.create_table(
        "listing_views",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.CheckConstraint("seen > 0", name=op.f("ck_listing_views_seen_counted")),
        sa.PrimaryKeyConstraint("location_id", "month_on", name=op.f("pk_listing_views")),
    )
    with op.batch_alter_table("listing_views", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_views_month_on"), ["month_on"], unique=False)
    blank = sa.text(
        "UPDATE decision SET words = '' WHERE words <> '' "
        "AND item_id IN (SELECT id FROM queue_item WHERE kind IN :kinds)"
    ).bindparams(sa.bindparam("kinds", ABOUT_A_REQUEST, expanding=True))
    op.get_bind().execute(blank)
    op.execute("UPDATE referral SET consent_network = '' WHERE purged_at IS NOT NULL AND consent_network <> ''")
    _digest_keys(op.get_bind())


def _digest_keys(connection: sa.Connection) -> None:
    """What a client chose as its idempotency key may say anything: a plain SHA-256 of it does as well."""
    referral = sa.table("referral", sa.column("id", sa.Uuid()), sa.column("idempotency_key", sa.String()))
    rows = connection.execute(sa.select(referral.c.id, referral.c.idempotency_key)).all()
    given = [{"row": row.id, "digest": hashlib.sha256(row.idempotency_key.encode()).hexdigest()} for row in rows]
    change = sa.update(referral).where(referral.c.id == sa.bindparam("row"))
    if given:
        connection.execute(change.values(idempotency_key=sa.bindparam("digest")), given)


def downgrade() -> None:
    """Take the table away; words and keys that are gone do not come back."""
    with op.batch_alter_table("listing_views", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_views_month_on"))
    op.drop_table("listing_views")
