"""The table of what a referring clinician keeps for the next referral."""

import datetime as dt
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field

from directory.lib.tables import Table, at_field, id_field, ref_field


class Template(Table, table=True):
    """Answers that say nothing of a patient. Number 0 are a clinician's own data, the others have names."""

    __tablename__ = "referral_template"
    __table_args__ = (
        CheckConstraint("number >= 0", name="number_not_negative"),
        UniqueConstraint("user_id", "number"),
    )

    id: UUID = id_field()
    user_id: UUID = ref_field("user_account.id", index=False)
    number: int
    """How its owner's addresses name it."""
    location_id: UUID | None = ref_field("location.id", nullable=True)
    """The clinic that it was first sent to."""
    content_sealed: bytes = Field(sa_type=LargeBinary)
    """One JSON object with its name and answers, sealed with its own key: a name may say whom it is for."""
    key_wrapped: bytes = Field(sa_type=LargeBinary)
    key_ring_id: str = Field(max_length=40)
    changed_at: dt.datetime = at_field()
