"""Which clinics somebody wants side by side: read from an address, and what is said of those that left or moved. Pure.

The address is all there is: nothing is kept of a comparison, neither here nor in the browser.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from directory.listings.models import Location
from directory.terminology.listing_status import LISTING_STATUSES
from directory.wording import say
from directory.wording.say import _, ngettext

FEWEST: Final = 2
MOST: Final = 4
"""Side by side on a desk without scrolling sideways."""
LOOKED_AT: Final = 40
"""More addresses than this are not looked up: twice the boxes of a page of results."""
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG: Final = 120
_LONGEST_PLACE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The slugs of an address, each once and in its order, and the place in words that distances are measured from.

    `strange` says how many names in it no clinic can have: they are told of, never repeated.
    """

    slugs: tuple[str, ...]
    near: str = ""
    strange: int = 0

    @classmethod
    def read(cls, slugs: Iterable[str], near: str) -> "Wanted":
        """From query parameters, whatever they hold."""
        given = [name for slug in dict.fromkeys(slugs) if (name := slug.strip())]
        shaped = dict.fromkeys(name for name in given if len(name) <= _LONGEST_SLUG and _SLUG.fullmatch(name))
        place = " ".join(near.replace("\0", " ").split())[:_LONGEST_PLACE]
        return cls(slugs=tuple(shaped)[:LOOKED_AT], near=place, strange=sum(name not in shaped for name in given))

    def url(self, path: str = "/compare") -> str:
        """The address of this comparison."""
        place = [("near", self.near)] if self.near else []
        return f"{path}?{urlencode([*place, *(('c', slug) for slug in self.slugs)])}"

    def without(self, slug: str) -> "Wanted":
        """The same without one clinic."""
        return Wanted(slugs=tuple(each for each in self.slugs if each != slug), near=self.near)

    @property
    def problem(self) -> str:
        """Why these cannot stand side by side, or nothing."""
        count = len(self.slugs)
        if count == 0:
            return _("Tick two to four clinics.")
        if count > MOST:
            words = _("{n} clinics are ticked, and four fit side by side. Take the ticks off that you need least.")
            return words.format(n=say.number(count))
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A clinic that can be compared."""

    location_id: UUID
    slug: str
    name: str
    town: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """The clinics that can be compared, in the order asked for, and a sentence for each that cannot, or that moved."""

    picks: tuple[Pick, ...]
    said: tuple[str, ...]

    @property
    def too_few(self) -> str:
        """What is said where fewer than two are left, or nothing."""
        if len(self.picks) >= FEWEST:
            return ""
        if not self.picks:
            return _("None of these clinics can be compared now. Tick two to four others.")
        return _("One clinic is chosen. Tick one to three more to see them side by side.")


def picked(slugs: Iterable[str], rows: Mapping[str, Location], kept: Mapping[str, str], *, strange: int = 0) -> Picked:
    """What becomes of each slug; `rows` are listings by slug, `kept` says which slug a merged one leads to.

    What names no clinic is counted and not repeated: a link can be made to say anything. `strange` of them were none.
    """
    picks: dict[str, Pick] = {}
    said: list[str] = []
    unknown = strange
    for slug in slugs:
        row, before = rows.get(kept.get(slug, slug)), rows.get(slug)
        if row is not None and LISTING_STATUSES[row.status].public:
            town = f"{row.city}, {row.state}"
            picks.setdefault(row.slug, Pick(location_id=row.id, slug=row.slug, name=row.name, town=town))
            if before is not None and before is not row:
                words = _("{before} and {after} turned out to be the same clinic. It stands here as {after}.")
                said.append(words.format(before=before.name, after=row.name))
        elif row is not None and (notice := LISTING_STATUSES[row.status].notice):
            said.append(_("{clinic}: {notice}").format(clinic=row.name, notice=_(notice)))
        else:
            unknown += 1
    if unknown:
        words = ngettext(
            "{n} of the clinics in this address is not in the directory. It may have been removed.",
            "{n} of the clinics in this address are not in the directory. They may have been removed.",
            unknown,
        )
        said.append(words.format(n=say.number(unknown)))
    return Picked(picks=tuple(picks.values()), said=tuple(said))


def together(count: int) -> str:
    """The heading: how many stand side by side."""
    return ngettext("{n} clinic", "{n} clinics side by side", count).format(n=say.number(count))
