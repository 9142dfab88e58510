"""Who somebody of our records is: rows keep a reference (`moderator:U-7F3K-92`), people of the house read a name."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from directory.accounts.models import User


def names_of(db: Session, written: Iterable[str | None]) -> dict[str, str]:
    """What each of these is called: the name or mailbox of its account; what names no account stays as written."""
    found = {text: text.rpartition(":")[2] for text in written if text}
    people = db.exec(select(User).where(col(User.reference).in_(set(found.values())))).all() if found else []
    named = {user.reference: user.name or user.mailbox for user in people}
    return {text: named.get(reference, text) for text, reference in found.items()}
