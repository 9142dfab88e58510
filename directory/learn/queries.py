"""Questions of the pages that explain: clinics whose name holds some words. Nothing here writes."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from directory.listings.models import Location
from directory.terminology.listing_status import PUBLIC

SHORTEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedClinic:
    """A clinic that is public now."""

    name: str
    slug: str
    city: str
    state: str


def find_clinics(db: Session, words: str, limit: int = 5) -> list[NamedClinic]:
    """Public clinics whose name holds `words`, whatever the capitals, by name; none for fewer than 3 letters."""
    if len(words) < SHORTEST:
        return []
    asked = (
        select(Location.name, Location.slug, Location.city, Location.state)
        .where(col(Location.status).in_(PUBLIC), func.lower(Location.name).contains(words.casefold(), autoescape=True))
        .order_by(col(Location.name), col(Location.slug))
        .limit(limit)
    )
    rows = db.exec(asked).all()
    return [NamedClinic(name=name, slug=slug, city=city, state=state) for name, slug, city, state in rows]
