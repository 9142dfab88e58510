"""what was sent by mistake."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NEW = (
    ("queue_item", "kind", "kind_known", "SENT_BY_MISTAKE", "POSSIBLE_EXCLUSION"),
    ("referral_task", "status", "status_known", "error_reported", "cancelled"),
    ("referral_task", "returns_to", "returns_to_known", "error_reported", "cancelled"),
    ("referral_task", "for_person_why", "for_person_why_known", "sent_by_mistake", None),
    ("status_change", "from_status", "from_status_known", "error_reported", "cancelled"),
    ("status_change", "to_status", "to_status_known", "error_reported", "cancelled"),
)
"""(table, column, its CHECK, the code that it allows from now on, the code before which that stands in our list)."""


def _known(table: str, name: str) -> list[str]:
    """The codes that a CHECK allows by now, whatever came before."""
    found = sa.inspect(op.get_bind()).get_check_constraints(table)
    rule = next(str(row["sqltext"]) for row in found if row["name"] == f"ck_{table}_{name}")
    return re.findall(r"'([A-Za-z_]+)'", rule)


def _allow(table: str, column: str, name: str, codes: list[str]) -> None:
    # On SQLite the table is written anew, its rows as they are.
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        listed = ", ".join(repr(code) for code in codes)
        batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), f"{column} IN ({listed})")


def upgrade() -> None:
    for table, column, name, code, before in NEW:
        known = _known(table, name)
        known.insert(known.index(before) if before else len(known), code)
        _allow(table, column, name, known)


def downgrade() -> None:
    op.execute("DELETE FROM decision WHERE item_id IN (SELECT id FROM queue_item WHERE kind = 'SENT_BY_MISTAKE')")
    op.execute("DELETE FROM queue_item WHERE kind = 'SENT_BY_MISTAKE'")
    op.execute(
        "UPDATE referral_task SET for_person_at = NULL, for_person_why = NULL WHERE for_person_why = 'sent_by_mistake'"
    )
    # The release before closed such a request at once.
    op.execute("UPDATE referral_task SET status = 'entered_in_error' WHERE status = 'error_reported'")
    op.execute("UPDATE status_change SET to_status = 'entered_in_error' WHERE to_status = 'error_reported'")
    op.execute("UPDATE status_change SET from_status = 'entered_in_error' WHERE from_status = 'error_reported'")
    for table, column, name, code, _before in NEW:
        _allow(table, column, name, [known for known in _known(table, name) if known != code])
