"""What people who wait for a place are told: one mail to confirm, one when it has opened; neither says what it is."""

import datetime as dt
from uuid import UUID

from sqlmodel import Session

from directory.delivery import actions as delivery


def ask_to_confirm(db: Session, waiting_id: UUID, mailbox: str, *, until: dt.datetime, language: str) -> None:
    """To a mailbox that somebody typed: was it you?"""
    delivery.queue(
        db,
        message="place_confirm",
        mailbox=mailbox,
        ids={"wait": str(waiting_id)},
        about_id=waiting_id,
        expires_at=until,
        language=language,
    )


def tell_of_a_place(db: Session, waiting_id: UUID, mailbox: str, *, until: dt.datetime, language: str) -> None:
    """To whoever waited: the one mail that was promised."""
    delivery.queue(
        db,
        message="place_opened",
        mailbox=mailbox,
        ids={"wait": str(waiting_id)},
        about_id=waiting_id,
        expires_at=until,
        language=language,
    )
