"""What is measured: lines spread round places drawn by population, and the searches people would send."""

import datetime as dt
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode

from directory.geography.gazetteer import gazetteer
from directory.geography.place import Place
from directory.geography.places import Found, find
from directory.geography.point import miles_to_metres
from directory.search.choices import BY_NAME
from directory.search.entries import Entry, Line, Oversight
from directory.search.index import Question

TODAY = dt.date(2026, 3, 10)
LINES_A_LOCATION = 2
PRICES = (None, 350, 450, 590, 700, 1050)
WAITS = (None, 3, 14, 45, 120)


def codes(group: str) -> list[str]:
    """The codes of a filter group."""
    return [choice.code for choice in BY_NAME[group].choices]


TREATMENTS, CONDITIONS, PAYERS = codes("treatment"), codes("condition"), codes("payer")
LANGUAGES, NEEDS, ACCEPTING = codes("language"), codes("accessibility"), codes("accepting")


class Places:
    """Towns to draw by population."""

    def __init__(self) -> None:
        book = gazetteer()
        towns = (book.place(number) for number in book.every_number())
        self.towns = [town for town in towns if town.kind == "city" and town.population > 0]
        self._weights = list(itertools.accumulate(town.population for town in self.towns))

    def draw(self, chance: Random) -> Place:
        """One town; a city of a million a thousand times as often as a town of a thousand."""
        return chance.choices(self.towns, cum_weights=self._weights)[0]


def entries(lines: int, places: Places, seed: int = 7) -> Iterator[Entry]:
    """Locations with two lines each, `lines` in all."""
    chance = Random(seed)
    for number in range(lines // LINES_A_LOCATION):
        town = places.draw(chance)
        latitude = min(89.0, town.point.latitude + chance.gauss(0, 0.08))
        longitude = (town.point.longitude + chance.gauss(0, 0.1) + 180) % 360 - 180
        yield Entry(
            location_id=str(uuid.UUID(int=number + 1)),
            slug=f"clinic-{number}",
            name=f"Invented Clinic {number}",
            organization=f"Invented Group {number // 3}",
            city=town.label.split(",")[0],
            state=town.state,
            zip5=f"{number % 100_000:05}",
            latitude=round(latitude, 4),
            longitude=round(longitude, 4),
            phone="+12075550142",
            accepting_patients=chance.choices(ACCEPTING, [6, 1, 1, 2])[0],
            confirmed_at=TODAY - dt.timedelta(days=chance.randrange(90)),
            confirmed_by="PORTAL",
            wait_days=chance.choice(WAITS),
            languages=("en", *chance.sample(LANGUAGES[1:], chance.randrange(3))),
            accessibility=tuple(chance.sample(NEEDS, chance.randrange(4))),
            takes_requests=True,
            oversight=Oversight(on_site="MD", monitor="RN", observation_minutes=120, blood_pressure=True),
            lines=tuple(_line(chance, treatment) for treatment in chance.sample(TREATMENTS, LINES_A_LOCATION)),
        )


def _line(chance: Random, treatment: str) -> Line:
    return Line(
        treatment=treatment,
        conditions=tuple(chance.sample(CONDITIONS, 3)),
        payers=tuple(chance.sample(PAYERS, 4)),
        psychotherapy_paired=chance.random() < 0.3,
        referral_required=chance.random() < 0.4,
        price_min=chance.choice(PRICES),
        next_intake_on=None if chance.random() < 0.3 else TODAY + dt.timedelta(days=chance.randrange(60)),
    )


@dataclass(frozen=True)
class Search:
    """One search: its place, miles and filters."""

    place: Place
    miles: int
    filters: dict[str, tuple[str, ...]]

    def question(self) -> Question:
        """For the index."""
        radius_m = miles_to_metres(self.miles)
        return Question(point=self.place.point, radius_m=radius_m, state=self.place.state, filters=self.filters)

    def path(self, page: str) -> str:
        """For a server."""
        pairs = [("near", self.place.near), ("radius", str(self.miles))]
        pairs += [(group, code) for group, chosen in self.filters.items() for code in chosen]
        return f"{page}?{urlencode(pairs)}"


def searches(count: int, places: Places, seed: int = 11) -> list[Search]:
    """60, 20 and 20 % of 25, 50 and 100 miles, with 0 to 2 filters; only from places whose name finds just them."""
    chance = Random(seed)
    found: list[Search] = []
    while len(found) < count:
        place = places.draw(chance)
        if not isinstance(find(place.near), Found):
            continue
        groups = chance.sample(sorted(BY_NAME), chance.randrange(3))
        filters = {group: (chance.choice(codes(group)),) for group in groups}
        found.append(Search(place, chance.choices([25, 50, 100], [6, 2, 2])[0], filters))
    return found
